package pulseone

import (
	"context"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// product names this package in errors, logs and options.
const product = "pulseone"

// Client is a Pulse One as one user sees it. It is safe for concurrent use.
type Client struct {
	Access        *AccessService        // sign-ins of users at the appliances
	Activities    *ActivitiesService    // what appliances report of their work
	AFWApps       *AFWAppsService       // apps of Android workspaces
	AFWDomains    *AFWDomainsService    // enrollment with Android for Work
	AFWProducts   *AFWProductsService   // products of the managed Google Play store
	Appliances    *AppliancesService    // managed appliances
	Backups       *BackupsService       // stored backups of appliances
	Clusters      *ClustersService      // clusters of appliances, and the cluster that Pulse One itself runs on
	Configs       *ConfigsService       // configuration commits of appliances
	DEP           *DEPService           // Apple's Device Enrollment Program
	Domains       *DomainsService       // customers of this Pulse One
	EmailDomains  *EmailDomainsService  // email domains of a customer
	EULAs         *EULAsService         // license agreements
	Firmwares     *FirmwaresService     // stored firmware and ESAP packages
	Groups        *GroupsService        // configuration groups
	IOSApps       *IOSAppsService       // apps of iOS workspaces
	LostMode      *LostModeService      // lost mode of iOS workspaces
	Orchestration *OrchestrationService // how virtual appliances are deployed
	Policies      *PoliciesService      // policies of workspaces, and their properties
	Profiler      *ProfilerService      // endpoints that the profiler has seen
	Registration  *RegistrationService  // registration of devices and workspaces
	Schedules     *SchedulesService     // firmware that is staged and installed at a set time
	Stats         *StatsService         // aggregated figures of appliances
	Tasks         *TasksService         // what appliances are told to do: backups, restores, upgrades
	VPP           *VPPService           // Apple's Volume Purchase Program

	access *access
	api    *rest.Client
}

// New returns a client for the console at baseURL, such as "https://customer.pulseone.net"; with [Hawk], for the API
// itself. Nothing is sent before the first call.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	setup, err := rest.Prepare(product, baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	access, err := auth.begin(setup)
	if err != nil {
		return nil, err
	}
	base := func(ctx context.Context) (*url.URL, error) {
		signing, _, err := access.signing.Get(ctx)
		return signing.API, err
	}
	c := &Client{access: access, api: setup.Client(rest.Config{
		Base:        base,
		Auth:        access.signing.Transport,
		DecodeError: decodeError,
		Permanent:   api.Permanent,
	})}
	unsigned := setup.Client(rest.Config{Base: base, DecodeError: decodeError})

	// Operations below /api/v1 are the API's. The others are the console's and take access.console, or access.open
	// where they need no session.
	c.Access = &AccessService{c.api}
	c.Activities = &ActivitiesService{c.api}
	c.AFWApps = &AFWAppsService{c.api}
	c.AFWDomains = &AFWDomainsService{c.api, unsigned}
	c.AFWProducts = &AFWProductsService{c.api}
	c.Appliances = &AppliancesService{c.api}
	c.Backups = &BackupsService{c.api}
	c.Clusters = &ClustersService{c.api}
	c.Configs = &ConfigsService{c.api}
	c.DEP = &DEPService{c.api}
	c.Domains = &DomainsService{access.console, access.open}
	c.EmailDomains = &EmailDomainsService{access.console}
	c.EULAs = &EULAsService{c.api}
	c.Firmwares = &FirmwaresService{c.api}
	c.Groups = &GroupsService{c.api}
	c.IOSApps = &IOSAppsService{c.api}
	c.LostMode = &LostModeService{c.api}
	c.Orchestration = &OrchestrationService{c.api}
	c.Policies = &PoliciesService{access.console}
	c.Profiler = &ProfilerService{c.api}
	c.Registration = &RegistrationService{access.open}
	c.Schedules = &SchedulesService{c.api}
	c.Stats = &StatsService{c.api}
	c.Tasks = &TasksService{c.api}
	c.VPP = &VPPService{c.api}
	return c, nil
}

