package icstest

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// The administrator that every server knows.
const (
	adminUser     = "rest-admin"
	adminPassword = "correct horse battery staple"
	adminRealm    = "Admin Users"
)

// Server is an appliance. Its methods are safe for concurrent use.
type Server struct {
	base *fake.Server
	api  *fake.API

	mu          sync.Mutex
	realms      map[string]*Realm
	keys        map[string]time.Time // API keys that expire, with their last use
	standing    string               // the API key that does not expire
	challenges  map[string]challenge // second factors asked for, by resume id
	keysIssued  int
	legacyLogin bool

	sessions   []*ics.Session
	added      int // sessions ever, for their ids
	cookies    map[string]ics.SessionInfo
	paging     Paging
	afterPage  func()
	pagesAsked []PageRequest

	tree map[string]any // the configuration

	cluster  *ics.ClusterInfo
	joinable map[string]joinable

	licenseServer bool
	leases        ics.LeaseInformation
	pulls         int
	namedUsers    []ics.NamedUser
	serverUsers   map[ics.LicensedProduct][]ics.ServerNamedUser

	csrs         map[string]*csr
	certificates []DeviceCertificate
	imported     int // device certificates ever, for their names
	requested    int // requests ever, for theirs

	information ics.SystemInfo
	figures     ics.HealthFigures
	radius      bool

	ntp  map[string]ics.NTPServer
	totp map[[2]string]TOTPUser

	configuration binary
	imports       []Import
	files         []string // on disk, to be removed
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

// Start serves HTTP on a TCP address, "127.0.0.1:0" for a free port, until Close.
func (s *Server) Start(address string) error { return s.base.Start(address) }

// StartTLS serves TLS on a TCP address until Close, with the certificates of config. Without any it has one for this
// machine by a CA of its own, see [Server.CA].
func (s *Server) StartTLS(address string, config *tls.Config) error {
	return s.base.StartTLS(address, config)
}

// Close breaks all connections and ends the server.
func (s *Server) Close() {
	s.base.Close()
	s.removeFiles()
}

// URL is where the server listens, "" before it is started.
func (s *Server) URL() string { return s.base.URL() }

// CA returns the certificates that clients of a TLS server have to trust, in PEM.
func (s *Server) CA() []byte { return s.base.CA() }

// Auth returns the credentials of the administrator that every server knows.
func (s *Server) Auth() ics.Auth { return ics.Password(adminUser, adminPassword, adminRealm) }

// Credentials returns what a person or another program signs in with: "user", "password" and "realm", and "api_key" for
// a key that does not expire.
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": adminUser, "password": adminPassword, "realm": adminRealm, "api_key": s.standing}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts. The server has to be started.
func (s *Server) Client(opts ...secureaccess.Option) (*ics.Client, error) {
	return ics.New(s.URL(), s.Auth(), s.base.Options(opts...)...)
}

// Options returns the options of a client that shares the server's clock and trusts its CA.
func (s *Server) Options() []secureaccess.Option { return s.base.Options() }

// HTTPClient returns a client without credentials that trusts the server's CA.
func (s *Server) HTTPClient() *http.Client { return s.base.HTTPClient() }

// Clock returns the server's clock.
func (s *Server) Clock() *secureaccesstest.Clock { return s.base.Clock() }

// Advance moves the server's clock: keys expire.
func (s *Server) Advance(d time.Duration) { s.Clock().Advance(d) }

// Fail makes requests fail.
func (s *Server) Fail(f Fault) { s.base.Fail(f) }

// ServeHTTP responds to a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.base.ServeHTTP(w, r) }

func newServer(clock *secureaccesstest.Clock) *Server {
	s := &Server{
		realms:      map[string]*Realm{},
		keys:        map[string]time.Time{},
		standing:    newKey(),
		challenges:  map[string]challenge{},
		legacyLogin: true,
		cookies:     map[string]ics.SessionInfo{},
		tree:        newTree(),
		joinable:    map[string]joinable{},
		serverUsers: map[ics.LicensedProduct][]ics.ServerNamedUser{},
		csrs:        map[string]*csr{},
		radius:      true,
		totp:        map[[2]string]TOTPUser{},
		ntp:         map[string]ics.NTPServer{},
		figures:     ics.HealthFigures{CPU: 8, Swap: 1, Disk: -1},
		information: ics.SystemInfo{
			Rollback: ics.RollbackPartition{Build: "5801", OSName: "ive-sa", OSVersion: "22.6R2"},
			Inventory: ics.SoftwareInventory{
				Software: ics.Software{Name: "IVE-OS", Type: "operating-system", Version: "22.7R2", Build: "6087"},
			},
			System: ics.System{
				HostName: "localhost2", HardwareModel: "ISA-4000", MachineID: "0312MB24A0EZ504VS",
				OSName: "ive-sa", OSVersion: "22.7R2", SerialNumber: "0312022017100103",
			},
		},
		configuration: generated(64<<10, 1),
	}
	s.api = fake.NewAPI(contract.MustLoad("ics"), fake.Config{
		Authenticate: s.authenticate, Refuse: refuseRequest, Ignore: ignored,
	})
	s.routes(s.api)
	s.base = fake.NewServer(clock, func(*http.Request) string { return `Basic realm="` + adminRealm + `"` }, s.api)
	s.AddRealm(Realm{Name: adminRealm, Kind: RealmKindLocal, Users: []User{{Name: adminUser, Password: adminPassword}}})
	return s
}

const (
	configurationPrefix = "/api/v1/configuration/"
	legacyAuthPath      = "/api/v1/auth"
)

func (s *Server) routes(api *fake.API) {
	api.Handle(s.realmAuth, "ics.auth.realm_auth", "ics.auth.resume")
	api.Handle(s.legacyAuth, "ics.auth.legacy")
	api.HandlePath(s.legacyAuth, "POST", legacyAuthPath) // programs in the field do
	api.Handle(s.health, "ics.system.healthcheck", "ics.system.healthcheck_all", "ics.system.healthcheck_sbr")
	api.Handle(s.systemInformation, "ics.system.get_information")

	api.Handle(s.listSessions, "ics.active_users.list", "ics.active_users.find")
	api.Handle(s.endSessions, "ics.active_users.delete_all")
	api.Handle(s.endSession, "ics.active_users.delete_session")
	api.HandlePath(s.sessionInfo, "GET", "/api/v1/sessions/info/{dsid}") // documented with Pulse One

	api.HandleBelow(s.getConfiguration, "GET", configurationPrefix)
	api.HandleBelow(s.putConfiguration, "PUT", configurationPrefix)
	api.HandleBelow(s.postConfiguration, "POST", configurationPrefix)
	api.HandleBelow(s.deleteConfiguration, "DELETE", configurationPrefix)
	api.Handle(s.getConfiguration, "ics.configuration.get_root")
	api.HandlePath(s.ntpStatus, "GET", "/api/v1/system/status/ntp") // this and the next are beyond the document
	api.HandlePath(s.changeTOTP, "PUT", "/api/v1/totp/{server}/users/{user}")
	api.Handle(s.exportBinary, "ics.system.export_binary_configuration")
	api.Handle(s.importBinary, "ics.system.import_binary_configuration_normal", "ics.system.import_binary_configuration_full")

	api.Handle(s.clusterStatus, "ics.cluster.get_status")
	api.Handle(s.changeCluster, "ics.cluster.create", "ics.cluster.join", "ics.cluster.vip_failover")
	api.Handle(s.addMember, "ics.cluster.add_member")
	api.Handle(s.removeMember, "ics.cluster.delete_member")

	api.Handle(s.leaseInformation, "ics.licenses.get_server_lease_information")
	api.Handle(s.pullLeaseState, "ics.licenses.pull_client_lease_state")
	api.Handle(s.listNamedUsers, "ics.named_users.list", "ics.named_users.list_server")
	api.Handle(s.changeNamedUsers, "ics.named_users.remove", "ics.named_users.remove_all")
	api.Handle(s.listServerNamedUsers, "ics.named_users.list_server_product")
	api.Handle(s.changeServerNamedUsers, "ics.named_users.remove_server", "ics.named_users.remove_all_server")

	api.Handle(s.importCertificate, "ics.certificates.import_device_certificate")
	api.Handle(s.deleteCertificate, "ics.certificates.delete_device_certificate")
	api.Handle(s.createCSR, "ics.certificates.create_csr")
	api.Handle(s.uploadSigned, "ics.certificates.upload_signed_certificate")
}

// ignored reports what an appliance takes although the contract does not know it: members of the configuration, which
// holds far more than the document shows, and import modes, which have a refusal of their own.
func ignored(e *contract.Endpoint, problem string) bool {
	if strings.HasPrefix(e.Path, configurationPrefix) {
		return strings.HasSuffix(problem, "is not documented")
	}
	return strings.HasPrefix(e.ID, "ics.system.import_binary_configuration") && strings.Contains(problem, `"import"`)
}

// refuseRequest responds to what no handler gets.
func refuseRequest(w http.ResponseWriter, _ *http.Request, status int, problems []string) {
	switch status {
	case http.StatusNotFound:
		problems = []string{"Requested resource does not exist"}
	case http.StatusMethodNotAllowed:
		problems = []string{"Method not allowed"}
	}
	refuse(w, status, problems...)
}

// refuse responds with errors.
func refuse(w http.ResponseWriter, status int, reasons ...string) {
	result(w, status, ics.Result{Errors: messages(reasons)})
}

// inform responds with information.
func inform(w http.ResponseWriter, status int, texts ...string) {
	result(w, status, ics.Result{Info: messages(texts)})
}

func result(w http.ResponseWriter, status int, r ics.Result) {
	fake.JSON(w, status, map[string]ics.Result{"result": r})
}

func messages(texts []string) []ics.Message {
	list := make([]ics.Message, len(texts))
	for i, text := range texts {
		list[i].Text = text
	}
	return list
}

// succeeded is what the appliance says about most changes of the configuration.
const succeeded = "Operation succeeded without warning or error!"

// completed is what it says about most changes of the system.
const completed = "Operation successfully completed."

// noContent responds to a deletion.
func noContent(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNoContent)
}

// decode reads a JSON body into v, and responds with 400 when it cannot.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	return fake.Decode(r, v, func(problem string) { refuse(w, http.StatusBadRequest, problem) })
}

// newKey makes an API key: base64 text, as the appliance's are.
func newKey() string { return base64.StdEncoding.EncodeToString([]byte(token(16))) }

// token returns n random bytes in hexadecimal digits.
func token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// copyOf copies a value by way of JSON, which all state here has.
func copyOf[T any](v T) T {
	var c T
	data, err := secureaccess.Marshal(v)
	if err == nil {
		_ = secureaccess.Unmarshal(data, &c)
	}
	return c
}
