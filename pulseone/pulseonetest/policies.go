package pulseonetest

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Policies returns the policies of workspaces, in their order.
func (s *Server) Policies() []pulseone.Policy {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]pulseone.Policy, len(s.admin.policies))
	for i, p := range s.admin.policies {
		list[i] = *p
	}
	return list
}

// consolePolicy finds a policy. The lock is held.
func (s *Server) consolePolicy(id string) *pulseone.Policy {
	for _, p := range s.admin.policies {
		if strconv.FormatInt(p.ID, 10) == id {
			return p
		}
	}
	return nil
}

func (s *Server) policyRoutes() {
	one := handlerOf(s, "policy", "policy_id", s.consolePolicy)
	s.api.Handle(s.createPolicy, "pulseone.policies.create")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, p *pulseone.Policy, _ fake.Params) {
		fake.JSON(w, http.StatusOK, p)
	}), "pulseone.policies.get")
	s.api.Handle(one(s.updatePolicy), "pulseone.policies.update")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, p *pulseone.Policy, _ fake.Params) {
		s.admin.policies = slices.DeleteFunc(s.admin.policies, func(other *pulseone.Policy) bool { return other == p })
		fake.JSON(w, http.StatusOK, map[string]any{"msg": "deleted policy group " + strconv.FormatInt(p.ID, 10), "success": true})
	}), "pulseone.policies.delete")
}

func (s *Server) createPolicy(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	mode := pulseone.DeviceOwnerModeAll
	added := &pulseone.Policy{DeviceOwnerMode: &mode}
	if !decode(w, r, added) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.nameFree(w, added) {
		return
	}
	s.admin.lastPolicy++
	now := secureaccess.At(s.Clock().Now().UTC())
	added.ID, added.Seq, added.CreatedOn = s.admin.lastPolicy, s.admin.lastPolicy, now
	s.edited(added)
	s.admin.policies = append(s.admin.policies, added)
	seen := *added
	seen.GeofencingArea = nil
	for _, area := range added.GeofencingArea { // their ids alone, as in the document's example
		seen.GeofencingArea = append(seen.GeofencingArea, pulseone.GeofencingArea{ID: area.ID})
	}
	fake.JSON(w, http.StatusCreated, seen)
}

// updatePolicy changes what the body has.
func (s *Server) updatePolicy(w http.ResponseWriter, r *http.Request, p *pulseone.Policy, _ fake.Params) {
	changed := *p
	changed.LDAPGroups, changed.GeofencingArea = slices.Clone(p.LDAPGroups), slices.Clone(p.GeofencingArea)
	if p.DeviceOwnerMode != nil {
		mode := *p.DeviceOwnerMode
		changed.DeviceOwnerMode = &mode
	}
	if !decode(w, r, &changed) {
		return
	}
	changed.ID, changed.Seq, changed.CreatedOn = p.ID, p.Seq, p.CreatedOn
	if !s.nameFree(w, &changed) {
		return
	}
	s.edited(&changed)
	*p = changed
	fake.JSON(w, http.StatusOK, p)
}

// edited puts a policy into the state of one that was changed. The lock is held.
func (s *Server) edited(p *pulseone.Policy) {
	p.Edited, p.State, p.ModifiedOn = 1, pulseone.PolicyStateEdited, secureaccess.At(s.Clock().Now().UTC())
}

// nameFree refuses a name that another policy of the type has. The lock is held.
func (s *Server) nameFree(w http.ResponseWriter, p *pulseone.Policy) bool {
	for _, other := range s.admin.policies {
		if other.ID != p.ID && other.Name == p.Name && other.Type == p.Type && p.Type != pulseone.PolicyTypeFlattened {
			refuse(w, http.StatusBadRequest, "40000", "another policy has that name")
			return false
		}
	}
	return true
}