// refuseConsole is the base of console operations for a client with ready credentials.
func refuseConsole(context.Context) (*url.URL, error) { return nil, noConsole() }

// SignIn signs in at the console now, rather than with the first call, and obtains credentials for the API. Programs
// need it only to check a password. It needs a client made with [Password] or [PasswordFrom].
//
// POST /api/login
//
// GET /api/session
//
// A refused sign-in, for an unknown user, a wrong password or a locked account, is [secureaccess.ErrUnauthorized].
// Document: Authentication APIs, POST /api/login.
func (c *Client) SignIn(ctx context.Context) error {
	if c.access.visits == nil {
		return noSignIn()
	}
	if _, err := c.access.visits.SignIn(ctx); err != nil {
		return err
	}
	_, err := c.access.signing.SignIn(ctx)
	return err
}

// User returns who is signed in, as the sign-in reported it, after a sign-in when there is none. It is empty after a
// sign-in of an earlier version that a session store kept. It needs a client made with [Password] or [PasswordFrom].
//
// POST /api/login
func (c *Client) User(ctx context.Context) (*User, error) {
	if c.access.visits == nil {
		return nil, noSignIn()
	}
	visit, _, err := c.access.visits.Get(ctx)
	if err != nil {
		return nil, err
	}
	user := new(User)
	if len(visit.User) > 0 {
		err = secureaccess.Unmarshal(visit.User, user)
	}
	return user, err
}

// Session reads the console session: who is signed in, what the customer is entitled to, what the user may do. It
// needs a client made with [Password] or [PasswordFrom].
//
// GET /api/session
//
// New Hawk credentials that come with it, and another place of the API, are taken over by the client. Document: Authentication APIs, GET /api/session.
func (c *Client) Session(ctx context.Context) (*Session, error) {
	if c.access.signIn == nil {
		return rest.Do[Session](ctx, c.access.console, rest.GET(sessionPath)) // says why not
	}
	session, fresh, err := c.access.signIn.read(ctx, false)
	if err != nil {
		return nil, err
	}
	if fresh.Credentials.ID == "" {
		now, ok := c.access.signing.Peek()
		if !ok || *now.API == *fresh.API {
			return session, nil
		}
		fresh.Credentials, fresh.Ends = now.Credentials, now.Ends
	}
	c.access.signing.Set(ctx, fresh)
	return session, nil
}

// SignOut discards the session and its credentials, also in the session store; the next call signs in again. Pulse One
// documents no sign-out: at the server the session ends 20 minutes after its last use.
func (c *Client) SignOut(ctx context.Context) error {
	err := c.access.signing.SignOut(ctx)
	if c.access.visits != nil {
		err = rest.Join(err, c.access.visits.SignOut(ctx))
	}
	return err
}

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. Pulse One documents no sign-out: at the
// server the session ends 20 minutes after its last use.
func (c *Client) Close(ctx context.Context) error {
	err := c.access.signing.Close(ctx)
	if c.access.visits != nil {
		err = rest.Join(err, c.access.visits.Close(ctx))
	}
	c.api.CloseIdleConnections()
	return err
}

// Do carries out an operation that has no typed method; see [secureaccess.Request]. Paths below /api/v1 go to the API,
// signed; others go to the console, with its cookie. out is nil for an operation that is called for its effect, a pointer
// for what is decoded, a *json.RawMessage for JSON as it came, a **[secureaccess.Download] for content, or a
// *[secureaccess.Redirect].
func (c *Client) Do(ctx context.Context, request secureaccess.Request, out any) error {
	if strings.HasPrefix(request.Path+"/", "/api/v1/") {
		return rest.Generic(ctx, c.api, request, out)
	}
	return rest.Generic(ctx, c.access.console, request, out)
}
