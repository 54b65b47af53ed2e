package icstest

import (
	"maps"
	"net/http"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// SetInfo sets what the appliance reports about itself.
func (s *Server) SetInfo(information ics.SystemInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.information = information
}

// SetHealthFigures sets the load figures. The number of users is that of the sessions, unless figures have one.
func (s *Server) SetHealthFigures(figures ics.HealthFigures) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.figures = figures
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
		figures := s.figures
		if figures.Users == 0 {
			figures.Users = int64(len(s.sessions))
		}
		full := "NO"
		if figures.LicensedUsersInFull {
			full = "YES"
		}
		fake.JSON(w, http.StatusOK, struct {
			ics.HealthFigures
			Full string `json:"MAX-LICENSED-USERS-REACHED"`
		}{figures, full})
	case "sbr":
		available := 0
		if s.radius {
			available = 1
		}
		fake.JSON(w, http.StatusOK, map[string]int{"SBR-AVAILABLE": available})
	default:
		fake.JSON(w, http.StatusOK, ics.Health{Message: "Security Gateway is accessible."})
	}
}

// SetNTPServers sets the state of the appliance's time servers, by address.
func (s *Server) SetNTPServers(servers map[string]ics.NTPServer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ntp = maps.Clone(servers)
}

func (s *Server) ntpStatus(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	servers := s.ntp
	if servers == nil {
		servers = map[string]ics.NTPServer{}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"ntp-server-status": servers})
}
