package ics_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
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

func TestSignIn_realms(t *testing.T) {
	server := icstest.NewServer(t)
	users := []icstest.User{{Name: "Jack", Password: "pass:word"}}
	for _, kind := range []icstest.RealmKind{icstest.RealmKindLocal, icstest.RealmKindAD, icstest.RealmKindLDAP, icstest.RealmKindRADIUS} {
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
		client := newClient(t, server.URL(), ics.Password(c.user, c.password, "Realm "+c.kind))
		_, err := client.System.Info(t.Context())
		if c.ok && err != nil || !c.ok && !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("%s at %s: %v", c.user, c.kind, err)
		}
	}
}

// TestPassword_keyOnTheWire checks how the key goes with a call: as the user name of Basic authentication, beside an empty
// password, and nowhere else.
func TestPassword_keyOnTheWire(t *testing.T) {
	const key = "Kx+7/A54AKnv1=="
	var seen []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r)
		if r.URL.Path == "/api/v1/realm_auth" {
			respond(w, 200, `{"api_key": "`+key+`"}`)
			return
		}
		respond(w, 200, `{"system-information": {}}`)
	}))
	defer server.Close()
	client := newClient(t, server.URL, ics.Password("jack", "juniper", "Admins"))
	if _, err := client.System.Info(t.Context()); err != nil {
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

// TestClient_renewsOnce has many goroutines run into a key that died.
func TestClient_renewsOnce(t *testing.T) {
	server, client := setUp(t)
	call := func() error {
		_, err := client.System.Info(t.Context())
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
func TestClient_renewalRepeatsBody(t *testing.T) {
	server, client := setUp(t)
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.ExpireKeys()
	if _, err := client.AdminRoles.ReplaceSessionOptions(t.Context(), ".Administrators", ics.SessionOptions{IdleTimeout: 3}); err != nil {
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
	_, err := client.System.Info(t.Context())
	return err
}

// A server that takes no key at all is asked twice, not for ever.
func TestPassword_refusedForGood(t *testing.T) {
	var logins, calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/realm_auth") {
			respond(w, 200, fmt.Sprintf(`{"api_key": "key-%d"}`, logins.Add(1)))
			return
		}
		calls.Add(1)
		respond(w, 401, `{"result": {"errors": [{"message": "Invalid credentials"}]}}`)
	}))
	defer server.Close()
	err := callOnce(t, newClient(t, server.URL, ics.Password("jack", "juniper", "Admins")))
	if !errors.Is(err, secureaccess.ErrUnauthorized) || logins.Load() != 2 || calls.Load() != 2 {
		t.Errorf("%d sign-ins and %d calls, then %v", logins.Load(), calls.Load(), err)
	}
}

func TestAPIKey(t *testing.T) {
	server := icstest.NewServer(t)
	if err := callOnce(t, newClient(t, server.URL(), ics.APIKey(server.Credentials()["api_key"]))); err != nil {
		t.Error(err)
	}
	err := callOnce(t, newClient(t, server.URL(), ics.APIKey("b3RoZXI=")))
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || failure.Status != 401 || failure.Attempts != 1 || server.KeysIssued() != 0 {
		t.Errorf("a wrong key gives %v", err)
	}
}

func TestLegacyPassword(t *testing.T) {
	server := icstest.NewServer(t)
	c := server.Credentials()
	client := newClient(t, server.URL(), ics.LegacyPassword(c["user"], c["password"]))
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

func TestPassword_oddResponses(t *testing.T) {
	for _, body := range []string{`{}`, `{"api_key": ""}`, `[]`, `no JSON`, ``} {
		client := newClient(t, "http://localhost", ics.Password("jack", "juniper", "Admins"), secureaccess.WithTransport(roundTripFunc(
			func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
			})))
		if err := client.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("the answer %q gives %v", body, err)
		}
	}
}

