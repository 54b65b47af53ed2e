package sps

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// product names this package in errors, logs and options.
const product = "sps"

// Client talks to one SPS appliance. It is safe for concurrent use. It has one session with the appliance for reading,
// and another one for its transactions, of which there is at most one at a time.
type Client struct {
	AuditSessions  *AuditSessionsService
	Cluster        *ClusterService
	Firmware       *FirmwareService
	SupportBundles *SupportBundlesService
	System         *SystemService

	// Dialect is the spelling of what public sources do not show. Change it before the first call, if at all.
	Dialect Dialect

	setup     *rest.Setup
	rest      *rest.Client // with the session for reading
	anonymous *rest.Client // without a session
	opening   *rest.Client // with the session for transactions
	session   *rest.Session[credentials]
	writing   *rest.Session[credentials] // never stored: a transaction belongs to its session

	mu     sync.Mutex
	closed bool
	tx     *Tx // the transaction that the appliance may have, nil for none
}

// Dialect names the parts of requests that no public source shows. The defaults are the likeliest names; should an
// appliance have others, they are set here, and nothing else has to change.
type Dialect struct {
	// CommitMessage are the members of the commit's body that hold the message. Documents name "commit_message" in the
	// status of a transaction, and the firmware upgrade, under the same rule, takes "message". Both are sent by default:
	// the appliance ignores members that it does not know.
	CommitMessage []string

	Search   string // query parameter that searches recorded sessions: "q", as in the search of a session's content
	Snapshot string // query parameter that names the snapshot to search in: "snapshot"
}

// New returns a client of the appliance at baseURL, "https://sps.example.com". Nothing is sent before the first call.
//
// The User-Agent must not look like a browser's: from 7.5 on the appliance asks browsers for a token with each write.
// It must not change either, since it is part of what a search snapshot belongs to.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	setup, err := rest.Prepare(product, baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if err := auth.check(setup.Settings); err != nil {
		return nil, err
	}
	if strings.Contains(strings.ToLower(setup.Settings.UserAgent), "mozilla") {
		return nil, &secureaccess.ArgumentError{Argument: "user agent", Reason: "looks like a browser's, from which the appliance refuses writes"}
	}

	c := &Client{
		Dialect: Dialect{CommitMessage: []string{"commit_message", "message"}, Search: "q", Snapshot: "snapshot"},
		setup:   setup,
	}
	config := rest.Config{DecodeError: decodeError, RefusedIf: isRefusal}
	c.anonymous = setup.Client(config)
	signIn := &signIn{auth: auth, base: setup.Base, rest: c.anonymous}
	c.session = newSession(setup, signIn)
	c.writing = newWritingSession(setup, signIn)
	config.Auth = c.session.Transport
	c.rest = setup.Client(config)
	config.Auth = c.writing.Transport
	c.opening = setup.Client(config)

	c.AuditSessions = &AuditSessionsService{client: c, rest: c.rest}
	c.Cluster = &ClusterService{client: c, rest: c.rest}
	c.Firmware = &FirmwareService{client: c, rest: c.rest}
	c.SupportBundles = &SupportBundlesService{client: c, rest: c.rest}
	c.System = &SystemService{client: c, rest: c.rest}
	return c, nil
}

// SignIn opens a session now, rather than with the first call. Programs need it only to check credentials.
//
// GET /api/authentication
func (c *Client) SignIn(ctx context.Context) error {
	_, err := c.session.SignIn(ctx)
	return err
}

// SignOut discards the session for reading, also in the session store. No public source tells of a sign-out at the
// appliance, which ends the session itself, after 20 minutes without a request. An open transaction goes on.
func (c *Client) SignOut(ctx context.Context) error { return c.session.SignOut(ctx) }

// Session returns the value of the session_id cookie that the client reads with, after signing in when there is none
// yet. Programs need not call it; it is for requests that they send by themselves.
//
// GET /api/authentication
func (c *Client) Session(ctx context.Context) (secureaccess.Secret, error) {
	session, _, err := c.session.Get(ctx)
	return session.id, err
}

// Do carries out an operation that has no typed method; see [secureaccess.Request]. out is nil for an operation that is
// called for its effect, a pointer for what is decoded, a *json.RawMessage for JSON as it came, a
// **[secureaccess.Download] for content, or a *[secureaccess.Redirect]. Writes to the configuration belong into a
// transaction: see [Tx.Do].
func (c *Client) Do(ctx context.Context, request secureaccess.Request, out any) error {
	return rest.Generic(ctx, c.rest, request, out)
}

// Close rolls back the open transaction, if there is one, and discards the sessions; calls fail with
// [secureaccess.ErrClosed] from then on. The rollback is carried out also when ctx is over, for at most 5 seconds after
// its end. When it fails, Close returns the error and can be called again. No public source tells of a sign-out: the
// appliance ends a session itself, after 20 minutes without a request.
//
// DELETE /api/transaction
//
// GET /api/transaction
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	tx := c.tx
	c.mu.Unlock()
	var err error
	if tx != nil {
		if err = tx.Rollback(ctx); errors.Is(err, ErrTransactionDone) || errors.Is(err, ErrTransactionLost) {
			err = nil
		}
	}
	err = rest.Join(err, c.session.Close(ctx), c.writing.Close(ctx))
	c.rest.CloseIdleConnections()
	return err
}

// errClosed is ErrClosed when the client is closed, for calls without a session.
func (c *Client) errClosed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return secureaccess.ErrClosed
	}
	return nil
}
