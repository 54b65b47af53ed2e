package workspace_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

type refresh = func(ctx context.Context, version string) (*workspace.CertificateUpdate, error)

// refreshes calls test with each way to get a certificate.
func refreshes(t *testing.T, test func(t *testing.T, server *pulseonetest.Server, tap *wiretap, kind, path string, refresh refresh)) {
	var tap wiretap
	retry := secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3})
	server, onAndroid := android(t, tap.option(), retry)
	for kind, refresh := range map[string]refresh{
		"vpn": onAndroid.RefreshVPNCertificate, "wifi": onAndroid.RefreshWiFiCertificate, "activesync": onAndroid.RefreshActiveSyncCertificate,
	} {
		t.Run("android "+kind, func(t *testing.T) {
			test(t, server, &tap, kind, "/api/v1/afw/spaces/"+onAndroid.WorkspaceID()+"/"+kind+"-certificate", refresh)
		})
	}
	var other wiretap
	server, onIOS := ios(t, other.option(), retry)
	t.Run("ios vpn", func(t *testing.T) {
		test(t, server, &other, "vpn", "/api/v1/ios/spaces/"+onIOS.WorkspaceID()+"/vpn-certificate", onIOS.RefreshVPNCertificate)
	})
}

// The version is sent also where there is none; a certificate that is current is a result of its own.
func TestCertificateUpdate(t *testing.T) {
	refreshes(t, func(t *testing.T, server *pulseonetest.Server, tap *wiretap, kind, path string, refresh refresh) {
		first := must(refresh(t.Context(), ""))(t)
		if request := tap.last(t); request.Method != http.MethodPost || request.URL.Path != path || request.body != `{"version":""}` {
			t.Errorf("sent %s %s %s", request.Method, request.URL.Path, request.body)
		}
		certificate := first.Certificate
		if first.UpToDate || certificate.Version == "" || certificate.Certificate.IsZero() || certificate.Password.IsZero() || certificate.Format != workspace.CertificateFormatPKCS12 {
			t.Errorf("got %+v", first)
		}
		same := must(refresh(t.Context(), certificate.Version))(t)
		if !same.UpToDate || same.Certificate.Version != "" {
			t.Errorf("got %+v", same)
		}
		server.ReplaceCertificates(server.Workspaces()[0].ID)
		next := must(refresh(t.Context(), certificate.Version))(t)
		if next.UpToDate || next.Certificate.Version == certificate.Version {
			t.Errorf("got %+v", next)
		}
	})
}

// A key pair that did not arrive is not fetched again: it would be another one.
func TestCertificateUpdate_lost(t *testing.T) {
	refreshes(t, func(t *testing.T, server *pulseonetest.Server, tap *wiretap, kind, _ string, refresh refresh) {
		for _, fault := range []pulseonetest.Fault{{Truncate: 40}, {Reset: true}, {Status: http.StatusServiceUnavailable}, {Status: http.StatusTooManyRequests}} {
			before := len(tap.all())
			server.Fail(fault)
			if update, err := refresh(t.Context(), ""); err == nil {
				t.Errorf("%+v: got %+v", fault, update)
			}
			if n := len(tap.all()) - before; n != 1 {
				t.Errorf("%+v: %d requests", fault, n)
			}
		}
		if made := server.Workspaces()[0].Keys[kind]; made != 1 { // by the one whose response was cut
			t.Errorf("%d key pairs were made", made)
		}
	})
}

// A 200 without a certificate is no certificate, and not "up to date" either.
func TestCertificateUpdate_empty(t *testing.T) {
	for _, body := range []string{"", "{}", "null", `{"message": "x"}`, "<html></html>", `{"version": "2"}`, `{"certificate": 7, "version": "2"}`, `{"certificate": "MIIkey"}`, `{"certificate": "MIIkey", "version": "2"}`} {
		client := must(workspace.NewIOS(canned(t, http.StatusOK, "application/json", body)))(t)
		if update, err := client.RefreshVPNCertificate(t.Context(), "1"); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%q: got %+v, %v", body, update, err)
		}
		check(t, client.Close(t.Context()))
	}
}

// Who has no certificate cannot be up to date.
func TestCertificateUpdate_upToDateWithNothing(t *testing.T) {
	client := must(workspace.NewIOS(canned(t, http.StatusNoContent, "application/json", "")))(t)
	if update, err := client.RefreshVPNCertificate(t.Context(), ""); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("got %+v, %v", update, err)
	}
	if update := must(client.RefreshVPNCertificate(t.Context(), "1"))(t); !update.UpToDate {
		t.Errorf("got %+v", update)
	}
	check(t, client.Close(t.Context()))
}

// A response that cannot be read shows nothing of the key in the error.
func TestCertificateUpdate_secretsStay(t *testing.T) {
	client := must(workspace.NewIOS(canned(t, http.StatusOK, "application/json", `{"certificate": "MIIkey", "password": "sesame" `)))(t)
	_, err := client.RefreshVPNCertificate(t.Context(), "1")
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || strings.Contains(err.Error()+string(failure.Body), "MIIkey") || strings.Contains(err.Error()+string(failure.Body), "sesame") {
		t.Errorf("got %v", err)
	}
	check(t, client.Close(t.Context()))
}

func TestSCEPConfiguration(t *testing.T) {
	_, onAndroid := android(t)
	_, onIOS := ios(t)
	for _, get := range []func(context.Context) (*workspace.SCEPConfiguration, error){onAndroid.GetSCEPConfiguration, onIOS.GetSCEPConfiguration} {
		scep := must(get(t.Context()))(t)
		if scep.URL != "http://scep.example.com" || scep.KeySize != 2048 || scep.Challenge.Reveal() != "dummy_scep_challenge" {
			t.Errorf("got %+v", scep)
		}
	}
}
