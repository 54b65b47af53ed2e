package pulseonetest

import (
	"bufio"
	"context"
	"net"
	"net/http"

	"github.com/secureaccess-go/secureaccess/hawk"
)

// signed signs the responses to requests that were signed right, with a digest of the body unless it is longer than
// what is kept in memory.
func (s *Server) signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isHawk(r.Header.Get("Authorization")) {
			next.ServeHTTP(w, r)
			return
		}
		response := &signedResponse{ResponseWriter: w, grant: &hawk.Grant{}}
		next.ServeHTTP(response, r.WithContext(context.WithValue(r.Context(), grantKey{}, response.grant)))
		response.end()
	})
}

// signedResponse keeps a response until its end, since the signature stands in its header, or until it is too long for
// that.
type signedResponse struct {
	http.ResponseWriter
	grant  *hawk.Grant // of the request; empty where that was not signed right
	status int
	body   []byte
	begun  bool // the header is sent, or the connection is somebody else's
}

// WriteHeader sets the status, once. After 101 nothing of the response is kept.
func (w *signedResponse) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	if status == http.StatusSwitchingProtocols {
		_ = w.begin("")
	}
}

// Write keeps the body, or sends it.
func (w *signedResponse) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if !w.begun && len(w.body)+len(p) <= inMemory {
		w.body = append(w.body, p...)
		return len(p), nil
	}
	if err := w.begin(""); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p)
}

// begin sends the header and what was kept of the body.
func (w *signedResponse) begin(hash string) error {
	if w.begun {
		return nil
	}
	w.begun = true
	if w.grant.Credentials.ID != "" {
		if header, err := w.grant.ServerAuthorization(hash, ""); err == nil {
			w.Header().Set("Server-Authorization", header)
		}
	}
	w.ResponseWriter.WriteHeader(w.status)
	body := w.body
	w.body = nil
	if len(body) == 0 {
		return nil
	}
	_, err := w.ResponseWriter.Write(body)
	return err
}

// end sends what was kept.
func (w *signedResponse) end() {
	if w.begun {
		return
	}
	w.WriteHeader(http.StatusOK)
	hash := ""
	if w.grant.Credentials.ID != "" {
		hash = hawk.HashPayload(w.grant.Credentials.Algorithm, w.Header().Get("Content-Type"), w.body)
	}
	_ = w.begin(hash)
}

// Hijack hands out the connection, unsigned.
func (w *signedResponse) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.begun = true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
