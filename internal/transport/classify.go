package transport

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/redact"
)

// longestDetail bounds what is said of an address. Host names are at most 253 bytes.
const longestDetail = 280

// Classify makes a [Failure] of the error of a transport. ctx is the request's. An error that is or wraps a Failure or
// a [BodyError] is returned as it is, and nil is nil.
func Classify(ctx context.Context, err error) error {
	return classify(ctx, err, Failed)
}

func classify(ctx context.Context, err error, otherwise Class) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Failure](err); ok {
		return err
	}
	if body, ok := errors.AsType[*BodyError](err); ok {
		return body // and not what net/http says around it
	}
	if f := contextFailure(ctx, err); f != nil {
		return f
	}
	f := &Failure{is: func(target error) bool {
		return target != context.Canceled && target != context.DeadlineExceeded && errors.Is(err, target)
	}}
	for _, find := range []func(*Failure, error) bool{ownFailure, tlsFailure, dialFailure, textFailure, streamFailure} {
		if find(f, err) {
			return f
		}
	}
	f.class = otherwise
	return f
}

// contextFailure is for errors of which the cause is that the request's own context is over.
func contextFailure(ctx context.Context, err error) *Failure {
	over := ctx.Err()
	if over == nil {
		// The deadline of a dial comes from the context's, and may be noticed a moment before it.
		deadline, ok := ctx.Deadline()
		if !ok || time.Now().Before(deadline) || !errors.Is(err, context.DeadlineExceeded) {
			return nil
		}
		over = context.DeadlineExceeded
	}
	if !errors.Is(err, over) && !errors.Is(err, context.Cause(ctx)) && !errors.Is(err, os.ErrDeadlineExceeded) && !isCanceled(err) {
		return nil
	}
	f := &Failure{class: Canceled, permanent: over == context.Canceled, is: func(target error) bool { return target == over || errors.Is(err, target) }}
	if over == context.DeadlineExceeded {
		f.class = Deadline
	}
	return f
}

// isCanceled knows the words of net/http for requests that were ended from our side.
func isCanceled(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "net/http: request canceled") || strings.HasPrefix(text, "http: read on closed response body") ||
		strings.HasPrefix(text, "http2: response body closed")
}

// proxyRefusal is how our own transport says that a proxy did not respond to CONNECT with 200. The words of net/http for it
// are the proxy's.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string { return "proxy: " + strconv.Itoa(e.status) }

func ownFailure(f *Failure, err error) bool {
	refusal, ok := errors.AsType[*proxyRefusal](err)
	if !ok {
		return false
	}
	f.class, f.detail, f.neverArrived = ProxyRefused, strconv.Itoa(refusal.status), true
	switch {
	case refusal.status >= 500, refusal.status == http.StatusTooManyRequests, refusal.status == http.StatusRequestTimeout:
		f.class = ProxyFailed // it may get through to the server later
	default:
		f.permanent = true
	}
	return true
}

func tlsFailure(f *Failure, err error) bool {
	certificate := func(class Class) bool {
		f.class, f.permanent, f.neverArrived = class, true, true
		return true
	}
	if host, ok := errors.AsType[x509.HostnameError](err); ok {
		f.detail = redact.Line(host.Host, longestDetail)
		return certificate(CertificateName)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return certificate(UnknownAuthority)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return certificate(CertificateExpired)
		}
		return certificate(CertificateInvalid)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificate(CertificateInvalid)
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		// A bad record later on, which corruption can make, has no connection to show.
		f.class = NoTLS
		if record.Conn == nil {
			f.class = TLSBroken
			return true
		}
		f.permanent, f.neverArrived = true, true
		original := f.is
		f.is = func(target error) bool { return target == http.ErrSchemeMismatch || original(target) }
		return true
	}
	if errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return certificate(NoTLS)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil && (op.Op == "remote error" || op.Op == "local error") {
		// An alert. Its words are from a table of crypto/tls.
		alert := strings.TrimPrefix(op.Err.Error(), "tls: ")
		if op.Op == "remote error" && handshakeAlerts[alert] {
			f.detail = alert
			return certificate(HandshakeRefused)
		}
		f.class = TLSBroken
		return true
	}
	return false
}

// handshakeAlerts are what a server sends that will have nothing to do with this client. With TLS 1.3 they can arrive
// after the request was sent, and before it was read.
var handshakeAlerts = map[string]bool{
	"handshake failure": true, "bad certificate": true, "unsupported certificate": true, "revoked certificate": true,
	"expired certificate": true, "unknown certificate": true, "unknown certificate authority": true, "access denied": true,
	"protocol version not supported": true, "insufficient security level": true, "inappropriate fallback": true,
	"missing extension": true, "unsupported extension": true, "unrecognized name": true, "certificate unobtainable": true,
	"bad certificate status response": true, "unknown PSK identity": true, "certificate required": true,
	"no application protocol": true, "illegal parameter": true,
}

