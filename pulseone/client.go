package pulseone

import (
	"context"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// product names this package in errors and logs.
const product = "pulseone"

// Client is a Pulse One as one user sees it. It is safe for concurrent use.
type Client struct {
	Appliances *AppliancesService // managed appliances
	Groups     *GroupsService     // configuration groups
	Configs    *ConfigsService    // configuration commits of appliances
	Clusters   *ClustersService   // clusters of appliances, and the cluster that Pulse One itself runs on

	api   *rest.Client
	login login
}

// New returns a client for the console at baseURL, such as "https://customer.pulseone.net"; with [Hawk], for the API
// itself. Nothing is sent before the first call.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	base, settings, err := rest.Prepare(baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	wire := rest.NewTransport(settings)
	login, err := auth.begin(base, settings, wire)
	if err != nil {
		return nil, err
	}
	api := rest.New(rest.Config{
		Product:     product,
		Base:        login.base,
		Settings:    settings,
		Wire:        wire,
		Auth:        login.transport,
		DecodeError: decodeError,
	})
	return &Client{
		Appliances: &AppliancesService{rest: api},
		Groups:     &GroupsService{rest: api},
		Configs:    &ConfigsService{rest: api},
		Clusters:   &ClustersService{rest: api},
		api:        api,
		login:      login,
	}, nil
}

// login is how a client comes by what its calls are authenticated with.
type login interface {
	// base is where the API is.
	base(context.Context) (*url.URL, error)
	// transport signs what goes there.
	transport(next http.RoundTripper) http.RoundTripper
	// logInNow opens a console session, session reads it.
	logInNow(context.Context) (*User, error)
	session(context.Context) (*Session, error)
	close()
}

// LogIn opens a new console session now, rather than with the first call, and returns who has logged in. Programs need
// it only to check a password. It needs a client made with [Password].
//
// POST /api/login
//
// A refused login, for an unknown user, a wrong password or a locked account, is [secureaccess.ErrUnauthorized].
// Document: Authentication APIs, POST /api/login.
func (c *Client) LogIn(ctx context.Context) (*User, error) { return c.login.logInNow(ctx) }

// Session reads the console session: who is logged in, what the customer is entitled to, what the user may do. It
// needs a client made with [Password].
//
// GET /api/session
//
// New Hawk credentials that come with it are taken over by the client. Document: Authentication APIs, GET /api/session.
func (c *Client) Session(ctx context.Context) (*Session, error) { return c.login.session(ctx) }

// Close forgets the session and its credentials and closes idle connections. Later calls fail with
// [secureaccess.ErrClosed]. Pulse One documents no logout: the session ends 20 minutes after its last use.
func (c *Client) Close(context.Context) error {
	c.login.close()
	c.api.CloseIdleConnections()
	return nil
}
