package sase

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Base URLs of the regions. An account lives in one of them.
const (
	RegionUS = "https://api.perimeter81.com/api/rest"
	RegionEU = "https://api.eu.sase.checkpoint.com/api/rest"
	RegionAU = "https://api.au.sase.checkpoint.com/api/rest"
	RegionIN = "https://api.in.sase.checkpoint.com/api/rest"
)

// Client is a client of one Harmony SASE account. It is safe for concurrent use.
type Client struct {
	Users    *UsersService
	Groups   *GroupsService
	Addons   *AddonsService
	Networks *NetworksService

	session *rest.Session[Token]
	rest    *rest.Client
}

// New returns a client of the account that auth belongs to. Nothing is sent before the first call.
//
// The base URL is one of the region constants or another with the same layout: calls go below it, and the authorize
// call beside them, to /api/v1 where calls go to /api/rest/v1.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	base, settings, err := rest.Prepare(baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	grant, err := auth.grant()
	if err != nil {
		return nil, err
	}
	version, _ := settings.Value(versionKey{}).(string)
	wire := rest.NewTransport(settings)
	if rate, ok := settings.Value(rateKey{}).(rate); ok {
		wire = newLimiter(wire, rate, settings.Clock)
	}

	config := rest.Config{
		Product:     "sase",
		Base:        rest.Fixed(base),
		Settings:    settings,
		Wire:        wire,
		DecodeError: decodeError,
		// The document asks for it on all requests, those without a body included.
		Header: http.Header{"Content-Type": {"application/json"}},
		Path:   inVersion(version),
	}
	login := config
	if beside, ok := besideREST(base); ok {
		login.Base, login.Path = rest.Fixed(beside), nil
	}
	session := newSession(rest.New(login), grant, base, settings.Clock)
	config.Auth = session.Transport

	c := &Client{session: session, rest: rest.New(config)}
	c.Users = &UsersService{c.rest}
	c.Groups = &GroupsService{c.rest}
	c.Addons = &AddonsService{c.rest}
	c.Networks = &NetworksService{c.rest}
	return c, nil
}

// besideREST returns the base of the authorize call, which is /api where that of the other calls is /api/rest. ok is
// false where the base has no such ending: everything is below it then.
func besideREST(base *url.URL) (beside *url.URL, ok bool) {
	u := *base
	u.Path, ok = strings.CutSuffix(base.Path, "/rest")
	u.RawPath = strings.TrimSuffix(base.RawPath, "/rest")
	return &u, ok
}

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. The service has no logout; the token
// dies with its hour.
func (c *Client) Close(context.Context) error {
	c.session.Close()
	c.rest.CloseIdleConnections()
	return nil
}

type versionKey struct{}

var versions = regexp.MustCompile(`^v[0-9]+(\.[0-9]+)?$`)

// WithVersion sends the operations of this package to another version of the API than v1: "v2", "v2.1". It takes the
// place of /v1 in their paths; what a log or an error calls them stays the same. Whether a version still has the
// shapes that this package reads is for the caller to know.
func WithVersion(version string) secureaccess.Option {
	return func(s *secureaccess.Settings) error {
		if !versions.MatchString(version) {
			return &secureaccess.ArgumentError{Argument: "version", Reason: `is not like "v1" or "v2.3"`}
		}
		s.Set(versionKey{}, version)
		return nil
	}
}

// inVersion returns what turns templates of version 1 into those of another.
func inVersion(version string) func(string) string {
	if version == "" {
		return nil
	}
	return func(template string) string {
		if rest, ok := strings.CutPrefix(template, "/v1/"); ok {
			return "/" + version + "/" + rest
		}
		return template
	}
}

type rateKey struct{}

type rate struct {
	requests int
	per      time.Duration
}

// WithRateLimit makes the client wait before a request that would be one more than requests within any span of per,
// repetitions and authorize calls included. By default it does not wait and leaves the limit to the service, whose
// answer 429 is obeyed either way. The service counts by source address, and its published limits differ: 10 in a
// minute once, 500 in five minutes later.
//
// The wait counts towards the Timeout of a client given with [secureaccess.WithHTTPClient].
func WithRateLimit(requests int, per time.Duration) secureaccess.Option {
	return func(s *secureaccess.Settings) error {
		if requests < 1 || per <= 0 {
			return &secureaccess.ArgumentError{Argument: "rate limit", Reason: "is not a positive number in a positive time"}
		}
		s.Set(rateKey{}, rate{requests, per})
		return nil
	}
}
