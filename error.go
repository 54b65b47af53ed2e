package secureaccess

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sentinels for [errors.Is]. Those of a status match every [Error] with that status, and what a product documents as
// the same thing under another one.
var (
	ErrBadRequest        = errors.New("bad request")             // 400
	ErrUnauthorized      = errors.New("unauthorized")            // 401, after renewal was tried
	ErrPaymentRequired   = errors.New("payment required")        // 402
	ErrForbidden         = errors.New("forbidden")               // 403
	ErrNotFound          = errors.New("not found")               // 404
	ErrConflict          = errors.New("conflict")                // 409
	ErrLengthRequired    = errors.New("length required")         // 411
	ErrExpectationFailed = errors.New("expectation failed")      // 417
	ErrUnprocessable     = errors.New("unprocessable")           // 422
	ErrRateLimited       = errors.New("rate limited")            // 429
	ErrServer            = errors.New("server error")            // 500 and above
	ErrInvalidArgument   = errors.New("invalid argument")        // nothing was sent; see [ArgumentError]
	ErrBadResponse       = errors.New("unusable response")       // not JSON, truncated, or of the wrong shape
	ErrResponseTooLarge  = errors.New("response too large")      // over [WithMaxResponseSize]
	ErrDigestMismatch    = errors.New("digest mismatch")         // content differs from what was announced
	ErrRedirectRefused   = errors.New("redirect refused")        // it would repeat a write, or lead from https to http
	ErrNotRepeatable     = errors.New("body cannot be repeated") // and the policy requires that it can
	ErrClosed            = errors.New("client is closed")
)

// statusErrors gives the sentinel of a status; 5xx are one.
var statusErrors = map[int]error{
	http.StatusBadRequest:          ErrBadRequest,
	http.StatusUnauthorized:        ErrUnauthorized,
	http.StatusPaymentRequired:     ErrPaymentRequired,
	http.StatusForbidden:           ErrForbidden,
	http.StatusNotFound:            ErrNotFound,
	http.StatusConflict:            ErrConflict,
	http.StatusLengthRequired:      ErrLengthRequired,
	http.StatusExpectationFailed:   ErrExpectationFailed,
	http.StatusUnprocessableEntity: ErrUnprocessable,
	http.StatusTooManyRequests:     ErrRateLimited,
}

// Error is how a call fails once it is under way: an answer that is a refusal, an answer that cannot be read, or no
// answer at all. Find it with [errors.As] or [errors.AsType]; ask for kinds with [errors.Is] and the sentinels of this
// package, the codes of a product's package, [context.Canceled] or [context.DeadlineExceeded].
//
// Neither the text nor any field holds a credential or a query string's value.
type Error struct {
	Operation
	Status     int           // 0 when no answer arrived
	Code       string        // the product's own code, where it has one: "40003"
	Messages   []string      // what the server said, one sentence each, at most 8 KiB in all
	RetryAfter time.Duration // the pause that the server asked for, 0 when it did not
	RequestID  string        // the server's own name for the request, where it gives one
	Attempts   int           // how often the request was sent

	// Body is the beginning of the answer, at most 8 KiB, for a person to look at. It is not part of Error(): it can
	// hold personal data. What the request carried as secrets is blotted out.
	Body []byte `json:"-"`

	// Err is the cause: a product's code, a transport's failure, a context's end.
	Err error `json:"-"`
}

// Error names product, operation, status, code, messages and cause on one line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s %s", e.Product, e.Method, e.Path)
	if e.Status != 0 {
		b.WriteString(": " + strconv.Itoa(e.Status))
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	if e.Code != "" && e.Code != strconv.Itoa(e.Status) && (e.Err == nil || !strings.Contains(e.Err.Error(), e.Code)) {
		b.WriteString(" (" + e.Code + ")")
	}
	if len(e.Messages) > 0 {
		b.WriteString(": " + strings.Join(e.Messages, "; "))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Attempts > 1 {
		b.WriteString(" (after " + strconv.Itoa(e.Attempts) + " attempts)")
	}
	return b.String()
}

// GoString returns Error(), so that %#v does not print the body either.
func (e *Error) GoString() string { return e.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the sentinel of the error's status.
func (e *Error) Is(target error) bool {
	if target == ErrServer {
		return e.Status >= 500
	}
	sentinel, ok := statusErrors[e.Status]
	return ok && sentinel == target
}

// ArgumentError says that an argument was refused before anything was sent. It matches [ErrInvalidArgument].
type ArgumentError struct {
	Operation Operation // zero where no operation was begun, in New for instance
	Argument  string    // as the method or the document names it: "id", "appliance_id", "limit"
	Reason    string    // "is empty"
	Err       error     // the cause, if it was an error
}

// Error names the operation, the argument and the reason.
func (e *ArgumentError) Error() string {
	text := e.Argument + " " + e.Reason
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Operation != (Operation{}) {
		return e.Operation.Product + ": " + e.Operation.Method + " " + e.Operation.Path + ": " + text
	}
	return "secureaccess: " + text
}

// Unwrap returns the cause.
func (e *ArgumentError) Unwrap() error { return e.Err }

// Is matches [ErrInvalidArgument].
func (e *ArgumentError) Is(target error) bool { return target == ErrInvalidArgument }
