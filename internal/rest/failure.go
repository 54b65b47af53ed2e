package rest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/redact"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

const (
	excerptSize = 8 << 10 // what an error keeps of a response
	lineSize    = 1 << 10 // and of each text in it
	hostSize    = 300     // a host name has at most 253 bytes
	refusalTime = 10 * time.Second
)

// failure makes the error of a call. With err it is about err, else about the response, whose body it reads and closes.
func (c *call) failure(resp *http.Response, err error) *secureaccess.Error {
	e := &secureaccess.Error{Operation: c.operation(), Object: c.line(c.op.object), Attempts: int(c.attempts.Load()), Host: c.host(resp, err)}
	if err != nil {
		e.Err = cause(err)
		if signIn, ok := errors.AsType[*secureaccess.Error](e.Err); ok {
			e.Err = signIn
			e.Status, e.Code, e.Messages = signIn.Status, signIn.Code, signIn.Messages
			e.RetryAfter, e.RequestID = signIn.RetryAfter, signIn.RequestID
			return e
		}
	}
	if resp == nil {
		c.overBudget(e)
		return e
	}
	e.Status, e.RequestID = resp.StatusCode, c.line(requestID(resp.Header))
	e.RetryAfter, _ = retryAfter(resp.Header, c.client.settings.Clock.Now())
	if err != nil {
		if c.body != nil && !c.op.secret {
			e.Body = c.known().RedactBytes(c.data(), excerptSize)
		}
		c.overBudget(e)
		return e
	}
	data := refusalBody(resp.Body)
	if resp.StatusCode/100 == 3 {
		e.Err = secureaccess.ErrRedirectRefused
	}
	if c.client.decode != nil {
		// What a product makes of the body ends up in errors of its own, which nobody redacts after this.
		c.client.decode(e, resp.Header, c.known().RedactBytes(data, refusalSize))
	}
	e.Messages = c.sentences(e.Messages)
	e.Code = secureaccess.Code(c.line(string(e.Code)))
	e.Object, e.RequestID = c.line(e.Object), c.line(e.RequestID)
	if !c.op.secret || resp.StatusCode/100 != 2 {
		e.Body = c.known().RedactBytes(data, excerptSize)
	}
	c.overBudget(e)
	return e
}

// overBudget says that the call failed where a retry could have helped.
func (c *call) overBudget(e *secureaccess.Error) {
	if c.spent {
		e.Err = &budgetError{e.Err}
	}
}

// budgetError is a failure that was not retried because the client's budget for that is spent.
type budgetError struct{ cause error }

func (e *budgetError) Error() string {
	if e.cause == nil {
		return secureaccess.ErrRetryBudget.Error()
	}
	return e.cause.Error() + "; " + secureaccess.ErrRetryBudget.Error()
}
func (e *budgetError) Unwrap() error        { return e.cause }
func (e *budgetError) Is(target error) bool { return target == secureaccess.ErrRetryBudget }

// refusalBody reads the body of a response that is a refusal, within limits of size and time, and closes it.
func refusalBody(body io.ReadCloser) []byte {
	body = expiring(body)
	defer func() { _ = body.Close() }()
	data, _ := io.ReadAll(io.LimitReader(body, refusalSize))
	return data
}

// expiring closes the body of a refusal after a while, whether it is silent or never ends. An idle limit would let it
// go on with a byte now and then.
func expiring(body io.ReadCloser) io.ReadCloser {
	if _, already := body.(*expiringBody); already || body == http.NoBody {
		return body
	}
	return &expiringBody{body, time.AfterFunc(refusalTime, func() { _ = body.Close() })}
}

type expiringBody struct {
	io.ReadCloser
	timer *time.Timer
}

func (b *expiringBody) Close() error {
	b.timer.Stop()
	return b.ReadCloser.Close()
}

// guard limits the time that may be spent on the body of a response, for layers below that look at it.
func (c *call) guard(resp *http.Response) {
	switch {
	case !c.op.succeeded(resp.StatusCode):
		resp.Body = expiring(resp.Body)
	case c.whole:
		resp.Body = transport.Bound(resp.Body, c.client.settings.BodyIdleTimeout)
	}
}

// host is where the request that failed went: elsewhere than the call began when it was redirected, or when the API has
// moved.
func (c *call) host(resp *http.Response, err error) string {
	host := ""
	if c.request.Request != nil {
		host = c.url.Host
		if failed, ok := errors.AsType[*url.Error](err); ok {
			if u, err := url.Parse(failed.URL); err == nil {
				host = u.Host
			}
		}
		if c.movedTo != "" && host == c.url.Host {
			host = c.movedTo
		}
	}
	if resp != nil && resp.Request != nil && resp.Request.URL != nil {
		host = resp.Request.URL.Host
	}
	if host == c.url.Host {
		return redact.Line(host, hostSize)
	}
	return c.known().Line(host, hostSize) // the server chose it
}

// Line makes one bounded line of a text of the server's, for errors that a product makes itself.
func Line(text string) string { return redact.Line(text, lineSize) }

// line makes one bounded line of a text of the server's, without the secrets of the call.
func (c *call) line(text string) string {
	if text == "" {
		return ""
	}
	return c.known().Line(text, lineSize)
}

// sentences keeps what a server said for an error: redacted, a line each, and no more of it than of the body.
func (c *call) sentences(messages []string) []string {
	left := excerptSize
	for i, message := range messages {
		message = c.line(message)
		if left -= len(message); left < 0 {
			return messages[:i]
		}
		messages[i] = message
	}
	return messages
}

// cause takes net/http's wrapping off an error, which quotes the URL with its query. What is below it is in our words:
// the transport saw to that.
func cause(err error) error {
	for {
		wrapped, ok := err.(*url.Error)
		if !ok {
			return err
		}
		err = wrapped.Err
	}
}

// Peek returns the beginning of a response's body, at most n bytes, and leaves the whole body to be read. A body whose
// beginning does not come within 10 seconds fails when it is read further.
func Peek(resp *http.Response, n int64) []byte {
	return replayed(resp, func(body io.ReadCloser) ([]byte, error) { return transport.ReadWithin(body, n, refusalTime) })
}

// peekForLong is Peek for content, which may keep its reader waiting.
func peekForLong(resp *http.Response, n int64) []byte {
	return replayed(resp, func(body io.ReadCloser) ([]byte, error) { return io.ReadAll(io.LimitReader(body, n)) })
}

// replayed reads the beginning of a response's body and leaves the whole to be read.
func replayed(resp *http.Response, read func(io.ReadCloser) ([]byte, error)) []byte {
	head, err := read(resp.Body)
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failingReader{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), rest), resp.Body}
	return head
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// requestID returns the name that the server, or what stands before it, gave the request.
func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id", "X-Amzn-Requestid", "Apigw-Requestid", "Cf-Ray"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// publicHeader is a header without what authenticates, and without the secrets of the call.
func (c *call) publicHeader(header http.Header) http.Header {
	h := header.Clone()
	for _, name := range []string{"Set-Cookie", "Authorization", "Www-Authenticate", "Server-Authorization", "Location", "Authentication-Info"} {
		h.Del(name)
	}
	for _, values := range h {
		for i := range values {
			values[i] = c.line(values[i])
		}
	}
	return h
}

// mediaTypeOf returns the media type of a response, without parameters.
func mediaTypeOf(header http.Header) string {
	mediaType, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}
