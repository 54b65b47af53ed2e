package sase_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// Clocks that are nearly an hour apart make a token of an hour look as if it were about to end, or had just ended. It
// lasts its hour all the same.
func TestToken_clocksAnHourApart(t *testing.T) {
	const step, steps = 30 * time.Second, 240
	for _, apart := range []time.Duration{
		58 * time.Minute, 58*time.Minute + 30*time.Second, 59 * time.Minute, 59*time.Minute + 30*time.Second, 60 * time.Minute, 61 * time.Minute,
	} {
		for _, apart := range []time.Duration{apart, -apart} {
			for _, form := range []sasetest.ExpiryForm{sasetest.ExpiryFormSeconds, sasetest.ExpiryFormMilliseconds, sasetest.ExpiryFormRFC3339} {
				server := sasetest.NewServer(t)
				server.SetExpiryForm(form)
				local := newFieldClock()
				local.Advance(server.Clock().Now().Add(apart).Sub(local.Now()))
				client, err := server.Client(secureaccess.WithClock(local))
				if err != nil {
					t.Fatal(err)
				}
				for range steps {
					if _, err := client.Addons.List(t.Context()); err != nil {
						t.Fatal(err)
					}
					server.Advance(step)
					local.Advance(step)
				}
				// Tokens are renewed a minute before their end: at 0, 59 and 118 minutes.
				if got := server.Authorizations(); got > 3 {
					t.Errorf("our clock %v ahead, %s: %d tokens for %d calls in two hours", apart, form, got, steps)
				}
			}
		}
	}
}

// memoryStore is a session store for the clients of one process. It holds one record.
type memoryStore struct {
	mu      sync.Mutex
	key     string
	data    []byte
	version int
	there   bool
	locked  chan struct{}
}

func newMemoryStore() *memoryStore { return &memoryStore{locked: make(chan struct{}, 1)} }

func (s *memoryStore) Load(_ context.Context, key string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.there || key != s.key {
		return nil, "", nil
	}
	return s.data, strconv.Itoa(s.version), nil
}

func (s *memoryStore) Save(_ context.Context, key string, data []byte, version string, _ time.Duration) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if current := strconv.Itoa(s.version); s.there && version != current || !s.there && version != "" {
		return "", secureaccess.ErrStoreConflict
	}
	s.key, s.data, s.there = key, data, true
	s.version++
	return strconv.Itoa(s.version), nil
}

func (s *memoryStore) Delete(_ context.Context, _, version string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.there && version != "" && version != strconv.Itoa(s.version) {
		return secureaccess.ErrStoreConflict
	}
	s.there = false
	return nil
}

func (s *memoryStore) Lock(ctx context.Context, _ string, _ time.Duration) (func(), error) {
	select {
	case s.locked <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return sync.OnceFunc(func() { <-s.locked }), nil
}

// stores returns one store of each kind.
func stores(t *testing.T) map[string]secureaccess.SessionStore {
	t.Helper()
	files, err := secureaccess.FileStore(filepath.Join(t.TempDir(), "sessions"))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]secureaccess.SessionStore{"memory": newMemoryStore(), "files": files}
}

