package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"reflect"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Generic carries out an operation that has no typed method. out is nil for an operation that is called for its effect,
// a pointer for what is decoded, a *json.RawMessage for JSON as it came, a **secureaccess.Download for content, or a
// *secureaccess.Redirect for a redirect that is not followed.
func Generic(ctx context.Context, c *Client, r secureaccess.Request, out any) error {
	op := newOp(http.MethodGet, r.Path, r.Args)
	if r.Method != "" {
		op.method = strings.ToUpper(r.Method)
	}
	op.checkPath(r.Path, len(r.Args))
	op.checkOut(out)
	if strings.Trim(op.method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		op.refuse("Method", "is not the name of a method")
	}
	if r.Body != nil && r.Content != nil {
		op.refuse("Body", "and Content are both set")
	}
	op.values, op.only, op.foreignType = r.Query, r.Status, true
	op.setHeader(r.Header)
	if r.Accept != "" {
		op.accept = r.Accept
	}
	switch r.Repeat {
	case secureaccess.RepeatAlways:
		op.repeat = always
	case secureaccess.RepeatNever:
		op.repeat = never
	}
	if r.Body != nil {
		op.JSON(r.Body)
	}
	if r.Content != nil {
		op.Upload(orDefault(r.ContentType, "application/octet-stream"), *r.Content)
	}
	switch into := out.(type) {
	case nil:
		return Send(ctx, c, op)
	case **secureaccess.Download:
		if r.Accept == "" {
			op.accept = "*/*"
		}
		download, err := Fetch(ctx, c, op)
		if err == nil {
			*into = download
		}
		return err
	case *secureaccess.Redirect:
		if len(op.only) == 0 {
			op.only = []int{http.StatusFound, http.StatusSeeOther}
		}
		redirect, err := Redirect(ctx, c, op)
		if err == nil {
			*into = *redirect
		}
		return err
	case *json.RawMessage:
		return c.raw(ctx, op, into)
	}
	return c.into(ctx, op, out)
}

// checkOut refuses what can hold no result.
func (o *Op) checkOut(out any) {
	switch v := reflect.ValueOf(out); {
	case out == nil:
	case v.Kind() != reflect.Pointer:
		o.refuse("out", "is not a pointer")
	case v.IsNil():
		o.refuse("out", "is a nil pointer")
	case v.Type() == reflect.TypeFor[*secureaccess.Download]():
		o.refuse("out", "is a *Download; pass a **Download")
	default:
		o.bareList = v.Elem().Kind() == reflect.Slice // who passes a list asks for one
	}
}

// checkPath refuses a template that is none, or has another number of parameters.
func (o *Op) checkPath(path string, args int) {
	if !strings.HasPrefix(path, "/") {
		o.refuse("Path", "does not begin with a slash")
	}
	if strings.ContainsAny(path, "?#") {
		o.refuse("Path", "holds a query or a fragment; pass a query as such")
	}
	n := len(parameters(path))
	if strings.Count(path, "{") != n || strings.Count(path, "}") != n {
		o.refuse("Path", "has a brace without its other half")
	}
	if n != args {
		o.refuse("Args", fmt.Sprintf("are %d for %d parameters of the path", args, n))
	}
}

func (o *Op) setHeader(header http.Header) {
	for name, values := range header {
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Authorization", "Cookie", "Host", "Proxy-Authorization":
			o.refuse("Header", "sets "+textproto.CanonicalMIMEHeaderKey(name)+", which is the client's business")
		}
		if o.header == nil {
			o.header = http.Header{}
		}
		for _, value := range values {
			o.header.Add(name, value)
		}
	}
}

// raw carries out op and returns what came if it is JSON.
func (c *Client) raw(ctx context.Context, op *Op, into *json.RawMessage) error {
	current, resp, err := c.receive(ctx, op)
	if err != nil {
		return err
	}
	defer current.release()
	if current.gone {
		return nil
	}
	if !json.Valid(current.data()) {
		return current.failure(resp, fmt.Errorf("%w: it is not JSON", secureaccess.ErrBadResponse))
	}
	*into = append(json.RawMessage(nil), current.data()...)
	return nil
}

// into carries out op and decodes the response into out, a pointer.
func (c *Client) into(ctx context.Context, op *Op, out any) error {
	current, resp, err := c.receive(ctx, op)
	if err != nil {
		return err
	}
	defer current.release()
	if current.gone {
		return nil
	}
	if err := current.decode(resp, out); err != nil {
		return current.failure(resp, err)
	}
	return nil
}
