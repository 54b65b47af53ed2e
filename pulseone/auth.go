package pulseone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// leeway is how long before their end Hawk credentials are renewed. They live for 20 minutes and can be had anew
// every two.
const leeway = 2 * time.Minute

// Auth is how a client authenticates: [Password] or [Hawk].
type Auth interface {
	begin(base *url.URL, settings *secureaccess.Settings, wire http.RoundTripper) (login, error)
}

// SignOption changes how requests are signed: the fields of [hawk.Transport] that are options, such as HashPayload,
// Response, or Signer.Port where a proxy ends TLS on another port. Base, Credentials, Origin and Skewed are the
// client's.
type SignOption func(*hawk.Transport)

// Password logs in as an administrator at the console. The session gives Hawk credentials, which the client renews
// before they expire and when the server asks for it, once for all its goroutines: with the session while that lasts,
// else by logging in again.
func Password(username, password string, sign ...SignOption) Auth {
	return &passwordAuth{username: username, password: secureaccess.NewSecret(password), sign: sign}
}

// Hawk uses credentials that are there already, at the API itself: the base URL is then what a session calls api_url.
// They are not renewed.
func Hawk(credentials hawk.Credentials, sign ...SignOption) Auth {
	return &hawkAuth{credentials: credentials, sign: sign}
}

type passwordAuth struct {
	username string
	password secureaccess.Secret
	sign     []SignOption
}

type hawkAuth struct {
	credentials hawk.Credentials
	sign        []SignOption
}

// signing is what requests to the API are signed with.
type signing struct {
	api         *url.URL // where the API is, and the only place signatures go to
	credentials hawk.Credentials
	ends        time.Time // on this machine's clock; zero when the server does not say
}

// belongs reports whether signatures may go to u.
func (s signing) belongs(u *url.URL) bool { return rest.SameOrigin(s.api, u) }

// signer turns a session's credentials into signatures. It stands between the session's layer, which says through the
// context what to sign with, and the wire.
type signer struct {
	hawk *hawk.Transport
	wire http.RoundTripper
}

type signingKey struct{}

func newSigner(settings *secureaccess.Settings, wire http.RoundTripper, options []SignOption) *signer {
	t := &hawk.Transport{Signer: hawk.Signer{Now: settings.Clock.Now}}
	for _, option := range options {
		option(t)
	}
	t.Base = wire
	t.Credentials = func(ctx context.Context) (hawk.Credentials, error) {
		return ctx.Value(signingKey{}).(signing).credentials, nil
	}
	t.Origin = func(*url.URL) bool { return true } // decided by whether the context has credentials
	if settings.SkipTLSVerify {
		t.Skewed = nil // an unverified server's Date must not move the clock
	} else {
		t.Skewed = func(resp *http.Response, body []byte) bool {
			return resp.StatusCode == http.StatusForbidden && codeIn(body) == CodeRequestTimeTooSkewed
		}
	}
	return &signer{hawk: t, wire: wire}
}

// apply marks a request for signing.
func (s *signer) apply(req *http.Request, with signing) error {
	*req = *req.WithContext(context.WithValue(req.Context(), signingKey{}, with))
	return nil
}

func (s *signer) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, ok := req.Context().Value(signingKey{}).(signing); !ok {
		return s.wire.RoundTrip(req)
	}
	resp, err := s.hawk.RoundTrip(req)
	if reason, ok := errors.AsType[*hawk.Error](err); ok {
		return nil, &signatureError{reason}
	}
	return resp, err
}

// signatureError is a request that cannot be signed or an answer that is not believed; another attempt changes
// neither.
type signatureError struct{ reason *hawk.Error }

func (e *signatureError) Error() string   { return e.reason.Error() }
func (e *signatureError) Unwrap() error   { return e.reason }
func (e *signatureError) Permanent() bool { return true }

