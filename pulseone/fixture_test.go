package pulseone_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// connect returns a client of a new server, which is closed with the test.
func connect(t *testing.T, opts ...secureaccess.Option) (*pulseonetest.Server, *pulseone.Client) {
	t.Helper()
	server := pulseonetest.NewServer(t)
	client := must(server.Client(opts...))(t)
	t.Cleanup(func() { client.Close(t.Context()) })
	return server, client
}

// must returns a result, or ends the test with the error.
func must[T any](result T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wiretap keeps the requests of a client as they went out.
type wiretap struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (w *wiretap) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.requests = append(w.requests, req.Clone(req.Context()))
	w.mu.Unlock()
	return http.DefaultTransport.RoundTrip(req)
}

// count counts requests to a path.
func (w *wiretap) count(method, path string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, req := range w.requests {
		if req.Method == method && req.URL.Path == path {
			n++
		}
	}
	return n
}

// logbook is a logger that keeps everything.
func logbook() (*slog.Logger, *lockedBuffer) {
	buffer := &lockedBuffer{}
	return slog.New(slog.NewTextHandler(buffer, &slog.HandlerOptions{Level: slog.LevelDebug})), buffer
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// fail responds to requests below a path with these statuses, one after the other.
func fail(server *pulseonetest.Server, path string, statuses ...int) {
	for _, status := range statuses {
		server.Fail(pulseonetest.Fault{Path: path, Status: status})
	}
}

// respond responds to the next request below a path with a body of JSON, and the status 200.
func respond(server *pulseonetest.Server, path, body string) {
	server.Fail(pulseonetest.Fault{Path: path, Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
}

// fault204 responds without content.
var fault204 = pulseonetest.Fault{Path: "/api/v1/", Status: http.StatusNoContent}
