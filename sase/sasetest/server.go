package sasetest

import (
	"crypto/tls"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// Fault is something that goes wrong with requests; see [Server.Fail]. Paths begin with /api/rest/v1, that of the
// authorize call with /api/v1. [ErrorShape.Fault] makes one that responds with an error.
type Fault = secureaccesstest.Fault

// Server is an in-memory Harmony SASE. It is safe for concurrent use.
type Server struct {
	base *fake.Server
	api  *fake.API

	mu             sync.Mutex
	lastID         int
	keys           map[string]time.Time // end; zero: never
	tokens         map[string]time.Time // end
	tokenLife      time.Duration
	expiryForm     ExpiryForm
	authorizations int
	errorShape     ErrorShape
	users          []sase.User
	groups         []sase.Group
	networks       []sase.Network
	down           map[string]bool // instances
	licenses       map[kind]int
}

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
// machine by a CA of its own, see [Server.CA].
func (s *Server) StartTLS(address string, config *tls.Config) error {
	return s.base.StartTLS(address, config)
}

// Close breaks all connections and ends the server.
func (s *Server) Close() { s.base.Close() }

// URL is where the server listens, "" before it is started. See [Server.BaseURL] for clients.
func (s *Server) URL() string { return s.base.URL() }

// BaseURL is what [sase.New] takes.
func (s *Server) BaseURL() string { return s.URL() + "/api/rest" }

// CA returns the certificates that clients of a TLS server have to trust, in PEM.
func (s *Server) CA() []byte { return s.base.CA() }

// Auth returns credentials with the API key that the server knows from the start.
func (s *Server) Auth() sase.Auth { return sase.APIKey(key) }

// Credentials returns what a person or another program signs in with: "api_key", "base_url" and "authorize_url".
func (s *Server) Credentials() map[string]string {
	return map[string]string{"api_key": key, "base_url": s.BaseURL(), "authorize_url": s.URL() + authorizePath}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts. The server has to be started.
func (s *Server) Client(opts ...secureaccess.Option) (*sase.Client, error) {
	return sase.New(s.BaseURL(), s.Auth(), s.base.Options(opts...)...)
}

// Options returns the options of a client that shares the server's clock and trusts its CA.
func (s *Server) Options() []secureaccess.Option { return s.base.Options() }

// HTTPClient returns a client without credentials that trusts the server's CA.
func (s *Server) HTTPClient() *http.Client { return s.base.HTTPClient() }

// Clock returns the server's clock.
func (s *Server) Clock() *secureaccesstest.Clock { return s.base.Clock() }

// Advance moves the server's clock: tokens and keys expire.
func (s *Server) Advance(d time.Duration) { s.Clock().Advance(d) }

// Fail makes requests fail.
func (s *Server) Fail(f Fault) { s.base.Fail(f) }

// ServeHTTP responds to a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.base.ServeHTTP(w, r) }

// key is the API key that every server knows from the start.
const key = "sasetest-api-key"

func newServer(clock *secureaccesstest.Clock) *Server {
	s := &Server{
		keys:       map[string]time.Time{key: {}},
		tokens:     map[string]time.Time{},
		tokenLife:  time.Hour,
		expiryForm: ExpiryFormSeconds,
		errorShape: ErrorShapeID,
		down:       map[string]bool{},
		licenses:   map[kind]int{member: 1000, gateway: 100},
	}
	s.api = fake.NewAPI(contract.MustLoad("sase"), fake.Config{
		Authenticate: s.authenticate,
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, problems []string) {
			s.refuse(w, status, "", strings.Join(problems, "; "))
		},
	})
	s.routes(s.api)
	s.base = fake.NewServer(clock, func(*http.Request) string { return `Bearer realm="Harmony SASE"` }, s.api)
	return s
}

func (s *Server) routes(api *fake.API) {
	api.Handle(s.authorize, "sase.auth.authorize")
	api.Handle(s.createUser, "sase.users.create")
	api.Handle(s.listUsers, "sase.users.list")
	api.Handle(s.deleteUser, "sase.users.delete")
	api.Handle(s.createGroup, "sase.groups.create")
	api.Handle(s.listGroups, "sase.groups.list")
	api.Handle(s.deleteGroup, "sase.groups.delete")
	api.Handle(s.addMember, "sase.groups.add_member")
	api.Handle(s.removeMember, "sase.groups.remove_member")
	api.Handle(s.listAddons, "sase.addons.list")
	api.Handle(s.buy(member), "sase.addons.add_members")
	api.Handle(s.buy(gateway), "sase.addons.add_gateways")
	api.Handle(s.listNetworks, "sase.networks.list")
	api.Handle(s.getHealth, "sase.networks.get_health")
}

// decode reads a JSON body into v, and responds with 400 when it cannot.
func (s *Server) decode(w http.ResponseWriter, r *http.Request, v any) bool {
	return fake.Decode(r, v, func(problem string) { s.refuse(w, http.StatusBadRequest, "", problem) })
}

// newID makes an id. The lock is held.
func (s *Server) newID(prefix string) string {
	s.lastID++
	return prefix + strconv.Itoa(s.lastID)
}
