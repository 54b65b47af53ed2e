package pulseone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

const (
	loginPath   = "/api/login"
	sessionPath = "/api/session"

	// expiryMargin is how long before their end Hawk credentials are renewed. They live for 20 minutes and can be
	// renewed at most every two.
	expiryMargin = 2 * time.Minute

	// renewalAge is the age at which they are renewed at their next use. The console session ends 20 minutes after it
	// was last used, and the renewal is its only use by most programs: twice this age has to be less, so that a program
	// that polls does not sign in again.
	renewalAge = 9 * time.Minute

	// storedFor is how long a session store keeps a console session. The console does not announce its end.
	storedFor = time.Hour

	signingLife = 20 * time.Minute // where the server does not say
)

// signIn obtains the console session and, with it, the credentials of the API.
type signIn struct {
	setup    *rest.Setup
	username string
	password secureaccess.SecretSource
	open     *rest.Client // the console without a session
	console  *rest.Client // the console with one
	visits   *rest.Session[api.Visit]
	signing  *rest.Session[api.Signing]
}

func newSignIn(setup *rest.Setup, auth *passwordAuth) *signIn {
	s := &signIn{setup: setup, username: auth.username, password: auth.password}
	identity := rest.SecretIdentity(auth.password, auth.username)
	cookies := &api.Console{Home: setup.Base, Wire: setup.Wire, Clock: setup.Settings.Clock, Replaced: s.replaced}
	s.visits = rest.NewSession(setup, &rest.Session[api.Visit]{
		Obtain:   s.visit,
		Belongs:  cookies.Belongs,
		Send:     cookies.Send,
		Refused:  api.SessionEnded,
		Identity: identity,
		Sharing: rest.Sharing[api.Visit]{
			Key:      rest.StoreKey(product, setup.Base.String(), "console", auth.username),
			Encode:   encodeVisit,
			Decode:   decodeVisit,
			Lifetime: storedFor,
		},
	})
	s.signing = rest.NewSession(setup, &rest.Session[api.Signing]{
		Obtain:   s.renew,
		Expires:  func(c api.Signing) time.Time { return c.Ends },
		Margin:   expiryMargin,
		MaxAge:   renewalAge,
		Belongs:  api.Signing.Belongs,
		Base:     func(c api.Signing) *url.URL { return c.API },
		Send:     newSigner(setup, auth.sign).Send,
		Refused:  api.RenewalWanted,
		Identity: identity,
		Sharing: rest.Sharing[api.Signing]{
			Key:      rest.StoreKey(product, setup.Base.String(), "hawk", auth.username),
			Encode:   encodeSigning,
			Decode:   s.decodeSigning,
			Lifetime: signingLife,
		},
	})
	config := rest.Config{DecodeError: decodeError}
	s.open = setup.Client(config)
	config.Auth = s.visits.Transport
	s.console = setup.Client(config)
	return s
}

type loginRequest struct {
	Username string              `json:"username"`
	Password secureaccess.Secret `json:"password"`
}

// visit signs in at the console.
func (s *signIn) visit(ctx context.Context, _ api.Visit, _ bool) (api.Visit, error) {
	password, err := s.password.Secret(ctx)
	if err != nil {
		return api.Visit{}, fmt.Errorf("password: %w", err)
	}
	var visit api.Visit
	op := rest.POST(loginPath).JSON(loginRequest{Username: s.username, Password: password}).Repeatable().BringsSecrets()
	_, err = rest.Checked(ctx, s.open, op, func(user *User, header http.Header) error {
		if visit.Cookies = api.CookiesIn(header, s.open.Clock()); len(visit.Cookies) == 0 {
			return errors.New("the sign-in brought no session cookie")
		}
		var err error
		visit.User, err = secureaccess.Marshal(user)
		return err
	})
	return visit, err
}

// replaced keeps the cookies that the console gave for those that a request carried.
func (s *signIn) replaced(req *http.Request, before, after api.Visit) {
	if now, ok := s.visits.Peek(); ok && maps.Equal(now.Cookies, before.Cookies) {
		s.visits.Set(context.WithoutCancel(req.Context()), after)
	}
}

// renew obtains credentials from the console session, signing in where there is none. The session gives credentials
// only when they are new.
func (s *signIn) renew(ctx context.Context, last api.Signing, refused bool) (api.Signing, error) {
	_, fresh, err := s.read(ctx, false)
	if err != nil {
		return api.Signing{}, signInFailure(err)
	}
	if fresh.Credentials.ID != "" {
		return fresh, nil
	}
	if now := s.console.Clock().Now(); last.API != nil && !refused && (last.Ends.IsZero() || now.Before(last.Ends)) {
		last.API = fresh.API
		return last, nil
	}
	_, number, err := s.visits.Get(ctx)
	if err != nil {
		return api.Signing{}, err
	}
	s.visits.Refuse(number)
	_, fresh, err = s.read(ctx, true)
	return fresh, signInFailure(err)
}

// signInFailure returns the sign-in that failed under the reading of the session: what goes into the error of a call is
// one sign-in, not two.
func signInFailure(err error) error {
	if reading, ok := err.(*secureaccess.Error); ok {
		if inner, ok := reading.Err.(*secureaccess.Error); ok {
			return inner
		}
	}
	return err
}

// read gets the console session and what it says about the API. required says that it has to hold credentials.
func (s *signIn) read(ctx context.Context, required bool) (*Session, api.Signing, error) {
	asked := s.console.Clock().Now()
	var fresh api.Signing
	session, err := rest.Checked(ctx, s.console, rest.GET(sessionPath).BringsSecrets(), func(session *Session, header http.Header) error {
		var err error
		if fresh, err = s.understand(session, header, asked); err == nil && required && fresh.Credentials.ID == "" {
			return errors.New("a new session has no credentials")
		}
		return err
	})
	return session, fresh, err
}

// understand takes from a session what the API is to be called with. What cannot be used is an error now: kept, it would
// fail every call until it expires.
func (s *signIn) understand(session *Session, header http.Header, asked time.Time) (api.Signing, error) {
	base, err := api.ParseAPI(session.APIURL, s.setup.Base, s.setup.Settings.AllowHTTP)
	if err != nil {
		return api.Signing{}, err
	}
	fresh := api.Signing{API: base}
	c := session.Credentials
	if c == nil {
		return fresh, nil
	}
	algorithm, err := hawk.ParseAlgorithm(c.Algorithm)
	if err != nil {
		return api.Signing{}, err
	}
	fresh.Credentials = hawk.Credentials{ID: c.ID, Key: c.Secret, Algorithm: algorithm}
	fresh.Ends = api.Ends(c.Expires.Time, header, asked)
	return fresh, fresh.Credentials.Check()
}
