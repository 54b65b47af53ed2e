package pulseone_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const (
	androidBrowser = "Mozilla/5.0 (Linux; U; Android 4.0.3)"
	market         = "market://details?id=net.pulsesecure.workspace"
)

func TestRegistration_Start(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	for browser, want := range map[string]secureaccess.Redirect{
		androidBrowser: {Status: http.StatusFound, Location: market},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 9_0 like Mac OS X)": {Status: http.StatusFound, Location: server.URL() + "/ios/enroll"},
		"Mozilla/5.0 (Windows NT 10.0)":                         {Status: http.StatusOK},
	} {
		if got := must(client.Registration.Start(t.Context(), browser))(t); *got != want {
			t.Errorf("%s: got %+v", browser, got)
		}
		if last := tap.requests[len(tap.requests)-1]; last.Header.Get("User-Agent") != browser {
			t.Errorf("sent as %s", last.Header.Get("User-Agent"))
		}
	}
	for _, req := range tap.requests {
		if req.URL.Path != "/register" || req.Header.Get("Authorization") != "" || req.Header.Get("Cookie") != "" {
			t.Errorf("sent %s with %v", req.URL, req.Header)
		}
	}
	if server.Logins() > 0 {
		t.Error("the client signed in")
	}
	if _, err := client.Registration.Start(t.Context(), ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}

// The text has 200 with a location where the example has 302.
func TestRegistration_Start_statuses(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	for _, location := range []string{market, "https://elsewhere.example/mdm?t=1", "itms-services://?action=download-manifest"} {
		for _, status := range []int{http.StatusOK, http.StatusFound, http.StatusSeeOther} {
			server.Fail(pulseonetest.Fault{Path: "/register", Status: status, Header: http.Header{"Location": {location}}})
			got, err := client.Registration.Start(t.Context(), androidBrowser)
			if err != nil || got.Status != status || got.Location != location {
				t.Errorf("%d %s: got %+v, %v", status, location, got, err)
			}
		}
	}
	if len(tap.requests) != 9 {
		t.Errorf("%d requests", len(tap.requests))
	}
}

func TestRegistration_Start_once(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	server.Fail(pulseonetest.Fault{Path: "/register", Status: http.StatusServiceUnavailable, Times: -1})
	if _, err := client.Registration.Start(t.Context(), androidBrowser); err == nil {
		t.Error("no error")
	}
	if n := tap.count(http.MethodGet, "/register"); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestRegistration_ProvisionWorkspace(t *testing.T) {
	tap := &bodytap{path: "/register/workspaces"}
	server, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	server.AddEmailDomain(1, "example.com")
	check(t, client.Registration.ProvisionWorkspace(ctx, "test@example.com"))
	if tap.body != "provision_email=test%40example.com" || tap.header.Get("Content-Type") != "application/x-www-form-urlencoded" ||
		tap.header.Get("Cookie") != "" || tap.header.Get("Authorization") != "" {
		t.Errorf("sent %s with %v", tap.body, tap.header)
	}
	if err := client.Registration.ProvisionWorkspace(ctx, "test@example.org"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := client.Registration.ProvisionWorkspace(ctx, ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
	if sent := server.ProvisionedEmails(); len(sent) != 1 || sent[0] != "test@example.com" || server.Logins() > 0 {
		t.Errorf("emails to %q, %d sign-ins", sent, server.Logins())
	}
}

// Each call may mail another PIN.
func TestRegistration_ProvisionWorkspace_once(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	server.Fail(pulseonetest.Fault{Path: "/register/workspaces", Status: http.StatusServiceUnavailable, Times: -1})
	if err := client.Registration.ProvisionWorkspace(t.Context(), "test@example.com"); err == nil {
		t.Error("no error")
	}
	if n := tap.count(http.MethodPost, "/register/workspaces"); n != 1 {
		t.Errorf("%d requests", n)
	}
}
