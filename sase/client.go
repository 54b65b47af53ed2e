package sase

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// product names this package in errors, logs and options.
const product = "sase"

// Base URLs of the regions. An account lives in one of them.
const (
	RegionUS = "https://api.perimeter81.com/api/rest"
	RegionEU = "https://api.eu.sase.checkpoint.com/api/rest"
	RegionAU = "https://api.au.sase.checkpoint.com/api/rest"
	RegionIN = "https://api.in.sase.checkpoint.com/api/rest"
	RegionCA = "https://api.ca.sase.checkpoint.com/api/rest"
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
	setup, err := rest.Prepare(product, baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if rate, ok := setup.Settings.Value(rateKey{}).(rate); ok {
		setup.Wire = newLimiter(setup.Wire, rate, setup.Settings.Clock)
	}
	config := rest.Config{DecodeError: decodeError, RefusedIf: refusal}
	session, err := newSession(setup, config, auth)
	if err != nil {
		return nil, err
	}
	config.Auth = session.Transport

	c := &Client{session: session, rest: setup.Client(config)}
	c.Users = &UsersService{c.rest}
	c.Groups = &GroupsService{c.rest}
	c.Addons = &AddonsService{c.rest}
	c.Networks = &NetworksService{c.rest}
	return c, nil
}

// besideREST returns the base of the authorize call, which is /api where that of the other calls is /api/rest; the base
// itself where it has no such ending: everything is below it then.
func besideREST(base *url.URL) *url.URL {
	u := *base
	u.Path = strings.TrimSuffix(base.Path, "/rest")
	u.RawPath = strings.TrimSuffix(base.RawPath, "/rest")
	return &u
}

// SignIn exchanges the API key for a token now, rather than with the first call. Programs need it only to check a key.
//
// POST /v1/auth/authorize
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.session.SignIn(ctx)
	return err
}

// SignOut discards the token, also in the session store. The service has no sign-out; the token ends with its hour.
func (c *Client) SignOut(ctx context.Context) error { return c.session.SignOut(ctx) }

// Do carries out an operation that has no typed method; see [secureaccess.Request]. out is nil for an operation that is
// called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect].
func (c *Client) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. The service has no sign-out; the token
// ends with its hour.
func (c *Client) Close(ctx context.Context) error {
	err := c.session.Close(ctx)
	c.rest.CloseIdleConnections()
	return err
}

type rateKey struct{}

type rate struct {
	requests int
	per      time.Duration
}

// WithRateLimit makes the client wait before a request that would be one more than requests within any span of per,
// retries and authorize calls included. By default it does not wait and leaves the limit to the service, whose
// 429 is obeyed either way. The service counts by source address, and its published limits differ: 10 in a
// minute once, 500 in five minutes later.
//
// The wait counts towards the Timeout of a client given with [secureaccess.WithHTTPClient].
func WithRateLimit(requests int, per time.Duration) secureaccess.Option {
	return func(s *settings.Settings) error {
		if requests < 1 || per <= 0 {
			return &secureaccess.ArgumentError{Argument: "rate limit", Reason: "is not a positive number in a positive time"}
		}
		s.Set(product, rateKey{}, rate{requests, per})
		return nil
	}
}
