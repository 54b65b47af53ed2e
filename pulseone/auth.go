package pulseone

import (
	"context"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// Auth is how a client authenticates: [Password], [PasswordFrom] or [Hawk].
type Auth interface {
	begin(setup *rest.Setup) (*access, error)
}

// access is what the calls of a client are authenticated with.
type access struct {
	signing *rest.Session[api.Signing] // for the API
	visits  *rest.Session[api.Visit]   // for the console; nil for ready credentials
	console *rest.Client               // carries out operations of the console, with its cookie
	open    *rest.Client               // carries out operations of the console that need no session
	signIn  *signIn                    // nil for ready credentials
}

// SignOption changes how requests are signed: the fields of [hawk.Transport] that are options, such as HashPayload,
// Response, or Signer.Port where a proxy ends TLS on another port. Base, Credentials, Origin and Skewed are the
// client's.
type SignOption func(*hawk.Transport)

// Password signs in as an administrator at the console. The session gives Hawk credentials, which the client renews
// before they expire and when the server asks for it, once for all its goroutines: with the session while that lasts,
// else by signing in again.
func Password(username, password string, sign ...SignOption) Auth {
	return &passwordAuth{username, secureaccess.NewSecret(password), sign}
}

// PasswordFrom is [Password] with a password that is read at each sign-in.
func PasswordFrom(username string, password secureaccess.SecretSource, sign ...SignOption) Auth {
	return &passwordAuth{username, password, sign}
}

// Hawk uses credentials that are there already, at the API itself: the base URL is then what a session calls api_url.
// They are not renewed, and operations of the console, which want its cookie, are refused before anything is sent.
func Hawk(credentials hawk.Credentials, sign ...SignOption) Auth {
	return &hawkAuth{credentials, sign}
}

type passwordAuth struct {
	username string
	password secureaccess.SecretSource
	sign     []SignOption
}

func (a *passwordAuth) begin(setup *rest.Setup) (*access, error) {
	secret, plain := a.password.(secureaccess.Secret)
	switch {
	case a.username == "":
		return nil, &secureaccess.ArgumentError{Argument: "username", Reason: "is empty"}
	case a.password == nil:
		return nil, &secureaccess.ArgumentError{Argument: "password source", Reason: "is nil"}
	case plain && secret.IsZero():
		return nil, &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	}
	s := newSignIn(setup, a)
	return &access{signing: s.signing, visits: s.visits, console: s.console, open: s.open, signIn: s}, nil
}

type hawkAuth struct {
	credentials hawk.Credentials
	sign        []SignOption
}

func (a *hawkAuth) begin(setup *rest.Setup) (*access, error) {
	if err := a.credentials.Check(); err != nil {
		return nil, &secureaccess.ArgumentError{Argument: "credentials", Reason: "cannot be used", Err: err}
	}
	ready := api.Signing{API: setup.Base, Credentials: a.credentials}
	return &access{
		signing: rest.NewSession(setup, &rest.Session[api.Signing]{
			Obtain:  func(context.Context, api.Signing, bool) (api.Signing, error) { return ready, nil },
			Belongs: api.Signing.Belongs,
			Send:    newSigner(setup, a.sign).Send,
		}),
		console: setup.Client(rest.Config{Base: refuseConsole, DecodeError: decodeError}),
		open:    setup.Client(rest.Config{DecodeError: decodeError}),
	}, nil
}

func newSigner(setup *rest.Setup, options []SignOption) *api.Signer {
	plain := make([]func(*hawk.Transport), len(options))
	for i, option := range options {
		plain[i] = option
	}
	return api.NewSigner(setup, plain...)
}

// noSignIn is the error of a sign-in with ready credentials.
func noSignIn() error {
	err := noConsole()
	err.Operation = secureaccess.Operation{Product: product, Method: http.MethodPost, Path: loginPath}
	return err
}

func noConsole() *secureaccess.ArgumentError {
	return &secureaccess.ArgumentError{Argument: "auth", Reason: "has no console session; make the client with Password"}
}
