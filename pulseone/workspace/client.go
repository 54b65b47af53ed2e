package workspace

import (
	"context"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// product names Pulse One in errors, logs and options.
const product = "pulseone"

// Android is one Android workspace. It is safe for concurrent use.
type Android struct{ core }

// IOS is one iOS workspace. It is safe for concurrent use.
//
// Its operations respond with [secureaccess.ErrUnauthorized] to credentials that are not those of a workspace.
type IOS struct{ core }

// core is what the workspaces of both platforms are made of.
type core struct {
	id      string
	base    *url.URL
	session *rest.Session[api.Signing]
	rest    *rest.Client
}

// NewAndroid returns a client of the workspace that the credentials belong to. Nothing is sent before the first call. A
// session store has no use here and is refused: nothing renews the credentials.
func NewAndroid(credentials Credentials, opts ...secureaccess.Option) (*Android, error) {
	c, err := newCore(credentials, opts)
	if err != nil {
		return nil, err
	}
	return &Android{c}, nil
}

// NewIOS returns a client of the workspace that the credentials belong to. Nothing is sent before the first call. A
// session store has no use here and is refused: nothing renews the credentials.
func NewIOS(credentials Credentials, opts ...secureaccess.Option) (*IOS, error) {
	c, err := newCore(credentials, opts)
	if err != nil {
		return nil, err
	}
	return &IOS{c}, nil
}

func newCore(credentials Credentials, opts []secureaccess.Option) (core, error) {
	setup, err := rest.Prepare(product, credentials.APIURL, true, opts)
	if err != nil {
		return core{}, err
	}
	if credentials.WorkspaceID == "" {
		return core{}, &secureaccess.ArgumentError{Argument: "credentials", Reason: "name no workspace"}
	}
	keys, err := credentials.Hawk.signing()
	if err != nil {
		return core{}, &secureaccess.ArgumentError{Argument: "credentials", Reason: "cannot be used", Err: err}
	}
	signed, err := api.NewUnrenewed(setup, keys)
	if err != nil {
		return core{}, err
	}
	return core{
		id:      credentials.WorkspaceID,
		base:    setup.Base,
		session: signed.Session,
		rest:    signed.Client(setup, config()),
	}, nil
}

func config() rest.Config {
	return rest.Config{DecodeError: decodeError, Permanent: api.Permanent, RefusedIf: api.Refuses}
}

// WithSigning changes how the requests of a workspace are signed: the fields of [hawk.Transport] that are options, such
// as HashPayload, Response, or Signer.Port where a proxy ends TLS on another port. Base, Credentials, Origin and Skewed
// are the client's. It has no effect on a [Public], which signs nothing.
func WithSigning(option func(*hawk.Transport)) secureaccess.Option {
	return api.WithSigning(product, option)
}

// WorkspaceID returns the id of the workspace.
func (c *Android) WorkspaceID() string { return c.id }

// WorkspaceID returns the id of the workspace.
func (c *IOS) WorkspaceID() string { return c.id }

// Do carries out an operation that has no typed method, signed; see [secureaccess.Request]. out is nil for an operation
// that is called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect].
func (c *Android) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Do carries out an operation that has no typed method, signed; see [secureaccess.Request]. out is nil for an operation
// that is called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect].
func (c *IOS) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. The credentials remain valid.
func (c *Android) Close(ctx context.Context) error { return c.close(ctx) }

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. The credentials remain valid.
func (c *IOS) Close(ctx context.Context) error { return c.close(ctx) }

func (c *core) close(ctx context.Context) error {
	err := c.session.Close(ctx)
	c.rest.CloseIdleConnections()
	return err
}

// Public carries out what needs no credentials of a workspace: registrations, and what a browser does with the token of
// an enrollment or app store URL. It is safe for concurrent use.
type Public struct{ rest *rest.Client }

// NewPublic returns a client of a registration server, or of the server of an enrollment or app store URL
// ([EnrollmentURL.Server], [AppStoreURL.Server]). Nothing is sent before the first call.
//
// For a registration code the first digit says which of several registration servers it is meant for; how a client
// knows them is not documented.
func NewPublic(serverURL string, opts ...secureaccess.Option) (*Public, error) {
	setup, err := rest.Prepare(product, serverURL, true, opts)
	if err != nil {
		return nil, err
	}
	return &Public{setup.Client(config())}, nil
}

// Do carries out an operation that has no typed method, unsigned; see [Android.Do].
func (c *Public) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Close closes the connections that are not in use.
func (c *Public) Close(context.Context) error {
	c.rest.CloseIdleConnections()
	return nil
}
