package pulseonetest

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// workspaceLifetime is how long the credentials of a workspace last; the document says that it is longer than 20 minutes.
const workspaceLifetime = 365 * 24 * time.Hour

// Platform is what a workspace runs on.
type Platform string

// Values of Platform.
const (
	PlatformAndroid Platform = "afw"
	PlatformIOS     Platform = "ios"
)

// WorkspaceStage is how far an iOS workspace is with its enrollment.
type WorkspaceStage string

// Values of WorkspaceStage.
const (
	WorkspaceStageUnregistered WorkspaceStage = "STATE_UNREGISTERED"
	WorkspaceStageEnrolling    WorkspaceStage = "STATE_ENROLLING"
	WorkspaceStageEnrolled     WorkspaceStage = "enrolled"
	WorkspaceStageUnenrolled   WorkspaceStage = "unenrolled"
)

// Workspace is what the server knows of a workspace.
type Workspace struct {
	ID        string
	Email     string
	Platform  Platform
	Stage     WorkspaceStage                // iOS
	Android   workspace.AndroidDeviceUpdate // what an Android device reported
	IOS       workspace.IOSDeviceUpdate     // what an iOS device reported
	Apps      map[string]workspace.AppState // that an Android device reported, by package
	State     workspace.WorkspaceState      // the last that was reported
	Debug     []byte                        // the last archive of debug data
	Queued    []string                      // apps to be installed on an iOS device
	Keys      map[string]int                // key pairs made: "vpn", "wifi", "activesync"
	Policy    *workspace.Policy             // nil: the document's example
	Lost      pulseone.LostModeUpdate       // iOS
	Actions   []pulseone.LostModeAction     // that a device in lost mode was asked for
	StoreApps []workspace.StoreApp          // nil: the document's example
}

// space is a workspace with what only the server needs.
type space struct {
	Workspace

	versions map[string]string // current ones of certificates, by kind
	nonces   map[string]bool   // of attestations, not spent
	store    string            // token of the app store
}

// workspaces are all that the server has.
type workspaces struct {
	list     []*space
	codes    map[workspaceCode]bool
	bearers  map[string]bool   // tokens of SAML sign-ins
	sessions map[string]string // DSID -> XSRF token
	devices  map[string]bool   // tokens of device enrollments with Apple
	enrolls  map[string]*space // by token
	accounts map[string]bool   // Google accounts that exist

	domain WorkspaceDomain
}

type workspaceCode struct{ key, email string }

// Invite makes a registration code for an e-mail address, as an administrator does it. It registers one workspace, of
// either platform.
func (s *Server) Invite(email string) workspace.RegistrationCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	key := "0" + strings.Repeat("1", 7)[:7-len(itoa(int64(s.serial)))] + itoa(int64(s.serial))
	s.workspaces.codes[workspaceCode{key, email}] = true
	return workspace.RegistrationCode{Key: secureaccess.NewSecret(key), Email: email}
}

// InviteBearer makes a token that registers one workspace, as a SAML sign-in does it.
func (s *Server) InviteBearer() secureaccess.Secret {
	return s.token(func(token string) { s.workspaces.bearers[token] = true })
}

// InviteSession makes a session that registers one workspace.
func (s *Server) InviteSession() workspace.SessionToken {
	xsrf := rand.Text()
	dsid := s.token(func(token string) { s.workspaces.sessions[token] = xsrf })
	return workspace.SessionToken{DSID: dsid, XSRF: secureaccess.NewSecret(xsrf)}
}

// InviteDEP makes a token that registers the workspace of a device enrolled with Apple.
func (s *Server) InviteDEP() secureaccess.Secret {
	return s.token(func(token string) { s.workspaces.devices[token] = true })
}

func (s *Server) token(keep func(token string)) secureaccess.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := rand.Text()
	keep(token)
	return secureaccess.NewSecret(token)
}

// AddWorkspace adds a workspace that is registered, and returns its credentials.
func (s *Server) AddWorkspace(platform Platform, email string) workspace.Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.credentialsOf(s.addSpace(platform, email))
}

// AddAndroid adds an Android workspace that is registered, and returns a client of it.
func (s *Server) AddAndroid(opts ...secureaccess.Option) (*workspace.Android, error) {
	return workspace.NewAndroid(s.AddWorkspace(PlatformAndroid, "user@example.com"), s.base.Options(opts...)...)
}

// AddIOS adds an iOS workspace that is registered, and returns a client of it.
func (s *Server) AddIOS(opts ...secureaccess.Option) (*workspace.IOS, error) {
	return workspace.NewIOS(s.AddWorkspace(PlatformIOS, "user@example.com"), s.base.Options(opts...)...)
}

// WorkspacePublic returns a client for registrations, and for what is done with the tokens of URLs.
func (s *Server) WorkspacePublic(opts ...secureaccess.Option) (*workspace.Public, error) {
	return workspace.NewPublic(s.URL(), s.base.Options(opts...)...)
}

// Workspaces returns what the server has.
func (s *Server) Workspaces() []Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Workspace, len(s.workspaces.list))
	for i, known := range s.workspaces.list {
		list[i] = known.Workspace
		list[i].Apps, list[i].Keys = maps.Clone(known.Apps), maps.Clone(known.Keys)
	}
	return list
}

