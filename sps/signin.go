package sps

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/cookie"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

const (
	signInPath = "/api/authentication"
	cookieName = "session_id"
)

// credentials are a session of the API.
type credentials struct{ id secureaccess.Secret }

// ErrNoSession is the cause when the appliance accepts a sign-in and hands out no session.
var ErrNoSession = errors.New("the response to the sign-in holds no session_id cookie")

// newSession returns the session for reading, which a store may keep.
func newSession(setup *rest.Setup, s *signIn) *rest.Session[credentials] {
	session := s.session(setup.Base)
	session.Refused = func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized }
	session.Sharing = rest.Sharing[credentials]{
		Key:    rest.StoreKey(product, append([]string{setup.Base.String()}, s.auth.storeKey()...)...),
		Encode: encodeSession,
		Decode: decodeSession,
	}
	return rest.NewSession(setup, session)
}

// newWritingSession returns the session for transactions. It is renewed when a transaction is opened, and at no other
// time: what follows belongs to the session that has the transaction. No store keeps it, since everybody who has it
// could write into the transaction.
func newWritingSession(setup *rest.Setup, s *signIn) *rest.Session[credentials] {
	session := s.session(setup.Base)
	session.Refused = func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized }
	return rest.NewSession(setup, session)
}

// pinnedSession returns a session that never is another one.
func pinnedSession(setup *rest.Setup, only credentials) *rest.Session[credentials] {
	return rest.NewSession(setup, &rest.Session[credentials]{
		Obtain:  func(context.Context, credentials, bool) (credentials, error) { return only, nil },
		Belongs: belongs(setup.Base),
		Apply:   apply,
	})
}

func (s *signIn) session(base *url.URL) *rest.Session[credentials] {
	return &rest.Session[credentials]{
		Obtain:   s.obtain,
		Belongs:  belongs(base),
		Apply:    apply,
		Identity: s.auth.identity(),
	}
}

func belongs(base *url.URL) func(credentials, *url.URL) bool {
	return func(_ credentials, u *url.URL) bool { return rest.SameOrigin(u, base) }
}

// apply puts a session on a request.
func apply(req *http.Request, c credentials) error {
	req.Header["Cookie"] = []string{cookieName + "=" + c.id.Reveal()}
	return nil
}

// storedSession is a session in a session store.
type storedSession struct {
	ID string `json:"session_id"`
}

func encodeSession(c credentials) ([]byte, error) { return json.Marshal(storedSession{c.id.Reveal()}) }

func decodeSession(data []byte) (credentials, error) {
	var stored storedSession
	if err := json.Unmarshal(data, &stored); err != nil || stored.ID == "" {
		return credentials{}, errors.New("the stored session cannot be read")
	}
	return credentials{secureaccess.NewSecret(stored.ID)}, nil
}

// signIn opens sessions.
type signIn struct {
	auth Auth
	base *url.URL
	rest *rest.Client
}

// mostHops is how many redirects of its own origin a sign-in follows.
const mostHops = 3

// obtain opens a session. Some appliances hand it out with a redirect to where a browser would go on: that is enough.
// Other redirects are followed within the appliance; what leads elsewhere is refused, whatever cookie it brings.
//
// The cookie's own expiry is not looked at, unless it says that the cookie is deleted.
func (s *signIn) obtain(ctx context.Context, _ credentials, _ bool) (credentials, error) {
	username, password, basic, err := s.auth.basic(ctx)
	if err != nil {
		return credentials{}, s.failure(0, fmt.Errorf("password: %w", err))
	}
	link := ""
	for range mostHops {
		op := rest.GET(signInPath).Only(http.StatusOK, http.StatusNoContent, http.StatusFound, http.StatusSeeOther)
		for name, values := range s.auth.query() {
			op.Param(name, values[0])
		}
		if link != "" {
			op.Follow(link)
		}
		if basic {
			pair := base64.StdEncoding.EncodeToString([]byte(username + ":" + password.Reveal()))
			op.Header("Authorization", "Basic "+pair).Conceal(password, secureaccess.NewSecret(pair))
		}
		status, header, err := rest.Header(ctx, s.rest, op.BringsSecrets())
		if err != nil {
			return credentials{}, err
		}
		link = header.Get("Location")
		if status/100 == 3 && !s.within(link) {
			return credentials{}, s.failure(status, secureaccess.ErrRedirectRefused)
		}
		id := cookie.Find(&http.Response{Header: header}, cookieName, s.rest.Clock().Now())
		if id != "" {
			return credentials{secureaccess.NewSecret(id)}, nil
		}
		if status/100 != 3 {
			return credentials{}, s.failure(status, fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, ErrNoSession))
		}
	}
	return credentials{}, s.failure(http.StatusFound, fmt.Errorf("%w: too many", secureaccess.ErrRedirectRefused))
}

// within reports whether a redirect stays with the appliance.
func (s *signIn) within(location string) bool {
	u, err := s.base.Parse(location)
	return err == nil && location != "" && rest.SameOrigin(u, s.base)
}

// failure is the error of a sign-in whose response came, or that could not begin.
func (s *signIn) failure(status int, err error) error {
	failure := &secureaccess.Error{
		Operation: secureaccess.Operation{Product: product, Method: http.MethodGet, Path: signInPath}, Status: status, Err: err,
	}
	if status != 0 {
		failure.Host, failure.Attempts = s.base.Host, 1
	}
	return failure
}

// LoginMethod is a way to sign in that the appliance offers.
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

// ListLoginMethods lists the login methods of the appliance. It works without a session and opens none.
//
// GET /api/authentication/login_methods
//
// Known of the 7.0 LTS, 7.1 and later releases. Public sources do not show the form of a method: names and objects with
// a name are read.
func (c *Client) ListLoginMethods(ctx context.Context) ([]LoginMethod, error) {
	response, err := rest.Do[loginMethods](ctx, c.anonymous, rest.GET("/api/authentication/login_methods").Refuse(c.errClosed()))
	if err != nil {
		return nil, err
	}
	return response.Methods, nil
}

type loginMethods struct {
	Methods []LoginMethod `json:"login_methods"`
}
