package hawk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTransport_RoundTrip_staleOnce(t *testing.T) {
	clock := newClock(time.Now().Add(3 * time.Hour))
	s := newServer(t, &Verifier{Now: clock.now, Payload: PayloadPolicyIfHashed}, nil)
	local := newClock(time.Now())
	rt := &Transport{Credentials: as(steve), HashPayload: true, Signer: Signer{Now: local.now}}

	resp, err := (&http.Client{Transport: rt}).Post(s.URL, "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, resp)
	seen := s.records()
	if resp.StatusCode != 200 || len(seen) != 2 || !errors.Is(seen[0].refused, ErrStaleTimestamp) || seen[1].refused != nil {
		t.Fatalf("status %d after %+v", resp.StatusCode, seen)
	}
	if seen[1].body != "body" {
		t.Errorf("the body was repeated as %q", seen[1].body)
	}
	first, _ := parseHeader(seen[0].authorization, authorization)
	second, _ := parseHeader(seen[1].authorization, authorization)
	if first.nonce == second.nonce || first.ts == second.ts {
		t.Errorf("repeated with the same nonce or time:\n%s\n%s", seen[0].authorization, seen[1].authorization)
	}
	// From now on the difference is known, while both clocks go on.
	local.add(time.Hour)
	clock.add(time.Hour)
	mustGet(t, rt, s.URL, 200)
	if n := len(s.records()); n != 3 {
		t.Errorf("%d requests in all, want 3", n)
	}
	// It is known of this origin only.
	other := newServer(t, &Verifier{Now: local.now}, nil)
	mustGet(t, rt, other.URL, 200)
	if n := len(other.records()); n != 1 {
		t.Errorf("the other server saw %d requests, want 1", n)
	}
}

// Servers with error codes of their own refuse a stale request with 403. The proof is what counts.
func TestTransport_RoundTrip_staleWithForbidden(t *testing.T) {
	now := time.Now().Add(3 * time.Hour)
	v := &Verifier{Now: func() time.Time { return now }, Credentials: func(context.Context, string) (Credentials, error) { return steve, nil }}
	requests := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		if _, err := v.Verify(r); err != nil {
			w.Header().Set("WWW-Authenticate", err.(*Error).Challenge)
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer s.Close()
	mustGet(t, &Transport{Credentials: as(steve)}, s.URL, 200)
	if requests != 2 {
		t.Errorf("%d requests, want 2", requests)
	}
}

// The refusal is read to its end, so that the request can be repeated on the same connection.
func TestTransport_RoundTrip_staleKeepsTheConnection(t *testing.T) {
	clock := newClock(time.Now().Add(time.Hour))
	s := unstartedServer(&Verifier{Now: clock.now}, nil)
	var connections atomic.Int32
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	mustGet(t, &Transport{Credentials: as(steve)}, s.URL, 200)
	if n := connections.Load(); n != 1 || len(s.records()) != 2 {
		t.Errorf("%d connections for %d requests", n, len(s.records()))
	}
}

// A server that is never content gets the request twice, not for ever.
func TestTransport_RoundTrip_staleForEver(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	s := newServer(t, &Verifier{Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Hour)
		return now
	}}, nil)
	mustGet(t, &Transport{Credentials: as(steve)}, s.URL, 401)
	if n := len(s.records()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestTransport_RoundTrip_staleBodyReadOnce(t *testing.T) {
	clock := newClock(time.Now().Add(time.Hour))
	s := newServer(t, &Verifier{Now: clock.now}, nil)
	rt := &Transport{Credentials: as(steve)}
	for name, getBody := range map[string]func() (io.ReadCloser, error){
		"no GetBody":         nil,
		"GetBody that fails": func() (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF },
	} {
		rt.offsets = nil
		before := len(s.records())
		req, err := http.NewRequest("POST", s.URL, io.NopCloser(strings.NewReader("body")))
		if err != nil {
			t.Fatal(err)
		}
		req.GetBody = getBody
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text := readAll(t, resp); resp.StatusCode != 401 || text != "Stale timestamp\n" {
			t.Errorf("%s: %d %q, want the refusal as it was", name, resp.StatusCode, text)
		}
		if n := len(s.records()) - before; n != 1 {
			t.Errorf("%s: sent %d times", name, n)
		}
		mustGet(t, rt, s.URL, 200) // the clock was corrected all the same
		if n := len(s.records()) - before; n != 2 {
			t.Errorf("%s: the next request took %d attempts", name, n-1)
		}
	}
}

// challenger responds to everything with 401 and these headers, and notes the times that were signed.
func challenger(t *testing.T, headers ...string) (address string, times func() []int64) {
	var (
		mu  sync.Mutex
		all []int64
	)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, _ := parseHeader(r.Header.Get("Authorization"), authorization)
		ts, _ := parseTimestamp(a.ts)
		mu.Lock()
		all = append(all, ts)
		mu.Unlock()
		for _, h := range headers {
			w.Header().Add("WWW-Authenticate", h)
		}
		w.WriteHeader(401)
		_, _ = io.WriteString(w, "no")
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []int64 {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

func TestTransport_RoundTrip_forgedTime(t *testing.T) {
	for name, challenge := range map[string]string{
		"wrong tsm":         `Hawk ts="1", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0=", error="Stale timestamp"`,
		"no tsm":            `Hawk ts="1", error="Stale timestamp"`,
		"tsm of another ts": `Hawk ts="1353832235", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="`,
		"beside others":     `Basic realm="x", Hawk realm="x", ts=1, tsm=2`,
		"ts is no number":   `Hawk ts="soon", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="`,
	} {
		address, times := challenger(t, challenge)
		rt := &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return epoch }}}
		for range 2 {
			resp, err := get(t, rt, address)
			var e *Error
			if resp != nil || !errors.Is(err, ErrBadTimestampMAC) || !errors.As(err, &e) || e.Status != 401 {
				t.Errorf("%s: %v, %v", name, resp, err)
			}
		}
		if got := times(); len(got) != 2 || got[0] != epoch.Unix() || got[1] != epoch.Unix() {
			t.Errorf("%s: signed at %v", name, got)
		}
	}
}

// Challenges that say nothing about the time are the caller's to see, whatever they look like.
func TestTransport_RoundTrip_otherChallenges(t *testing.T) {
	for name, challenges := range map[string][]string{
		"none":           nil,
		"bare":           {`Hawk`},
		"bad mac":        {`Hawk error="Bad mac"`},
		"another scheme": {`Basic realm="x", ts="1"`},
		"nonsense":       {`Hawk ts="1`, "="},
	} {
		address, times := challenger(t, challenges...)
		rt := &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return epoch }}}
		resp, err := get(t, rt, address)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if body := readAll(t, resp); body != "no" || resp.StatusCode != 401 || len(times()) != 1 {
			t.Errorf("%s: %d %q after %d attempts", name, resp.StatusCode, body, len(times()))
		}
	}
	// One with proof counts, among whatever others.
	address, times := challenger(t, `Basic realm="x", Hawk ts=1`, `Hawk ts="1353832234", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="`)
	mustGet(t, &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return epoch.Add(time.Hour) }}}, address, 401)
	if got := times(); len(got) != 2 || got[1] != epoch.Unix() {
		t.Errorf("signed at %v", got)
	}
}

