package pulseone_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// Clients that share a store share the console session and the API's credentials.
func TestPassword_sessionStore(t *testing.T) {
	server := pulseonetest.NewServer(t)
	store := must(secureaccess.FileStore(filepath.Join(t.TempDir(), "sessions")))(t)
	process := func() *pulseone.Client {
		client := must(server.Client(secureaccess.WithSessionStore(store)))(t)
		t.Cleanup(func() { _ = client.Close(t.Context()) })
		return client
	}
	// As cron would: a process every four minutes.
	for range 20 {
		client := process()
		must(client.Groups.List(t.Context()))(t)
		must(client.Session(t.Context()))(t)
		user := must(client.User(t.Context()))(t)
		if user.Username != server.Credentials()["user"] {
			t.Errorf("user %+v", user)
		}
		check(t, client.Close(t.Context()))
		server.Advance(4 * time.Minute)
	}
	if server.Logins() != 1 {
		t.Errorf("%d sign-ins of 20 processes, want 1", server.Logins())
	}
	// A session that ended at the server costs one sign-in. One that is refused sooner after another process obtained it
	// counts as bound to that process, and is replaced privately.
	server.Advance(6 * time.Minute)
	server.EndSessions()
	server.ExpireCredentials()
	must(process().Groups.List(t.Context()))(t)
	must(process().Groups.List(t.Context()))(t)
	if server.Logins() != 2 {
		t.Errorf("%d sign-ins, want a second one", server.Logins())
	}
	last := process()
	must(last.Groups.List(t.Context()))(t)
	check(t, last.SignOut(t.Context()))
	must(process().Groups.List(t.Context()))(t)
	if server.Logins() != 3 {
		t.Errorf("%d sign-ins after SignOut, want a third one", server.Logins())
	}
}

// memoryStore is a store in memory, which a test can spoil.
type memoryStore struct {
	mu   sync.Mutex
	data map[string][]byte
	n    int
}

func (s *memoryStore) Load(_ context.Context, key string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data := s.data[key]; data != nil {
		return data, "v", nil
	}
	return nil, "", nil
}

func (s *memoryStore) Save(_ context.Context, key string, data []byte, _ string, _ time.Duration) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data[key] = slices.Clone(data)
	s.n++
	return "v", nil
}

func (s *memoryStore) Delete(_ context.Context, key, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.data, key)
	return nil
}

func (s *memoryStore) Lock(context.Context, string, time.Duration) (func(), error) {
	return func() {}, nil
}

// spoil replaces what is in the records.
func (s *memoryStore) spoil(t *testing.T, change func(inner map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, data := range s.data {
		var record map[string]any
		if err := json.Unmarshal(data, &record); err != nil {
			t.Fatal(err)
		}
		var raw []byte
		encoded, _ := json.Marshal(record["data"])
		_ = json.Unmarshal(encoded, &raw)
		var inner map[string]any
		if err := json.Unmarshal(raw, &inner); err != nil {
			t.Fatal(err)
		}
		change(inner)
		record["data"], _ = json.Marshal(inner)
		s.data[key], _ = json.Marshal(record)
	}
}

// What is stored is held to the rules for what the console says.
func TestPassword_spoiledStore(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"id":        func(m map[string]any) { m["id"] = `a"b`; m["cookies"] = nil },
		"key":       func(m map[string]any) { m["key"] = ""; m["cookies"] = map[string]string{} },
		"algorithm": func(m map[string]any) { m["algorithm"] = "md5"; m["cookies"] = 7 },
		"api_url":   func(m map[string]any) { m["api_url"] = "ftp://x"; m["cookies"] = map[string]string{"a": "b\r\nX: y"} },
		"types":     func(m map[string]any) { m["api_url"] = 7; m["cookies"] = "x" },
	} {
		t.Run(name, func(t *testing.T) {
			server := pulseonetest.NewServer(t)
			store := &memoryStore{data: map[string][]byte{}}
			for i := range 2 {
				client := must(server.Client(secureaccess.WithSessionStore(store)))(t)
				must(client.Groups.List(t.Context()))(t)
				if i == 0 && len(store.data) != 2 {
					t.Errorf("%d records, want one of the console and one of the API", len(store.data))
				}
				for key, data := range store.data {
					if strings.Contains(key+string(data), server.Credentials()["password"]) {
						t.Error("the store has the password")
					}
				}
				check(t, client.Close(t.Context()))
				store.spoil(t, change)
			}
			if server.Logins() != 2 {
				t.Errorf("%d sign-ins, want 2", server.Logins())
			}
		})
	}
}

func TestClient_SignOut(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	check(t, client.SignOut(t.Context()))
	check(t, client.SignOut(t.Context()))
	must(client.Groups.List(t.Context()))(t)
	must(client.Session(t.Context()))(t)
	if server.Logins() != 2 {
		t.Errorf("%d sign-ins, want a second one after SignOut", server.Logins())
	}
	check(t, client.SignIn(t.Context()))
	if server.Logins() != 3 || server.Issued() < 3 {
		t.Errorf("%d sign-ins and %d credentials, want a third one by SignIn", server.Logins(), server.Issued())
	}
}

// Paths of the API go there, signed; others go to the console with its cookie.
func TestClient_Do(t *testing.T) {
	tap := &wiretap{}
	_, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	var group pulseone.Group
	check(t, client.Do(ctx, secureaccess.Request{Method: "POST", Path: "/api/v1/sa/groups", Body: pulseone.GroupCreate{Name: "x"}}, &group))
	if group.ID == "" {
		t.Errorf("got %+v", group)
	}
	var raw json.RawMessage
	check(t, client.Do(ctx, secureaccess.Request{Path: "/api/policies/{policy_group_id}/properties", Args: []string{"7"}}, &raw))
	last := tap.requests[len(tap.requests)-1]
	if last.URL.Path != "/api/policies/7/properties" || last.Header.Get("Cookie") == "" || last.Header.Get("Authorization") != "" {
		t.Errorf("the console got %s with %v", last.URL, last.Header)
	}
	if err := client.Do(ctx, secureaccess.Request{Path: "/api/v1/sa/groups/{group_id}", Args: []string{"none"}}, &group); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := client.Do(ctx, secureaccess.Request{Path: "api/v1/sa"}, &raw); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}

// What a server put into a state or an id does not break an error's line.
func TestSyncError_oneLine(t *testing.T) {
	e := &pulseone.SyncError{GroupID: "g\x1b[31m", State: "publish_failed\nX: y", Failed: make([]string, 1000)}
	if text := e.Error(); strings.ContainsAny(text, "\n\x1b") || len(text) > 1100 || !strings.Contains(text, "and 990 more") {
		t.Errorf("%q", text)
	}
}
