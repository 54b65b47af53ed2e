package sps

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Code is the type of an error as the appliance names it. It works with [errors.Is]; types without a constant do too.
type Code string

// Error types that public documents name. Mind CodeUnauthorized: it is a missing right.
const (
	CodeUnauthenticated       Code = "Unauthenticated"       // 401: no session, or one that is over
	CodeAuthenticationFailure Code = "AuthenticationFailure" // 401: wrong credentials
	CodeUnauthorized          Code = "Unauthorized"          // 403
	CodeNotFound              Code = "NotFound"              // 404
)

// Error returns the type.
func (c Code) Error() string { return string(c) }

// Refusal is what the error element of an answer says beside its message. It is the cause of a [secureaccess.Error],
// which has the type as its Code and the message in its Messages.
type Refusal struct {
	Type Code
	Path string // the path that was refused, as the details name it; "" when they do not
}

// Error names the path.
func (r *Refusal) Error() string {
	if r.Path == "" {
		return "refused"
	}
	return "refused at " + r.Path
}

// Is matches the [Code] of the same name.
func (r *Refusal) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == r.Type
}

// Details returns the details of an error as the appliance sent them, with the secrets of the request blotted out; nil
// when it sent none.
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
	// web interface. Public sources do not tell its status: 409 and 423 in answer to the opening are taken for it.
	ErrLocked = errors.New("somebody else is changing the configuration")

	// ErrTransactionDone is what calls on a transaction return that was, or is being, committed or rolled back.
	ErrTransactionDone = errors.New("the transaction is over")

	// ErrTransactionLost is what calls on a transaction return that the appliance no longer has; see
	// [TransactionLostError].
	ErrTransactionLost = errors.New("the transaction is lost")

	// ErrNoTransaction is the 409 that the appliance answers to a write outside a transaction. A write of this package
	// is always inside one, so that it comes as a [TransactionLostError].
	ErrNoTransaction = errors.New("no open transaction")

	// ErrCommitMessageRequired is the refusal, before anything is sent, to commit without a message on an appliance
	// that requires one. The transaction is still open.
	ErrCommitMessageRequired = errors.New("the appliance requires a commit message")

	// ErrCommitUncertain says that no answer to a commit arrived, and that the appliance could not be asked afterwards
	// what became of it.
	ErrCommitUncertain = errors.New("whether the commit was carried out is not known")
)

// TransactionLostError says that the appliance has given up a transaction, with all its changes: its session is over
// (after 20 minutes without a request, or by an administrator), or it was closed by others. It matches
// [ErrTransactionLost], and [ErrNoTransaction] when the appliance said so with 409.
type TransactionLostError struct {
	Err error // what told of it, usually a *secureaccess.Error; nil when another call of the client saw it
}

// Error names the cause.
func (e *TransactionLostError) Error() string {
	if e.Err == nil {
		return "sps: " + ErrTransactionLost.Error() + ": its session was renewed"
	}
	return "sps: " + ErrTransactionLost.Error() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *TransactionLostError) Unwrap() error { return e.Err }

// Is matches [ErrTransactionLost], and [ErrNoTransaction] after a 409.
func (e *TransactionLostError) Is(target error) bool {
	return target == ErrTransactionLost || target == ErrNoTransaction && errors.Is(e.Err, secureaccess.ErrConflict)
}

// errorElement is the error of an answer: {"error": {"type", "message", "details"}}.
type errorElement struct {
	Type    looseText       `json:"type"`
	Message looseText       `json:"message"`
	Details json.RawMessage `json:"details"`
}

// readError returns nothing for a body that is something else.
func readError(body []byte) errorElement {
	var answer struct {
		Error errorElement `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return errorElement{}
	}
	if string(answer.Error.Details) == "null" {
		answer.Error.Details = nil
	}
	return answer.Error
}

func decodeError(e *secureaccess.Error, _ http.Header, body []byte) {
	element := readError(body)
	if element.Type == "" && element.Message == "" {
		return
	}
	refusal := &Refusal{Type: Code(element.Type)}
	var details any
	if json.Unmarshal(element.Details, &details) == nil {
		refusal.Path = pathIn(details, 4)
	}
	e.Code = string(element.Type)
	if element.Message != "" {
		e.Messages = []string{string(element.Message)}
	}
	if e.Err == nil {
		e.Err = refusal
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