// TestPassword_notAllowed covers what appliances refuse in their configuration: accounts without REST, and addresses.
func TestPassword_notAllowed(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Branch", Users: []icstest.User{{Name: "jack", Password: "juniper"}, {Name: "jill", Password: "hill", NoREST: true}}})
	if err := newClient(t, server.URL(), ics.Password("jill", "hill", "Branch")).SignIn(t.Context()); !errors.Is(err, secureaccess.ErrForbidden) {
		t.Errorf("an account without REST access gives %v", err)
	}

	admin := newClient(t, server.URL(), server.Auth())
	if _, err := admin.AdminRealms.ReplaceSourceIPMode(t.Context(), "Branch", ics.SourceIPModeSelected); err != nil {
		t.Fatal(err)
	}
	jack := newClient(t, server.URL(), ics.Password("jack", "juniper", "Branch"))
	if err := jack.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrForbidden) {
		t.Errorf("a restricted realm without addresses gives %v", err)
	}
	rule := ics.SourceIP{Access: ics.SourceIPAccessAllow, Address: "127.0.0.0", Netmask: "255.0.0.0"}
	if _, err := admin.AdminRealms.AddSourceIP(t.Context(), "Branch", rule); err != nil {
		t.Fatal(err)
	}
	if err := jack.SignIn(t.Context()); err != nil {
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
		respond(w, 200, `{"message": "Security Gateway is accessible."}`)
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

// A password is read at each sign-in, so that one that was changed meanwhile is used.
func TestPasswordFrom(t *testing.T) {
	server := icstest.NewServer(t)
	users := func(password string) {
		server.AddRealm(icstest.Realm{Name: "Branch", Users: []icstest.User{{Name: "jack", Password: password}}})
	}
	users("one")
	password := "one"
	source := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) { return secureaccess.NewSecret(password), nil })
	client := newClient(t, server.URL(), ics.PasswordFrom("jack", source, "Branch"))
	if err := callOnce(t, client); err != nil {
		t.Fatal(err)
	}
	users("two")
	server.ExpireKeys()
	if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("the old password gives %v", err)
	}
	password = "two"
	if err := callOnce(t, client); err != nil {
		t.Errorf("the new password gives %v", err)
	}
	broken := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) {
		return secureaccess.Secret{}, errors.New("the vault is sealed")
	})
	for _, auth := range []ics.Auth{ics.PasswordFrom("jack", broken, "Branch"), ics.LegacyPasswordFrom("jack", broken), ics.APIKeyFrom(broken)} {
		if err := callOnce(t, newClient(t, server.URL(), auth)); err == nil || !strings.Contains(err.Error(), "the vault is sealed") {
			t.Errorf("a source that fails gives %v", err)
		}
	}
}

// A key that is refused is read again.
func TestAPIKeyFrom(t *testing.T) {
	server := icstest.NewServer(t)
	key := "b2xk"
	source := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) {
		defer func() { key = server.Credentials()["api_key"] }()
		return secureaccess.NewSecret(key), nil
	})
	if err := callOnce(t, newClient(t, server.URL(), ics.APIKeyFrom(source))); err != nil {
		t.Error(err)
	}
}

// A password that is wrong is tried once, not once a call: accounts lock.
func TestPassword_wrongOnce(t *testing.T) {
	var signIns atomic.Int32
	url := mustServe(t, func(w http.ResponseWriter, _ *http.Request) {
		signIns.Add(1)
		respond(w, 401, `{"result": {"errors": [{"message": "Invalid credentials"}]}}`)
	})
	client := newClient(t, url, ics.Password("jack", "wrong", "Admins"))
	for range 10 {
		if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Fatal(err)
		}
	}
	if got := signIns.Load(); got != 1 {
		t.Errorf("%d sign-ins for ten calls", got)
	}
	_ = client.SignIn(t.Context())
	if got := signIns.Load(); got != 2 {
		t.Errorf("an explicit sign-in is not tried: %d", got)
	}
}

// A key that cannot be sent is refused when it comes, and the next call asks again.
func TestPassword_unusableKey(t *testing.T) {
	var n atomic.Int32
	url := mustServe(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/realm_auth"):
			respond(w, 200, `{"system-information": {}}`)
		case n.Add(1) == 1:
			respond(w, 200, `{"api_key": "se:cret-key"}`)
		default:
			respond(w, 200, `{"api_key": "a2V5"}`)
		}
	})
	client := newClient(t, url, ics.Password("jack", "juniper", "Admins"))
	err := callOnce(t, client)
	if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || !errors.Is(err, secureaccess.ErrBadResponse) || strings.Contains(fmt.Sprintf("%v %s", err, failure.Body), "cret-key") {
		t.Errorf("a key with a colon gives %v", err)
	}
	if err := callOnce(t, client); err != nil {
		t.Error(err)
	}
}
