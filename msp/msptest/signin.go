package msptest

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// homePath is where a browser lands after signing in.
const homePath = "/msp/home"

type account struct {
	password, realm string
	failures        int // wrong passwords since the last right one
}

type session struct {
	user        string
	began, used time.Time
}

// question is what the page between asks: whether to go on in spite of another session.
type question struct {
	user, dssignin, xsauth string
	chooses                bool // asks which session to end; every response to it is refused
}

// SignedOut is how the portal responds to a call that has no session.
type SignedOut int

// Values of SignedOut.
const (
	SignedOutUnauthorized SignedOut = iota // 401
	SignedOutPage                          // 200 with the sign-in page
	SignedOutRedirect                      // 302 to it
)

// AddAccount adds an administrator.
func (s *Server) AddAccount(user, password, realm string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[user] = &account{password: password, realm: realm}
}

// SetSessionTimes sets when sessions end: so long after the last call, and so long after they began. 10 minutes and an
// hour by default.
func (s *Server) SetSessionTimes(idle, lifetime time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle, s.lifetime = idle, lifetime
}

// SetSignedOut sets how the portal responds to calls without a session.
func (s *Server) SetSignedOut(how SignedOut) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signedOut = how
}

// EndSessions ends all sessions.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// Sessions counts the sessions that are open.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	return len(s.sessions)
}

// SignIns counts the sessions that were begun.
func (s *Server) SignIns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signIns
}

// OpenSession begins a session as a browser would, and returns its DSID: for [msp.DSID], or to be in the way of
// somebody who signs in.
func (s *Server) OpenSession(user string) (dsid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begin(user)
}

// begin opens a session. The lock is held.
func (s *Server) begin(user string) string {
	dsid, now := token(), s.Clock().Now()
	s.sessions[dsid] = &session{user: user, began: now, used: now}
	s.signIns++
	return dsid
}

// sweep drops the sessions that have come to their end. The lock is held.
func (s *Server) sweep() {
	now := s.Clock().Now()
	for dsid, open := range s.sessions {
		if now.Sub(open.used) >= s.idle || now.Sub(open.began) >= s.lifetime {
			delete(s.sessions, dsid)
		}
	}
}

// sessionOf returns the session of a request and notes its use; nil if there is none.
func (s *Server) sessionOf(r *http.Request) *session {
	cookie, err := r.Cookie("DSID")
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	open := s.sessions[cookie.Value]
	if open != nil {
		open.used = s.Clock().Now()
	}
	return open
}

func (s *Server) respondSignedOut(w http.ResponseWriter) {
	s.mu.Lock()
	how := s.signedOut
	s.mu.Unlock()
	switch how {
	case SignedOutPage:
		show(w, signInPage, nil)
	case SignedOutRedirect:
		w.Header().Set("Location", "/login/msp")
		w.WriteHeader(http.StatusFound)
	default:
		refuse(w, http.StatusUnauthorized, "there is no session")
	}
}

// openLogin names the sign-in form's address with a cookie and leads to its page.
func (s *Server) openLogin(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	dssignin := "url_" + token()[:8]
	http.SetCookie(w, &http.Cookie{Name: "DSSIGNIN", Value: dssignin, Path: "/dana-na/", HttpOnly: true, Secure: r.TLS != nil})
	s.mu.Lock()
	first := s.signInPage
	s.mu.Unlock()
	at := "/dana-na/auth/" + dssignin + "/welcome.cgi"
	if first == SignInPageTermsBefore {
		at += "?p=" + first.query()
	}
	http.Redirect(w, r, at, http.StatusFound)
}

