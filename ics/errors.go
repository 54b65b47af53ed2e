package ics

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	internaljson "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ErrRefused matches every error that an appliance put into the result of its response, whatever the status, and with
// it every code.
var ErrRefused = errors.New("refused by the appliance")

// Refusals that the vendor documents. The appliance tells them by their text alone; where that text is known,
// errors.Is(err, code) holds and Code of the [*secureaccess.Error] has the name.
const (
	CodeInvalidImportMode          secureaccess.Code = "InvalidImportMode"          // the import mode is neither normal nor full
	CodeConfigurationExtractFailed secureaccess.Code = "ConfigurationExtractFailed" // the content is no binary configuration
	CodeNotActivePassiveCluster    secureaccess.Code = "NotActivePassiveCluster"    // VIP failover outside an active/passive cluster
)

// codeTexts are the texts that stand for codes, in part and in lower case.
var codeTexts = []struct {
	text string
	code secureaccess.Code
}{
	{"invalid import mode", CodeInvalidImportMode},
	{"failed to extract configuration files", CodeConfigurationExtractFailed},
	{"not part of an active-passive cluster", CodeNotActivePassiveCluster},
}

var (
	errSignInPage = fmt.Errorf("%w: the appliance shows its sign-in page", secureaccess.ErrUnauthorized)
	errPage       = fmt.Errorf("%w: it is an HTML page", secureaccess.ErrBadResponse)
	errNoContent  = fmt.Errorf("%w: it is not the content that was asked for", secureaccess.ErrBadResponse)
)

// decodeError reads the result envelope, and the other forms that refusals come in: the REST server is made with a
// framework whose own refusals of arguments are objects, and what stands in front of it writes text and pages. Warnings
// beside errors stay with the error's messages, marked as such.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	var envelope resultEnvelope
	_ = decode(body, &envelope)
	result := envelope.Result
	messages := texts(result.Errors)
	refused := len(messages) > 0
	if !refused {
		messages = texts(result.Info)
	}
	if len(messages) == 0 {
		for _, reason := range rest.Reasons(body) {
			if reason != http.StatusText(e.Status) {
				messages = append(messages, reason)
			}
		}
	}
	if len(messages) == 0 {
		messages = rest.PlainReason(header.Get("Content-Type"), body)
	}
	for _, message := range messages {
		for _, known := range codeTexts {
			if strings.Contains(strings.ToLower(message), known.text) {
				e.Code = known.code
				refused = true
			}
		}
	}
	switch page := internaljson.IsHTML(body); {
	case e.Err != nil:
	case page && e.Status == http.StatusUnauthorized:
		e.Err = errSignInPage
	case page && e.Status/100 == 2:
		e.Err = errPage
	case refused || e.Status/100 == 2 && json.Valid(body):
		e.Err = ErrRefused
	case e.Status/100 == 2:
		e.Err = errNoContent
	}
	for _, warning := range texts(result.Warnings) {
		if refused {
			messages = append(messages, "warning: "+warning)
		}
	}
	e.Messages = messages
}

// badResponse is the error of a response that is JSON but not what the operation documents.
func badResponse(method, path, reason string) error {
	return &secureaccess.Error{
		Operation: secureaccess.Operation{Product: product, Method: method, Path: path},
		Err:       fmt.Errorf("%w: %s", secureaccess.ErrBadResponse, reason),
	}
}
