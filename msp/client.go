package msp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// product names this package in errors and logs.
const product = "msp"

// Client is an MSP portal as one administrator sees it. It is safe for concurrent use.
type Client struct {
	Tenants  *TenantsService  // the provider's tenants and how many there may be
	Reports  *ReportsService  // usage reports over all tenants
	Schedule *ScheduleService // when usage reports are made without being asked for

	api     *rest.Client
	portal  *portal
	owned   bool // the session is the client's to end
	session *rest.Session[secureaccess.Secret]
}

// New returns a client for the portal at baseURL, such as "https://msp.example.net". Nothing is sent before the first
// call.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	base, settings, err := rest.Prepare(baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if err := auth.check(); err != nil {
		return nil, err
	}

	home := &portal{base: base, page: auth.page(), settings: settings, wire: rest.NewTransport(settings)}
	session := &rest.Session[secureaccess.Secret]{
		Obtain: func(ctx context.Context, _ secureaccess.Secret, _ bool) (secureaccess.Secret, error) {
			return auth.obtain(ctx, home)
		},
		Belongs: func(_ secureaccess.Secret, u *url.URL) bool { return rest.SameOrigin(base, u) },
		Apply: func(req *http.Request, dsid secureaccess.Secret) error {
			req.Header.Set("Cookie", dsidCookie+"="+dsid.Reveal())
			return nil
		},
		Clock: settings.Clock,
	}
	if auth.renews() {
		session.Refused = func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized }
	}
	authenticated := func(next http.RoundTripper) http.RoundTripper {
		return session.Transport(&gate{portal: home, next: next})
	}
	config := home.config(authenticated)
	// Content may lie at a storage, which has its own errors, and whose links can be signed together with the content
	// type of the request.
	content := rest.New(config)
	config.DecodeError, config.Header = decodeError, documentedHeader()
	api := rest.New(config)
	return &Client{
		Tenants:  &TenantsService{rest: api},
		Reports:  &ReportsService{rest: api, content: content},
		Schedule: &ScheduleService{rest: api},
		api:      api,
		portal:   home,
		owned:    auth.renews(),
		session:  session,
	}, nil
}

// documentedHeader is what the document's requests carry, those without a body included.
func documentedHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// DSID returns the DSID in use and signs in first if there is none: to make sure of the credentials before there is
// work to do, or to hand the session to another program, which passes it to [DSID]. It ends with [Client.Close].
func (c *Client) DSID(ctx context.Context) (secureaccess.Secret, error) {
	dsid, _, err := c.session.Get(ctx)
	return dsid, err
}

// Close signs out, if the client has signed in, and closes idle connections. Later calls fail with
// [secureaccess.ErrClosed]. A DSID that was given with [DSID] stays valid: it belongs to whoever got it.
//
// GET /api/my-session/logout
//
// A session that the portal has ended before is no error. The operation is not in the document of the MSP portal but
// in that of its sister for tenants.
func (c *Client) Close(ctx context.Context) error {
	defer c.api.CloseIdleConnections()
	dsid, open := c.session.Close()
	if !open || !c.owned {
		return nil
	}
	config := c.portal.config(func(next http.RoundTripper) http.RoundTripper { return &gate{portal: c.portal, next: next} })
	config.DecodeError, config.Header = decodeError, documentedHeader()
	err := rest.Send(ctx, rest.New(config), rest.GET("/api/my-session/logout").Header("Cookie", dsidCookie+"="+dsid.Reveal()).Conceal(dsid))
	if errors.Is(err, secureaccess.ErrUnauthorized) {
		return nil
	}
	return err
}

// portal is where a client goes, whether signed in or not.
type portal struct {
	base     *url.URL
	page     string // path of the sign-in page, "" where none is used
	settings *secureaccess.Settings
	wire     http.RoundTripper
}

// config is that of a client of the portal that authenticates in the way of auth.
func (p *portal) config(auth func(next http.RoundTripper) http.RoundTripper) rest.Config {
	return rest.Config{Product: product, Base: rest.Fixed(p.base), Settings: p.settings, Wire: p.wire, Auth: auth}
}
