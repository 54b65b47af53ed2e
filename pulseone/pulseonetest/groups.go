package pulseonetest

import (
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Outcome is how a publish ends for an appliance.
type Outcome string

// Values of Outcome.
const (
	OutcomeSucceeds  Outcome = ""
	OutcomeConflicts Outcome = "conflict" // it runs something else than was published
	OutcomeFails     Outcome = "publish_failed"
)

// group is a configuration group. Its members are ids alone: their states are those of the appliances.
type group struct {
	pulseone.Group
	blockTypes []string
	published  string     // the master's commit that was published last
	rendering  *time.Time // until when the master's new commit is being rendered
}

// AddGroup adds a group with members and a master and returns its id; both may be left out. What the members run is
// not published yet.
func (s *Server) AddGroup(name, masterID string, memberIDs ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &group{Group: pulseone.Group{ID: s.newID(), Name: name, MasterApplianceID: masterID}}
	if masterID != "" {
		g.blockTypes = []string{"user-roles.user-role"}
	}
	s.groups = append(s.groups, g)
	for _, id := range memberIDs {
		if a := s.appliance(id); a != nil {
			s.join(g, a)
		}
	}
	return g.ID
}

// Groups returns what the server has.
func (s *Server) Groups() []pulseone.Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	list := make([]pulseone.Group, len(s.groups))
	for i, g := range s.groups {
		list[i] = s.view(g)
	}
	return list
}

// SetOutcome decides how publishes end for an appliance from now on.
func (s *Server) SetOutcome(applianceID string, outcome Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.appliance(applianceID); a != nil {
		a.outcome = outcome
	}
}

// ChangeConfig has an appliance report a new configuration, as after work on the appliance itself. The groups that it
// is the master of have to be published again; as a member it is in conflict.
func (s *Server) ChangeConfig(applianceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	a := s.appliance(applianceID)
	if a == nil {
		return
	}
	s.commit(a)
	for _, g := range s.groups {
		switch {
		case sameID(g.MasterApplianceID, a.ID):
			until := s.Clock().Now().Add(s.stage)
			g.rendering = &until
		case g.has(a.ID):
			a.ConfigState = pulseone.ConfigStateConflict
		}
	}
}

// KeepLocal has an administrator decide that a member in conflict keeps what it runs.
func (s *Server) KeepLocal(groupID, applianceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.group(groupID); g != nil && g.has(applianceID) {
		s.appliance(applianceID).ConfigState = pulseone.ConfigStateIgnore
	}
}

// group finds a group. The lock is held.
func (s *Server) group(id string) *group {
	for _, g := range s.groups {
		if sameID(g.ID, id) {
			return g
		}
	}
	return nil
}

func (g *group) index(applianceID string) int {
	return slices.IndexFunc(g.Members, func(m pulseone.GroupMember) bool { return sameID(m.ApplianceID, applianceID) })
}

func (g *group) has(applianceID string) bool { return g.index(applianceID) >= 0 }

func (g *group) remove(applianceID string) {
	if i := g.index(applianceID); i >= 0 {
		g.Members = slices.Delete(g.Members, i, i+1)
	}
}

// join moves an appliance to a group. The lock is held.
func (s *Server) join(g *group, a *appliance) {
	for _, other := range s.groups {
		other.remove(a.ID)
	}
	a.GroupID, a.ConfigState, a.publish = g.ID, pulseone.ConfigStatePublishRequired, nil
	g.Members = append(g.Members, pulseone.GroupMember{ApplianceID: a.ID})
}

// leave takes an appliance out of its group. What it runs is its own then. The lock is held.
func (s *Server) leave(g *group, a *appliance) {
	g.remove(a.ID)
	a.GroupID, a.ConfigState, a.publish = "", "", nil
	if len(a.commits) > 0 {
		a.ConfigState = pulseone.ConfigStateInSync
	}
}

// members returns the appliances of a group. The lock is held.
func (s *Server) members(g *group) []*appliance {
	list := make([]*appliance, 0, len(g.Members))
	for _, m := range g.Members {
		if a := s.appliance(m.ApplianceID); a != nil {
			list = append(list, a)
		}
	}
	return list
}

// view is a group as it is seen now. The lock is held.
func (s *Server) view(g *group) pulseone.Group {
	seen := g.Group
	seen.Members = []pulseone.GroupMember{}
	for _, a := range s.members(g) {
		seen.Members = append(seen.Members, pulseone.GroupMember{ApplianceID: a.ID, ConfigState: a.ConfigState})
	}
	seen.ConfigState = s.state(g)
	return seen
}

