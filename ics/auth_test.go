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
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// setUp returns an appliance and a client of it.
func setUp(t *testing.T, opts ...secureaccess.Option) (*icstest.Server, *ics.Client) {
	t.Helper()
	server := icstest.NewServer(t)
	client, err := server.Client(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// serve returns a client of a server that answers with handler. It takes any key.
func serve(t *testing.T, handler http.HandlerFunc, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(t, server.URL, ics.APIKey("a+key/=="), opts...)
}

func newClient(t *testing.T, url string, auth ics.Auth, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	client, err := ics.New(url, auth, append([]secureaccess.Option{secureaccess.WithRetry(secureaccess.RetryPolicy{})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestSignInToRealms(t *testing.T) {
	server := icstest.NewServer(t)
	users := []icstest.User{{Name: "Jack", Password: "pass:word"}}
	for _, kind := range []icstest.RealmKind{icstest.Local, icstest.AD, icstest.LDAP, icstest.RADIUS} {
		server.AddRealm(icstest.Realm{Name: "Realm " + string(kind), Kind: kind, Users: users})
	}
	for _, c := range []struct {
		kind, user, password string
		ok                   bool
	}{
		{"local", "Jack", "pass:word", true},
		{"local", "jack", "pass:word", false},
		{"local", "Jack", "word", false},
		{"ad", `CORP\jack`, "pass:word", true},
		{"ad", "JACK@corp.example.com", "pass:word", true},
		{"ldap", "jack", "pass:word", true},
		{"ldap", `CORP\jack`, "pass:word", false},
		{"radius", "Jack", "pass:word", true},
		{"none", "Jack", "pass:word", false},
	} {
		client := newClient(t, server.URL, ics.Password(c.user, c.password, "Realm "+c.kind))
		_, err := client.System.Information(t.Context())
		if c.ok && err != nil || !c.ok && !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("%s at %s: %v", c.user, c.kind, err)
		}
	}
}

// TestKeyTravels checks how the key goes with a call: as the user name of Basic authentication, beside an empty
// password, and nowhere else.
func TestKeyTravels(t *testing.T) {
	const key = "Kx+7/A54AKnv1=="
	var seen []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r)
		if r.URL.Path == "/api/v1/realm_auth" {
			answer(w, 200, `{"api_key": "`+key+`"}`)
			return
		}
		answer(w, 200, `{}`)
	}))
	defer server.Close()
	client := newClient(t, server.URL, ics.Password("jack", "juniper", "Admins"))
	if _, err := client.System.Information(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 {
		t.Fatalf("%d requests", len(seen))
	}
	if user, password, _ := seen[0].BasicAuth(); user != "jack" || password != "juniper" || seen[0].Method != "POST" {
		t.Errorf("the sign-in is %s with %q and %q", seen[0].Method, user, password)
	}
	if got, want := seen[1].Header.Get("Authorization"), "Basic "+base64.StdEncoding.EncodeToString([]byte(key+":")); got != want {
		t.Errorf("the key travels as %q, not %q", got, want)
	}
	if strings.Contains(seen[1].RequestURI, "Kx") {
		t.Errorf("the key is in the URL %q", seen[1].RequestURI)
	}
}

// TestKeyIsRenewedOnce has many goroutines run into a key that died.
func TestKeyIsRenewedOnce(t *testing.T) {
	server, client := setUp(t)
	call := func() error {
		_, err := client.System.Information(t.Context())
		return err
	}
	for round := range 3 {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := call(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := server.KeysIssued(); got != round+1 {
			t.Fatalf("%d keys were issued in %d rounds", got, round+1)
		}
		if round == 0 {
			server.Advance(10 * time.Minute) // the idle timeout
		} else {
			server.ExpireKeys()
		}
	}
}

// A call that changes something, with a body, is repeated as well once the key is renewed.
func TestRenewalRepeatsBody(t *testing.T) {
	server, client := setUp(t)
	if err := client.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.ExpireKeys()
	if _, err := client.AdminRoles.SetSessionOptions(t.Context(), ".Administrators", ics.SessionOptions{IdleTimeout: 3}); err != nil {
		t.Fatal(err)
	}
	server.Advance(2 * time.Minute)
	if err := callOnce(t, client); err != nil || server.KeysIssued() != 2 {
		t.Errorf("%d keys, %v", server.KeysIssued(), err)
	}
	server.Advance(3 * time.Minute)
	if err := callOnce(t, client); err != nil || server.KeysIssued() != 3 {
		t.Errorf("the idle timeout of 3 minutes does not count: %d keys, %v", server.KeysIssued(), err)
	}
}

func callOnce(t *testing.T, client *ics.Client) error {
	t.Helper()
	_, err := client.System.Information(t.Context())
	return err
}

// A server that takes no key at all is asked twice, not for ever.
func TestRefusedForGood(t *testing.T) {
	var logins, calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/realm_auth") {
			answer(w, 200, fmt.Sprintf(`{"api_key": "key-%d"}`, logins.Add(1)))
			return
		}
		calls.Add(1)
		answer(w, 401, `{"result": {"errors": [{"message": "Invalid credentials"}]}}`)
	}))
	defer server.Close()
	err := callOnce(t, newClient(t, server.URL, ics.Password("jack", "juniper", "Admins")))
	if !errors.Is(err, secureaccess.ErrUnauthorized) || logins.Load() != 2 || calls.Load() != 2 {
		t.Errorf("%d sign-ins and %d calls, then %v", logins.Load(), calls.Load(), err)
	}
}

