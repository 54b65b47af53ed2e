package sps

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Types of errors that public documents name, for [errors.Is]; types without a constant work too. Mind
// CodeUnauthorized: it is a missing right.
const (
	CodeUnauthenticated          secureaccess.Code = "Unauthenticated"            // 401: no session, or one that is over
	CodeAuthenticationFailure    secureaccess.Code = "AuthenticationFailure"      // 401: wrong credentials
	CodeUnauthorized             secureaccess.Code = "Unauthorized"               // 403
	CodeNotFound                 secureaccess.Code = "NotFound"                   // 404
	CodeConflict                 secureaccess.Code = "Conflict"                   // 409: no open transaction
	CodeInvalidRequestBody       secureaccess.Code = "InvalidRequestBody"         // 400: no JSON
	CodeSemanticError            secureaccess.Code = "SemanticError"              // 400: the configuration would be inconsistent; see [Details]
	CodeSessionIDMissing         secureaccess.Code = "SessionIdMissing"           // 400: an active session without an id
	CodeSessionCouldNotBeFound   secureaccess.Code = "SessionCouldNotBeFound"     // 404: no such active session
	CodeSessionTerminationFailed secureaccess.Code = "SessionTerminationFailed"   // 500: an active session goes on
	CodeResourceNotFound         secureaccess.Code = "ResourceNotFound"           // a firmware slot that is empty
	CodeIncompleteRequestBody    secureaccess.Code = "IncompleteRequestBodyError" // a member is missing
	CodeFirmwareTestFailed       secureaccess.Code = "FirmwareTestFailed"
)

// Details returns the details of an error as the appliance sent them, with the secrets of the request redacted; nil
// when it sent none, or more of them than an error keeps.
func Details(err error) json.RawMessage {
	e, ok := errors.AsType[*secureaccess.Error](err)
	if !ok {
		return nil
	}
	return readError(e.Body).Details
}

// Errors of transactions, for [errors.Is].
var (
	// ErrTransactionOpen is the refusal of a second transaction on a client that has one open.
	ErrTransactionOpen = errors.New("this client has a transaction open already")

	// ErrLocked is the refusal of a transaction while somebody else has one open, or edits the configuration in the
	// web interface. Public sources do not tell its status: 409 and 423 as responses to the opening are taken for it.
	ErrLocked = errors.New("somebody else is changing the configuration")

	// ErrTransactionDone is what calls on a transaction return that was, or is being, committed or rolled back.
	ErrTransactionDone = errors.New("the transaction is over")

	// ErrTransactionLost is what calls on a transaction return that the appliance no longer has; see
	// [TransactionLostError].
	ErrTransactionLost = errors.New("the transaction is lost")

	// ErrNoTransaction is the appliance's 409 to a write outside a transaction. A write of this package is always inside
	// one, so that it comes as a [TransactionLostError].
	ErrNoTransaction = errors.New("no open transaction")

	// ErrCommitMessageRequired is the refusal, before anything is sent, to commit without a message on an appliance
	// that requires one. The transaction is still open.
	ErrCommitMessageRequired = errors.New("the appliance requires a commit message")

	// ErrCommitUncertain says that no response to a commit arrived, and that the appliance could not be asked afterwards
	// what became of it; or that the appliance said it failed, and has the transaction no more.
	ErrCommitUncertain = errors.New("whether the commit was carried out is not known")
)

// TransactionLostError says that the appliance has given up a transaction, with all its changes: its session is over
// (after 20 minutes without a request, or by an administrator), or it was closed by others. It matches
// [ErrTransactionLost], and [ErrNoTransaction] when the appliance said so with 409.
type TransactionLostError struct {
	Err error // what told of it, a *secureaccess.Error
}

// Error says no more than that: the call's own error tells why, and Err does for later calls.
func (e *TransactionLostError) Error() string { return ErrTransactionLost.Error() }

// Unwrap returns what told of the loss.
func (e *TransactionLostError) Unwrap() error { return e.Err }

// Is matches [ErrTransactionLost], and [ErrNoTransaction] after a 409.
func (e *TransactionLostError) Is(target error) bool {
	return target == ErrTransactionLost || target == ErrNoTransaction && errors.Is(e.Err, secureaccess.ErrConflict)
}

