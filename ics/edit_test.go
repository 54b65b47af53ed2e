package ics_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// TestConfiguration_Edit_keepsUnknownMembers checks the very bytes that are put back.
func TestConfiguration_Edit_keepsUnknownMembers(t *testing.T) {
	const old = `{"ad-group": [{"name": "a", "group": "a", "sid": "S-1", "color": 1.50}, {"name": "b", "group": "b", "Name": "B"}], "filter": {"x": null}}`
	var put string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			respond(w, 200, old)
			return
		}
		body, _ := io.ReadAll(r.Body)
		put = string(body)
		respond(w, 200, `{}`)
	})
	for want, edit := range map[string]func() error{
		`{"ad-group":[{"name":"a","group":"a","sid":"S-1","color":1.50},{"name":"b","group":"b","Name":"B"},{"group":"c","name":"c"}],"filter":{"x":null}}`: func() error {
			return second(client.ADGroups.Add(t.Context(), "AD", ics.ADGroup{Group: "c", Name: "c"}))
		},
		`{"ad-group":[{"color":1.50,"group":"c","name":"c"},{"name":"b","group":"b","Name":"B"}],"filter":{"x":null}}`: func() error {
			return second(client.ADGroups.Replace(t.Context(), "AD", "a", ics.ADGroup{Group: "c", Name: "c"}))
		},
		`{"ad-group":[{"color":2,"group":"c","name":"c"},{"name":"b","group":"b","Name":"B"}],"filter":{"x":null}}`: func() error {
			return second(client.ADGroups.Replace(t.Context(), "AD", "a", ics.ADGroup{Group: "c", Name: "c", Extra: secureaccess.Extra{"color": json.RawMessage("2")}}))
		},
		`{"ad-group":[{"name":"b","group":"b","Name":"B"}],"filter":{"x":null}}`: func() error {
			return second(client.ADGroups.Remove(t.Context(), "AD", "a"))
		},
		`{"ad-group":[],"filter":{"x":null}}`: func() error {
			return second(client.Configuration.Edit(t.Context(), ics.Path{"x"}, "ad-group", func([]json.RawMessage) ([]json.RawMessage, error) { return nil, nil }))
		},
		`{"ad-group":[{"name":"a","group":"a","sid":"S-1","color":1.50},{"name":"b","group":"b","Name":"B"}],"filter":{"x":null},"new":[1]}`: func() error {
			return second(client.Configuration.Edit(t.Context(), ics.Path{"x"}, "new", func(entries []json.RawMessage) ([]json.RawMessage, error) {
				return append(entries, json.RawMessage("1")), nil
			}))
		},
	} {
		if err := edit(); err != nil {
			t.Fatal(err)
		}
		if put != want {
			t.Errorf("what was put is\n%s, not\n%s", put, want)
		}
	}
}

// TestConfiguration_Edit_concurrent has somebody else change the list between the reading and the writing.
func TestConfiguration_Edit_concurrent(t *testing.T) {
	var reads, writes atomic.Int32
	lists := []string{
		`{"ad-group": [{"name": "a", "group": "a"}]}`,
		`{"ad-group": [{"group": "a", "name": "a"}, {"name": "b", "group": "b"}]}`,
	}
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			writes.Add(1)
			respond(w, 200, `{}`)
			return
		}
		respond(w, 200, lists[min(int(reads.Add(1))-1, len(lists)-1)])
	})
	_, err := client.ADGroups.Remove(t.Context(), "AD", "a")
	if !errors.Is(err, ics.ErrConcurrentChange) || !errors.Is(err, secureaccess.ErrConflict) || writes.Load() != 0 {
		t.Errorf("%d writes, and %v", writes.Load(), err)
	}
	// Whoever tries again finds the list at rest.
	if _, err := client.ADGroups.Remove(t.Context(), "AD", "a"); err != nil || writes.Load() != 1 {
		t.Errorf("%d writes, and %v", writes.Load(), err)
	}
	// The same list in another order of members is the same list.
	reads.Store(0)
	lists = []string{lists[0], `{"ad-group": [{"group": "a", "name": "a"}]}`}
	if _, err := client.ADGroups.Remove(t.Context(), "AD", "a"); err != nil {
		t.Error(err)
	}
}

func TestConfiguration_Edit_noChange(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Error("something was written")
		}
		respond(w, 200, `{"user-group": [{"name": "a"}]}`)
	})
	result, err := client.Configuration.Edit(t.Context(), ics.Path{"x"}, "user-group", func(entries []json.RawMessage) ([]json.RawMessage, error) {
		return slices.Clone(entries), nil
	})
	if err != nil || len(result.Info) != 0 {
		t.Errorf("%v, %v", result, err)
	}
	// No list is an empty one.
	if _, err := client.Configuration.Edit(t.Context(), ics.Path{"x"}, "ad-group", func(entries []json.RawMessage) ([]json.RawMessage, error) {
		return entries, nil
	}); err != nil {
		t.Error(err)
	}
	stop := errors.New("stop")
	if _, err := client.Configuration.Edit(t.Context(), ics.Path{"x"}, "user-group", func([]json.RawMessage) ([]json.RawMessage, error) {
		return nil, stop
	}); !errors.Is(err, stop) {
		t.Errorf("a change that gives up gives %v", err)
	}
	_, err = client.Configuration.Edit(t.Context(), ics.Path{"x"}, "user-group", func([]json.RawMessage) ([]json.RawMessage, error) {
		return []json.RawMessage{[]byte("{")}, nil
	})
	if err == nil || !strings.Contains(err.Error(), "JSON") {
		t.Errorf("an entry that is no JSON gives %v", err)
	}
}

func TestConfiguration_Edit_noList(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, `{"user-group": "a"}`) })
	_, err := client.LDAPGroups.Remove(t.Context(), "LDAP", "a")
	if !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a text in the place of the list gives %v", err)
	}
}
