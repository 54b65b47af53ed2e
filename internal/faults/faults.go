// Package faults serves responses that no honest server gives, on raw connections on loopback: servers that stall,
// break off, flood, contradict HTTP, repeat the client's credentials or lead it elsewhere. A [Fault] is a value with a
// name; [Start] serves it. Requests that are not the [Site]'s target get good responses, so that a fault can hit one
// request of several, behind a sign-in for instance.
package faults

import (
	"net/http"
	"slices"
	"strings"
)

// Fault is one way in which a server misbehaves. Exactly one of Accept, Handle and Stream is set.
type Fault struct {
	Name  string
	Group string // "connection", "header", "framing", "body", "status", "redirect", "certificate", "stream" or "echo"
	Proto Proto
	Host  string // of the URL; "" is 127.0.0.1

	// Accept acts on a connection before anything is read from it, so that all requests meet it.
	Accept func(*Conn)

	// Handle acts once the target's request was read; with Early, once its header was. The connection serves further
	// requests when Handle returns, unless it closed it.
	Handle func(*Exchange)
	Early  bool

	// Stream acts on an HTTP/2 stream once its request was read.
	Stream func(*Stream)
	silent silence

	// Certificate replaces the good one under HTTPS and H2.
	Certificate Certificate

	// Mild names the kinds of calls that may succeed in spite of the fault. All others have to fail.
	Mild Kind

	// Repeats says that an honest client may send a write again.
	Repeats bool

	// Leads says where the fault sends the client: nowhere, or to [Site.Elsewhere].
	Leads Leads
}

// Proto is what a fault's server speaks.
type Proto int

// The protocols.
const (
	HTTP Proto = iota
	HTTPS
	H2 // HTTP/2 over TLS
)

// Kind is a set of kinds of calls.
type Kind int

// The kinds of calls.
const (
	Read     Kind = 1 << iota // a GET whose result is decoded
	Write                     // a POST that must not arrive twice
	Download                  // content
	SignIn                    // a call whose sign-in meets the fault
	Any      = Read | Write | Download | SignIn
)

// Leads says where a fault sends the client.
type Leads int

// Where a fault leads.
const (
	Nowhere  Leads = iota
	Abroad         // another origin, of the same scheme or better: content may be fetched there, without credentials
	Downward       // from https to http: nothing may arrive there
)

// All returns every fault, in the order of their names, which are unique.
func All() []Fault {
	var list []Fault
	for group, members := range map[string][]Fault{
		"connection": connections(), "header": headers(), "framing": framing(), "body": bodies(), "status": statuses(),
		"redirect": redirects(), "certificate": certificates(), "stream": streams(), "echo": echoes(),
	} {
		for _, f := range members {
			f.Group = group
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Honest is no fault: all responses are good.
func Honest(proto Proto) Fault {
	return Fault{Name: "honest", Proto: proto, Mild: Any, Handle: func(x *Exchange) { x.Send(x.Good) }, Stream: func(s *Stream) { s.Send(s.Good) }}
}

// Site says what is served beside the fault.
type Site struct {
	// Target reports whether a request meets the fault. Nil is every request.
	Target func(*Request) bool

	// Good returns the right response to a request. base is the server's URL.
	Good func(r *Request, base string) Response

	// Elsewhere is the URL of another origin.
	Elsewhere string
}

// Request is a request as it arrived.
type Request struct {
	Method string
	URI    string // as in the request line
	Path   string // decoded, without the query
	Host   string
	Header http.Header
	Body   []byte // what had arrived of it when the fault began, for an early one
	Hit    bool   // met the fault
}

// Response is a response to send. A zero Status is 200.
type Response struct {
	Status int
	Header http.Header
	Body   string
}
