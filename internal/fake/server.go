package fake

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"time"
)

// TB is what a fake needs of a test: *testing.T and *testing.B have it.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is what the servers of all products have in common. They embed it.
type Server struct {
	URL string // where it listens: "http://127.0.0.1:41233"

	clock  *Clock
	faults Faults
	server *http.Server
	done   chan struct{}
}

// Clock is the server's clock. A client that shares it, with secureaccess.WithClock, waits without taking time.
func (s *Server) Clock() *Clock { return s.clock }

// Advance moves the server's clock: sessions and credentials expire, work that takes time gets done.
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// Fail makes requests fail.
func (s *Server) Fail(f Fault) { s.faults.Fail(f) }

// Init gives the server its clock. Every server has one before it serves.
func (s *Server) Init(clock *Clock) { s.clock = clock }

// ServeTest serves handler on a free port of this machine until the test ends.
func (s *Server) ServeTest(t TB, handler http.Handler) {
	t.Helper()
	if err := s.Serve("127.0.0.1:0", nil, handler); err != nil {
		t.Fatalf("the fake does not start: %v", err)
	}
	t.Cleanup(s.Close)
}

// Serve serves handler on a TCP address, "127.0.0.1:0" for a free port. With config it serves TLS.
func (s *Server) Serve(address string, config *tls.Config, handler http.Handler) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	u := &url.URL{Scheme: "http", Host: l.Addr().String()}
	if config != nil {
		u.Scheme = "https"
		config = config.Clone()
		config.NextProtos = []string{"h2", "http/1.1"}
		l = tls.NewListener(l, config)
	}
	s.URL = u.String()
	s.server = &http.Server{
		Handler:           s.faults.wrap(s.clock, handler),
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // broken handshakes and provoked aborts
	}
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l)
	}()
	return nil
}

// Close breaks all connections and waits until the listener is gone.
func (s *Server) Close() {
	if s.server == nil {
		return
	}
	_ = s.server.Close()
	<-s.done
}
