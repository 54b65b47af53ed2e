package ics

import (
	"context"
	"sync/atomic"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// product names this package in errors, logs and options.
const product = "ics"

// Client is a client of one appliance. It is safe for concurrent use.
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

	// Parts of the configuration beyond the vendor's document, as public sources show them.
	UserRealms         *UserRealmsService
	UserRoles          *UserRolesService
	LocalUsers         *LocalUsersService
	TOTP               *TOTPService
	AuthServers        *AuthServersService
	NetworkConnectACLs *NetworkConnectACLsService
	VLANs              *VLANsService
	SyslogSettings     *SyslogSettingsService
	InfranetEnforcers  *InfranetEnforcersService
	RADIUSClients      *RADIUSClientsService

	auth    Auth
	rest    *rest.Client
	open    *rest.Client // without credentials
	session *rest.Session[apiKey]
	closed  atomic.Bool
}

// New returns a client of the appliance at baseURL, such as "https://vpn.example.com". Nothing is sent before the
// first call. A wrong URL and empty credentials are a [*secureaccess.ArgumentError].
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	setup, err := rest.Prepare(product, baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if err := auth.check(); err != nil {
		return nil, err
	}
	config := rest.Config{DecodeError: decodeError, RefusedIf: hasErrors, EscapeLeadingDot: true, Lenient: true}
	c := &Client{auth: auth, open: setup.Client(config)}
	factor, _ := setup.Settings.Value(factorKey{}).(SecondFactor)
	c.session = newSession(setup, auth, &signIn{c.open, factor})
	config.Auth = c.session.Transport
	c.rest = setup.Client(config)

	c.Sessions = &SessionsService{c.rest}
	c.Configuration = &ConfigurationService{c.rest}
	c.AdminRealms = &AdminRealmsService{c.rest}
	c.AdminRoles = &AdminRolesService{c.rest}
	c.ADGroups = &ADGroupsService{c.rest}
	c.LDAPGroups = &LDAPGroupsService{c.rest}
	c.HostChecker = &HostCheckerService{c.rest}
	c.Certificates = &CertificatesService{c.rest}
	c.Licenses = &LicensesService{c.rest}
	c.NamedUsers = &NamedUsersService{c.rest}
	c.Cluster = &ClusterService{c.rest}
	c.System = &SystemService{rest: c.rest, open: c.open, closed: &c.closed}
	c.BinaryConfiguration = &BinaryConfigurationService{c.rest}

	c.UserRealms = &UserRealmsService{c.rest}
	c.UserRoles = &UserRolesService{c.rest}
	c.LocalUsers = &LocalUsersService{c.rest}
	c.TOTP = &TOTPService{c.rest}
	c.AuthServers = &AuthServersService{c.rest}
	c.NetworkConnectACLs = &NetworkConnectACLsService{c.rest}
	c.VLANs = &VLANsService{c.rest}
	c.SyslogSettings = &SyslogSettingsService{c.rest}
	c.InfranetEnforcers = &InfranetEnforcersService{c.rest}
	c.RADIUSClients = &RADIUSClientsService{c.rest}
	return c, nil
}

// SignIn gets an API key now and not with the first call that needs one: a program that can ask for a second factor
// does that first. With [APIKey] it sends nothing.
//
// POST /api/v1/realm_auth
//
// GET /api/v1/auth
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.session.SignIn(ctx)
	return err
}

// SignOut discards the API key, also in the session store. The appliance documents no sign-out: the key lives on until
// its session ends there.
func (c *Client) SignOut(ctx context.Context) error { return c.session.SignOut(ctx) }

// Do carries out an operation that has no typed method; see [secureaccess.Request]. out is nil for an operation that is
// called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect]. Errors in the result of a response are errors,
// as everywhere.
func (c *Client) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. The appliance documents no sign-out: the API
// key lives on until its session ends there.
func (c *Client) Close(ctx context.Context) error {
	c.closed.Store(true)
	err := c.session.Close(ctx)
	c.rest.CloseIdleConnections()
	return err
}
