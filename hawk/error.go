package hawk

import (
	"errors"
	"net/http"
)

// The reasons of this package's errors. errors.Is finds them in what a [Verifier], a [Signer], a [Transport] and
// [CheckResponse] return.
var (
	// ErrNoAuthorization: the request has no Authorization header of the Hawk scheme.
	ErrNoAuthorization = errors.New("no Hawk authorization")
	// ErrBadHeader: a Hawk header breaks the grammar, or has an unknown, repeated or malformed attribute.
	ErrBadHeader = errors.New("bad Hawk header")
	// ErrMissingAttributes: an Authorization header lacks id, ts, nonce or mac.
	ErrMissingAttributes = errors.New("missing attributes")
	// ErrBadRequest: the request's Host header or target cannot be verified.
	ErrBadRequest = errors.New("bad request")
	// ErrUnknownCredentials: the server knows no credentials of this id. Lookup functions return it, see [Verifier].
	ErrUnknownCredentials = errors.New("unknown credentials")
	// ErrInvalidCredentials: nothing can be signed with these credentials, see [Credentials.Check].
	ErrInvalidCredentials = errors.New("invalid credentials")
	// ErrBadMAC: the MAC of a request or of a response is wrong. Either the keys differ or what was signed.
	ErrBadMAC = errors.New("bad mac")
	// ErrMissingPayloadHash: a payload hash is required, and there is none.
	ErrMissingPayloadHash = errors.New("missing payload hash")
	// ErrBadPayloadHash: the body is not the one that was signed.
	ErrBadPayloadHash = errors.New("bad payload hash")
	// ErrPayloadTooLarge: the body is longer than [Verifier.MaxPayload].
	ErrPayloadTooLarge = errors.New("payload too large to verify")
	// ErrInvalidNonce: the request was seen before.
	ErrInvalidNonce = errors.New("invalid nonce")
	// ErrNonceWindowFull: a [Verifier] remembers as many nonces of these credentials as it may.
	ErrNonceWindowFull = errors.New("nonce window full")
	// ErrStaleTimestamp: the request's time is too far from the server's.
	ErrStaleTimestamp = errors.New("stale timestamp")

	// ErrUnsignable: the request, or an option of its signature, cannot be expressed in Hawk.
	ErrUnsignable = errors.New("request cannot be signed")
	// ErrBodyNotRewindable: a payload hash is wanted of a body that can be read only once.
	ErrBodyNotRewindable = errors.New("body cannot be read twice")
	// ErrBadTimestampMAC: a server's time came without proof that it holds the key.
	ErrBadTimestampMAC = errors.New("bad server timestamp mac")
	// ErrMissingServerAuthorization: the response is not signed, and has to be.
	ErrMissingServerAuthorization = errors.New("missing Server-Authorization header")
	// ErrUnverifiedBody: the body of a signed response was closed before its end, so that its hash was never compared.
	ErrUnverifiedBody = errors.New("body closed before it was verified")
)

// Error says why a request or response was refused. [Verifier.Verify] returns no other error, and a client gets one for
// a response that it must not believe. No field ever holds a key, and its texts quote the other side only on one line and
// bounded.
type Error struct {
	// Reason is one of the Err variables of this package.
	Reason error
	// Detail says what exactly is wrong, or is empty.
	Detail string
	// Status is, on the server, the status to respond with, and on the client that of the refused response; 0 if there
	// is no response.
	Status int
	// Message is the reference implementation's text for the error, such as "Bad mac": on the server what to send to the
	// client. It is empty where the reference has none.
	Message string
	// Challenge is the WWW-Authenticate header to respond with. It is empty unless Status is 401.
	Challenge string
	// Artifacts are, on the server, what the refused request claims, for a log or to compare [Artifacts.Normalized]
	// with the client's; nil when its Authorization header could not be read. They are unproven, unless the reason is
	// one that is checked after the MAC. On the client they are those of the request whose response was
	// refused, else nil.
	Artifacts *Artifacts
	// Err is the error behind this one, for instance that of a lookup function, or nil. It is not meant for the other
	// side.
	Err error
}

// Error joins reason, detail and cause.
func (e *Error) Error() string {
	text := "hawk: "
	if e.Reason != nil {
		text += e.Reason.Error()
	} else {
		text += "refused"
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives errors.Is and errors.As both the reason and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}

// Respond refuses a request: it writes status, challenge, and the message as plain text. A Status of 0 becomes 500.
func (e *Error) Respond(w http.ResponseWriter) {
	if e.Challenge != "" {
		w.Header().Set("WWW-Authenticate", e.Challenge)
	}
	status := e.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	message := e.Message
	if message == "" {
		message = http.StatusText(status)
	}
	http.Error(w, message, status)
}

// unauthorized returns a 401 with the message of the reference implementation.
func unauthorized(reason error, message string) *Error {
	return &Error{Reason: reason, Status: http.StatusUnauthorized, Message: message, Challenge: `Hawk error="` + message + `"`}
}

func badRequest(reason error, message string) *Error {
	return &Error{Reason: reason, Detail: message, Status: http.StatusBadRequest, Message: message}
}

func unsignable(detail string) *Error { return &Error{Reason: ErrUnsignable, Detail: detail} }
