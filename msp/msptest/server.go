package msptest

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// The administrator that every server knows.
const (
	user     = "msp-admin"
	password = "correct horse battery staple"
)

// Server is an MSP portal. Its methods are safe for concurrent use.
type Server struct {
	base    *fake.Server
	api     *fake.API
	storage *fake.Server // another origin, which holds the content of reports

	mu        sync.Mutex
	accounts  map[string]*account // by username
	sessions  map[string]*session
	questions map[string]question // asked by the page between, by FormDataStr
	idle      time.Duration
	lifetime  time.Duration
	signedOut SignedOut
	signIns   int

	signInPage SignInPage
	lockout    int
	omitXSAuth bool

	tenants     []*tenant
	tenantCap   int
	setUpTime   time.Duration
	revealIDs   bool
	capRequests []string

	reports     []*report
	schedule    msp.Schedule
	scheduledTo time.Time // until when scheduled reports are made
	key         string    // signs download addresses
}

// Fault is something that goes wrong with requests; see [Server.Fail].
type Fault = secureaccesstest.Fault

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

// Start serves HTTP on a TCP address, "127.0.0.1:0" for a free port, until Close. The content of reports is served from
// another port of the same host.
func (s *Server) Start(address string) error {
	return s.start(s.base.Start(address), func(address string) error { return s.storage.Start(address) })
}

// StartTLS serves TLS on a TCP address until Close, with the certificates of config. Without any it has one for this
// machine by a CA of its own, see [Server.CA]. The content of reports is served from another port of the same host.
func (s *Server) StartTLS(address string, config *tls.Config) error {
	return s.start(s.base.StartTLS(address, config), func(address string) error { return s.storage.StartTLS(address, s.base.TLS()) })
}

// start starts the storage beside a portal that has been started.
func (s *Server) start(err error, storage func(address string) error) error {
	if err != nil {
		return err
	}
	u, err := url.Parse(s.URL())
	if err == nil {
		err = storage(net.JoinHostPort(u.Hostname(), "0"))
	}
	if err != nil {
		s.base.Close()
	}
	return err
}

// Close breaks all connections and ends the server.
func (s *Server) Close() {
	s.storage.Close()
	s.base.Close()
}

// URL is where the server listens, "" before it is started.
func (s *Server) URL() string { return s.base.URL() }

// CA returns the certificates that clients of a TLS server have to trust, in PEM.
func (s *Server) CA() []byte { return s.base.CA() }

// Auth returns the credentials of the administrator that every server knows.
func (s *Server) Auth() msp.Auth { return msp.Password(user, password) }

// Credentials returns what a person or another program signs in with: "user", "password", "realm" and "path".
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": user, "password": password, "realm": msp.DefaultRealm, "path": msp.DefaultSignInPath}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts. The server has to be started.
func (s *Server) Client(opts ...secureaccess.Option) (*msp.Client, error) {
	return msp.New(s.URL(), s.Auth(), s.base.Options(opts...)...)
}

// Options returns the options of a client that shares the server's clock and trusts its CA.
func (s *Server) Options() []secureaccess.Option { return s.base.Options() }

// HTTPClient returns a client without credentials that trusts the server's CA.
func (s *Server) HTTPClient() *http.Client { return s.base.HTTPClient() }

// Clock returns the server's clock.
func (s *Server) Clock() *secureaccesstest.Clock { return s.base.Clock() }

// Advance moves the server's clock: sessions end, tenants get set up, scheduled reports are made.
func (s *Server) Advance(d time.Duration) { s.Clock().Advance(d) }

// Fail makes requests fail. Those for the content of reports have paths that begin with "/usage-reports/".
func (s *Server) Fail(f Fault) {
	if strings.HasPrefix(f.Path, contentPath) && s.storage.URL() != "" {
		s.storage.Fail(f)
		return
	}
	s.base.Fail(f)
}

