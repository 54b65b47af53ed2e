package sasetest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sase"
)

// AddGroup adds a group and returns it, with an id if it had none. Its Users are ids of users.
func (s *Server) AddGroup(group sase.Group) sase.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addGroup(group)
}

// addGroup adds a group. The lock is held.
func (s *Server) addGroup(group sase.Group) sase.Group {
	if group.ID == "" {
		group.ID = s.newID("group-")
	}
	// Lists are never null on the wire.
	s.groups = append(s.groups, copyGroup(group))
	return copyGroup(group)
}

// Groups returns the groups, oldest first.
func (s *Server) Groups() []sase.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	groups := make([]sase.Group, len(s.groups))
	for i, g := range s.groups {
		groups[i] = copyGroup(g)
	}
	return groups
}

// copyGroup returns a group that shares no list with g.
func copyGroup(g sase.Group) sase.Group {
	for _, list := range []*[]string{&g.Applications, &g.Networks, &g.VPNLocations, &g.Users} {
		*list = append([]string{}, *list...)
	}
	return g
}

// group returns the group with that id, nil for none. The lock is held.
func (s *Server) group(id string) *sase.Group {
	for i := range s.groups {
		if s.groups[i].ID == id {
			return &s.groups[i]
		}
	}
	return nil
}

func without(list []string, value string) []string {
	return slices.DeleteFunc(list, func(v string) bool { return v == value })
}

func (s *Server) createGroup(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body sase.GroupCreate
	if !s.decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	if slices.ContainsFunc(s.groups, func(g sase.Group) bool { return strings.EqualFold(g.Name, body.Name) }) {
		s.mu.Unlock()
		s.refuse(w, http.StatusBadRequest, "DUPLICATE_GROUP", "the group is not created")
		return
	}
	group := s.addGroup(sase.Group{Name: body.Name})
	s.mu.Unlock()
	fake.JSON(w, http.StatusCreated, group)
}

func (s *Server) listGroups(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	writePage(s, w, r, s.Groups(), []string{"id", "name"}, func(g sase.Group, name string) string {
		switch name {
		case "id":
			return g.ID
		case "name":
			return g.Name
		}
		return ""
	})
}

func (s *Server) deleteGroup(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	i := slices.IndexFunc(s.groups, func(g sase.Group) bool { return g.ID == p["id"] })
	if i < 0 {
		s.mu.Unlock()
		s.refuse(w, http.StatusNotFound, "", "no such group")
		return
	}
	group := s.groups[i]
	s.groups = slices.Delete(s.groups, i, i+1)
	s.mu.Unlock()
	fake.JSON(w, http.StatusOK, group)
}

func (s *Server) addMember(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.changeMembers(w, http.StatusCreated, p, func(users []string, id string) []string {
		return append(without(users, id), id)
	})
}

func (s *Server) removeMember(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.changeMembers(w, http.StatusOK, p, without)
}

// changeMembers responds with a group after a change of its members by a user that has to exist.
func (s *Server) changeMembers(w http.ResponseWriter, status int, p fake.Params, change func(users []string, id string) []string) {
	s.mu.Lock()
	group := s.group(p["groupId"])
	known := slices.ContainsFunc(s.users, func(u sase.User) bool { return u.ID == p["userId"] })
	if group == nil || !known {
		s.mu.Unlock()
		s.refuse(w, http.StatusNotFound, "", "no such group or user")
		return
	}
	group.Users = change(group.Users, p["userId"])
	changed := copyGroup(*group)
	s.mu.Unlock()
	fake.JSON(w, status, changed)
}
