package pulseonetest

import (
	"net/http"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func (s *Server) eulaRoutes() {
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, p fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		list := []any{}
		for _, e := range s.admin.eulas {
			list = append(list, s.viewEULA(userKey(p), e))
		}
		fake.JSON(w, http.StatusOK, map[string]any{"items": list})
	}, "pulseone.eulas.list")
	one := handlerOf(s, "EULA", "eula_id", s.eula)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, e *pulseone.EULA, p fake.Params) {
		fake.JSON(w, http.StatusOK, s.viewEULA(userKey(p), *e))
	}), "pulseone.eulas.get")
	s.api.Handle(one(s.signEULA), "pulseone.eulas.sign")
	s.api.Handle(s.lastSigned, "pulseone.eulas.get_last_signed")
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, p fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		last := len(s.admin.eulas) - 1
		if last < 0 || !s.signedAt(userKey(p), s.admin.eulas[last].ID).IsZero() {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fake.JSON(w, http.StatusOK, pulseone.EULAReference{ID: s.admin.eulas[last].ID})
	}, "pulseone.eulas.get_current_unsigned")
}

// userKey is the id of a user in the one spelling that signatures are kept under.
func userKey(p fake.Params) string { return strings.ToLower(strings.ReplaceAll(p["user_id"], "-", "")) }

// eula finds an agreement. The lock is held.
func (s *Server) eula(id string) *pulseone.EULA {
	for i := range s.admin.eulas {
		if sameID(s.admin.eulas[i].ID, id) {
			return &s.admin.eulas[i]
		}
	}
	return nil
}

// signedAt is when a user signed an agreement, zero for never. The lock is held.
func (s *Server) signedAt(user, id string) time.Time { return s.admin.signed[user][id] }

// viewEULA is an agreement as a user has it, with "agrees" as text, as the document prints it. The lock is held.
func (s *Server) viewEULA(user string, e pulseone.EULA) map[string]any {
	seen := map[string]any{"id": e.ID, "content": e.Content, "created": e.Created, "agrees": "False"}
	if at := s.signedAt(user, e.ID); !at.IsZero() {
		seen["agrees"], seen["signed"] = "True", secureaccess.At(at)
	}
	return seen
}

func (s *Server) signEULA(w http.ResponseWriter, r *http.Request, e *pulseone.EULA, p fake.Params) {
	var body struct {
		Agrees bool `json:"agrees"`
	}
	if !decode(w, r, &body) {
		return
	}
	if !body.Agrees {
		refuse(w, http.StatusBadRequest, "40000", "only an agreement is a signature")
		return
	}
	user := userKey(p)
	if s.admin.signed[user] == nil {
		s.admin.signed[user] = map[string]time.Time{}
	}
	s.admin.signed[user][e.ID] = s.Clock().Now().UTC()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) lastSigned(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last pulseone.EULAReference
	var when time.Time
	for _, e := range s.admin.eulas {
		if at := s.signedAt(userKey(p), e.ID); !at.IsZero() && !at.Before(when) {
			last.ID, when = e.ID, at
		}
	}
	if last.ID == "" {
		notFound(w, "signed EULA")
		return
	}
	fake.JSON(w, http.StatusOK, last)
}
