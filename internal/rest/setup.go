package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/settings"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// Setup is what the clients of one product share: settings, connections and the retry budget. The New of every product
// begins with [Prepare].
type Setup struct {
	Product  string
	Base     *url.URL // as the caller gave it
	Settings *settings.Settings

	// Wire sends requests. A product may put a layer of its own above it before it makes clients.
	Wire http.RoundTripper

	budget *budget
	header http.Header           // of clients without headers of their own; nil: not made yet
	open   *retryablehttp.Client // of clients without authentication; nil: not made yet
}

// Prepare checks what the New of every product is given: the base URL, the options, and, with given, whether there are
// credentials at all. It sends nothing.
func Prepare(product, baseURL string, given bool, opts []secureaccess.Option) (*Setup, error) {
	s, err := effective(product, opts)
	if err != nil {
		return nil, err
	}
	base, err := ParseBase("base URL", baseURL, s.AllowHTTP)
	if err != nil {
		return nil, err
	}
	if !given {
		return nil, &secureaccess.ArgumentError{Argument: "auth", Reason: "is nil"}
	}
	return &Setup{Product: product, Base: base, Settings: s, Wire: transport.New(s), budget: newBudget(s.Retry.Budget)}, nil
}

// effective applies opts to the defaults.
func effective(product string, opts []secureaccess.Option) (*settings.Settings, error) {
	defaults := settings.Defaults()
	s := &defaults
	s.Logger = slog.New(slog.DiscardHandler)
	s.UserAgent = "secureaccess-go/" + secureaccess.Version
	s.Clock = secureaccess.SystemClock()
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(s); err != nil {
			return nil, err
		}
	}
	if other := s.Foreign(product); other != "" {
		return nil, &secureaccess.ArgumentError{Argument: "options", Reason: "hold one of package " + other}
	}
	if _, known := s.Transport.(*http.Transport); s.Transport != nil && !known && s.TLSSet() {
		return nil, &secureaccess.ArgumentError{Argument: "options", Reason: "set TLS for a transport that is not an *http.Transport; set it there"}
	}
	return s, nil
}

// Config is what distinguishes the clients of one product.
type Config struct {
	// Base is where the operations are; nil is the caller's base URL.
	Base func(context.Context) (*url.URL, error)

	// Prefix stands before every template: a version of the API ("/v3"). Prefix and template together are the
	// documented path.
	Prefix string

	// Auth puts authentication above the wire; nil is none.
	Auth func(next http.RoundTripper) http.RoundTripper

	DecodeError ErrorDecoder

	// RefusedIf reports whether the body of a response with a good status is a refusal all the same.
	RefusedIf func(body []byte) bool

	// Permanent reports whether a failure whose status is worth a retry will not go away by one. It may [Peek].
	Permanent func(resp *http.Response) bool

	Header           http.Header // on every request
	EscapeLeadingDot bool        // "." at the beginning of an argument becomes %2E
	Lenient          bool        // shapes too are read in other forms: one object for a list
}

// ErrorDecoder fills Code, Messages, Err and, where it is empty, Object of an error from the body of a response, in the
// way of one product. It sees at most 1 MiB and any nonsense, without the secrets of the call. What it writes is bounded
// afterwards.
type ErrorDecoder func(e *secureaccess.Error, header http.Header, body []byte)

// Client carries out operations of one product at one base URL.
type Client struct {
	product   string
	prefix    string
	base      func(context.Context) (*url.URL, error)
	settings  *settings.Settings
	retrier   *retryablehttp.Client
	budget    *budget
	header    http.Header // of a GET of JSON; never changed, since calls share it
	copies    bool        // the layer below copies the header before anybody else sees it
	dots      bool
	lenient   bool
	refusedIf func([]byte) bool
	permanent func(*http.Response) bool
	decode    ErrorDecoder
	wire      http.RoundTripper
}

// Client returns a client. Nothing is sent.
func (s *Setup) Client(c Config) *Client {
	next := s.Wire
	if c.Auth != nil {
		next = c.Auth(next)
	}
	base := c.Base
	if base == nil {
		base = func(context.Context) (*url.URL, error) { return s.Base, nil }
	}
	client := &Client{
		product:   s.Product,
		prefix:    c.Prefix,
		base:      base,
		settings:  s.Settings,
		budget:    s.budget,
		header:    s.headerOf(c),
		dots:      c.EscapeLeadingDot,
		lenient:   c.Lenient,
		refusedIf: c.RefusedIf,
		permanent: c.Permanent,
		decode:    c.DecodeError,
		wire:      s.Wire,
	}
	_, client.copies = next.(headerCopier)
	if c.Auth == nil && s.open != nil {
		client.retrier = s.open
		return client
	}
	client.retrier = newRetrier(&http.Client{
		Transport:     outermost{next},
		CheckRedirect: checkRedirect,
		Timeout:       s.Settings.Timeout,
	})
	if c.Auth == nil {
		s.open = client.retrier
	}
	return client
}

// headerOf returns what is on every request of a client.
func (s *Setup) headerOf(c Config) http.Header {
	if len(c.Header) == 0 && s.header != nil {
		return s.header
	}
	header := make(http.Header, len(c.Header)+2)
	for name, values := range c.Header {
		header[name] = values
	}
	header["Accept"] = acceptJSON
	if header.Get("User-Agent") == "" {
		header.Set("User-Agent", s.Settings.UserAgent)
	}
	if len(c.Header) == 0 {
		s.header = header
	}
	return header
}

// headerCopier is a layer that passes on no header that it was given, only copies: calls may share theirs.
type headerCopier interface{ copiesHeader() }

// Clock returns the client's clock.
func (c *Client) Clock() secureaccess.Clock { return c.settings.Clock }

// CloseIdleConnections closes what no call is using, unless the transport is the caller's own.
func (c *Client) CloseIdleConnections() {
	if wire, ok := c.wire.(interface{ CloseIdleConnections() }); ok {
		wire.CloseIdleConnections()
	}
}
