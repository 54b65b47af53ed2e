package pulseonetest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
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
	expires time.Time
}

// AddUser adds an administrator, or replaces the one of that name.
func (s *Server) AddUser(username, password string, permissions pulseone.Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[username] = &user{name: username, password: password, permissions: permissions}
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

func (s *Server) consoleRoutes() http.Handler {
	routes := &fake.Router{}
	routes.Handle("POST", "/api/login", s.login)
	routes.Handle("GET", "/api/session", s.session)
	return routes
}

func (s *Server) login(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body struct{ Username, Password string }
	if !fake.Decode(w, r, &body, badRequest) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user, ok := s.users[body.Username]
	if !ok || user.password != body.Password {
		refuse(w, http.StatusUnauthorized, 40100, "JsonUnauthorized: login failed")
		return
	}
	s.logins++
	now := s.Clock().Now()
	s.setCookie(w, &session{user: user, ends: now.Add(lifetime), reissued: now})
	fake.JSON(w, http.StatusOK, pulseone.User{
		ID: "88d40618-6039-42cf-bf87-243b0b2dceae", Username: user.name, DisplayName: "customer.pulseone.net",
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
	now := s.Clock().Now()
	cookie, err := r.Cookie(cookieName)
	var current *session
	if err == nil {
		current = s.sessions[cookie.Value]
	}
	if current == nil || !now.Before(current.ends) {
		refuse(w, http.StatusUnauthorized, 40100, "log in first")
		return
	}
	if now.Sub(current.reissued) >= renewal {
		current.ends, current.reissued = now.Add(lifetime), now
		s.setCookie(w, current)
	}
	answer := pulseone.Session{
		Domain: pulseone.SessionDomain{AllowSecurityAppliances: true, Entitlements: []string{"workspaces", "appliances"}},
		User: pulseone.SessionUser{
			ID: "9822b71a-27cf-11e4-9440-1a1e7d989db4", Username: current.user.name, DisplayName: current.user.name,
			Roles:          []pulseone.Role{{ID: "8936a7de-b49e-47ee-acd5-9434da5508f8", Name: "Support Admin"}},
			SessionTimeout: secureaccess.Int(lifetime / time.Second), Permissions: current.user.permissions,
		},
		APIURL: s.APIURL,
	}
	if current.issued.IsZero() || now.Sub(current.issued) >= renewal {
		current.issued = now
		c := s.issue()
		answer.Credentials = &pulseone.SessionCredentials{
			Type: "hawk", Algorithm: "HS256", ID: c.ID, Secret: c.Key, Expires: unix(c.expires),
		}
	}
	fake.JSON(w, http.StatusOK, answer)
}

// lookUp finds the key of a signature. What is expired is found too: that is another refusal.
func (s *Server) lookUp(_ context.Context, id string) (hawk.Credentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.credentials[id]; ok {
		return c.Credentials, nil
	}
	return hawk.Credentials{}, hawk.ErrUnknownCredentials
}

// verify checks a signature and answers when it does not hold.
func (s *Server) verify(w http.ResponseWriter, r *http.Request) bool {
	grant, err := s.verifier.Verify(r)
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
			refuse(w, refusal.Status, pulseone.Code(refusal.Status*100), refusal.Message)
		}
		return false
	}
	s.mu.Lock()
	expires := s.credentials[grant.Credentials.ID].expires
	s.mu.Unlock()
	switch late := s.Clock().Now().Sub(expires); {
	case late > grace:
		refuse(w, http.StatusForbidden, pulseone.CodeCredentialsExpired, "the credentials have expired")
	case late >= 0:
		refuse(w, http.StatusUnauthorized, pulseone.CodeCredentialRenewalRequired, "renew the credentials")
	default:
		return true
	}
	return false
}

// unix is a time that goes over the wire as seconds.
func unix(t time.Time) secureaccess.Time {
	var wire secureaccess.Time
	_ = wire.UnmarshalJSON([]byte(itoa(t.Unix())))
	return wire
}
