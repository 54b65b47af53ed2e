package msp_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

func TestDSID_ready(t *testing.T) {
	server, first := start(t)
	dsid, err := first.DSID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := msp.New(server.URL(), msp.DSID(dsid.Reveal()), server.Options()...)
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

	for _, how := range []msptest.SignedOut{msptest.SignedOutUnauthorized, msptest.SignedOutPage, msptest.SignedOutRedirect} {
		log := record()
		third, err := msp.New(server.URL(), msp.DSID(dsid.Reveal()), append(server.Options(), secureaccess.WithTransport(log))...)
		if err != nil {
			t.Fatal(err)
		}
		server.SetSignedOut(how)
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

// TestClient_renewal ends the session between calls: whatever the portal responds then, the client signs in once and
// repeats the call once, a POST with its body too.
func TestClient_renewal(t *testing.T) {
	for _, how := range []msptest.SignedOut{msptest.SignedOutUnauthorized, msptest.SignedOutPage, msptest.SignedOutRedirect} {
		log := record()
		server, client := start(t, secureaccess.WithTransport(log))
		server.SetSignedOut(how)
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

// TestClient_renewedOnce has a portal that takes no DSID at all: one renewal, one repetition, then the error.
func TestClient_renewedOnce(t *testing.T) {
	for _, fault := range []msptest.Fault{
		{Path: "/api/msp/", Times: 2, Status: 401},
		{Path: "/api/msp/", Times: 2, Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: `<form action="/dana-na/auth/url_1/login.cgi?x=1">`},
		{Path: "/api/msp/", Times: 2, Status: 200, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: `<meta http-equiv=refresh content="0; url=/dana-na/auth/welcome.cgi">`},
		{Path: "/api/msp/", Times: 2, Status: 302, Header: http.Header{"Location": {"/dana-na/auth/url_1/welcome.cgi"}}},
		{Path: "/api/msp/", Times: 2, Status: 303, Header: http.Header{"Location": {"../../login/msp?from=api"}}},
	} {
		log := record()
		server, client := start(t, secureaccess.WithTransport(log))
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
		if len(server.Tenants()) != 0 {
			t.Error("a tenant was created")
		}
	}
}

func TestClient_renewalByMany(t *testing.T) {
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
func TestClient_otherPages(t *testing.T) {
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
