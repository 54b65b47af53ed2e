// Package pulseonetest is a Pulse One in memory, to test programs against: a real HTTP server on this machine that
// checks passwords, cookies and Hawk signatures, lets sessions and credentials expire, keeps appliances and groups, and
// walks a published group through its states.
//
//	func TestRollOut(t *testing.T) {
//		server := pulseonetest.NewServer(t)
//		client, err := server.Client()
//		...
//	}
//
// Its clock stands still, except that [Server.Advance] moves it and that a client's pauses do, so that polls, retries
// and expiries take no time. [Server.Fail] makes requests fail.
//
// Operations without a state of their own are answered with the example of the vendor's document. Requests that the
// document forbids (an unknown query parameter, a missing member) are refused with 400, so that a program that passes
// here sends what is documented.
package pulseonetest

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// The administrator that every server knows.
const (
	Username = "admin"
	Password = "correct horse battery staple"
)

// Fault is something that goes wrong with requests; see [Server.Fail]. Method and Path (the beginning of a path)
// choose requests, After lets some pass first, Times says how many fail (0 is one, -1 all). What happens is Delay,
// then one of Reset (the connection breaks), Status with Header and Body (that answer), Truncate (the answer breaks
// off after so many bytes).
type Fault = fake.Fault

// Server is a Pulse One. It is safe for concurrent use. Beside the methods here it has those of all fakes: Clock,
// Advance, Fail and Close, and the field URL.
type Server struct {
	fake.Server

	// Stage is how long a member stays in each of the states of a publish; 2 seconds by default. Change it before the
	// first request.
	Stage time.Duration

	// APIURL is what sessions name as the place of the API; the server itself by default.
	APIURL string

	contract *contract.Contract
	verifier *hawk.Verifier
	console  http.Handler
	api      http.Handler

	mu          sync.Mutex
	users       map[string]*user
	sessions    map[string]*session     // by cookie
	credentials map[string]*credentials // by Hawk id
	logins      int
	issued      int
	serial      int
	appliances  []*appliance
	groups      []*group
	clusters    []pulseone.Cluster
}

// NewServer starts a server for a test, on a clock that stands still. It ends with the test. Every *testing.T, B and F
// will do for t.
func NewServer(t fake.TB) *Server {
	t.Helper()
	s := newServer(fake.NewClock())
	s.ServeTest(t, s)
	s.APIURL = s.URL
	return s
}

// New returns a server for a program, on the machine's clock. It serves once [Server.Start] is called, or as the
// [http.Handler] it is.
func New() *Server { return newServer(fake.SystemClock()) }

// NewStill returns a server for a program, on a clock that stands still as that of [NewServer].
func NewStill() *Server { return newServer(fake.NewClock()) }

// Start serves on a TCP address, such as "127.0.0.1:8001" or "127.0.0.1:0" for a free port; with config, TLS.
func (s *Server) Start(address string, config *tls.Config) error {
	if err := s.Serve(address, config, s); err != nil {
		return err
	}
	if s.APIURL == "" {
		s.APIURL = s.URL
	}
	return nil
}

func newServer(clock *fake.Clock) *Server {
	s := &Server{
		Stage:       2 * time.Second,
		contract:    contract.MustLoad("pulseone"),
		users:       map[string]*user{},
		sessions:    map[string]*session{},
		credentials: map[string]*credentials{},
	}
	s.Init(clock)
	s.verifier = &hawk.Verifier{Credentials: s.lookUp, Now: clock.Now, Payload: hawk.PayloadIfHashed}
	s.console = fake.Guard(s.contract, badRequest, s.consoleRoutes())
	s.api = fake.Guard(s.contract, badRequest, s.apiRoutes())
	s.AddUser(Username, Password, pulseone.Permissions{
		ActionMap: map[string][]string{
			"WRITE_ACTIONS":  {"CREATE", "READ", "UPDATE"},
			"DELETE_ACTIONS": {"CREATE", "READ", "UPDATE", "DELETE"},
		},
		Namespaces: map[string][]string{
			"admin":                       {"READ"},
			"admin.settings":              {"WRITE_ACTIONS"},
			"admin.appliances.appliance":  {"DELETE_ACTIONS"},
			"admin.appliances.configdist": {"WRITE_ACTIONS"},
		},
	})
	return s
}

// Auth is the administrator's login.
func (s *Server) Auth() pulseone.Auth { return pulseone.Password(Username, Password) }

// Options are what a client of this server needs: its clock.
func (s *Server) Options() []secureaccess.Option {
	return []secureaccess.Option{secureaccess.WithClock(s.Clock())}
}

// Client returns a client that logs in as the administrator and shares the server's clock.
func (s *Server) Client(opts ...secureaccess.Option) (*pulseone.Client, error) {
	return pulseone.New(s.URL, s.Auth(), append(s.Options(), opts...)...)
}

// Credentials are what a person needs to use the server from elsewhere.
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": Username, "password": Password}
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.EscapedPath(); {
	case path == "/api/login", path == "/api/session":
		s.console.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/api/v1/"):
		s.serveAPI(w, r)
	default:
		refuse(w, http.StatusNotFound, 40400, "there is nothing here")
	}
}

// serveAPI checks the signature, where the document wants one, and then the request.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	operations := s.contract.Match(r.Method, r.URL.EscapedPath())
	if len(operations) == 0 || operations[0].Auth == "hawk" {
		if !s.verify(w, r) {
			return
		}
	}
	s.api.ServeHTTP(w, r)
}

// refuse answers with an error as the document has them.
func refuse(w http.ResponseWriter, status int, code pulseone.Code, message string) {
	fake.JSON(w, status, map[string]any{
		"code": int(code), "message": message, "id": "61ec6a95-5669-45e7-bf27-f08641bf34e1",
	})
}

// apiRoutes has every documented operation: answered by its example at first, and those with a state by that.
func (s *Server) apiRoutes() http.Handler {
	routes := &fake.Router{NotFound: func(w http.ResponseWriter, _ *http.Request) { notFound(w, "operation") }}
	for _, e := range slices.Backward(s.contract.Endpoints) { // the first of those under one path counts
		routes.Handle(e.Method, e.Path, func(w http.ResponseWriter, _ *http.Request, _ fake.Params) { fake.Example(w, e) })
	}
	s.applianceRoutes(routes)
	s.groupRoutes(routes)
	s.configRoutes(routes)
	return routes
}

// handleOne returns what adds handlers for one object, which the path's parameter names: they get it with the lock
// held and everything where the clock is, and need not think of objects that are not there.
func handleOne[T any](s *Server, routes *fake.Router, what, parameter string, find func(id string) *T) func(
	method, template string, answer func(http.ResponseWriter, *http.Request, *T, fake.Params),
) {
	return func(method, template string, answer func(http.ResponseWriter, *http.Request, *T, fake.Params)) {
		routes.Handle(method, template, func(w http.ResponseWriter, r *http.Request, p fake.Params) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.walk()
			if object := find(p[parameter]); object != nil {
				answer(w, r, object, p)
				return
			}
			notFound(w, what)
		})
	}
}

func badRequest(w http.ResponseWriter, problems []string) {
	refuse(w, http.StatusBadRequest, 40000, strings.Join(problems, "; "))
}

func notFound(w http.ResponseWriter, what string) {
	refuse(w, http.StatusNotFound, 40400, "no such "+what)
}
