package msp_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

func TestPassword_overAnOpenSession(t *testing.T) {
	log := record()
	server, client := start(t, secureaccess.WithTransport(log))
	old := server.OpenSession(server.Credentials()["user"])
	dsid, err := client.DSID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if dsid.Reveal() == old || server.Sessions() != 1 {
		t.Errorf("the DSID is the old one: %t, %d sessions", dsid.Reveal() == old, server.Sessions())
	}
	var forms []string
	for _, path := range log.paths() {
		if strings.HasPrefix(path, "POST ") {
			forms = append(forms, path)
		}
	}
	if len(forms) != 2 || forms[0] != forms[1] {
		t.Errorf("the forms went to %v", forms)
	}
}

func TestPassword_realmAndPath(t *testing.T) {
	log := record()
	server := msptest.NewServer(t)
	server.AddAccount("jane", "secret", "zta-admin-users")
	auth := msp.Password("jane", "secret", msp.WithRealm("zta-admin-users"), msp.WithSignInPath("/login/admin"))
	client, err := msp.New(server.URL(), auth, append(server.Options(), secureaccess.WithTransport(log))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Tenants.List(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(log.paths(), "GET /login/admin") {
		t.Errorf("sent %v", log.paths())
	}
}

// pages is a portal whose sign-in pages are up to the test.
type pages struct {
	open, submit, resume, welcome http.HandlerFunc
	forms                         []url.Values
	cookies                       []string
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.cookies = append(p.cookies, r.Header.Get("Cookie"))
	switch {
	case r.URL.Path == "/login/msp":
		if p.open != nil {
			p.open(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "DSSIGNIN", Value: "url_7"})
		io.WriteString(w, "<html></html>")
	case r.Method == "POST" && r.URL.Path == "/dana-na/auth/url_7/login.cgi":
		_ = r.ParseForm()
		p.forms = append(p.forms, r.PostForm)
		if r.PostForm.Has("FormDataStr") {
			p.resume(w, r)
			return
		}
		p.submit(w, r)
	case r.URL.Path == "/dana-na/auth/url_7/welcome.cgi" && p.welcome != nil:
		p.welcome(w, r)
	case r.URL.Path == "/api/msp/reports/usage/schedule":
		io.WriteString(w, `{"frequency":"daily","start_day":1,"disabled":false}`)
	default:
		http.Error(w, "not here: "+r.URL.Path, http.StatusNotFound)
	}
}

// signIn walks the pages and returns what comes of it.
func (p *pages) signIn(t *testing.T) (string, error) {
	t.Helper()
	server := httptest.NewServer(p)
	defer server.Close()
	client, err := msp.New(server.URL, msp.Password("jane", "pa&ss=word", msp.WithRealm("R & D")), secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	dsid, err := client.DSID(t.Context())
	return dsid.Reveal(), err
}

func html(text string, cookies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, cookie := range cookies {
			w.Header().Add("Set-Cookie", cookie)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, text)
	}
}

func TestPassword_forms(t *testing.T) {
	// Attributes in any order and quoting, values escaped for HTML, a second xsauth before the one that counts, and the
	// form inside a table, where a tree of the page has lost its fields.
	const between = `<html><form action="logout.cgi"><input type="hidden" name="xsauth" value="of the other form"></form>
<table><form method=POST action=login.cgi><tr><td>
<INPUT VALUE='a&amp;b=&#34;c&quot;' TYPE=hidden id=x NAME='FormDataStr'/>
<input value="x&lt;y" name=xsauth type="hidden">
<input type="submit" value="Continue
 the session" name="btnContinue"></td></tr></form></table></html>`
	p := &pages{
		submit: html(between, "id=state_1; path=/dana-na/; secure"),
		resume: html("", "DSID=the-dsid; path=/; expires=Thu, 01-Jan-2099 00:00:00 GMT"),
	}
	dsid, err := p.signIn(t)
	if err != nil || dsid != "the-dsid" {
		t.Fatalf("%q, %v", dsid, err)
	}
	want := []url.Values{
		{"username": {"jane"}, "password": {"pa&ss=word"}, "realm": {"R & D"}, "btnContinue": {"Continue the session"}},
		{"FormDataStr": {`a&b="c"`}, "xsauth": {"x<y"}, "btnContinue": {"Continue the session"}},
	}
	if fmt.Sprint(p.forms) != fmt.Sprint(want) {
		t.Errorf("the forms are %q, not %q", p.forms, want)
	}
	if got := fmt.Sprintf("%q", p.cookies); got != `["" "DSSIGNIN=url_7" "DSSIGNIN=url_7; id=state_1"]` {
		t.Errorf("the cookies are %s", got)
	}
}

func TestPassword_redirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came to another origin, with the cookies %q", r.Method, r.URL.Path, r.Header.Get("Cookie"))
	}))
	defer elsewhere.Close()
	to := func(where string, cookies ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for _, cookie := range cookies {
				w.Header().Add("Set-Cookie", cookie)
			}
			w.Header().Set("Location", where)
			w.WriteHeader(http.StatusFound)
		}
	}

	p := &pages{submit: to(elsewhere.URL+"/home", "DSID=d1")}
	if dsid, err := p.signIn(t); err != nil || dsid != "d1" {
		t.Errorf("a DSID and a redirect out: %q, %v", dsid, err)
	}
	p = &pages{submit: to(elsewhere.URL + "/login")}
	if _, err := p.signIn(t); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Errorf("no DSID and a redirect out: %v", err)
	}
	p = &pages{submit: to("login.cgi", "DSID=d2")} // relative to the form; the page there is no page of the portal
	if _, err := p.signIn(t); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a redirect within the sign-in pages: %v", err)
	}
	p = &pages{submit: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "login.cgi", http.StatusTemporaryRedirect)
	}}
	if _, err := p.signIn(t); !errors.Is(err, secureaccess.ErrRedirectRefused) || len(p.forms) != 1 {
		t.Errorf("a redirect that repeats the form: %v, %d forms", err, len(p.forms))
	}

	// Nobody asks another origin for cookies.
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came to another origin, with the cookies %q", r.Method, r.URL.Path, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "DSSIGNIN", Value: "theirs"})
	}))
	defer foreign.Close()
	p = &pages{open: to(foreign.URL, "DSSIGNIN=url_7"), submit: html("", "DSID=d3")}
	if _, err := p.signIn(t); !errors.Is(err, secureaccess.ErrRedirectRefused) || len(p.forms) != 0 {
		t.Errorf("a sign-in page elsewhere: %v, %d forms", err, len(p.forms))
	}
}

