package secureaccess

import (
	"net/http"
	"net/url"
)

// Request is an operation that has no typed method yet, for the Do method of every client. It is authenticated,
// retried and decoded as any other, with the same errors, and never leaves the client's origin.
type Request struct {
	Method string   // "GET" by default
	Path   string   // template, as the vendor documents it: "/api/v1/things/{thing_id}"
	Args   []string // the values of the template's parameters in order, escaped and checked
	Query  url.Values

	// Header is added to the request. Authorization, Cookie and Host are refused: they are the client's business.
	Header http.Header

	Body    any     // sent as JSON, secrets included; nil for none
	Content *Upload // sent as it is read, in place of Body

	ContentType string // of Content; application/octet-stream by default
	Accept      string // application/json by default, for a *[Download] any
	Repeat      Repeat // what a retry may do
	Status      []int  // the only statuses that are a success; all of 2xx by default
}

// Repeat says whether a request may be sent again when an attempt failed.
type Repeat int

// Values of Repeat.
const (
	RepeatByMethod Repeat = iota // GET, HEAD, PUT and DELETE, as [RetryPolicy] has it
	RepeatAlways                 // whatever the method: the operation is documented as safe to repeat
	RepeatNever                  // it costs money, spends a code, or worse
)

// Redirect is a redirect that is the result of an operation. It was not followed.
type Redirect struct {
	Status   int    // 302, 303, or another that the operation documents
	Location string // absolute; "" when the server gave none that is a URL
}
