package msp

import (
	"context"
	"net/http"

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

	rest    *rest.Client
	portal  *portal
	owned   bool // the session is the client's to end
	session *rest.Session[string]
}

// New returns a client for the portal at baseURL, such as "https://msp.example.net". Nothing is sent before the first
// call.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	setup, err := rest.Prepare(product, baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if err := auth.check(); err != nil {
		return nil, err
	}
	page, own := "", auth.own()
	if own != nil {
		page = own.path
	}
	home := newPortal(setup, page)
	session := newSession(home, auth)

	config := apiConfig()
	config.Auth = session.Transport
	api := setup.Client(config)
	// Content may lie at a storage, which has its own errors, and whose links can be signed together with the content
	// type of the request.
	content := setup.Client(rest.Config{Auth: session.Transport})
	return &Client{
		Tenants:  &TenantsService{rest: api},
		Reports:  &ReportsService{rest: api, content: content},
		Schedule: &ScheduleService{rest: api},
		rest:     api,
		portal:   home,
		owned:    own != nil,
		session:  session,
	}, nil
}

// apiConfig is how the portal's API is spoken to. The document's requests carry a content type, those without a body
// included.
func apiConfig() rest.Config {
	return rest.Config{
		Header:      http.Header{"Content-Type": {"application/json"}},
		DecodeError: decodeError,
		RefusedIf:   refusal,
	}
}

// SignIn signs in now, rather than with the first call: to make sure of the credentials before there is work to do. It
// tries a password that was refused a moment ago again, where other calls wait. The session in use before ends.
//
// GET /login/msp
//
// POST /dana-na/auth/{dssignin}/login.cgi
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.session.SignIn(ctx)
	return err
}

// DSID returns the DSID in use and signs in first if there is none: to hand the session to another program, which
// passes it to [DSID]. It ends with [Client.Close], unless there is a session store.
func (c *Client) DSID(ctx context.Context) (secureaccess.Secret, error) {
	dsid, _, err := c.session.Get(ctx)
	return secureaccess.NewSecret(dsid), err
}

// SignOut ends the session at the portal, also a DSID that was given with [DSID], and removes it from the session
// store. A session that the portal has ended before is no error. The next call signs in again.
//
// GET /api/my-session/logout
//
// The operation is not in the document of the MSP portal but in that of its sister for tenants.
func (c *Client) SignOut(ctx context.Context) error {
	if c.owned {
		return c.session.SignOut(ctx)
	}
	dsid, _, err := c.session.Get(ctx)
	if err != nil {
		return err
	}
	return c.portal.signOut(ctx, dsid)
}

// Close ends the client: later calls fail with [secureaccess.ErrClosed]. Without a session store it signs out, if the
// client has signed in, also when ctx is over, within 5 seconds. When that fails, Close can be called again. A DSID that
// was given with [DSID] stays valid: it belongs to whoever got it.
//
// GET /api/my-session/logout
func (c *Client) Close(ctx context.Context) error {
	err := c.session.Close(ctx)
	c.rest.CloseIdleConnections()
	return err
}

// Do carries out an operation that has no typed method; see [secureaccess.Request]. out is nil for an operation that is
// called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect].
func (c *Client) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}
