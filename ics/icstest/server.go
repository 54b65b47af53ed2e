package icstest

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// The administrator that every server knows.
const (
	adminUser     = "rest-admin"
	adminPassword = "correct horse battery staple"
	adminRealm    = "Admin Users"
)

// Server is an appliance. Its methods are safe for concurrent use.
type Server struct {
	fake.Server

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

	cluster  *ics.ClusterStatus
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

	information ics.SystemInformation
	load        ics.Load
	radius      bool

	configuration binary
	imports       []Import
	files         []string // on disk, to be removed
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
	t.Cleanup(s.removeFiles)
	s.ServeTest(t, s.handler())
	return s
}

func newServer(clock *fake.Clock) *Server {
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
		load:        ics.Load{CPU: 8, Swap: 1, Disk: -1},
		information: ics.SystemInformation{
			Rollback: ics.RollbackPartition{Build: "5801", OSName: "ive-sa", OSVersion: "22.6R2"},
			Software: ics.Software{Name: "IVE-OS", Type: "operating-system", Version: "22.7R2", Build: "6087"},
			System: ics.System{
				HostName: "localhost2", HardwareModel: "ISA-4000", MachineID: "0312MB24A0EZ504VS",
				OSName: "ive-sa", OSVersion: "22.7R2", SerialNumber: "0312022017100103",
			},
		},
		configuration: generated(64<<10, 1),
	}
	s.Init(clock)
	s.AddRealm(Realm{Name: adminRealm, Kind: Local, Users: []User{{Name: adminUser, Password: adminPassword}}})
	return s
}

// Start serves on a TCP address, "127.0.0.1:0" for a free port; with config over TLS. [Server.Close] ends it.
func (s *Server) Start(address string, config *tls.Config) error {
	return s.Serve(address, config, s.handler())
}

// Close breaks all connections and ends the server.
func (s *Server) Close() {
	s.Server.Close()
	s.removeFiles()
}

// Auth returns the credentials of the administrator that every server knows.
func (s *Server) Auth() ics.Auth { return ics.Password(adminUser, adminPassword, adminRealm) }

// Credentials returns what a person or another program signs in with: "user", "password" and "realm", and "api_key"
// for a key that does not expire.
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": adminUser, "password": adminPassword, "realm": adminRealm, "api_key": s.standing}
}

// Options returns the options of a client that shares the server's clock.
func (s *Server) Options() []secureaccess.Option {
	return []secureaccess.Option{secureaccess.WithClock(s.Clock())}
}

// Client returns a client of the server, with [Server.Auth], [Server.Options] and opts.
func (s *Server) Client(opts ...secureaccess.Option) (*ics.Client, error) {
	return ics.New(s.URL, s.Auth(), append(s.Options(), opts...)...)
}

const (
	configurationPrefix = "/api/v1/configuration/"
	binaryPath          = "/api/v1/system/binary-configuration"
	healthPath          = "/api/v1/system/healthcheck"
	realmAuthPath       = "/api/v1/realm_auth"
	legacyAuthPath      = "/api/v1/auth"
)

