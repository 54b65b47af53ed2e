package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
)

// Client carries out operations of one product at one base URL.
type Client struct {
	product  string
	base     func(context.Context) (*url.URL, error)
	settings *secureaccess.Settings
	retrier  *retryablehttp.Client
	header   http.Header
	dots     bool
	path     func(string) string
	decode   ErrorDecoder
	wire     http.RoundTripper
}

// ErrorDecoder fills Code, Messages and Err of an error from the body of the answer, in the way of one product. It
// sees at most 1 MiB and any nonsense.
type ErrorDecoder func(e *secureaccess.Error, header http.Header, body []byte)

// Config is what a product tells about itself.
type Config struct {
	Product  string
	Base     func(context.Context) (*url.URL, error) // from [Fixed] for most
	Settings *secureaccess.Settings

	// Wire is what [NewTransport] returned. Auth, if set, puts authentication above it.
	Wire http.RoundTripper
	Auth func(next http.RoundTripper) http.RoundTripper

	DecodeError      ErrorDecoder
	Header           http.Header // on every request
	EscapeLeadingDot bool        // "." at the beginning of an argument becomes %2E

	// Path gives the template that is sent in place of the documented one, which stays the operation's name: another
	// version of the API. Nil sends the documented one.
	Path func(template string) string
}

// Fixed is the base of a product that never moves.
func Fixed(base *url.URL) func(context.Context) (*url.URL, error) {
	return func(context.Context) (*url.URL, error) { return base, nil }
}

// New returns a client. Nothing is sent.
func New(c Config) *Client {
	transport := c.Wire
	if c.Auth != nil {
		transport = c.Auth(transport)
	}
	client := &http.Client{
		Transport:     outermost{transport},
		CheckRedirect: checkRedirect,
		Timeout:       c.Settings.Timeout,
	}
	return &Client{
		product:  c.Product,
		base:     c.Base,
		settings: c.Settings,
		retrier:  newRetrier(client, c.Settings),
		header:   c.Header,
		dots:     c.EscapeLeadingDot,
		path:     c.Path,
		decode:   c.DecodeError,
		wire:     c.Wire,
	}
}

// outermost is all that net/http and the retrier see of the layers below. The retrier closes idle connections whenever
// it gives up on a request, which would cost every other call its connection: there must be no such method.
type outermost struct{ next http.RoundTripper }

// RoundTrip takes a Location that is not a URL out of the answer. net/http would quote it in its error, whatever it
// holds; without it the redirect is refused like others.
func (t outermost) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err == nil && resp.StatusCode/100 == 3 {
		if _, err := req.URL.Parse(resp.Header.Get("Location")); err != nil {
			resp.Header.Del("Location")
		}
	}
	return resp, err
}

// CloseIdleConnections closes what no call is using, unless the transport is the caller's own.
func (c *Client) CloseIdleConnections() {
	if wire, ok := c.wire.(interface{ CloseIdleConnections() }); ok {
		wire.CloseIdleConnections()
	}
}

// Clock returns the client's clock.
func (c *Client) Clock() secureaccess.Clock { return c.settings.Clock }

