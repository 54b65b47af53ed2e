package pulseone_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestNew_badInput(t *testing.T) {
	good := pulseone.Password("admin", "secret word")
	tests := []struct {
		name, url string
		auth      pulseone.Auth
		argument  string
	}{
		{"empty URL", "", good, "base URL"},
		{"no URL", "://", good, "base URL"},
		{"no scheme", "customer.pulseone.net", good, "base URL"},
		{"other scheme", "ftp://customer.pulseone.net", good, "base URL"},
		{"no host", "https://", good, "base URL"},
		{"credentials", "https://admin:hunter2@customer.pulseone.net", good, "base URL"},
		{"query", "https://customer.pulseone.net/?token=hunter2", good, "base URL"},
		{"plain http", "http://customer.pulseone.net", good, "base URL"},
		{"no auth", "https://customer.pulseone.net", nil, "auth"},
		{"no user", "https://customer.pulseone.net", pulseone.Password("", "secret word"), "username"},
		{"no password", "https://customer.pulseone.net", pulseone.Password("admin", ""), "password"},
		{"no Hawk id", "https://api.pulseone.net", pulseone.Hawk(hawk.Credentials{Key: secureaccess.NewSecret("hunter2")}), "credentials"},
		{"no Hawk key", "https://api.pulseone.net", pulseone.Hawk(hawk.Credentials{ID: "id"}), "credentials"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := pulseone.New(test.url, test.auth)
			argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
			if !ok || argument.Argument != test.argument || !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Fatalf("got %v, want an ArgumentError about %q", err, test.argument)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error quotes a secret: %v", err)
			}
		})
	}
}

func TestNew_plainHTTP(t *testing.T) {
	if _, err := pulseone.New("http://customer.pulseone.net", pulseone.Password("a", "b"), secureaccess.WithInsecureHTTP()); err != nil {
		t.Error(err)
	}
}

func TestPassword_refused(t *testing.T) {
	server := pulseonetest.NewServer(t)
	logger, log := logbook()
	const wrong = "a wrong pass&word"
	client := must(pulseone.New(server.URL(), pulseone.Password("admin", wrong), append(server.Options(), secureaccess.WithLogger(logger))...))(t)
	_, err := client.Groups.List(t.Context())
	if !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Fatalf("got %v, want ErrUnauthorized", err)
	}
	if err = client.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Fatalf("got %v, want ErrUnauthorized", err)
	}
	everything := log.String() + fmt.Sprintf("%v %+v %#v", err, err, err) + fmt.Sprintf("%+v", client)
	if strings.Contains(everything, wrong) {
		t.Error("the password shows")
	}
	if !strings.Contains(log.String(), "/api/login") {
		t.Error("the log does not name the operation")
	}
}

func TestClient_User(t *testing.T) {
	server, client := connect(t)
	user := must(client.User(t.Context()))(t)
	if user.Username != server.Credentials()["user"] || user.DomainID != 1 {
		t.Errorf("got %+v", user)
	}
}

func TestHawk(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client := must(pulseone.New(server.URL(), pulseone.Hawk(server.IssueCredentials()), server.Options()...))(t)
	must(client.Groups.List(t.Context()))(t)
	if server.Logins() != 0 {
		t.Error("logged in without a password")
	}
	if _, err := client.Session(t.Context()); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("Session: got %v, want ErrInvalidArgument", err)
	}
	server.ExpireCredentials()
	if _, err := client.Groups.List(t.Context()); !errors.Is(err, pulseone.CodeCredentialRenewalRequired) {
		t.Errorf("got %v, want the server's refusal", err)
	}
}

func TestSignOption_payloadHash(t *testing.T) {
	server := pulseonetest.NewServer(t)
	auth := pulseone.Password(server.Credentials()["user"], server.Credentials()["password"], func(t *hawk.Transport) { t.HashPayload = true })
	tap := &wiretap{}
	client := must(pulseone.New(server.URL(), auth, append(server.Options(), secureaccess.WithTransport(tap))...))(t)
	must(client.Groups.Create(t.Context(), pulseone.GroupCreate{Name: "hashed"}))(t)
	last := tap.requests[len(tap.requests)-1]
	if !strings.Contains(last.Header.Get("Authorization"), `hash="`) {
		t.Errorf("no payload hash in %q", last.Header.Get("Authorization"))
	}
}

func TestClient_Close(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	check(t, client.Close(t.Context()))
	check(t, client.Close(t.Context()))
	if _, err := client.Groups.List(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if _, err := client.Session(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("Session: got %v, want ErrClosed", err)
	}
	if err := client.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("SignIn: got %v, want ErrClosed", err)
	}
	if server.Logins() != 1 {
		t.Errorf("%d logins; a closed client has sent the password", server.Logins())
	}
}

// The server's clock and ours differ, and it alone knows what it takes for a ticket: cookies go back as they came.
func TestPassword_cookiesAreKeptAsTheyCame(t *testing.T) {
	const dead = "; Path=/; Secure; Expires=Thu, 01 Jan 1970 00:20:00 GMT"
	for _, value := range []string{"plain", `"quoted!userid_type:b64str"`, `in"side`, `back\slash`, "h\xc3\xa4", "a b,c", "x=y=="} {
		t.Run(value, func(t *testing.T) {
			var sent atomic.Value
			console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
				if r.URL.Path == "/api/login" {
					w.Header().Set("Set-Cookie", "cs_console_tkt="+value+dead)
					w.Header().Add("Set-Cookie", "gone=; Max-Age=0")
				}
				sent.Store(r.Header.Get("Cookie"))
				fmt.Fprint(w, `{"username": "admin", "api_url": "http://127.0.0.1:1"}`)
			}))
			defer console.Close()
			client := must(pulseone.New(console.URL, pulseone.Password("admin", "pw-pw-pw")))(t)
			defer client.Close(t.Context())
			must(client.Session(t.Context()))(t)
			if got := sent.Load(); got != "cs_console_tkt="+value {
				t.Errorf("sent %q", got)
			}
		})
	}
}

func TestPassword_quotedCookieIsConcealed(t *testing.T) {
	console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "cs_console_tkt", Value: "ticket-17", Quoted: true})
		if r.URL.Path == "/api/session" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"message": "what is %s?"}`, strings.Trim(strings.TrimPrefix(r.Header.Get("Cookie"), "cs_console_tkt="), `"`))
			return
		}
		fmt.Fprint(w, `{"username": "admin"}`)
	}))
	defer console.Close()
	client := must(pulseone.New(console.URL, pulseone.Password("admin", "pw-pw-pw")))(t)
	defer client.Close(t.Context())
	_, err := client.Session(t.Context())
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || !strings.Contains(err.Error(), "what is") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error()+string(failure.Body), "ticket-17") {
		t.Errorf("the cookie shows: %v, %s", err, failure.Body)
	}
}
