package hawk

import (
	"bufio"
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// Handler is an [http.Handler] that verifies requests and signs the responses to them.
//
// A refused request gets the [*Error]'s status, message and, with 401, its challenge; the response is not signed, and
// Next is not called. Next is called for all others; their contexts hold the artifacts, see [ArtifactsFrom].
//
// A response of at most 1 MiB is buffered until Next returns, and signed with the hash of its body. A longer one, and
// one that Next flushes, announces as longer, declares trailers for or takes over the connection of, is passed on as it
// is written, and signed without a hash. A Server-Authorization header that Next sets itself is left as it is.
// [http.ResponseController] works on the ResponseWriter that Next is given.
//
// What changes the body on its way to the client, such as compression, belongs into Next, not around the Handler.
type Handler struct {
	// Verifier decides about the requests. Required: without it, or without Next, the response is 500.
	Verifier *Verifier
	// Next handles the verified requests. Required.
	Next http.Handler
	// Refuse writes the response to a refused request; nil means [Error.Respond].
	Refuse func(http.ResponseWriter, *http.Request, *Error)
}

type artifactsKey struct{}

// ArtifactsFrom returns the artifacts of the verified request that a [Handler] serves, whose ID says who sent it, given
// the request's context. It reports false for other contexts.
func ArtifactsFrom(ctx context.Context) (Artifacts, bool) {
	a, ok := ctx.Value(artifactsKey{}).(*Artifacts)
	if !ok {
		return Artifacts{}, false
	}
	return *a, true
}

// ServeHTTP verifies, calls Next and signs.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.Verifier == nil || h.Next == nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	grant, bad := h.Verifier.verify(r)
	if bad != nil {
		if h.Refuse != nil {
			h.Refuse(w, r, bad)
		} else {
			bad.Respond(w)
		}
		return
	}
	signing := &signingWriter{w: w, grant: grant, head: r.Method == http.MethodHead}
	h.Next.ServeHTTP(signing, r.WithContext(context.WithValue(r.Context(), artifactsKey{}, &grant.Artifacts)))
	signing.finish() // not deferred: after a panic the server has to end the connection, not to send half a response
}

// maxBuffered is the length of the longest body that is buffered to be hashed.
const maxBuffered = 1 << 20

// signingWriter buffers a response until it can be signed.
type signingWriter struct {
	w     http.ResponseWriter
	grant *Grant
	head  bool // the request is HEAD

	status   int         // 0 until WriteHeader is called
	header   http.Header // as WriteHeader found it: later changes must have no effect, as in net/http
	length   int64       // that Next announced, or -1
	body     bytes.Buffer
	sent     bool // header and, so far, body are
	hijacked bool
}

func (s *signingWriter) Header() http.Header { return s.w.Header() }

// Unwrap lets [http.ResponseController] reach what this writer does not have, such as deadlines.
func (s *signingWriter) Unwrap() http.ResponseWriter { return s.w }

func (s *signingWriter) WriteHeader(status int) {
	switch {
	case s.hijacked || s.sent || s.status != 0:
		return
	case status >= 100 && status < 200 && status != http.StatusSwitchingProtocols:
		s.w.WriteHeader(status) // an interim response, which is not signed
		return
	}
	s.status = status
	h := s.w.Header()
	var err error
	if s.length, err = strconv.ParseInt(h.Get("Content-Length"), 10, 64); err != nil {
		s.length = -1
	}
	if status == http.StatusSwitchingProtocols || h.Get("Trailer") != "" || s.length > maxBuffered && !s.head {
		_ = s.send(false) // with no body yet, there is nothing that could fail
		return
	}
	s.header = h.Clone()
}

func (s *signingWriter) Write(p []byte) (int, error) {
	if s.hijacked {
		return 0, http.ErrHijacked
	}
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	switch {
	case s.sent:
	case !bodyAllowed(s.status):
		return 0, http.ErrBodyNotAllowed
	case s.length >= 0 && int64(s.body.Len()+len(p)) > s.length:
		return 0, http.ErrContentLength
	case s.body.Len()+len(p) <= maxBuffered:
		return s.body.Write(p)
	default:
		if err := s.send(false); err != nil {
			return 0, err
		}
	}
	return s.w.Write(p)
}

// Flush implements [http.Flusher].
func (s *signingWriter) Flush() { _ = s.FlushError() }

// FlushError sends what was written so far; later writes go through unbuffered. [http.ResponseController] calls it.
func (s *signingWriter) FlushError() error {
	if s.hijacked {
		return http.ErrHijacked
	}
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	if !s.sent {
		if err := s.send(false); err != nil {
			return err
		}
	}
	return http.NewResponseController(s.w).Flush()
}

// Hijack implements [http.Hijacker]. A response that was begun is sent first.
func (s *signingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if s.status != 0 && !s.sent && !s.hijacked {
		if err := s.send(false); err != nil {
			return nil, nil, err
		}
	}
	conn, rw, err := http.NewResponseController(s.w).Hijack()
	s.hijacked = s.hijacked || err == nil
	return conn, rw, err
}

// finish sends what was buffered.
func (s *signingWriter) finish() {
	if s.hijacked || s.sent {
		return
	}
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	_ = s.send(true) // an error means that the client is gone
}

// send signs and sends the header and what was written of the body, which is all of it if whole is set.
func (s *signingWriter) send(whole bool) error {
	s.sent = true
	h := s.w.Header()
	if s.header != nil {
		maps.DeleteFunc(h, func(name string, _ []string) bool { return !strings.HasPrefix(name, http.TrailerPrefix) })
		maps.Copy(h, s.header)
	}
	body := s.body.Bytes()
	hash := ""
	if whole {
		hash = s.hash(h, body)
	}
	if h.Get("Server-Authorization") == "" {
		// The only error is for characters that a hash cannot have.
		if signature, err := s.grant.ServerAuthorization(hash, ""); err == nil {
			h.Set("Server-Authorization", signature)
		}
	}
	s.w.WriteHeader(s.status)
	if len(body) == 0 {
		return nil
	}
	_, err := s.w.Write(body)
	s.body = bytes.Buffer{}
	return err
}

// hash returns the hash of the body that the client receives, and settles the headers that it depends on as net/http
// would.
func (s *signingWriter) hash(h http.Header, body []byte) string {
	algorithm := s.grant.Credentials.Algorithm
	if s.status == http.StatusNotModified {
		return HashPayload(algorithm, "", nil) // net/http removes its Content-Type
	}
	if len(body) > 0 && h.Get("Transfer-Encoding") == "" {
		if _, named := h["Content-Type"]; !named && h.Get("Content-Encoding") == "" {
			h.Set("Content-Type", http.DetectContentType(body))
		}
		if h.Get("Content-Length") == "" && !trailers(h) {
			h.Set("Content-Length", strconv.Itoa(len(body)))
		}
	}
	if s.head {
		body = nil
	}
	return HashPayload(algorithm, h.Get("Content-Type"), body)
}

// trailers reports whether Next has set trailers, which a response with a length cannot have.
func trailers(h http.Header) bool {
	for name := range h {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// bodyAllowed reports whether a response of this status may have a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