// renewalWanted recognizes the answers that ask for new credentials: any 401, and 403 with the code for expired ones.
func renewalWanted(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		return true
	case http.StatusForbidden:
		return codeIn(rest.Peek(resp, 4<<10)) == CodeCredentialsExpired
	}
	return false
}

// codeIn returns the error code in the body of an answer, 0 if there is none.
func codeIn(body []byte) Code {
	var answer struct {
		Code secureaccess.Int `json:"code"`
	}
	_ = json.Unmarshal(body, &answer) // what is no number is no code
	return Code(answer.Code)
}

// begin checks the credentials. They serve as they are.
func (a *hawkAuth) begin(base *url.URL, settings *secureaccess.Settings, wire http.RoundTripper) (login, error) {
	switch {
	case a.credentials.ID == "":
		return nil, &secureaccess.ArgumentError{Argument: "credentials", Reason: "have no ID"}
	case a.credentials.Key.IsZero():
		return nil, &secureaccess.ArgumentError{Argument: "credentials", Reason: "have no Key"}
	}
	l := &hawkLogin{signer: newSigner(settings, wire, a.sign)}
	ready := signing{api: base, credentials: a.credentials}
	l.state = &rest.Session[signing]{
		Obtain:  func(context.Context, signing, bool) (signing, error) { return ready, nil },
		Belongs: signing.belongs,
		Apply:   l.signer.apply,
		Clock:   settings.Clock,
	}
	return l, nil
}

// hawkLogin is a login with ready-made credentials.
type hawkLogin struct {
	signer *signer
	state  *rest.Session[signing]
}

func (l *hawkLogin) base(ctx context.Context) (*url.URL, error) {
	s, _, err := l.state.Get(ctx)
	return s.api, err
}

func (l *hawkLogin) transport(http.RoundTripper) http.RoundTripper {
	return l.state.Transport(l.signer)
}

func (l *hawkLogin) logInNow(context.Context) (*User, error) {
	return nil, noConsole(http.MethodPost, loginPath)
}

func (l *hawkLogin) session(context.Context) (*Session, error) {
	return nil, noConsole(http.MethodGet, sessionPath)
}

func noConsole(method, path string) error {
	return &secureaccess.ArgumentError{
		Operation: secureaccess.Operation{Product: product, Method: method, Path: path},
		Argument:  "auth", Reason: "has no console session; make the client with Password",
	}
}

func (l *hawkLogin) close() { l.state.Close() }

// begin prepares the login: the console's cookie session below, the API's credentials above.
func (a *passwordAuth) begin(base *url.URL, settings *secureaccess.Settings, wire http.RoundTripper) (login, error) {
	switch {
	case a.username == "":
		return nil, &secureaccess.ArgumentError{Argument: "username", Reason: "is empty"}
	case a.password.IsZero():
		return nil, &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	}
	l := &passwordLogin{auth: a, home: base, settings: settings, signer: newSigner(settings, wire, a.sign)}
	config := rest.Config{
		Product:     product,
		Base:        rest.Fixed(base),
		Settings:    settings,
		Wire:        wire,
		Auth:        l.cookies.transport(base),
		DecodeError: decodeError,
	}
	l.door = rest.New(config)
	l.visit = &rest.Session[struct{}]{
		Obtain: func(ctx context.Context, _ struct{}, _ bool) (struct{}, error) {
			_, err := l.logIn(ctx)
			return struct{}{}, err
		},
		Belongs: func(_ struct{}, u *url.URL) bool { return rest.SameOrigin(base, u) },
		Refused: func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized },
		Clock:   settings.Clock,
	}
	config.Auth = func(next http.RoundTripper) http.RoundTripper {
		return l.visit.Transport(l.cookies.transport(base)(next))
	}
	l.console = rest.New(config)
	l.state = &rest.Session[signing]{
		Obtain:  l.renew,
		Expires: func(s signing) time.Time { return s.ends },
		Leeway:  leeway,
		Belongs: signing.belongs,
		Apply:   l.signer.apply,
		Refused: renewalWanted,
		Clock:   settings.Clock,
	}
	return l, nil
}

