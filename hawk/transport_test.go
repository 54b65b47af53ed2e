package hawk

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestTransportSigns(t *testing.T) {
	s := newServer(t, &Verifier{Payload: PayloadRequired}, func(w http.ResponseWriter, r *http.Request, g *Grant) {
		a := g.Artifacts
		_, _ = fmt.Fprintf(w, "%s %s %s/%s/%s", r.Method, a.Target, a.Ext, a.App, a.Dlg)
	})
	var shown []Artifacts
	rt := &Transport{
		Credentials: as(steve), HashPayload: true, Signer: Signer{Ext: "ext", App: "app", Dlg: "dlg"},
		OnSign: func(r *http.Request, a Artifacts) {
			if r.Header.Get("Authorization") == "" {
				t.Error("OnSign is shown an unsigned request")
			}
			shown = append(shown, a)
		},
	}
	for _, test := range []struct{ method, path, body, want string }{
		{"GET", "/a%2Fb?c;d", "", "GET /a%2Fb?c;d ext/app/dlg"},
		{"POST", "/", "body", "POST / ext/app/dlg"},
		{"DELETE", "/?", "", "DELETE /? ext/app/dlg"},
		{"PUT", "/?q=日 本", "body", "PUT /?q=%E6%97%A5%20%E6%9C%AC ext/app/dlg"},
	} {
		var body io.Reader
		if test.body != "" {
			body = strings.NewReader(test.body)
		}
		req, err := http.NewRequest(test.method, s.URL+test.path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "text/plain")
		before := req.Clone(t.Context())
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, resp); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.method, test.path, got, test.want)
		}
		if len(req.Header) != len(before.Header) || req.URL.String() != before.URL.String() || req.Header.Get("Authorization") != "" {
			t.Errorf("%s %s: the caller's request was changed: %+v", test.method, test.path, req)
		}
	}
	if len(shown) != 4 || shown[1].Method != "POST" || shown[1].Hash == "" || shown[0].Nonce == shown[1].Nonce {
		t.Errorf("shown: %+v", shown)
	}
}

func TestTransportRenewsCredentials(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	current := Credentials{ID: "expired", Key: steve.Key}
	rt := &Transport{Credentials: func(context.Context) (Credentials, error) { return current, nil }}
	mustGet(t, rt, s.URL, 401)
	current = steve
	mustGet(t, rt, s.URL, 200)
	current.Algorithm = SHA1
	mustGet(t, rt, s.URL, 401)
	current.ID = "old"
	mustGet(t, rt, s.URL, 200)
}

// Nothing is sent, and the body is closed, when a request cannot be signed.
func TestTransportRefusesToSign(t *testing.T) {
	base := roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, errors.ErrUnsupported
	})
	login := errors.New("login failed")
	for name, test := range map[string]struct {
		rt   *Transport
		want error
	}{
		"no credentials":      {&Transport{Credentials: func(context.Context) (Credentials, error) { return Credentials{}, login }}, login},
		"empty credentials":   {&Transport{Credentials: as(Credentials{})}, ErrInvalidCredentials},
		"empty, with hash":    {&Transport{Credentials: as(Credentials{}), HashPayload: true}, ErrInvalidCredentials},
		"no source of them":   {&Transport{}, nil},
		"forbidden character": {&Transport{Credentials: as(steve), Signer: Signer{Ext: "\n"}}, ErrUnsignable},
		"body read only once": {&Transport{Credentials: as(steve), HashPayload: true}, ErrBodyNotRewindable},
	} {
		test.rt.Base = base
		body := recorded("body")
		resp, err := test.rt.RoundTrip(&http.Request{Method: "POST", URL: mustParse(t, "http://127.0.0.1/"), Body: body})
		if resp != nil || err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
		if !body.closed {
			t.Errorf("%s: the body is left open", name)
		}
	}
}

