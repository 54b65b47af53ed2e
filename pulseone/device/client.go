package device

import (
	"context"
	"errors"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// product names Pulse One in errors, logs and options.
const product = "pulseone"

// Client is Pulse One for one appliance. It is safe for concurrent use.
type Client struct {
	Access     *AccessService     // who signed in at the appliance
	Activities *ActivitiesService // what happened on it
	Backups    *BackupsService    // of its configuration
	Configs    *ConfigsService    // what it runs and is to run
	Info       *InfoService       // facts about it
	Profiler   *ProfilerService   // endpoints that it has profiled
	Stats      *StatsService      // samples and statistics
	Tasks      *TasksService      // what it is told to do

	id            string
	notifications *url.URL // nil: not known
	session       *rest.Session[api.Signing]
	rest          *rest.Client
	events        *rest.Client // for handshakes; nil without notifications
	listening     *rest.Session[api.Signing]
}

// New returns a client for the appliance that the credentials are of, as [Register] gave them. Nothing is sent before
// the first call. Where the API moved, change APIURL.
//
// Nothing renews the credentials. A response that refuses them is [secureaccess.ErrUnauthorized], or
// [secureaccess.ErrForbidden] when their grace period is over, and the appliance has to be registered again. A session
// store has no use here and is refused.
func New(credentials Credentials, opts ...secureaccess.Option) (*Client, error) {
	setup, err := rest.Prepare(product, credentials.APIURL, true, opts)
	if err != nil {
		return nil, err
	}
	keys, err := credentials.Hawk.signing()
	if err != nil {
		return nil, &secureaccess.ArgumentError{Argument: "credentials", Reason: "cannot be used", Err: err}
	}
	if credentials.DeviceID == "" {
		return nil, &secureaccess.ArgumentError{Argument: "credentials", Reason: "have no device id"}
	}
	signed, err := api.NewUnrenewed(setup, keys)
	if err != nil {
		return nil, err
	}
	notifications, err := parseNotifications(credentials.NotificationsURL, setup)
	if err != nil {
		return nil, err
	}
	c := &Client{id: credentials.DeviceID, notifications: notifications, session: signed.Session, rest: signed.Client(setup, config())}
	if notifications != nil {
		c.events, c.listening = newEvents(setup, signed.Signing, signed.Signer, notifications)
	}

	of := appliance{c.rest, credentials.DeviceID}
	c.Access = &AccessService{of}
	c.Activities = &ActivitiesService{of}
	c.Backups = &BackupsService{of}
	c.Configs = &ConfigsService{of}
	c.Info = &InfoService{of}
	c.Profiler = &ProfilerService{of}
	c.Stats = &StatsService{of}
	c.Tasks = &TasksService{of}
	return c, nil
}

// appliance is what the services of a client share.
type appliance struct {
	rest *rest.Client
	id   string
}

// DeviceID returns the appliance's id at Pulse One.
func (c *Client) DeviceID() string { return c.id }

// Do carries out an operation that has no typed method; see [secureaccess.Request]. out is nil for an operation that is
// called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect].
func (c *Client) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Close ends the client: its later calls fail with [secureaccess.ErrClosed]. The credentials stay valid. Notifications
// and agents end with their contexts.
func (c *Client) Close(ctx context.Context) error {
	err := c.session.Close(ctx)
	if c.listening != nil {
		err = rest.Join(err, c.listening.Close(ctx))
	}
	c.rest.CloseIdleConnections()
	return err
}

func config() rest.Config {
	return rest.Config{DecodeError: api.DecodeError, Permanent: api.Permanent, RefusedIf: api.Refuses}
}

// WithSigning changes how requests are signed: the fields of [hawk.Transport] that are options, such as HashPayload,
// Response, or Signer.Port where a proxy ends TLS on another port. Base, Credentials, Origin and Skewed are the client's.
func WithSigning(option func(*hawk.Transport)) secureaccess.Option {
	return api.WithSigning(product, option)
}

// parseNotifications reads the address of the notifications: wss, or ws where the API may be http. Registrations that
// name none give a client without notifications.
func parseNotifications(raw string, setup *rest.Setup) (*url.URL, error) {
	if raw == "" {
		return nil, nil
	}
	refuse := func(reason string) (*url.URL, error) {
		return nil, &secureaccess.ArgumentError{Argument: "notifications URL", Reason: reason}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return refuse("is not a URL")
	}
	switch u.Scheme {
	case "wss":
		u.Scheme = "https"
	case "ws":
		u.Scheme = "http"
	}
	query, fragment := u.RawQuery, u.Fragment
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	base, err := rest.ParseBase("notifications URL", u.String(), setup.Settings.AllowHTTP)
	if err != nil {
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); ok {
			return refuse(argument.Reason)
		}
		return nil, err
	}
	switch {
	case fragment != "":
		return refuse("has a fragment")
	case setup.Base.Scheme == "https" && base.Scheme != "https":
		return refuse("steps down from TLS")
	}
	base.RawQuery = query
	return base, nil
}
