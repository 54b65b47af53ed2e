package spstest

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
	"github.com/secureaccess-go/secureaccess/sps"
)

// Fault is something that goes wrong with requests; see [Server.Fail].
type Fault = secureaccesstest.Fault

// Server is an appliance. Its methods may be called while it serves.
type Server struct {
	base *fake.Server
	api  *fake.API

	mu       sync.Mutex
	users    map[string]string // passwords by user
	methods  []string
	sessions map[string]*session // by token
	opened   int                 // sessions so far
	idle     time.Duration

	cookieLife time.Duration

	committed *config
	tx        *transaction
	locked    bool // somebody edits the configuration in the web interface
	commits   []Commit
	keys      int // given so far

	legacy    bool
	autoOpen  bool
	relations map[string]string // members that refer to objects: name -> collection
	shapes    map[string]*shape // what is known of the objects of a collection; none: everything

	audit    audit
	firmware firmware
	jobs     map[string]time.Time // support bundles: when they are finished
}

const (
	user     = "admin"
	password = "correct horse battery staple"

	defaultIdle = 20 * time.Minute
)

var _ secureaccesstest.Server = (*Server)(nil)

// NewServer starts a server for a test, on a clock that stands still. It ends with the test.
func NewServer(t secureaccesstest.TB) *Server {
	t.Helper()
	s := NewStill()
	s.base.StartTest(t, s.Start, s.Close)
	return s
}

// NewTLSServer is [NewServer] with TLS, as [Server.StartTLS] serves it.
func NewTLSServer(t secureaccesstest.TB) *Server {
	t.Helper()
	s := NewStill()
	s.base.StartTest(t, func(address string) error { return s.StartTLS(address, nil) }, s.Close)
	return s
}

// New returns a server for a program, on the machine's clock. It serves once it is started.
func New() *Server { return newServer(secureaccesstest.SystemClock()) }

// NewStill returns a server for a program, on a clock that stands still. It serves once it is started.
func NewStill() *Server { return newServer(secureaccesstest.NewClock()) }

// Start serves HTTP on a TCP address, "127.0.0.1:0" for a free port, until Close.
func (s *Server) Start(address string) error { return s.base.Start(address) }

// StartTLS serves TLS on a TCP address until Close, with the certificates of config. Without any it has one for this
// machine by a CA of its own, see [Server.CA]. With a config that asks for client certificates, sign-in by certificate
// works.
func (s *Server) StartTLS(address string, config *tls.Config) error {
	return s.base.StartTLS(address, config)
}

// Close breaks all connections and ends the server.
func (s *Server) Close() { s.base.Close() }

// URL is where the server listens, "" before it is started.
func (s *Server) URL() string { return s.base.URL() }

// CA returns the certificates that clients of a TLS server have to trust, in PEM.
func (s *Server) CA() []byte { return s.base.CA() }

// Auth returns the credentials of the administrator that every server knows.
func (s *Server) Auth() sps.Auth { return sps.Password(user, password) }

// Credentials returns what a person or another program signs in with: "user" and "password".
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": user, "password": password}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts. The server has to be started.
func (s *Server) Client(opts ...secureaccess.Option) (*sps.Client, error) {
	return sps.New(s.URL(), s.Auth(), s.base.Options(opts...)...)
}

// Options returns the options of a client that shares the server's clock and trusts its CA.
func (s *Server) Options() []secureaccess.Option { return s.base.Options() }

// HTTPClient returns a client without credentials that trusts the server's CA.
func (s *Server) HTTPClient() *http.Client { return s.base.HTTPClient() }

// Clock returns the server's clock.
func (s *Server) Clock() *secureaccesstest.Clock { return s.base.Clock() }

// Advance moves the server's clock: sessions and snapshots end, support bundles get finished.
func (s *Server) Advance(d time.Duration) { s.Clock().Advance(d) }

// Fail makes requests fail.
func (s *Server) Fail(f Fault) { s.base.Fail(f) }

// ServeHTTP serves a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.base.ServeHTTP(w, r) }

func newServer(clock *secureaccesstest.Clock) *Server {
	s := &Server{
		users:    map[string]string{user: password},
		methods:  []string{"local"},
		sessions: map[string]*session{},
		idle:     defaultIdle,

		cookieLife: defaultIdle,
		committed:  &config{collections: map[string]*collection{}},
		relations:  map[string]string{},
		shapes:     map[string]*shape{},
		jobs:       map[string]time.Time{},
		firmware:   newFirmware(),
	}
	s.api = fake.NewAPI(contract.MustLoad("sps"), fake.Config{
		Authenticate: s.authenticate, Refuse: refuseRequest, Ignore: ignored,
	})
	s.routes(s.api)
	s.base = fake.NewServer(clock, func(*http.Request) string { return `Basic realm="SPS"` }, s.api)
	s.furnish()
	s.SetAuditSessions(1000, nil)
	return s
}

// SetLegacy makes the server speak as releases before 6.1.0 do: the transaction has its status under "transaction", and
// lists have keys without bodies.
func (s *Server) SetLegacy(legacy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legacy = legacy
}

