package hawk

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

var (
	steve = Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	epoch = time.Unix(1353832234, 0)
)

// lookUp knows steve, and steve with the older algorithm as "old".
func lookUp(_ context.Context, id string) (Credentials, error) {
	switch id {
	case steve.ID:
		return steve, nil
	case "old":
		return Credentials{ID: "old", Key: steve.Key, Algorithm: AlgorithmSHA1}, nil
	}
	return Credentials{}, ErrUnknownCredentials
}

func as(c Credentials) func(context.Context) (Credentials, error) {
	return func(context.Context) (Credentials, error) { return c, nil }
}

// fakeClock stands still until it is moved.
type fakeClock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock(t time.Time) *fakeClock { return &fakeClock{t: t} }

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *fakeClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// record is what a server saw of one request.
type record struct {
	target, authorization, body string
	refused                     error
}

// server verifies every request and responds with what handle writes, or with the refusal.
type server struct {
	*httptest.Server
	verifier *Verifier

	mu   sync.Mutex
	seen []record
}

func newServer(t *testing.T, v *Verifier, handle func(http.ResponseWriter, *http.Request, *Grant)) *server {
	t.Helper()
	s := unstartedServer(v, handle)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func unstartedServer(v *Verifier, handle func(http.ResponseWriter, *http.Request, *Grant)) *server {
	if v.Credentials == nil {
		v.Credentials = lookUp
	}
	s := &server{verifier: v}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := v.Verify(r)
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, record{r.RequestURI, r.Header.Get("Authorization"), string(body), err})
		s.mu.Unlock()
		if err != nil {
			err.(*Error).Respond(w)
			return
		}
		if handle != nil {
			handle(w, r, grant)
		}
	}))
	return s
}

func (s *server) records() []record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func get(t *testing.T, rt http.RoundTripper, address string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rt.RoundTrip(req)
}

// mustGet wants a status.
func mustGet(t *testing.T, rt http.RoundTripper, address string, status int) {
	t.Helper()
	resp, err := get(t, rt, address)
	if err != nil {
		t.Fatal(err)
	}
	text := readAll(t, resp)
	if resp.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", resp.StatusCode, status, text)
	}
}

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// closeRecorder is a body that knows whether it was closed.
type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error {
	c.closed = true
	return nil
}

func recorded(s string) *closeRecorder { return &closeRecorder{Reader: strings.NewReader(s)} }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
