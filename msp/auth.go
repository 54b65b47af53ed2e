package msp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// What the document signs in with, for [WithRealm] and [WithLoginPath] to depart from.
const (
	DefaultRealm     = "ZTA Admin Users"
	DefaultLoginPath = "/login/msp"
)

// Auth is how a client comes by its DSID: [Password] or [DSID].
type Auth interface {
	// check refuses what cannot be a credential.
	check() error
	// obtain returns a DSID.
	obtain(ctx context.Context, p *portal) (secureaccess.Secret, error)
	// renews says whether obtain can return another DSID when the first is refused.
	renews() bool
	// page is the path of the sign-in page, "" where none is used.
	page() string
}

// LoginOption changes how [Password] signs in.
type LoginOption func(*passwordAuth)

// WithRealm signs in to another realm than [DefaultRealm].
func WithRealm(realm string) LoginOption { return func(a *passwordAuth) { a.realm = realm } }

// WithLoginPath begins at another sign-in page than [DefaultLoginPath]; tenants have theirs at "/login/admin". The
// path is below the base URL and escaped.
func WithLoginPath(path string) LoginOption { return func(a *passwordAuth) { a.path = path } }

// Password signs in as an administrator of the portal. The client does so when the first call needs it, and once more
// whenever the portal answers a call with 401 or with its sign-in page; the call is then repeated. A session of the
// same administrator that is open elsewhere is no obstacle: the portal asks whether to continue, and the client does.
//
// GET /login/msp
//
// POST /dana-na/auth/{dssignin}/login.cgi
//
// Document: Retrieving the DSID Using the API.
func Password(username, password string, opts ...LoginOption) Auth {
	a := &passwordAuth{username: username, password: secureaccess.NewSecret(password), realm: DefaultRealm, path: DefaultLoginPath}
	for _, opt := range opts {
		opt(a)
	}
	return a
}

// DSID uses a session that is there already: one that another client got, or a browser, whose developer tools show the
// cookie. It cannot be renewed: once the portal has ended it, calls fail with [ErrSignedOut].
func DSID(value string) Auth { return &dsidAuth{dsid: secureaccess.NewSecret(value)} }

type passwordAuth struct {
	username string
	password secureaccess.Secret
	realm    string
	path     string
}

func (a *passwordAuth) check() error {
	switch {
	case a.username == "":
		return &secureaccess.ArgumentError{Argument: "username", Reason: "is empty"}
	case a.password.IsZero():
		return &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	case a.realm == "":
		return &secureaccess.ArgumentError{Argument: "realm", Reason: "is empty"}
	case !strings.HasPrefix(a.path, "/") || strings.ContainsAny(a.path, "{}?#"):
		return &secureaccess.ArgumentError{Argument: "login path", Reason: "is not the path of a URL"}
	}
	if _, err := url.PathUnescape(a.path); err != nil {
		return &secureaccess.ArgumentError{Argument: "login path", Reason: "is not escaped", Err: err}
	}
	return nil
}

func (a *passwordAuth) renews() bool { return true }

func (a *passwordAuth) page() string { return a.path }

type dsidAuth struct{ dsid secureaccess.Secret }

func (a *dsidAuth) check() error {
	value := a.dsid.Reveal()
	if value == "" {
		return &secureaccess.ArgumentError{Argument: "dsid", Reason: "is empty"}
	}
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`",;\`, c) >= 0 {
			return &secureaccess.ArgumentError{Argument: "dsid", Reason: "is not the value of a cookie"}
		}
	}
	return nil
}

func (a *dsidAuth) obtain(context.Context, *portal) (secureaccess.Secret, error) { return a.dsid, nil }

func (a *dsidAuth) renews() bool { return false }

func (a *dsidAuth) page() string { return "" }

// gate turns the ways in which the portal asks for a sign-in into the one that HTTP has for it: 401. Without it a
// sign-in page, which comes with status 200, would pass for success where an operation answers nothing.
type gate struct {
	portal *portal
	next   http.RoundTripper
}

func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.next.RoundTrip(req)
	if err != nil || !rest.SameOrigin(g.portal.base, req.URL) || !g.asksToSignIn(req, resp) {
		return resp, err
	}
	// The page holds tokens of the session to come, which no error needs.
	_ = resp.Body.Close()
	resp.Body, resp.ContentLength = http.NoBody, 0
	resp.StatusCode, resp.Status = http.StatusUnauthorized, "401 "+http.StatusText(http.StatusUnauthorized)
	return resp, nil
}

// asksToSignIn reports whether an answer is the sign-in page or leads to it.
func (g *gate) asksToSignIn(req *http.Request, resp *http.Response) bool {
	switch {
	case resp.StatusCode >= 500:
		return false
	case resp.StatusCode/100 == 3:
		target, err := req.URL.Parse(resp.Header.Get("Location"))
		return err == nil && g.portal.signInAddress(target)
	}
	mediaType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "text/html") {
		return false
	}
	return readPage(rest.Peek(resp, 64<<10)).signIn
}

// signInAddress reports whether u is among the portal's sign-in pages.
func (p *portal) signInAddress(u *url.URL) bool {
	if !rest.SameOrigin(p.base, u) {
		return false
	}
	path := strings.TrimPrefix(u.EscapedPath(), p.base.EscapedPath())
	return path == p.page || strings.HasPrefix(path, "/dana-na/auth/") || strings.HasPrefix(path, "/login/")
}
