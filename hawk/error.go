package hawk

import (
	"errors"
	"net/http"
)

// The reasons for which this package refuses something. They are found with errors.Is in what a [Verifier], a [Signer],
// a [Transport] and [CheckResponse] return.
var (
	// ErrNoAuthorization: the request has no Authorization header of the Hawk scheme.
	ErrNoAuthorization = errors.New("no Hawk authorization")
	// ErrBadHeader: a Hawk header breaks the grammar, or has an unknown, repeated or ill-formed attribute.
	ErrBadHeader = errors.New("bad Hawk header")
	// ErrMissingAttributes: an Authorization header lacks id, ts, nonce or mac.
	ErrMissingAttributes = errors.New("missing attributes")
	// ErrBadRequest: the request's Host header or target cannot be verified.
	ErrBadRequest = errors.New("bad request")
	// ErrUnknownCredentials: the server knows no credentials of this id. Lookup functions return it, see [Verifier].
	ErrUnknownCredentials = errors.New("unknown credentials")
	// ErrInvalidCredentials: credentials with an empty or unusable id, no key, or an unknown algorithm.
	ErrInvalidCredentials = errors.New("invalid credentials")
	// ErrBadMAC: the MAC of a request or of an answer is wrong. The key differs, or what was signed did.
	ErrBadMAC = errors.New("bad mac")
	// ErrMissingPayloadHash: a payload hash is required, and there is none.
	ErrMissingPayloadHash = errors.New("missing payload hash")
	// ErrBadPayloadHash: the body is not the one that was signed.
	ErrBadPayloadHash = errors.New("bad payload hash")
	// ErrPayloadTooLarge: the body is longer than [Verifier.MaxPayload].
	ErrPayloadTooLarge = errors.New("payload too large to verify")
	// ErrInvalidNonce: the request was seen before.
	ErrInvalidNonce = errors.New("invalid nonce")
	// ErrNonceWindowFull: a [Verifier] has no room to remember another nonce.
	ErrNonceWindowFull = errors.New("nonce window full")
	// ErrStaleTimestamp: the request's time is too far from the server's.
	ErrStaleTimestamp = errors.New("stale timestamp")

	// ErrUnsignable: the request, or an option of its signature, cannot be expressed in Hawk.
	ErrUnsignable = errors.New("request cannot be signed")
	// ErrBodyNotRewindable: a payload hash is wanted of a body that can be read only once.
	ErrBodyNotRewindable = errors.New("body cannot be read twice")
	// ErrBadTimestampMAC: a server's time came without proof that it holds the key.
	ErrBadTimestampMAC = errors.New("bad server timestamp mac")
	// ErrMissingServerAuthorization: the answer is not signed, and has to be.
	ErrMissingServerAuthorization = errors.New("missing Server-Authorization header")
	// ErrUnverifiedBody: the body of a signed answer was closed before its end, so that its hash was never compared.
	ErrUnverifiedBody = errors.New("body closed before it was verified")
)

// Error is a refusal. [Verifier.Verify] returns nothing else, and a client gets one for an answer that it must not
// believe. No field ever holds a key.
type Error struct {
	// Reason is one of the Err variables of this package.
	Reason error
	// Detail says what exactly is wrong, or is empty.
	Detail string
	// Status is, on the server, the status to answer with, and on the client that of the refused answer; 0 if there
	// is no answer.
	Status int
	// Message is the refusal in the words of the reference implementation, such as "Bad mac": on the server what to
	// say to the client. It is empty where those words do not exist.
	Message string
	// Challenge is the WWW-Authenticate header to answer with. It is empty unless Status is 401.
	Challenge string
	// Err is the error behind this one, for instance that of a lookup function, or nil. It is not for the other side
	// to see.
	Err error
}

// Error joins reason, detail and cause.
func (e *Error) Error() string {
	text := "hawk: " + e.Reason.Error()
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

// Respond answers a request with the refusal: status, challenge, and the message as plain text.
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

// unauthorized is a 401 as the reference implementation words it.
func unauthorized(reason error, message string) *Error {
	return &Error{Reason: reason, Status: http.StatusUnauthorized, Message: message, Challenge: `Hawk error="` + message + `"`}
}

func badRequest(reason error, message string) *Error {
	return &Error{Reason: reason, Detail: message, Status: http.StatusBadRequest, Message: message}
}

func unsignable(detail string) *Error { return &Error{Reason: ErrUnsignable, Detail: detail} }
