package api

import (
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/cookie"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Visit is a console session. It is not changed once it is in use.
type Visit struct {
	Cookies map[string]string
	User    []byte // who signed in, as JSON; nil where that is not known
}

// Console sends requests with the cookies of a console session, and takes over the cookies that come back: a response
// may replace the session's, at most every two minutes, and the replaced one lives for 20 minutes from then on.
type Console struct {
	Home  *url.URL // where the console is, and the only place its cookies go to
	Wire  http.RoundTripper
	Clock secureaccess.Clock

	// Replaced is told of cookies that a response replaced those of before with.
	Replaced func(req *http.Request, before, after Visit)
}

// Belongs reports whether the cookies may go to u.
func (c *Console) Belongs(_ Visit, u *url.URL) bool { return rest.SameOrigin(c.Home, u) }

// Send puts the cookies on a request, which it owns, and sends it.
func (c *Console) Send(req *http.Request, with Visit) (*http.Response, error) {
	var jar cookie.Jar
	jar.Set(with.Cookies)
	if header := jar.Header(); header != "" {
		req.Header["Cookie"] = []string{header}
	}
	resp, err := c.Wire.RoundTrip(req)
	if err != nil || resp.StatusCode == http.StatusUnauthorized {
		return resp, err // what comes with a refusal belongs to no session
	}
	if jar.Keep(resp, c.Clock.Now()) {
		if after := jar.Values(); len(after) > 0 {
			c.Replaced(req, with, Visit{Cookies: after, User: with.User})
		}
	}
	return resp, nil
}

// SessionEnded recognizes the responses by which the console asks for a new sign-in.
func SessionEnded(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized }

// CookiesIn returns the cookies that the response to a sign-in sets.
func CookiesIn(header http.Header, clock secureaccess.Clock) map[string]string {
	var jar cookie.Jar
	jar.Keep(&http.Response{Header: header}, clock.Now())
	return jar.Values()
}
