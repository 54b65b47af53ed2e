package pulseone_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// trap is a server that must not see a credential.
func trap(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1<<10)
		n, _ := r.Body.Read(body)
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" || n > 0 || r.Header.Get("Referer") != "" {
			t.Errorf("%s %s carries %v and %d bytes to another origin", r.Method, r.URL, r.Header, n)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"items": []}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestClient_redirectsCarryNoCredentials(t *testing.T) {
	for _, path := range []string{"/api/login", "/api/session", "/api/v1/"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprintf("%s %d", path, status), func(t *testing.T) {
				server, client := connect(t)
				// Another port of this very machine: the same host name, and another origin all the same.
				other := trap(t)
				server.Fail(pulseonetest.Fault{
					Path: path, Times: -1, Status: status, Header: http.Header{"Location": {other.URL + "/api/v1/sa/groups"}},
				})
				_, err := client.Groups.List(t.Context())
				if path == "/api/login" && !errors.Is(err, secureaccess.ErrRedirectRefused) {
					t.Errorf("got %v; a login is not redirected", err)
				}
				if _, err := client.Groups.Create(t.Context(), pulseone.GroupCreate{Name: "x"}); err == nil {
					t.Error("a write was redirected")
				}
			})
		}
	}
}

// The API is on an origin of its own: signatures go there, password and cookie do not.
func TestPassword_apiOnAnotherOrigin(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var unsigned atomic.Int32
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" || strings.Contains(r.URL.Path, "login") || strings.Contains(r.URL.Path, "session") {
			t.Errorf("the API got %s %s with %q", r.Method, r.URL, r.Header.Get("Cookie"))
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Hawk ") {
			unsigned.Add(1)
		}
		server.ServeHTTP(w, r)
	}))
	defer api.Close()
	server.SetAPIURL(api.URL)
	tap := &wiretap{}
	client := must(server.Client(secureaccess.WithTransport(tap)))(t)
	must(client.Groups.List(t.Context()))(t)
	if unsigned.Load() != 0 {
		t.Error("a call to the API was not signed")
	}
	for _, req := range tap.requests {
		console := "http://"+req.URL.Host == server.URL()
		if console && req.Header.Get("Authorization") != "" {
			t.Errorf("the console got a signature: %s", req.URL)
		}
	}
	if tap.count("POST", "/api/login") != 1 {
		t.Error("no login at the console")
	}
}

func TestPassword_apiURLThatStepsDown(t *testing.T) {
	for _, apiURL := range []string{"http://api.pulseone.net", "http://127.0.0.1:1", "ftp://api.pulseone.net", "api.pulseone.net", "", "https://user:pw@api.pulseone.net"} {
		t.Run(apiURL, func(t *testing.T) {
			var asked atomic.Int32
			console := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/v1") {
					asked.Add(1)
				}
				w.Header().Set("Content-Type", "application/json")
				http.SetCookie(w, &http.Cookie{Name: "cs_console_tkt", Value: "ticket"})
				fmt.Fprintf(w, `{"username": "admin", "api_url": %q, "credentials": {"type": "hawk", "algorithm": "HS256", "id": "i", "secret": "s3cret-key", "expires": 4102444800}}`, apiURL)
			}))
			defer console.Close()
			pool := console.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			client := must(pulseone.New(console.URL, pulseone.Password("admin", "pw-pw-pw"),
				secureaccess.WithRootCAs(pool), secureaccess.WithInsecureHTTP()))(t)
			defer client.Close(t.Context())
			_, err := client.Groups.List(t.Context())
			if !errors.Is(err, secureaccess.ErrBadResponse) || !strings.Contains(err.Error(), "api_url") {
				t.Errorf("got %v, want ErrBadResponse about api_url", err)
			}
			if asked.Load() != 0 {
				t.Error("the API was asked all the same")
			}
			_, err = client.Session(t.Context())
			if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Path != "/api/session" || failure.Status != 200 {
				t.Errorf("Session: got %v, want an Error that names the operation", err)
			}
		})
	}
}

func TestClient_errors(t *testing.T) {
	tests := []struct {
		name  string
		fault pulseonetest.Fault
		is    []error
		says  string
	}{
		{"documented code", pulseonetest.Fault{Status: 400, Body: `{"code": 40001, "message": "Too Many Items", "id": "61ec6a95"}`},
			[]error{secureaccess.ErrBadRequest, pulseone.CodeTooManyItems}, "Too Many Items"},
		{"quoted code", pulseonetest.Fault{Status: 409, Body: `{"code": "40905"}`},
			[]error{secureaccess.ErrConflict, pulseone.CodeOrchestrationStateTransitionInvalid}, "40905"},
		{"code that is none", pulseonetest.Fault{Status: 400, Body: `{"code": "E17", "message": "Too Odd"}`}, []error{secureaccess.ErrBadRequest}, "Too Odd"},
		{"message that is none", pulseonetest.Fault{Status: 400, Body: `{"message": {"text": "odd"}, "code": 40001}`}, []error{pulseone.CodeTooManyItems}, "40001"},
		{"null", pulseonetest.Fault{Status: 200, Body: `null`}, []error{secureaccess.ErrBadResponse}, "null"},
		{"unknown code", pulseonetest.Fault{Status: 418, Body: `{"code": 41877}`}, []error{secureaccess.Code("41877")}, "41877"},
		{"proxy page", pulseonetest.Fault{Status: 502, Times: -1, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>bad gateway</html>"},
			[]error{secureaccess.ErrServer}, "502"},
		{"proxy page with 200", pulseonetest.Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>sign in</html>"},
			[]error{secureaccess.ErrBadResponse}, "text/html"},
		{"truncated", pulseonetest.Fault{Truncate: 5, Times: -1}, []error{secureaccess.ErrBadResponse}, ""},
		{"wrong shape", pulseonetest.Fault{Status: 200, Body: `{"items": "none"}`}, []error{secureaccess.ErrBadResponse}, ""},
		{"empty", pulseonetest.Fault{Status: 200}, []error{secureaccess.ErrBadResponse}, "empty"},
		{"rate limit", pulseonetest.Fault{Status: 429, Times: -1, Header: http.Header{"Retry-After": {"3600"}}}, []error{secureaccess.ErrRateLimited}, "429"},
		{"reset", pulseonetest.Fault{Reset: true, Times: -1}, nil, "GET /api/v1/sa/groups"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, client := connect(t)
			test.fault.Path = "/api/v1/"
			server.Fail(test.fault)
			_, err := client.Groups.List(t.Context())
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || failure.Product != "pulseone" || failure.Path != "/api/v1/sa/groups" {
				t.Fatalf("got %#v, want an Error that names the operation", err)
			}
			for _, target := range test.is {
				if !errors.Is(err, target) {
					t.Errorf("%v is not %v", err, target)
				}
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
			if test.fault.Status == 200 && len(test.fault.Body) > 0 && !strings.Contains(string(failure.Body), test.fault.Body) {
				t.Errorf("the snippet is %q", failure.Body)
			}
		})
	}
}

func TestClient_transientFaults(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/", Times: 2, Status: 503})
	var info secureaccess.Exchange
	must(client.Groups.List(secureaccess.Capture(t.Context(), &info)))(t)
	if info.Attempts != 3 || info.Status != 200 || info.Path != "/api/v1/sa/groups" {
		t.Errorf("got %+v, want 3 attempts and 200", info)
	}
}
