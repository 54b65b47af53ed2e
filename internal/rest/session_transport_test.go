package rest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// send carries out a POST of body, which can be rewound or not.
func send(t *testing.T, s *Session[pass], o http.RoundTripper, target, body string, rewinds bool) (*http.Response, string, error) {
	t.Helper()
	_, query, _ := strings.Cut(target, "?")
	ctx := &call{Context: t.Context(), client: &Client{}, op: GET("/v1"), path: "/v1", rawQuery: query}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if !rewinds {
		req.GetBody = nil
	}
	header := req.Header.Clone()
	resp, err := s.Transport(o).RoundTrip(req)
	if len(req.Header) != len(header) || req.URL.String() != target {
		t.Error("the caller's request was changed")
	}
	if err != nil {
		return nil, "", err
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp, string(data), nil
}

func checkRequests(t *testing.T, o *office, want ...string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if strings.Join(o.requests, "\n") != strings.Join(want, "\n") {
		t.Errorf("requests:\n%s\nwant:\n%s", strings.Join(o.requests, "\n"), strings.Join(want, "\n"))
	}
}

func TestSession_Transport_renewsOnceForAll(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		checkCall(t, s, o, 200)
		for round := 1; round <= 5; round++ {
			o.revoke(round)
			var wg sync.WaitGroup
			for i := range crowd {
				wg.Go(func() {
					body := fmt.Sprint("call-", round, "-", i)
					resp, _, err := send(t, s, o, "https://api/v1", body, true)
					if err != nil || resp.StatusCode != 200 {
						t.Errorf("%v, %v", resp, err)
					}
				})
			}
			wg.Wait()
			if n := o.count(); n != 1+round {
				t.Fatalf("round %d: %d sign-ins", round, n)
			}
		}
		seen := map[string]int{}
		for _, r := range o.requests[1:] {
			seen[r]++
		}
		for r, n := range seen {
			if n != 1 {
				t.Errorf("%d times %s", n, r)
			}
		}
	})
}

func TestSession_Transport_bodyThatCannotBeRewound(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		checkCall(t, s, o, 200)
		o.revoke(1)
		resp, text, err := send(t, s, o, "https://api/v1", "once", false)
		if err != nil || resp.StatusCode != 401 || text != "pass 1: 401" {
			t.Errorf("%v, %q, %v", resp, text, err)
		}
		if _, ok := s.Peek(); ok {
			t.Error("refused credentials are in use")
		}
		resp, _, err = send(t, s, o, "https://api/v1", "next", false)
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("%v, %v", resp, err)
		}
		checkRequests(t, o, "GET https://api/v1 1", "POST https://api/v1 1 once", "POST https://api/v1 2 next")
	})
}

func TestSession_Transport_returnsTheSecondRefusal(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		checkCall(t, s, o, 200)
		o.closed = true
		resp, text, err := send(t, s, o, "https://api/v1", "a", true)
		if err != nil || resp.StatusCode != 401 || text != "pass 2: 401" {
			t.Errorf("%v, %q, %v", resp, text, err)
		}
		// Now that fresh ones were refused as well, the response of the first attempt is returned whole.
		resp, text, err = send(t, s, o, "https://api/v1", "b", true)
		if err != nil || resp.StatusCode != 401 || text != "pass 2: 401" || resp.ContentLength != int64(len(text)) {
			t.Errorf("%v, %q, %v", resp, text, err)
		}
		checkTold(t, o, "first 0", "refused 1")
	})
}

func TestSession_Transport_otherOrigin(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		if _, _, err := send(t, s, o, "https://elsewhere/v1", "a", true); err != nil {
			t.Error(err)
		}
		checkRequests(t, o, "POST https://elsewhere/v1 0 a")
	})
}

func TestSession_Transport_errors(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		o.fails = errors.New("office is closed")
		body := &closing{Reader: strings.NewReader("a")}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api/v1", body)
		if _, err := s.Transport(o).RoundTrip(req); !errors.Is(err, o.fails) || !body.closed {
			t.Errorf("%v, closed %t", err, body.closed)
		}
		o.fails = nil
		checkCall(t, s, o, 200)
		o.revoke(1)
		o.fails = errors.New("office is closed again")
		if _, _, err := send(t, s, o, "https://api/v1", "a", true); !errors.Is(err, o.fails) {
			t.Error(err)
		}
	})
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func (o *office) moving(to string) *Session[pass] {
	s := o.session()
	parsed := map[string]*url.URL{}
	base := func(p pass) *url.URL {
		raw := "https://api"
		if p.Number > 1 {
			raw = to
		}
		if parsed[raw] == nil {
			parsed[raw], _ = url.Parse(raw)
		}
		return parsed[raw]
	}
	s.Base = base
	s.Belongs = func(p pass, u *url.URL) bool { return SameOrigin(u, base(p)) }
	return s
}

func TestSession_Transport_baseMoves(t *testing.T) {
	inBubble("after a refusal", t, func(t *testing.T, o *office) {
		s := o.moving("https://moved:8443/x")
		checkCall(t, s, o, 200)
		o.revoke(1)
		resp, _, err := send(t, s, o, "https://api/v1?q=1", "a", true)
		if err != nil || resp.StatusCode != 200 || resp.Request.Host != "moved:8443" {
			t.Errorf("%v, %v", resp, err)
		}
		checkRequests(t, o, "GET https://api/v1 1", "POST https://api/v1?q=1 1 a", "POST https://moved:8443/x/v1?q=1 2 a")
	})
	inBubble("before the request was sent", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		s := o.moving("https://api/x")
		checkCall(t, s, o, 200)
		time.Sleep(2 * time.Hour) // a request is made for the old base, and finds that its credentials have ended
		if _, _, err := send(t, s, o, "https://api/v1", "a", false); err != nil {
			t.Error(err)
		}
		checkRequests(t, o, "GET https://api/v1 1", "POST https://api/x/v1 2 a")
	})
	inBubble("down to http", t, func(t *testing.T, o *office) {
		s := o.moving("http://moved")
		checkCall(t, s, o, 200)
		o.revoke(1)
		_, _, err := send(t, s, o, "https://api/v1", "a", true)
		if permanent, ok := err.(interface{ Permanent() bool }); !errors.Is(err, secureaccess.ErrRedirectRefused) || !ok || !permanent.Permanent() {
			t.Errorf("%v", err)
		}
		checkRequests(t, o, "GET https://api/v1 1", "POST https://api/v1 1 a")
	})
	inBubble("a redirect elsewhere stays", t, func(t *testing.T, o *office) {
		s := o.moving("https://moved")
		checkCall(t, s, o, 200)
		s.Refuse(1)
		checkGet(t, s, 2)
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api/content", nil)
		req.Response = &http.Response{} // what http.Client sets on requests that follow a redirect
		if _, err := s.Transport(o).RoundTrip(req); err != nil {
			t.Error(err)
		}
		checkRequests(t, o, "GET https://api/v1 1", "GET https://api/content 0")
	})
}