func TestSignInError_failures(t *testing.T) {
	const (
		signIn  = `<form action="login.cgi"><input name=username><input type=password name=password></form>`
		between = `<p>Continue the session</p><form><input type=hidden name=FormDataStr value="hush-hush-1"><input type=hidden name=xsauth value="hush-hush-2"></form>`
	)
	for _, c := range []struct {
		name  string
		pages pages
		step  msp.SignInStep
		field string
		want  error
	}{
		{"no DSSIGNIN", pages{open: html("<html>")}, msp.SignInStepOpen, "DSSIGNIN", msp.ErrMissingCookie},
		{"DSSIGNIN that climbs", pages{open: html("<html>", "DSSIGNIN=..")}, msp.SignInStepOpen, "DSSIGNIN", msp.ErrMissingCookie},
		{"DSSIGNIN taken back", pages{open: html("<html>", "DSSIGNIN=url_7", "DSSIGNIN=gone; max-age=0")}, msp.SignInStepOpen, "DSSIGNIN", msp.ErrMissingCookie},
		{"DSSIGNIN of 1970", pages{open: html("<html>", "DSSIGNIN=url_7; expires=Thu, 01-Jan-1970 22:00:00 GMT")}, msp.SignInStepOpen, "DSSIGNIN", msp.ErrMissingCookie},
		{"wrong password", pages{submit: html("<p>Invalid username or password.</p>" + signIn)}, msp.SignInStepSubmit, "", msp.ErrWrongPassword},
		{"sign-in page without a reason", pages{submit: html(signIn)}, msp.SignInStepSubmit, "", msp.ErrSignInRefused},
		{"another page", pages{submit: html("<p>Your license has ended. hush-hush-0</p>")}, msp.SignInStepSubmit, "", msp.ErrUnexpectedPage},
		{"nothing", pages{submit: html("")}, msp.SignInStepSubmit, "", msp.ErrUnexpectedPage},
		{"no FormDataStr", pages{submit: html(`<p>Continue the session</p><input name=xsauth value="hush-hush-2">`)}, msp.SignInStepContinue, "FormDataStr", msp.ErrMissingField},
		{"FormDataStr in a comment", pages{submit: html(`<p>Continue the session</p><!-- <input name=FormDataStr value=x> -->`)}, msp.SignInStepContinue, "FormDataStr", msp.ErrMissingField},
		{"not continued", pages{submit: html(between), resume: html(signIn)}, msp.SignInStepContinue, "", msp.ErrUnexpectedPage},
	} {
		_, err := c.pages.signIn(t)
		login, ok := errors.AsType[*msp.SignInError](err)
		if !ok || login.Step != c.step || login.Field != c.field || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := errors.Is(err, secureaccess.ErrUnauthorized); got != (c.want == msp.ErrWrongPassword) {
			t.Errorf("%s: ErrUnauthorized is %t", c.name, got)
		}
		failure, _ := errors.AsType[*secureaccess.Error](err)
		if failure.Status != 200 || failure.Product != "msp" {
			t.Errorf("%s: %#v", c.name, failure)
		}
		for _, secret := range []string{"hush", "pa&ss", "pa%26ss", "url_7"} {
			if text := fmt.Sprintf("%v %+v %#v %s", err, err, failure, failure.Body); strings.Contains(text, secret) {
				t.Errorf("%s: %q is in %s", c.name, secret, text)
			}
		}
	}
}

// TestPassword_wrongIsTriedOnce counts forms: an account is locked after a few.
func TestPassword_wrongIsTriedOnce(t *testing.T) {
	log := record()
	server := msptest.NewServer(t)
	client, err := msp.New(server.URL(), msp.Password(server.Credentials()["user"], "wrong"), append(server.Options(), secureaccess.WithTransport(log))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Tenants.List(t.Context(), nil); !errors.Is(err, msp.ErrWrongPassword) {
		t.Fatalf("%v", err)
	}
	forms := slices.DeleteFunc(log.paths(), func(path string) bool { return !strings.HasPrefix(path, "POST ") })
	if len(forms) != 1 {
		t.Errorf("sent %v", forms)
	}
}

// A page behind the sign-in may offer to continue too, when a session is about to end.
func TestPassword_homePageThatOffersToContinue(t *testing.T) {
	p := &pages{submit: html(`<div id=timeout><button>Continue the session</button></div><form><input name=xsauth value=1></form>`, "DSID=d4")}
	if dsid, err := p.signIn(t); err != nil || dsid != "d4" || len(p.forms) != 1 {
		t.Errorf("%q, %v, %d forms", dsid, err, len(p.forms))
	}
}
