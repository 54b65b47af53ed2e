// Package rest carries out one HTTP operation: from a path template to a typed result or a typed error, with retries,
// authentication, paging and polling in between. The product packages are written in its terms.
package rest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-querystring/query"

	"github.com/secureaccess-go/secureaccess"
)

// Op is one operation about to be carried out. It is built by the functions named after HTTP methods and the methods
// below, and used once.
type Op struct {
	method   string
	template string              // the documented path, letter for letter
	args     []string            // values of its parameters in order
	segments map[string][]string // values of parameters that stand for several segments
	link     string              // URL given by the server, in place of template and args
	foreign  bool                // link may lead to another origin
	options  any
	values   url.Values
	tail     []string // encoded parameters that keep their order
	header   http.Header
	accept   string
	body     *body
	err      error // why it is not sent
	repeat   repeat
	empty    bool
	statuses []int
	refused  func(body []byte) bool
	only     []int
	secrets  []string
}

// repeat says what a retry may do with an operation.
type repeat int

const (
	byMethod repeat = iota // as the method has it
	always                 // documented as safe to repeat
	never                  // costs money, or worse
)

// GET begins a GET; args are the values of the template's parameters, in order, one segment each.
func GET(template string, args ...string) *Op { return newOp(http.MethodGet, template, args) }

// HEAD begins a HEAD.
func HEAD(template string, args ...string) *Op { return newOp(http.MethodHead, template, args) }

// POST begins a POST.
func POST(template string, args ...string) *Op { return newOp(http.MethodPost, template, args) }

// PUT begins a PUT.
func PUT(template string, args ...string) *Op { return newOp(http.MethodPut, template, args) }

// DELETE begins a DELETE.
func DELETE(template string, args ...string) *Op { return newOp(http.MethodDelete, template, args) }

func newOp(method, template string, args []string) *Op {
	return &Op{method: method, template: template, args: args, accept: "application/json"}
}

// Segments gives the parameter name several path segments, each escaped by itself. Such parameters are not counted
// among args.
func (o *Op) Segments(name string, segments ...string) *Op {
	if len(segments) == 0 {
		return o.refuse(name, "is empty")
	}
	if o.segments == nil {
		o.segments = map[string][]string{}
	}
	o.segments[name] = segments
	return o
}

// Follow sends the operation to a link that the server gave, relative or absolute, which must lead to the origin of
// the client. The template stays its name.
func (o *Op) Follow(link string) *Op {
	o.link = link
	if link == "" {
		return o.refuse("link", "is empty")
	}
	return o
}

// FollowAnywhere is Follow for links to content that may be kept elsewhere. Credentials do not go there.
func (o *Op) FollowAnywhere(link string) *Op {
	o.foreign = true
	return o.Follow(link)
}

// Query adds the query of options, a struct with url tags or nil.
func (o *Op) Query(options any) *Op {
	o.options = options
	return o
}

// Param adds one query parameter, unless value is empty.
func (o *Op) Param(name, value string) *Op {
	if value == "" {
		return o
	}
	if o.values == nil {
		o.values = url.Values{}
	}
	o.values.Set(name, value)
	return o
}

// Flag adds a query parameter without a value: "?all".
func (o *Op) Flag(name string) *Op {
	o.tail = append(o.tail, url.QueryEscape(name))
	return o
}

// Append adds one query parameter behind those of Query and Param, which are sorted: where the server reads a meaning
// into the order.
func (o *Op) Append(name, value string) *Op {
	o.tail = append(o.tail, url.QueryEscape(name)+"="+url.QueryEscape(value))
	return o
}

// Header sets a header.
func (o *Op) Header(name, value string) *Op {
	if o.header == nil {
		o.header = http.Header{}
	}
	o.header.Set(name, value)
	return o
}

// Accept replaces the Accept header, application/json by default; "" leaves it out.
func (o *Op) Accept(mediaType string) *Op {
	o.accept = mediaType
	return o
}

// MayBeEmpty allows an answer without a body, such as a documented 204; the result is then the zero value.
func (o *Op) MayBeEmpty() *Op {
	o.empty = true
	return o
}

// Statuses makes answers outside 2xx successes too.
func (o *Op) Statuses(statuses ...int) *Op {
	o.statuses = append(o.statuses, statuses...)
	return o
}

// Only makes these statuses the only successes, where a product reports failures with another 2xx.
func (o *Op) Only(statuses ...int) *Op {
	o.only = append(o.only, statuses...)
	return o
}

// RefusedIf makes an answer with a good status a failure all the same, where refused says so of its body: some
// products refuse with 200. [Do] and [Text] show it the whole body, [Fetch] the beginning.
func (o *Op) RefusedIf(refused func(body []byte) bool) *Op {
	o.refused = refused
	return o
}

// Repeatable marks an operation as safe to repeat whatever its method.
func (o *Op) Repeatable() *Op {
	o.repeat = always
	return o
}

// Once marks an operation that no retry may repeat.
func (o *Op) Once() *Op {
	o.repeat = never
	return o
}

// Conceal names a value that the request carries and that must not come back in an error.
func (o *Op) Conceal(secrets ...secureaccess.Secret) *Op {
	for _, s := range secrets {
		o.secrets = append(o.secrets, s.Reveal())
	}
	return o
}

// Refuse makes the operation fail before anything is sent, if err is not nil. Methods check their arguments with it.
func (o *Op) Refuse(err error) *Op {
	if err != nil && o.err == nil {
		o.err = err
	}
	return o
}

func (o *Op) refuse(argument, reason string) *Op {
	return o.Refuse(&secureaccess.ArgumentError{Argument: argument, Reason: reason})
}

// Require refuses the operation when the argument is empty.
func (o *Op) Require(argument, value string) *Op {
	if value == "" {
		return o.refuse(argument, "is empty")
	}
	return o
}

// OneOf refuses the operation when value is set and none of the allowed.
func OneOf[S ~string](o *Op, argument string, value S, allowed ...S) *Op {
	if value == "" {
		return o
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		if a == value {
			return o
		}
		names[i] = string(a)
	}
	return o.refuse(argument, "is none of "+strings.Join(names, ", "))
}

// Between refuses the operation when value is outside the documented range.
func Between[N ~int | ~int64](o *Op, argument string, value, low, high N) *Op {
	if value < low || value > high {
		return o.Refuse(&secureaccess.ArgumentError{Argument: argument, Reason: rangeText(int64(low), int64(high))})
	}
	return o
}

// rawQuery encodes the options and the single parameters.
func (o *Op) rawQuery() (string, error) {
	values := o.values
	if o.options != nil {
		var err error
		if values, err = query.Values(o.options); err != nil {
			return "", &secureaccess.ArgumentError{Argument: "options", Reason: "cannot be encoded", Err: err}
		}
		for name, list := range o.values {
			values[name] = list
		}
	}
	encoded := values.Encode()
	for _, parameter := range o.tail {
		if encoded != "" {
			encoded += "&"
		}
		encoded += parameter
	}
	return encoded, nil
}
