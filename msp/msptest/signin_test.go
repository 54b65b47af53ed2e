package msptest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// vendorLogin is the sample program of the document, line for line: a client with a cookie jar, the form, the patterns
// that look for the hidden fields, and the second form.
func vendorLogin(base, username, password string) (session *http.Client, dsid string, continued bool, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, "", false, err
	}
	session = &http.Client{Jar: jar}
	cookie := func(name string) string {
		u, _ := url.Parse(base + "/dana-na/auth/")
		for _, c := range jar.Cookies(u) {
			if c.Name == name {
				return c.Value
			}
		}
		return ""
	}
	read := func(resp *http.Response, err error) (string, error) {
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		return string(data), err
	}

	if _, err = read(session.Get(base + "/login/msp")); err != nil {
		return nil, "", false, err
	}
	loginCGI := base + "/dana-na/auth/" + cookie("DSSIGNIN") + "/login.cgi"
	d, err := read(session.PostForm(loginCGI, url.Values{
		"username": {username}, "password": {password}, "realm": {"ZTA Admin Users"}, "btnContinue": {"Continue the session"},
	}))
	if err != nil {
		return nil, "", false, err
	}
	if strings.Contains(d, "Continue the session") {
		continued = true
		formDataStr := regexp.MustCompile(`.*name="FormDataStr" value="(.*?)">`).FindStringSubmatch(d)
		xsauth := regexp.MustCompile(`.*name="xsauth" value="(.*?)"`).FindStringSubmatch(d)
		if formDataStr == nil || xsauth == nil {
			return nil, "", true, errors.New("the page lacks a hidden field")
		}
		if _, err = read(session.PostForm(loginCGI, url.Values{
			"FormDataStr": {formDataStr[1]}, "xsauth": {xsauth[1]}, "btnContinue": {"Continue the session"},
		})); err != nil {
			return nil, "", true, err
		}
	}
	if dsid = cookie("DSID"); dsid == "" {
		return nil, "", continued, errors.New("LoginError: Unable to get DSID cookie")
	}
	return session, dsid, continued, nil
}

func TestServer_vendorsOwnSignIn(t *testing.T) {
	server := msptest.NewServer(t)
	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme"})
	account := server.Credentials()

	session, first, continued, err := vendorLogin(server.URL(), account["user"], account["password"])
	if err != nil || continued {
		t.Fatalf("the first login: continued %t, error %v", continued, err)
	}
	// Its get_tenants: no header but the cookies, and a parameter that only it knows.
	resp, err := session.Get(server.URL() + "/api/msp/tenants?type=application")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || !strings.Contains(string(text), `"acme"`) {
		t.Errorf("the list of tenants: %s %s, %v", resp.Status, text, err)
	}

	// A second one meets the session of the first.
	_, second, continued, err := vendorLogin(server.URL(), account["user"], account["password"])
	if err != nil || !continued || second == first {
		t.Fatalf("the second login: continued %t, same DSID %t, error %v", continued, second == first, err)
	}
	if status, _ := call(t, server, first, "GET", "/api/msp/tenants", ""); status != http.StatusUnauthorized {
		t.Errorf("the session that was not continued answers %d", status)
	}
	if status, _ := call(t, server, second, "GET", "/api/msp/tenants", ""); status != http.StatusOK {
		t.Errorf("the session that was continued answers %d", status)
	}
	fmt.Printf("the vendor's login with net/http: a DSID of %d characters; again, over \"Continue the session\": another\n", len(first))

	if _, _, _, err := vendorLogin(server.URL(), account["user"], "wrong"); err == nil {
		t.Error("a wrong password logs in")
	}
}

func TestServer_refusesForeignForms(t *testing.T) {
	server := msptest.NewServer(t)
	server.OpenSession(server.Credentials()["user"])
	post := func(dssignin, path string, form url.Values) string {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", server.URL()+"/dana-na/auth/"+path+"/login.cgi", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Cookie", "DSSIGNIN="+dssignin)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if len(resp.Cookies()) > 0 {
			t.Errorf("%v sets cookies", form)
		}
		return resp.Header.Get("Location")
	}
	account := server.Credentials()
	good := url.Values{"username": {account["user"]}, "password": {account["password"]}, "realm": {account["realm"]}}
	if at := post("url_1", "url_2", good); at != "/login/msp" {
		t.Errorf("another cookie than the path leads to %q", at)
	}
	at := post("url_1", "url_1", good)
	u, err := url.Parse(at)
	if err != nil || u.Query().Get("p") != "user-confirm" {
		t.Fatalf("with a session open the form leads to %q", at)
	}
	for _, form := range []url.Values{
		{"FormDataStr": {u.Query().Get("id")}, "xsauth": {"guessed"}, "btnContinue": {"Continue the session"}},
		{"FormDataStr": {"guessed"}, "xsauth": {"guessed"}, "btnContinue": {"Continue the session"}},
		{"username": {account["user"]}, "password": {account["password"]}, "realm": {"Users"}},
		{"username": {"nobody"}, "password": {account["password"]}, "realm": {account["realm"]}},
	} {
		if at := post("url_1", "url_1", form); !strings.HasSuffix(at, "?p=failed") {
			t.Errorf("%v leads to %q", form, at)
		}
	}
	if server.Sessions() != 1 || server.SignIns() != 1 {
		t.Errorf("%d sessions, %d sign-ins", server.Sessions(), server.SignIns())
	}
}

