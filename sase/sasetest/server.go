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
)

// Fault is something that goes wrong with requests; see [Server.Fail]. Paths begin with /api/rest/v1, that of the
// authorize call with /api/v1. [ErrorShape.Fault] makes one that answers with a refusal.
type Fault = fake.Fault

// Server is an in-memory Harmony SASE. It is safe for concurrent use.
type Server struct {
	fake.Server

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
	licences       map[kind]int
}

// NewServer returns a server that runs until the test ends.
func NewServer(t fake.TB) *Server {
	t.Helper()
	s := newServer(fake.NewClock())
	s.ServeTest(t, s.handler())
	return s
}

// New returns a server for programs. It goes by the machine's clock and serves once it is started.
func New() *Server { return newServer(fake.SystemClock()) }

// Start serves on a TCP address, "127.0.0.1:0" for a free port, with TLS if config is not nil, until Close.
func (s *Server) Start(address string, config *tls.Config) error {
	return s.Serve(address, config, s.handler())
}

// key is the API key that every server knows from the start.
const key = "sasetest-api-key"

func newServer(clock *fake.Clock) *Server {
	s := &Server{
		keys:       map[string]time.Time{key: {}},
		tokens:     map[string]time.Time{},
		tokenLife:  time.Hour,
		expiryForm: ExpiryRFC3339,
		errorShape: ErrorID,
		down:       map[string]bool{},
		licences:   map[kind]int{member: 1000, gateway: 100},
	}
	s.Init(clock)
	return s
}

// BaseURL is what [sase.New] takes.
func (s *Server) BaseURL() string { return s.URL + "/api/rest" }

// Auth is the authentication with a key that the server knows from the start.
func (s *Server) Auth() sase.Auth { return sase.APIKey(key) }

// Options make a client share the server's clock.
func (s *Server) Options() []secureaccess.Option {
	return []secureaccess.Option{secureaccess.WithClock(s.Clock())}
}

// Client returns a client of the server.
func (s *Server) Client(opts ...secureaccess.Option) (*sase.Client, error) {
	return sase.New(s.BaseURL(), s.Auth(), append(s.Options(), opts...)...)
}

// Credentials are what a person needs to use the server from elsewhere.
func (s *Server) Credentials() map[string]string {
	return map[string]string{"api key": key, "base URL": s.BaseURL(), "authorize URL": s.URL + authorizePath}
}

func (s *Server) handler() http.Handler {
	router := &fake.Router{
		NotFound: func(w http.ResponseWriter, _ *http.Request) { s.refuse(w, http.StatusNotFound, "", "no such path") },
		NotAllow: func(w http.ResponseWriter, _ *http.Request) {
			s.refuse(w, http.StatusMethodNotAllowed, "", "no such method")
		},
	}
	router.Handle("POST", authorizePath, s.authorize)
	router.Handle("POST", "/api/rest/v1/users", s.createUser)
	router.Handle("GET", "/api/rest/v1/users", s.listUsers)
	router.Handle("DELETE", "/api/rest/v1/users/{id}", s.deleteUser)
	router.Handle("POST", "/api/rest/v1/groups", s.createGroup)
	router.Handle("GET", "/api/rest/v1/groups", s.listGroups)
	router.Handle("DELETE", "/api/rest/v1/groups/{id}", s.deleteGroup)
	router.Handle("POST", "/api/rest/v1/groups/{groupId}/member/{userId}", s.addMember)
	router.Handle("DELETE", "/api/rest/v1/groups/{groupId}/member/{userId}", s.removeMember)
	router.Handle("GET", "/api/rest/v1/addons", s.listAddons)
	router.Handle("POST", "/api/rest/v1/addons/members", s.buy(member))
	router.Handle("POST", "/api/rest/v1/addons/gateways", s.buy(gateway))
	router.Handle("GET", "/api/rest/v1/networks", s.listNetworks)
	router.Handle("GET", "/api/rest/v1/networks/{id}", s.getHealth)
	return s.authenticated(fake.Guard(contract.MustLoad("sase"), s.malformed, router))
}

// malformed refuses a request for what the contract finds wrong with it.
func (s *Server) malformed(w http.ResponseWriter, problems []string) {
	s.refuse(w, http.StatusBadRequest, "", strings.Join(problems, "; "))
}

// newID makes an id. The lock is held.
func (s *Server) newID(prefix string) string {
	s.lastID++
	return prefix + strconv.Itoa(s.lastID)
}