// passwordLogin is a login at the console.
type passwordLogin struct {
	auth     *passwordAuth
	home     *url.URL
	settings *secureaccess.Settings
	cookies  cookies
	door     *rest.Client            // the console before login
	visit    *rest.Session[struct{}] // whether we are logged in there
	console  *rest.Client            // the console after login
	signer   *signer
	state    *rest.Session[signing] // what the API takes
	closed   atomic.Bool
}

const (
	loginPath   = "/api/login"
	sessionPath = "/api/session"
)

func (l *passwordLogin) base(ctx context.Context) (*url.URL, error) {
	s, _, err := l.state.Get(ctx)
	return s.api, err
}

func (l *passwordLogin) transport(http.RoundTripper) http.RoundTripper {
	return l.state.Transport(l.signer)
}

func (l *passwordLogin) close() {
	l.closed.Store(true)
	l.state.Close()
	l.visit.Close()
	l.cookies.clear()
}

// logIn opens a console session.
func (l *passwordLogin) logIn(ctx context.Context) (*User, error) {
	if l.closed.Load() {
		return nil, unusable(secureaccess.Exchange{Operation: loginOperation}, secureaccess.ErrClosed)
	}
	l.cookies.clear()
	op := rest.POST(loginPath).JSON(loginRequest{Username: l.auth.username, Password: l.auth.password}).Repeatable()
	user, info, err := exchange[User](ctx, l.door, op)
	if err != nil {
		return nil, err
	}
	if l.cookies.empty() {
		return nil, unusable(info, fmt.Errorf("%w: the login gave no session cookie", secureaccess.ErrBadResponse))
	}
	return user, nil
}

var loginOperation = secureaccess.Operation{Product: product, Method: http.MethodPost, Path: loginPath}

// exchange carries out op and tells what it looked like on the wire, which the caller may have asked for as well.
func exchange[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*T, secureaccess.Exchange, error) {
	var info secureaccess.Exchange
	result, err := rest.Do[T](secureaccess.Capture(ctx, &info), c, op)
	if theirs, ok := ctx.Value(ctxkey.Capture{}).(*secureaccess.Exchange); ok && theirs != nil {
		*theirs = info
	}
	return result, info, err
}

// unusable is the error of an exchange that went well and is no good all the same.
func unusable(info secureaccess.Exchange, err error) *secureaccess.Error {
	return &secureaccess.Error{
		Operation: info.Operation, Status: info.Status, RequestID: info.RequestID, Attempts: info.Attempts, Err: err,
	}
}

func (l *passwordLogin) logInNow(ctx context.Context) (*User, error) {
	user, err := l.logIn(ctx)
	if err == nil {
		l.visit.Set(struct{}{})
	}
	return user, err
}

// renew gets credentials from the console session, logging in where there is none.
func (l *passwordLogin) renew(ctx context.Context, last signing, refused bool) (signing, error) {
	_, fresh, _, err := l.read(ctx)
	if err != nil {
		return signing{}, err
	}
	if fresh.credentials.ID != "" {
		return fresh, nil
	}
	// The session gives credentials only when they are new.
	if last.api != nil && !refused {
		last.api = fresh.api
		return last, nil
	}
	_, number, err := l.visit.Get(ctx)
	if err != nil {
		return signing{}, err
	}
	l.visit.Refuse(number)
	_, fresh, info, err := l.read(ctx)
	if err != nil {
		return signing{}, err
	}
	if fresh.credentials.ID == "" {
		return signing{}, unusable(info, fmt.Errorf("%w: a new session has no credentials", secureaccess.ErrBadResponse))
	}
	return fresh, nil
}

// session reads the session for the caller, and hands on the credentials that the server gives only once.
func (l *passwordLogin) session(ctx context.Context) (*Session, error) {
	s, fresh, _, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	if fresh.credentials.ID != "" {
		l.state.Set(fresh)
	}
	return s, nil
}

