package pulseonetest

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// face is what the server keeps for its face to appliances. The server's lock guards it.
type face struct {
	codes   map[string]string   // registration code -> appliance
	reports map[string]*reports // by appliance
	tasks   []*task
	backups []*backup
	tokens  map[string]string // appliance -> token for its initial configuration
	sold    []sale
	keys    map[string]*licenseServer // by the hash of the license key

	spool string // directory of content; "" before the first

	listeners map[*listener]struct{}
	serving   sync.WaitGroup // of listeners
	closed    bool
}

func (s *Server) deviceRoutes() {
	s.face = face{
		codes: map[string]string{}, reports: map[string]*reports{}, tokens: map[string]string{},
		keys: map[string]*licenseServer{}, listeners: map[*listener]struct{}{},
	}
	s.api.Handle(s.register, "pulseone.registration.register")
	s.api.Handle(s.initialConfig, "pulseone.orchestration.fetch_initial_config")
	s.api.HandlePath(s.listen, http.MethodGet, notificationsPath)
	s.reportRoutes()
	s.taskRoutes()
	s.backupRoutes()
	s.licensingRoutes()
}

// closeDevices ends what appliances hold open, and removes content.
func (s *Server) closeDevices() {
	s.mu.Lock()
	s.face.closed = true
	for l := range s.face.listeners {
		l.end()
	}
	spool := s.face.spool
	s.face.spool = ""
	s.mu.Unlock()
	s.face.serving.Wait()
	if spool != "" {
		_ = os.RemoveAll(spool)
	}
}

// deviceLife is how long an appliance's credentials last. The document gives no time.
const deviceLife = 10 * 365 * 24 * time.Hour

// RegistrationCode gives an appliance a new code to register with, as the console does.
func (s *Server) RegistrationCode(applianceID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(applianceID)
	if a == nil {
		return ""
	}
	return s.registration(a).RegistrationCode.Reveal()
}

// DeviceCredentials registers an appliance and returns its credentials; those that it had before are void. They are
// empty for an appliance that the server does not have.
func (s *Server) DeviceCredentials(applianceID string) device.Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(applianceID)
	if a == nil {
		return device.Credentials{}
	}
	return s.enroll(a)
}

// Device returns a client for an appliance of the server, with new credentials, [Server.Options] and opts. The server
// has to be started.
func (s *Server) Device(applianceID string, opts ...secureaccess.Option) (*device.Client, error) {
	return device.New(s.DeviceCredentials(applianceID), s.base.Options(opts...)...)
}

// ExpireDevice ends the credentials of an appliance so long ago; after a grace period they are not accepted any more.
func (s *Server) ExpireDevice(applianceID string, ago time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.credentials {
		if c.appliance != "" && sameID(c.appliance, applianceID) {
			c.expires = s.Clock().Now().Add(-ago)
		}
	}
}

// enroll gives an appliance credentials. The lock is held.
func (s *Server) enroll(a *appliance) device.Credentials {
	for id, c := range s.credentials {
		if c.appliance == a.ID {
			delete(s.credentials, id)
		}
	}
	c := s.issue()
	c.appliance, c.expires = a.ID, s.Clock().Now().Add(deviceLife)
	if a.State != pulseone.ApplianceStateRegistered {
		a.State = pulseone.ApplianceStateRegistered
	}
	if len(a.commits) == 0 {
		s.commit(a)
	}
	return device.Credentials{
		Hawk:             device.HawkCredentials{Type: "hawk", Algorithm: "HS256", ID: c.ID, Secret: c.Key},
		DeviceID:         a.ID,
		APIURL:           s.apiBase(),
		NotificationsURL: s.socketURL(notificationsPath),
	}
}

// socketURL returns the URL of a WebSocket on the server, "" before it is started.
func (s *Server) socketURL(path string) string {
	rest, started := strings.CutPrefix(s.URL(), "http")
	if !started {
		return ""
	}
	return "ws" + rest + path
}

// register exchanges a code for credentials, once.
func (s *Server) register(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body device.Registration
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	code := body.RegistrationCode.Reveal()
	a := s.appliance(s.face.codes[code])
	if a == nil {
		refuse(w, http.StatusForbidden, pulseone.CodeRegistrationCodeInvalid, "the registration code is not valid")
		return
	}
	delete(s.face.codes, code)
	a.Model, a.ApplianceVersion, a.SerialNumber = body.Model, body.ApplianceVersion, body.SerialNumber
	a.Type = body.Type
	enrolled := s.enroll(a)
	if body.ClientCertificateCSR != "" {
		enrolled.ClientCertificate = certificateFor(body.ClientCertificateCSR)
	}
	if body.ServerCertificateCSR != "" {
		enrolled.ServerCertificate = certificateFor(body.ServerCertificateCSR)
	}
	fake.JSON(w, http.StatusOK, map[string]any{"id": s.newID(), "result": enrolled})
}

// certificateFor is no certificate: nothing on the server would accept one.
func certificateFor(string) string {
	return "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"
}

// InitialConfigToken returns the token with which an appliance fetches its initial configuration.
func (s *Server) InitialConfigToken(applianceID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(applianceID)
	if a == nil {
		return ""
	}
	return s.initialConfigToken(a)
}

// initialConfigToken returns the token of an appliance. The lock is held.
func (s *Server) initialConfigToken(a *appliance) string {
	if s.face.tokens[a.ID] == "" {
		s.face.tokens[a.ID] = secretText()
	}
	return s.face.tokens[a.ID]
}

func (s *Server) initialConfig(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(p["appliance_id"])
	switch {
	case a == nil:
		notFound(w, "appliance")
	case s.face.tokens[a.ID] == "" || r.URL.Query().Get("t") != s.face.tokens[a.ID]:
		refuse(w, http.StatusForbidden, "40300", "the token is not valid")
	default:
		w.Header().Set("Content-Type", "application/xml")
		_, _ = w.Write([]byte("<?xml version=\"1.0\"?>\n<configuration/>\n"))
	}
}

// caller returns the appliance that signed a request, nil for none. The lock is held.
func (s *Server) caller(r *http.Request) *appliance {
	grant, ok := r.Context().Value(grantKey{}).(*hawk.Grant)
	if !ok {
		return nil
	}
	c := s.credentials[grant.Credentials.ID]
	if c == nil || c.appliance == "" {
		return nil
	}
	return s.appliance(c.appliance)
}

// foreign refuses an appliance that names another one. Administrators may name any. The lock is held.
func (s *Server) foreign(w http.ResponseWriter, r *http.Request, applianceID string) bool {
	caller := s.caller(r)
	if caller == nil || sameID(caller.ID, applianceID) {
		return false
	}
	refuse(w, http.StatusForbidden, "40300", "this is another appliance's")
	return true
}

// own makes handlers for the appliance that the path names, which has to be the caller. They are called with the lock
// held.
func (s *Server) own(respond func(http.ResponseWriter, *http.Request, *appliance, fake.Params)) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, p fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.walk()
		id := p["appliance_id"]
		if id == "" {
			id = p["device_id"]
		}
		caller := s.caller(r)
		if caller == nil || id != "" && !sameID(caller.ID, id) {
			refuse(w, http.StatusForbidden, "40300", "the appliance itself has to ask")
			return
		}
		respond(w, r, caller, p)
	}
}
