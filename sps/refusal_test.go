package sps_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// responding is a client of an appliance that responds with body to everything but the sign-in and the opening of a
// transaction.
func responding(t *testing.T, body *string) *sps.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/api/authentication":
			w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
		case r.URL.Path == "/api/transaction" && r.Method == http.MethodPost:
			_, _ = w.Write([]byte(`{"meta":{"href":"/api/transaction"}}`))
		default:
			_, _ = w.Write([]byte(*body))
		}
	}))
	t.Cleanup(server.Close)
	client, err := sps.New(server.URL, sps.Password("a", "b"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// What was refused was not done, whatever the status of the response.
func TestClient_refusedUnderGoodStatus(t *testing.T) {
	var body string
	client := responding(t, &body)
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session := &sps.Object[sps.AuditSession]{}
	session.Body.Recording.AuditTrail.Download.Href = "/api/audit/sessions/1/audit_trail"
	calls := map[string]func(context.Context) error{
		"DeleteSlot":  func(ctx context.Context) error { return client.Firmware.DeleteSlot(ctx, "2") },
		"DeleteFetch": func(ctx context.Context) error { return client.Firmware.DeleteFetch(ctx, "2") },
		"Test":        func(ctx context.Context) error { _, err := client.Firmware.Test(ctx, "2"); return err },
		"Upgrade":     func(ctx context.Context) error { _, err := client.Firmware.Upgrade(ctx, "2", ""); return err },
		"AddNode": func(ctx context.Context) error {
			return client.Cluster.AddNode(ctx, sps.ClusterNodeAdd{NodeID: "n", Address: "192.0.2.1"})
		},
		"UpdateNode": func(ctx context.Context) error {
			return client.Cluster.UpdateNode(ctx, tx, "n", sps.ClusterNodeUpdate{Address: "192.0.2.1"})
		},
		"Promote":       func(ctx context.Context) error { return client.Cluster.Promote(ctx, tx) },
		"Status":        func(ctx context.Context) error { _, err := client.Cluster.Status(ctx); return err },
		"Terminate":     func(ctx context.Context) error { return client.AuditSessions.Terminate(ctx, "svc/x:1") },
		"GetStatistics": func(ctx context.Context) error { _, err := client.AuditSessions.GetStatistics(ctx, nil); return err },
		"Delete bundle": func(ctx context.Context) error { return client.SupportBundles.Delete(ctx, "1") },
		"ResolveHost": func(ctx context.Context) error {
			_, err := client.System.ResolveHost(ctx, "host", sps.NetworkProtocolTCP)
			return err
		},
		"PluginIntegrity": func(ctx context.Context) error { _, err := client.System.PluginIntegrity(ctx, "aa", "1"); return err },
		"Do": func(ctx context.Context) error {
			return client.Do(ctx, secureaccess.Request{Method: http.MethodPost, Path: "/api/starling/join"}, nil)
		},
		"Tx.Do": func(ctx context.Context) error {
			return tx.Do(ctx, secureaccess.Request{Method: http.MethodPost, Path: "/api/cluster/join_request"}, nil)
		},
		"DownloadTrail": func(ctx context.Context) error {
			trail, err := client.AuditSessions.DownloadTrail(ctx, session, sps.TrailFormatZAT)
			if err == nil {
				_ = trail.Close()
			}
			return err
		},
	}
	long := `{"error": {"message":"no","type":"Unauthorized","details":{"why":"` + strings.Repeat("x", 2000) + `"}}}`
	for _, body = range []string{`{"error":{"type":"Unauthorized","message":"no","details":null}}`, " \n" + `{"error":{"type":"Unauthorized","message":"no"}}`, long} {
		for name, call := range calls {
			if err := call(t.Context()); !errors.Is(err, sps.CodeUnauthorized) {
				t.Errorf("%s, refused with %.40s: %v", name, body, err)
			}
		}
	}
	body = `{"message":"Endpoint request timed out"}`
	for name, call := range calls {
		if err := call(t.Context()); err == nil || !strings.Contains(err.Error(), "timed out") {
			t.Errorf("%s, refused by a gateway: %v", name, err)
		}
	}
}

// An upgrade, or its test, is no success without the record that the guide promises.
func TestFirmware_Test_withoutSummary(t *testing.T) {
	var body string
	client := responding(t, &body)
	for _, body = range []string{"", `{}`, `{"body":{},"key":"2","meta":{}}`, `{"body":null,"key":"2","meta":{}}`, `{"key":"2"}`} {
		if test, err := client.Firmware.Test(t.Context(), "2"); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("the test, responded to with %q: %+v, %v", body, test, err)
		}
		if upgrade, err := client.Firmware.Upgrade(t.Context(), "2", ""); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("the upgrade, responded to with %q: %+v, %v", body, upgrade, err)
		}
	}
}

// What an appliance repeats of the address of a firmware image has no credentials in the error.
func TestFirmware_Fetch_conceals(t *testing.T) {
	for _, address := range []string{
		"https://mirror:hunter22%2F@files.example.com/sps.iso?sig=AbC%2Bdef123456&expires=1700000000",
		"https://mirror:hunter22%2F@files.example.com:x/sps.iso?sig=AbC%2Bdef123456",
	} {
		body := `{"error":{"type":"BadRequest","message":"cannot fetch ` + address + `","details":{"url":"` + address + `"}}}`
		client := responding(t, &body)
		_, err := client.Firmware.Fetch(t.Context(), address, "")
		if !errors.Is(err, secureaccess.Code("BadRequest")) {
			t.Fatalf("got %v", err)
		}
		for _, text := range []string{err.Error(), string(sps.Details(err))} {
			for _, secret := range []string{"hunter22", "AbC", "def123456"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is in %q", secret, text)
				}
			}
		}
	}
}
