package transport

import (
	"errors"
	"net"
	"os"
)

// Class says in our own words what kind of failure ended an attempt. It is an error for errors.Is:
//
//	errors.Is(err, transport.UnknownAuthority)
type Class string

// The classes of failures.
const (
	Canceled Class = "context canceled"
	Deadline Class = "context deadline exceeded"

	NoSuchHost     Class = "no such host"
	NameResolution Class = "name resolution failed"
	Refused        Class = "connection refused"
	Unreachable    Class = "no route to the host"
	DialTimeout    Class = "timed out connecting"
	DialFailed     Class = "cannot connect"

	UnknownAuthority   Class = "TLS: certificate signed by unknown authority"
	CertificateExpired Class = "TLS: certificate expired or not yet valid"
	CertificateName    Class = "TLS: certificate for another name"
	CertificateInvalid Class = "TLS: certificate not acceptable"
	HandshakeRefused   Class = "TLS: handshake refused by the server"
	HandshakeFailed    Class = "TLS: handshake failed"
	HandshakeTimeout   Class = "TLS: handshake timed out"
	TLSBroken          Class = "TLS: connection broken"
	NoTLS              Class = "no TLS at the other end"

	ProxyRefused Class = "proxy refused the connection"
	ProxyFailed  Class = "cannot connect through the proxy"

	Reset           Class = "connection reset"
	ClosedEarly     Class = "connection closed before the response"
	BrokenOff       Class = "connection closed in the middle of the response"
	Stalled         Class = "the response stalled"
	ResponseTimeout Class = "timed out waiting for the response"
	Timeout         Class = "timed out"
	Malformed       Class = "malformed HTTP response"
	HeaderTooLarge  Class = "response header too large"
	HTTP2Closed     Class = "HTTP/2 connection closed by the server"
	HTTP2Lost       Class = "HTTP/2 connection lost: no response to a ping"
	HTTP2Stream     Class = "HTTP/2 stream reset"
	HTTP2Failed     Class = "HTTP/2 protocol error"

	Scheme         Class = "unsupported URL scheme"
	InvalidRequest Class = "request that cannot be sent"
	BodyLength     Class = "request body of another length than announced"
	BodyClosed     Class = "read after the body was closed"
	Failed         Class = "exchange failed"
	ForeignFailed  Class = "the given transport failed"

	MiddlewareFailed Class = "middleware failed"
)

// Error returns the words of the class.
func (c Class) Error() string { return string(c) }

// Failure is an attempt that ended without a response, or a body that ended early. Its text is our own: texts of
// net/http, crypto/tls and proxies quote what the other side sent, and that may be the request with its credentials.
// The original error is there for errors.Is and is given out in no other way: there is no Unwrap, and fmt shows nothing
// of it.
type Failure struct {
	class        Class
	text         string // of a middleware; "": class and detail
	detail       string // an address that we dialed, a status: nothing that the other side made up
	permanent    bool
	neverArrived bool
	is           func(error) bool // in a function, because fmt prints what it finds in fields
}

// Class returns the kind of the failure.
func (f *Failure) Class() Class { return f.class }

// Error returns the words of the class and, in parentheses, what was dialed where that helps. Where a middleware of the
// caller's failed they are the middleware's, redacted and on one line.
func (f *Failure) Error() string {
	switch {
	case f.text != "":
		return f.text
	case f.detail == "":
		return string(f.class)
	}
	return string(f.class) + " (" + f.detail + ")"
}

// GoString returns Error().
func (f *Failure) GoString() string { return f.Error() }

// Is reports whether target is the failure's class, or whether the original error matches it. The errors of a context
// match only when the request's own context is over: a dial that times out matches os.ErrDeadlineExceeded, and not
// context.DeadlineExceeded as it does in package net.
func (f *Failure) Is(target error) bool {
	if class, ok := target.(Class); ok {
		return class == f.class
	}
	return f.is != nil && f.is(target)
}

// Timeout reports whether a limit of time ended the attempt, as net.Error has it.
func (f *Failure) Timeout() bool {
	switch f.class {
	case Deadline, DialTimeout, HandshakeTimeout, Stalled, ResponseTimeout, Timeout, HTTP2Lost:
		return true
	}
	return f.Is(os.ErrDeadlineExceeded)
}

// Temporary reports whether a later attempt could fare better. It is there for net.Error.
func (f *Failure) Temporary() bool { return !f.permanent }

var _ net.Error = (*Failure)(nil)

// Permanent reports whether an attempt that failed with err would fail again: the certificate, the TLS handshake or
// CONNECT is refused, the peer speaks no TLS, the host does not exist, the request cannot be sent, the context is
// canceled. A deadline is not among them, since it may be that of one attempt. It is false for errors that are not a [Failure].
func Permanent(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.permanent
}

// NeverArrived reports whether the server cannot have seen the request of the attempt that failed with err, so that
// even a write may be repeated. It is false for errors that are not a [Failure].
func NeverArrived(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.neverArrived
}

// ClassOf returns the class of the [Failure] in err, "" for none.
func ClassOf(err error) Class {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.class
	}
	return ""
}

// BodyError is the failure of a reader that the caller gave as the body of a request. It is the caller's own error and
// passes all layers as it is.
type BodyError struct{ Err error }

// Error returns the words of the caller's error.
func (e *BodyError) Error() string { return "reading the request body: " + e.Err.Error() }

// Unwrap returns the caller's error.
func (e *BodyError) Unwrap() error { return e.Err }
