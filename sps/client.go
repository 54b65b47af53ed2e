package sps

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Client talks to one SPS appliance. It is safe for concurrent use. It has one session with the appliance, and
// therefore at most one transaction at a time.
type Client struct {
	AuditSessions  *AuditSessionsService
	SupportBundles *SupportBundlesService
	System         *SystemService

	// Dialect is the spelling of what public sources do not show. Change it before the first call, if at all.
	Dialect Dialect

	auth      Auth
	base      *url.URL
	rest      *rest.Client // with the session
	anonymous *rest.Client // without
	session   *rest.Session[secureaccess.Secret]

	mu sync.Mutex
	tx *Tx // the open transaction, nil for none; a Tx without a token while one is being opened
}

// Dialect names the parts of requests that no public source shows. The defaults are the likeliest names; should an
// appliance have others, they are set here, and nothing else has to change.
type Dialect struct {
	CommitMessage string // member of the commit's body that holds the message: "commit_message", after the status document
	Search        string // query parameter that searches recorded sessions: "q", as in the search of a session's content
	Snapshot      string // query parameter that names the snapshot to search in: "snapshot"
}

// New returns a client of the appliance at baseURL, "https://sps.example.com". Nothing is sent before the first call.
//
// The User-Agent must not look like a browser's: from 7.5 on the appliance asks browsers for a token with each write.
// It must not change either, since it is part of what a search snapshot belongs to.
func New(baseURL string, auth Auth, opts ...secureaccess.Option) (*Client, error) {
	base, settings, err := rest.Prepare(baseURL, auth != nil, opts)
	if err != nil {
		return nil, err
	}
	if err := auth.check(settings); err != nil {
		return nil, err
	}
	if strings.Contains(strings.ToLower(settings.UserAgent), "mozilla") {
		return nil, &secureaccess.ArgumentError{Argument: "user agent", Reason: "looks like a browser's, from which the appliance refuses writes"}
	}

	c := &Client{
		Dialect: Dialect{CommitMessage: "commit_message", Search: "q", Snapshot: "snapshot"},
		auth:    auth,
		base:    base,
	}
	wire := rest.NewTransport(settings)
	config := rest.Config{
		Product:     "sps",
		Base:        rest.Fixed(base),
		Settings:    settings,
		Wire:        wire,
		DecodeError: decodeError,
	}
	config.Auth = func(next http.RoundTripper) http.RoundTripper {
		return &basicTransport{next: next, base: base, auth: auth}
	}
	c.anonymous = rest.New(config)
	c.session = &rest.Session[secureaccess.Secret]{
		Obtain: func(ctx context.Context, _ secureaccess.Secret, _ bool) (secureaccess.Secret, error) {
			return c.login(ctx)
		},
		Belongs: func(_ secureaccess.Secret, u *url.URL) bool { return rest.SameOrigin(u, base) },
		Apply:   applySession,
		Refused: sessionRefused,
		Clock:   settings.Clock,
	}
	config.Auth = c.session.Transport
	c.rest = rest.New(config)

	c.AuditSessions = &AuditSessionsService{client: c, rest: c.rest}
	c.SupportBundles = &SupportBundlesService{client: c, rest: c.rest}
	c.System = &SystemService{client: c, rest: c.rest}
	return c, nil
}

// pinKey carries in a context the transaction that a request belongs to.
type pinKey struct{}

func pinned(ctx context.Context) *Tx {
	tx, _ := ctx.Value(pinKey{}).(*Tx)
	return tx
}

// applySession puts the session on a request. A request of a transaction goes out with the session of that transaction
// or not at all: under another one it would open a transaction of its own on releases that do so by themselves.
func applySession(req *http.Request, token secureaccess.Secret) error {
	if tx := pinned(req.Context()); tx != nil && !tx.owns(token) {
		return errSessionReplaced
	}
	req.Header.Set("Cookie", cookieName+"="+token.Reveal())
	return nil
}

var errSessionReplaced = &permanentError{errors.New("the session of the transaction is not in use any more")}

// permanentError is an error that no retry mends.
type permanentError struct{ err error }

func (e *permanentError) Error() string   { return e.err.Error() }
func (e *permanentError) Unwrap() error   { return e.err }
func (e *permanentError) Permanent() bool { return true }

// sessionRefused reports whether the session has to be renewed. In a transaction it must not be.
func sessionRefused(resp *http.Response) bool {
	if resp.Request != nil && pinned(resp.Request.Context()) != nil {
		return false
	}
	return resp.StatusCode == http.StatusUnauthorized
}

// rollbackTime is how long a rollback may take that nobody waits for any more.
const rollbackTime = 30 * time.Second

// Close rolls back the open transaction, if there is one, and forgets the session; calls fail with
// [secureaccess.ErrClosed] from then on. No public source tells of a logout: the appliance ends the session itself,
// after 20 minutes without a request.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	tx := c.tx
	c.mu.Unlock()
	var err error
	if tx != nil {
		if err = tx.Rollback(ctx); errors.Is(err, ErrTransactionDone) || errors.Is(err, ErrTransactionLost) {
			err = nil
		}
	}
	c.session.Close()
	c.rest.CloseIdleConnections()
	return err
}

// Download fetches the content that a link of the appliance leads to, below /api/ only.
//
// GET /api/{path}, with Accept: application/octet-stream
func (c *Client) Download(ctx context.Context, href string) (*secureaccess.Download, error) {
	return rest.Fetch(ctx, c.rest, c.follow(rest.GET("/api/{path}"), href, "/api/").Accept(octetStream))
}

const octetStream = "application/octet-stream"

// follow sends op to a link of the appliance, if it leads below prefix. Where the base URL has a path of its own, as
// behind a proxy, the links do not know of it.
func (c *Client) follow(op *rest.Op, href, prefix string) *rest.Op {
	refuse := func(reason string) *rest.Op {
		return op.Refuse(&secureaccess.ArgumentError{Argument: "link", Reason: reason})
	}
	if href == "" {
		return refuse("is empty")
	}
	link, err := url.Parse(href)
	if err != nil {
		return refuse("is not a URL")
	}
	if link.Scheme == "" && link.Host == "" && strings.HasPrefix(link.Path, "/") {
		return op.Refuse(below(link.EscapedPath(), prefix)).Follow(c.base.EscapedPath() + href)
	}
	return op.Refuse(below(strings.TrimPrefix(link.EscapedPath(), c.base.EscapedPath()), prefix)).Follow(href)
}

// below says what is wrong with a path that should be below prefix.
func below(escaped, prefix string) error {
	plain, err := url.PathUnescape(escaped)
	if err != nil || !strings.HasPrefix(plain, prefix) || path.Clean(plain) != strings.TrimRight(plain, "/") {
		return &secureaccess.ArgumentError{Argument: "link", Reason: "does not lead below " + prefix}
	}
	return nil
}