func TestTransportStaleOnce(t *testing.T) {
	clock := newClock(time.Now().Add(3 * time.Hour))
	s := newServer(t, &Verifier{Now: clock.now, Payload: PayloadIfHashed}, nil)
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
func TestTransportStaleWithForbidden(t *testing.T) {
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
func TestTransportStaleKeepsTheConnection(t *testing.T) {
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
func TestTransportStaleForEver(t *testing.T) {
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

func TestTransportStaleBodyReadOnce(t *testing.T) {
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

// challenger answers everything with 401 and these headers, and notes the times that were signed.
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

func TestTransportForgedTime(t *testing.T) {
	for name, challenge := range map[string]string{
		"wrong tsm":         `Hawk ts="1", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0=", error="Stale timestamp"`,
		"no tsm":            `Hawk ts="1", error="Stale timestamp"`,
		"tsm of another ts": `Hawk ts="1353832235", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="`,
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
func TestTransportOtherChallenges(t *testing.T) {
	for name, challenges := range map[string][]string{
		"none":             nil,
		"bare":             {`Hawk`},
		"bad mac":          {`Hawk error="Bad mac"`},
		"another scheme":   {`Basic realm="x"`},
		"not by the words": {`Hawk realm="x", ts="1", tsm="2"`},
		"nonsense":         {`Hawk ts="1`, "="},
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
	address, times := challenger(t, `Basic realm="x"`, `Hawk ts="1353832234", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="`)
	mustGet(t, &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return time.Unix(1, 0) }}}, address, 401)
	if got := times(); len(got) != 2 || got[1] != epoch.Unix() {
		t.Errorf("signed at %v", got)
	}
}

// skewServer says "too skewed" in a way of its own, with a Date that is right by its clock.
func skewServer(clock *fakeClock, padding string) (http.Handler, *[]string) {
	var bodies []string
	var mu sync.Mutex
	v := &Verifier{Credentials: lookUp, Now: clock.now}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		bodies = append(bodies, string(body))
		mu.Unlock()
		w.Header().Set("Date", clock.now().UTC().Format(http.TimeFormat))
		if _, err := v.Verify(r); errors.Is(err, ErrStaleTimestamp) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `{"code":40302}`+padding)
		} else if err != nil {
			w.WriteHeader(401)
		}
	}), &bodies
}

func says40302(resp *http.Response, body []byte) bool {
	return resp.StatusCode == 403 && bytes.Contains(body, []byte("40302"))
}

func TestTransportDateOverVerifiedTLS(t *testing.T) {
	clock := newClock(time.Now().Add(-5 * time.Hour))
	handler, bodies := skewServer(clock, "")
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	rt := &Transport{Base: s.Client().Transport, Credentials: as(steve), Skewed: says40302}
	resp, err := (&http.Client{Transport: rt}).Post(s.URL, "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, resp)
	if resp.StatusCode != 200 || len(*bodies) != 2 || (*bodies)[1] != "body" {
		t.Fatalf("status %d after %q", resp.StatusCode, *bodies)
	}
	mustGet(t, rt, s.URL, 200)
	if len(*bodies) != 3 {
		t.Errorf("the difference was not kept: %d requests", len(*bodies))
	}
}

func TestTransportDateNotBelieved(t *testing.T) {
	clock := newClock(time.Now().Add(-5 * time.Hour))
	padding := strings.Repeat(" ", 2*maxDrain)
	handler, _ := skewServer(clock, padding)
	plain := httptest.NewServer(handler)
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(handler)
	t.Cleanup(secure.Close)
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())

	for name, test := range map[string]struct {
		address string
		config  *tls.Config
		skewed  func(*http.Response, []byte) bool
	}{
		"plain http":               {plain.URL, nil, says40302},
		"TLS without verification": {secure.URL, &tls.Config{InsecureSkipVerify: true}, says40302},
		"nobody asks":              {secure.URL, &tls.Config{RootCAs: pool}, nil},
		"another kind of refusal":  {secure.URL, &tls.Config{RootCAs: pool}, func(*http.Response, []byte) bool { return false }},
	} {
		base := &http.Transport{TLSClientConfig: test.config}
		var signed []int64
		rt := &Transport{
			Base: base, Credentials: as(steve), Skewed: test.skewed,
			Signer: Signer{Now: func() time.Time { return epoch }},
			OnSign: func(_ *http.Request, a Artifacts) { signed = append(signed, a.Timestamp) },
		}
		for range 2 {
			resp, err := get(t, rt, test.address)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if text := readAll(t, resp); resp.StatusCode != 403 || text != `{"code":40302}`+padding {
				t.Errorf("%s: %d, %d bytes, want the refusal as it was", name, resp.StatusCode, len(text))
			}
		}
		if !slices.Equal(signed, []int64{epoch.Unix(), epoch.Unix()}) {
			t.Errorf("%s: signed at %v", name, signed)
		}
		base.CloseIdleConnections()
	}
}

// A refusal that nothing can follow, because the body is gone, is the answer: whole, though its start was looked at.
func TestTransportDateBodyReadOnce(t *testing.T) {
	clock := newClock(time.Now().Add(-5 * time.Hour))
	padding := strings.Repeat(" ", 2*maxDrain)
	handler, bodies := skewServer(clock, padding)
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	rt := &Transport{Base: s.Client().Transport, Credentials: as(steve), Skewed: says40302}
	req, err := http.NewRequest("POST", s.URL, io.NopCloser(strings.NewReader("body")))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, resp); resp.StatusCode != 403 || text != `{"code":40302}`+padding {
		t.Errorf("%d, %d bytes, want the refusal as it was", resp.StatusCode, len(text))
	}
	mustGet(t, rt, s.URL, 200)
	if len(*bodies) != 2 {
		t.Errorf("%d requests, want the refused one and, by the right clock, the next", len(*bodies))
	}
}

