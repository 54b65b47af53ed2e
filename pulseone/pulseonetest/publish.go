package pulseonetest

import (
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// publish is a publish under way for one member.
type publish struct {
	began  time.Time
	commit string
}

// steps are the states of a member during a publish, one [Server.SetStage] each.
var steps = []pulseone.ConfigState{pulseone.ConfigStateRendering, "downloading", pulseone.ConfigStatePublishing}

// walk brings everything to where the clock is. The lock is held.
func (s *Server) walk() {
	now := s.Clock().Now()
	s.walkSchedules(now)
	s.walkTasks(now)
	for _, g := range s.groups {
		if g.rendering != nil && !now.Before(*g.rendering) {
			g.rendering = nil
			for _, a := range s.members(g) {
				if a.ConfigState != pulseone.ConfigStateIgnore {
					a.ConfigState = pulseone.ConfigStatePublishRequired
				}
			}
		}
		for _, a := range s.members(g) {
			if a.publish == nil {
				continue
			}
			if step := int(now.Sub(a.publish.began) / max(s.stage, 1)); step < len(steps) {
				a.ConfigState = steps[step]
				continue
			}
			if a.outcome == OutcomeSucceeds {
				s.run(a, a.publish.commit)
			} else {
				a.ConfigState = pulseone.ConfigState(a.outcome)
			}
			a.publish = nil
		}
	}
	for _, a := range s.appliances {
		if a.prescribed != "" && !now.Before(a.runsAt) {
			s.run(a, a.prescribed)
			a.prescribed = ""
		}
	}
}

// state is the state of a group by the states of its members, as the document's diagram has it. The lock is held.
func (s *Server) state(g *group) pulseone.GroupState {
	master := s.appliance(g.MasterApplianceID)
	if master == nil || len(g.blockTypes) == 0 {
		return ""
	}
	if len(master.commits) == 0 {
		return pulseone.GroupStateUnknown
	}
	if g.rendering != nil {
		return pulseone.GroupStateRendering
	}
	any := func(is func(pulseone.ConfigState) bool) bool {
		return slices.ContainsFunc(s.members(g), func(a *appliance) bool { return is(a.ConfigState) })
	}
	switch {
	case any(func(c pulseone.ConfigState) bool { return slices.Contains(steps, c) }):
		return pulseone.GroupStatePublishInProgress
	case any(pulseone.ConfigState.Failed):
		return pulseone.GroupStatePublishFailed
	case any(func(c pulseone.ConfigState) bool { return c == pulseone.ConfigStatePublishRequired }), g.published != master.ApplianceCommitID:
		return pulseone.GroupStatePublishRequired
	case any(pulseone.ConfigState.Conflict):
		return pulseone.GroupStatePublishConflict
	}
	return pulseone.GroupStateInSync
}

func (s *Server) publishGroup(w http.ResponseWriter, r *http.Request, g *group, _ fake.Params) {
	// The document has both names for the list. Whoever sends the other one must not publish to everybody.
	var body struct {
		Items []string `json:"items"`
		Item  []string `json:"item"`
	}
	if !decodeOptional(w, r, &body) {
		return
	}
	master := s.appliance(g.MasterApplianceID)
	if master == nil || len(g.blockTypes) == 0 || len(master.commits) == 0 {
		refuse(w, http.StatusBadRequest, pulseone.CodeGroupMasterApplianceConflict, "the group has no master, block types or configuration")
		return
	}
	targets := slices.Concat(body.Items, body.Item)
	if len(targets) == 0 {
		for _, m := range g.Members {
			targets = append(targets, m.ApplianceID)
		}
	}
	for _, id := range targets {
		if !g.has(id) {
			refuse(w, http.StatusBadRequest, pulseone.CodeGroupTargetApplianceConflict, "a target is not a member")
			return
		}
	}
	g.published = master.ApplianceCommitID
	for _, id := range targets {
		if a := s.appliance(id); a != master {
			a.publish = &publish{began: s.Clock().Now(), commit: g.published}
			a.ConfigState = steps[0]
		} else {
			a.ConfigState = pulseone.ConfigStateInSync
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