// SetPolicy gives a workspace a policy in place of the document's example.
func (s *Server) SetPolicy(workspaceID string, policy workspace.Policy) {
	s.onSpace(workspaceID, func(known *space) { known.Policy = &policy })
}

// SetStoreApps gives the app store of a workspace apps in place of the document's example.
func (s *Server) SetStoreApps(workspaceID string, apps ...workspace.StoreApp) {
	s.onSpace(workspaceID, func(known *space) { known.StoreApps = apps })
}

// ReplaceCertificates makes all certificates of a workspace outdated.
func (s *Server) ReplaceCertificates(workspaceID string) {
	s.onSpace(workspaceID, func(known *space) { clear(known.versions) })
}

// onSpace does something to a workspace. It does nothing for one that is not there.
func (s *Server) onSpace(id string, do func(known *space)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.workspaces.list {
		if sameID(known.ID, id) {
			do(known)
		}
	}
}

// WorkspaceDomain is how the domain of the workspaces is set up.
type WorkspaceDomain struct {
	ManagedAccounts     bool // an EMM manages the Google accounts
	DeviceUnknown       bool // Google does not know devices yet
	NotEnrolled         bool // with Android for Work
	NoPushCertificate   bool // for MDM
	RelativeAppStoreURL bool // app store URLs are paths, as one of the document's diagrams has it
}

// SetWorkspaceDomain sets up the domain of the workspaces.
func (s *Server) SetWorkspaceDomain(d WorkspaceDomain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspaces.domain = d
}

// addSpace keeps a workspace. The lock is held.
func (s *Server) addSpace(platform Platform, email string) *space {
	added := &space{
		Workspace: Workspace{
			ID: s.newID(), Email: email, Platform: platform, Stage: WorkspaceStageUnregistered,
			Apps: map[string]workspace.AppState{}, Keys: map[string]int{},
		},
		versions: map[string]string{}, nonces: map[string]bool{},
	}
	s.workspaces.list = append(s.workspaces.list, added)
	return added
}

// credentialsOf issues credentials for a workspace. The lock is held.
func (s *Server) credentialsOf(known *space) workspace.Credentials {
	now := s.Clock().Now()
	issued := s.issue()
	issued.workspace, issued.expires = known, now.Add(workspaceLifetime)
	return workspace.Credentials{
		WorkspaceID: known.ID, APIURL: s.apiBase(),
		Hawk: workspace.HawkCredentials{
			Type: "hawk", Algorithm: "HS256", ID: issued.ID, Secret: issued.Key,
			Expires: unix(issued.expires), Renew: unix(now.Add(workspaceLifetime / 2)),
		},
	}
}

// entitled checks whose credentials a signature was made with, and responds when the operation is not for those.
func (s *Server) entitled(w http.ResponseWriter, r *http.Request, operations []*contract.Endpoint) bool {
	s.mu.Lock()
	known, appliance := s.spaceOf(r), s.caller(r) != nil
	s.mu.Unlock()
	wanted := Platform("")
	if len(operations) > 0 && operations[0].Audience == "workspace" {
		wanted = platformOf(r)
	}
	forAppliances := len(operations) == 0 || slices.ContainsFunc(operations, func(e *contract.Endpoint) bool {
		return e.Audience == "appliance" || slices.Contains(e.AlsoFor, "appliance")
	})
	switch {
	case wanted == "" && known == nil && (!appliance || forAppliances), known != nil && known.Platform == wanted:
		return true
	case wanted == PlatformIOS && known == nil:
		refuse(w, http.StatusUnauthorized, "40100", "the credentials do not belong to a workspace")
	default:
		refuse(w, http.StatusForbidden, pulseone.CodeInvalidCredentialClaim, "the credentials are for something else")
	}
	return false
}

func platformOf(r *http.Request) Platform {
	if strings.HasPrefix(r.URL.Path, "/api/v1/afw/") {
		return PlatformAndroid
	}
	return PlatformIOS
}

// spaceOf returns the workspace that signed a request, nil for other signers. The lock is held.
func (s *Server) spaceOf(r *http.Request) *space {
	grant, ok := r.Context().Value(grantKey{}).(*hawk.Grant)
	if !ok {
		return nil
	}
	if issued := s.credentials[grant.Credentials.ID]; issued != nil {
		return issued.workspace
	}
	return nil
}

// ofWorkspace makes a handler for the workspace that signs, which gets it with the lock held. Where the path names a
// workspace it has to be that one.
func (s *Server) ofWorkspace(respond func(http.ResponseWriter, *http.Request, *space)) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, p fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		known := s.spaceOf(r)
		for _, id := range p {
			if known != nil && !sameID(id, known.ID) {
				known = nil
			}
		}
		if known == nil {
			notFound(w, "workspace")
			return
		}
		respond(w, r, known)
	}
}

func (s *Server) workspaceRoutes() {
	s.workspaces = workspaces{
		codes: map[workspaceCode]bool{}, bearers: map[string]bool{}, sessions: map[string]string{}, devices: map[string]bool{},
		enrolls: map[string]*space{}, accounts: map[string]bool{},
	}
	s.registrationRoutes()
	s.androidRoutes()
	s.iosRoutes()
}
