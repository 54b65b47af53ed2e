package sps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Auth is how a client authenticates: [Password], [PasswordWith] or [Certificate].
type Auth interface {
	// check says what is wrong with the credentials, before anything is sent.
	check(settings *secureaccess.Settings) error

	// query is what the login request asks for, and basic what it carries in its Authorization header.
	query() url.Values
	basic() (user string, password secureaccess.Secret, ok bool)
}

// Password authenticates with a user name and a password, by the appliance's default login method. The user needs the
// privilege for the REST server. The client logs in with its first call, and again when the session has ended.
//
// GET /api/authentication
func Password(user, password string) Auth { return PasswordWith("", user, password) }

// PasswordWith is [Password] with a login method by its name, "local" for the appliance's own database.
// [Client.LoginMethods] tells which there are.
func PasswordWith(method, user, password string) Auth {
	return &passwordAuth{method: method, user: user, password: secureaccess.NewSecret(password)}
}

type passwordAuth struct {
	method, user string
	password     secureaccess.Secret
}

func (a *passwordAuth) check(*secureaccess.Settings) error {
	switch {
	case a.user == "":
		return &secureaccess.ArgumentError{Argument: "user", Reason: "is empty"}
	case a.password.IsZero():
		return &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	case strings.ContainsRune(a.user, ':'):
		return &secureaccess.ArgumentError{Argument: "user", Reason: "has a colon, which Basic authentication cannot carry"}
	case !utf8.ValidString(a.user) || !utf8.ValidString(a.password.Reveal()):
		return &secureaccess.ArgumentError{Argument: "user or password", Reason: "is not UTF-8, which the appliance requires"}
	}
	return nil
}

func (a *passwordAuth) query() url.Values {
	if a.method == "" {
		return nil
	}
	return url.Values{"login_method": {a.method}}
}

func (a *passwordAuth) basic() (string, secureaccess.Secret, bool) { return a.user, a.password, true }

// Certificate authenticates with the client certificate given with [secureaccess.WithClientCertificate], by a login
// method of the X.509 kind.
func Certificate(method string) Auth { return certificateAuth{method} }

type certificateAuth struct{ method string }

func (a certificateAuth) check(settings *secureaccess.Settings) error {
	if a.method == "" {
		return &secureaccess.ArgumentError{Argument: "method", Reason: "is empty"}
	}
	if len(settings.Certificates) == 0 && settings.Transport == nil {
		return &secureaccess.ArgumentError{Argument: "options", Reason: "hold no client certificate; see WithClientCertificate"}
	}
	return nil
}

func (a certificateAuth) query() url.Values {
	return url.Values{"type": {"x509"}, "login_method": {a.method}}
}

func (certificateAuth) basic() (string, secureaccess.Secret, bool) {
	return "", secureaccess.Secret{}, false
}

const (
	loginPath  = "/api/authentication"
	cookieName = "session_id"
)

// ErrNoSession is the cause when the appliance accepts a login and hands out no session.
var ErrNoSession = errors.New("the answer to the login holds no session_id cookie")

// login opens a session and returns its token. The cookie's own expiry is not looked at: it would be compared with
// this machine's clock.
func (c *Client) login(ctx context.Context) (secureaccess.Secret, error) {
	op := rest.GET(loginPath)
	for name, values := range c.auth.query() {
		op.Param(name, values[0])
	}
	if _, password, ok := c.auth.basic(); ok {
		op.Conceal(password)
	}
	_, header, err := rest.Header(ctx, c.anonymous, op)
	if err != nil {
		return secureaccess.Secret{}, err
	}
	for _, cookie := range (&http.Response{Header: header}).Cookies() {
		if cookie.Name == cookieName && cookie.Value != "" && cookie.MaxAge >= 0 {
			return secureaccess.NewSecret(cookie.Value), nil
		}
	}
	return secureaccess.Secret{}, &permanentError{fmt.Errorf("sps: GET %s: %w: %w", loginPath, secureaccess.ErrBadResponse, ErrNoSession)}
}

// basicTransport puts the Authorization header on login requests to the appliance itself. The standard client would
// carry a header that is set on the request to another port of the same host.
type basicTransport struct {
	next http.RoundTripper
	base *url.URL
	auth Auth
}

func (t *basicTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	user, password, ok := t.auth.basic()
	op, _ := secureaccess.OperationOf(req.Context())
	if !ok || !rest.SameOrigin(req.URL, t.base) || op.Path != loginPath {
		return t.next.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	req.SetBasicAuth(user, password.Reveal())
	return t.next.RoundTrip(req)
}

// LoginMethod is a way to log in that the appliance offers.
type LoginMethod struct {
	Name string `json:"name"` // what [PasswordWith] and [Certificate] take
	Type string `json:"type,omitzero"`
	text bool
}

// UnmarshalJSON reads a method that is a name alone, and one that is an object.
func (m *LoginMethod) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*m = LoginMethod{text: true}
		return json.Unmarshal(data, &m.Name)
	}
	type plain LoginMethod
	return json.Unmarshal(data, (*plain)(m))
}

// MarshalJSON writes the form that was read.
func (m LoginMethod) MarshalJSON() ([]byte, error) {
	if m.text {
		return json.Marshal(m.Name)
	}
	type plain LoginMethod
	return json.Marshal(plain(m))
}

// LoginMethods lists the login methods of the appliance. It works without a session and opens none.
//
// GET /api/authentication/login_methods
//
// Known of the 7.0 LTS, 7.1 and later releases. Public sources do not show the form of a method: names and objects with
// a name are read.
func (c *Client) LoginMethods(ctx context.Context) ([]LoginMethod, error) {
	answer, err := rest.Do[struct {
		Methods []LoginMethod `json:"login_methods"`
	}](ctx, c.anonymous, rest.GET("/api/authentication/login_methods"))
	if err != nil {
		return nil, err
	}
	return answer.Methods, nil
}
