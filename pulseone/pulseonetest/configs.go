package pulseonetest

import (
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func (s *Server) configRoutes() {
	one := handlerOf(s, "appliance", "device_id", s.appliance)
	s.api.Handle(one(func(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
		if s.foreign(w, r, a.ID) {
			return
		}
		if len(a.commits) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fake.JSON(w, http.StatusOK, pulseone.HeadCommit{Commit: a.ApplianceCommitID, PrescribedCommit: a.prescribed})
	}), "pulseone.appliance_configs.get_head")
	s.api.Handle(one(s.putHead), "pulseone.appliance_configs.put_head", "pulseone.appliance_configs.rollback_head", "pulseone.appliance_configs.roll_forward_head", "pulseone.appliance_configs.promote_head")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		list := make([]pulseone.Commit, 0, len(a.commits))
		for _, c := range slices.Backward(a.commits) {
			list = append(list, pulseone.Commit{ID: c.id, Date: secureaccess.At(c.date)})
		}
		fake.JSON(w, http.StatusOK, map[string]any{"items": list})
	}), "pulseone.appliance_configs.list_commits")
	s.api.Handle(s.diff, "pulseone.appliance_configs.diff_commits")
}

// putHead tells the four uses of the operation apart by the values, as Pulse One does. An appliance only reports, and
// only what it runs itself.
func (s *Server) putHead(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	var body pulseone.HeadCommit
	if s.foreign(w, r, a.ID) || !decode(w, r, &body) {
		return
	}
	previous := ""
	if n := len(a.commits); n > 1 {
		previous = a.commits[n-2].id
	}
	switch {
	case body.Commit == "":
		refuse(w, http.StatusBadRequest, "40000", "commit is missing")
	case body.PrescribedCommit != "" && s.caller(r) != nil:
		refuse(w, http.StatusForbidden, "40300", "an administrator prescribes")
	case body.PrescribedCommit == "": // a report
		if body.Commit != a.ApplianceCommitID {
			s.run(a, body.Commit)
		}
		a.prescribed = ""
		w.WriteHeader(http.StatusNoContent)
	case body.Commit != a.ApplianceCommitID:
		refuse(w, http.StatusConflict, pulseone.CodeConfigCommitConflict, "the appliance is running another commit")
	case body.PrescribedCommit == body.Commit: // roll forward
		a.prescribed = ""
		w.WriteHeader(http.StatusNoContent)
	case body.PrescribedCommit == a.PendingCommitID: // promote
		a.PendingCommitID = ""
		s.prescribe(w, a, body.PrescribedCommit)
	case body.PrescribedCommit == previous: // roll back
		s.prescribe(w, a, body.PrescribedCommit)
	case a.PendingCommitID == "" && previous != "":
		refuse(w, http.StatusConflict, "40900", "not the configuration before this one")
	default:
		refuse(w, http.StatusNotFound, "40400", "no such pending commit")
	}
}

// prescribe has an appliance take a commit, which takes it one stage. The lock is held.
func (s *Server) prescribe(w http.ResponseWriter, a *appliance, commit string) {
	a.prescribed, a.runsAt = commit, s.Clock().Now().Add(s.stage)
	w.WriteHeader(http.StatusNoContent)
}

// diff knows no blocks: two commits of the server differ in the blocks of the document's example, one commit from
// itself in nothing.
func (s *Server) diff(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	from, to := r.URL.Query().Get("from"), r.URL.Query().Get("to")
	s.mu.Lock()
	defer s.mu.Unlock()
	known := func(id string) bool {
		return slices.ContainsFunc(s.appliances, func(a *appliance) bool {
			return slices.ContainsFunc(a.commits, func(c commit) bool { return c.id == id })
		})
	}
	if !known(to) || from != "" && !known(from) {
		refuse(w, http.StatusNotFound, pulseone.CodeConfigBlockNotFound, "no such commit")
		return
	}
	if from == to {
		fake.JSON(w, http.StatusOK, map[string]any{"items": []any{}})
		return
	}
	s.api.Example(w, r)
}
