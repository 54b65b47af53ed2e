package sps_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestClient_SignIn_keepsTheValue(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetCookieLife(-24 * time.Hour)
	for range 3 {
		if _, err := client.System.Info(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// The cookie has expired when it comes: it is kept as a value all the same.
	if n := server.Logins(); n != 1 {
		t.Errorf("%d logins for three calls", n)
	}
	if got := w.lines(); !slices.Equal(got, []string{"GET /api/authentication", "GET /api/info", "GET /api/info", "GET /api/info"}) {
		t.Errorf("requests: %q", got)
	}
	for i, r := range w.requests {
		if basic, cookie := r.Header.Get("Authorization") != "", r.Header.Get("Cookie") != ""; basic != (i == 0) || cookie != (i > 0) {
			t.Errorf("request %d: Authorization %v, Cookie %v", i, basic, cookie)
		}
		if _, ok := r.Header["Expect"]; ok || strings.Contains(r.UserAgent(), "Mozilla") {
			t.Errorf("request %d has Expect or looks like a browser: %v", i, r.Header)
		}
	}
}

func TestClient_renewsOnce(t *testing.T) {
	server, client := start(t)
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Advance(19 * time.Minute)
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Advance(19 * time.Minute) // the call before has extended it
	if _, err := client.System.Info(t.Context()); err != nil || server.Logins() != 1 {
		t.Fatalf("%d logins, %v: the session should have lived on", server.Logins(), err)
	}

	server.Advance(20 * time.Minute)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := client.System.Info(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := server.Logins(); n != 2 {
		t.Errorf("%d logins, want the first and one for all 20 goroutines", n)
	}
}

func TestClient_renewalRefused(t *testing.T) {
	server, client := start(t)
	server.Fail(spstest.Fault{Path: "/api/info", Status: http.StatusUnauthorized, Times: -1,
		Body: `{"error":{"type":"Unauthenticated","message":"no","details":{"resource":"/api/info"}}}`})
	_, err := client.System.Info(t.Context())
	if !errors.Is(err, secureaccess.ErrUnauthorized) || !errors.Is(err, sps.CodeUnauthenticated) {
		t.Errorf("got %v", err)
	}
	if n := server.Logins(); n != 2 {
		t.Errorf("%d logins, want one renewal", n)
	}
}

func TestPassword_wrong(t *testing.T) {
	server := spstest.NewServer(t)
	client, err := sps.New(server.URL(), sps.Password("admin", "hunter2hunter2"), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.System.Info(t.Context())
	if !errors.Is(err, sps.CodeAuthenticationFailure) || !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
	if e, ok := errors.AsType[*secureaccess.Error](err); !ok || strings.Contains(fmt.Sprintf("%v %#v %s", e, e, e.Body), "hunter2") {
		t.Errorf("the error holds the password: %v", err)
	}
}

func TestClient_ListLoginMethods(t *testing.T) {
	server, client := start(t)
	server.AddLoginMethod("radius")
	methods, err := client.ListLoginMethods(t.Context())
	if err != nil || len(methods) != 2 || methods[0].Name != "local" || methods[1].Name != "radius" {
		t.Errorf("got %v, %v", methods, err)
	}
	if n := server.Logins(); n != 0 {
		t.Errorf("%d logins for what works without", n)
	}
	credentials := server.Credentials()
	for method, fits := range map[string]bool{"radius": true, "kerberos": false} {
		client, err := sps.New(server.URL(), sps.PasswordWith(method, credentials["user"], credentials["password"]), server.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = client.System.Info(t.Context()); (err == nil) != fits {
			t.Errorf("login method %s: %v", method, err)
		}
	}
}

func TestClient_ListLoginMethods_objects(t *testing.T) {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("GET", "https://sps.example.com/api/authentication/login_methods",
		httpmock.NewStringResponder(200, `{"login_methods":["local",{"name":"smartcard","type":"x509","more":1}]}`))
	client, err := sps.New("https://sps.example.com", sps.Password("a", "b"), secureaccess.WithTransport(mock))
	if err != nil {
		t.Fatal(err)
	}
	methods, err := client.ListLoginMethods(t.Context())
	if err != nil || len(methods) != 2 || methods[1].Name != "smartcard" || methods[1].Type != "x509" {
		t.Errorf("got %+v, %v", methods, err)
	}
}

func TestErrNoSession(t *testing.T) {
	for _, header := range []string{"", "session_id=; Path=/", "other=1", "session_id=x; Max-Age=0"} {
		mock := httpmock.NewMockTransport()
		answer := httpmock.NewStringResponse(200, `{"meta":{}}`)
		answer.Header.Set("Set-Cookie", header)
		mock.RegisterResponder("GET", "https://sps.example.com/api/authentication", httpmock.ResponderFromResponse(answer))
		client, err := sps.New("https://sps.example.com", sps.Password("a", "b"), secureaccess.WithTransport(mock))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.System.Info(t.Context()); !errors.Is(err, sps.ErrNoSession) || !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("Set-Cookie %q: %v", header, err)
		}
	}
}

func TestCertificate(t *testing.T) {
	authority, serverCert, clientCert := certificates(t)
	server := spstest.New()
	err := server.StartTLS("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{serverCert}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: authority})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.AddLoginMethod("smartcard")

	client, err := sps.New(server.URL(), sps.Certificate("smartcard"), secureaccess.WithRootCAs(authority), secureaccess.WithClientCertificate(clientCert))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Errorf("login by certificate: %v", err)
	}
	without, err := sps.New(server.URL(), sps.Certificate("smartcard"), secureaccess.WithRootCAs(authority), secureaccess.WithTransport(&http.Transport{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := without.System.Info(t.Context()); !errors.Is(err, sps.CodeAuthenticationFailure) {
		t.Errorf("login without the certificate: %v", err)
	}
}

// certificates makes an authority, and a certificate of it for a server and one for a client.
func certificates(t *testing.T) (*x509.CertPool, tls.Certificate, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(serial int64, usage x509.ExtKeyUsage) tls.Certificate {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "sps test"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{usage}, IPAddresses: nil, DNSNames: []string{"localhost"},
		}
		template.IPAddresses = append(template.IPAddresses, []byte{127, 0, 0, 1})
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
	}
	serverCert, clientCert := issue(1, x509.ExtKeyUsageServerAuth), issue(2, x509.ExtKeyUsageClientAuth)
	pool := x509.NewCertPool()
	pool.AddCert(serverCert.Leaf)
	pool.AddCert(clientCert.Leaf)
	return pool, serverCert, clientCert
}

func TestClient_logsNoSecret(t *testing.T) {
	var log bytes.Buffer
	var w wire
	server, client := start(t, w.option(), secureaccess.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		_, err := sps.CreatePassword(ctx, tx, secureaccess.NewSecret("a new password"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	user, err := client.System.User(t.Context())
	if err != nil || user.Token().IsZero() {
		t.Fatalf("%v, %v", user, err)
	}
	cookie := strings.TrimPrefix(w.requests[1].Header.Get("Cookie"), "session_id=")
	printed := fmt.Sprintf("%+v %#v %+v", server.Auth(), server.Auth(), user) + log.String()
	for _, secret := range []string{"a new password", server.Credentials()["password"], cookie, user.Token().Reveal()} {
		if strings.Contains(printed, secret) {
			t.Errorf("%q is in a log or a print", secret)
		}
	}
	if log.Len() == 0 {
		t.Error("nothing was logged, so that nothing is shown")
	}
}