func TestAPIKey(t *testing.T) {
	server := icstest.NewServer(t)
	if err := callOnce(t, newClient(t, server.URL, ics.APIKey(server.Credentials()["api_key"]))); err != nil {
		t.Error(err)
	}
	err := callOnce(t, newClient(t, server.URL, ics.APIKey("b3RoZXI=")))
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || failure.Status != 401 || failure.Attempts != 1 || server.KeysIssued() != 0 {
		t.Errorf("a wrong key gives %v", err)
	}
}

func TestLegacyPassword(t *testing.T) {
	server := icstest.NewServer(t)
	c := server.Credentials()
	client := newClient(t, server.URL, ics.LegacyPassword(c["user"], c["password"]))
	for range 2 {
		if err := callOnce(t, client); err != nil {
			t.Fatal(err)
		}
		server.ExpireKeys()
	}
	if got := server.KeysIssued(); got != 2 {
		t.Errorf("%d keys were issued", got)
	}
	server.DisableLegacyLogin()
	if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a release without the old login gives %v", err)
	}
}

func TestSecondFactor(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Kind: icstest.RADIUS, Users: []icstest.User{{Name: "jack", Password: "juniper", Code: "123456"}}})
	client := newClient(t, server.URL, ics.Password("jack", "juniper", "Tokens"))

	ask := func() *ics.SecondFactorError {
		t.Helper()
		err := callOnce(t, client)
		factor, ok := errors.AsType[*ics.SecondFactorError](err)
		if !ok || factor.Realm != "Tokens" || factor.ResumeID.IsZero() || !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Fatalf("the call ends with %v", err)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, factor, factor); strings.Contains(text, factor.ResumeID.Reveal()) || strings.Contains(text, "juniper") {
			t.Errorf("the error holds a secret: %s", text)
		}
		return factor
	}
	factor := ask()
	if err := client.Resume(t.Context(), factor, secureaccess.NewSecret("654321")); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("a wrong code gives %v", err)
	}
	if err := client.Resume(t.Context(), ask(), secureaccess.NewSecret("123456")); err != nil {
		t.Fatal(err)
	}
	if err := callOnce(t, client); err != nil {
		t.Errorf("after the second factor: %v", err)
	}
	server.ExpireKeys()
	ask()

	other := newClient(t, server.URL, ics.APIKey("a2V5"))
	for _, err := range []error{other.Resume(t.Context(), factor, secureaccess.NewSecret("1")), client.Resume(t.Context(), nil, secureaccess.NewSecret("1"))} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("a factor of another client gives %v", err)
		}
	}
}

// An approval elsewhere leaves no code to send: the password goes again, beside the resume id.
func TestSecondFactorWithoutCode(t *testing.T) {
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, password, _ := r.BasicAuth()
		bodies = append(bodies, password+" "+string(body))
		if strings.Contains(string(body), "resume_id") {
			answer(w, 200, `{"api_key": "a2V5"}`)
			return
		}
		answer(w, 200, `{"resume_id": "r/1"}`)
	}))
	defer server.Close()
	retry := secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3}) // which a second factor is no case for
	client := newClient(t, server.URL, ics.Password("jack", "juniper", "Push"), retry)
	factor, ok := errors.AsType[*ics.SecondFactorError](callOnce(t, client))
	if !ok || len(bodies) != 1 {
		t.Fatalf("a second factor was asked for %t, after %d sign-ins", ok, len(bodies))
	}
	if err := client.Resume(t.Context(), factor, secureaccess.Secret{}); err != nil {
		t.Fatal(err)
	}
	if want := `juniper {"realm":"Push","resume_id":"r/1"}`; len(bodies) != 2 || bodies[1] != want {
		t.Errorf("%q was sent, not %q", bodies, want)
	}
}

