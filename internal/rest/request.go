package rest

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// prepare builds the request of the call.
func (c *call) prepare() error {
	op, client := c.op, c.client
	if op.err != nil {
		return op.err
	}
	if op.body != nil && op.body.once && client.settings.Retry.RequireRepeatable {
		return &secureaccess.ArgumentError{Argument: "content", Reason: "must be a Seeker under this retry policy", Err: secureaccess.ErrNotRepeatable}
	}
	if err := c.Err(); err != nil {
		return err
	}
	var err error
	if c.rawQuery, err = op.rawQuery(); err != nil {
		return err
	}
	if op.link == "" {
		if c.path, err = expand(client.product, client.prefix+op.template, op.args, op.segments, client.dots); err != nil {
			return err
		}
	}
	base, err := client.base(c)
	if err != nil {
		return err
	}
	if op.link == "" {
		err = place(&c.url, base, c.path, c.rawQuery)
	} else {
		err = c.follow(base)
	}
	if err != nil {
		return err
	}
	c.build()
	return nil
}

// place makes u the URL of an escaped path below a base.
func place(u, base *url.URL, path, rawQuery string) error {
	*u = *base
	escaped := path
	if base.Path != "" {
		escaped = base.EscapedPath() + path
	}
	u.Path, u.RawPath, u.RawQuery = escaped, "", rawQuery
	if strings.IndexByte(escaped, '%') >= 0 {
		decoded, err := url.PathUnescape(escaped)
		if err != nil {
			return &secureaccess.ArgumentError{Argument: "path", Reason: "is not escaped as URLs are"}
		}
		u.Path, u.RawPath = decoded, escaped
	} else if u.EscapedPath() != escaped {
		u.RawPath = escaped
	}
	return nil
}

// retarget points a request of the call at another base, to which the product has moved.
func (c *call) retarget(req *http.Request, base *url.URL) error {
	if req.URL.Scheme == "https" && base.Scheme != "https" {
		return &linkError{"is not https"}
	}
	if c.op.link != "" {
		return nil
	}
	u := new(url.URL)
	if err := place(u, base, c.path, c.rawQuery); err != nil {
		return err
	}
	req.URL, req.Host = u, u.Host
	c.movedTo = u.Host
	return nil
}

// build fills in the request, whose URL is known. The body is opened for each attempt.
func (c *call) build() {
	op := c.op
	header := c.client.header
	if !c.client.copies || op.accept != mediaJSON || len(op.header) > 0 || op.body != nil {
		header = ownHeader(c.client.header, op)
	}
	c.request.Request = (&http.Request{
		Method:     op.method,
		URL:        &c.url,
		Host:       c.url.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     header,
	}).WithContext(c)
	b := op.body
	if b == nil {
		return
	}
	if b.contentType != "" {
		header["Content-Type"] = []string{b.contentType}
	}
	if b.encoding != "" {
		header["Content-Encoding"] = []string{b.encoding}
	}
	open := b.open
	if b.size == 0 {
		open = func() (io.Reader, error) { return http.NoBody, nil }
	}
	if b.waits {
		// net/http waits for the reader, whatever the context says.
		source := open
		open = func() (io.Reader, error) {
			reader, err := source()
			if err != nil {
				return nil, err
			}
			return transport.NewUpload(c, reader), nil
		}
	}
	// The library opens the body once more than it sends it, to ask for a length that we set ourselves: that first time
	// is given nothing to open.
	first := true
	_ = c.request.SetBody(retryablehttp.ReaderFunc(func() (io.Reader, error) {
		if first {
			first = false
			return http.NoBody, nil
		}
		return open()
	}))
	c.request.ContentLength = b.size
}

// ownHeader returns a header for one request: that of every request of the client, with what op adds.
func ownHeader(common http.Header, op *Op) http.Header {
	header := make(http.Header, len(common)+len(op.header)+2)
	for name, values := range common {
		header[name] = values
	}
	switch op.accept {
	case mediaJSON:
		header["Accept"] = acceptJSON
	case "":
		delete(header, "Accept")
	default:
		header["Accept"] = []string{op.accept}
	}
	for name, values := range op.header {
		header[name] = values
	}
	return header
}

const mediaJSON = "application/json"

var acceptJSON = []string{mediaJSON}

// follow makes the URL of the request that of a link that the server gave.
func (c *call) follow(base *url.URL) error {
	op := c.op
	link, err := url.Parse(op.link)
	if err != nil || link.User != nil {
		return &linkError{"is not a URL to follow"}
	}
	u := base.ResolveReference(link)
	if u.Host == "" {
		return &linkError{"is not a URL to follow"}
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = queryEscapes.Replace(u.RawQuery) // as browsers do; net/http would send them as they are
	if c.rawQuery != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += c.rawQuery
	}
	switch {
	case SameOrigin(u, base):
	case !op.foreign:
		return &linkError{"leads to another origin"}
	case u.Scheme != "https" && (base.Scheme == "https" || u.Scheme != "http" || !c.client.settings.AllowHTTP && !isLoopback(u.Hostname())):
		return &linkError{"is not https"}
	}
	c.url = *u
	return nil
}

var queryEscapes = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E")

// linkError is a link of the server's that is not followed.
type linkError struct{ reason string }

func (e *linkError) Error() string        { return "the link in the response " + e.reason }
func (e *linkError) Is(target error) bool { return target == secureaccess.ErrRedirectRefused }
func (e *linkError) Permanent() bool      { return true }
