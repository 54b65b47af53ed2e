package msptest

import (
	"html/template"
	"net/http"
	"net/url"
)

// SignInPage is what the portal shows to somebody who signs in with the right credentials, instead of letting them in.
type SignInPage int

// Values of SignInPage. Their addresses have the code, as seen at portals of this kind, in the parameter p.
const (
	SignInPageNone            SignInPage = iota
	SignInPageLocked                     // account-locked-out: the account is locked
	SignInPageTooMany                    // too-many: too many attempts, or users
	SignInPageAddressBlocked             // ip-blocked: the address of the client is blocked
	SignInPagePasswordExpired            // passwordExpiration: a new password has to be chosen
	SignInPageSecondFactor               // more-cred: a second password
	SignInPageChallenge                  // defender: a code from a token
	SignInPageTermsBefore                // sn-preauth-show: terms of use, before the form
	SignInPageTermsAfter                 // sn-postauth-show: terms of use, after it
	SignInPageSessionLimit               // user-confirm: one of the open sessions has to be chosen to be ended
	SignInPageOther                      // no-roles: something else
)

var signInCodes = map[SignInPage]string{
	SignInPageLocked:          "account-locked-out",
	SignInPageTooMany:         "too-many",
	SignInPageAddressBlocked:  "ip-blocked",
	SignInPagePasswordExpired: "passwordExpiration",
	SignInPageSecondFactor:    "more-cred",
	SignInPageChallenge:       "defender",
	SignInPageTermsBefore:     "sn-preauth-show",
	SignInPageTermsAfter:      "sn-postauth-show",
	SignInPageSessionLimit:    "user-confirm",
	SignInPageOther:           "no-roles",
}

func (p SignInPage) code() string { return signInCodes[p] }

// query is the code as portals write it into addresses: with dashes escaped.
func (p SignInPage) query() string {
	var escaped string
	for _, c := range p.code() {
		if c == '-' {
			escaped += "%2D"
		} else {
			escaped += url.QueryEscape(string(c))
		}
	}
	return escaped
}

// SetSignInPage sets what those who sign in with the right credentials are shown; SignInPageNone lets them in.
func (s *Server) SetSignInPage(page SignInPage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signInPage = page
}

// SetLockout locks an account after so many wrong passwords in a row; 0, the default, never does.
func (s *Server) SetLockout(failures int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lockout = failures
}

// OmitXSAuth leaves the hidden field xsauth out of the page that asks whether to continue, as older portals do.
func (s *Server) OmitXSAuth() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.omitXSAuth = true
}

func show(w http.ResponseWriter, page *template.Template, data map[string]string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, data)
}

var signInPage = template.Must(template.New("sign-in").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
{{if eq .Code "failed"}}<p>Invalid user name, password or realm.</p>{{else if .Code}}<p>Signing in is not possible now.</p>{{end}}
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
{{if .XSAuth}}<input type="hidden" name="xsauth" value="{{.XSAuth}}">
{{end}}<input type="submit" name="btnContinue" value="Continue the session">
<input type="submit" name="btnCancel" value="Cancel">
</td></tr>
</table>
</form>
</body></html>
`))

var homePage = template.Must(template.New("home").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body><h1>Tenants</h1></body></html>
`))

var choosePage = template.Must(template.New("choose").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
<p>The maximum number of open sessions is reached.</p>
<form name="frmConfirmation" action="login.cgi" method="POST">
<input type="checkbox" name="postfixSID" value="1"> 192.0.2.7
<input id="DSIDFormDataStr" type="hidden" name="FormDataStr" value="{{.FormDataStr}}">
{{if .XSAuth}}<input type="hidden" name="xsauth" value="{{.XSAuth}}">
{{end}}<input type="submit" name="btnContinue" value="Close Selected Sessions and Log in">
</form>
</body></html>
`))

var moreCredentialsPage = template.Must(template.New("more").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
<form name="frmLogin" action="login.cgi" method="POST">
<p>Additional credentials are needed.</p>
<input type="password" name="password#2">
<input type="submit" name="btnSubmit" value="Sign In">
</form>
</body></html>
`))

var challengePage = template.Must(template.New("challenge").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
<form name="frmDefender" action="login.cgi" method="POST">
<p>Enter the code that your token shows.</p>
<input type="password" name="password">
<input type="hidden" name="key" value="{{.FormDataStr}}">
<input type="submit" name="btnAction" value="Sign In">
</form>
</body></html>
`))

var passwordPage = template.Must(template.New("password").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
<form name="frmChangePassword" action="login.cgi" method="POST">
<p>Your password has expired.</p>
<input type="password" name="password">
<input type="password" name="newPassword">
<input type="password" name="confirmPassword">
<input type="submit" name="btnSubmit" value="Change Password">
</form>
</body></html>
`))

var termsPage = template.Must(template.New("terms").Parse(`<!DOCTYPE html>
<html><head><title>MSP portal</title></head><body>
<form name="frmSigninNotification" action="login.cgi" method="POST">
<p>Terms of use</p>
<input type="submit" name="{{if eq .Code "sn-preauth-show"}}sn-preauth-proceed{{else}}sn-postauth-proceed{{end}}" value="Proceed">
</form>
</body></html>
`))