func dialFailure(f *Failure, err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		f.class, f.neverArrived, f.detail = NameResolution, true, redact.Line(dns.Name, longestDetail)
		if dns.IsNotFound {
			f.class, f.permanent = NoSuchHost, true
		}
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "dial" && op.Op != "proxyconnect" {
		return false
	}
	proxied := op.Op == "proxyconnect"
	if inner, ok := errors.AsType[*net.OpError](op.Err); ok {
		op = inner
	}
	if op.Addr != nil {
		f.detail = redact.Line(op.Addr.String(), longestDetail)
	}
	f.neverArrived = true
	switch {
	case isRefused(err):
		f.class = Refused
	case isUnreachable(err):
		f.class = Unreachable
	case op.Timeout():
		f.class = DialTimeout
	case proxied:
		f.class = ProxyFailed
	default:
		f.class = DialFailed
	}
	if proxied {
		f.detail = strings.TrimSpace("proxy " + f.detail)
	}
	return true
}

// textFailure knows failures by the words of the standard library, which has no types for them. Only the beginnings of
// texts are compared: what follows them may be the other side's.
func textFailure(f *Failure, err error) bool {
	for at := err; at != nil; at = errors.Unwrap(at) {
		text := at.Error()
		for _, known := range texts {
			if strings.HasPrefix(text, known.beginning) {
				f.class, f.permanent, f.neverArrived = known.class, known.permanent, known.neverArrived
				return true
			}
		}
		if strings.HasPrefix(text, "stream error: ") {
			f.class = HTTP2Stream
			f.neverArrived = strings.HasSuffix(text, "; REFUSED_STREAM") || strings.HasSuffix(text, "; REFUSED_STREAM; received from peer")
			return true
		}
	}
	// A transport of the caller's tells that a proxy refused CONNECT by the words of the status line alone.
	if text := err.Error(); text == "unknown status code" || statusTexts[strings.ToLower(text)] {
		f.class, f.permanent, f.neverArrived = ProxyRefused, true, true
		return true
	}
	return false
}

var texts = []struct {
	beginning               string
	class                   Class
	permanent, neverArrived bool
}{
	{"net/http: timeout awaiting response headers", ResponseTimeout, false, false},
	{"http2: timeout awaiting response headers", ResponseTimeout, false, false},
	{"net/http: TLS handshake timeout", HandshakeTimeout, false, true},
	{"tls: server selected unsupported protocol version", HandshakeFailed, true, true},
	{"tls: ", HandshakeFailed, false, false},
	{"x509: ", CertificateInvalid, true, true},
	{"unsupported protocol scheme", Scheme, true, true},
	{"http2: unsupported scheme", Scheme, true, true},
	{"net/http: invalid ", InvalidRequest, true, true},
	{"http: nil Request", InvalidRequest, true, true},
	{"http: no Host", InvalidRequest, true, true},
	{"http: ContentLength=", BodyLength, true, false},
	{"http2: request body larger", BodyLength, true, false},
	{"http2: Transport received GOAWAY", HTTP2Closed, false, false},
	{"http2: Transport received Server's graceful shutdown", HTTP2Closed, false, true},
	{"http2: server sent GOAWAY", HTTP2Closed, false, false},
	{"http2: client connection lost", HTTP2Lost, false, false},
	{"http2: client conn", ClosedEarly, false, false},
	{"http2: response header list larger", HeaderTooLarge, false, false},
	{"http2: response body closed", BodyClosed, true, false},
	{"http2: ", HTTP2Failed, false, false},
	{"connection error: ", HTTP2Failed, false, false},
	{"net/http: server response headers exceeded", HeaderTooLarge, false, false},
	{"http: server closed idle connection", ClosedEarly, false, false},
	{"http: CloseIdleConnections called", ClosedEarly, false, false},
	{"http: idle connection timeout", ClosedEarly, false, false},
	{"http: read on closed response body", BodyClosed, true, false},
	{"http: invalid Read on closed Body", BodyClosed, true, false},
	{"malformed ", Malformed, false, false},
	{"message too large", Malformed, false, false},
	{"bad Content-Length", Malformed, false, false},
	{"invalid empty Content-Length", Malformed, false, false},
	{"http: message cannot contain multiple Content-Length", Malformed, false, false},
	{"unsupported transfer encoding", Malformed, false, false},
	{"too many transfer encodings", Malformed, false, false},
	{"invalid Trailer key", Malformed, false, false},
	{"invalid byte in chunk length", Malformed, false, false},
	{"invalid CR in chunked line", Malformed, false, false},
	{"empty hex number for chunk length", Malformed, false, false},
	{"bad trailer key", Malformed, false, false},
	{"http: suspiciously long trailer", Malformed, false, false},
	{"http: unexpected EOF reading trailer", BrokenOff, false, false},
	{"http chunk length too large", Malformed, false, false},
	{"chunked encoding contains too much non-data", Malformed, false, false},
	{"chunked line ends with bare LF", Malformed, false, false},
	{"header line too long", Malformed, false, false},
	{"net/http: server replied with more than declared", Malformed, false, false},
}

var statusTexts = func() map[string]bool {
	known := map[string]bool{}
	for status := 300; status < 600; status++ {
		if text := http.StatusText(status); text != "" {
			known[strings.ToLower(text)] = true
		}
	}
	return known
}()

func streamFailure(f *Failure, err error) bool {
	var corrupt flate.CorruptInputError
	switch {
	case isReset(err), errors.Is(err, net.ErrClosed):
		f.class = Reset
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		f.class = ClosedEarly
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		f.class = Malformed
	case errors.Is(err, os.ErrDeadlineExceeded):
		f.class = Timeout
	default:
		timeout, ok := errors.AsType[net.Error](err)
		if !ok || !timeout.Timeout() {
			return false
		}
		f.class = Timeout
	}
	return true
}
