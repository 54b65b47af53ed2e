package sps_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// The session is the last cookie of its name, as it came; one that is deleted is none.
func TestClient_SignIn_cookies(t *testing.T) {
	for name, test := range map[string]struct {
		lines []string
		want  string
	}{
		"two of one name":       {[]string{"session_id=first; Path=/", "session_id=second; Path=/"}, "second"},
		"quotes":                {[]string{`session_id="quoted value"; Path=/`}, `"quoted value"`},
		"deleted by its date":   {[]string{"session_id=old; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, ""},
		"deleted by its age":    {[]string{"session_id=old; Max-Age=0"}, ""},
		"deleted and set":       {[]string{"session_id=; Max-Age=0", "session_id=new"}, "new"},
		"set and deleted":       {[]string{"session_id=new", "session_id=; Max-Age=0"}, ""},
		"others":                {[]string{"a=1", "session_id=x=y", "b=2"}, "x=y"},
		"a line feed in it":     {[]string{"session_id=a\x01b"}, ""},
		"another case":          {[]string{"Session_ID=a"}, ""},
		"blanks":                {[]string{"session_id = a ; Path=/"}, "a"},
		"expires in its future": {[]string{"session_id=a; Expires=Thu, 01 Jan 2099 00:00:00 GMT"}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := ""
			client, err := sps.New("https://sps.example.com", sps.Password("admin", "password"), refuseRetries(),
				secureaccess.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
					resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"key":"1","body":{"hostname":"h"}}`)), Request: r}
					if r.URL.Path == "/api/authentication" {
						resp.Header["Set-Cookie"] = test.lines
					} else {
						sent = r.Header.Get("Cookie")
					}
					return resp, nil
				})))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.System.Info(t.Context())
			switch {
			case test.want == "" && !errors.Is(err, sps.ErrNoSession):
				t.Errorf("sent %q, %v", sent, err)
			case test.want != "" && (err != nil || sent != "session_id="+test.want):
				t.Errorf("sent %q, %v", sent, err)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A password from a source is read at each sign-in, and what is wrong with it is told then.
func TestPasswordFrom(t *testing.T) {
	server := spstest.NewServer(t)
	password, reads := "", 0
	source := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) {
		reads++
		if password == "" {
			return secureaccess.Secret{}, errors.New("the vault is closed")
		}
		return secureaccess.NewSecret(password), nil
	})
	client, err := sps.New(server.URL(), sps.PasswordFrom(server.Credentials()["user"], source), server.Options()...)
	if err != nil || reads != 0 {
		t.Fatalf("%d reads, %v", reads, err)
	}
	if err := client.SignIn(t.Context()); err == nil || !strings.Contains(err.Error(), "the vault is closed") || server.Logins() != 0 {
		t.Errorf("without a password: %v", err)
	}
	password = "wrong and long"
	if err := client.SignIn(t.Context()); !errors.Is(err, sps.CodeAuthenticationFailure) || strings.Contains(err.Error(), password) {
		t.Errorf("a wrong one: %v", err)
	}
	password = server.Credentials()["password"]
	if _, err := client.System.Info(t.Context()); err != nil { // at once: it is another one
		t.Errorf("the right one: %v", err)
	}
}

// A wrong password is tried once by any number of calls, and once more by transactions, whose session is another.
func TestPassword_wrongOnce(t *testing.T) {
	var w wire
	server := spstest.NewServer(t)
	client, err := sps.New(server.URL(), sps.Password("admin", "hunter2hunter2"), append(server.Options(), w.option())...)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := client.System.Info(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("got %v", err)
		}
		if _, err := client.Begin(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("got %v", err)
		}
	}
	if got := w.lines(); len(got) != 2 {
		t.Errorf("asked %q", got)
	}
}

// Programs that share a store share the session for reading. That of a transaction is never in it.
func TestClient_sessionStore(t *testing.T) {
	server := spstest.NewServer(t)
	store, err := secureaccess.FileStore(filepath.Join(t.TempDir(), "sessions"))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		client := another(t, server, secureaccess.WithSessionStore(store))
		if _, err := client.System.Info(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Logins(); n != 1 {
		t.Errorf("%d sign-ins of three programs", n)
	}
	var w wire
	client := another(t, server, secureaccess.WithSessionStore(store), w.option())
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Fatal(err)
	}
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := server.Logins(); n != 2 {
		t.Errorf("%d sign-ins, want one for the transaction", n)
	}
	cookies := map[string]bool{}
	for _, r := range w.requests {
		cookies[r.Header.Get("Cookie")] = true
	}
	if len(cookies) != 3 { // none at the sign-in
		t.Errorf("%d different cookies", len(cookies))
	}
	// The end of a stored session is found out by the refusal.
	server.EndSessions()
	if _, err := client.System.Info(t.Context()); err != nil || server.Logins() != 3 {
		t.Errorf("%d sign-ins, %v", server.Logins(), err)
	}
	if err := client.SignOut(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := another(t, server, secureaccess.WithSessionStore(store)).System.Info(t.Context()); err != nil || server.Logins() != 4 {
		t.Errorf("%d sign-ins after a sign-out, %v", server.Logins(), err)
	}
}

func TestClient_Do(t *testing.T) {
	_, client := start(t)
	var zone struct{ Body string }
	request := secureaccess.Request{Path: "/api/configuration/datetime/{name}", Args: []string{"timezone"}}
	if err := client.Do(t.Context(), request, &zone); err != nil || zone.Body != "Europe/Budapest" {
		t.Errorf("%+v, %v", zone, err)
	}
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		return tx.Do(ctx, secureaccess.Request{Method: "PUT", Path: "/api/configuration/datetime/timezone", Body: "UTC"}, nil)
	})
	if err != nil {
		t.Error(err)
	}
	if err := client.Do(t.Context(), request, &zone); err != nil || zone.Body != "UTC" {
		t.Errorf("%+v, %v", zone, err)
	}
	if err := client.Do(t.Context(), secureaccess.Request{Method: "PUT", Path: "/api/configuration/datetime/timezone", Body: "UTC"}, nil); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("a write outside a transaction: %v", err)
	}
}

// What the appliance says comes into an error on one bounded line, without what the request carried.
func TestDecodeError_oneLine(t *testing.T) {
	const password = "correct horse"
	bad := strings.Repeat(`a\n\u001b[31m`+password+" ", 1000)
	for _, path := range []string{"/api/authentication", "/api/info"} {
		client, err := sps.New("https://sps.example.com", sps.Password("admin", password), refuseRetries(),
			secureaccess.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
				resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r}
				resp.Header.Set("Set-Cookie", "session_id=0123456789abcdef")
				body := `{}`
				if r.URL.Path == path {
					resp.StatusCode = 400
					body = `{"error":{"type":"T` + bad + `","message":"` + bad + r.Header.Get("Authorization") + r.Header.Get("Cookie") + `","details":{"href":"/api/` + bad + `"}}}`
				}
				resp.Body = io.NopCloser(strings.NewReader(body))
				return resp, nil
			})))
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.System.Info(t.Context())
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok {
			t.Fatalf("%s: %v", path, err)
		}
		text := err.Error() + failure.Object + string(failure.Code)
		for _, secret := range []string{"\n", "\x1b", "0123456789abcdef", "YWRtaW46"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the error has %q: %.300s", path, secret, text)
			}
		}
		if path == "/api/authentication" && strings.Contains(text+string(failure.Body), password) {
			t.Errorf("%s: the error has the password", path)
		}
		if len(text) > 16<<10 {
			t.Errorf("%s: the error has %d bytes", path, len(text))
		}
	}
}
