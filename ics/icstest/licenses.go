package icstest

import (
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// SetLicenseServer gives the appliance the role of a license server, or takes it away. It begins as a license client.
func (s *Server) SetLicenseServer(server bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.licenseServer = server
}

// SetLeases sets what a license server has leased.
func (s *Server) SetLeases(leases ics.LeaseInformation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leases = copyOf(leases)
}

// LeaseStatePulls counts how often the appliance was made to fetch its state from its license server.
func (s *Server) LeaseStatePulls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pulls
}

// AddNamedUser adds a named user of the appliance as a license client.
func (s *Server) AddNamedUser(user ics.NamedUser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.namedUsers = append(s.namedUsers, user)
}

// NamedUsers returns the named users of the appliance as a license client.
func (s *Server) NamedUsers() []ics.NamedUser {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.namedUsers)
}

// AddServerNamedUser adds a named user of a product that the appliance knows as a license server.
func (s *Server) AddServerNamedUser(product ics.LicensedProduct, user ics.ServerNamedUser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serverUsers[product] = append(s.serverUsers[product], user)
}

// ServerNamedUsers returns the named users of a product that the appliance knows as a license server.
func (s *Server) ServerNamedUsers(product ics.LicensedProduct) []ics.ServerNamedUser {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.serverUsers[product])
}

// inRole refuses a call for the other license role. The lock is held.
func (s *Server) inRole(w http.ResponseWriter, server bool) bool {
	if s.licenseServer == server {
		return true
	}
	text := "Not applicable on a license server"
	if server {
		text = "Not applicable on a license client or an independent appliance"
	}
	refuse(w, http.StatusUnprocessableEntity, text)
	return false
}

func (s *Server) leaseInformation(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inRole(w, true) {
		leases := copyOf(s.leases)
		if leases.Features.Items == nil {
			leases.Features.Items = []ics.LicenseFeature{}
		}
		for i := range leases.Features.Items {
			if clients := &leases.Features.Items[i].Clients; clients.Items == nil {
				clients.Items = []ics.LicenseClient{}
			}
		}
		fake.JSON(w, http.StatusOK, map[string]ics.LeaseInformation{"leased-license-counts": leases})
	}
}

func (s *Server) pullLeaseState(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inRole(w, false) {
		s.pulls++
		inform(w, http.StatusOK, "Success")
	}
}

func (s *Server) listNamedUsers(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.licenseServer {
		fake.JSON(w, http.StatusOK, ics.ServerNamedUsers{ICS: s.serverList(ics.LicensedProductICS), IPS: s.serverList(ics.LicensedProductIPS)})
		return
	}
	users := s.namedUsers
	if users == nil {
		users = []ics.NamedUser{}
	}
	fake.JSON(w, http.StatusOK, map[string][]ics.NamedUser{"named-users": users})
}

func (s *Server) listServerNamedUsers(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inRole(w, true) {
		fake.JSON(w, http.StatusOK, s.serverList(ics.LicensedProduct(p["product"])))
	}
}

// serverList lists the named users of a product on a license server. The lock is held.
func (s *Server) serverList(product ics.LicensedProduct) ics.ServerNamedUserList {
	return ics.ServerNamedUserList{Items: append([]ics.ServerNamedUser{}, s.serverUsers[product]...)}
}

type namedUsersChange struct {
	Action      string                  `json:"action"`
	EndSessions secureaccess.QuotedBool `json:"delete-active-sessions"`
	Users       []string                `json:"users"`
}

// hits reports whether a change is about a user.
func (c *namedUsersChange) hits(user string) bool {
	return c.Action == "remove-all" || slices.Contains(c.Users, user)
}

// text is what the appliance says about a change.
func (c *namedUsersChange) text() string {
	text := "Deleted user(s)"
	if c.Action == "remove-all" {
		text = "Deleted all user(s)"
	}
	if c.EndSessions {
		text += " and corresponding active sessions"
	}
	return text
}

func (s *Server) changeNamedUsers(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var change namedUsersChange
	if !decode(w, r, &change) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.inRole(w, false) {
		return
	}
	removed := map[string]bool{}
	s.namedUsers = slices.DeleteFunc(s.namedUsers, func(user ics.NamedUser) bool {
		hit := change.hits(user.User)
		removed[user.User] = removed[user.User] || hit
		return hit
	})
	if change.EndSessions {
		s.sessions = slices.DeleteFunc(s.sessions, func(session *ics.Session) bool { return removed[session.User] })
	}
	inform(w, http.StatusOK, change.text())
}

func (s *Server) changeServerNamedUsers(w http.ResponseWriter, r *http.Request, p fake.Params) {
	var change namedUsersChange
	if !decode(w, r, &change) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.inRole(w, true) {
		return
	}
	product := ics.LicensedProduct(p["product"])
	s.serverUsers[product] = slices.DeleteFunc(s.serverUsers[product], func(user ics.ServerNamedUser) bool { return change.hits(user.User) })
	inform(w, http.StatusOK, change.text())
}
