package spstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// config is a configuration. Bodies are never changed in place, so that copies are cheap.
type config struct{ collections map[string]*collection }

// collection is what hangs below a path.
type collection struct {
	entries  []entry
	settings bool // single settings, which are neither made nor deleted
	once     bool // of secrets: written once, used once, never shown
}

type entry struct {
	key  string
	body []byte // references are keys
}

func (c *config) clone() *config {
	copied := &config{collections: make(map[string]*collection, len(c.collections))}
	for path, from := range c.collections {
		to := *from
		to.entries = slices.Clone(from.entries)
		copied.collections[path] = &to
	}
	return copied
}

func (c *collection) find(key string) int {
	return slices.IndexFunc(c.entries, func(e entry) bool { return e.key == key })
}

// furnish puts in what every appliance has.
func (s *Server) furnish() {
	s.furnishGuide()
	for _, path := range []string{"passwords", "private_keys"} {
		s.committed.collections[path] = &collection{once: true}
	}
	s.AddReference("time_policy", string(sps.TimePolicies))
	s.AddReference("content_policy", string(sps.ContentPolicies))
	s.AddReference("passwords", "passwords")
	s.AddReference("private_key", "private_keys")

	c := contract.MustLoad("sps")
	s.shapes[string(sps.RDPChannelPolicies)] = documented(c, "RDPChannelPolicy")
	s.shapes[string(sps.LocalUserDatabases)] = documented(c, "LocalUserDatabase")

	always := []sps.TimeInterval{sps.WholeDay}
	_ = s.AddObject(string(sps.TimePolicies), "-100", sps.TimePolicy{
		Name: "7x24", Mon: always, Tue: always, Wed: always, Thu: always, Fri: always, Sat: always, Sun: always,
	})
	_ = s.AddObject(string(sps.RDPChannelPolicies), "-20100", json.RawMessage(`{"name":"all","rules":[{"actions":{"audit":true,"content_policy":null,`+
		`"four_eyes":false,"ids":false},"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},"channel":"#drawing"}]}`))
	_ = s.AddSetting("datetime/timezone", "Europe/Budapest")
	_ = s.AddSetting("management/accounting", map[string]any{"require_commitlog": false})
}

// AddObject puts an object into the configuration, past all transactions, and makes the collection if there is none.
// References in the body are keys. Keys that begin with "-" are built in. What the body has beyond the documented
// members is known to this appliance from then on. The error is that of a body that cannot be written as JSON.
func (s *Server) AddObject(endpoint, key string, body any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(endpoint, key, body, false)
}

// AddSetting puts a single setting into the configuration: "datetime/timezone". The error is that of a value that cannot
// be written as JSON.
func (s *Server) AddSetting(path string, value any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent, key := split(path)
	return s.put(parent, key, value, true)
}

func (s *Server) put(endpoint, key string, value any, setting bool) error {
	data, err := secureaccess.Marshal(value)
	if err != nil {
		return fmt.Errorf("spstest: %s/%s: %w", endpoint, key, err)
	}
	node, err := jsontree.Parse(data)
	if err != nil {
		return fmt.Errorf("spstest: %s/%s: %w", endpoint, key, err)
	}
	if known := s.shapes[endpoint]; known != nil {
		known.learn(node)
	}
	views := []*config{s.committed}
	if s.tx != nil {
		views = append(views, s.tx.working)
	}
	for _, view := range views {
		c := view.collections[endpoint]
		if c == nil {
			c = &collection{settings: setting}
			view.collections[endpoint] = c
		}
		e := entry{key: key, body: node.Bytes()}
		if i := c.find(key); i >= 0 {
			c.entries[i] = e
		} else {
			c.entries = append(c.entries, e)
		}
	}
	return nil
}

// AddCollection makes an empty collection: "policies/ldap_servers".
func (s *Server) AddCollection(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed.collections[endpoint] == nil {
		s.committed.collections[endpoint] = &collection{}
		if s.tx != nil {
			s.tx.working.collections[endpoint] = &collection{}
		}
	}
}

// AddReference says that members of a name, at any depth, refer to objects of a collection: one by its key or a list of
// keys. Responses embed such references, and requests have to have the key of an object that there is.
func (s *Server) AddReference(member, endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.relations[member] = endpoint
}

// Object returns the body of an object as it was committed last, with references as keys; nil if there is none.
func (s *Server) Object(endpoint, key string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.committed.collections[endpoint]
	if c == nil {
		return nil
	}
	if i := c.find(key); i >= 0 {
		return bytes.Clone(c.entries[i].body)
	}
	return nil
}

// Keys returns the keys of a collection as it was committed last.
func (s *Server) Keys(endpoint string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	if c := s.committed.collections[endpoint]; c != nil {
		for _, e := range c.entries {
			keys = append(keys, e.key)
		}
	}
	return keys
}

// Dump returns the whole configuration as it was committed last: equal bytes are an equal configuration.
func (s *Server) Dump() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(s.committed.collections)) {
		for _, e := range s.committed.collections[path].entries {
			fmt.Fprintf(&b, "%s/%s %s\n", path, e.key, e.body)
		}
	}
	return b.Bytes()
}

// Commits returns what was committed so far.
func (s *Server) Commits() []Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commits)
}

// RequireCommitMessage makes the server ask for a message with each commit.
func (s *Server) RequireCommitMessage(required bool) {
	_ = s.AddSetting("management/accounting", map[string]any{"require_commitlog": required})
}

// Lock holds the configuration, as somebody who edits it in the web interface does, or lets it go.
func (s *Server) Lock(locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = locked
}
