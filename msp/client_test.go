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

// mock returns a client with a ready DSID whose requests are answered by responders.
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

func TestNewRefuses(t *testing.T) {
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
		{"https://portal.example", msp.Password("u", "pw", msp.WithLoginPath("login")), "login path"},
		{"https://portal.example", msp.Password("u", "pw", msp.WithLoginPath("/login?x=y")), "login path"},
		{"https://portal.example", msp.Password("u", "pw", msp.WithLoginPath("/login/%zz")), "login path"},
	} {
		_, err := msp.New(c.base, c.auth)
		argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
		if !ok || argument.Argument != c.argument {
			t.Errorf("New(%q): %v, not about %s", c.base, err, c.argument)
		}
	}
}

func TestCloseSignsOut(t *testing.T) {
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

func TestCloseWithoutASession(t *testing.T) {
	log := record()
	server, client := start(t, secureaccess.WithTransport(log))
	if err := client.Close(t.Context()); err != nil || len(log.paths()) != 0 {
		t.Errorf("before any call: %v, sent %v", err, log.paths())
	}

	for _, how := range []msptest.SignedOut{msptest.Unauthorized, msptest.SignInPage, msptest.SignInRedirect} {
		client, err := server.Client()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.DSID(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.AnswerSignedOut(how)
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

func TestReadyDSID(t *testing.T) {
	server, first := start(t)
	dsid, err := first.DSID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := msp.New(server.URL, msp.DSID(dsid.Reveal()), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Tenants.List(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if server.Sessions() != 1 || server.SignIns() != 1 {
		t.Errorf("%d sessions and %d sign-ins: a session that was handed over is not the second client's to end", server.Sessions(), server.SignIns())
	}

	for _, how := range []msptest.SignedOut{msptest.Unauthorized, msptest.SignInPage, msptest.SignInRedirect} {
		log := record()
		third, err := msp.New(server.URL, msp.DSID(dsid.Reveal()), append(server.Options(), secureaccess.WithTransport(log))...)
		if err != nil {
			t.Fatal(err)
		}
		server.AnswerSignedOut(how)
		server.EndSessions()
		err = third.Tenants.Create(t.Context(), msp.TenantCreate{SubDomain: "acme"})
		if !errors.Is(err, msp.ErrSignedOut) || !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("answered in way %d: %v", how, err)
		}
		if len(log.paths()) != 1 {
			t.Errorf("answered in way %d: sent %v", how, log.paths())
		}
	}
}

// TestRenewal ends the session between calls: whatever the portal answers then, the client signs in once and repeats
// the call once, a POST with its body too.
func TestRenewal(t *testing.T) {
	for _, how := range []msptest.SignedOut{msptest.Unauthorized, msptest.SignInPage, msptest.SignInRedirect} {
		log := record()
		server, client := start(t, secureaccess.WithTransport(log))
		server.AnswerSignedOut(how)
		if _, err := client.DSID(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.EndSessions()
		if err := client.Tenants.Create(t.Context(), msp.TenantCreate{SubDomain: "acme", Name: "Acme"}); err != nil {
			t.Fatalf("answered in way %d: %v", how, err)
		}
		if tenants := server.Tenants(); len(tenants) != 1 || tenants[0].Name != "Acme" {
			t.Errorf("answered in way %d: the tenants are %v", how, tenants)
		}
		server.EndSessions()
		if page, err := client.Tenants.List(t.Context(), nil); err != nil || page.Total != 1 {
			t.Errorf("answered in way %d: %v, %v", how, page, err)
		}
		if server.SignIns() != 3 {
			t.Errorf("answered in way %d: signed in %d times: %v", how, server.SignIns(), log.paths())
		}
	}
}

// TestRenewedOnce has a portal that takes no DSID at all: one renewal, one repetition, then the error.
func TestRenewedOnce(t *testing.T) {
	log := record()
	server, client := start(t, secureaccess.WithTransport(log))
	for _, fault := range []msptest.Fault{
		{Path: "/api/", Times: 2, Status: 401},
		{Path: "/api/", Times: 2, Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: `<form action="/dana-na/auth/url_1/login.cgi?x=1">`},
		{Path: "/api/", Times: 2, Status: 200, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: `<meta http-equiv=refresh content="0; url=/dana-na/auth/welcome.cgi">`},
		{Path: "/api/", Times: 2, Status: 302, Header: http.Header{"Location": {"/dana-na/auth/url_1/welcome.cgi"}}},
		{Path: "/api/", Times: 2, Status: 303, Header: http.Header{"Location": {"../../login/msp?from=api"}}},
	} {
		log.sent = nil
		server.Fail(fault)
		err := client.Tenants.Create(t.Context(), msp.TenantCreate{SubDomain: "acme"})
		if !errors.Is(err, msp.ErrSignedOut) || !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("%d %s: %v", fault.Status, fault.Body, err)
		}
		calls := 0
		for _, path := range log.paths() {
			if path == "POST /api/msp/tenants" {
				calls++
			}
		}
		if calls != 2 {
			t.Errorf("%d %s: %v", fault.Status, fault.Body, log.paths())
		}
	}
	if len(server.Tenants()) != 0 {
		t.Error("a tenant was created")
	}
}

func TestRenewalByManyIsOne(t *testing.T) {
	server, client := start(t)
	if _, err := client.DSID(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.EndSessions()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := client.Tenants.List(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if server.SignIns() != 2 {
		t.Errorf("signed in %d times", server.SignIns())
	}
}

// Pages that are no request to sign in are passed on as what they are, and nobody signs in for them.
func TestOtherPagesAreNoReasonToSignIn(t *testing.T) {
	server, client := start(t, secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	if _, err := client.DSID(t.Context()); err != nil {
		t.Fatal(err)
	}
	html := http.Header{"Content-Type": {"text/html"}}
	for _, c := range []struct {
		fault msptest.Fault
		want  error
	}{
		{msptest.Fault{Status: 200, Header: html, Body: "<h1>Maintenance</h1>"}, secureaccess.ErrBadResponse},
		{msptest.Fault{Status: 503, Header: html, Body: `<input type="password">`}, secureaccess.ErrServer},
		{msptest.Fault{Status: 403, Body: `{"error":"no"}`}, secureaccess.ErrForbidden},
		{msptest.Fault{Status: 302, Header: http.Header{"Location": {"ftp://elsewhere.example/"}}}, nil},
	} {
		server.Fail(c.fault)
		_, err := client.Tenants.List(t.Context(), nil)
		if err == nil || errors.Is(err, msp.ErrSignedOut) || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%d %s: %v", c.fault.Status, c.fault.Body, err)
		}
	}
	if server.SignIns() != 1 {
		t.Errorf("signed in %d times", server.SignIns())
	}
}

// TestNothingTells looks for secrets in errors, in what a client prints as, and in the log.
func TestNothingTells(t *testing.T) {
	server := msptest.NewServer(t)
	var text strings.Builder
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	account := server.Credentials()
	auth := server.Auth()
	client, err := msp.New(server.URL, auth, append(server.Options(), secureaccess.WithLogger(logger))...)
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

// TestCookiesStayHome has the portal lead reads elsewhere.
func TestCookiesStayHome(t *testing.T) {
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
	if _, err := client.Schedule.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(foreign) != "[https://portal.example:444/schedule ]" {
		t.Errorf("elsewhere came %q", foreign)
	}
}

func TestBasePathAndHeaders(t *testing.T) {
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

func TestCancelledCall(t *testing.T) {
	_, client := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Tenants.List(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
