package pulseonetest

import (
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

func (s *Server) registrationRoutes() {
	s.api.Handle(s.registerWorkspace, "pulseone.afw_registration.register_with_pin",
		"pulseone.afw_registration.register_with_bearer", "pulseone.afw_registration.register_with_session")
	s.api.Handle(s.registerWorkspace, "pulseone.ios_registration.register_with_pin",
		"pulseone.ios_registration.register_with_bearer", "pulseone.ios_registration.register_with_session")
	s.api.Handle(s.registerDEP, "pulseone.ios_dep.register")
}

// registerWorkspace takes a code, a bearer token or a session, each once.
func (s *Server) registerWorkspace(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	email := "user@example.com"
	var ok bool
	platform := platformOf(r)
	var code workspace.RegistrationCode
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	bearer := strings.EqualFold(scheme, "Bearer")
	dsid, err := r.Cookie("DSID")
	if session := err == nil; !bearer && !session && !decode(w, r, &code) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unready(w, platform) {
		return
	}
	switch {
	case bearer:
		ok = spend(s.workspaces.bearers, token)
	case err == nil:
		xsrf, known := s.workspaces.sessions[dsid.Value]
		sent, missing := r.Cookie("XSRF-TOKEN")
		if ok = known && missing == nil && sent.Value == xsrf && r.Header.Get("X-XSRF-TOKEN") == xsrf; ok {
			delete(s.workspaces.sessions, dsid.Value)
			http.SetCookie(w, &http.Cookie{Name: "XSRF-TOKEN", Value: xsrf, Path: "/"})
		}
	default:
		email = code.Email
		ok = spend(s.workspaces.codes, workspaceCode{code.Key.Reveal(), code.Email})
	}
	if !ok {
		refuse(w, http.StatusForbidden, "40300", "there is no such registration, or it was used")
		return
	}
	fake.JSON(w, http.StatusOK, s.registerSpace(platform, email))
}

// unready responds where the domain cannot have workspaces of the platform. The lock is held.
func (s *Server) unready(w http.ResponseWriter, platform Platform) bool {
	switch {
	case platform == PlatformAndroid && s.workspaces.domain.NotEnrolled:
		refuse(w, http.StatusBadRequest, pulseone.CodeAFWNotEnrolled, "the domain is not enrolled with Android for Work")
	case platform == PlatformIOS && s.workspaces.domain.NoPushCertificate:
		refuse(w, http.StatusInternalServerError, pulseone.CodeMDMPushCertificateNotConfigured, "iOS MDM push certificate not configured")
	default:
		return false
	}
	return true
}

func (s *Server) registerDEP(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !spend(s.workspaces.devices, r.URL.Query().Get("t")) {
		refuse(w, http.StatusForbidden, "40300", "the token is not valid")
		return
	}
	registration := s.registerSpace(PlatformIOS, "user@example.com")
	registration.ClientType = "" // as the document shows it
	fake.JSON(w, http.StatusOK, registration)
}

// spend takes a key out of a set and reports whether it was there.
func spend[K comparable](set map[K]bool, key K) bool {
	was := set[key]
	delete(set, key)
	return was
}

// registerSpace adds a workspace. The lock is held.
func (s *Server) registerSpace(platform Platform, email string) workspace.Registration {
	registration := workspace.Registration{
		Credentials: s.credentialsOf(s.addSpace(platform, email)),
		ClientType:  workspace.ClientTypeManagedClient,
		Key:         secureaccess.NewSecret("atestpassword"),
	}
	if platform == PlatformAndroid {
		registration.Account = "2893475"
		registration.WebsocketURL = s.socketURL("/api/v1/afw/notifications")
		registration.SandboxAPKURL = s.URL() + "/sandbox.apk"
		registration.GoogleSenderID = "508794832067"
		registration.EnterpriseType = workspace.EnterpriseTypeAFW
	}
	return registration
}
