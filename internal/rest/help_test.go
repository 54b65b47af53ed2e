package rest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// manualClock is a clock on which pauses take no time: Sleep puts it forward and notes by how much.
type manualClock struct {
	mu      sync.Mutex
	now     time.Time
	pauses  []time.Duration
	onSleep func(context.Context) // called before a pause
}

func newClock() *manualClock {
	return &manualClock{now: time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)}
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) Sleep(ctx context.Context, d time.Duration) error {
	if c.onSleep != nil {
		c.onSleep(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.pauses = append(c.pauses, d)
	return nil
}

func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// server is a real server on loopback that counts.
type server struct {
	*httptest.Server
	requests    atomic.Int32
	connections atomic.Int32
}

// slack is how many connections more than needed prove nothing: net/http gives one up whose writer is not scheduled
// for 50 ms, as happens on a busy machine.
const slack = 1

// serve starts a server, and checks at the end of the test that no goroutine is left.
func serve(t testing.TB, handler http.HandlerFunc, start ...func(*httptest.Server)) *server {
	t.Helper()
	noLeaks(t)
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	if len(start) > 0 {
		start[0](s.Server)
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// serveTLS is serve with HTTP/2 over TLS.
func serveTLS(t testing.TB, handler http.HandlerFunc) *server {
	t.Helper()
	return serve(t, handler, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.Config.ErrorLog = quiet
		s.StartTLS()
	})
}

// quiet is for the handshakes that are meant to fail.
var quiet = log.New(io.Discard, "", 0)

// responds gives every request the same response.
func responds(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn gives the first request to the first handler and so on, and all later ones to the last.
func inTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		handlers[min(int(n.Add(1)), len(handlers))-1](w, r)
	}
}

// reset breaks the connection of a request off without a response.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// thing is what most tests ask for.
type thing struct {
	ID   string `json:"id"`
	Size int    `json:"size,omitzero"`
}

// connect returns a client of the server at base, on a clock of its own unless opts bring one.
func connect(t testing.TB, base string, opts ...secureaccess.Option) *Client {
	t.Helper()
	return connectWith(t, base, nil, opts...)
}

// connectWith is connect with a say in the Config.
func connectWith(t testing.TB, base string, change func(*Config), opts ...secureaccess.Option) *Client {
	t.Helper()
	setup, err := Prepare("test", base, true, append([]secureaccess.Option{secureaccess.WithClock(newClock())}, opts...))
	if err != nil {
		t.Fatal(err)
	}
	var config Config
	if change != nil {
		change(&config)
	}
	c := setup.Client(config)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// retries is a policy of n retries with pauses that need no thought.
func retries(n int) secureaccess.Option {
	return secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: n, MinWait: time.Second, MaxWait: time.Second})
}

func parse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// closedPort is the address of a server that is not there. A port that was free a moment ago may be another test's by
// now; the first one is nobody's.
func closedPort(testing.TB) string { return "http://127.0.0.1:1" }

// roundTrip makes a transport of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// failureOf returns the *secureaccess.Error in err.
func failureOf(t testing.TB, err error) *secureaccess.Error {
	t.Helper()
	e, ok := err.(*secureaccess.Error)
	if !ok {
		t.Fatalf("not a *secureaccess.Error: %T: %v", err, err)
	}
	return e
}

// eventually gives other goroutines so many turns to bring a condition about.
func eventually(turns int, condition func() bool) bool {
	for range turns {
		if condition() {
			return true
		}
		runtime.Gosched()
	}
	return condition()
}

// noLeaks checks at the end of the test, after everything registered later is cleaned up, that no goroutine is left
// that was not there at its beginning.
func noLeaks(t testing.TB) {
	if _, fuzzing := t.(*testing.F); fuzzing {
		return // which has goroutines of its own
	}
	before := goroutines()
	t.Cleanup(func() {
		for range 200 {
			if eventually(100_000, func() bool { return runtime.NumGoroutine() <= len(before) }) {
				return
			}
			if len(goroutinesSince(before)) == 0 {
				return
			}
		}
		if left := goroutinesSince(before); len(left) > 0 {
			t.Errorf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
		}
	})
}

func goroutinesSince(before map[string]string) (stacks []string) {
	for id, stack := range goroutines() {
		if _, ok := before[id]; !ok && !strings.Contains(stack, "testing.") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// goroutines returns the stacks of all goroutines by their number.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	stacks := map[string]string{}
	for stack := range bytes.SplitSeq(buf[:runtime.Stack(buf, true)], []byte("\n\n")) {
		var id string
		if _, err := fmt.Sscanf(string(stack), "goroutine %s", &id); err == nil {
			stacks[id] = string(stack)
		}
	}
	return stacks
}
