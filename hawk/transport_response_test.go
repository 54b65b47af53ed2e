package hawk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// signing responds with a body and its signature, or with what tamper makes of them.
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

func TestTransport_RoundTrip_response(t *testing.T) {
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
		"off":                  {check: ResponseCheckNone},
		"off, forged":          {check: ResponseCheckNone, tamper: forge},
		"if present":           {check: ResponseCheckIfPresent, identity: true},
		"if present, absent":   {check: ResponseCheckIfPresent, tamper: unsign, identity: true},
		"if present, forged":   {check: ResponseCheckIfPresent, tamper: forge, err: ErrBadMAC, identity: true},
		"if present, tampered": {check: ResponseCheckIfPresent, tamper: lie, readErr: ErrBadPayloadHash, identity: true},
		"required":             {check: ResponseCheckRequired, identity: true},
		"required, absent":     {check: ResponseCheckRequired, tamper: unsign, err: ErrMissingServerAuthorization, identity: true},
		"required, tampered":   {check: ResponseCheckRequired, tamper: lie, readErr: ErrBadPayloadHash, identity: true},
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

// A caller that demands signatures still learns why its credentials are refused.
func TestTransport_RoundTrip_refusalUnderResponseRequired(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	body := recorded(`{"code":40103,"message":"unknown` + "\r\n" + `credentials"}`)
	rt := &Transport{Credentials: as(Credentials{ID: "nobody", Key: steve.Key}), Response: ResponseCheckRequired}
	rt.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			_ = resp.Body.Close()
			resp.Body = body
		}
		return resp, err
	})
	_, err := get(t, rt, s.URL)
	var e *Error
	if !errors.As(err, &e) || e.Status != 401 || !errors.Is(err, ErrMissingServerAuthorization) || !body.closed {
		t.Fatalf("%v, closed: %v", err, body.closed)
	}
	if want := `401 Unauthorized: Unknown credentials: {"code":40103,"message":"unknown credentials"}`; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v", err)
	}
}

// A response that is refused is closed.
func TestTransport_RoundTrip_closesRefusedResponses(t *testing.T) {
	for name, header := range map[string][2]string{
		"forged response": {"Server-Authorization", `Hawk mac="forged"`},
		"forged time":     {"WWW-Authenticate", `Hawk ts="1", tsm="forged"`},
	} {
		body := recorded("body")
		rt := &Transport{Credentials: as(steve), Response: ResponseCheckIfPresent, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 401, Header: http.Header{http.CanonicalHeaderKey(header[0]): {header[1]}}, Body: body}, nil
		})}
		if resp, err := get(t, rt, "http://h/"); resp != nil || err == nil || !body.closed {
			t.Errorf("%s: %v, %v, closed: %v", name, resp, err, body.closed)
		}
	}
}

// Many goroutines at once, while the clock is wrong and the credentials change.
func TestTransport_RoundTrip_concurrently(t *testing.T) {
	clock := newClock(time.Now().Add(time.Hour))
	s := newServer(t, &Verifier{Now: clock.now}, signing(nil))
	var mu sync.Mutex
	calls := 0
	rt := &Transport{HashPayload: true, Response: ResponseCheckBodyRequired, Credentials: func(context.Context) (Credentials, error) {
		mu.Lock()
		defer mu.Unlock()
		calls++
		if calls%2 == 0 {
			return Credentials{ID: "old", Key: steve.Key, Algorithm: AlgorithmSHA1}, nil
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