func (s *Server) groupRoutes() {
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
		fake.JSON(w, http.StatusOK, map[string]any{"items": s.Groups()})
	}, "pulseone.appliance_groups.list")
	s.api.Handle(s.createGroup, "pulseone.appliance_groups.create")
	one := handlerOf(s, "group", "group_id", s.group)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, g *group, _ fake.Params) {
		fake.JSON(w, http.StatusOK, s.view(g))
	}), "pulseone.appliance_groups.get")
	s.api.Handle(one(s.updateGroup), "pulseone.appliance_groups.update")
	s.api.Handle(one(s.addMembers), "pulseone.appliance_groups.add_members")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, g *group, _ fake.Params) {
		for _, a := range s.members(g) {
			s.leave(g, a)
		}
		s.groups = slices.DeleteFunc(s.groups, func(other *group) bool { return g == other })
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.appliance_groups.delete")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, g *group, _ fake.Params) {
		fake.JSON(w, http.StatusOK, map[string]any{"id": g.ID, "members": s.view(g).Members})
	}), "pulseone.appliance_groups.list_members")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, g *group, p fake.Params) {
		s.addAll(w, g, p["appliance_id"])
	}), "pulseone.appliance_groups.add_member")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, g *group, p fake.Params) {
		if !g.has(p["appliance_id"]) {
			notFound(w, "member")
			return
		}
		s.leave(g, s.appliance(p["appliance_id"]))
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.appliance_groups.remove_member")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, g *group, _ fake.Params) {
		types := g.blockTypes
		if types == nil {
			types = []string{}
		}
		fake.JSON(w, http.StatusOK, pulseone.GroupConfig{
			MasterApplianceID: g.MasterApplianceID, BlockTypes: types, ConfigState: s.state(g),
		})
	}), "pulseone.appliance_groups.get_config")
	s.api.Handle(one(s.configureGroup), "pulseone.appliance_groups.update_config")
	s.api.Handle(one(s.publishGroup), "pulseone.appliance_groups.publish")
}

func (s *Server) createGroup(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body pulseone.GroupCreate
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &group{Group: pulseone.Group{ID: s.newID(), Name: body.Name, Description: body.Description}}
	s.groups = append(s.groups, g)
	fake.JSON(w, http.StatusOK, g.Group)
}

func (s *Server) updateGroup(w http.ResponseWriter, r *http.Request, g *group, _ fake.Params) {
	var body pulseone.GroupUpdate
	if !decode(w, r, &body) {
		return
	}
	g.Name = body.Name
	if body.Description != nil {
		g.Description = *body.Description
	}
	fake.JSON(w, http.StatusOK, pulseone.Group{ID: g.ID, Name: g.Name, Description: g.Description})
}

func (s *Server) addMembers(w http.ResponseWriter, r *http.Request, g *group, _ fake.Params) {
	var body struct {
		ID      string                 `json:"id"`
		Members []pulseone.GroupMember `json:"members"`
	}
	if !decode(w, r, &body) {
		return
	}
	ids := make([]string, len(body.Members))
	for i, m := range body.Members {
		ids[i] = m.ApplianceID
	}
	s.addAll(w, g, ids...)
}

// addAll adds all appliances or none. The lock is held.
func (s *Server) addAll(w http.ResponseWriter, g *group, ids ...string) {
	for _, id := range ids {
		a := s.appliance(id)
		switch {
		case a == nil:
			notFound(w, "appliance")
			return
		case a.Cluster != nil:
			refuse(w, http.StatusBadRequest, pulseone.CodeGroupTargetApplianceConflict, "the appliance is a member of a cluster")
			return
		}
	}
	for _, id := range ids {
		s.join(g, s.appliance(id))
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) configureGroup(w http.ResponseWriter, r *http.Request, g *group, _ fake.Params) {
	var body pulseone.GroupConfigUpdate
	if !decode(w, r, &body) {
		return
	}
	master := s.appliance(body.MasterApplianceID)
	if master == nil || master.State != pulseone.ApplianceStateRegistered {
		refuse(w, http.StatusBadRequest, pulseone.CodeGroupMasterApplianceConflict, "the master has to be a registered appliance")
		return
	}
	g.MasterApplianceID, g.blockTypes = master.ID, body.BlockTypes
	w.WriteHeader(http.StatusNoContent)
}
