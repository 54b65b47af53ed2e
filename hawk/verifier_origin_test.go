package hawk

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestVerifier_Origin(t *testing.T) {
	to := func(scheme, host string) func(*http.Request) (string, string) {
		return func(*http.Request) (string, string) { return scheme, host }
	}
	for name, test := range map[string]struct {
		address string // what the client signs
		host    string // what arrives
		tls     bool
		origin  func(*http.Request) (string, string)
		ok      bool
	}{
		"no port on http":            {"http://example.com/", "example.com", false, nil, true},
		"no port on TLS":             {"https://example.com/", "example.com", true, nil, true},
		"https, TLS ended before":    {"https://example.com/", "example.com", false, nil, false},
		"https, and it says so":      {"https://example.com/", "example.com", false, to("HTTPS", ""), true},
		"http, behind TLS":           {"http://example.com/", "example.com", true, to("http", ""), true},
		"websockets":                 {"https://example.com/", "example.com", false, to("wss", ""), true},
		"nothing said on TLS":        {"https://example.com/", "example.com", true, to("", ""), true},
		"another host":               {"https://Public.example/", "internal:8080", false, to("https", "Public.Example"), true},
		"another host and port":      {"https://public.example:8443/", "internal:8080", false, to("http", "public.example:8443"), true},
		"its port is not the wire's": {"http://public.example:8080/", "internal:8080", false, to("", "public.example"), false},
		"no Host":                    {"https://public.example/", "", false, to("https", "public.example"), true},
		"no Host at all":             {"https://public.example/", "", false, to("https", ""), false},
		"no scheme":                  {"https://example.com/", "example.com", true, to("https, http", ""), false},
		"no host":                    {"https://example.com/", "example.com", true, to("", "example.com, proxy"), false},
		"IPv6":                       {"http://[::1]:8080/", "[::1]:8080", false, nil, true},
		"IPv6, another one":          {"http://[::2]:8080/", "[::1]:8080", false, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequest("GET", test.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := (&Signer{Now: func() time.Time { return epoch }}).Sign(req, steve, "")
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = test.host
			if test.tls {
				r.TLS = new(tls.ConnectionState)
			}
			r.Header.Set("Authorization", signature.Header)
			v := newVerifier()
			v.Origin = test.origin
			grant, err := v.Verify(r)
			if (err == nil) != test.ok {
				t.Fatal(err)
			}
			if test.ok && grant.Artifacts.Host != signature.Artifacts.Host {
				t.Errorf("found host %q, signed %q", grant.Artifacts.Host, signature.Artifacts.Host)
			}
		})
	}
}

// One verifier serves clients that come directly and through a proxy that terminates TLS.
func TestVerifier_Origin_behindProxy(t *testing.T) {
	v := newVerifier()
	v.Origin = func(r *http.Request) (string, string) {
		return r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host")
	}
	for _, address := range []string{"http://internal:8080/", "https://public.example/"} {
		req, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := (&Signer{Now: func() time.Time { return epoch }}).Sign(req, steve, "")
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = "internal:8080"
		r.Header.Set("Authorization", signature.Header)
		if req.URL.Scheme == "https" {
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("X-Forwarded-Host", "public.example")
		}
		if _, err := v.Verify(r); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The reference client signs an IPv6 address without its brackets.
func TestVerifier_Verify_bareIPv6(t *testing.T) {
	a := Artifacts{ID: steve.ID, Timestamp: epoch.Unix(), Nonce: "n", Method: "GET", Target: "/", Host: "::1", Port: "8080"}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "[::1]:8080"
	r.Header.Set("Authorization", seal(&a, &steve))
	grant, err := newVerifier().Verify(r)
	if err != nil {
		t.Fatal(err)
	}
	if grant.Artifacts.Host != "::1" {
		t.Errorf("the response would be signed for %q", grant.Artifacts.Host)
	}
}