// A time that is too far away is not believed, though the server proves that it knows the key: with it, nothing could
// be signed any more.
func TestTransport_RoundTrip_boundedCorrection(t *testing.T) {
	year := int64(maxCorrection / time.Second)
	for _, test := range []struct {
		ts       int64
		believed bool
	}{
		{math.MaxInt64, false}, {0, false}, {epoch.Unix() + year + 1, false}, {epoch.Unix() - year - 1, false},
		{epoch.Unix() + year, true}, {epoch.Unix() - year, true},
	} {
		ts := strconv.FormatInt(test.ts, 10)
		address, times := challenger(t, `Hawk ts="`+ts+`", tsm="`+independentTimestampMAC(test.ts, &steve)+`", error="Stale timestamp"`)
		rt := &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return epoch }}}
		mustGet(t, rt, address, 401)
		mustGet(t, rt, address, 401)
		for i, signed := range times() {
			if want := epoch.Unix(); !test.believed && signed != want || test.believed && i%2 == 1 && signed != test.ts {
				t.Errorf("%s: request %d was signed at %d", ts, i+1, signed)
			}
		}
		if n := len(times()); n != map[bool]int{true: 4, false: 2}[test.believed] {
			t.Errorf("%s: %d requests", ts, n)
		}
	}
	// The Date of a refusal has the same bound.
	rt := &Transport{Credentials: as(steve), Skewed: func(*http.Response, []byte) bool { return true }, Signer: Signer{Now: func() time.Time { return epoch }}}
	requests := 0
	rt.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
		requests++
		return &http.Response{
			StatusCode: 403, Header: http.Header{"Date": {"Fri, 31 Dec 9999 23:59:59 GMT"}}, Body: http.NoBody, Request: r,
			TLS: &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{}}},
		}, nil
	})
	mustGet(t, rt, "https://h/", 403)
	if requests != 1 || len(rt.offsets) != 0 {
		t.Errorf("%d requests, corrected by %v", requests, rt.offsets)
	}
}

// A correction that did not help is not kept: the next request is signed by this machine's clock.
func TestTransport_RoundTrip_forgetsCorrections(t *testing.T) {
	ahead := epoch.Add(time.Hour).Unix()
	stale := `Hawk ts="` + strconv.FormatInt(ahead, 10) + `", tsm="` + independentTimestampMAC(ahead, &steve) + `"`
	for name, test := range map[string]struct {
		status    int
		challenge string
		forgotten bool
	}{
		"success":        {200, "", false},
		"a server error": {500, "", false},
		"not found":      {404, "", false},
		"401":            {401, `Hawk error="Bad mac"`, true},
		"403":            {403, "", true},
		"stale again":    {401, stale, true},
	} {
		var signed []int64
		rt := &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return epoch }}, OnSign: func(_ *http.Request, a Artifacts) { signed = append(signed, a.Timestamp) }}
		rt.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
			resp := &http.Response{StatusCode: 401, Header: http.Header{"Www-Authenticate": {stale}}, Body: http.NoBody, Request: r}
			if len(signed) > 1 {
				resp.StatusCode = test.status
				resp.Header.Set("WWW-Authenticate", test.challenge)
			}
			return resp, nil
		})
		for range 2 {
			if _, err := get(t, rt, "http://h/"); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if len(signed) < 3 || signed[0] != epoch.Unix() || signed[1] != ahead || (signed[2] == epoch.Unix()) != test.forgotten {
			t.Errorf("%s: signed at %v", name, signed)
		}
	}
	// A request that was signed with an older correction says nothing about a newer one.
	rt := &Transport{offsets: map[origin]time.Duration{{}: time.Hour}}
	rt.forgetClock(origin{}, time.Minute)
	if rt.offset(origin{}) != time.Hour {
		t.Error("a newer correction is forgotten")
	}
}
