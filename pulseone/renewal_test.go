package pulseone_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// The console session ends 20 minutes after its last use. A program that polls more often than that signs in once.
func TestPassword_polling(t *testing.T) {
	for _, every := range []time.Duration{time.Minute, 5 * time.Minute, 8 * time.Minute, 9 * time.Minute, 10 * time.Minute, 17 * time.Minute} {
		t.Run(every.String(), func(t *testing.T) {
			server, client := connect(t)
			for begun := server.Clock().Now(); server.Clock().Now().Sub(begun) < 6*time.Hour; server.Advance(every) {
				must(client.Groups.List(t.Context()))(t)
			}
			if server.Logins() != 1 {
				t.Errorf("%d sign-ins in 6 hours, want 1", server.Logins())
			}
		})
	}
}

// changingSecret is a source whose secret is rotated.
type changingSecret struct {
	mu    sync.Mutex
	value string
	reads int
}

func (s *changingSecret) Secret(context.Context) (secureaccess.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.value == "" {
		return secureaccess.Secret{}, errors.New("the vault is sealed")
	}
	return secureaccess.NewSecret(s.value), nil
}

func (s *changingSecret) set(value string) { s.mu.Lock(); defer s.mu.Unlock(); s.value = value }

// A wrong password is one sign-in for many calls. A rotated one is tried at once, an explicit sign-in always.
func TestPasswordFrom_refused(t *testing.T) {
	server := pulseonetest.NewServer(t)
	source := &changingSecret{value: "a wrong one"}
	tap := &wiretap{}
	client := must(pulseone.New(server.URL(), pulseone.PasswordFrom(server.Credentials()["user"], source),
		append(server.Options(), secureaccess.WithTransport(tap))...))(t)
	t.Cleanup(func() { _ = client.Close(t.Context()) })
	if source.reads != 0 {
		t.Error("New read the source")
	}
	tries := func() int { return tap.count("POST", "/api/login") }
	var done sync.WaitGroup
	for i := range 20 {
		call := func() {
			var err error
			if i%2 == 0 {
				_, err = client.Groups.List(t.Context())
			} else {
				_, err = client.Session(t.Context())
			}
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || failure.Status != 401 || failure.Code != "40100" || !errors.Is(err, secureaccess.ErrUnauthorized) {
				t.Errorf("got %v", err)
			}
			if n := strings.Count(err.Error(), "/api/"); n != 2 { // the call and its sign-in
				t.Errorf("%d operations in %q", n, err)
			}
		}
		if i < 10 {
			done.Go(call)
			continue
		}
		done.Wait()
		call()
	}
	if tries() != 1 {
		t.Errorf("%d sign-ins in 20 calls, want 1", tries())
	}
	if err := client.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) || tries() != 2 {
		t.Errorf("SignIn: %v after %d sign-ins, want a second one", err, tries())
	}
	server.Advance(11 * time.Minute)
	_, _ = client.Groups.List(t.Context())
	if tries() != 3 {
		t.Errorf("%d sign-ins, want a third one later on", tries())
	}
	source.set("")
	if err := client.SignIn(t.Context()); err == nil || !strings.Contains(err.Error(), "password: the vault is sealed") {
		t.Errorf("a source that fails: %v", err)
	}
	source.set(server.Credentials()["password"])
	must(client.Groups.List(t.Context()))(t)
	if tries() != 4 {
		t.Errorf("%d sign-ins, want one with the rotated password", tries())
	}
}

// A server that refuses whatever it gave costs a sign-in now and then, not one a call.
func TestPassword_everythingIsRefused(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/", Times: -1, Status: 401, Body: `{"code": 40101}`})
	for range 20 {
		if _, err := client.Groups.List(t.Context()); !errors.Is(err, pulseone.CodeCredentialRenewalRequired) {
			t.Fatalf("got %v", err)
		}
	}
	if server.Logins() > 3 {
		t.Errorf("%d sign-ins in 20 calls", server.Logins())
	}
}

