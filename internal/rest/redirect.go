package rest

import (
	"maps"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
)

// outermost is all that net/http and the retrier see of the layers below. The retrier closes idle connections whenever
// it gives up on a request, which would cost every other call its connection: there must be no such method.
type outermost struct{ next http.RoundTripper }

// RoundTrip makes a Location absolute, by the URL that the request really went to, which a renewal may have moved. One
// that is no URL is removed: net/http would quote it in its error, whatever it holds; without it the redirect is
// refused like others.
func (t outermost) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil || resp.StatusCode/100 != 3 {
		return resp, err
	}
	if location := resp.Header.Get("Location"); location != "" {
		from := req.URL
		if resp.Request != nil && resp.Request.URL != nil {
			from = resp.Request.URL
		}
		current := callOf(req.Context())
		if u := leadsTo(from, location, current != nil && current.op.redirects); u != "" {
			resp.Header.Set("Location", u)
		} else {
			resp.Header.Del("Location")
		}
	}
	return resp, nil
}

// leadsTo returns where a location leads, "" for one that names no place. One that is a result, and not followed, may be
// for an app, whose URLs need no host: "itms-services://?action=download-manifest".
func leadsTo(from *url.URL, location string, result bool) string {
	u, err := from.Parse(location)
	switch {
	case err != nil:
		return ""
	case u.Host != "":
		return u.String()
	case result && u.Opaque == "" && u.Scheme != "http" && u.Scheme != "https":
		return location // url.URL would leave out the slashes
	}
	return ""
}

// mostRedirects is how many redirects a read follows.
const mostRedirects = 10

// checkRedirect follows what is safe to follow: reads, to their own origin, never down to http. Content may be kept
// elsewhere where its operation says so; nothing of the request's own goes there, and the session below puts
// credentials on requests to their own origin only.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	current := callOf(req.Context())
	if current == nil || current.op.redirects || first.Method != http.MethodGet && first.Method != http.MethodHead {
		return http.ErrUseLastResponse
	}
	req.Header.Del("Referer") // it would carry the query of the request before
	if req.URL.User != nil {  // net/http would make an Authorization header of it
		return secureaccess.ErrRedirectRefused
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" || len(via) >= mostRedirects {
		return secureaccess.ErrRedirectRefused
	}
	if SameOrigin(via[len(via)-1].URL, req.URL) && SameOrigin(first.URL, req.URL) {
		current.redirected.Store(true)
		return nil
	}
	if !current.op.foreign || req.URL.Scheme != "https" && !current.client.settings.AllowHTTP && !isLoopback(req.URL.Hostname()) {
		return secureaccess.ErrRedirectRefused
	}
	maps.DeleteFunc(req.Header, func(name string, _ []string) bool {
		return name != "Accept" && name != "Accept-Encoding" && name != "User-Agent" && name != "Range"
	})
	current.redirected.Store(true)
	return nil
}
