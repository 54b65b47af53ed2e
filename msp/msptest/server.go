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
)

// The administrator that every server knows.
const (
	user     = "msp-admin"
	password = "correct horse battery staple"
)

// Server is an MSP portal. Its methods are safe for concurrent use.
type Server struct {
	fake.Server
	storage fake.Server // another origin, which holds the content of reports

	mu        sync.Mutex
	accounts  map[string]account // by user name
	sessions  map[string]*session
	questions map[string]question // asked by the page between, by FormDataStr
	idle      time.Duration
	lifetime  time.Duration
	signedOut SignedOut
	signIns   int

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
type Fault = fake.Fault

// New returns a server with the machine's clock, to be started with [Server.Start].
func New() *Server { return newServer(fake.SystemClock()) }

// NewServer starts a server for a test and ends it with the test. Its clock stands still, but for [Server.Advance] and
// the pauses of clients made with [Server.Client].
func NewServer(t fake.TB) *Server {
	t.Helper()
	s := newServer(fake.NewClock())
	s.ServeTest(t, s.handler())
	s.storage.ServeTest(t, http.HandlerFunc(s.serveContent))
	return s
}

func newServer(clock *fake.Clock) *Server {
	s := &Server{
		accounts:    map[string]account{user: {password, msp.DefaultRealm}},
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
	s.Init(clock)
	s.storage.Init(clock)
	return s
}

// Start serves on a TCP address, "127.0.0.1:0" for a free port; with config over TLS. The content of reports is served
// from another port of the same host. [Server.Close] ends both.
func (s *Server) Start(address string, config *tls.Config) error {
	if err := s.Serve(address, config, s.handler()); err != nil {
		return err
	}
	u, err := url.Parse(s.URL)
	if err == nil {
		err = s.storage.Serve(net.JoinHostPort(u.Hostname(), "0"), config, http.HandlerFunc(s.serveContent))
	}
	if err != nil {
		s.Server.Close()
	}
	return err
}

// Close breaks all connections and ends the server.
func (s *Server) Close() {
	s.storage.Close()
	s.Server.Close()
}

// Fail makes requests fail. Those for the content of reports have paths that begin with "/usage-reports/".
func (s *Server) Fail(f Fault) {
	if strings.HasPrefix(f.Path, contentPath) {
		s.storage.Fail(f)
		return
	}
	s.Server.Fail(f)
}

// Auth returns the credentials of the administrator that every server knows.
func (s *Server) Auth() msp.Auth { return msp.Password(user, password) }

// Credentials returns what a person or another program signs in with: "user", "password", "realm" and "path".
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": user, "password": password, "realm": msp.DefaultRealm, "path": msp.DefaultLoginPath}
}

// Options returns the options of a client that shares the server's clock.
func (s *Server) Options() []secureaccess.Option {
	return []secureaccess.Option{secureaccess.WithClock(s.Clock())}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts.
func (s *Server) Client(opts ...secureaccess.Option) (*msp.Client, error) {
	return msp.New(s.URL, s.Auth(), append(s.Options(), opts...)...)
}

// handler answers the portal's requests: first whether there is a session, then whether the contract allows them.
func (s *Server) handler() http.Handler {
	router := &fake.Router{NotFound: func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "no such address")
	}}
	router.Handle("GET", "/login/{page}", s.openLogin)
	router.Handle("GET", "/dana-na/auth/{dssignin}/welcome.cgi", s.welcome)
	router.Handle("POST", "/dana-na/auth/{dssignin}/login.cgi", s.login)
	router.Handle("GET", homePath, s.home)
	router.Handle("GET", "/api/my-session/logout", s.logout)
	router.Handle("GET", "/api/msp/tenants", s.listTenants)
	router.Handle("POST", "/api/msp/tenants", s.createTenant)
	router.Handle("POST", "/api/msp/tenants/requests/tenant-cap-limit", s.requestCap)
	router.Handle("PUT", "/api/msp/tenants/{tenant_id}", s.updateTenant)
	router.Handle("GET", "/api/msp/reports/usage", s.listReports)
	router.Handle("POST", "/api/msp/reports/usage", s.createReport)
	router.Handle("DELETE", "/api/msp/reports/usage", s.deleteReports)
	router.Handle("GET", "/api/msp/reports/usage/{report_id}/download-url", s.downloadURL)
	router.Handle("GET", "/api/msp/reports/usage/schedule", s.getSchedule)
	router.Handle("POST", "/api/msp/reports/usage/schedule", s.setSchedule)
	guarded := fake.Guard(contract.MustLoad("msp"), forbidden, router)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") && s.sessionOf(r) == nil {
			s.answerSignedOut(w)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int, reason string) {
	fake.JSON(w, status, map[string]string{"error": reason})
}

// forbidden refuses what the contract forbids.
func forbidden(w http.ResponseWriter, problems []string) {
	refuse(w, http.StatusBadRequest, strings.Join(problems, "; "))
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
