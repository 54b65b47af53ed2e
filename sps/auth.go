package sps

import (
	"context"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// Auth is how a client authenticates: [Password], [PasswordWith], [PasswordFrom], [PasswordFromWith] or [Certificate].
type Auth interface {
	// check says what is wrong with the credentials, before anything is sent.
	check(s *settings.Settings) error

	// query is what the sign-in asks for, and basic what it carries in its Authorization header; ok says whether it has
	// one.
	query() url.Values
	basic(ctx context.Context) (username string, password secureaccess.Secret, ok bool, err error)

	// identity tells credentials apart, nil where they cannot change, and storeKey what belongs to one session.
	identity() func(context.Context) (string, error)
	storeKey() []string
}

// Password authenticates with a username and a password, by the appliance's default login method. The user needs the
// privilege for the REST server. The client signs in with its first call, and again when the session has ended.
//
// GET /api/authentication
func Password(username, password string) Auth { return PasswordWith("", username, password) }

// PasswordWith is [Password] with a login method by its name, "local" for the appliance's own database.
// [Client.ListLoginMethods] tells which there are.
func PasswordWith(method, username, password string) Auth {
	return passwordAuth{method: method, username: username, source: secureaccess.NewSecret(password), fixed: true}
}

// PasswordFrom is [Password] with a password that is read at each sign-in.
func PasswordFrom(username string, source secureaccess.SecretSource) Auth {
	return PasswordFromWith("", username, source)
}

// PasswordFromWith is [PasswordWith] with a password that is read at each sign-in.
func PasswordFromWith(method, username string, source secureaccess.SecretSource) Auth {
	return passwordAuth{method: method, username: username, source: source}
}

type passwordAuth struct {
	method, username string
	source           secureaccess.SecretSource
	fixed            bool // the password was given as such
}

func (a passwordAuth) check(*settings.Settings) error {
	refuse := func(argument, reason string) error {
		return &secureaccess.ArgumentError{Argument: argument, Reason: reason}
	}
	switch {
	case a.source == nil:
		return refuse("password source", "is nil")
	case a.username == "":
		return refuse("username", "is empty")
	case strings.ContainsRune(a.username, ':'):
		return refuse("username", "has a colon, which Basic authentication cannot carry")
	case !utf8.ValidString(a.username):
		return refuse("username", "is not UTF-8, which the appliance requires")
	case a.fixed:
		password, _ := a.source.Secret(context.Background())
		return checkPassword(password)
	}
	return nil
}

func checkPassword(password secureaccess.Secret) error {
	switch {
	case password.Reveal() == "":
		return &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	case !utf8.ValidString(password.Reveal()):
		return &secureaccess.ArgumentError{Argument: "password", Reason: "is not UTF-8, which the appliance requires"}
	}
	return nil
}

func (a passwordAuth) query() url.Values {
	if a.method == "" {
		return nil
	}
	return url.Values{"login_method": {a.method}}
}

func (a passwordAuth) basic(ctx context.Context) (string, secureaccess.Secret, bool, error) {
	password, err := a.source.Secret(ctx)
	if err == nil {
		err = checkPassword(password)
	}
	return a.username, password, true, err
}

func (a passwordAuth) identity() func(context.Context) (string, error) {
	return rest.SecretIdentity(a.source, a.method, a.username)
}

func (a passwordAuth) storeKey() []string { return []string{"password", a.method, a.username} }

// Certificate authenticates with the client certificate given with [secureaccess.WithClientCertificate], by a login
// method of the X.509 kind. The guides up to 6.9 name no method: "" leaves it to the appliance.
//
// A session store keeps one session for each appliance and method, whatever the certificate: programs with different
// certificates need stores of their own.
func Certificate(method string) Auth { return certificateAuth{method} }

type certificateAuth struct{ method string }

func (a certificateAuth) check(s *settings.Settings) error {
	if len(s.Certificates) == 0 && s.Transport == nil {
		return &secureaccess.ArgumentError{Argument: "options", Reason: "hold no client certificate; see WithClientCertificate"}
	}
	return nil
}

func (a certificateAuth) query() url.Values {
	query := url.Values{"type": {"x509"}}
	if a.method != "" {
		query.Set("login_method", a.method)
	}
	return query
}

func (certificateAuth) basic(context.Context) (string, secureaccess.Secret, bool, error) {
	return "", secureaccess.Secret{}, false, nil
}

func (certificateAuth) identity() func(context.Context) (string, error) { return nil }

func (a certificateAuth) storeKey() []string { return []string{"certificate", a.method} }
