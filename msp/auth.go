package msp

import (
	"context"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// What the document signs in with, for [WithRealm] and [WithSignInPath] to depart from.
const (
	DefaultRealm      = "ZTA Admin Users"
	DefaultSignInPath = "/login/msp"
)

// Auth is how a client gets its DSID: [Password], [PasswordFrom] or [DSID].
type Auth interface {
	// check refuses what cannot be a credential.
	check() error
	// obtain returns a DSID; last is the one before, "" for none.
	obtain(ctx context.Context, p *portal, last string) (string, error)
	// own returns what the client signs in with; nil where the session is the caller's.
	own() *passwordAuth
}

// SignInOption changes how [Password] signs in.
type SignInOption func(*passwordAuth)

// WithRealm signs in to another realm than [DefaultRealm].
func WithRealm(realm string) SignInOption { return func(a *passwordAuth) { a.realm = realm } }

// WithSignInPath begins at another sign-in page than [DefaultSignInPath]; tenants have theirs at "/login/admin". The
// path is below the base URL and escaped.
func WithSignInPath(path string) SignInOption { return func(a *passwordAuth) { a.path = path } }

// WithoutTakeover leaves a session of the same administrator alone that is open elsewhere, such as a person's in a
// browser. Signing in then fails with [ErrSessionOpen] instead of ending that session.
func WithoutTakeover() SignInOption { return func(a *passwordAuth) { a.leave = true } }

// Password signs in as an administrator of the portal, when the first call needs it, and once more whenever the portal
// responds to a call with 401 or with its sign-in page; the call is then repeated.
//
// An administrator has one session at a time. Signing in ENDS THE SESSION OF THE SAME ADMINISTRATOR THAT IS OPEN
// ELSEWHERE, a person's in a browser included: the portal asks whether to continue, and the client does. Give a program
// an account of its own, or pass [WithoutTakeover].
//
// GET /login/msp
//
// POST /dana-na/auth/{dssignin}/login.cgi
//
// A second factor, a password that has to be changed and terms that have to be accepted need a person: they are errors,
// see [SignInError]. Document: Retrieving the DSID Using the API.
func Password(username, password string, opts ...SignInOption) Auth {
	return PasswordFrom(username, secureaccess.NewSecret(password), opts...)
}

// PasswordFrom is [Password] with a password that is read at each sign-in.
//
// GET /login/msp
//
// POST /dana-na/auth/{dssignin}/login.cgi
func PasswordFrom(username string, source secureaccess.SecretSource, opts ...SignInOption) Auth {
	a := &passwordAuth{username: username, password: source, realm: DefaultRealm, path: DefaultSignInPath}
	for _, opt := range opts {
		if opt != nil {
			opt(a)
		}
	}
	return a
}

// DSID uses a session that is there already: one that another client got, or a browser, whose developer tools show the
// cookie. It cannot be renewed: once the portal has ended it, calls fail with [ErrSignedOut]. [Client.Close] leaves it
// open.
func DSID(value string) Auth { return &dsidAuth{secureaccess.NewSecret(value)} }

type passwordAuth struct {
	username string
	password secureaccess.SecretSource
	realm    string
	path     string
	leave    bool // an open session of the administrator is left alone
}

func (a *passwordAuth) check() error {
	refuse := func(argument, reason string) error {
		return &secureaccess.ArgumentError{Argument: argument, Reason: reason}
	}
	password, plain := a.password.(secureaccess.Secret)
	switch {
	case a.username == "":
		return refuse("username", "is empty")
	case a.password == nil:
		return refuse("password source", "is nil")
	case plain && password.IsZero():
		return refuse("password", "is empty")
	case a.realm == "":
		return refuse("realm", "is empty")
	case !strings.HasPrefix(a.path, "/") || strings.ContainsAny(a.path, "{}?#"):
		return refuse("sign-in path", "is not the path of a URL")
	}
	if _, err := url.PathUnescape(a.path); err != nil {
		return refuse("sign-in path", "is not escaped as URLs are")
	}
	return nil
}

func (a *passwordAuth) own() *passwordAuth { return a }

type dsidAuth struct{ dsid secureaccess.Secret }

func (a *dsidAuth) check() error {
	switch value := a.dsid.Reveal(); {
	case value == "":
		return &secureaccess.ArgumentError{Argument: "dsid", Reason: "is empty"}
	case !isDSID(value):
		return &secureaccess.ArgumentError{Argument: "dsid", Reason: "is not the value of a cookie"}
	}
	return nil
}

func (a *dsidAuth) obtain(context.Context, *portal, string) (string, error) {
	return a.dsid.Reveal(), nil
}

func (a *dsidAuth) own() *passwordAuth { return nil }

// isDSID reports whether a value can stand in a Cookie header as that of one cookie.
func isDSID(value string) bool {
	return value != "" && !strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ';' })
}