func TestServer_sessionsEnd(t *testing.T) {
	server := msptest.NewServer(t)
	dsid := server.OpenSession("msp-admin")
	answers := func() int { status, _ := call(t, server, dsid, "GET", "/api/msp/tenants", ""); return status }

	for range 7 { // in use, it outlasts its idle time
		server.Advance(8 * time.Minute)
		if got := answers(); got != 200 {
			t.Fatalf("a session in use answers %d", got)
		}
	}
	server.Advance(8 * time.Minute) // 64 minutes in all
	if got := answers(); got != 401 {
		t.Errorf("after an hour it answers %d", got)
	}

	dsid = server.OpenSession("msp-admin")
	server.Advance(10 * time.Minute)
	if got := answers(); got != 401 {
		t.Errorf("after ten minutes without a call it answers %d", got)
	}

	server.SetSessionTimes(time.Minute, time.Minute)
	dsid = server.OpenSession("msp-admin")
	server.Advance(59 * time.Second)
	if got := answers(); got != 200 {
		t.Errorf("within the times that were set it answers %d", got)
	}
	if status, _ := call(t, server, dsid, "GET", "/api/my-session/logout", ""); status != 200 || server.Sessions() != 0 {
		t.Errorf("logout: %d, %d sessions left", status, server.Sessions())
	}
	if status, _ := call(t, server, dsid, "GET", "/api/my-session/logout", ""); status != 401 {
		t.Errorf("logout without a session: %d", status)
	}

	server.SetSignedOut(msptest.SignedOutPage)
	if status, text := call(t, server, dsid, "GET", "/api/msp/tenants", ""); status != 200 || !strings.Contains(text, `type="password"`) {
		t.Errorf("the sign-in page: %d %s", status, text)
	}
	server.SetSignedOut(msptest.SignedOutRedirect)
	if status, _ := call(t, server, "", "GET", "/api/msp/tenants", ""); status != 302 {
		t.Errorf("the redirect to the sign-in page: %d", status)
	}
}

// A person or a program of its own meets every page that a portal can show instead of a session.
func TestServer_SetSignInPage(t *testing.T) {
	for page, shows := range map[msptest.SignInPage]string{
		msptest.SignInPageLocked:          "Signing in is not possible",
		msptest.SignInPageTooMany:         "Signing in is not possible",
		msptest.SignInPageAddressBlocked:  "Signing in is not possible",
		msptest.SignInPageOther:           "Signing in is not possible",
		msptest.SignInPagePasswordExpired: `name="newPassword"`,
		msptest.SignInPageSecondFactor:    `name="password#2"`,
		msptest.SignInPageChallenge:       `name="frmDefender"`,
		msptest.SignInPageTermsAfter:      `name="sn-postauth-proceed"`,
		msptest.SignInPageSessionLimit:    `name="postfixSID"`,
	} {
		server := msptest.NewServer(t)
		server.SetSignInPage(page)
		account := server.Credentials()
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		first, err := browser.Get(server.URL() + "/login/msp")
		if err != nil {
			t.Fatal(err)
		}
		first.Body.Close()
		form, err := first.Request.URL.Parse("login.cgi")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := browser.PostForm(form.String(), url.Values{"username": {account["user"]}, "password": {account["password"]}, "realm": {account["realm"]}})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(text), shows) || server.SignIns() != 0 {
			t.Errorf("page %d at %s: %s", page, resp.Request.URL, text)
		}
	}
}

func TestServer_SetLockout(t *testing.T) {
	server := msptest.NewServer(t)
	server.SetLockout(2)
	account := server.Credentials()
	for range 2 {
		if _, _, _, err := vendorLogin(server.URL(), account["user"], "wrong"); err == nil {
			t.Fatal("a wrong password signs in")
		}
	}
	if _, _, _, err := vendorLogin(server.URL(), account["user"], account["password"]); err == nil {
		t.Error("the right password opens a locked account")
	}
	server.SetLockout(0)
	if _, _, _, err := vendorLogin(server.URL(), account["user"], account["password"]); err != nil {
		t.Errorf("unlocked: %v", err)
	}
}
