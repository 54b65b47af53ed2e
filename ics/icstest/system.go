package icstest

import (
	"net/http"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// SetInformation sets what the appliance says about itself.
func (s *Server) SetInformation(information ics.SystemInformation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.information = information
}

// SetLoad sets the load figures. The number of users is that of the sessions, unless load has one.
func (s *Server) SetLoad(load ics.Load) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load = load
}

// SetRADIUSAvailable says whether the built-in RADIUS service is available.
func (s *Server) SetRADIUSAvailable(available bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.radius = available
}

func (s *Server) systemInformation(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, s.information)
}

func (s *Server) health(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Query().Get("status") {
	case "all":
		load := s.load
		if load.Users == 0 {
			load.Users = len(s.sessions)
		}
		fake.JSON(w, http.StatusOK, load)
	case "sbr":
		fake.JSON(w, http.StatusOK, ics.RADIUSHealth{Available: s.radius})
	default:
		fake.JSON(w, http.StatusOK, ics.Health{Message: "Security Gateway is accessible."})
	}
}
