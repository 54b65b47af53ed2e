package msp_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// The cases of this file come from the field. Each stands for a kind of fault.

// forms counts the forms that were sent.
func forms(log *recording) int {
	return len(slices.DeleteFunc(log.paths(), func(path string) bool { return !strings.HasPrefix(path, "POST /dana-na/") }))
}

// The sign-in page comes back with a code that says why. Only p=failed is about the password: a person who is told to
// type it again instead locks the account for good.
func TestField_SignInError_codes(t *testing.T) {
	for _, c := range []struct {
		page msptest.SignInPage
		code secureaccess.Code
		want error
	}{
		{msptest.SignInPageLocked, msp.CodeAccountLocked, msp.ErrAccountLocked},
		{msptest.SignInPageTooMany, msp.CodeTooMany, msp.ErrTooManyAttempts},
		{msptest.SignInPageAddressBlocked, msp.CodeAddressBlocked, msp.ErrAddressBlocked},
		{msptest.SignInPagePasswordExpired, msp.CodePasswordExpired, msp.ErrPasswordChange},
		{msptest.SignInPageSecondFactor, msp.CodeMoreCredentials, msp.ErrSecondFactor},
		{msptest.SignInPageChallenge, msp.CodeChallenge, msp.ErrSecondFactor},
		{msptest.SignInPageTermsBefore, msp.CodeTermsBefore, msp.ErrTermsOfUse},
		{msptest.SignInPageTermsAfter, msp.CodeTermsAfter, msp.ErrTermsOfUse},
		{msptest.SignInPageSessionLimit, msp.CodeConfirmation, msp.ErrSessionLimit},
		{msptest.SignInPageOther, "no-roles", msp.ErrSignInRefused},
	} {
		log := record()
		server, client := start(t, secureaccess.WithTransport(log))
		server.SetSignInPage(c.page)
		_, err := client.Tenants.List(t.Context(), nil)
		if !errors.Is(err, c.want) || !errors.Is(err, c.code) || errors.Is(err, msp.ErrWrongPassword) || errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("%s: %v", c.code, err)
		}
		if !strings.Contains(err.Error(), string(c.code)) || server.SignIns() != 0 {
			t.Errorf("%s: %v, signed in %d times", c.code, err, server.SignIns())
		}

		// What a person has to mend is not tried with every call; which session to end can change at any time.
		want := 1
		switch c.want {
		case msp.ErrTermsOfUse:
			want = forms(log) // none before the form
		case msp.ErrSessionLimit:
			want = 2
		}
		if _, again := client.Schedule.Get(t.Context()); !errors.Is(again, c.want) || forms(log) != want {
			t.Errorf("%s: again: %v, %d forms", c.code, again, forms(log))
		}

		server.SetSignInPage(msptest.SignInPageNone)
		if err := client.SignIn(t.Context()); err != nil {
			t.Errorf("%s: mended: %v", c.code, err)
		}
	}

	server, client := start(t)
	server.AddAccount(server.Credentials()["user"], "another", msp.DefaultRealm)
	if _, err := client.DSID(t.Context()); !errors.Is(err, msp.ErrWrongPassword) || !errors.Is(err, secureaccess.ErrUnauthorized) || !errors.Is(err, msp.CodeFailed) {
		t.Errorf("a wrong password: %v", err)
	}
}