// ServeHTTP responds to a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.base.ServeHTTP(w, r) }

func newServer(clock *secureaccesstest.Clock) *Server {
	s := &Server{
		accounts:    map[string]*account{user: {password: password, realm: msp.DefaultRealm}},
		sessions:    map[string]*session{},
		questions:   map[string]question{},
		idle:        10 * time.Minute,
		lifetime:    time.Hour,
		tenantCap:   100,
		setUpTime:   time.Minute,
		schedule:    msp.Daily(),
		scheduledTo: clock.Now(),
		key:         token(),
	}
	s.schedule.Disabled = true
	s.api = fake.NewAPI(contract.MustLoad("msp"), fake.Config{
		Authenticate: s.authenticate,
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, problems []string) {
			refuse(w, status, strings.Join(problems, "; "))
		},
	})
	s.routes(s.api)
	s.base = fake.NewServer(clock, challenge, s.api)
	s.storage = fake.NewServer(clock, challenge, http.HandlerFunc(s.serveContent))
	return s
}

func (s *Server) routes(api *fake.API) {
	api.Handle(s.openLogin, "msp.auth.start_login")
	api.HandlePath(s.openLogin, "GET", "/login/{page}")
	api.HandlePath(s.welcome, "GET", "/dana-na/auth/{dssignin}/welcome.cgi")
	api.Handle(s.login, "msp.auth.submit_login", "msp.auth.continue_session")
	api.HandlePath(s.home, "GET", homePath)
	api.Handle(s.logout, "msp.auth.logout")
	api.Handle(s.listTenants, "msp.tenants.list")
	api.Handle(s.createTenant, "msp.tenants.create")
	api.Handle(s.requestCap, "msp.tenants.request_cap_increase")
	api.Handle(s.updateTenant, "msp.tenants.update")
	api.Handle(s.listReports, "msp.reports.list_usage")
	api.Handle(s.createReport, "msp.reports.create_usage")
	api.Handle(s.deleteReports, "msp.reports.delete_usage")
	api.Handle(s.downloadURL, "msp.reports.get_usage_download_url")
	api.Handle(s.getSchedule, "msp.reports.get_usage_schedule")
	api.Handle(s.setSchedule, "msp.reports.create_usage_schedule")
	api.HandlePath(func(w http.ResponseWriter, r *http.Request, _ fake.Params) { s.serveContent(w, r) }, "GET", contentPath+"{report_id}")
}

// challenge names what a request lacks: the cookie of a session, for which no scheme is registered.
func challenge(*http.Request) string {
	return `Cookie realm="MSP portal", form-action="` + msp.DefaultSignInPath + `", cookie-name="DSID"`
}

// authenticate lets requests of a session through, and all that are not for the API.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, _ []*contract.Endpoint) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") && s.sessionOf(r) == nil {
		s.respondSignedOut(w)
		return false
	}
	return true
}

// decode reads a JSON body into v, and responds with 400 when it cannot.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	return fake.Decode(r, v, func(problem string) { refuse(w, http.StatusBadRequest, problem) })
}

// refuse responds with an error.
func refuse(w http.ResponseWriter, status int, reason string) {
	fake.JSON(w, status, map[string]string{"error": reason})
}

// refusePage refuses a page that cannot be, and reports whether it did.
func refusePage(w http.ResponseWriter, r *http.Request) bool {
	for _, name := range []string{"start", "limit"} {
		if fake.QueryInt(r, name, 0) < 0 {
			refuse(w, http.StatusBadRequest, name+" is negative")
			return true
		}
	}
	return false
}

// token returns 32 random hexadecimal digits.
func token() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// uuid returns a random identifier as the document prints it in bodies.
func uuid() string {
	t := token()
	return t[:8] + "-" + t[8:12] + "-" + t[12:16] + "-" + t[16:20] + "-" + t[20:]
}

// bare is an identifier as the document prints it in paths: without dashes.
func bare(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }
