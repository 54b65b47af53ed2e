package pulseonetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// What the document says of sessions and credentials.
const (
	lifetime = 20 * time.Minute // of both
	renewal  = 2 * time.Minute  // how soon both can be had anew
	grace    = 5 * time.Minute  // expired credentials are refused with 401 so long, with 403 after; our assumption
)

const cookieName = "cs_console_tkt"

type user struct {
	id          string
	name        string
	password    string
	permissions pulseone.Permissions
}

// session is a console session. Its cookie changes while it lasts; the old one serves on.
type session struct {
	user     *user
	ends     time.Time
	reissued time.Time
	issued   time.Time // of credentials; zero before the first
}

type credentials struct {
	hawk.Credentials
	expires   time.Time
	appliance string // whose they are; "" for an administrator's
	workspace *space // whose they are; nil for those of the console
}

// AddUser adds an administrator, or replaces the one of that name.
func (s *Server) AddUser(username, password string, permissions pulseone.Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := adminID
	if before := s.users[username]; before != nil {
		id = before.id
	} else if username != adminUser {
		id = s.newID()
	}
	s.users[username] = &user{id: id, name: username, password: password, permissions: permissions}
}

// EndSessions forgets all console sessions: the next call there needs a login.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// ExpireCredentials ends all Hawk credentials now. The sessions that gave them stay, and give new ones.
func (s *Server) ExpireCredentials() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.credentials {
		c.expires = s.Clock().Now().Add(-time.Second)
	}
	for _, session := range s.sessions {
		session.issued = time.Time{}
	}
}

// Logins counts the logins that succeeded.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Issued counts the Hawk credentials that were given out.
func (s *Server) Issued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// IssueCredentials makes Hawk credentials without a session, for a client made with pulseone.Hawk.
func (s *Server) IssueCredentials() hawk.Credentials {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issue().Credentials
}

// issue makes credentials. The lock is held.
func (s *Server) issue() *credentials {
	c := &credentials{
		Credentials: hawk.Credentials{ID: "hawk-" + rand.Text(), Key: secureaccess.NewSecret(rand.Text())},
		expires:     s.Clock().Now().Add(lifetime),
	}
	s.credentials[c.ID] = c
	s.issued++
	return c
}

func (s *Server) authRoutes() {
	s.api.Handle(s.login, "pulseone.auth.login")
	s.api.Handle(s.session, "pulseone.auth.get_session")
}

func (s *Server) login(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user, ok := s.users[body.Username]
	if !ok || user.password != body.Password {
		refuse(w, http.StatusUnauthorized, "40100", "JsonUnauthorized: login failed")
		return
	}
	s.logins++
	now := s.Clock().Now()
	s.setCookie(w, &session{user: user, ends: now.Add(lifetime), reissued: now})
	fake.JSON(w, http.StatusOK, pulseone.User{
		ID: user.id, Username: user.name, DisplayName: "customer.pulseone.net",
		Email: user.name + "@example.com", DomainID: 1,
	})
}

// setCookie gives a session a cookie, beside those that it had. The lock is held.
func (s *Server) setCookie(w http.ResponseWriter, session *session) {
	ticket := rand.Text() + "!userid_type:b64str"
	s.sessions[ticket] = session
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: ticket, Quoted: true, Path: "/"}) // as the document shows it
}

func (s *Server) session(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, current := s.Clock().Now(), s.sessionOf(r)
	if current == nil { // it ended between two looks
		refuse(w, http.StatusUnauthorized, "40100", "log in first")
		return
	}
	found := pulseone.Session{
		Domain: pulseone.SessionDomain{AllowSecurityAppliances: true, Entitlements: []string{"workspaces", "appliances"}},
		User: pulseone.SessionUser{
			ID: current.user.id, Username: current.user.name, DisplayName: current.user.name,
			Roles:          []pulseone.Role{{ID: "8936a7de-b49e-47ee-acd5-9434da5508f8", Name: "Support Admin"}},
			SessionTimeout: int64(lifetime / time.Second), Permissions: current.user.permissions,
		},
		APIURL: s.apiBase(),
	}
	if current.issued.IsZero() || now.Sub(current.issued) >= renewal {
		current.issued = now
		c := s.issue()
		found.Credentials = &pulseone.SessionCredentials{
			Type: "hawk", Algorithm: "HS256", ID: c.ID, Secret: c.Key, Expires: unix(c.expires),
		}
	}
	fake.JSON(w, http.StatusOK, found)
}

// apiBase is where the API is. The lock is held.
func (s *Server) apiBase() string { return cmp.Or(s.apiURL, s.URL()) }

// lookUp finds the key of a signature. What is expired is found too: that is another refusal.
func (s *Server) lookUp(_ context.Context, id string) (hawk.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.credentials[id]; ok {
		return c.Credentials, nil
	}
	return hawk.Credentials{}, hawk.ErrUnknownCredentials
}

// sessionOf returns the console session of a request, nil for none. The lock is held.
func (s *Server) sessionOf(r *http.Request) *session {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	current := s.sessions[cookie.Value]
	if current == nil || !s.Clock().Now().Before(current.ends) {
		return nil
	}
	return current
}

// challenge names the scheme of what a request lacks: the API has signatures, the console a cookie, for which no scheme
// is registered.
func challenge(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/api/v1/") {
		return "Hawk"
	}
	return `Cookie realm="Pulse One", cookie-name="` + cookieName + `"`
}

// authenticate checks what the operation wants: a signature, which is also what unknown paths want, or a session of the
// console. The registrations of devices bring other credentials, which are not checked.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, operations []*contract.Endpoint) bool {
	auth := "hawk"
	if len(operations) > 0 {
		auth = operations[0].Auth
	} else if !strings.HasPrefix(r.URL.Path, "/api/v1/") {
		auth = ""
	}
	switch auth {
	case "hawk":
		return s.verify(w, r) && s.entitled(w, r, operations)
	case "session_cookie":
		s.mu.Lock()
		defer s.mu.Unlock()
		current, now := s.sessionOf(r), s.Clock().Now()
		if current == nil {
			refuse(w, http.StatusUnauthorized, "40100", "log in first")
			return false
		}
		if now.Sub(current.reissued) >= renewal { // every use of a session makes it last
			current.ends, current.reissued = now.Add(lifetime), now
			s.setCookie(w, current)
		}
	case "basic_api_key": // documented here and served by appliances
		notFound(w, "operation")
		return false
	}
	return true
}

// verify checks a signature and responds when it is not valid.
func (s *Server) verify(w http.ResponseWriter, r *http.Request) bool {
	signed := *r
	signed.Header = r.Header.Clone()
	for i, header := range signed.Header["Authorization"] {
		signed.Header["Authorization"][i] = emptyExt.ReplaceAllString(header, "")
	}
	grant, err := s.verifier.Verify(&signed)
	r.Body = signed.Body
	if refusal, ok := errors.AsType[*hawk.Error](err); ok {
		if refusal.Challenge != "" {
			w.Header().Set("WWW-Authenticate", refusal.Challenge)
		}
		switch refusal.Reason {
		case hawk.ErrBadMAC:
			refuse(w, http.StatusForbidden, pulseone.CodeSignatureDoesNotMatch, refusal.Message)
		case hawk.ErrStaleTimestamp:
			refuse(w, http.StatusForbidden, pulseone.CodeRequestTimeTooSkewed, refusal.Message)
		default:
			refuse(w, refusal.Status, codeOf(refusal.Status), refusal.Message)
		}
		return false
	}
	s.mu.Lock()
	issued := s.credentials[grant.Credentials.ID]
	s.mu.Unlock()
	if issued == nil { // they were replaced since they were looked up
		refuse(w, http.StatusUnauthorized, "40100", "Unknown credentials")
		return false
	}
	switch late := s.Clock().Now().Sub(issued.expires); {
	case late > grace, late >= 0 && issued.workspace != nil: // nothing renews those of a workspace
		refuse(w, http.StatusForbidden, pulseone.CodeCredentialsExpired, "the credentials have expired")
	case late >= 0:
		refuse(w, http.StatusUnauthorized, pulseone.CodeCredentialRenewalRequired, "renew the credentials")
	default:
		if verified, ok := r.Context().Value(grantKey{}).(*hawk.Grant); ok {
			*verified = *grant
		}
		return true
	}
	return false
}

// emptyExt is an attribute that the document prints. It means the same as none, and has the same MAC.
var emptyExt = regexp.MustCompile(`,\s*ext=""`)

// grantKey is where in its context a signed request has its grant, for the signature of the response.
type grantKey struct{}

// unix is a time that goes over the wire as seconds.
func unix(t time.Time) secureaccess.Time {
	var wire secureaccess.Time
	_ = wire.UnmarshalJSON([]byte(itoa(t.Unix())))
	return wire
}

func isHawk(authorization string) bool {
	scheme, _, _ := strings.Cut(authorization, " ")
	return strings.EqualFold(scheme, "Hawk")
}
