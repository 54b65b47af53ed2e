package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestParseBase(t *testing.T) {
	for raw, want := range map[string]string{
		"https://host.example":           "https://host.example",
		"https://host.example/":          "https://host.example",
		"https://host.example:8443/a/b/": "https://host.example:8443/a/b",
		"HTTPS://Host.example/a%2Fb//":   "https://Host.example/a%2Fb",
		"https://[2001:db8::1]:444":      "https://[2001:db8::1]:444",
		"http://localhost:8001":          "http://localhost:8001",
		"http://LocalHost:8001":          "http://LocalHost:8001",
		"http://api.localhost":           "http://api.localhost",
		"http://127.0.0.1:1":             "http://127.0.0.1:1",
		"http://127.9.9.9":               "http://127.9.9.9",
		"http://[::1]:80/x":              "http://[::1]:80/x",
	} {
		if u, err := ParseBase("base URL", raw, false); err != nil || u.String() != want {
			t.Errorf("%s: %v, %v", raw, u, err)
		}
	}
	for _, raw := range []string{"http://host.example", "http://192.0.2.1:80/a"} {
		if u, err := ParseBase("base URL", raw, true); err != nil || u.String() != raw {
			t.Errorf("%s, allowed: %v, %v", raw, u, err)
		}
	}
}

func TestParseBase_refused(t *testing.T) {
	const password = "S-password"
	for raw, reason := range map[string]string{
		"":                                     "empty",
		" \t\n":                                "empty",
		"host.example":                         "https://",
		"host.example:443":                     "", // a scheme, to the parser
		"//host.example":                       "https://",
		"/path":                                "https://",
		"ftp://host.example":                   "https://",
		"unix:///run/x":                        "https://",
		"https://":                             "host",
		"https:///path":                        "host",
		"https:host.example":                   "host",
		"https://:443":                         "host",
		"https://host.example?x=S-password":    "query",
		"https://host.example?":                "query",
		"https://host.example/#S-password":     "fragment",
		"http://host.example":                  "WithInsecureHTTP",
		"http://192.0.2.1":                     "WithInsecureHTTP",
		"http://0.0.0.0":                       "WithInsecureHTTP",
		"http://localhost.example":             "WithInsecureHTTP",
		"http://127.0.0.1.example":             "WithInsecureHTTP",
		"https://joe:S-password@host.example":  "credentials",
		"https://S-password@host.example":      "credentials",
		"https://joe:S-password@host.exa mple": "URL",
		"https://joe:S-password@[::1":          "URL",
		"https://host.example/%zz":             "URL",
		"https://host.example:S-password":      "URL",
		"https://host\x00.example":             "URL",
		" https://host.example":                "URL",
	} {
		u, err := ParseBase("base URL", raw, false)
		argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
		if !ok || u != nil || argument.Argument != "base URL" || !strings.Contains(argument.Reason, reason) {
			t.Errorf("%q: %v, %v", raw, u, err)
			continue
		}
		if strings.Contains(err.Error(), password) || !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", raw, err)
		}
	}
	for _, raw := range []string{"https://joe:x@host.example", "ftp://host.example", ""} {
		if _, err := ParseBase("base URL", raw, true); err == nil {
			t.Errorf("%q is let through with http allowed", raw)
		}
	}
}

func FuzzParseBase(f *testing.F) {
	for _, seed := range []string{"https://a", "http://localhost/x/", "https://a:b@c", "http://a", "https://a/%2F/", "https://[::1%25lo]/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseBase("base URL", raw, false)
		if err != nil || strings.Contains(u.Host, "%") { // the zone of an IPv6 address
			return
		}
		again, err := ParseBase("base URL", u.String(), false)
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q is %s, which is %v, %v", raw, u, again, err)
		}
		if u.User != nil || u.RawQuery != "" || u.Host == "" || u.Scheme != "https" && !isLoopback(u.Hostname()) {
			t.Fatalf("%q was let through as %s", raw, u)
		}
	})
}

func TestSameOrigin(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"https://a", "https://a/x?y#z", true},
		{"https://a", "https://A:443", true},
		{"http://a", "http://a:80", true},
		{"https://[::1]:1", "https://[::1]:1/", true},
		{"https://a", "http://a", false},
		{"https://a:80", "http://a:80", false},
		{"https://a", "https://a:444", false},
		{"https://a", "https://b", false},
		{"https://a", "https://a.b", false},
		{"https://a", "https://sub.a", false},
		{"https://a", "//a", false},
	} {
		a, b := parse(t, test.a), parse(t, test.b)
		if SameOrigin(a, b) != test.want || SameOrigin(b, a) != test.want {
			t.Errorf("%s and %s: %t", a, b, !test.want)
		}
	}
	if SameOrigin(nil, nil) || SameOrigin(parse(t, "https://a"), nil) {
		t.Error("nothing is of the same origin")
	}
}

// visit is what a server saw of one request.
type visit struct {
	target string
	header http.Header
}

// visits collects them.
type visits struct {
	mu   sync.Mutex
	list []visit
}

func (v *visits) note(handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		v.list = append(v.list, visit{r.Method + " " + r.RequestURI, r.Header.Clone()})
		v.mu.Unlock()
		handler(w, r)
	}
}

