package workspace_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

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

// wiretap keeps the requests of a client as they went out, with their bodies.
type wiretap struct {
	mu       sync.Mutex
	requests []sent
}

type sent struct {
	*http.Request
	body string
}

func (w *wiretap) option() secureaccess.Option {
	return secureaccess.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			var body []byte
			if req.Body != nil {
				var err error
				if body, err = io.ReadAll(req.Body); err != nil {
					return nil, err
				}
				_ = req.Body.Close()
				req = req.Clone(req.Context())
				req.Body = io.NopCloser(bytes.NewReader(body))
			}
			w.mu.Lock()
			w.requests = append(w.requests, sent{req, string(body)})
			w.mu.Unlock()
			return next.RoundTrip(req)
		})
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// all returns what was sent.
func (w *wiretap) all() []sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// last returns what was sent last.
func (w *wiretap) last(t *testing.T) sent {
	t.Helper()
	all := w.all()
	if len(all) == 0 {
		t.Fatal("nothing was sent")
	}
	return all[len(all)-1]
}

func android(t *testing.T, opts ...secureaccess.Option) (*pulseonetest.Server, *workspace.Android) {
	t.Helper()
	server := pulseonetest.NewServer(t)
	client := must(server.AddAndroid(opts...))(t)
	t.Cleanup(func() { check(t, client.Close(t.Context())) })
	return server, client
}

func ios(t *testing.T, opts ...secureaccess.Option) (*pulseonetest.Server, *workspace.IOS) {
	t.Helper()
	server := pulseonetest.NewServer(t)
	client := must(server.AddIOS(opts...))(t)
	t.Cleanup(func() { check(t, client.Close(t.Context())) })
	return server, client
}

func public(t *testing.T, server *pulseonetest.Server, opts ...secureaccess.Option) *workspace.Public {
	t.Helper()
	client := must(server.WorkspacePublic(opts...))(t)
	t.Cleanup(func() { check(t, client.Close(t.Context())) })
	return client
}

// canned serves one response to everything, and returns credentials for it.
func canned(t *testing.T, status int, contentType, body string) workspace.Credentials {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return workspace.Credentials{
		WorkspaceID: "61ec6a95-5669-45e7-bf27-f08641bf34e1", APIURL: server.URL,
		Hawk: workspace.HawkCredentials{Algorithm: "HS256", ID: "dh37fgj492je", Secret: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489")},
	}
}
