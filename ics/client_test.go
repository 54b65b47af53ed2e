package ics_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

func TestNew_refuses(t *testing.T) {
	good := ics.APIKey("a2V5")
	for name, c := range map[string]struct {
		url  string
		auth ics.Auth
	}{
		"no URL":            {"", good},
		"no scheme":         {"vpn.example.com", good},
		"http":              {"http://vpn.example.com", good},
		"credentials":       {"https://jack:juniper@vpn.example.com", good},
		"no auth":           {"https://vpn.example.com", nil},
		"no key":            {"https://vpn.example.com", ics.APIKey("")},
		"key with a colon":  {"https://vpn.example.com", ics.APIKey("a:b")},
		"no user":           {"https://vpn.example.com", ics.Password("", "juniper", "Admins")},
		"user with a colon": {"https://vpn.example.com", ics.Password("ja:ck", "juniper", "Admins")},
		"no password":       {"https://vpn.example.com", ics.Password("jack", "", "Admins")},
		"no realm":          {"https://vpn.example.com", ics.Password("jack", "juniper", "")},
		"legacy, no user":   {"https://vpn.example.com", ics.LegacyPassword("", "juniper")},
	} {
		_, err := ics.New(c.url, c.auth)
		if !errors.Is(err, secureaccess.ErrInvalidArgument) || strings.Contains(fmt.Sprint(err), "juniper") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A redirect to another origin is not followed: neither the key goes there, nor is what comes from there believed.
func TestClient_redirectElsewhere(t *testing.T) {
	var reached atomic.Int32
	other := mustServe(t, func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		respond(w, 200, `{"api_key": "ZXZpbA==", "system-information": {"host-name": "evil"}}`)
	})
	elsewhere := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other+r.URL.Path, http.StatusFound) }
	for name, client := range map[string]*ics.Client{
		"a key":          serve(t, elsewhere),
		"a password":     newClient(t, mustServe(t, elsewhere), ics.Password("jack", "juniper", "Admins")),
		"an old release": newClient(t, mustServe(t, elsewhere), ics.LegacyPassword("jack", "juniper")),
	} {
		if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrRedirectRefused) || reached.Load() != 0 {
			t.Errorf("%s: %v, with %d requests elsewhere", name, err, reached.Load())
		}
	}
}

// TestClient_secretsStaySecret has a server repeat all it is sent, and looks for it in errors and logs.
func TestClient_secretsStaySecret(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		text := fmt.Sprintf("%s %s %s %s %s", body, user, password, r.Header.Get("Authorization"), r.RequestURI)
		data := strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(text)
		respond(w, 422, `{"result": {"errors": [{"message": "refused: `+data+`"}], "warnings": [{"message": "`+data+`"}]}}`)
	}
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := serve(t, echo, secureaccess.WithLogger(logger))
	realm := newClient(t, mustServe(t, echo), ics.Password("jack", "correct horse", "Admins"), secureaccess.WithLogger(logger))
	secret := secureaccess.NewSecret("hunter2-battery")

	var errs []error
	try := func(_ any, err error) { errs = append(errs, err) }
	try(client.System.Info(t.Context()))
	try(client.Cluster.Create(t.Context(), ics.ClusterCreate{Name: "c", Password: secret, MemberName: "m"}))
	try(client.Cluster.Join(t.Context(), ics.ClusterJoin{Name: "c", Password: secret, MemberAddress: "192.0.2.1"}))
	try(client.Certificates.Import(t.Context(), []byte("hunter2-battery as a container"), secret, ics.CertificateBinding{}))
	try(client.BinaryConfiguration.Export(t.Context(), &ics.ExportOptions{Password: secret}))
	try(client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader("PK")}, &ics.ImportOptions{Password: secret}))
	try(client.Sessions.Info(t.Context(), secret))
	try(nil, realm.SignIn(t.Context()))
	for i, err := range errs {
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok {
			t.Fatalf("call %d ends with %v", i, err)
		}
		text := fmt.Sprintf("%v %+v %#v %s %q", err, err, err, failure.Body, failure.Messages)
		for _, word := range []string{
			"hunter2", "correct horse", "a+key", base64.StdEncoding.EncodeToString([]byte("a+key/==:")),
			base64.StdEncoding.EncodeToString([]byte("jack:correct horse")), "aHVudGVyMi1iYXR0ZXJ5",
		} {
			if strings.Contains(text, word) {
				t.Errorf("call %d: the error holds %q: %s", i, word, text)
			}
			if strings.Contains(log.String(), word) {
				t.Errorf("the log holds %q", word)
			}
		}
	}
	if !strings.Contains(log.String(), "/api/v1/cluster") {
		t.Error("nothing was logged: nothing is proved")
	}
	if text := fmt.Sprintf("%+v", ics.ClusterCreate{Password: secret}); strings.Contains(text, "hunter2") {
		t.Errorf("a model prints its secret: %s", text)
	}
}

func mustServe(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestClient_Close(t *testing.T) {
	_, client := setUp(t)
	if err := callOnce(t, client); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := client.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("a call after Close gives %v", err)
	}
	if _, err := client.System.Health(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("a health check after Close gives %v", err)
	}
}

// Do authenticates, decodes and refuses as the typed methods do.
func TestClient_Do(t *testing.T) {
	server, client := setUp(t)
	var info struct {
		System ics.System `json:"system-information"`
	}
	if err := client.Do(t.Context(), secureaccess.Request{Path: "/api/v1/system/system-information"}, &info); err != nil || info.System.HardwareModel != "ISA-4000" {
		t.Errorf("%+v, %v", info, err)
	}
	server.ExpireKeys()
	err := client.Do(t.Context(), secureaccess.Request{Method: "DELETE", Path: "/api/v1/system/active-users/session/{id}", Args: []string{"nobody's"}}, nil)
	if !errors.Is(err, secureaccess.ErrNotFound) || !errors.Is(err, ics.ErrRefused) || server.KeysIssued() != 2 {
		t.Errorf("%v, with %d keys", err, server.KeysIssued())
	}
}

// What carries no body says nothing of its type: no client in the field does.
func TestClient_noContentType(t *testing.T) {
	var seen []string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusNoContent)
	})
	_, _ = client.Sessions.End(t.Context(), "sid")
	_, _ = client.Configuration.Update(t.Context(), ics.Path{"x"}, map[string]string{})
	if got := strings.Join(seen, ", "); got != "DELETE , PUT application/json" {
		t.Errorf("the types are %s", got)
	}
}

// Keys are kept between processes: the second one signs in only when the first one's key has expired.
func TestClient_sessionStore(t *testing.T) {
	server := icstest.NewServer(t)
	store, err := secureaccess.FileStore(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	open := func() *ics.Client {
		client, err := server.Client(secureaccess.WithSessionStore(store))
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
	for range 3 {
		client := open()
		if err := callOnce(t, client); err != nil {
			t.Fatal(err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := server.KeysIssued(); got != 1 {
		t.Errorf("%d keys for three processes", got)
	}
	server.ExpireKeys()
	client := open()
	if err := callOnce(t, client); err != nil || server.KeysIssued() != 2 {
		t.Errorf("%d keys, %v", server.KeysIssued(), err)
	}
	if err := client.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := callOnce(t, open()); err != nil || server.KeysIssued() != 3 {
		t.Errorf("after the sign-out: %d keys, %v", server.KeysIssued(), err)
	}
}