// A page says by its form what it asks for, where its address has no code or one that nobody knows.
func TestField_SignInError_pagesWithoutACode(t *testing.T) {
	const form = `<form name="frmLogin" action="login.cgi" method="post">`
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"second password":        {form + `<input type="password" name="password#2"></form>`, msp.ErrSecondFactor},
		"token":                  {`<form name="frmTotpToken" action="login.cgi"><input type=password name=password><input type=submit name=totpactionEnter></form>`, msp.ErrSecondFactor},
		"next token":             {`<form name="frmNextToken" action="login.cgi"><input type=password name=password></form>`, msp.ErrSecondFactor},
		"terms":                  {form + `<textarea name="sn-postauth-text"></textarea><input type=submit name="sn-postauth-proceed" value="OK"></form>`, msp.ErrTermsOfUse},
		"new password":           {form + `<input type=password name=newPassword><input type=password name=confirmPassword></form>`, msp.ErrPasswordChange},
		"choice of sessions":     {form + `<input type=checkbox name=postfixSID value=1><input type=hidden name=FormDataStr value=f><input type=submit name=btnContinue value="Continue the session"></form>`, msp.ErrSessionLimit},
		"terms with FormDataStr": {form + `<input type=hidden name=FormDataStr value=f><input type=submit name=sn-preauth-proceed></form>`, msp.ErrTermsOfUse},
		"sign-in page":           {form + `<input name=username><input type=password name=password></form>`, msp.ErrSignInRefused},
		"sign-in page with text": {`<span>Invalid username or password. Please re-enter your user information.</span>` + form + `<input type=password name=password></form>`, msp.ErrWrongPassword},
		"another page":           {`<h1>Maintenance</h1>`, msp.ErrUnexpectedPage},
	} {
		p := &pages{submit: html(c.text), resume: html("", "DSID=d1")}
		if _, err := p.signIn(t); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if len(p.forms) != 1 {
			t.Errorf("%s: %d forms", name, len(p.forms))
		}
		// A session that the portal has begun all the same is not taken.
		p = &pages{submit: html(c.text, "DSID=d0"), resume: html("", "DSID=d1")}
		dsid, err := p.signIn(t)
		switch c.want {
		case msp.ErrSecondFactor, msp.ErrTermsOfUse, msp.ErrPasswordChange, msp.ErrSessionLimit:
			if !errors.Is(err, c.want) {
				t.Errorf("%s, with a DSID: %q, %v", name, dsid, err)
			}
		default:
			if err != nil {
				t.Errorf("%s, with a DSID: %v", name, err)
			}
		}
	}
}

// Codes are what a stranger wrote into an address: no more of one is shown than can be a code, and nothing of what was
// sent.
func TestField_SignInError_hostileCodes(t *testing.T) {
	for code, want := range map[string]secureaccess.Code{
		"host-check":                  "host-check",
		"p%0aX%1b[2J":                 "",
		"%ff%fe":                      "",
		strings.Repeat("x", 100):      "",
		"pa%26ss%3Dword":              "",
		"account%2Dlocked%2Dout%2Dno": "account-locked-out-no",
	} {
		p := &pages{submit: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/dana-na/auth/url_7/welcome.cgi?p="+code)
			w.WriteHeader(http.StatusFound)
		}, welcome: html(`<form action="login.cgi"><input type=password></form>`)}
		_, err := p.signIn(t)
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || failure.Code != want || !errors.Is(err, msp.ErrSignInRefused) {
			t.Errorf("%s: %q, %v", code, failure.Code, err)
		}
	}
}

