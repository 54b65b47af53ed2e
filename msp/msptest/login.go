package msptest

import (
	"crypto/subtle"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// homePath is where a browser lands after signing in.
const homePath = "/msp/home"

type account struct{ password, realm string }

type session struct {
	user        string
	began, used time.Time
}

// question is what the page between asks: whether to go on in spite of another session.
type question struct{ user, dssignin, xsauth string }

// SignedOut is how the portal answers a call that has no session.
type SignedOut int

// Answers to a call without a session.
const (
	Unauthorized   SignedOut = iota // 401
	SignInPage                      // 200 with the sign-in page
	SignInRedirect                  // 302 to it
)

// AddAccount adds an administrator.
func (s *Server) AddAccount(user, password, realm string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[user] = account{password, realm}
}

// SetSessionTimes sets when sessions end: so long after the last call, and so long after they began. 10 minutes and an
// hour by default.
func (s *Server) SetSessionTimes(idle, lifetime time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle, s.lifetime = idle, lifetime
}

// AnswerSignedOut sets how calls without a session are answered.
func (s *Server) AnswerSignedOut(how SignedOut) {
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

func (s *Server) answerSignedOut(w http.ResponseWriter) {
	s.mu.Lock()
	how := s.signedOut
	s.mu.Unlock()
	switch how {
	case SignInPage:
		show(w, signInPage, nil)
	case SignInRedirect:
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
	http.Redirect(w, r, "/dana-na/auth/"+dssignin+"/welcome.cgi", http.StatusFound)
}

// welcome shows the sign-in page, or the page between.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request, p fake.Params) {
	query := r.URL.Query()
	if query.Get("p") != "user-confirm" {
		show(w, signInPage, map[string]string{"Failed": query.Get("p")})
		return
	}
	s.mu.Lock()
	asked, ok := s.questions[query.Get("id")]
	s.mu.Unlock()
	if !ok || asked.dssignin != p["dssignin"] {
		show(w, signInPage, nil)
		return
	}
	show(w, betweenPage, map[string]string{"FormDataStr": query.Get("id"), "XSAuth": asked.xsauth})
}

// login takes either form of the sign-in pages: the credentials, or the answer to the page between.
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
		if !ok || asked.dssignin != p["dssignin"] || asked.xsauth != form.Get("xsauth") || form.Get("btnContinue") == "" {
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
	known, ok := s.accounts[name]
	if !ok || subtle.ConstantTimeCompare([]byte(known.password), []byte(form.Get("password"))) == 0 || known.realm != form.Get("realm") {
		http.Redirect(w, r, welcome+"?p=failed", http.StatusFound)
		return
	}
	for _, open := range s.sessions {
		if open.user == name {
			id := token()
			s.questions[id] = question{user: name, dssignin: p["dssignin"], xsauth: token()}
			http.Redirect(w, r, welcome+"?p=user-confirm&id="+id, http.StatusFound)
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

func show(w http.ResponseWriter, page *template.Template, data map[string]string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, data)
}

var signInPage = template.Must(template.New("sign-in").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
{{if .Failed}}<p>Invalid user name, password or realm.</p>{{end}}
<form name="frmLogin" action="login.cgi" method="POST">
<table>
<tr><td>User name</td><td><input type="text" name="username"></td></tr>
<tr><td>Password</td><td><input type="password" name="password"></td></tr>
<tr><td>Realm</td><td><input type="text" name="realm" value="ZTA Admin Users"></td></tr>
<tr><td></td><td><input type="submit" name="btnSubmit" value="Submit"></td></tr>
</table>
</form>
</body></html>
`))

// The sample program of the document looks for the hidden fields with patterns: name before value, value at the end.
var betweenPage = template.Must(template.New("between").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
<p>Another session of this administrator is open.</p>
<form name="frmConfirmation" action="login.cgi" method="POST">
<table>
<tr><td>
<input id="DSIDFormDataStr" type="hidden" name="FormDataStr" value="{{.FormDataStr}}">
<input type="hidden" name="xsauth" value="{{.XSAuth}}">
<input type="submit" name="btnContinue" value="Continue the session">
<input type="submit" name="btnCancel" value="Cancel">
</td></tr>
</table>
</form>
</body></html>
`))

var homePage = template.Must(template.New("home").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body><h1>Tenants</h1></body></html>
`))
