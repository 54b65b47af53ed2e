package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
	"github.com/secureaccess-go/secureaccess/internal/redact"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// quiet is for servers of which the complaints are expected.
var quiet = log.New(io.Discard, "", 0)

// testCall is the state of a call.
type testCall struct {
	attempts atomic.Int32
	secrets  redact.Secrets
}

func (c *testCall) Operation() (product, method, path string) { return "test", "GET", "/v1/{id}" }
func (c *testCall) Attempt() int                              { return int(c.attempts.Add(1)) }
func (c *testCall) Secrets() *redact.Secrets                  { return &c.secrets }

// request returns a request of a call.
func request(t testing.TB, ctx context.Context, method, url string, body io.Reader) (*http.Request, *testCall) {
	t.Helper()
	call := &testCall{}
	req, err := http.NewRequestWithContext(context.WithValue(ctx, ctxkey.Call{}, call), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req, call
}

// layers returns New for the settings, closed with the test.
func layers(t testing.TB, change func(*settings.Settings)) http.RoundTripper {
	t.Helper()
	s := settings.Defaults()
	if change != nil {
		change(&s)
	}
	rt := New(&s)
	t.Cleanup(rt.(interface{ CloseIdleConnections() }).CloseIdleConnections)
	return rt
}

// do sends a request and reads the whole body.
func do(rt http.RoundTripper, req *http.Request) (string, error) {
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}

// listen serves connections on loopback with handle, until the test is over.
func listen(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, l, handle)
	return l.Addr().String()
}

func serveOn(t testing.TB, l net.Listener, handle func(net.Conn)) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			wg.Go(func() {
				defer conn.Close()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, conn := range conns {
			_ = conn.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
}

// serveTLS starts a server with HTTP/2.
func serveTLS(t testing.TB, h http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, authority(s)
}

func authority(s *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

// certificate returns the one of httptest, and the pool that trusts it.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return s.TLS.Certificates[0], authority(s)
}

// blackHole forwards connections to addr. What comes on the first one vanishes once silence was called.
func blackHole(t testing.TB, addr string) (front string, silence func()) {
	t.Helper()
	var silent atomic.Bool
	var connections atomic.Int32
	front = listen(t, func(in net.Conn) {
		first := connections.Add(1) == 1
		out, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer out.Close()
		pipe := func(to, from net.Conn) {
			buf := make([]byte, 32<<10)
			for {
				n, err := from.Read(buf)
				if err != nil {
					_, _ = to.Close(), from.Close()
					return
				}
				if !first || !silent.Load() {
					_, _ = to.Write(buf[:n])
				}
			}
		}
		var wg sync.WaitGroup
		wg.Go(func() { pipe(in, out) })
		pipe(out, in)
		wg.Wait()
	})
	return front, func() { silent.Store(true) }
}

// captured collects what package log and a slog.Logger write while a test runs.
type captured struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *captured) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(p)
}

func (c *captured) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}

func (c *captured) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(c, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// standardLog captures what package log writes. Tests that use it do not run in parallel.
func standardLog(t testing.TB) *captured {
	t.Helper()
	c, before := &captured{}, log.Writer()
	log.SetOutput(c)
	t.Cleanup(func() { log.SetOutput(before) })
	return c
}

// oneLine reports whether a text is fit for a log.
func oneLine(text string) bool { return redact.Line(text, 1<<10) == text }

// frame is one of HTTP/2.
func frame(kind, flags byte, stream uint32, payload string) string {
	var b strings.Builder
	n := len(payload)
	b.Write([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags, byte(stream >> 24), byte(stream >> 16), byte(stream >> 8), byte(stream)})
	b.WriteString(payload)
	return b.String()
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// stepClock is a clock that a test sets.
type stepClock struct{ now atomic.Int64 }

func (c *stepClock) Now() time.Time                             { return time.Unix(0, c.now.Load()) }
func (c *stepClock) Sleep(context.Context, time.Duration) error { return nil }
