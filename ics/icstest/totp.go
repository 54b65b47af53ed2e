package icstest

import (
	"fmt"
	"net/http"

	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// TOTPUser is a user of one of the appliance's own TOTP servers.
type TOTPUser struct {
	Locked   bool // after too many wrong codes
	Enrolled bool // has a device
}

// SetTOTPUser adds a user of a TOTP server, or replaces it.
func (s *Server) SetTOTPUser(server, username string, user TOTPUser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.totp[[2]string{server, username}] = user
}

// TOTPUser returns a user of a TOTP server; false if there is none.
func (s *Server) TOTPUser(server, username string) (TOTPUser, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, ok := s.totp[[2]string{server, username}]
	return user, ok
}

func (s *Server) changeTOTP(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [2]string{p["server"], p["user"]}
	user, ok := s.totp[key]
	operation := r.URL.Query().Get("operation")
	switch {
	case operation != "unlock" && operation != "reset":
		refuse(w, http.StatusBadRequest, "operation is neither unlock nor reset")
		return
	case !ok: // clients look into the result whatever the status
		refuse(w, http.StatusOK, fmt.Sprintf("User '%s' does not exist", p["user"]))
		return
	case operation == "unlock":
		user.Locked = false
	default:
		user = TOTPUser{}
	}
	s.totp[key] = user
	inform(w, http.StatusOK, completed)
}
