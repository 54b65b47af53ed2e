package icstest

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// RealmKind is the kind of server behind a realm. It decides how user names are compared: local and RADIUS servers do so
// letter for letter, directories without regard to case, and Active Directory takes DOMAIN\name and name@domain
// for name.
type RealmKind string

// Values of RealmKind.
const (
	RealmKindLocal  RealmKind = "local"
	RealmKindAD     RealmKind = "ad"
	RealmKindLDAP   RealmKind = "ldap"
	RealmKindRADIUS RealmKind = "radius"
)

// Realm is an administrator realm.
type Realm struct {
	Name  string
	Kind  RealmKind // RealmKindLocal by default
	Users []User
}

// User is an administrator.
type User struct {
	Name     string
	Password string
	Code     string // the second factor; a realm of any kind asks for it where there is one
	NoREST   bool   // may not use the REST API, which is how appliances come
}

type challenge struct{ realm, user, code string }

// AddRealm adds a realm, or replaces the one of that name, and puts it into the configuration.
func (s *Server) AddRealm(realm Realm) {
	if realm.Kind == "" {
		realm.Kind = RealmKindLocal
	}
	realm.Users = append([]User(nil), realm.Users...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.realms[realm.Name] = &realm
	_, _ = s.change(ics.Path{"administrators", "admin-realms", "realm", realm.Name}, func(old any, exists bool) (any, error) {
		if exists {
			return old, nil
		}
		return map[string]any{
			"name":                  realm.Name,
			"authentication-policy": map[string]any{"source-ip": map[string]any{"customized": "any-ip", "ips": map[string]any{"ip": []any{}}}},
			"role-mapping-rules":    map[string]any{"user-selects-role": "false", "user-selects-roleset": "false", "rule": []any{}},
		}, nil
	})
}

// DisableLegacyLogin takes GET /api/v1/auth away, as releases from 22.7R2.1 on do.
func (s *Server) DisableLegacyLogin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legacyLogin = false
}

// ExpireKeys makes the keys that were issued so far worthless.
func (s *Server) ExpireKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.keys)
}

// KeysIssued counts the keys that were issued.
func (s *Server) KeysIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keysIssued
}

// authenticate lets requests with a valid key through, sign-ins with any credentials, and all questions for the health.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, operations []*contract.Endpoint) bool {
	signIn := strings.TrimSuffix(r.URL.Path, "/") == legacyAuthPath
	if len(operations) > 0 {
		switch operations[0].Auth {
		case "none":
			return true
		case "basic_password":
			signIn = true
		}
	}
	_, _, ok := r.BasicAuth()
	if ok = ok && signIn || s.authenticated(r); !ok {
		refuse(w, http.StatusUnauthorized, "Invalid credentials")
	}
	return ok
}

// authenticated reports whether a request has a key that is good, and notes its use.
func (s *Server) authenticated(r *http.Request) bool {
	key, password, ok := r.BasicAuth()
	if !ok || password != "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if same(key, s.standing) {
		return true
	}
	used, ok := s.keys[key]
	now := s.Clock().Now()
	if !ok || now.Sub(used) >= s.idleTimeout() {
		delete(s.keys, key)
		return false
	}
	s.keys[key] = now
	return true
}

// idleTimeout is how long a key lives unused, as the configuration has it. The lock is held.
func (s *Server) idleTimeout() time.Duration {
	value, _ := find(s.tree, ics.Path{"administrators", "admin-roles", "admin-role", ".Administrators", "general", "session-options", "idle-timeout"})
	text, _ := value.(string)
	if minutes, err := strconv.Atoi(text); err == nil && minutes > 0 {
		return time.Duration(minutes) * time.Minute
	}
	return 10 * time.Minute
}

func (s *Server) realmAuth(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body struct {
		Realm    string `json:"realm"`
		ResumeID string `json:"resume_id"`
	}
	if !decode(w, r, &body) {
		return
	}
	name, password, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	realm := s.realms[body.Realm]
	if realm == nil {
		refuse(w, http.StatusUnauthorized, "Invalid credentials")
		return
	}
	if body.ResumeID != "" {
		asked, ok := s.challenges[body.ResumeID]
		delete(s.challenges, body.ResumeID)
		if !ok || asked.realm != realm.Name || asked.user != name || !same(asked.code, password) {
			refuse(w, http.StatusUnauthorized, "Invalid credentials")
			return
		}
		s.issueKey(w)
		return
	}
	user := realm.user(name)
	switch {
	case user == nil || !same(user.Password, password):
		refuse(w, http.StatusUnauthorized, "Invalid credentials")
	case user.NoREST || !s.sourceAllowed(realm.Name, r.RemoteAddr):
		refuse(w, http.StatusForbidden, "Access to REST APIs is not allowed")
	case user.Code != "":
		id := token(12)
		s.challenges[id] = challenge{realm.Name, name, user.Code}
		fake.JSON(w, http.StatusOK, map[string]string{"resume_id": id})
	default:
		s.issueKey(w)
	}
}

func (s *Server) legacyAuth(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	name, password, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.legacyLogin {
		refuse(w, http.StatusNotFound, "Requested resource does not exist")
		return
	}
	for _, realm := range s.realms {
		if user := realm.user(name); realm.Kind == RealmKindLocal && user != nil && same(user.Password, password) && !user.NoREST {
			s.issueKey(w)
			return
		}
	}
	refuse(w, http.StatusUnauthorized, "Invalid credentials")
}

// issueKey responds with a new key. The lock is held.
func (s *Server) issueKey(w http.ResponseWriter) {
	key := newKey()
	s.keys[key] = s.Clock().Now()
	s.keysIssued++
	fake.JSON(w, http.StatusOK, map[string]string{"api_key": key})
}

// user returns the user of a name, nil if there is none.
func (r *Realm) user(name string) *User {
	if r.Kind == RealmKindAD {
		if _, account, ok := strings.Cut(name, `\`); ok {
			name = account
		}
		name, _, _ = strings.Cut(name, "@")
	}
	for i := range r.Users {
		known := r.Users[i].Name
		if known == name || (r.Kind == RealmKindAD || r.Kind == RealmKindLDAP) && strings.EqualFold(known, name) {
			return &r.Users[i]
		}
	}
	return nil
}

// sourceAllowed reports whether the configuration lets administrators of a realm come from an address. The lock is held.
func (s *Server) sourceAllowed(realm, remote string) bool {
	value, _ := find(s.tree, ics.Path{"administrators", "admin-realms", "realm", realm, "authentication-policy", "source-ip"})
	policy, _ := value.(map[string]any)
	if policy["customized"] != string(ics.SourceIPModeSelected) {
		return true
	}
	host, _, _ := net.SplitHostPort(remote)
	ip := net.ParseIP(host)
	rules, _ := find(policy, ics.Path{"ips", "ip"})
	list, _ := rules.([]any)
	for _, rule := range list {
		fields, _ := rule.(map[string]any)
		address, _ := fields["address"].(string)
		netmask, _ := fields["netmask"].(string)
		network := net.IPNet{IP: net.ParseIP(address), Mask: net.CIDRMask(32, 32)}
		if mask := net.ParseIP(netmask).To4(); mask != nil {
			network.Mask = net.IPMask(mask)
		}
		network.IP = network.IP.Mask(network.Mask)
		if network.IP != nil && network.Contains(ip) {
			return fields["access"] == string(ics.SourceIPAccessAllow)
		}
	}
	return false
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