// because returns a call's error with one more cause, which it matches as well.
func because(cause, err error) error {
	e, ok := errors.AsType[*secureaccess.Error](err)
	if !ok {
		return rest.Join(cause, err)
	}
	explained := *e
	explained.Err = cause
	if e.Err != nil {
		explained.Err = &causes{cause, e.Err}
	}
	return &explained
}

// causes is an error and what it came from.
type causes struct{ first, second error }

func (c *causes) Error() string   { return c.first.Error() + ": " + c.second.Error() }
func (c *causes) Unwrap() []error { return []error{c.first, c.second} }

// statusOf returns the status of a call's error, 0 for none.
func statusOf(err error) int {
	if e, ok := errors.AsType[*secureaccess.Error](err); ok {
		return e.Status
	}
	return 0
}

// noResponse reports whether an error leaves open what the appliance did with the request. After a good status it does
// where the rest of the response is cut off, or not the appliance's.
func noResponse(err error) bool {
	e, ok := errors.AsType[*secureaccess.Error](err)
	return ok && e.Attempts > 0 && (e.Status == 0 || e.Status/100 == 2 || e.Status >= 500)
}

// isRefusal reports whether the body of a good status says that something failed, as gateways do. Of content it is shown
// the beginning alone: an error element that breaks off there is one all the same.
func isRefusal(body []byte) bool {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n")
	if len(body) == 0 || body[0] != '{' || len(body) > 64<<10 {
		return false
	}
	if !bytes.Contains(body, []byte("rror")) && !bytes.Contains(body, []byte("essage")) {
		return false // nearly all responses: nothing has to be read twice
	}
	if errorBegins.Match(body) && !json.Valid(body) {
		return true
	}
	var said struct {
		Message      looseText       `json:"message"`
		ErrorMessage looseText       `json:"errorMessage"`
		Meta         json.RawMessage `json:"meta"`
	}
	if element := readError(body); element.Type != "" || element.Message != "" {
		return true
	}
	return json.Unmarshal(body, &said) == nil && said.Meta == nil && (said.Message != "" || said.ErrorMessage != "")
}

// errorBegins is how a response begins that is an error element.
var errorBegins = regexp.MustCompile(`^\{\s*"error"\s*:\s*\{\s*"(type|message|details)"\s*:`)

// errorElement is the error of a response: {"error": {"type", "message", "details"}}.
type errorElement struct {
	Type    looseText       `json:"type"`
	Message looseText       `json:"message"`
	Details json.RawMessage `json:"details"`
}

// readError returns nothing for a body that is something else.
func readError(body []byte) errorElement {
	var response struct {
		Error json.RawMessage `json:"error"`
	}
	var element errorElement
	if json.Unmarshal(body, &response) != nil || json.Unmarshal(response.Error, &element) != nil {
		return errorElement{}
	}
	if string(element.Details) == "null" {
		element.Details = nil
	}
	return element
}

// decodeError reads the error element, and otherwise what proxies and gateways say.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	element := readError(body)
	if element.Type == "" && element.Message == "" {
		if e.Messages = rest.Reasons(body); len(e.Messages) == 0 {
			e.Messages = rest.PlainReason(header.Get("Content-Type"), body)
		}
		return
	}
	e.Code = secureaccess.Code(element.Type)
	if element.Message != "" {
		e.Messages = []string{string(element.Message)}
	}
	var details any
	if e.Object == "" && json.Unmarshal(element.Details, &details) == nil {
		if path := pathIn(details, 4); path != e.Path { // each fact once
			e.Object = path
		}
	}
}

// pathIn finds the path of the API in the details of an error, whatever the member is called.
func pathIn(v any, depth int) string {
	if depth == 0 {
		return ""
	}
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "/api/") {
			path, _, _ := strings.Cut(v, "?")
			return path
		}
	case map[string]any:
		for _, name := range []string{"resource", "path", "href"} {
			if found := pathIn(v[name], depth-1); found != "" {
				return found
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if found := pathIn(v[name], depth-1); found != "" {
				return found
			}
		}
	case []any:
		for _, item := range v {
			if found := pathIn(item, depth-1); found != "" {
				return found
			}
		}
	}
	return ""
}

// looseText reads a string or a number, and anything else as nothing.
type looseText string

func (t *looseText) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = looseText(s)
		return nil
	}
	var n json.Number
	if json.Unmarshal(data, &n) == nil {
		*t = looseText(n)
	}
	return nil
}
