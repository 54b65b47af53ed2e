package rest

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/redact"
)

// call is one operation under way. It is the context of its requests, which spares them a value of its own for each
// thing that the layers below want to know.
type call struct {
	context.Context // the caller's

	client   *Client
	op       *Op
	path     string // escaped, below the base; "" for a link
	rawQuery string
	request  retryablehttp.Request
	url      url.URL
	movedTo  string // the host that a session sent it to instead
	capture  *secureaccess.Exchange
	began    time.Time

	attempts   atomic.Int32
	redirected atomic.Bool // the next request follows a redirect
	retries    int
	pause      time.Duration
	spent      bool // the retry budget was
	unknown    bool // an attempt ended without telling whether it was carried out
	gone       bool // a repeated removal found nothing: it is done
	whole      bool // the body of a success is read within the attempt
	body       *json.Buffer
	secrets    redact.Secrets
	carried    [2]signedHeader // of the last requests, whose credentials become secrets when something fails
}

// Value returns the call itself under its key.
func (c *call) Value(key any) any {
	if key == (ctxkey.Call{}) {
		return c
	}
	return c.Context.Value(key)
}

// callOf returns the call that a request belongs to, nil for none.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(ctxkey.Call{}).(*call)
	return c
}

// Operation gives the operation to [secureaccess.OperationOf] and to the log.
func (c *call) Operation() (product, method, path string) {
	return c.client.product, c.op.method, c.client.prefix + c.op.template
}

func (c *call) operation() secureaccess.Operation {
	product, method, path := c.Operation()
	return secureaccess.Operation{Product: product, Method: method, Path: path}
}

// Attempt counts the attempt that begins. What a redirect leads to belongs to the attempt that was redirected.
func (c *call) Attempt() int {
	if c.redirected.Swap(false) {
		return int(c.attempts.Load())
	}
	return int(c.attempts.Add(1))
}

// Secrets are the values that must not come back in an error or a log.
func (c *call) Secrets() *redact.Secrets { return c.known() }

// Conceal names values that a layer below puts on a request, such as a token, and that must not come back in the error
// of its call.
func Conceal(ctx context.Context, secrets ...string) {
	if current := callOf(ctx); current != nil {
		current.secrets.Add(secrets...)
	}
}

// signedHeader is the header of a request before and after it was signed.
type signedHeader struct{ before, after http.Header }

// carry notes the header of a request that is signed. What is a secret in it is found out when it matters.
func (c *call) carry(before, after http.Header) {
	c.carried[0], c.carried[1] = c.carried[1], signedHeader{before, after}
}

// known returns the secrets of the call, among them what signed its requests.
func (c *call) known() *redact.Secrets {
	for i, header := range c.carried {
		c.carried[i] = signedHeader{}
		for name, values := range header.after {
			if slices.Equal(values, header.before[name]) {
				continue
			}
			for _, value := range values {
				c.concealValue(name, value)
			}
		}
	}
	return &c.secrets
}

// concealValue conceals the value of a header, also without its scheme, and those of cookies one by one.
func (c *call) concealValue(name, value string) {
	if name == "Cookie" {
		for pair := range strings.SplitSeq(value, ";") {
			_, secret, _ := strings.Cut(pair, "=")
			c.secrets.Add(secret, strings.Trim(secret, `"`))
		}
		return
	}
	c.secrets.Add(value)
	scheme, secret, ok := strings.Cut(value, " ")
	if !ok {
		return
	}
	c.secrets.Add(secret)
	if pair, err := base64.StdEncoding.DecodeString(secret); err == nil && strings.EqualFold(scheme, "Basic") {
		username, password, _ := strings.Cut(string(pair), ":")
		if password == "" {
			c.secrets.Add(username) // a key in the place of a user name
		}
		c.secrets.Add(password, string(pair))
	}
}

// begin starts the call of an operation. Nothing is sent yet.
func (c *Client) begin(ctx context.Context, op *Op) (*call, error) {
	current := &call{Context: ctx, client: c, op: op}
	if op.body != nil {
		current.secrets.Add(op.body.secrets...)
	}
	current.secrets.Add(op.secrets...)
	current.capture, _ = ctx.Value(ctxkey.Capture{}).(*secureaccess.Exchange)
	if current.capture != nil {
		*current.capture = secureaccess.Exchange{Operation: current.operation()}
	}
	if err := current.prepare(); err != nil {
		if argument, ok := err.(*secureaccess.ArgumentError); ok {
			named := *argument
			named.Operation = current.operation()
			return nil, &named
		}
		return nil, current.failure(nil, err)
	}
	return current, nil
}

// send carries out the call and returns the response with its body unread, or read into c.body where whole says so.
// The error is a *secureaccess.Error.
func (c *call) send() (*http.Response, error) {
	c.began = c.client.settings.Clock.Now()
	resp, err := c.client.retrier.Do(&c.request)
	if end := c.endOfUpload(); end != nil {
		if err != nil || c.whole {
			end()
		} else {
			resp.Body = &lastBody{resp.Body, end}
		}
	}
	if err != nil {
		if resp != nil {
			c.discard(resp)
		}
		err = c.failure(resp, err)
	} else if !c.op.succeeded(resp.StatusCode) && !c.gone {
		err = c.failure(resp, nil)
	}
	c.note(resp)
	if err != nil {
		return nil, err
	}
	c.client.budget.succeed()
	return resp, nil
}

// note fills what the caller wants captured.
func (c *call) note(resp *http.Response) {
	if c.capture == nil {
		return
	}
	c.capture.Attempts = int(c.attempts.Load())
	c.capture.Duration = c.client.settings.Clock.Now().Sub(c.began)
	if resp != nil {
		c.capture.Status = resp.StatusCode
		c.capture.Header = c.publicHeader(resp.Header)
		c.capture.RequestID = c.line(requestID(resp.Header))
	}
}

func (c *call) endOfUpload() func() {
	if c.op.body == nil {
		return nil
	}
	return c.op.body.end
}

// release gives back what was read.
func (c *call) release() {
	if c.body != nil {
		c.body.Release()
		c.body = nil
	}
}

// data is what was read of the response.
func (c *call) data() []byte {
	if c.body == nil {
		return nil
	}
	return c.body.Bytes()
}

// lastBody ends the reading of the request's body with that of the response's: until then the server may want the rest.
type lastBody struct {
	io.ReadCloser
	end func()
}

func (b *lastBody) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return err
}
