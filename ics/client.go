package ics

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// product is the name of this package in errors, logs and spans.
const product = "ics"

// Client talks to one appliance. It is safe for concurrent use.
type Client struct {
	Sessions            *SessionsService
	Configuration       *ConfigurationService
	AdminRealms         *AdminRealmsService
	AdminRoles          *AdminRolesService
	ADGroups            *ADGroupsService
	LDAPGroups          *LDAPGroupsService
	HostChecker         *HostCheckerService
	Certificates        *CertificatesService
	Licenses            *LicensesService
	NamedUsers          *NamedUsersService
	Cluster             *ClusterService
	System              *SystemService
	BinaryConfiguration *BinaryConfigurationService

	auth    Auth
	open    *rest.Client // without credentials
	session *rest.Session[secureaccess.Secret]
	closed  atomic.Bool
}

// New returns a client of the appliance at baseURL, such as "https://vpn.example.com". Nothing is sent before the
// first call. A wrong URL and empty credentials are a [*secureaccess.ArgumentError].
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	base, settings, err := rest.Prepare(baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if err := auth.check(); err != nil {
		return nil, err
	}

	config := rest.Config{
		Product:     product,
		Base:        rest.Fixed(base),
		Settings:    settings,
		Wire:        rest.NewTransport(settings),
		DecodeError: decodeError,
		// The documents send it with every request, those without a body too.
		Header:           http.Header{"Content-Type": {"application/json"}},
		EscapeLeadingDot: true,
	}
	c := &Client{auth: auth}
	config.Auth = func(next http.RoundTripper) http.RoundTripper { return &closable{next, &c.closed} }
	c.open = rest.New(config)
	c.session = &rest.Session[secureaccess.Secret]{
		Obtain: func(ctx context.Context, _ secureaccess.Secret, _ bool) (secureaccess.Secret, error) {
			return auth.obtain(ctx, c.open)
		},
		Belongs: func(_ secureaccess.Secret, u *url.URL) bool { return rest.SameOrigin(u, base) },
		Apply: func(req *http.Request, key secureaccess.Secret) error {
			rest.Conceal(req.Context(), key)
			req.SetBasicAuth(key.Reveal(), "")
			return nil
		},
		Clock: settings.Clock,
	}
	if auth.renews() {
		c.session.Refused = func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized }
	}
	config.Auth = c.session.Transport
	authenticated := rest.New(config)

	c.Sessions = &SessionsService{authenticated}
	c.Configuration = &ConfigurationService{authenticated}
	c.AdminRealms = &AdminRealmsService{authenticated}
	c.AdminRoles = &AdminRolesService{authenticated}
	c.ADGroups = &ADGroupsService{authenticated}
	c.LDAPGroups = &LDAPGroupsService{authenticated}
	c.HostChecker = &HostCheckerService{authenticated}
	c.Certificates = &CertificatesService{authenticated}
	c.Licenses = &LicensesService{authenticated}
	c.NamedUsers = &NamedUsersService{authenticated}
	c.Cluster = &ClusterService{authenticated}
	c.System = &SystemService{rest: authenticated, open: c.open}
	c.BinaryConfiguration = &BinaryConfigurationService{authenticated}
	return c, nil
}

// Close makes later calls fail with [secureaccess.ErrClosed] and lets go of idle connections. The appliance documents
// no logout: the API key lives on until its session ends there.
func (c *Client) Close(context.Context) error {
	c.closed.Store(true)
	c.session.Close()
	c.open.CloseIdleConnections()
	return nil
}

// closable ends the requests without credentials with the client; the session ends the others.
type closable struct {
	next   http.RoundTripper
	closed *atomic.Bool
}

func (t *closable) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.closed.Load() {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, secureaccess.ErrClosed
	}
	return t.next.RoundTrip(req)
}
