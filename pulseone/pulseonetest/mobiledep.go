package pulseonetest

import (
	"bytes"
	"encoding/base64"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// depState is the account of Apple's Device Enrollment Program with what belongs to it.
type depState struct {
	account *pulseone.DEPAccount // nil: none
	profile *pulseone.DEPProfile
	realms  []pulseone.DEPRealm
	signIn  pulseone.DEPSignInURL
	token   []byte
}

// DEPToken returns the server token that was uploaded last, nil for none.
func (s *Server) DEPToken() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mobile.dep.token
}

// VPPToken returns the file of the token that was uploaded last, nil for none.
func (s *Server) VPPToken() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mobile.vppFile
}

// locked makes a handler that has the lock.
func (s *Server) locked(respond func(w http.ResponseWriter, r *http.Request)) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, _ fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		respond(w, r)
	}
}

func (s *Server) depRoutes() {
	dep := &s.mobile.dep
	account := s.locked(func(w http.ResponseWriter, _ *http.Request) { found(w, "account", dep.account) })
	s.api.Handle(account, "pulseone.ios_dep.get_account")
	s.api.Handle(account, "pulseone.ios_dep.sync_account")
	s.api.Handle(s.locked(func(w http.ResponseWriter, _ *http.Request) {
		dep.account = nil
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.ios_dep.delete_account")
	s.api.Handle(s.locked(s.uploadServerToken), "pulseone.ios_dep.upload_server_token")
	s.api.Handle(s.locked(func(w http.ResponseWriter, _ *http.Request) { found(w, "profile", dep.profile) }), "pulseone.ios_dep.get_profile")
	s.api.Handle(s.locked(func(w http.ResponseWriter, r *http.Request) {
		var profile pulseone.DEPProfile
		switch {
		case !decode(w, r, &profile):
		case !profile.IsMDMRemovable && !profile.IsSupervised:
			refuse(w, http.StatusBadRequest, "40000", "is_mdm_removable is false and is_supervised is not true")
		default:
			dep.profile = &profile
			w.WriteHeader(http.StatusNoContent)
		}
	}), "pulseone.ios_dep.update_profile")
	s.api.Handle(s.locked(func(w http.ResponseWriter, _ *http.Request) {
		fake.JSON(w, http.StatusOK, secureaccess.Page[pulseone.DEPRealm]{Items: dep.realms})
	}), "pulseone.ios_dep.list_realms")
	s.api.Handle(s.locked(s.chooseRealm), "pulseone.ios_dep.update_realm")
	s.api.Handle(s.locked(func(w http.ResponseWriter, _ *http.Request) { fake.JSON(w, http.StatusOK, dep.signIn) }), "pulseone.ios_dep.get_pcs_signin_url")
	s.api.Handle(s.locked(func(w http.ResponseWriter, r *http.Request) {
		if decode(w, r, &dep.signIn) {
			w.WriteHeader(http.StatusNoContent)
		}
	}), "pulseone.ios_dep.update_pcs_signin_url")
}

// found responds with an object, or 404 where it is nil.
func found[T any](w http.ResponseWriter, what string, object *T) {
	if object == nil {
		notFound(w, what)
		return
	}
	fake.JSON(w, http.StatusOK, object)
}

// uploadServerToken makes an account of a token, which has to be a whole S/MIME message.
func (s *Server) uploadServerToken(w http.ResponseWriter, r *http.Request) {
	content, ok := parts(w, r, "server-token")
	if !ok {
		return
	}
	token := content["server-token"]
	if !bytes.HasPrefix(token, []byte("Content-Type: application/pkcs7-mime")) {
		refuse(w, http.StatusBadRequest, "40000", "the server token is not valid")
		return
	}
	now := s.Clock().Now().UTC()
	s.mobile.dep.token = token
	s.mobile.dep.account = &pulseone.DEPAccount{
		ID: s.newID(), ServerName: "Pulse Secure MDM", OrganizationName: "Pulse Secure", Email: "pws@pulsesecure.net",
		CreatedOn: secureaccess.At(now), TokenExpiryOn: secureaccess.At(now.AddDate(1, 0, 0)),
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) chooseRealm(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Realm string `json:"realm"`
	}
	if !decode(w, r, &body) {
		return
	}
	known := false
	for _, realm := range s.mobile.dep.realms {
		known = known || realm.Realm == body.Realm
	}
	if !known {
		refuse(w, http.StatusBadRequest, "40000", "no such realm")
		return
	}
	for i, realm := range s.mobile.dep.realms {
		s.mobile.dep.realms[i].Selected = realm.Realm == body.Realm
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) vppRoutes() {
	s.api.Handle(s.locked(func(w http.ResponseWriter, _ *http.Request) { found(w, "token", s.mobile.vpp) }), "pulseone.ios_vpp.get_token")
	s.api.Handle(s.locked(func(w http.ResponseWriter, _ *http.Request) {
		s.mobile.vpp = nil
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.ios_vpp.delete_token")
	s.api.Handle(s.locked(func(w http.ResponseWriter, r *http.Request) {
		content, ok := parts(w, r, "token")
		if !ok {
			return
		}
		if _, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(content["token"]))); err != nil {
			refuse(w, http.StatusBadRequest, "40000", "the token is not valid")
			return
		}
		s.mobile.vppFile = content["token"]
		s.mobile.vpp = &pulseone.VPPToken{
			ID: s.newID(), Organization: "Pulse Secure MDM", ExpireOn: secureaccess.At(s.Clock().Now().UTC().AddDate(1, 0, 0)),
		}
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.ios_vpp.upload_token")
}

func (s *Server) lostModeRoutes() {
	of := handlerOf(s, "workspace", "workspace_id", func(id string) *space {
		for _, known := range s.workspaces.list {
			if sameID(known.ID, id) {
				return known
			}
		}
		return nil
	})
	notIOS := func(w http.ResponseWriter, known *space) bool {
		if known.Platform == PlatformIOS {
			return false
		}
		refuse(w, http.StatusBadRequest, "40000", "the device is not an iOS device")
		return true
	}
	s.api.Handle(of(func(w http.ResponseWriter, r *http.Request, known *space, _ fake.Params) {
		var body pulseone.LostModeUpdate
		if !notIOS(w, known) && decode(w, r, &body) {
			known.Lost = body
			w.WriteHeader(http.StatusNoContent)
		}
	}), "pulseone.ios_spaces.set_lost_mode")
	s.api.Handle(of(func(w http.ResponseWriter, r *http.Request, known *space, _ fake.Params) {
		var body struct {
			Action pulseone.LostModeAction `json:"action"`
		}
		switch {
		case notIOS(w, known) || !decode(w, r, &body):
		case !known.Lost.Lost:
			refuse(w, http.StatusBadRequest, "40000", "the device is not in lost mode")
		default:
			known.Actions = append(known.Actions, body.Action)
			w.WriteHeader(http.StatusNoContent)
		}
	}), "pulseone.ios_spaces.lost_mode_action")
}