// Portals of this kind without xsauth exist: many public clients post FormDataStr and the button alone.
func TestField_Password_confirmationWithoutXSAuth(t *testing.T) {
	server, client := start(t)
	server.OmitXSAuth()
	server.OpenSession(server.Credentials()["user"])
	if _, err := client.Tenants.List(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if server.Sessions() != 1 {
		t.Errorf("%d sessions", server.Sessions())
	}
}

// The button to continue has a text in the portal's language, which the form wants back.
func TestField_Password_buttonInAnotherLanguage(t *testing.T) {
	p := &pages{
		submit: html(`<form action="login.cgi"><input type=hidden name=FormDataStr value=f><input type=submit name=btnContinue value="Sitzung fortsetzen"></form>`),
		resume: html("", "DSID=d1"),
	}
	if dsid, err := p.signIn(t); err != nil || dsid != "d1" || p.forms[1].Get("btnContinue") != "Sitzung fortsetzen" {
		t.Errorf("%q, %v, %q", dsid, err, p.forms)
	}
}

// Signing in ends the session that a person of the same name has open, unless it is told not to.
func TestField_WithoutTakeover(t *testing.T) {
	log := record()
	server := msptest.NewServer(t)
	account := server.Credentials()
	theirs := server.OpenSession(account["user"])
	client, err := msp.New(server.URL(), msp.Password(account["user"], account["password"], msp.WithoutTakeover()),
		append(server.Options(), secureaccess.WithTransport(log))...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Tenants.List(t.Context(), nil)
	if !errors.Is(err, msp.ErrSessionOpen) || !errors.Is(err, msp.CodeConfirmation) || errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("%v", err)
	}
	person, err := msp.New(server.URL(), msp.DSID(theirs), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := person.Tenants.List(t.Context(), nil); err != nil {
		t.Errorf("the person is signed out: %v", err)
	}
	if err := person.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Tenants.List(t.Context(), nil); err != nil {
		t.Errorf("with the person gone: %v", err)
	}
	// Its own session is in nobody's way.
	if err := client.SignIn(t.Context()); err != nil || server.Sessions() != 1 {
		t.Errorf("anew: %v, %d sessions", err, server.Sessions())
	}
}

// A client that goes on with a wrong password sends one form, not one a call: accounts lock.
func TestField_Password_lockout(t *testing.T) {
	server := msptest.NewServer(t)
	server.SetLockout(3)
	account := server.Credentials()
	client, err := msp.New(server.URL(), msp.Password(account["user"], "wrong"), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := client.Tenants.List(t.Context(), nil); !errors.Is(err, msp.ErrWrongPassword) {
			t.Fatal(err)
		}
	}
	right, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := right.Tenants.List(t.Context(), nil); err != nil {
		t.Errorf("the right password after 20 calls with a wrong one: %v", err)
	}
	for range 3 {
		_ = client.SignIn(t.Context()) // which insists
	}
	if err := right.SignIn(t.Context()); !errors.Is(err, msp.ErrAccountLocked) {
		t.Errorf("the right password of a locked account: %v", err)
	}
}

// Success without what was asked for is none: a list without its list, something new without its id.
func TestField_withoutContent(t *testing.T) {
	var sent int
	var text string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		sent++
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	client, err := msp.New(server.URL, msp.DSID("d"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bad, good []string
		call      func() error
	}{
		"tenants": {
			[]string{`{"total":3}`, `{"total":0}`, `{"items":[],"total":0}`, `{"tenant_stats":{"active":1}}`, `{"tenants":7,"total":1}`},
			[]string{`{"tenants":[],"total":0}`, `{"tenants":null,"total":0}`, `{"tenants":[{"sub_domain":"a"}]}`},
			func() error { _, err := client.Tenants.List(t.Context(), nil); return err },
		},
		"reports": {
			[]string{`{"total":3}`, `{"total":0}`, `{"reports":[],"total":0}`},
			[]string{`{"items":[],"total":0}`, `{"items":null,"total":0}`},
			func() error { _, err := client.Reports.List(t.Context(), nil); return err },
		},
		"all reports": {
			[]string{`{"total":3}`, `{"total":0}`}, []string{`{"items":[],"total":0}`},
			func() (err error) {
				for _, one := range client.Reports.All(t.Context(), nil) {
					err = errors.Join(err, one)
				}
				return err
			},
		},
		"a report": {
			[]string{`{"id":""}`, `{"id":null,"file_name":"a.csv"}`, `{"file_name":"a.csv"}`}, []string{`{"id":"1"}`},
			func() error { _, err := client.Reports.Create(t.Context()); return err },
		},
		"a request": {
			[]string{`{"id":""}`, `{"id":null}`}, []string{`{"id":"1"}`},
			func() error { _, err := client.Tenants.RequestCapIncrease(t.Context()); return err },
		},
	} {
		for _, text = range c.bad {
			if err := c.call(); !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("%s of %s: %v", name, text, err)
			}
		}
		for _, text = range c.good {
			if err := c.call(); err != nil {
				t.Errorf("%s of %s: %v", name, text, err)
			}
		}
	}

	sent = 0
	_, update := client.Tenants.Update(t.Context(), "", msp.TenantUpdate{Name: "a"})
	_, address := client.Reports.DownloadURL(t.Context(), "")
	_, report := client.Reports.DownloadReport(t.Context(), "")
	for _, err := range []error{update, address, report, client.Reports.Delete(t.Context()), client.Reports.Delete(t.Context(), "a", "")} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("no id: %v", err)
		}
	}
	if sent > 0 {
		t.Errorf("%d requests without an id", sent)
	}
}
