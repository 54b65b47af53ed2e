package hawk

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/quick"
)

// exchange sends a request over a real connection to a verifier and fails the test unless what was signed is what
// arrived. It reports false if the target cannot be sent at all.
func exchange(t *testing.T, s *server, rt *Transport, u *url.URL) bool {
	t.Helper()
	before := len(s.records())
	var signed string
	rt.OnSign = func(_ *http.Request, a Artifacts) { signed = a.Target }
	resp, err := rt.RoundTrip(&http.Request{Method: "GET", URL: u})
	if errors.Is(err, ErrUnsignable) {
		return false
	}
	if err != nil {
		t.Fatalf("%#v: %v", u, err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	seen := s.records()
	if len(seen) != before+1 {
		t.Fatalf("%#v: status %d, and no request", u, resp.StatusCode)
	}
	if got := seen[before]; resp.StatusCode != 200 || got.target != signed {
		t.Errorf("%#v: %d, signed %q, arrived %q: %v", u, resp.StatusCode, signed, got.target, got.refused)
	}
	return true
}

// Every path and query that a URL can hold is accepted.
func TestTransport_RoundTrip_anyTarget(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	host := mustParse(t, s.URL).Host
	rt := &Transport{Credentials: as(steve)}
	sent := 0
	accepted := func(path, query string, force bool) bool {
		query = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return -1 // net/http sends no control characters
			}
			return r
		}, query)
		if exchange(t, s, rt, &url.URL{Scheme: "http", Host: host, Path: "/" + path, RawQuery: query, ForceQuery: force}) {
			sent++
		}
		return !t.Failed()
	}
	if err := quick.Check(accepted, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
	if sent != 300 {
		t.Errorf("only %d of 300 were sent", sent)
	}
}

// FuzzTarget sends raw request targets, as a caller may have been given them.
func FuzzTarget(f *testing.F) {
	for _, target := range []string{
		"/", "/?", "/??", "/?a;b=1", "/?a=%zz", "/?=&&=", "/a%20b/%2F%2e%2E/..%2f", "/a+b~c'd!e(f)*", "/%E6%97%A5", "/日?本=語", "/a//b//",
		"//a/b", "/a:b@c", "/;p=1;q", "/%25", "/a?b?c#d", "/?q=\"<>{}|\\^`", "/%2F", "/.//../x", "/a b?c d",
	} {
		f.Add(target)
	}
	s := unstartedServer(&Verifier{}, nil)
	s.Start()
	f.Cleanup(s.Close)
	rt := &Transport{Credentials: as(steve)}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.Parse(s.URL + target)
		if err != nil || s.URL != u.Scheme+"://"+u.Host || u.User != nil {
			t.Skip("not a target of this server")
		}
		exchange(t, s, rt, u)
	})
}
