package hawk

import (
	"net/http"
	"net/url"
	"strings"
)

// SameOrigin returns a rule for [Transport.Origin] that allows the scheme, host and port of base, and nothing else. A
// port that is left out is that of the scheme. A nil base allows nothing.
func SameOrigin(base *url.URL) func(*url.URL) bool {
	if base == nil {
		return func(*url.URL) bool { return false }
	}
	allowed := originOf(base)
	return func(u *url.URL) bool { return originOf(u) == allowed }
}

// origin identifies a server, to decide where signatures go and which clock they follow.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	o := origin{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()}
	if o.port == "" {
		o.port = defaultPort(o.scheme == "https")
	}
	return o
}

// firstRequest returns the request that an http.Client was asked to send, given one that a redirect led to.
func firstRequest(req *http.Request) *http.Request {
	for req.Response != nil && req.Response.Request != nil {
		req = req.Response.Request
	}
	return req
}
