package rest

import (
	"net"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// ParseBase reads the base URL of a product. It is an absolute http or https URL without user, query and fragment;
// http only to this machine, unless allowHTTP.
func ParseBase(argument, raw string, allowHTTP bool) (*url.URL, error) {
	refuse := func(reason string) (*url.URL, error) {
		return nil, &secureaccess.ArgumentError{Argument: argument, Reason: reason}
	}
	if strings.TrimSpace(raw) == "" {
		return refuse("is empty")
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return refuse("is not a URL") // the parser's words would quote it, with whatever stands in it
	case u.User != nil:
		return refuse("holds credentials; pass them as such")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("does not begin with https://")
	case u.Hostname() == "":
		return refuse("names no host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("has a query or a fragment")
	case u.Scheme == "http" && !allowHTTP && !isLoopback(u.Hostname()):
		return refuse("is http to another machine, which only WithInsecureHTTP allows")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func isLoopback(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// SameOrigin reports whether two URLs share scheme, host and port.
func SameOrigin(a, b *url.URL) bool {
	return a != nil && b != nil && a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}
