package secureaccess

import (
	"errors"
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
	ErrResponseTooLarge  = errors.New("response too large")      // over [WithMaxResponseSize] or [WithMaxItems]
	ErrDigestMismatch    = errors.New("digest mismatch")         // content differs from what was announced
	ErrRedirectRefused   = errors.New("redirect refused")        // it would repeat a write, or lead to another origin
	ErrNotRepeatable     = errors.New("body cannot be repeated") // and the policy requires that it can
	ErrRetryBudget       = errors.New("retry budget is spent")   // see [RetryPolicy]
	ErrListIncomplete    = errors.New("list is incomplete")      // the server announced more items than it gave
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

// Code is a product's own error code, such as "40003". The product packages have constants of it, for [errors.Is]:
//
//	if errors.Is(err, pulseone.CodeTooManyItems) { ... }
type Code string

// Error returns the code itself.
func (c Code) Error() string { return string(c) }

// Error is how a call fails once it began: a response that is a refusal, one that cannot be read, or none at all. Find
// it with [errors.As] or [errors.AsType]; ask for kinds with [errors.Is] and the sentinels of this package, the codes
// of a product's package, [context.Canceled] or [context.DeadlineExceeded].
//
// When the call failed because its sign-in did, Err is the sign-in's *Error, and Status, Code, Messages, RetryAfter and
// RequestID are those of the sign-in.
//
// Neither the text nor any field holds a credential or a query string's value.
type Error struct {
	Operation
	Host       string        // where the request went, with the port if it is not the scheme's own
	Object     string        // what the operation was about, where its path does not say: "policies/user_lists"
	Status     int           // 0 when no response arrived
	Code       Code          // the product's own code, where it has one: "40003"
	Messages   []string      // what the server said, one sentence each, at most 8 KiB in all
	RetryAfter time.Duration // the pause that the server asked for, 0 when it did not
	RequestID  string        // the server's own name for the request, where it gives one
	Attempts   int           // how often the request was sent

	// Body is the beginning of the response, at most 8 KiB, for a person to look at. It is not part of Error(): it can
	// hold personal data. What the request carried as secrets is redacted.
	Body []byte `json:"-"`

	// Err is the cause: a transport's failure, a context's end, a sentinel.
	Err error `json:"-"`
}

// Error names product, operation, host, status, code, messages and cause on one line, each fact once.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Operation.String())
	if e.Object != "" {
		b.WriteString(" [" + e.Object + "]")
	}
	if signIn, ok := e.Err.(*Error); ok {
		b.WriteString(": sign-in failed: " + signIn.Method + " " + signIn.Path)
		signIn.detail(&b)
		return b.String()
	}
	e.detail(&b)
	return b.String()
}

// detail writes all but the operation.
func (e *Error) detail(b *strings.Builder) {
	if e.Host != "" {
		b.WriteString(" at " + e.Host)
	}
	begin := b.Len()
	said := func(fact string) bool { return strings.Contains(b.String()[begin:], fact) }
	if e.Status != 0 {
		b.WriteString(": " + strconv.Itoa(e.Status))
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	messages := strings.Join(e.Messages, "; ")
	if code := string(e.Code); code != "" && e.Status != 0 && code != strconv.Itoa(e.Status) && !strings.Contains(messages, code) {
		b.WriteString(" (" + code + ")")
	}
	if messages != "" && !said(messages) {
		b.WriteString(": " + messages)
	}
	if e.Err != nil {
		cause := e.Err.Error()
		if code, ok := e.Err.(Code); ok && (code == e.Code && e.Status != 0) {
			cause = ""
		}
		if cause != "" && !said(cause) {
			b.WriteString(": " + cause)
		}
	}
	if e.RetryAfter > 0 {
		b.WriteString(" (retry after " + e.RetryAfter.String() + ")")
	}
	if e.Attempts > 1 {
		b.WriteString(" (after " + strconv.Itoa(e.Attempts) + " attempts)")
	}
	if b.Len() == begin {
		b.WriteString(": failed")
	}
}

// GoString returns Error(), so that %#v does not print the body either.
func (e *Error) GoString() string { return e.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the sentinel of the error's status, or its code.
func (e *Error) Is(target error) bool {
	if code, ok := target.(Code); ok {
		return code != "" && e.Code == code
	}
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
		return e.Operation.String() + ": " + text
	}
	return "secureaccess: " + text
}

// Unwrap returns the cause.
func (e *ArgumentError) Unwrap() error { return e.Err }

// Is matches [ErrInvalidArgument].
func (e *ArgumentError) Is(target error) bool { return target == ErrInvalidArgument }