// handler answers requests: first whether they are authenticated, then whether the contract allows them.
func (s *Server) handler() http.Handler {
	router := &fake.Router{
		NotFound: func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusNotFound, "Requested resource does not exist")
		},
		NotAllow: func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusMethodNotAllowed, "Method not allowed")
		},
	}
	router.Handle("POST", realmAuthPath, s.realmAuth)
	router.Handle("GET", legacyAuthPath, s.legacyAuth)
	router.Handle("GET", healthPath, s.health)
	router.Handle("GET", "/api/v1/system/system-information", s.systemInformation)

	router.Handle("GET", "/api/v1/system/active-users", s.listSessions)
	router.Handle("DELETE", "/api/v1/system/active-users", s.endSessions)
	router.Handle("DELETE", "/api/v1/system/active-users/session/{session_id}", s.endSession)
	router.Handle("GET", "/api/v1/sessions/info/{dsid}", s.sessionInfo)

	router.Handle("GET", configurationPrefix+"{path...}", s.getConfiguration)
	router.Handle("PUT", configurationPrefix+"{path...}", s.putConfiguration)
	router.Handle("POST", configurationPrefix+"{path...}", s.postConfiguration)
	router.Handle("DELETE", configurationPrefix+"{path...}", s.deleteConfiguration)
	router.Handle("GET", binaryPath, s.exportBinary)
	router.Handle("PUT", binaryPath, s.importBinary)

	router.Handle("GET", "/api/v1/cluster", s.clusterStatus)
	router.Handle("PUT", "/api/v1/cluster", s.changeCluster)
	router.Handle("POST", "/api/v1/cluster/members", s.addMember)
	router.Handle("DELETE", "/api/v1/cluster/members/{member_name}", s.removeMember)

	router.Handle("GET", "/api/v1/license/license-server-lease-information", s.leaseInformation)
	router.Handle("PUT", "/api/v1/license/license-client-lease-state", s.pullLeaseState)
	router.Handle("GET", "/api/v1/license/named-users", s.listNamedUsers)
	router.Handle("PUT", "/api/v1/license/named-users", s.changeNamedUsers)
	router.Handle("GET", "/api/v1/license/named-users/{product}", s.listServerNamedUsers)
	router.Handle("PUT", "/api/v1/license/named-users/{product}", s.changeServerNamedUsers)

	router.Handle("POST", "/api/v1/system/certificates/device-certificates", s.importCertificate)
	router.Handle("DELETE", "/api/v1/system/certificates/device-certificates/{subject_name}", s.deleteCertificate)
	router.Handle("POST", "/api/v1/system/certificates/device-certificate-csrs", s.createCSR)
	router.Handle("POST", "/api/v1/system/certificates/device-certificate-csrs/{csr_name}/certificate", s.uploadSigned)

	guarded := fake.Guard(contract.MustLoad("ics"), forbidden, router)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		switch path {
		case healthPath:
		case realmAuthPath, legacyAuthPath:
			if _, _, ok := r.BasicAuth(); !ok {
				refuse(w, http.StatusUnauthorized, "Invalid credentials")
				return
			}
		default:
			if !s.authenticated(r) {
				// An upload is read to its end: to break it off would hide the answer.
				_, _ = io.Copy(io.Discard, r.Body)
				refuse(w, http.StatusUnauthorized, "Invalid credentials")
				return
			}
		}
		switch {
		case strings.HasPrefix(path, configurationPrefix):
			guardConfiguration(w, r, router)
		case path == binaryPath && r.Method == http.MethodPut && !knownImportMode(r):
			_, _ = io.Copy(io.Discard, r.Body)
			refuse(w, http.StatusOK, "Invalid import mode")
		default:
			guarded.ServeHTTP(w, r)
		}
	})
}

func knownImportMode(r *http.Request) bool {
	mode := ics.ImportMode(r.URL.Query().Get("import"))
	return mode == "" || mode == ics.ImportNormal || mode == ics.ImportFull
}

// guardConfiguration refuses what the contract forbids, but for members and flags that it does not know: the
// configuration of an appliance holds far more than the document shows.
func guardConfiguration(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var problems []string
	for i, e := range contract.MustLoad("ics").Match(r.Method, r.URL.EscapedPath()) {
		found := slices.DeleteFunc(e.CheckRequest(r, body), func(problem string) bool {
			return strings.HasSuffix(problem, "is not documented")
		})
		if i == 0 || len(found) < len(problems) {
			problems = found
		}
	}
	if len(problems) > 0 {
		forbidden(w, problems)
		return
	}
	next.ServeHTTP(w, r)
}

func forbidden(w http.ResponseWriter, problems []string) {
	refuse(w, http.StatusBadRequest, problems...)
}

// refuse answers with errors.
func refuse(w http.ResponseWriter, status int, reasons ...string) {
	result(w, status, ics.Result{Errors: messages(reasons)})
}

// inform answers with information.
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

// noContent answers a deletion.
func noContent(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNoContent)
}

// decode reads a body into v, and answers 400 when it cannot.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	return fake.Decode(w, r, v, forbidden)
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
	data, err := json.Marshal(v)
	if err == nil {
		_ = json.Unmarshal(data, &c)
	}
	return c
}
