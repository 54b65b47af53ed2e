package hawk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestTransport_RoundTrip_signs(t *testing.T) {
	s := newServer(t, &Verifier{Payload: PayloadPolicyRequired}, func(w http.ResponseWriter, r *http.Request, g *Grant) {
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

func TestTransport_RoundTrip_renewsCredentials(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	current := Credentials{ID: "expired", Key: steve.Key}
	rt := &Transport{Credentials: func(context.Context) (Credentials, error) { return current, nil }}
	mustGet(t, rt, s.URL, 401)
	current = steve
	mustGet(t, rt, s.URL, 200)
	current.Algorithm = AlgorithmSHA1
	mustGet(t, rt, s.URL, 401)
	current.ID = "old"
	mustGet(t, rt, s.URL, 200)
}

// Nothing is sent, and the body is closed, when a request cannot be signed.
func TestTransport_RoundTrip_refusesToSign(t *testing.T) {
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

func TestTransport_RoundTrip_redirects(t *testing.T) {
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

func TestTransport_RoundTrip_replayedNonce(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	rt := &Transport{Credentials: as(steve), Signer: Signer{Nonce: func() string { return "same" }}}
	mustGet(t, rt, s.URL, 200)
	mustGet(t, rt, s.URL, 401)
	seen := s.records()
	if len(seen) != 2 || !errors.Is(seen[1].refused, ErrInvalidNonce) {
		t.Errorf("%+v", seen)
	}
}

func TestTransport_RoundTrip_port(t *testing.T) {
	s := newServer(t, &Verifier{Origin: func(*http.Request) (string, string) { return "https", "public.example" }}, nil)
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
func TestTransport_RoundTrip_hashesStreams(t *testing.T) {
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
	v := &Verifier{Payload: PayloadPolicyRequired, MaxPayload: size}
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

func TestTransport_RoundTrip_hashReadFails(t *testing.T) {
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

// RoundTripWith uses the credentials it is given, on the request it is given.
func TestTransport_RoundTripWith(t *testing.T) {
	s := newServer(t, &Verifier{Payload: PayloadPolicyRequired}, nil)
	rt := &Transport{HashPayload: true, Response: ResponseCheckIfPresent} // no Credentials
	for _, c := range []Credentials{steve, {ID: "old", Key: steve.Key, Algorithm: AlgorithmSHA1}} {
		req, err := http.NewRequest("POST", s.URL+"/a%2Fb?q=日 本", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		shared := req.URL
		header := req.Header
		rt.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
			if r != req {
				t.Error("the request was copied")
			}
			return http.DefaultTransport.RoundTrip(r)
		})
		resp, err := rt.RoundTripWith(req, c)
		if err != nil {
			t.Fatal(err)
		}
		if text := readAll(t, resp); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", c.ID, resp.StatusCode, text)
		}
		if header.Get("Authorization") == "" || header.Get("Accept-Encoding") != "identity" {
			t.Errorf("the header was copied: %v", header)
		}
		if shared.RawQuery != "q=日 本" || req.URL.RawQuery != "q=%E6%97%A5%20%E6%9C%AC" {
			t.Errorf("the query is %q, and %q in the URL that others may share", req.URL.RawQuery, shared.RawQuery)
		}
	}
	// A request without a header map gets one, and one that is repeated is signed in place of the old signature.
	rt.Base = nil
	req := &http.Request{Method: "GET", URL: mustParse(t, s.URL)}
	for range 2 {
		resp, err := rt.RoundTripWith(req, steve)
		if err != nil {
			t.Fatal(err)
		}
		readAll(t, resp)
		if resp.StatusCode != 200 || len(req.Header["Authorization"]) != 1 {
			t.Errorf("%d with %v", resp.StatusCode, req.Header)
		}
	}
}

// The request after a clock correction is a copy: the base transport may still have the first one.
func TestTransport_RoundTripWith_repeats(t *testing.T) {
	clock := newClock(epoch.Add(time.Hour))
	v := &Verifier{Credentials: lookUp, Now: clock.now, Payload: PayloadPolicyRequired}
	var sent []*http.Request
	rt := &Transport{HashPayload: true, Signer: Signer{Now: func() time.Time { return epoch }}}
	rt.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r)
		w := httptest.NewRecorder()
		if _, err := v.Verify(r); err != nil {
			err.(*Error).Respond(w)
		}
		return w.Result(), nil
	})
	req, err := http.NewRequest("POST", "http://h/", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTripWith(req, steve)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || len(sent) != 2 || sent[0] != req || sent[1] == req || sent[0].Header.Get("Authorization") == sent[1].Header.Get("Authorization") {
		t.Errorf("%d after %d requests", resp.StatusCode, len(sent))
	}
}

func TestTransport_RoundTripWith_refuses(t *testing.T) {
	sent := 0
	rt := &Transport{Origin: SameOrigin(mustParse(t, "https://a.example")), Base: roundTripper(func(r *http.Request) (*http.Response, error) {
		sent++
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s is sent a signature", r.URL)
		}
		return &http.Response{StatusCode: 200, Header: make(http.Header), Body: http.NoBody, Request: r}, nil
	})}
	resp, err := rt.RoundTripWith(&http.Request{Method: "GET", URL: mustParse(t, "https://b.example/")}, steve)
	if err != nil || resp.StatusCode != 200 || sent != 1 {
		t.Errorf("another origin: %v, %v, sent %d times", resp, err, sent)
	}
	for name, c := range map[string]Credentials{"no credentials": {}, "an id with a quote": {ID: `"`, Key: steve.Key}} {
		body := recorded("body")
		_, err := rt.RoundTripWith(&http.Request{Method: "POST", URL: mustParse(t, "https://a.example/"), Body: body}, c)
		if !errors.Is(err, ErrInvalidCredentials) || sent != 1 || !body.closed {
			t.Errorf("%s: %v, sent %d times, closed: %v", name, err, sent, body.closed)
		}
	}
}

func TestTransport_RoundTrip_errorsNeverHoldTheKey(t *testing.T) {
	c := Credentials{ID: "id", Key: secureaccess.NewSecret("hunter2"), Algorithm: 9}
	_, err := get(t, &Transport{Credentials: as(c)}, "http://127.0.0.1/")
	if text := fmt.Sprintf("%v %+v %#v", err, err, err); !errors.Is(err, ErrInvalidCredentials) || strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}