// call is one operation under way; its requests carry it in their context.
type call struct {
	secureaccess.Operation
	op       *Op
	attempts atomic.Int32
	retries  int
	pause    time.Duration
	began    time.Time
	secrets  []string
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// Conceal names a value that a layer below puts on the requests of a call, such as a token, and that must not come
// back in its error.
func Conceal(ctx context.Context, secret secureaccess.Secret) {
	if current := callOf(ctx); current != nil && !slices.Contains(current.secrets, secret.Reveal()) {
		current.secrets = append(current.secrets, secret.Reveal())
	}
}

// send carries out op and returns the answer with its body unread, or an error: a *secureaccess.Error or a
// *secureaccess.ArgumentError.
func (c *Client) send(ctx context.Context, op *Op) (*http.Response, *call, error) {
	name := secureaccess.Operation{Product: c.product, Method: op.method, Path: op.template}
	current := &call{Operation: name, op: op}
	if op.body != nil {
		current.secrets = op.body.secrets
	}
	current.secrets = append(current.secrets, op.secrets...)
	capture, _ := ctx.Value(ctxkey.Capture{}).(*secureaccess.Exchange)
	if capture != nil {
		*capture = secureaccess.Exchange{Operation: name}
	}

	ctx = context.WithValue(context.WithValue(ctx, callKey{}, current), ctxkey.Operation{}, name)
	req, err := c.request(ctx, op)
	if err != nil {
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); ok {
			named := *argument
			named.Operation = name
			return nil, nil, &named
		}
		return nil, nil, c.failure(current, nil, err)
	}
	current.began = c.settings.Clock.Now()
	resp, err := c.retrier.Do(req)
	if op.body != nil && op.body.end != nil {
		if err != nil {
			op.body.end()
		} else {
			resp.Body = &lastBody{resp.Body, op.body.end}
		}
	}
	if err != nil {
		if resp != nil {
			discard(resp.Body)
		}
		err = c.failure(current, resp, err)
	}
	if capture != nil {
		capture.Attempts = int(current.attempts.Load())
		capture.Duration = c.settings.Clock.Now().Sub(current.began)
		if resp != nil {
			capture.Status = resp.StatusCode
			capture.Header = publicHeader(resp.Header)
			capture.RequestID = requestID(resp.Header)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if !op.succeeded(resp.StatusCode) {
		return nil, nil, c.failure(current, resp, nil)
	}
	return resp, current, nil
}

// lastBody ends the reading of the request's body with that of the answer's: until then the server may want the rest.
type lastBody struct {
	io.ReadCloser
	end func()
}

func (b *lastBody) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return err
}

func (o *Op) succeeded(status int) bool {
	if len(o.only) > 0 {
		return slices.Contains(o.only, status)
	}
	return status/100 == 2 || slices.Contains(o.statuses, status)
}

// request builds the request that the retrier sends.
func (c *Client) request(ctx context.Context, op *Op) (*retryablehttp.Request, error) {
	if op.err != nil {
		return nil, op.err
	}
	if op.body != nil && op.body.once && c.settings.Retry.RequireRepeatable {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: "must be a Seeker under this retry policy", Err: secureaccess.ErrNotRepeatable}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	template := op.template
	if c.path != nil {
		template = c.path(template)
	}
	path, err := expand(template, op.args, op.segments, c.dots)
	if err != nil && op.link == "" {
		return nil, err
	}
	rawQuery, err := op.rawQuery()
	if err != nil {
		return nil, err
	}
	base, err := c.base(ctx)
	if err != nil {
		return nil, err
	}
	target, err := c.target(base, path, rawQuery, op)
	if err != nil {
		return nil, err
	}

	httpReq := (&http.Request{
		Method:     op.method,
		URL:        target,
		Host:       target.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     make(http.Header, len(c.header)+len(op.header)+3),
	}).WithContext(ctx)
	req := &retryablehttp.Request{Request: httpReq}
	for name, values := range c.header {
		req.Header[name] = values
	}
	for name, values := range op.header {
		req.Header[name] = values
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.settings.UserAgent)
	}
	if op.accept != "" && req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", op.accept)
	}
	if op.body == nil {
		return req, req.SetBody(nil)
	}
	if op.body.contentType != "" {
		req.Header.Set("Content-Type", op.body.contentType)
	}
	if op.body.encoding != "" {
		req.Header.Set("Content-Encoding", op.body.encoding)
	}
	if op.body.size == 0 {
		return req, req.SetBody(retryablehttp.ReaderFunc(func() (io.Reader, error) { return http.NoBody, nil }))
	}
	// The library opens the body once more than it sends it, to ask for a length that we set ourselves.
	if err := req.SetBody(retryablehttp.ReaderFunc(op.body.open)); err != nil {
		return nil, err
	}
	req.ContentLength = op.body.size
	return req, nil
}

// target is the URL of the request: the expanded path below the base, or the link that the server gave.
func (c *Client) target(base *url.URL, path, rawQuery string, op *Op) (*url.URL, error) {
	if op.link == "" {
		u := *base
		escaped := base.EscapedPath() + path
		decoded, err := url.PathUnescape(escaped)
		if err != nil {
			return nil, err
		}
		u.Path, u.RawPath, u.RawQuery = decoded, escaped, rawQuery
		return &u, nil
	}
	link, err := url.Parse(op.link)
	if err != nil || link.User != nil {
		return nil, &linkError{"is not a URL to follow"}
	}
	u := base.ResolveReference(link)
	if u.Host == "" {
		return nil, &linkError{"is not a URL to follow"}
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = queryEscapes.Replace(u.RawQuery) // as browsers do; net/http would send them as they are
	if rawQuery != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += rawQuery
	}
	switch {
	case SameOrigin(u, base):
	case !op.foreign:
		return nil, &linkError{"leads to another origin"}
	case u.Scheme != "https" && (u.Scheme != "http" || !c.settings.AllowHTTP && !isLoopback(u.Hostname())):
		return nil, &linkError{"is not https"}
	}
	return u, nil
}