// console is a Pulse One whose session says what the test wants.
func console(t *testing.T, session func(n int, base string) string, api http.HandlerFunc) (*pulseone.Client, string) {
	t.Helper()
	var base string
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/login":
			w.Header().Set("Set-Cookie", "cs_console_tkt=ticket; Path=/")
			answer(w, 200, js, `{"id": "1", "username": "admin"}`)
		case "/api/session":
			answer(w, 200, js, session(int(n.Add(1)), base))
		default:
			api(w, r)
		}
	}))
	t.Cleanup(s.Close)
	base = s.URL
	client := must(pulseone.New(base, pulseone.Password("admin", "pw-pw-pw")))(t)
	t.Cleanup(func() { _ = client.Close(t.Context()) })
	return client, base
}

func sessionWith(base, credentials string) string {
	return fmt.Sprintf(`{"user": {"username": "admin"}, "api_url": %q, "credentials": %s}`, base, credentials)
}

const usable = `{"type": "hawk", "algorithm": "HS256", "id": "an-id", "secret": "a-s3cret-key", "expires": 4102444800}`

func noGroups(w http.ResponseWriter, _ *http.Request) { answer(w, 200, js, `{"items": []}`) }

// Credentials that cannot be used are refused when they come, and the next call asks again.
func TestPassword_unusableCredentials(t *testing.T) {
	for name, credentials := range map[string]string{
		"no key":            `{"type": "hawk", "algorithm": "HS256", "id": "an-id", "expires": 4102444800}`,
		"empty key":         `{"type": "hawk", "algorithm": "HS256", "id": "an-id", "secret": "", "expires": 4102444800}`,
		"no id":             `{"type": "hawk", "algorithm": "HS256", "secret": "a-s3cret-key", "expires": 4102444800}`,
		"a quote in the id": `{"type": "hawk", "algorithm": "HS256", "id": "an\"id", "secret": "a-s3cret-key", "expires": 4102444800}`,
		"a line in the id":  `{"type": "hawk", "algorithm": "HS256", "id": "an\r\nid", "secret": "a-s3cret-key", "expires": 4102444800}`,
		"algorithm":         `{"type": "hawk", "algorithm": "MD5", "id": "an-id", "secret": "a-s3cret-key", "expires": 4102444800}`,
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := console(t, func(n int, base string) string {
				if n == 1 {
					return sessionWith(base, credentials)
				}
				return sessionWith(base, usable)
			}, noGroups)
			_, err := client.Groups.List(t.Context())
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, secureaccess.ErrBadResponse) || failure.Status != 200 || len(failure.Body) > 0 {
				t.Errorf("got %v with body %q, want ErrBadResponse", err, failure.Body)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Errorf("%v shows the key", err)
			}
			must(client.Groups.List(t.Context()))(t)
		})
	}
}

// An end that is past all reason, and a time of the server's that is, do no harm.
func TestPassword_absurdTimes(t *testing.T) {
	const most = "9223372036854775807"
	calls := 0
	client, _ := console(t, func(_ int, base string) string {
		return sessionWith(base, strings.Replace(usable, "4102444800", most, 1))
	}, func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 1 {
			w.Header().Set("WWW-Authenticate", `Hawk ts="`+most+`", tsm="`+mac("a-s3cret-key", "hawk.1.ts\n"+most+"\n")+`", error="Stale timestamp"`)
			answer(w, 401, js, `{"code": 40101}`)
			return
		}
		noGroups(w, r)
	})
	_, _ = client.Groups.List(t.Context())
	must(client.Groups.List(t.Context()))(t)
}

// When a renewal names another api_url, the repeat of the refused request goes there, signed, and nowhere else.
func TestPassword_apiMoves(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var moved atomic.Bool
	var arrived atomic.Int32
	serve := func(old bool) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if old && moved.Load() {
				t.Errorf("%s %s went to the old place after the move, %q", r.Method, r.URL, r.Header.Get("Authorization"))
			}
			if !strings.HasPrefix(r.Header.Get("Authorization"), "Hawk ") {
				t.Errorf("%s %s is not signed", r.Method, r.URL)
			}
			if !old && r.Method == "POST" {
				arrived.Add(1)
			}
			if old {
				defer moved.CompareAndSwap(false, r.Method == "POST") // the first POST is the one that is refused
			}
			server.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		return s
	}
	before, after := serve(true), serve(false)
	server.SetAPIURL(before.URL)
	client := must(server.Client())(t)
	t.Cleanup(func() { _ = client.Close(t.Context()) })
	must(client.Groups.List(t.Context()))(t)
	server.SetAPIURL(after.URL + "/")
	server.ExpireCredentials()
	group := must(client.Groups.Create(t.Context(), pulseone.GroupCreate{Name: "moved"}))(t)
	if group.Name != "moved" || arrived.Load() != 1 {
		t.Errorf("got %+v after %d requests at the new place", group, arrived.Load())
	}
	must(client.Groups.Get(t.Context(), group.ID))(t)
	if server.Logins() != 1 {
		t.Errorf("%d sign-ins", server.Logins())
	}
}

