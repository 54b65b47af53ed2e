package ics

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// ErrRefused matches every error that an appliance put into the result of its answer, whatever the status, and with
// it every [Code].
var ErrRefused = errors.New("refused by the appliance")

// Code is a refusal that the vendor documents. The appliance tells them by their text alone; where that text is
// known, errors.Is(err, code) holds and Code of the [*secureaccess.Error] has the name.
type Code string

const (
	CodeInvalidImportMode          Code = "InvalidImportMode"          // the import mode is neither normal nor full
	CodeConfigurationExtractFailed Code = "ConfigurationExtractFailed" // the content is no binary configuration
	CodeNotActivePassiveCluster    Code = "NotActivePassiveCluster"    // VIP failover outside an active/passive cluster
)

// Error returns the name of the code.
func (c Code) Error() string { return string(c) }

// Is matches [ErrRefused].
func (c Code) Is(target error) bool { return target == ErrRefused }

// codeTexts are the texts that stand for codes, in part and in lower case.
var codeTexts = []struct {
	text string
	code Code
}{
	{"invalid import mode", CodeInvalidImportMode},
	{"failed to extract configuration files", CodeConfigurationExtractFailed},
	{"not part of an active-passive cluster", CodeNotActivePassiveCluster},
}

// decodeError reads the result envelope, and the few other forms that refusals come in. Warnings beside errors stay
// with the error's messages, marked as such.
func decodeError(e *secureaccess.Error, _ http.Header, body []byte) {
	var answer struct {
		Result  json.RawMessage `json:"result"`
		Message json.RawMessage `json:"message"`
		Error   json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	var result Result
	_ = json.Unmarshal(conform(answer.Result, reflect.TypeFor[Result]()), &result)
	messages := texts(result.Errors)
	refused := len(messages) > 0
	if !refused {
		messages = texts(result.Info)
	}
	for _, other := range []json.RawMessage{answer.Message, answer.Error} {
		var text string
		if json.Unmarshal(other, &text) == nil && text != "" {
			messages = append(messages, text)
		}
	}
	for _, message := range messages {
		for _, known := range codeTexts {
			if strings.Contains(strings.ToLower(message), known.text) {
				e.Code, e.Err = string(known.code), known.code
			}
		}
	}
	if e.Err == nil && (refused || e.Status/100 == 2) {
		e.Err = ErrRefused
	}
	for _, warning := range texts(result.Warnings) {
		messages = append(messages, "warning: "+warning)
	}
	e.Messages = messages
}

// badAnswer is the error of an answer that is JSON but not what the operation answers.
func badAnswer(method, path, reason string) error {
	return &secureaccess.Error{
		Operation: secureaccess.Operation{Product: product, Method: method, Path: path},
		Err:       fmt.Errorf("%w: %s", secureaccess.ErrBadResponse, reason),
	}
}
