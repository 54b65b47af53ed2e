package spstest

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// Fault is something that goes wrong with requests; see [Server.Fail].
type Fault = fake.Fault

// Server is an appliance. Its methods may be called while it serves.
type Server struct {
	fake.Server

	mu       sync.Mutex
	users    map[string]string // passwords by user
	methods  []string
	sessions map[string]*session // by token
	opened   int                 // sessions so far
	idle     time.Duration

	committed *config
	tx        *transaction
	locked    bool // somebody edits the configuration in the web interface
	commits   []Commit
	keys      int // given so far

	legacy    bool
	autoOpen  bool
	relations map[string]string // members that refer to objects: name -> collection
	shapes    map[string]*shape // what is known of the objects of a collection; none: everything

	audit audit
	jobs  map[string]time.Time // support bundles: when they are finished
}

// session is a login.
type session struct {
	token string
	user  string
	until time.Time
}

const (
	user     = "admin"
	password = "correct horse battery staple"

	defaultIdle = 20 * time.Minute
)

// NewServer starts an appliance that ends with the test. Its clock stands still but for [Server.Advance], and for the
// pauses of a client that shares it.
func NewServer(t fake.TB) *Server {
	t.Helper()
	s := newServer(fake.NewClock())
	s.ServeTest(t, s.handler())
	return s
}

// New returns an appliance for programs, with the machine's clock. It serves after [Server.Start].
func New() *Server { return newServer(fake.SystemClock()) }

// Start serves on a TCP address, "127.0.0.1:0" for a free port; [fake.Server.URL] tells which. With config it serves
// TLS, and with a config that asks for client certificates logins by certificate work.
func (s *Server) Start(address string, config *tls.Config) error {
	return s.Serve(address, config, s.handler())
}

func newServer(clock *fake.Clock) *Server {
	s := &Server{
		users:     map[string]string{user: password},
		methods:   []string{"local"},
		sessions:  map[string]*session{},
		idle:      defaultIdle,
		committed: &config{collections: map[string]*collection{}},
		relations: map[string]string{},
		shapes:    map[string]*shape{},
		jobs:      map[string]time.Time{},
	}
	s.Init(clock)
	s.furnish()
	s.SetAuditSessions(1000, nil)
	return s
}

// Auth returns credentials that the server takes.
func (s *Server) Auth() sps.Auth { return sps.Password(user, password) }

// Credentials returns the same credentials by name: "user" and "password".
func (s *Server) Credentials() map[string]string {
	return map[string]string{"user": user, "password": password}
}

// Options make a client share the server's clock.
func (s *Server) Options() []secureaccess.Option {
	return []secureaccess.Option{secureaccess.WithClock(s.Clock())}
}

// Client returns a client of the server.
func (s *Server) Client(opts ...secureaccess.Option) (*sps.Client, error) {
	return sps.New(s.URL, s.Auth(), append(s.Options(), opts...)...)
}

// AddUser lets another user log in.
func (s *Server) AddUser(user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[user] = password
}

// AddLoginMethod adds a login method beside "local". All know the same users; any client certificate that the TLS
// configuration accepts logs in as the user "x509".
func (s *Server) AddLoginMethod(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.methods = append(s.methods, name)
}

// SetIdleTimeout changes how long a session lives without a request; 20 minutes by default.
func (s *Server) SetIdleTimeout(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = d
}

// EndSessions ends all sessions, as an administrator or a restart does. The open transaction is gone with its session.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
	s.tx = nil
}

// Logins counts the sessions opened so far.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
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

