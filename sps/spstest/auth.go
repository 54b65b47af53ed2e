package spstest

import (
	"crypto/subtle"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// session is a login.
type session struct {
	token string
	user  string
	until time.Time
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

// SetCookieLife sets how long the cookies of sessions last that are opened from now on, by the clock of this machine; 20
// minutes by default. A negative one is that of an appliance whose clock is wrong: the session is valid, and its cookie
// has expired when it comes.
func (s *Server) SetCookieLife(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cookieLife = d
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

// login checks credentials and opens a session.
func (s *Server) login(w http.ResponseWriter, r *http.Request, _ fake.Params) {
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
	// Cookie jars go by the machine's clock, whatever the server's says.
	http.SetCookie(w, &http.Cookie{
		Name: "session_id", Value: token, Path: "/", HttpOnly: true, Secure: r.TLS != nil, Expires: time.Now().Add(s.cookieLife),
	})
	fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": "/api/authentication", "parent": "/api"}})
}

func (s *Server) loginMethods(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{"login_methods": s.methods})
}

// enter checks the session of a request and extends it. It responds to the request when there is none.
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

func (s *Server) remaining() int {
	return int(s.idle / time.Second)
}
