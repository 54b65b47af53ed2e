package pulseonetest

import (
	"crypto/tls"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// The administrator that every server knows.
const (
	adminID       = "9822b71a-27cf-11e4-9440-1a1e7d989db4"
	adminUser     = "admin"
	adminPassword = "correct horse battery staple"
)

// Fault is something that goes wrong with requests; see [Server.Fail].
type Fault = secureaccesstest.Fault

// Server is a Pulse One, console and API. It is safe for concurrent use.
type Server struct {
	base     *fake.Server
	api      *fake.API
	verifier *hawk.Verifier

	mu          sync.Mutex
	stage       time.Duration
	apiURL      string
	users       map[string]*user
	sessions    map[string]*session     // by cookie
	credentials map[string]*credentials // by Hawk id
	logins      int
	issued      int
	serial      int
	appliances  []*appliance
	groups      []*group
	clusters    []pulseone.Cluster
	firmwares   []*firmware
	schedules   []*schedule
	contents    contents
	face        face // to appliances
	workspaces  workspaces
	mobile      mobile
	admin       administration
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

// Close breaks all connections and ends the server. Content of backups, and what is larger than 1 MiB of firmwares, goes
// with it.
func (s *Server) Close() {
	s.closeDevices()
	s.base.Close()
	s.contents.clear()
}

// URL is where the server listens, "" before it is started.
func (s *Server) URL() string { return s.base.URL() }

// CA returns the certificates that clients of a TLS server have to trust, in PEM.
func (s *Server) CA() []byte { return s.base.CA() }

// Auth returns the credentials of the administrator that every server knows.
func (s *Server) Auth() pulseone.Auth { return pulseone.Password(adminUser, adminPassword) }

// Credentials returns what a person or another program signs in with: "user" and "password".
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": adminUser, "password": adminPassword}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts. The server has to be started.
func (s *Server) Client(opts ...secureaccess.Option) (*pulseone.Client, error) {
	return pulseone.New(s.URL(), s.Auth(), s.base.Options(opts...)...)
}

// Options returns the options of a client that shares the server's clock and trusts its CA.
func (s *Server) Options() []secureaccess.Option { return s.base.Options() }

// HTTPClient returns a client without credentials that trusts the server's CA.
func (s *Server) HTTPClient() *http.Client { return s.base.HTTPClient() }

// Clock returns the server's clock.
func (s *Server) Clock() *secureaccesstest.Clock { return s.base.Clock() }

// Advance moves the server's clock: sessions and credentials expire, a publish goes on.
func (s *Server) Advance(d time.Duration) { s.Clock().Advance(d) }

// Fail makes requests fail.
func (s *Server) Fail(f Fault) { s.base.Fail(f) }

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.base.ServeHTTP(w, r) }

// SetStage sets how long a member stays in each of the states of a publish, and a task in each of its own where the
// server plays the appliance; 2 seconds by default.
func (s *Server) SetStage(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage = d
}

// SetAPIURL sets what sessions name as the place of the API; the server itself by default.
func (s *Server) SetAPIURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apiURL = url
}

func newServer(clock *secureaccesstest.Clock) *Server {
	s := &Server{
		stage:       2 * time.Second,
		users:       map[string]*user{},
		sessions:    map[string]*session{},
		credentials: map[string]*credentials{},
	}
	s.verifier = &hawk.Verifier{Credentials: s.lookUp, Now: clock.Now, Payload: hawk.PayloadPolicyIfHashed}
	s.api = fake.NewAPI(contract.MustLoad("pulseone"), fake.Config{
		Authenticate: s.authenticate,
		Untyped:      true, // several examples of the document have no type
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, problems []string) {
			code := codeOf(status)
			if slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, " elements, more than ") }) {
				code = pulseone.CodeTooManyItems
			}
			refuse(w, status, code, strings.Join(problems, "; "))
		},
	})
	// One line a service, whose file registers its handlers by the ids of the contract. What has none gets the documented
	// response.
	s.activityRoutes()
	s.applianceRoutes()
	s.authRoutes()
	s.clusterRoutes()
	s.configRoutes()
	s.consoleAccessRoutes()
	s.consoleBackupRoutes()
	s.consoleFactRoutes()
	s.consoleProfilerRoutes()
	s.consoleStatsRoutes()
	s.consoleTaskRoutes()
	s.deviceRoutes()
	s.firmwareRoutes()
	s.groupRoutes()
	s.orchestrationRoutes()
	s.scheduleRoutes()
	s.mobileRoutes()
	s.administrationRoutes()
	s.workspaceRoutes()
	s.base = fake.NewServer(clock, challenge, s.signed(s.api))
	s.AddUser(adminUser, adminPassword, pulseone.Permissions{
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

// refuse responds with an error as the document has them.
func refuse(w http.ResponseWriter, status int, code secureaccess.Code, message string) {
	number, _ := strconv.Atoi(string(code))
	fake.JSON(w, status, map[string]any{
		"code": number, "message": message, "id": "61ec6a95-5669-45e7-bf27-f08641bf34e1",
	})
}

func notFound(w http.ResponseWriter, what string) {
	refuse(w, http.StatusNotFound, "40400", "no such "+what)
}

// codeOf is the code that says no more than the status.
func codeOf(status int) secureaccess.Code { return secureaccess.Code(strconv.Itoa(status * 100)) }

// page is the body of a list. Its total is there also when it is 0.
type page[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

// decode reads a JSON body into v as clients read responses, and responds with 400 when it cannot.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	return decodeBody(w, r, v, false)
}

// decodeOptional is decode for a body that may be left out, also by a request that does not tell its length.
func decodeOptional(w http.ResponseWriter, r *http.Request, v any) bool {
	return decodeBody(w, r, v, true)
}

func decodeBody(w http.ResponseWriter, r *http.Request, v any, optional bool) bool {
	data, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err == nil && (len(data) > 0 || !optional) {
		err = secureaccess.Unmarshal(data, v)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the body is not what the operation takes")
	}
	return err == nil
}

// handlerOf returns what makes handlers for one object, which the path's parameter names: they get it with the lock held
// and everything where the clock is, and need not consider objects that do not exist.
func handlerOf[T any](s *Server, what, parameter string, find func(id string) *T) func(
	respond func(http.ResponseWriter, *http.Request, *T, fake.Params),
) fake.Handler {
	return func(respond func(http.ResponseWriter, *http.Request, *T, fake.Params)) fake.Handler {
		return func(w http.ResponseWriter, r *http.Request, p fake.Params) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.walk()
			if object := find(p[parameter]); object != nil {
				respond(w, r, object, p)
				return
			}
			notFound(w, what)
		}
	}
}