// The hook sees a bounded part of the body, and what it saw is still there, an error in the middle too.
func TestTransportPeek(t *testing.T) {
	long := strings.Repeat("x", maxDrain+1)
	for name, test := range map[string]struct {
		body io.Reader
		want string
		err  error
	}{
		"short":   {strings.NewReader("short"), "short", nil},
		"long":    {strings.NewReader(long), long, nil},
		"empty":   {strings.NewReader(""), "", nil},
		"broken":  {io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)), "half", io.ErrUnexpectedEOF},
		"no body": {nil, "", nil},
	} {
		closed := recorded("")
		closed.Reader = test.body
		base := roundTripper(func(r *http.Request) (*http.Response, error) {
			resp := &http.Response{StatusCode: 403, Header: http.Header{"Date": {epoch.UTC().Format(http.TimeFormat)}}, Body: closed, Request: r}
			if test.body == nil {
				resp.Body = nil
			}
			resp.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{}}}
			return resp, nil
		})
		var seen []byte
		rt := &Transport{Base: base, Credentials: as(steve), Skewed: func(_ *http.Response, body []byte) bool {
			seen = body
			return false
		}}
		resp, err := get(t, rt, "https://h/")
		if err != nil {
			t.Fatal(err)
		}
		if want := test.want[:min(len(test.want), maxDrain)]; string(seen) != want {
			t.Errorf("%s: the hook saw %d bytes, want %d", name, len(seen), len(want))
		}
		if test.body == nil {
			continue
		}
		if body, err := io.ReadAll(resp.Body); string(body) != test.want || err != test.err {
			t.Errorf("%s: the caller got %d bytes, %v", name, len(body), err)
		}
		if _ = resp.Body.Close(); !closed.closed {
			t.Errorf("%s: the body is left open", name)
		}
	}
}

func TestTransportRedirects(t *testing.T) {
	var leaked []string
	var mu sync.Mutex
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		leaked = append(leaked, r.Header.Get("Authorization"))
		if r.URL.Path == "/hop" {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(foreign.Close)
	s := newServer(t, &Verifier{}, func(w http.ResponseWriter, r *http.Request, _ *Grant) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, foreign.URL+"/hop", http.StatusTemporaryRedirect)
		case "/here":
			http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
		}
	})
	for name, origin := range map[string]func(*url.URL) bool{
		"no rule": nil, "rule": SameOrigin(mustParse(t, s.URL)),
	} {
		leaked = nil
		before := len(s.records())
		client := &http.Client{Transport: &Transport{Credentials: as(steve), Origin: origin}}
		for _, path := range []string{"/here", "/away"} {
			resp, err := client.Get(s.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			readAll(t, resp)
			if resp.StatusCode != 200 {
				t.Errorf("%s, %s: status %d", name, path, resp.StatusCode)
			}
		}
		seen := s.records()[before:]
		if len(seen) != 3 || seen[1].target != "/there" || seen[1].refused != nil {
			t.Errorf("%s: the server saw %+v", name, seen)
		}
		if len(leaked) != 2 || leaked[0] != "" || leaked[1] != "" {
			t.Errorf("%s: the other server was sent %q", name, leaked)
		}
	}

	// Asked for directly, another origin gets no signature either where there is a rule.
	leaked = nil
	mustGet(t, &Transport{Credentials: as(steve), Origin: SameOrigin(mustParse(t, s.URL))}, foreign.URL, 200)
	if len(leaked) != 1 || leaked[0] != "" {
		t.Errorf("the other server was sent %q", leaked)
	}
}