// welcome shows the sign-in page, or the page between.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request, p fake.Params) {
	query := r.URL.Query()
	s.mu.Lock()
	asked, ok := s.questions[query.Get("id")]
	bare := s.omitXSAuth
	s.mu.Unlock()
	ok = ok && asked.dssignin == p["dssignin"]
	data := map[string]string{"Code": query.Get("p"), "FormDataStr": query.Get("id")}
	if !bare {
		data["XSAuth"] = asked.xsauth
	}
	page := signInPage
	switch code := query.Get("p"); {
	case code == SignInPageSessionLimit.code() && ok && asked.chooses:
		page = choosePage
	case code == SignInPageSessionLimit.code() && ok:
		page = betweenPage
	case code == SignInPageSecondFactor.code():
		page = moreCredentialsPage
	case code == SignInPageChallenge.code():
		page = challengePage
	case code == SignInPagePasswordExpired.code():
		page = passwordPage
	case code == SignInPageTermsBefore.code(), code == SignInPageTermsAfter.code():
		page = termsPage
	}
	show(w, page, data)
}

// login takes either form of the sign-in pages: the credentials, or the response to the page between.
func (s *Server) login(w http.ResponseWriter, r *http.Request, p fake.Params) {
	welcome := "/dana-na/auth/" + url.PathEscape(p["dssignin"]) + "/welcome.cgi"
	if cookie, err := r.Cookie("DSSIGNIN"); err != nil || cookie.Value != p["dssignin"] {
		http.Redirect(w, r, "/login/msp", http.StatusFound)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "the form cannot be read")
		return
	}
	form := r.PostForm
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	if id := form.Get("FormDataStr"); id != "" {
		asked, ok := s.questions[id]
		refused := asked.chooses || asked.dssignin != p["dssignin"] || !s.omitXSAuth && asked.xsauth != form.Get("xsauth")
		if !ok || refused || form.Get("btnContinue") == "" {
			http.Redirect(w, r, welcome+"?p=failed", http.StatusFound)
			return
		}
		delete(s.questions, id)
		for dsid, open := range s.sessions {
			if open.user == asked.user {
				delete(s.sessions, dsid)
			}
		}
		s.enter(w, r, asked.user)
		return
	}
	name := form.Get("username")
	known := s.accounts[name]
	right := known != nil && subtle.ConstantTimeCompare([]byte(known.password), []byte(form.Get("password"))) == 1 && known.realm == form.Get("realm")
	switch {
	case known != nil && s.lockout > 0 && known.failures >= s.lockout:
		http.Redirect(w, r, welcome+"?p="+SignInPageLocked.query(), http.StatusFound)
		return
	case !right:
		if known != nil {
			known.failures++
		}
		http.Redirect(w, r, welcome+"?p=failed", http.StatusFound)
		return
	}
	known.failures = 0
	ask := func(chooses bool) {
		id := token()
		s.questions[id] = question{user: name, dssignin: p["dssignin"], xsauth: token(), chooses: chooses}
		http.Redirect(w, r, welcome+"?p="+SignInPageSessionLimit.query()+"&id="+id, http.StatusFound)
	}
	switch page := s.signInPage; page {
	case SignInPageNone, SignInPageTermsBefore:
	case SignInPageSessionLimit:
		ask(true)
		return
	default:
		http.Redirect(w, r, welcome+"?p="+page.query(), http.StatusFound)
		return
	}
	for _, open := range s.sessions {
		if open.user == name {
			ask(false)
			return
		}
	}
	s.enter(w, r, name)
}

// enter begins a session and leads to the portal. The lock is held.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, user string) {
	http.SetCookie(w, &http.Cookie{Name: "DSID", Value: s.begin(user), Path: "/", HttpOnly: true, Secure: r.TLS != nil})
	http.Redirect(w, r, homePath, http.StatusFound)
}

func (s *Server) home(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if s.sessionOf(r) == nil {
		http.Redirect(w, r, "/login/msp", http.StatusFound)
		return
	}
	show(w, homePage, nil)
}

// logout ends the session that the request came with; that there is one was looked at before.
func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if cookie, err := r.Cookie("DSID"); err == nil {
		s.mu.Lock()
		delete(s.sessions, cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: "DSID", Path: "/", MaxAge: -1})
	w.WriteHeader(http.StatusOK)
}
