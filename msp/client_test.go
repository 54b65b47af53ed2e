package msp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// recording is a transport that notes what was sent.
type recording struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []*http.Request
}

func (r *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.sent = append(r.sent, req)
	r.mu.Unlock()
	return r.next.RoundTrip(req)
}

func (r *recording) paths() (paths []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, req := range r.sent {
		paths = append(paths, req.Method+" "+req.URL.Path)
	}
	return paths
}

func record() *recording { return &recording{next: http.DefaultTransport} }

// start returns a fake and a client of it.
func start(t *testing.T, opts ...secureaccess.Option) (*msptest.Server, *msp.Client) {
	t.Helper()
	server := msptest.NewServer(t)
	client, err := server.Client(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// mock returns a client with a ready DSID whose requests responders respond to.
func mock(t *testing.T) (*httpmock.MockTransport, *msp.Client) {
	t.Helper()
	transport := httpmock.NewMockTransport()
	client, err := msp.New("https://portal.example/msp", msp.DSID("ready"), secureaccess.WithTransport(transport),
		secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	return transport, client
}

func TestNew_refuses(t *testing.T) {
	for _, c := range []struct {
		base     string
		auth     msp.Auth
		argument string
	}{
		{"", msp.DSID("x"), "base URL"},
		{"https://user:pw@portal.example", msp.DSID("x"), "base URL"},
		{"http://portal.example", msp.DSID("x"), "base URL"},
		{"https://portal.example", nil, "auth"},
		{"https://portal.example", msp.DSID(""), "dsid"},
		{"https://portal.example", msp.DSID("a; DSSIGNIN=b"), "dsid"},
		{"https://portal.example", msp.DSID("a\r\nX: y"), "dsid"},
		{"https://portal.example", msp.Password("", "pw"), "username"},
		{"https://portal.example", msp.Password("u", ""), "password"},
		{"https://portal.example", msp.Password("u", "pw", msp.WithRealm("")), "realm"},
		{"https://portal.example", msp.Password("u", "pw", msp.WithSignInPath("login")), "sign-in path"},
		{"https://portal.example", msp.Password("u", "pw", msp.WithSignInPath("/login?x=y")), "sign-in path"},
		{"https://portal.example", msp.Password("u", "pw", msp.WithSignInPath("/login/%zz")), "sign-in path"},
	} {
		_, err := msp.New(c.base, c.auth)
		argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
		if !ok || argument.Argument != c.argument {
			t.Errorf("New(%q): %v, not about %s", c.base, err, c.argument)
		}
	}
}

func TestClient_Close_signsOut(t *testing.T) {
	server, client := start(t)
	if _, err := client.Schedule.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if server.Sessions() != 1 {
		t.Fatalf("%d sessions", server.Sessions())
	}
	if err := client.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if server.Sessions() != 0 {
		t.Error("the session is still open")
	}
	if _, err := client.Schedule.Get(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("a call after Close: %v", err)
	}
	if _, err := client.DSID(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("the DSID after Close: %v", err)
	}
	if err := client.Close(t.Context()); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func TestClient_Close_withoutASession(t *testing.T) {
	log := record()
	server, client := start(t, secureaccess.WithTransport(log))
	if err := client.Close(t.Context()); err != nil || len(log.paths()) != 0 {
		t.Errorf("before any call: %v, sent %v", err, log.paths())
	}

	for _, how := range []msptest.SignedOut{msptest.SignedOutUnauthorized, msptest.SignedOutPage, msptest.SignedOutRedirect} {
		client, err := server.Client()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.DSID(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.SetSignedOut(how)
		server.EndSessions()
		if err := client.Close(t.Context()); err != nil {
			t.Errorf("when the portal has ended the session and answers in way %d: %v", how, err)
		}
	}

	client, err := server.Client(secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.DSID(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Fail(msptest.Fault{Path: "/api/my-session/logout", Status: 500})
	if err := client.Close(t.Context()); !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("a logout that fails: %v", err)
	}
}

// TestClient_tellsNoSecrets looks for secrets in errors, in what a client prints as, and in the log.
func TestClient_tellsNoSecrets(t *testing.T) {
	server := msptest.NewServer(t)
	var text strings.Builder
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	account := server.Credentials()
	auth := server.Auth()
	client, err := msp.New(server.URL(), auth, append(server.Options(), secureaccess.WithLogger(logger))...)
	if err != nil {
		t.Fatal(err)
	}
	dsid, err := client.DSID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&text, "%v %+v %#v %+v %#v", auth, auth, auth, client, client)
	// A server that says everything back.
	server.Fail(msptest.Fault{Path: "/api/", Times: -1, Status: 400, Body: `{"error":"DSID=` + dsid.Reveal() + ` is odd"}`})
	_, err = client.Tenants.List(t.Context(), nil)
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || len(failure.Messages) != 1 {
		t.Fatalf("%v", err)
	}
	fmt.Fprintf(&text, "%v %+v %#v %s", err, err, err, failure.Body)

	server.Fail(msptest.Fault{Path: "/dana-na/", Times: -1, Status: 400, Body: account["password"] + ` <input name="xsauth" value="hush-hush">`})
	second, err := server.Client(secureaccess.WithLogger(logger))
	if err != nil {
		t.Fatal(err)
	}
	_, err = second.Tenants.List(t.Context(), nil)
	failure, _ = errors.AsType[*secureaccess.Error](err)
	if failure == nil {
		t.Fatalf("%v", err)
	}
	fmt.Fprintf(&text, "%v %+v %#v %s", err, err, err, failure.Body)

	for _, secret := range []string{dsid.Reveal(), account["password"], "url_", "hush"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("%q is told", secret)
		}
	}
	if !strings.Contains(text.String(), "path=/api/msp/tenants") {
		t.Errorf("the log does not name the operation: %s", text.String())
	}
}

// TestClient_cookiesStayHome has the portal lead reads elsewhere. What is JSON is not taken from there.
func TestClient_cookiesStayHome(t *testing.T) {
	transport := httpmock.NewMockTransport()
	var foreign []string
	transport.RegisterResponder("GET", "https://portal.example/api/msp/reports/usage/schedule",
		httpmock.NewStringResponder(302, "").HeaderSet(http.Header{"Location": {"https://portal.example:444/schedule"}}))
	transport.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		foreign = append(foreign, req.URL.String()+" "+req.Header.Get("Cookie")+req.Header.Get("Authorization"))
		return httpmock.NewStringResponse(200, `{"frequency":"daily"}`), nil
	})
	client, err := msp.New("https://portal.example", msp.DSID("ready"), secureaccess.WithTransport(transport))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Schedule.Get(t.Context()); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Error(err)
	}
	if len(foreign) > 0 {
		t.Errorf("elsewhere came %q", foreign)
	}
}

func TestClient_basePathAndHeaders(t *testing.T) {
	transport, client := mock(t)
	transport.RegisterResponder("GET", "https://portal.example/msp/api/msp/tenants", func(req *http.Request) (*http.Response, error) {
		if got := req.Header.Get("Cookie"); got != "DSID=ready" {
			t.Errorf("the cookie is %q", got)
		}
		if _, ok := req.Header["Authorization"]; ok {
			t.Error("there is an Authorization header")
		}
		return httpmock.NewStringResponse(200, `{"total":0,"tenants":[]}`), nil
	})
	if _, err := client.Tenants.List(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestClient_canceledCall(t *testing.T) {
	_, client := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Tenants.List(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestClient_Do(t *testing.T) {
	server, client := start(t)
	server.AddTenant(msp.Tenant{SubDomain: "acme"})
	var page struct {
		Total   int `json:"total"`
		Tenants []struct {
			SubDomain string `json:"sub_domain"`
		} `json:"tenants"`
	}
	if err := client.Do(t.Context(), secureaccess.Request{Path: "/api/msp/tenants"}, &page); err != nil || page.Total != 1 || page.Tenants[0].SubDomain != "acme" {
		t.Errorf("%+v, %v", page, err)
	}
	err := client.Do(t.Context(), secureaccess.Request{Method: "PUT", Path: "/api/msp/tenants/{tenant_id}", Args: []string{"none"}, Body: map[string]string{"name": "x"}}, nil)
	if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || !errors.Is(err, secureaccess.ErrNotFound) || len(failure.Messages) != 1 {
		t.Errorf("%v", err)
	}
}