func TestTransportReplayedNonce(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	rt := &Transport{Credentials: as(steve), Signer: Signer{Nonce: func() string { return "same" }}}
	mustGet(t, rt, s.URL, 200)
	mustGet(t, rt, s.URL, 401)
	seen := s.records()
	if len(seen) != 2 || !errors.Is(seen[1].refused, ErrInvalidNonce) {
		t.Errorf("%+v", seen)
	}
}

func TestTransportPort(t *testing.T) {
	s := newServer(t, &Verifier{Host: "public.example", Port: 443}, nil)
	req, err := http.NewRequest("GET", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "public.example"
	resp, err := (&Transport{Credentials: as(steve), Signer: Signer{Port: 443}}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, resp)
	if resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// A body is hashed and sent piece by piece: a long one takes no memory of its size.
func TestTransportHashesStreams(t *testing.T) {
	const size = 8 << 20
	piece := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	source := func() (io.ReadCloser, error) {
		left := size
		return io.NopCloser(readerFunc(func(p []byte) (int, error) {
			if left == 0 {
				return 0, io.EOF
			}
			if len(p) > 1<<20 {
				t.Errorf("%d bytes are asked for at once", len(p))
			}
			n := copy(p, piece[:min(left, len(piece))])
			left -= n
			return n, nil
		})), nil
	}
	v := &Verifier{Payload: PayloadRequired, MaxPayload: size}
	s := newServer(t, v, nil)
	req, err := http.NewRequest("PUT", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Body, _ = source()
	req.GetBody = source
	req.ContentLength = size
	resp, err := (&Transport{Credentials: as(steve), HashPayload: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, resp)
	if seen := s.records(); resp.StatusCode != 200 || len(seen[0].body) != size {
		t.Errorf("status %d, %d bytes arrived", resp.StatusCode, len(seen[0].body))
	}
}

func TestTransportHashReadFails(t *testing.T) {
	rt := &Transport{Credentials: as(steve), HashPayload: true, Base: roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, errors.ErrUnsupported
	})}
	body, copied := recorded("body"), recorded("")
	copied.Reader = iotest.ErrReader(io.ErrUnexpectedEOF)
	_, err := rt.RoundTrip(&http.Request{Method: "POST", URL: mustParse(t, "http://h/"), Body: body, GetBody: func() (io.ReadCloser, error) { return copied, nil }})
	if !errors.Is(err, io.ErrUnexpectedEOF) || !body.closed || !copied.closed {
		t.Errorf("%v; closed: %v, %v", err, body.closed, copied.closed)
	}
}

// signing answers with a body and its signature, or with what tamper makes of them.
func signing(tamper func(http.Header, *string)) func(http.ResponseWriter, *http.Request, *Grant) {
	return func(w http.ResponseWriter, r *http.Request, g *Grant) {
		body := "some reply"
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		header, err := g.ServerAuthorization(HashPayload(g.Credentials.Algorithm, "text/plain", []byte(body)), "ext")
		if err != nil {
			panic(err)
		}
		w.Header().Set("Server-Authorization", header)
		if tamper != nil {
			tamper(w.Header(), &body)
		}
		_, _ = io.WriteString(w, body)
	}
}

func TestTransportResponse(t *testing.T) {
	unsign := func(h http.Header, _ *string) { h.Del("Server-Authorization") }
	lie := func(_ http.Header, body *string) { *body = "some other reply" }
	forge := func(h http.Header, _ *string) { h.Set("Server-Authorization", `Hawk mac="forged"`) }
	for name, test := range map[string]struct {
		check    ResponseCheck
		tamper   func(http.Header, *string)
		err      error // of RoundTrip
		readErr  error
		identity bool // is asked for
	}{
		"off":                  {check: ResponseUnchecked},
		"off, forged":          {check: ResponseUnchecked, tamper: forge},
		"if present":           {check: ResponseIfPresent, identity: true},
		"if present, absent":   {check: ResponseIfPresent, tamper: unsign, identity: true},
		"if present, forged":   {check: ResponseIfPresent, tamper: forge, err: ErrBadMAC, identity: true},
		"if present, tampered": {check: ResponseIfPresent, tamper: lie, readErr: ErrBadPayloadHash, identity: true},
		"required":             {check: ResponseRequired, identity: true},
		"required, absent":     {check: ResponseRequired, tamper: unsign, err: ErrMissingServerAuthorization, identity: true},
		"required, tampered":   {check: ResponseRequired, tamper: lie, readErr: ErrBadPayloadHash, identity: true},
	} {
		t.Run(name, func(t *testing.T) {
			var encoding string
			s := newServer(t, &Verifier{}, func(w http.ResponseWriter, r *http.Request, g *Grant) {
				encoding = r.Header.Get("Accept-Encoding")
				signing(test.tamper)(w, r, g)
			})
			resp, err := get(t, &Transport{Credentials: as(steve), Response: test.check}, s.URL)
			if !errors.Is(err, test.err) {
				t.Fatalf("%v, want %v", err, test.err)
			}
			if (encoding == "identity") != test.identity {
				t.Errorf("asked for the encoding %q", encoding)
			}
			if err != nil {
				return
			}
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, test.readErr) {
				t.Errorf("reading: %v, want %v", err, test.readErr)
			}
			_ = resp.Body.Close()
		})
	}
}

// An answer that is refused is closed.
func TestTransportClosesRefusedAnswers(t *testing.T) {
	for name, header := range map[string][2]string{
		"forged answer": {"Server-Authorization", `Hawk mac="forged"`},
		"forged time":   {"WWW-Authenticate", `Hawk ts="1", tsm="forged"`},
	} {
		body := recorded("body")
		rt := &Transport{Credentials: as(steve), Response: ResponseIfPresent, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 401, Header: http.Header{http.CanonicalHeaderKey(header[0]): {header[1]}}, Body: body}, nil
		})}
		if resp, err := get(t, rt, "http://h/"); resp != nil || err == nil || !body.closed {
			t.Errorf("%s: %v, %v, closed: %v", name, resp, err, body.closed)
		}
	}
}

