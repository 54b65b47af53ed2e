package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

const (
	refusalSize = 1 << 20         // what is read of a refusal to decode it: half an object says nothing
	drainSize   = 64 << 10        // what is read of an unwanted body so that its connection can be used again
	drainTime   = 2 * time.Second // and for how long
)

// Do carries out op and decodes the response as JSON. A response without a body gives the zero T where [Op.MayBeEmpty]
// allows it, else an error.
func Do[T any](ctx context.Context, c *Client, op *Op) (*T, error) {
	return Checked[T](ctx, c, op, nil)
}

// Checked is Do for a result that may be unusable although it has the documented shape, such as credentials that cannot
// be sent. check is given the result and the header of the response; its error makes the call fail with
// [secureaccess.ErrBadResponse].
func Checked[T any](ctx context.Context, c *Client, op *Op, check func(result *T, header http.Header) error) (*T, error) {
	current, resp, err := c.receive(ctx, op)
	if err != nil {
		return nil, err
	}
	defer current.release()
	result := new(T)
	if current.gone {
		return result, nil
	}
	err = current.decode(resp, result)
	if err == nil && check != nil {
		if err = check(result, resp.Header); err != nil {
			err = fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err)
		}
	}
	if err != nil {
		return nil, current.failure(resp, err)
	}
	return result, nil
}

// receive carries out op and reads the whole response, whose body is in the call. The caller releases it.
func (c *Client) receive(ctx context.Context, op *Op) (*call, *http.Response, error) {
	current, err := c.begin(ctx, op)
	if err != nil {
		return nil, nil, err
	}
	current.whole = true
	resp, err := current.send()
	if err != nil {
		current.release()
		return nil, nil, err
	}
	if current.refused(current.data()) {
		resp.Body = io.NopCloser(bytes.NewReader(current.data()))
		err := current.failure(resp, nil)
		current.release()
		return nil, nil, err
	}
	return current, resp, nil
}

// refused reports whether a body is a refusal in spite of a good status.
func (c *call) refused(body []byte) bool {
	return c.op.refusedIf != nil && c.op.refusedIf(body) || c.client.refusedIf != nil && c.client.refusedIf(body)
}

// read reads the body of a response whole, within the limits of size and silence.
func (c *call) read(resp *http.Response) error {
	limits := c.client.settings
	body := transport.Bound(resp.Body, limits.BodyIdleTimeout)
	c.release()
	buffer, err := json.Read(body, limits.MaxResponseSize)
	c.body = buffer
	_ = body.Close()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, json.ErrTooLarge):
		return fmt.Errorf("%w: more than %d bytes", secureaccess.ErrResponseTooLarge, limits.MaxResponseSize)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err // nothing is wrong with the response
	}
	return &brokenBody{transport.Classify(c, err)}
}

// brokenBody is a body that did not come to its end.
type brokenBody struct{ cause error }

func (e *brokenBody) Error() string        { return "the response broke off: " + e.cause.Error() }
func (e *brokenBody) Unwrap() error        { return e.cause }
func (e *brokenBody) Is(target error) bool { return target == secureaccess.ErrBadResponse }
func (e *brokenBody) Permanent() bool      { return false }

// decode reads what came into result, a pointer.
func (c *call) decode(resp *http.Response, result any) error {
	data, op := c.data(), c.op
	if len(bytes.TrimSpace(data)) == 0 {
		if op.empty || (op.noContent || op.method == http.MethodDelete) && resp.StatusCode == http.StatusNoContent {
			return nil // what was to be removed is removed
		}
		return fmt.Errorf("%w: the body is empty", secureaccess.ErrBadResponse)
	}
	var options []json.Option
	if c.client.lenient {
		options = append(options, json.OneAsList)
	}
	if op.foreignType {
		options = append(options, json.Foreign)
	}
	into := result
	if op.bareList {
		into = listIn(result, data)
	}
	unread, err := json.Unmarshal(data, into, json.Limits{MaxItems: c.client.settings.MaxItems}, options...)
	if c.capture != nil {
		shown := slices.Clone(unread)
		for i, name := range shown {
			shown[i] = c.line(name)
		}
		c.capture.Unread = shown
	}
	if list := unreadList(into, unread); err == nil && list != "" {
		return fmt.Errorf("%w: its list at %s cannot be read", secureaccess.ErrBadResponse, list)
	}
	if err == nil && !op.anyShape {
		shape := json.Shape{EmptyObject: op.emptyObject, BareArray: op.bareList, AnyItems: op.anyItems, Required: op.required, Unread: unread}
		err = shape.Check(data, into, options...)
	}
	switch {
	case err == nil:
		if op.keep != nil {
			*op.keep = bytes.Clone(data)
		}
		return nil
	case op.empty && errors.Is(err, json.ErrNull):
		return nil
	case errors.Is(err, json.ErrTooManyItems), errors.Is(err, json.ErrTooDeep):
		return fmt.Errorf("%w: %w", secureaccess.ErrResponseTooLarge, err)
	}
	if mediaType := mediaTypeOf(resp.Header); mediaType != "" && !strings.Contains(mediaType, "json") && errors.Is(err, json.ErrSyntax) {
		return fmt.Errorf("%w: it is %s, not JSON", secureaccess.ErrBadResponse, c.line(mediaType))
	}
	return fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err)
}

