// Package rest carries out one HTTP operation: from a path template to a typed result or a typed error, with retries,
// authentication, paging and polling in between. The product packages are written in its terms.
package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

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
	object   string              // what the operation is about, where the template does not say
	options  any
	values   url.Values
	tail     []string // encoded parameters that keep their order
	header   http.Header
	accept   string
	body     *body
	err      error // why it is not sent
	secrets  []string
	sum      *Sum // what the content of the response is compared with

	// What counts as success, and what it has to look like.
	statuses  []int
	only      []int
	required  []string
	refusedIf func(body []byte) bool
	keep      *[]byte // where the body goes that is decoded

	// Small ones together, since every call has an Op.
	repeat      repeat
	remove      bool
	onlyAsks    bool // it removes nothing, in spite of its method
	foreign     bool // link may lead to another origin
	redirects   bool
	empty       bool
	noContent   bool
	emptyObject bool
	bareList    bool
	foreignType bool // the type of the result is not one of ours
	anyItems    bool // an item of its list may have no known member
	anyShape    bool // whatever decodes is what was asked for
	secret      bool // the response holds credentials
}

// repeat says what a retry may do with an operation.
type repeat uint8

const (
	byMethod  repeat = iota // as the method has it
	always                  // documented as safe to repeat
	never                   // costs money, or worse
	untilSent               // as the method has it, and as long as the body did not go out whole
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

// Template returns the method and the template of the operation.
func (o *Op) Template() (method, template string) { return o.method, o.template }

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

// MayBeEmpty allows a response without a body, such as a documented 204; the result is then the zero value.
func (o *Op) MayBeEmpty() *Op {
	o.empty = true
	return o
}

// MayBeNoContent allows 204, which has no body, and no other response without one.
func (o *Op) MayBeNoContent() *Op {
	o.noContent = true
	return o
}

// MayBeEmptyObject allows {} where an object is expected: the operation documents it.
func (o *Op) MayBeEmptyObject() *Op {
	o.emptyObject = true
	return o
}

// MayBeBareList allows a JSON array where an object with a list in it is expected: the operation documents both.
func (o *Op) MayBeBareList() *Op {
	o.bareList = true
	return o
}

// AnyShape takes whatever decodes for what was asked for, where a product has responses without a fixed shape.
func (o *Op) AnyShape() *Op {
	o.anyShape = true
	return o
}

// Keep puts a copy of the body that is decoded into body, for models that write back what their fields cannot hold.
func (o *Op) Keep(body *[]byte) *Op {
	o.keep = body
	return o
}

// AnyItems allows items of a list without a known member, where the caller chooses the members.
func (o *Op) AnyItems() *Op {
	o.anyItems = true
	return o
}

// KnownBy names members that make a response what was asked for although errors have them too: "message", "code".
func (o *Op) KnownBy(names ...string) *Op {
	o.required = append(o.required, names...)
	return o
}

// CallersType says that the type of the result is not one of ours: names are matched without regard to case, and an
// error of its own UnmarshalJSON is an error.
func (o *Op) CallersType() *Op {
	o.foreignType = true
	return o
}

// BringsSecrets says that the response holds credentials, so that no part of it may come into an error.
func (o *Op) BringsSecrets() *Op {
	o.secret = true
	return o
}

// About says in errors what the operation is about, where its template is a generic one.
func (o *Op) About(object string) *Op {
	o.object = object
	return o
}

// Removes says that the operation removes something although its method is not DELETE: when it is repeated after an
// attempt of unknown outcome, 404 means that it is done.
func (o *Op) Removes() *Op {
	o.remove = true
	return o
}

// RemovesNothing says that the operation only asks for something although its method is DELETE: when it is repeated, 404
// does not mean that it is done.
func (o *Op) RemovesNothing() *Op {
	o.onlyAsks = true
	return o
}

func (o *Op) removal() bool { return o.remove || o.method == http.MethodDelete && !o.onlyAsks }

// idempotent reports whether the operation may be sent again although the server may have carried it out.
func (o *Op) idempotent() bool {
	switch o.method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return o.repeat != never
	}
	return o.repeat == always
}

func (o *Op) succeeded(status int) bool {
	if len(o.only) > 0 {
		return slices.Contains(o.only, status)
	}
	return status/100 == 2 || slices.Contains(o.statuses, status)
}

// Statuses makes responses outside 2xx successes too.
func (o *Op) Statuses(statuses ...int) *Op {
	o.statuses = append(o.statuses, statuses...)
	return o
}

// Only makes these statuses the only successes, where a product reports failures with another 2xx. With a redirect among
// them none is followed.
func (o *Op) Only(statuses ...int) *Op {
	o.only = append(o.only, statuses...)
	for _, status := range statuses {
		o.redirects = o.redirects || status/100 == 3
	}
	return o
}

// RefusedIf makes a response with a good status a failure all the same, where refused says so of its body: some
// products refuse with 200. [Do] and [Text] show it the whole body, [Fetch] the beginning.
func (o *Op) RefusedIf(refused func(body []byte) bool) *Op {
	o.refusedIf = refused
	return o
}

// Repeatable marks an operation as safe to repeat whatever its method.
func (o *Op) Repeatable() *Op {
	o.repeat = always
	return o
}

// RepeatableUntilSent marks an operation, whatever its method, as safe to repeat as long as no attempt has read its
// content to the end: the server cannot carry out a part of it.
func (o *Op) RepeatableUntilSent() *Op {
	o.repeat = untilSent
	return o
}

// cutShort ends the reading of the body by the attempt that is over, and reports whether the operation may be sent again
// because it had not come to the end.
func (o *Op) cutShort() bool {
	return o.repeat == untilSent && o.body != nil && o.body.cut != nil && o.body.cut()
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

// Refused returns why the operation is not going to be sent, for a method that sends another one before it.
func (o *Op) Refused() error { return o.err }

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

// RequireEach refuses the operation when there are no values, or an empty one among them.
func (o *Op) RequireEach(argument string, values []string) *Op {
	if len(values) == 0 {
		return o.refuse(argument, "is empty")
	}
	for i, value := range values {
		if value == "" {
			return o.refuse(argument+"["+strconv.Itoa(i)+"]", "is empty")
		}
	}
	return o
}

// Between refuses the operation when value is outside the documented range.
func Between[N ~int | ~int64](o *Op, argument string, value, low, high N) *Op {
	if value < low || value > high {
		return o.Refuse(&secureaccess.ArgumentError{Argument: argument, Reason: rangeText(int64(low), int64(high))})
	}
	return o
}