// read gets the console session and what it says about the API.
func (l *passwordLogin) read(ctx context.Context) (*Session, signing, secureaccess.Exchange, error) {
	asked := l.settings.Clock.Now()
	s, info, err := exchange[Session](ctx, l.console, rest.GET(sessionPath))
	if err != nil {
		return nil, signing{}, info, err
	}
	fresh, err := l.understand(s, info, asked)
	if err != nil {
		return nil, signing{}, info, unusable(info, fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err))
	}
	return s, fresh, info, nil
}

// understand takes from a session what the API is to be called with.
func (l *passwordLogin) understand(s *Session, info secureaccess.Exchange, asked time.Time) (signing, error) {
	api, err := rest.ParseBase("api_url", s.APIURL, l.settings.AllowHTTP)
	if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); ok {
		return signing{}, errors.New("the session's api_url " + argument.Reason)
	}
	if l.home.Scheme == "https" && api.Scheme != "https" {
		return signing{}, errors.New("the session's api_url steps down from https to http")
	}
	fresh := signing{api: api}
	if c := s.Credentials; c != nil {
		algorithm, err := hawk.ParseAlgorithm(c.Algorithm)
		if err != nil {
			return signing{}, err
		}
		fresh.credentials = hawk.Credentials{ID: c.ID, Key: c.Secret, Algorithm: algorithm}
		fresh.ends = ends(c.Expires.Time, info.Header.Get("Date"), asked)
	}
	return fresh, nil
}

// ends puts the end of credentials on this machine's clock: a server's clock may be off by more than they live. The
// zero time, "unknown", where even that leaves no time.
func ends(expires time.Time, date string, asked time.Time) time.Time {
	if expires.IsZero() {
		return time.Time{}
	}
	if server, err := http.ParseTime(date); err == nil {
		expires = asked.Add(expires.Sub(server))
	}
	if !expires.After(asked) {
		return time.Time{}
	}
	return expires
}

// cookies are the console's, kept by us: a jar would believe the cookie's own idea of its life and of where it may
// go.
type cookies struct {
	mu     sync.Mutex
	values map[string]string
}

func (c *cookies) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values = nil
}

func (c *cookies) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.values) == 0
}

func (c *cookies) header() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	pairs := make([]string, 0, len(c.values))
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		pairs = append(pairs, name+"="+c.values[name])
	}
	return strings.Join(pairs, "; ")
}

func (c *cookies) secrets() []secureaccess.Secret {
	c.mu.Lock()
	defer c.mu.Unlock()
	secrets := make([]secureaccess.Secret, 0, len(c.values))
	for _, value := range c.values {
		secrets = append(secrets, secureaccess.NewSecret(strings.Trim(value, `"`)))
	}
	return secrets
}

// keep takes over the cookies of an answer. Their values are kept as the server wrote them, quotes and all, since it
// compares what comes back with what it gave, and net/http drops cookies with characters that it does not like.
func (c *cookies) keep(resp *http.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, line := range resp.Header.Values("Set-Cookie") {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		life, err := http.ParseSetCookie("x=y;" + attributes)
		if gone := err == nil && life.MaxAge < 0; gone || name == "" || strings.Trim(value, `"`) == "" {
			delete(c.values, name)
			continue
		}
		if c.values == nil {
			c.values = map[string]string{}
		}
		c.values[name] = value
	}
}

// transport puts the cookies on requests to their origin and keeps those of its answers: the console gives a session
// a new one every two minutes.
func (c *cookies) transport(home *url.URL) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if !rest.SameOrigin(home, req.URL) {
				return next.RoundTrip(req)
			}
			if header := c.header(); header != "" {
				req = req.Clone(req.Context())
				req.Header.Set("Cookie", header)
				for _, secret := range c.secrets() {
					rest.Conceal(req.Context(), secret) // a server may quote it
				}
			}
			resp, err := next.RoundTrip(req)
			if err == nil {
				c.keep(resp)
			}
			return resp, err
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
