package sase_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// tap keeps the requests that a client sends, and when.
type tap struct {
	next  http.RoundTripper
	clock secureaccess.Clock

	mu       sync.Mutex
	requests []*http.Request
	times    []time.Time
	statuses []int
}

func (t *tap) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.requests = append(t.requests, req)
	if t.clock != nil {
		t.times = append(t.times, t.clock.Now())
	}
	t.mu.Unlock()
	resp, err := t.next.RoundTrip(req)
	if err == nil {
		t.mu.Lock()
		t.statuses = append(t.statuses, resp.StatusCode)
		t.mu.Unlock()
	}
	return resp, err
}

// calls are the requests without those for a token: "GET /v1/users?page=1".
func (t *tap) calls() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var calls []string
	for _, req := range t.requests {
		if path, ok := strings.CutPrefix(req.URL.RequestURI(), "/api/rest"); ok {
			calls = append(calls, req.Method+" "+path)
		}
	}
	return calls
}

// tapped returns a client of server whose requests can be seen.
func tapped(t *testing.T, server *sasetest.Server, opts ...secureaccess.Option) (*sase.Client, *tap) {
	t.Helper()
	seen := &tap{next: http.DefaultTransport, clock: server.Clock()}
	client, err := server.Client(append(opts, secureaccess.WithTransport(seen))...)
	if err != nil {
		t.Fatal(err)
	}
	return client, seen
}

// serving is a transport that gives a token to whoever asks, and otherwise calls itself.
type serving func(*http.Request) *http.Response

func (a serving) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/auth/authorize") {
		return respond(req, 200, "application/json", `{"data":{"tokenType":"bearer","accessToken":"the-access-token"}}`), nil
	}
	return a(req), nil
}

func respond(req *http.Request, status int, contentType, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Request: req, ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// odd returns a client whose calls get the given response.
func odd(t testing.TB, status int, contentType, body string) *sase.Client {
	t.Helper()
	client, err := sase.New(sase.RegionUS, sase.APIKey("the-api-key"),
		secureaccess.WithRetry(secureaccess.RetryPolicy{}),
		secureaccess.WithTransport(serving(func(req *http.Request) *http.Response {
			return respond(req, status, contentType, body)
		})))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestNew_refused(t *testing.T) {
	for name, test := range map[string]struct {
		url  string
		auth sase.Auth
		opt  secureaccess.Option
		want string
	}{
		"no URL":           {"", sase.APIKey("k"), nil, "base URL is empty"},
		"plain http":       {"http://sase.example.com/api/rest", sase.APIKey("k"), nil, "http to another machine"},
		"no auth":          {sase.RegionEU, nil, nil, "auth is nil"},
		"no key":           {sase.RegionEU, sase.APIKey(" "), nil, "API key is empty"},
		"no requests":      {sase.RegionEU, sase.APIKey("k"), sase.WithRateLimit(0, time.Minute), "rate limit"},
		"in no time":       {sase.RegionEU, sase.APIKey("k"), sase.WithRateLimit(10, 0), "rate limit"},
		"an option failed": {sase.RegionEU, sase.APIKey("k"), secureaccess.WithUserAgent(""), "user agent"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sase.New(test.url, test.auth, test.opt)
			if !errors.Is(err, secureaccess.ErrInvalidArgument) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("New says %v, want an argument error with %q", err, test.want)
			}
		})
	}
}

