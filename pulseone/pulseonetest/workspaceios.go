package pulseonetest

import (
	"crypto/rand"
	"io"
	"mime"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

func (s *Server) iosRoutes() {
	s.api.Handle(s.ofWorkspace(s.policy), "pulseone.ios_spaces.get_policy")
	s.api.Handle(s.ofWorkspace(s.policySettings), "pulseone.ios_spaces.get_policy_settings")
	s.api.Handle(s.ofWorkspace(s.vpnOnDemand), "pulseone.ios_spaces.get_policy_vpn_ondemand")
	s.api.Handle(s.ofWorkspace(certificate("vpn")), "pulseone.ios_spaces.update_vpn_certificate")
	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, r *http.Request, known *space) {
		if decode(w, r, &known.IOS) {
			w.WriteHeader(http.StatusNoContent)
		}
	}), "pulseone.ios_spaces.update_device")
	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, _ *http.Request, known *space) {
		known.Stage = WorkspaceStageUnenrolled
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.ios_spaces.unenroll")

	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, _ *http.Request, known *space) {
		token := rand.Text()
		s.workspaces.enrolls[token] = known
		fake.JSON(w, http.StatusOK, workspace.EnrollmentURL{URL: secureaccess.NewSecret(s.URL() + "/api/v1/ios/enroll?t=" + token)})
	}), "pulseone.ios_enrollment.get_url")
	s.api.Handle(s.profileService, "pulseone.ios_enrollment.get_profile_service")
	s.api.Handle(s.configurationProfile, "pulseone.ios_enrollment.get_configuration_profile")

	s.api.Handle(s.ofWorkspace(s.appStoreURL), "pulseone.ios_app_store.get_url")
	s.api.Handle(s.ofStore(func(w http.ResponseWriter, r *http.Request, _ *space) { s.api.Example(w, r) }), "pulseone.ios_app_store.get_html")
	s.api.Handle(s.ofStore(func(w http.ResponseWriter, _ *http.Request, known *space) {
		fake.JSON(w, http.StatusOK, s.credentialsOf(known))
	}), "pulseone.ios_app_store.get_credentials")
	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, r *http.Request, known *space) {
		if known.StoreApps == nil {
			s.api.Example(w, r)
			return
		}
		fake.JSON(w, http.StatusOK, secureaccess.Page[workspace.StoreApp]{Items: known.StoreApps})
	}), "pulseone.ios_app_store.list_apps")
	s.api.Handle(s.ofWorkspace(func(w http.ResponseWriter, r *http.Request, known *space) {
		var body struct {
			PackageNames []string `json:"package_names"`
		}
		if decode(w, r, &body) {
			known.Queued = append(known.Queued, body.PackageNames...)
			w.WriteHeader(http.StatusNoContent)
		}
	}), "pulseone.ios_app_store.install_apps")
}

func (s *Server) policySettings(w http.ResponseWriter, r *http.Request, known *space) {
	if known.Policy == nil {
		s.api.Example(w, r)
		return
	}
	fake.JSON(w, http.StatusOK, known.Policy.Settings)
}

func (s *Server) vpnOnDemand(w http.ResponseWriter, r *http.Request, known *space) {
	switch {
	case known.Policy == nil:
		s.api.Example(w, r)
	case known.Policy.VPNOnDemand == nil:
		fake.JSON(w, http.StatusOK, workspace.VPNOnDemand{Items: []workspace.VPNOnDemandRule{}})
	default:
		fake.JSON(w, http.StatusOK, known.Policy.VPNOnDemand)
	}
}

// mediaProfile is the type of a configuration profile.
const mediaProfile = "application/x-apple-aspen-config"

func profile(w http.ResponseWriter, content string) {
	w.Header().Set("Content-Type", mediaProfile)
	// What begins a signed message: a reader that takes it for text changes it.
	_, _ = io.WriteString(w, "0\x80\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x02 "+content)
}

func (s *Server) profileService(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.workspaces.enrolls[r.URL.Query().Get("t")] == nil {
		refuse(w, http.StatusBadRequest, "40000", "Invalid token")
		return
	}
	profile(w, "profile service")
}

// configurationProfile gives what the workspace needs next: the certificate of the device, then its management. Then
// the token has served.
func (s *Server) configurationProfile(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the body cannot be read")
		return
	}
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); len(body) > 0 && mediaType != "application/pkcs7-signature" {
		refuse(w, http.StatusUnsupportedMediaType, "41500", "Unsupported media type")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	token := r.URL.Query().Get("t")
	known := s.workspaces.enrolls[token]
	switch {
	case known == nil:
		refuse(w, http.StatusForbidden, "40300", "Invalid value for parameter 't'")
	case s.unready(w, PlatformIOS):
	case known.Stage == WorkspaceStageEnrolling:
		known.Stage = WorkspaceStageEnrolled
		delete(s.workspaces.enrolls, token)
		profile(w, "MDM configuration")
	default:
		known.Stage = WorkspaceStageEnrolling
		profile(w, "certificate configuration")
	}
}

func (s *Server) appStoreURL(w http.ResponseWriter, _ *http.Request, known *space) {
	if known.store == "" {
		known.store = rand.Text()
	}
	link := "/api/v1/ios/app-store?s=" + known.store
	if !s.workspaces.domain.RelativeAppStoreURL {
		link = s.URL() + link
	}
	fake.JSON(w, http.StatusOK, workspace.AppStoreURL{URL: secureaccess.NewSecret(link)})
}

// ofStore makes a handler for the workspace that the token of an app store belongs to, with the lock held.
func (s *Server) ofStore(respond func(http.ResponseWriter, *http.Request, *space)) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, _ fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		token := r.URL.Query().Get("s")
		for _, known := range s.workspaces.list {
			if token != "" && known.store == token {
				respond(w, r, known)
				return
			}
		}
		refuse(w, http.StatusUnauthorized, "40100", "the token does not belong to a workspace")
	}
}