func TestClient_sessionStore(t *testing.T) {
	for name, store := range stores(t) {
		t.Run(name, func(t *testing.T) {
			server := sasetest.NewServer(t)
			clients := make([]*sase.Client, 2)
			for i := range clients {
				var err error
				if clients[i], err = server.Client(secureaccess.WithSessionStore(store)); err != nil {
					t.Fatal(err)
				}
			}
			var wg sync.WaitGroup
			for _, client := range clients {
				for range 10 {
					wg.Go(func() {
						if _, err := client.Addons.List(t.Context()); err != nil {
							t.Error(err)
						}
					})
				}
			}
			wg.Wait()
			if got := server.Authorizations(); got != 1 {
				t.Errorf("%d tokens for two clients on one store", got)
			}

			// A token that the service refuses is renewed once for both.
			server.KillTokens()
			for _, client := range clients {
				if _, err := client.Addons.List(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if got := server.Authorizations(); got != 2 {
				t.Errorf("%d tokens after the first was refused, want 2", got)
			}

			// Close leaves the token to others, SignOut takes it from them.
			if err := clients[0].Close(t.Context()); err != nil {
				t.Error(err)
			}
			third, err := server.Client(secureaccess.WithSessionStore(store))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := third.Addons.List(t.Context()); err != nil || server.Authorizations() != 2 {
				t.Errorf("%d tokens after a Close: %v", server.Authorizations(), err)
			}
			if err := third.SignOut(t.Context()); err != nil {
				t.Error(err)
			}
			fourth, err := server.Client(secureaccess.WithSessionStore(store))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fourth.Addons.List(t.Context()); err != nil || server.Authorizations() != 3 {
				t.Errorf("%d tokens after a SignOut, want 3: %v", server.Authorizations(), err)
			}
		})
	}
}

// The account belongs to the key: a client with another key must not find the token of the first.
func TestClient_sessionStore_otherKey(t *testing.T) {
	for name, store := range stores(t) {
		t.Run(name, func(t *testing.T) {
			server := sasetest.NewServer(t)
			server.AddKey("another-key", time.Time{})
			for _, auth := range []sase.Auth{server.Auth(), sase.APIKey("another-key")} {
				client, err := sase.New(server.BaseURL(), auth, append(server.Options(), secureaccess.WithSessionStore(store))...)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := client.Addons.List(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if got := server.Authorizations(); got != 2 {
				t.Errorf("%d tokens for two keys", got)
			}
		})
	}
}

func TestClient_SignIn(t *testing.T) {
	server := sasetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	for want := 1; want <= 2; want++ {
		if err := client.SignIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := server.Authorizations(); got != want {
			t.Errorf("%d tokens after %d calls of SignIn", got, want)
		}
	}
	if _, err := client.Addons.List(t.Context()); err != nil || server.Authorizations() != 2 {
		t.Errorf("the token of SignIn is not used: %d tokens, %v", server.Authorizations(), err)
	}
}

// A refused key is tried once for many calls, and at once by an explicit SignIn.
func TestClient_SignIn_refused(t *testing.T) {
	server := sasetest.NewServer(t)
	seen := &tap{next: http.DefaultTransport}
	client, err := sase.New(server.BaseURL(), sase.APIKey("wrong-key"), append(server.Options(), secureaccess.WithTransport(seen))...)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		_, err := client.Addons.List(t.Context())
		e, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || e.Status != http.StatusUnauthorized || e.Path != "/v1/addons" || len(e.Messages) == 0 {
			t.Fatalf("%#v, want the sign-in's refusal as the call's error", err)
		}
	}
	if len(seen.requests) != 1 {
		t.Errorf("%d sign-ins for 20 calls", len(seen.requests))
	}
	if err := client.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) || len(seen.requests) != 2 {
		t.Errorf("%d requests after an explicit SignIn: %v", len(seen.requests), err)
	}
}

// A key that was replaced at its source is tried at once.
func TestAPIKeyFrom_rotated(t *testing.T) {
	server := sasetest.NewServer(t)
	key := "old-key"
	source := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) {
		if key == "" {
			return secureaccess.Secret{}, errors.New("the vault is sealed")
		}
		return secureaccess.NewSecret(key), nil
	})
	client, err := sase.New(server.BaseURL(), sase.APIKeyFrom(source), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Addons.List(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Fatalf("with a key that is not known: %v", err)
	}
	key = "new-key"
	server.AddKey(key, time.Time{})
	if _, err := client.Addons.List(t.Context()); err != nil {
		t.Errorf("with the new key: %v", err)
	}
	key = ""
	server.KillTokens()
	_, err = client.Addons.List(t.Context())
	if _, ok := errors.AsType[*secureaccess.Error](err); !ok || err == nil {
		t.Errorf("a source that fails: %#v", err)
	}
	if _, err := sase.New(server.BaseURL(), sase.APIKeyFrom(nil)); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no source: %v", err)
	}
}

func TestClient_SignOut(t *testing.T) {
	server := sasetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SignOut(t.Context()); err != nil {
		t.Errorf("before any call: %v", err)
	}
	for want := 1; want <= 2; want++ {
		if _, err := client.Addons.List(t.Context()); err != nil || server.Authorizations() != want {
			t.Errorf("%d tokens, want %d: %v", server.Authorizations(), want, err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := client.SignOut(over); err != nil { // nothing is sent, so the context does not matter
			t.Error(err)
		}
	}
}

func TestClient_Do(t *testing.T) {
	server := sasetest.NewServer(t)
	server.AddUser(sase.User{ID: "ada", Email: "ada@example.com"})
	client, seen := tapped(t, server)
	var users sase.Page[sase.User]
	if err := client.Do(t.Context(), secureaccess.Request{Path: "/v1/users", Query: map[string][]string{"limit": {"5"}}}, &users); err != nil {
		t.Fatal(err)
	}
	if len(users.Items) != 1 || users.Items[0].ID != "ada" || users.Total != 1 {
		t.Errorf("read %+v", users)
	}
	var raw json.RawMessage
	if err := client.Do(t.Context(), secureaccess.Request{Path: "/v1/groups"}, &raw); err != nil || !json.Valid(raw) {
		t.Errorf("%s, %v", raw, err)
	}
	if err := client.Do(t.Context(), secureaccess.Request{Method: "DELETE", Path: "/v1/users/{id}", Args: []string{"ada"}}, nil); err != nil {
		t.Error(err)
	}
	err := client.Do(t.Context(), secureaccess.Request{Method: "DELETE", Path: "/v1/users/{id}", Args: []string{"ada"}}, nil)
	e, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || e.Status != 404 || e.Path != "/v1/users/{id}" || len(e.Messages) != 1 {
		t.Errorf("an error like any other: %#v", err)
	}
	want := []string{"GET /v1/users?limit=5", "GET /v1/groups", "DELETE /v1/users/ada", "DELETE /v1/users/ada"}
	if got := seen.calls(); len(got) != len(want) || got[0] != want[0] || got[2] != want[2] {
		t.Errorf("sent %q", got)
	}
	for _, req := range seen.requests[1:] {
		if req.Header.Get("Authorization") == "" {
			t.Errorf("%s %s is not authenticated", req.Method, req.URL.Path)
		}
	}
}