// A session that another origin tells is not taken.
func TestPassword_sessionFromAnotherOrigin(t *testing.T) {
	var used atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1") {
			used.Add(1)
		}
		w.Header().Set("Set-Cookie", "cs_console_tkt=theirs; Path=/")
		answer(w, 200, js, sessionWith("http://"+r.Host, usable))
	}))
	t.Cleanup(other.Close)
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{Path: "/api/session", Times: -1, Status: 302, Header: http.Header{"Location": {other.URL + "/api/session"}}})
	if _, err := client.Groups.List(t.Context()); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Errorf("got %v", err)
	}
	if used.Load() != 0 {
		t.Error("credentials of another origin were used")
	}
}

// Ready credentials have no console session.
func TestHawk_console(t *testing.T) {
	server := pulseonetest.NewServer(t)
	tap := &wiretap{}
	client := must(pulseone.New(server.URL(), pulseone.Hawk(server.IssueCredentials()), append(server.Options(), secureaccess.WithTransport(tap))...))(t)
	t.Cleanup(func() { _ = client.Close(t.Context()) })
	_, session := client.Session(t.Context())
	_, user := client.User(t.Context())
	for name, err := range map[string]error{
		"Session": session, "User": user, "SignIn": client.SignIn(t.Context()),
		"Do": client.Do(t.Context(), secureaccess.Request{Path: "/api/policies/{policy_id}", Args: []string{"7"}}, &struct{}{}),
	} {
		argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
		if !ok || argument.Argument != "auth" || argument.Operation.Path == "" {
			t.Errorf("%s: got %v, want an ArgumentError about auth that names the operation", name, err)
		}
	}
	if len(tap.requests) != 0 {
		t.Errorf("%d requests were sent", len(tap.requests))
	}
	check(t, client.SignOut(t.Context()))
	for _, bad := range []hawk.Credentials{{ID: `a"b`, Key: secureaccess.NewSecret("k")}, {ID: "a", Key: secureaccess.NewSecret("k"), Algorithm: 9}} {
		if _, err := pulseone.New(server.URL(), pulseone.Hawk(bad)); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// A HEAD is refused without a word: that credentials have expired has to be found out in another way.
func TestFirmwares_Exists_expired(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	id := server.AddFirmware(pulseone.Firmware{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN}, image(100))
	appliance := server.AddAppliance(pulseone.Appliance{Name: "office"})
	server.PlayAppliance(appliance, pulseone.TaskStatusSuccess)
	task := must(client.Tasks.CreateBackup(ctx, appliance, pulseone.BackupTaskCreate{}))(t)
	backup := must(client.Tasks.Wait(ctx, task.ID, nil))(t).Params.BackupID
	expire := func() {
		server.ExpireCredentials()
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			server.Fail(pulseonetest.Fault{Method: method, Path: "/api/v1/sa/", Status: http.StatusForbidden, Body: `{"code":40303,"message":"expired"}`})
		}
	}
	for name, call := range map[string]func() error{
		"exists": func() error {
			there, err := client.Firmwares.Exists(ctx, id)
			if err == nil && !there {
				t.Error("it is not there")
			}
			return err
		},
		"firmware": func() error { _, err := client.Firmwares.ContentSize(ctx, id); return err },
		"backup":   func() error { _, err := client.Backups.ContentSize(ctx, backup); return err },
	} {
		check(t, call())
		expire()
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/", Times: 2, Status: http.StatusForbidden})
		before := len(tap.requests)
		if err := call(); !errors.Is(err, secureaccess.ErrForbidden) || len(tap.requests)-before != 2 {
			t.Errorf("%s: without the permission: %v after %d requests", name, err, len(tap.requests)-before)
		}
	}
	expire()
	if there, err := client.Firmwares.Exists(ctx, "another"); there || err != nil {
		t.Errorf("what is not there: %v, %v", there, err)
	}
	if server.Logins() != 1 {
		t.Errorf("%d sign-ins", server.Logins())
	}
}