// unreadList returns the first list of an envelope that is none, of the members that could not be read: left zero it
// would pass for an empty list.
func unreadList(result any, unread []string) string {
	t := reflect.TypeOf(result).Elem()
	if len(unread) == 0 || t.Kind() != reflect.Struct {
		return ""
	}
	for _, field := range reflect.VisibleFields(t) {
		if field.Type.Kind() != reflect.Slice {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		for _, name := range append(strings.Split(field.Tag.Get("alias"), ","), name) {
			if name != "" && slices.Contains(unread, "/"+name) {
				return "/" + name
			}
		}
	}
	return ""
}

// listIn returns where a list without its envelope is read into: the first list of the envelope.
func listIn(result any, data []byte) any {
	v := reflect.ValueOf(result).Elem()
	if json.KindOf(data) != '[' || v.Kind() != reflect.Struct {
		return result
	}
	for i := range v.NumField() {
		if field := v.Field(i); field.Kind() == reflect.Slice && v.Type().Field(i).IsExported() {
			return field.Addr().Interface()
		}
	}
	return result
}

// Send carries out op for its effect and ignores what is said beside success. A page is no success: it means that
// something in between, such as a sign-in, took the request.
func Send(ctx context.Context, c *Client, op *Op) error {
	current, resp, err := c.receive(ctx, op)
	if err != nil {
		return err
	}
	defer current.release()
	if isPage(resp.Header, current.data()) {
		return current.failure(resp, errPage)
	}
	return nil
}

var errPage = fmt.Errorf("%w: it is an HTML page", secureaccess.ErrBadResponse)

// isPage reports whether a response is an HTML page, by its type or its beginning.
func isPage(header http.Header, data []byte) bool {
	switch mediaTypeOf(header) {
	case "text/html", "application/xhtml+xml":
		return len(bytes.TrimSpace(data)) > 0
	}
	return json.IsHTML(data)
}

// Text carries out op and returns the body of the response as it is, within the limit of JSON responses.
func Text(ctx context.Context, c *Client, op *Op) ([]byte, error) {
	current, _, err := c.receive(ctx, op)
	if err != nil {
		return nil, err
	}
	defer current.release()
	return bytes.Clone(current.data()), nil
}

// Header carries out op and returns the status and the header of the response.
func Header(ctx context.Context, c *Client, op *Op) (int, http.Header, error) {
	current, err := c.begin(ctx, op)
	if err != nil {
		return 0, nil, err
	}
	resp, err := current.send()
	if err != nil {
		return 0, nil, err
	}
	current.discard(resp)
	return resp.StatusCode, resp.Header, nil
}

// Redirect carries out an operation whose documented result is a redirect, and returns it without following it. Where
// [Op.Only] allows another status, that may come without a location.
func Redirect(ctx context.Context, c *Client, op *Op) (*secureaccess.Redirect, error) {
	op.redirects = true
	current, err := c.begin(ctx, op)
	if err != nil {
		return nil, err
	}
	resp, err := current.send()
	if err != nil {
		return nil, err
	}
	defer current.discard(resp)
	redirect := &secureaccess.Redirect{Status: resp.StatusCode}
	if location := resp.Header.Get("Location"); location != "" {
		from := &current.url
		if resp.Request != nil && resp.Request.URL != nil {
			from = resp.Request.URL
		}
		redirect.Location = leadsTo(from, location, true)
	}
	if redirect.Location == "" && resp.StatusCode/100 == 3 {
		return nil, current.failure(resp, fmt.Errorf("%w: it names no location", secureaccess.ErrBadResponse))
	}
	return redirect, nil
}

// discard closes a body, after reading so much of it that its connection can serve again, but not for long.
func (c *call) discard(resp *http.Response) { transport.Drain(resp.Body, drainSize, drainTime) }