// handler puts together what stands in front of the operations.
func (s *Server) handler() http.Handler {
	router := &fake.Router{NotFound: func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is nothing here")
	}}
	s.routes(router)
	guarded := fake.Guard(contract.MustLoad("sps"), func(w http.ResponseWriter, problems []string) {
		refuse(w, nil, http.StatusBadRequest, "BadRequest", strings.Join(problems, "; "))
	}, router)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Language", "en")
		switch {
		case r.Header.Get("Expect") != "":
			refuse(w, r, http.StatusExpectationFailed, "ExpectationFailed", "the Expect header is not accepted")
			return
		case r.Method == http.MethodPost && r.ContentLength < 0:
			refuse(w, r, http.StatusLengthRequired, "LengthRequired", "the request has no length")
			return
		}
		if !anonymous(r) && !s.enter(w, r) {
			return
		}
		// Writes of objects are compared with what this appliance knows: unknown members are no error there.
		if strings.HasPrefix(r.URL.Path, "/api/configuration/") {
			router.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

func anonymous(r *http.Request) bool {
	return r.URL.Path == "/api/authentication" || r.URL.Path == "/api/authentication/login_methods"
}

func (s *Server) routes(router *fake.Router) {
	plain := func(method, path string, h func(http.ResponseWriter, *http.Request)) {
		router.Handle(method, path, func(w http.ResponseWriter, r *http.Request, _ fake.Params) { h(w, r) })
	}
	plain("GET", "/api/authentication", s.login)
	plain("GET", "/api/authentication/login_methods", s.loginMethods)
	plain("GET", "/api/info", s.info)
	plain("GET", "/api/health-status", s.health)
	plain("GET", "/api/user/info", s.userInfo)

	plain("GET", "/api/transaction", s.transactionStatus)
	plain("POST", "/api/transaction", s.transactionOpen)
	plain("PUT", "/api/transaction", s.transactionCommit)
	plain("DELETE", "/api/transaction", s.transactionRollback)
	plain("GET", "/api/transaction/changes", s.transactionChanges)

	router.Handle("GET", "/api/configuration/{path...}", s.read)
	router.Handle("POST", "/api/configuration/{path...}", s.create)
	router.Handle("PUT", "/api/configuration/{path...}", s.update)
	router.Handle("DELETE", "/api/configuration/{path...}", s.remove)

	plain("GET", "/api/audit/sessions", s.auditList)
	plain("GET", "/api/audit/sessions/_snapshot", s.auditSnapshot)
	router.Handle("GET", "/api/audit/sessions/{id}", s.auditGet)
	router.Handle("GET", "/api/audit/sessions/{id}/alerts", s.auditAlerts)
	router.Handle("GET", "/api/audit/sessions/{id}/channels", s.auditChannels)
	router.Handle("GET", "/api/audit/sessions/{id}/events", s.auditEvents)
	router.Handle("GET", "/api/audit/sessions/{id}/content/", s.auditContent)
	router.Handle("GET", "/api/audit/sessions/{id}/trail_downloads", s.auditDownloads)
	router.Handle("GET", "/api/audit/sessions/{id}/audit_trail", s.auditTrail)

	plain("POST", "/api/troubleshooting/support-bundle", s.bundleCreate)
	router.Handle("GET", "/api/troubleshooting/support-bundle/{id}", s.bundleGet)
	router.Handle("GET", "/api/troubleshooting/support-bundle/{id}/download", s.bundleDownload)
	router.Handle("DELETE", "/api/troubleshooting/support-bundle/{id}", s.bundleDelete)
}

// login checks credentials and opens a session.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	fail := func() {
		refuse(w, r, http.StatusUnauthorized, string(sps.CodeAuthenticationFailure), "authenticating the user with the given credentials has failed")
	}
	if method := query.Get("login_method"); method != "" && !slices.Contains(s.methods, method) {
		fail()
		return
	}
	name := "x509"
	if query.Get("type") == "x509" {
		if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
			fail()
			return
		}
	} else {
		given, secret, ok := r.BasicAuth()
		want, known := s.users[given]
		if !ok || !known || subtle.ConstantTimeCompare([]byte(secret), []byte(want)) != 1 {
			fail()
			return
		}
		name = given
	}
	s.opened++
	token := fmt.Sprintf("%08x%016x%016x", s.opened, rand.Uint64(), rand.Uint64())
	s.sessions[token] = &session{token: token, user: name, until: s.Clock().Now().Add(s.idle)}
	// The expiry is that of the appliance's clock, which may differ from the client's: it must not be looked at.
	http.SetCookie(w, &http.Cookie{Name: "session_id", Value: token, Path: "/", HttpOnly: true, Expires: time.Unix(1, 0)})
	fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": "/api/authentication", "parent": "/api"}})
}

func (s *Server) loginMethods(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{"login_methods": s.methods})
}

// enter checks the session of a request and extends it. It answers the request when there is none.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	current := s.sessionOf(r)
	if current == nil {
		refuse(w, r, http.StatusUnauthorized, string(sps.CodeUnauthenticated), "the requested resource cannot be retrieved because the client is not authenticated")
		return false
	}
	if strings.Contains(r.UserAgent(), "Mozilla") && r.Method != http.MethodGet && r.Header.Get("X-Token") != browserToken(current) {
		refuse(w, r, http.StatusForbidden, string(sps.CodeUnauthorized), "a browser has to send X-Token")
		return false
	}
	current.until = s.Clock().Now().Add(s.idle)
	return true
}