var queryEscapes = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E")

// linkError is a link of the server's that is not followed.
type linkError struct{ reason string }

func (e *linkError) Error() string        { return "the link in the answer " + e.reason }
func (e *linkError) Is(target error) bool { return target == secureaccess.ErrRedirectRefused }

// Do carries out op and decodes the answer as JSON. An answer without a body gives the zero T where [Op.MayBeEmpty]
// allows it, else an error.
func Do[T any](ctx context.Context, c *Client, op *Op) (*T, error) {
	data, resp, current, err := c.receive(ctx, op)
	if err != nil {
		return nil, err
	}
	result := new(T)
	if err := op.decode(resp, data, result); err != nil {
		return nil, c.unusable(current, resp, data, err)
	}
	return result, nil
}

// receive carries out op and reads the whole answer. The body of the response that it returns is closed.
func (c *Client) receive(ctx context.Context, op *Op) ([]byte, *http.Response, *call, error) {
	resp, current, err := c.send(ctx, op)
	if err != nil {
		return nil, nil, nil, err
	}
	defer discard(resp.Body)
	data, err := c.read(resp)
	if err != nil {
		return nil, nil, nil, c.unusable(current, resp, data, err)
	}
	if op.refused != nil && op.refused(data) {
		resp.Body = io.NopCloser(bytes.NewReader(data))
		return nil, nil, nil, c.failure(current, resp, nil)
	}
	return data, resp, current, nil
}

// unusable is the failure of a call whose answer came and is no good, with the beginning of it.
func (c *Client) unusable(current *call, resp *http.Response, data []byte, err error) *secureaccess.Error {
	failure := c.failure(current, resp, err)
	failure.Body = excerpt(data, current.secrets)
	return failure
}

// Send carries out op for its effect and ignores what is answered beside success.
func Send(ctx context.Context, c *Client, op *Op) error {
	resp, _, err := c.send(ctx, op)
	if err != nil {
		return err
	}
	discard(resp.Body)
	return nil
}

// Text carries out op and returns the body of the answer and its media type as they are, within the limit of JSON
// answers.
func Text(ctx context.Context, c *Client, op *Op) (body []byte, mediaType string, err error) {
	data, resp, _, err := c.receive(ctx, op)
	if err != nil {
		return nil, "", err
	}
	return data, mediaTypeOf(resp.Header), nil
}

// Fetch carries out op and returns the body of the answer as a stream, as long as it may be. The caller closes it. It
// asks for the content as it is: what net/http decompresses on the way has no known size, and is not what a digest
// was made of.
func Fetch(ctx context.Context, c *Client, op *Op) (*secureaccess.Download, error) {
	if op.header.Get("Accept-Encoding") == "" {
		op.Header("Accept-Encoding", "identity")
	}
	resp, current, err := c.send(ctx, op)
	if err != nil {
		return nil, err
	}
	if op.refused != nil && op.refused(Peek(resp, peekSize)) {
		return nil, c.failure(current, resp, nil)
	}
	return &secureaccess.Download{
		ReadCloser:  &stream{ReadCloser: resp.Body, client: c, call: current, resp: resp},
		Size:        resp.ContentLength,
		ContentType: mediaTypeOf(resp.Header),
		Name:        proposedName(resp.Header),
	}, nil
}

// Header carries out op and returns the status and the header of the answer.
func Header(ctx context.Context, c *Client, op *Op) (int, http.Header, error) {
	resp, _, err := c.send(ctx, op)
	if err != nil {
		return 0, nil, err
	}
	discard(resp.Body)
	return resp.StatusCode, resp.Header, nil
}

// stream names the operation in the errors of a body that is read by the caller.
type stream struct {
	io.ReadCloser
	client *Client
	call   *call
	resp   *http.Response
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = s.client.failure(s.call, s.resp, err)
	}
	return n, err
}

func mediaTypeOf(header http.Header) string {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		mediaType, _, _ = strings.Cut(header.Get("Content-Type"), ";")
		mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	}
	return mediaType
}

// proposedName returns the file name of Content-Disposition, cut down to its last element, without colons, which name
// drives and streams on Windows, and control characters.
func proposedName(header http.Header) string {
	_, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return ""
	}
	switch name := fileName(params["filename"]); name {
	case ".", "..":
		return ""
	default:
		return strings.Map(func(r rune) rune {
			if r == ':' || unicode.IsControl(r) {
				return '_'
			}
			return r
		}, name)
	}
}