func TestOddSignInAnswers(t *testing.T) {
	for _, body := range []string{`{}`, `{"api_key": ""}`, `[]`, `no JSON`, ``} {
		client := newClient(t, "http://localhost", ics.Password("jack", "juniper", "Admins"), secureaccess.WithTransport(roundTripFunc(
			func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
			})))
		if err := client.Login(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("the answer %q gives %v", body, err)
		}
	}
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestRESTNotAllowed covers what appliances refuse in their configuration: accounts without REST, and addresses.
func TestRESTNotAllowed(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Branch", Users: []icstest.User{{Name: "jack", Password: "juniper"}, {Name: "jill", Password: "hill", NoREST: true}}})
	if err := newClient(t, server.URL, ics.Password("jill", "hill", "Branch")).Login(t.Context()); !errors.Is(err, secureaccess.ErrForbidden) {
		t.Errorf("an account without REST access gives %v", err)
	}

	admin := newClient(t, server.URL, server.Auth())
	if _, err := admin.AdminRealms.SetSourceIPMode(t.Context(), "Branch", ics.SourceIPSelected); err != nil {
		t.Fatal(err)
	}
	jack := newClient(t, server.URL, ics.Password("jack", "juniper", "Branch"))
	if err := jack.Login(t.Context()); !errors.Is(err, secureaccess.ErrForbidden) {
		t.Errorf("a restricted realm without addresses gives %v", err)
	}
	rule := ics.SourceIP{Access: ics.SourceIPAllow, Address: "127.0.0.0", Netmask: "255.0.0.0"}
	if _, err := admin.AdminRealms.AddSourceIP(t.Context(), "Branch", rule); err != nil {
		t.Fatal(err)
	}
	if err := jack.Login(t.Context()); err != nil {
		t.Errorf("an address that is allowed gives %v", err)
	}
}

func TestAnonymous(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.Header.Get("Authorization") != "" {
			t.Error("a health check carries credentials")
		}
		answer(w, 200, `{"message": "Security Gateway is accessible."}`)
	}))
	defer server.Close()
	client := newClient(t, server.URL, ics.Anonymous(), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3}))
	if health, err := client.System.Health(t.Context()); err != nil || health.Message == "" {
		t.Error(err)
	}
	if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrUnauthorized) || requests.Load() != 1 {
		t.Errorf("a call that needs credentials gives %v, after %d requests", err, requests.Load())
	}
}

func TestNewRefuses(t *testing.T) {
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

// TestCredentialsStayHere sends a client to another origin by a redirect, which it follows, without the key.
func TestCredentialsStayHere(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = true
		if r.Header.Get("Authorization") != "" {
			t.Error("the key went to another origin")
		}
		answer(w, 200, `{}`)
	}))
	defer other.Close()
	client := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) })
	_ = callOnce(t, client)
	if !reached {
		t.Error("the redirect was not followed: nothing is proved")
	}
}

// TestSecretsStaySecret has a server repeat all it is sent, and looks for it in errors and logs.
func TestSecretsStaySecret(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		text := fmt.Sprintf("%s %s %s %s %s", body, user, password, r.Header.Get("Authorization"), r.RequestURI)
		data := strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(text)
		answer(w, 422, `{"result": {"errors": [{"message": "refused: `+data+`"}], "warnings": [{"message": "`+data+`"}]}}`)
	}
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := serve(t, echo, secureaccess.WithLogger(logger))
	realm := newClient(t, mustServe(t, echo), ics.Password("jack", "correct horse", "Admins"), secureaccess.WithLogger(logger))
	secret := secureaccess.NewSecret("hunter2-battery")

	var errs []error
	try := func(_ any, err error) { errs = append(errs, err) }
	try(client.System.Information(t.Context()))
	try(client.Cluster.Create(t.Context(), ics.NewCluster{Name: "c", Password: secret, MemberName: "m"}))
	try(client.Cluster.Join(t.Context(), ics.ClusterJoin{Name: "c", Password: secret, MemberAddress: "192.0.2.1"}))
	try(client.Certificates.Import(t.Context(), []byte("hunter2-battery as a container"), secret, ics.CertificateBinding{}))
	try(client.BinaryConfiguration.Export(t.Context(), &ics.ExportOptions{Password: secret}))
	try(client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader("PK")}, &ics.ImportOptions{Password: secret}))
	try(client.Sessions.Info(t.Context(), secret))
	try(nil, realm.Login(t.Context()))
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
	if text := fmt.Sprintf("%+v", ics.NewCluster{Password: secret}); strings.Contains(text, "hunter2") {
		t.Errorf("a model prints its secret: %s", text)
	}
}

func mustServe(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestClose(t *testing.T) {
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
