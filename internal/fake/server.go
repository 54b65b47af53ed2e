package fake

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// Server serves a handler as all in-memory servers do. The products have one and declare the methods that their users
// need.
type Server struct {
	clock   *secureaccesstest.Clock
	faults  faults
	handler http.Handler

	mu        sync.Mutex
	url       string
	config    *tls.Config
	trust     *trust
	server    *http.Server
	transport *http.Transport
	done      chan struct{}
}

// NewServer returns a server for a handler. challenge returns the WWW-Authenticate header of a 401; a handler that
// sets one itself is left alone.
func NewServer(clock *secureaccesstest.Clock, challenge func(r *http.Request) string, handler http.Handler) *Server {
	s := &Server{clock: clock}
	s.handler = challenged(challenge, s.faults.wrap(clock, handler))
	return s
}

// Clock returns the server's clock.
func (s *Server) Clock() *secureaccesstest.Clock { return s.clock }

// Fail makes requests fail.
func (s *Server) Fail(f secureaccesstest.Fault) { s.faults.add(f) }

// ServeHTTP serves a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// StartTest serves on a free port until the test ends, which calls stop.
func (s *Server) StartTest(t secureaccesstest.TB, start func(address string) error, stop func()) {
	t.Helper()
	if err := start("127.0.0.1:0"); err != nil {
		t.Fatalf("the server does not start: %v", err)
	}
	t.Cleanup(stop)
}

// Start serves on a TCP address.
func (s *Server) Start(address string) error { return s.start(address, nil) }

// StartTLS serves TLS on a TCP address, with the certificates of config or one by a CA of its own.
func (s *Server) StartTLS(address string, config *tls.Config) error {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	if len(config.Certificates) == 0 && config.GetCertificate == nil {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		certificate, err := newCertificate(host)
		if err != nil {
			return err
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	if len(config.NextProtos) == 0 {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	return s.start(address, config)
}

var errStarted = errors.New("the server has been started before")

func (s *Server) start(address string, config *tls.Config) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return errStarted
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	u := &url.URL{Scheme: "http", Host: l.Addr().String()}
	if config != nil {
		u.Scheme = "https"
		s.config, s.trust = config, trusted(config.Certificates)
		l = tls.NewListener(l, config)
	}
	s.url = u.String()
	s.transport = &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: s.trust.pool()}}
	s.server = &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // broken handshakes and provoked aborts
	}
	done := make(chan struct{})
	s.done = done
	go func(server *http.Server) {
		defer close(done)
		_ = server.Serve(l)
	}(s.server)
	return nil
}

// Close breaks all connections and waits until the listener is closed.
func (s *Server) Close() {
	s.mu.Lock()
	server, transport, done := s.server, s.transport, s.done
	s.mu.Unlock()
	if server == nil {
		return
	}
	_ = server.Close()
	transport.CloseIdleConnections()
	<-done
}

// URL returns where the server listens, "" before it does.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// TLS returns the configuration that the server serves with, nil without TLS. It is not to be changed.
func (s *Server) TLS() *tls.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config
}

// CA returns the certificates to trust, in PEM.
func (s *Server) CA() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trust.pem()
}

// HTTPClient returns a client that trusts the server.
func (s *Server) HTTPClient() *http.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.transport == nil {
		return &http.Client{}
	}
	return &http.Client{Transport: s.transport}
}

// Options are the clock and the CA, followed by those of the caller.
func (s *Server) Options(more ...secureaccess.Option) []secureaccess.Option {
	options := []secureaccess.Option{secureaccess.WithClock(s.clock)}
	if pool := s.pool(); pool != nil {
		options = append(options, secureaccess.WithRootCAs(pool))
	}
	return slices.Concat(options, more)
}

func (s *Server) pool() *x509.CertPool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trust.pool()
}