func (v *visits) targets() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var targets []string
	for _, visit := range v.list {
		targets = append(targets, visit.target)
	}
	return targets
}

// holding returns how many of the visits hold text somewhere in their header.
func (v *visits) holding(text string) (n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, visit := range v.list {
		for _, values := range visit.header {
			if slices.ContainsFunc(values, func(value string) bool { return strings.Contains(value, text) }) {
				n++
				break
			}
		}
	}
	return n
}

const token = "S-token-of-the-session"

// authenticated puts a token and a cookie on the requests to base.
func authenticated(t testing.TB, base string) func(*Config) {
	home := parse(t, base)
	session := &Session[string]{
		Obtain:  func(context.Context, string, bool) (string, error) { return token, nil },
		Belongs: func(_ string, u *url.URL) bool { return SameOrigin(u, home) },
		Clock:   newClock(),
	}
	apply := func(req *http.Request, token string) error {
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Cookie", "DSID="+token+"; other=1")
		req.Header.Set("X-Api-Key", token)
		return nil
	}
	return func(c *Config) {
		c.Auth = func(next http.RoundTripper) http.RoundTripper {
			session.Apply = apply
			return session.Transport(next)
		}
	}
}

func redirect(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

func TestOp_Follow(t *testing.T) {
	var here, there visits
	other := serve(t, there.note(responds(200, `{"id":"other"}`)))
	s := serve(t, here.note(responds(200, `{"id":"here"}`)))
	c := connectWith(t, s.URL+"/base", authenticated(t, s.URL))

	for link, want := range map[string]string{
		"/v1/next?page=2&t=S-query":              "GET /v1/next?page=2&t=S-query",
		"next":                                   "GET /next", // relative to the base as to a page
		"?page=3":                                "GET /base?page=3",
		s.URL + "/abs/%2F?x=1#frag":              "GET /abs/%2F?x=1",
		"//" + s.Listener.Addr().String() + "/x": "GET /x",
		"/v1/../v2/./x":                          "GET /v2/x",
		`/q?a=b c"<d>`:                           "GET /q?a=b%20c%22%3Cd%3E",
	} {
		here.list = nil
		got, err := Do[thing](t.Context(), c, GET("/v1/things").Follow(link))
		if err != nil || got.ID != "here" || !slices.Equal(here.targets(), []string{want}) || here.holding(token) != 1 {
			t.Errorf("%s: %v, %v, %q", link, got, err, here.targets())
		}
	}

	here.list = nil
	if err := Send(t.Context(), c, GET("/v1").Follow("/n?a=1").Param("b", "2")); err != nil || here.targets()[0] != "GET /n?a=1&b=2" {
		t.Errorf("%v, %q", err, here.targets())
	}
	if err := Send(t.Context(), c, GET("/v1").Follow("/n").Param("b", "2")); err != nil || here.targets()[1] != "GET /n?b=2" {
		t.Errorf("%v, %q", err, here.targets())
	}

	here.list = nil
	host := s.Listener.Addr().String()
	for _, link := range []string{
		other.URL + "/x?t=S-query", "//" + other.Listener.Addr().String() + "/x", "https://" + host + "/x", s.URL + ".example/x",
		"http://joe:S-password@" + host + "/x", "http://[::1?t=S-query", "mailto:joe", "http:/x", "javascript:alert(1)", "http:?x",
	} {
		err := Send(t.Context(), c, GET("/v1/things").Follow(link))
		if e := failureOf(t, err); !errors.Is(err, secureaccess.ErrRedirectRefused) || e.Attempts != 0 {
			t.Errorf("%s: %v", link, err)
		}
		checkClean(t, err)
	}
	if len(here.list) != 0 {
		t.Errorf("the origin saw %q", here.targets())
	}
	if len(there.list) != 0 {
		t.Errorf("the other origin saw %q", there.targets())
	}
}

func TestOp_FollowAnywhere(t *testing.T) {
	var here, there visits
	other := serve(t, there.note(responds(200, `{"id":"other"}`)))
	s := serve(t, here.note(responds(200, `{"id":"here"}`)))
	c := connectWith(t, s.URL, authenticated(t, s.URL))
	got, err := Do[thing](t.Context(), c, GET("/v1/file").FollowAnywhere(other.URL+"/content?sig=1"))
	if err != nil || got.ID != "other" || !slices.Equal(there.targets(), []string{"GET /content?sig=1"}) || there.holding(token) != 0 {
		t.Errorf("%v, %v, %v", got, err, there.list)
	}
	got, err = Do[thing](t.Context(), c, GET("/v1/file").FollowAnywhere("/own"))
	if err != nil || got.ID != "here" || here.holding(token) != 1 {
		t.Errorf("%v, %v, %v", got, err, here.list)
	}

	for _, link := range []string{"http://host.example/x?t=S-query", "ftp://host.example/x", "file:///etc/passwd", "https:opaque", "https:/x",
		"https://joe:S-password@host.example/x", "https://[::1?t=S-query"} {
		err := Send(t.Context(), c, GET("/v1/file").FollowAnywhere(link))
		if e := failureOf(t, err); !errors.Is(err, secureaccess.ErrRedirectRefused) || e.Attempts != 0 {
			t.Errorf("%s: %v", link, err)
		}
		checkClean(t, err)
	}
}