func TestNew_baseURL(t *testing.T) {
	for _, test := range []struct {
		base, authorize, users string
	}{
		{sase.RegionUS, "https://api.perimeter81.com/api/v1/auth/authorize", "https://api.perimeter81.com/api/rest/v1/users/7"},
		{sase.RegionEU + "/", "https://api.eu.sase.checkpoint.com/api/v1/auth/authorize", "https://api.eu.sase.checkpoint.com/api/rest/v1/users/7"},
		{sase.RegionCA, "https://api.ca.sase.checkpoint.com/api/v1/auth/authorize", "https://api.ca.sase.checkpoint.com/api/rest/v1/users/7"},
		{"https://sase.example.com", "https://sase.example.com/v1/auth/authorize", "https://sase.example.com/v1/users/7"},
	} {
		t.Run(test.base, func(t *testing.T) {
			var urls []string
			opts := []secureaccess.Option{secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
				urls = append(urls, req.URL.String())
				if op, _ := secureaccess.OperationOf(req.Context()); !strings.HasPrefix(op.Path, "/v1/") {
					t.Errorf("the operation is called %q", op.Path)
				}
				return serving(func(req *http.Request) *http.Response {
					return respond(req, 200, "application/json", `{"id":"7"}`)
				}).RoundTrip(req)
			}))}
			client, err := sase.New(test.base, sase.APIKey("k"), opts...)
			if err != nil {
				t.Fatal(err)
			}
			if len(urls) != 0 {
				t.Errorf("New sent %v", urls)
			}
			if _, err := client.Users.Delete(t.Context(), "7"); err != nil {
				t.Fatal(err)
			}
			if len(urls) != 2 || urls[0] != test.authorize || urls[1] != test.users {
				t.Errorf("requests went to %q, want %q and %q", urls, test.authorize, test.users)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestUsers_Delete_idStaysInItsSegment(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	if _, err := client.Users.Delete(t.Context(), "a/../b?c=d"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("an id that nobody has: %v", err)
	}
	if got := seen.calls(); len(got) != 1 || got[0] != "DELETE /v1/users/a%2F..%2Fb%3Fc=d" {
		t.Errorf("sent %q", got)
	}
	for _, id := range []string{"", ".", ".."} {
		if _, err := client.Users.Delete(t.Context(), id); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("id %q: %v", id, err)
		}
	}
	if got := seen.calls(); len(got) != 1 {
		t.Errorf("refused ids were sent: %q", got)
	}
}

func TestToken_redirect(t *testing.T) {
	var elsewhere http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere = r.Header.Clone()
		_, _ = io.WriteString(w, `{"data":[]}`)
	}))
	defer other.Close()
	server := sasetest.NewServer(t)
	server.Fail(sasetest.Fault{
		Path: "/api/rest/v1/addons", Status: http.StatusFound, Header: http.Header{"Location": {other.URL + "/caught"}},
	})
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Addons.List(t.Context()); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Errorf("%v, want a refused redirect", err)
	}
	if elsewhere != nil {
		t.Errorf("the other origin was asked, with %v", elsewhere)
	}
}

func TestClient_Close(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	if _, err := client.Networks.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := len(seen.requests)
	if err := client.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Networks.List(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("a call after Close: %v", err)
	}
	if _, err := client.Token(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("Token after Close: %v", err)
	}
	if len(seen.requests) != before {
		t.Errorf("%d requests were sent after Close", len(seen.requests)-before)
	}
}

// Odd responses with 200 are errors, not empty results and not panics.
func TestClient_unusableResponses(t *testing.T) {
	for name, test := range map[string]struct{ contentType, body string }{
		"empty":     {"application/json", ""},
		"null":      {"application/json", " null "},
		"a page":    {"text/html", "<html>maintenance</html>"},
		"truncated": {"application/json", `{"data":[{"id":"1"`},
		"a list":    {"application/json", `["x"]`},
	} {
		t.Run(name, func(t *testing.T) {
			client := odd(t, 200, test.contentType, test.body)
			calls := map[string]func(context.Context) error{
				"users":  func(ctx context.Context) error { _, err := client.Users.List(ctx, nil); return err },
				"create": func(ctx context.Context) error { _, err := client.Groups.Create(ctx, sase.GroupCreate{}); return err },
				"health": func(ctx context.Context) error { _, err := client.Networks.Health(ctx, "n"); return err },
				"addons": func(ctx context.Context) error { _, err := client.Addons.List(ctx); return err },
				"nets":   func(ctx context.Context) error { _, err := client.Networks.List(ctx); return err },
			}
			for call, do := range calls {
				if err := do(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
					t.Errorf("%s: %v", call, err)
				}
			}
		})
	}
}

func TestToken_printing(t *testing.T) {
	auth := sase.APIKey("the-api-key")
	server := sasetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	token, err := client.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, auth); strings.Contains(text, "the-api-key") {
			t.Errorf("%s prints the key: %s", verb, text)
		}
		if text := fmt.Sprintf(verb, *token); strings.Contains(text, token.AccessToken.Reveal()) {
			t.Errorf("%s prints the token: %s", verb, text)
		}
	}
}