// SetAutoOpen makes the first write open a transaction by itself, as releases from about 6.9 on do, instead of the
// documented refusal with 409.
func (s *Server) SetAutoOpen(auto bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.autoOpen = auto
}

func (s *Server) routes(api *fake.API) {
	api.Handle(s.login, "sps.authentication.login")
	api.Handle(s.loginMethods, "sps.authentication.login_methods")
	api.Handle(s.info, "sps.info")
	api.Handle(s.health, "sps.health_status")
	api.Handle(s.health, "sps.health_status.underscore")
	api.Handle(s.userInfo, "sps.user.info")

	api.Handle(s.transactionStatus, "sps.transaction.status")
	api.Handle(s.transactionOpen, "sps.transaction.open")
	api.Handle(s.transactionCommit, "sps.transaction.commit")
	api.Handle(s.transactionRollback, "sps.transaction.rollback")
	api.Handle(s.transactionChanges, "sps.transaction.changes")

	api.HandleBelow(s.read, "GET", root)
	api.HandleBelow(s.create, "POST", root)
	api.HandleBelow(s.update, "PUT", root)
	api.HandleBelow(s.remove, "DELETE", root)
	api.HandlePath(s.read, "GET", strings.TrimSuffix(root, "/"))

	api.Handle(s.auditList, "sps.audit_sessions.list")
	api.Handle(s.auditSnapshot, "sps.audit_sessions.snapshot")
	api.Handle(s.auditStats, "sps.audit_sessions.stats")
	api.Handle(s.auditGet, "sps.audit_sessions.get")
	api.Handle(s.auditAlerts, "sps.audit_sessions.alerts")
	api.Handle(s.auditChannels, "sps.audit_sessions.channels")
	api.Handle(s.auditEvents, "sps.audit_sessions.events")
	api.Handle(s.auditContent, "sps.audit_sessions.content")
	api.Handle(s.auditDownloads, "sps.audit_sessions.trail_downloads")
	api.Handle(s.auditTrail, "sps.audit_sessions.audit_trail")

	s.guideRoutes(api)

	api.Handle(s.bundleList, "sps.support_bundle.list")
	api.Handle(s.bundleCreate, "sps.support_bundle.create")
	api.Handle(s.bundleGet, "sps.support_bundle.get")
	api.Handle(s.bundleDownload, "sps.support_bundle.download")
	api.Handle(s.bundleDelete, "sps.support_bundle.delete")
}

// authenticate checks what the appliance looks at first, and lets requests of a session through.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, operations []*contract.Endpoint) bool {
	w.Header().Set("Content-Language", "en")
	switch {
	case r.Header.Get("Expect") != "":
		refuse(w, r, http.StatusExpectationFailed, "ExpectationFailed", "the Expect header is not accepted")
		return false
	case r.Method == http.MethodPost && r.ContentLength < 0:
		refuse(w, r, http.StatusLengthRequired, "LengthRequired", "the request has no length")
		return false
	case len(operations) > 0 && operations[0].Auth != "session_id", strings.TrimSuffix(r.URL.Path, "/") == "/api/setup":
		return true
	}
	return s.enter(w, r)
}

// ignored reports what the appliance takes although the contract does not know it. Objects are compared with what this
// appliance knows of them: unknown members are no error there. Content comes to those who do not ask for it by its type.
// The list of sessions has an interval in the guide of 8.0, and a search in content without a query finds nothing.
func ignored(e *contract.Endpoint, problem string) bool {
	return strings.HasPrefix(e.Path, root) || e.ID == "sps.audit_sessions.content" && problem == `query parameter "q" is missing` || problem == "header Accept is missing" || e.ID == "sps.audit_sessions.list" &&
		(problem == `query parameter "start" is not documented` || problem == `query parameter "end" is not documented`)
}

// refuseRequest responds to what no handler gets.
func refuseRequest(w http.ResponseWriter, r *http.Request, status int, problems []string) {
	kind := map[int]string{
		http.StatusNotFound: string(sps.CodeNotFound), http.StatusMethodNotAllowed: "MethodNotAllowed",
		http.StatusNotImplemented: "NotImplemented",
	}[status]
	if kind == "" {
		kind = "BadRequest"
	}
	refuse(w, r, status, kind, strings.Join(problems, "; "))
}

// refuse responds with an error as the appliance writes it.
func refuse(w http.ResponseWriter, r *http.Request, status int, kind, message string) {
	details := map[string]any{}
	if r != nil {
		details["resource"] = r.URL.Path
	}
	fake.JSON(w, status, map[string]any{"error": map[string]any{"type": kind, "message": message, "details": details}})
}

// body reads a JSON body. It responds to the request when it cannot.
func body(w http.ResponseWriter, r *http.Request) (json.RawMessage, bool) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !json.Valid(data) || mediaType != "application/json" {
		refuse(w, r, http.StatusBadRequest, "BadRequest", "the data is not a properly formatted JSON object")
		return nil, false
	}
	return data, true
}