// sessionOf returns the session of a request, nil for none. The lock is held.
func (s *Server) sessionOf(r *http.Request) *session {
	cookie, err := r.Cookie("session_id")
	if err != nil {
		return nil
	}
	return s.sessions[cookie.Value]
}

// expire ends the sessions whose time is over, and the transaction of each with it. The lock is held.
func (s *Server) expire() {
	now := s.Clock().Now()
	maps.DeleteFunc(s.sessions, func(token string, current *session) bool {
		if now.Before(current.until) {
			return false
		}
		if s.tx != nil && s.tx.owner == token {
			s.tx = nil
		}
		return true
	})
}

func browserToken(current *session) string { return "x" + current.token }

func (s *Server) info(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{
		"body": sps.Info{
			DomainName: "example", HostName: "sps", FirmwareVersion: "8.0.0", Version: "8.0",
			BuildDate: secureaccess.At(time.Date(2025, 11, 3, 20, 18, 40, 0, time.UTC)), Roles: []string{"central-management", "search-master"},
			PluginSDKVersion: sps.PluginSDKVersion{Feature: "1.4", Full: "1.4.4"}, ConfigHash: "2abde4c81d9b544bf53fae4f4b9657fc",
		},
		"key":  "about_info",
		"meta": map[string]any{"href": "/api/info", "parent": "/api", "remaining_seconds": s.remaining()},
	})
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	fake.JSON(w, http.StatusOK, map[string]any{"health_status": map[string]any{
		"cpu": 1.0, "disk": 2.0, "memory": 7.0, "swap": 8.0, "load1": 3.0, "load5": 5.0, "load15": 4.0,
		"sessions": map[string]int{"http": 1, "rdp": 4, "ssh": 5}, "sessions_total": 10,
	}})
}

func (s *Server) userInfo(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.sessionOf(r)
	fake.JSON(w, http.StatusOK, map[string]any{"body": map[string]any{"name": current.user, "token": browserToken(current)}})
}

func (s *Server) remaining() int {
	return int(s.idle / time.Second)
}

// refuse answers with an error as the appliance writes it.
func refuse(w http.ResponseWriter, r *http.Request, status int, kind, message string) {
	details := map[string]any{}
	if r != nil {
		details["resource"] = r.URL.Path
	}
	fake.JSON(w, status, map[string]any{"error": map[string]any{"type": kind, "message": message, "details": details}})
}

// bundleTime is how long the server takes for a support bundle.
const bundleTime = 10 * time.Second

func (s *Server) bundleCreate(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.newKey()
	s.jobs[id] = s.Clock().Now().Add(bundleTime)
	fake.JSON(w, http.StatusOK, map[string]any{"key": id, "meta": map[string]any{"href": "/api/troubleshooting/support-bundle/" + id}})
}

func (s *Server) bundleGet(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ready, ok := s.jobs[p["id"]]
	if !ok {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "no such job")
		return
	}
	status := sps.SupportBundleStatus("running")
	if !s.Clock().Now().Before(ready) {
		status = sps.SupportBundleFinished
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"body": sps.SupportBundle{Status: status}, "key": p["id"], "meta": map[string]any{"href": r.URL.Path},
	})
}

func (s *Server) bundleDownload(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	ready, ok := s.jobs[p["id"]]
	s.mu.Unlock()
	if !ok || s.Clock().Now().Before(ready) {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "no such archive")
		return
	}
	content(w, r, "support-bundle-"+p["id"]+".zip", []byte("support bundle "+p["id"]))
}

func (s *Server) bundleDelete(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.jobs[p["id"]]; !ok {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "no such job")
		return
	}
	delete(s.jobs, p["id"])
	fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": r.URL.Path}})
}

// content answers with a file, to those who ask for one.
func content(w http.ResponseWriter, r *http.Request, name string, data []byte) {
	if r.Header.Get("Accept") != "application/octet-stream" {
		refuse(w, r, http.StatusNotAcceptable, "NotAcceptable", "this is application/octet-stream")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// body reads a JSON body. It answers the request when it cannot.
func body(w http.ResponseWriter, r *http.Request) (json.RawMessage, bool) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err != nil || !json.Valid(data) || r.Header.Get("Content-Type") != "application/json" {
		refuse(w, r, http.StatusBadRequest, "BadRequest", "the data is not a properly formatted JSON object")
		return nil, false
	}
	return data, true
}