// Many goroutines at once, while the clock is wrong and the credentials change.
func TestTransportConcurrently(t *testing.T) {
	clock := newClock(time.Now().Add(time.Hour))
	s := newServer(t, &Verifier{Now: clock.now}, signing(nil))
	var mu sync.Mutex
	calls := 0
	rt := &Transport{HashPayload: true, Response: ResponseBodyRequired, Credentials: func(context.Context) (Credentials, error) {
		mu.Lock()
		defer mu.Unlock()
		calls++
		if calls%2 == 0 {
			return Credentials{ID: "old", Key: steve.Key, Algorithm: SHA1}, nil
		}
		return steve, nil
	}}
	client := &http.Client{Transport: rt}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			resp, err := client.Post(fmt.Sprintf("%s/%d", s.URL, i), "text/plain", strings.NewReader("body"))
			if err != nil {
				t.Error(err)
				return
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != 200 || string(body) != "some reply" || err != nil {
				t.Errorf("%d: %d %q, %v", i, resp.StatusCode, body, err)
			}
		})
	}
	wg.Wait()
}

func TestTransportErrorsNeverHoldTheKey(t *testing.T) {
	c := Credentials{ID: "id", Key: secureaccess.NewSecret("hunter2"), Algorithm: 9}
	_, err := get(t, &Transport{Credentials: as(c)}, "http://127.0.0.1/")
	if text := fmt.Sprintf("%v %+v %#v", err, err, err); !errors.Is(err, ErrInvalidCredentials) || strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}
