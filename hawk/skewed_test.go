package hawk

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

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

func TestTransport_RoundTrip_dateOverVerifiedTLS(t *testing.T) {
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

func TestTransport_RoundTrip_dateNotBelieved(t *testing.T) {
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

// A refusal that nothing can follow, because the body is gone, is the response: whole, though its start was read.
func TestTransport_RoundTrip_dateBodyReadOnce(t *testing.T) {
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
func TestTransport_RoundTrip_peek(t *testing.T) {
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
