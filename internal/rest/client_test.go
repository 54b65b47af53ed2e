package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
)

func TestCall_note(t *testing.T) {
	clock := newClock()
	s := serve(t, inTurn(responds(503, ""), func(w http.ResponseWriter, r *http.Request) {
		clock.advance(2 * time.Second)
		for name, value := range map[string]string{
			"Set-Cookie": "DSID=S-cookie", "Www-Authenticate": "S-challenge", "Authorization": "S-auth",
			"Server-Authorization": "S-hawk", "Location": "/x?t=S-query", "X-Request-Id": "r-1", "X-Kept": "k",
		} {
			w.Header().Set(name, value)
		}
		responds(201, `{"id":"a"}`)(w, r)
	}))
	var info secureaccess.Exchange
	c := connect(t, s.URL, secureaccess.WithClock(clock), retries(1))
	if _, err := Do[thing](secureaccess.Capture(t.Context(), &info), c, PUT("/v1/{id}", "a")); err != nil {
		t.Fatal(err)
	}
	if want := (secureaccess.Operation{Product: "test", Method: "PUT", Path: "/v1/{id}"}); info.Operation != want {
		t.Errorf("%+v", info.Operation)
	}
	if info.Status != 201 || info.RequestID != "r-1" || info.Attempts != 2 || info.Duration != clock.pauses[0]+2*time.Second {
		t.Errorf("%+v, paused %v", info, clock.pauses)
	}
	if info.Header.Get("X-Kept") != "k" || strings.Contains(fmt.Sprint(info), "S-") {
		t.Errorf("%v", info.Header)
	}
}

func TestCall_note_failure(t *testing.T) {
	s := serve(t, responds(404, `{}`))
	var info secureaccess.Exchange
	ctx := secureaccess.Capture(t.Context(), &info)
	if err := Send(ctx, connect(t, s.URL), GET("/v1")); err == nil || info.Status != 404 || info.Attempts != 1 || info.Header == nil {
		t.Errorf("%+v, %v", info, err)
	}
	// The next call under the context begins anew.
	if err := Send(ctx, connect(t, closedPort(t), retries(2)), POST("/v2")); err == nil || info.Status != 0 || info.Attempts != 3 || info.Header != nil || info.Path != "/v2" {
		t.Errorf("%+v, %v", info, err)
	}
	if err := Send(ctx, connect(t, s.URL), GET("/v3/{id}", "")); err == nil || info.Attempts != 0 || info.Status != 0 || info.Path != "/v3/{id}" {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestCall_note_signIn(t *testing.T) {
	login := serve(t, responds(200, `{"id":"token"}`))
	s := serve(t, responds(202, `{}`))
	door := connect(t, login.URL)
	session := &Session[string]{
		Obtain: func(ctx context.Context, _ string, _ bool) (string, error) {
			got, err := Do[thing](ctx, door, POST("/login"))
			if err != nil {
				return "", err
			}
			return got.ID, nil
		},
		Belongs: func(string, *url.URL) bool { return true },
		Clock:   newClock(),
	}
	var info secureaccess.Exchange
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	err := Send(secureaccess.Capture(t.Context(), &info), c, GET("/v1"))
	if err != nil || info.Product != "test" || info.Status != 202 || info.Attempts != 1 || login.requests.Load() != 1 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestCall_Operation(t *testing.T) {
	var got secureaccess.Operation
	c := connect(t, "https://host.example", secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		op, ok := secureaccess.OperationOf(req.Context())
		if !ok {
			t.Error("no operation")
		}
		got = op
		return httpmock.NewStringResponse(200, `{}`), nil
	})))
	if err := Send(t.Context(), c, DELETE("/v1/things/{thing_id}", "42").Param("t", "x")); err != nil {
		t.Fatal(err)
	}
	if want := (secureaccess.Operation{Product: "test", Method: "DELETE", Path: "/v1/things/{thing_id}"}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestConfig_Base_fails(t *testing.T) {
	login := &secureaccess.Error{Operation: secureaccess.Operation{Product: "door", Method: "POST", Path: "/login"}, Status: 401}
	c := connectWith(t, "http://localhost", func(c *Config) {
		c.Base = func(context.Context) (*url.URL, error) { return nil, login }
	})
	err := Send(t.Context(), c, GET("/v1"))
	if e := failureOf(t, err); e.Path != "/v1" || e.Attempts != 0 || !errors.Is(err, secureaccess.ErrUnauthorized) || !errors.Is(err, login) {
		t.Errorf("%v", err)
	}
}

func TestConfig_Prefix(t *testing.T) {
	var target string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { target = r.RequestURI })
	c := connectWith(t, s.URL, func(c *Config) { c.Prefix = "/v2" })
	var info secureaccess.Exchange
	err := Send(secureaccess.Capture(t.Context(), &info), c, GET("/things/{id}", "v1"))
	if err != nil || target != "/v2/things/v1" || info.Path != "/v2/things/{id}" {
		t.Errorf("%s as %s, %v", target, info.Path, err)
	}
}

func TestOp_Only(t *testing.T) {
	body, status := `{"id":"a"}`, 200
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { responds(status, body)(w, r) })
	c := connectWith(t, s.URL, func(c *Config) {
		c.DecodeError = func(e *secureaccess.Error, _ http.Header, body []byte) { e.Messages = []string{string(body)} }
	})
	refused := func(body []byte) bool { return bytes.Contains(body, []byte("denied")) }

	if _, err := Do[thing](t.Context(), c, POST("/v1").Only(200, 201)); err != nil {
		t.Error(err)
	}
	status = 202
	if _, err := Do[thing](t.Context(), c, POST("/v1").Only(200, 201).Statuses(202)); failureOf(t, err).Status != 202 {
		t.Error(err)
	}

	status = 200
	calls := map[string]func(*Op) (string, error){
		"Do": func(o *Op) (string, error) {
			got, err := Do[thing](t.Context(), c, o)
			if err != nil {
				return "", err
			}
			return got.ID, nil
		},
		"Text": func(o *Op) (string, error) {
			text, err := Text(t.Context(), c, o)
			return string(text), err
		},
		"Fetch": func(o *Op) (string, error) {
			download, err := Fetch(t.Context(), c, o)
			if err != nil {
				return "", err
			}
			defer func() { _ = download.Close() }()
			text, err := io.ReadAll(download)
			return string(text), err
		},
	}
	for name, call := range calls {
		body = `{"id":"a"}`
		if got, err := call(POST("/v1").RefusedIf(refused)); err != nil || !strings.Contains(got, "a") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		body = `{"error":"denied to S-password"}`
		_, err := call(POST("/v1").RefusedIf(refused).Conceal(secureaccess.NewSecret("S-password")))
		e := failureOf(t, err)
		if e.Status != 200 || string(e.Body) != `{"error":"denied to [redacted]"}` || len(e.Messages) != 1 || e.Err != nil {
			t.Errorf("%s: %+v", name, *e)
		}
		checkClean(t, err)
	}
	body = strings.Repeat("x", 100_000)
	download, err := Fetch(t.Context(), c, GET("/v1").RefusedIf(refused))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(download); err != nil || string(got) != body {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	_ = download.Close()
	if n := s.connections.Load(); n > 1+slack {
		t.Errorf("%d connections", n)
	}
}

func TestConceal(t *testing.T) {
	s := serve(t, responds(400, "you are S-ticket"))
	c := connectWith(t, s.URL, func(c *Config) {
		c.Auth = func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				Conceal(req.Context(), "S-ticket")
				return next.RoundTrip(req)
			})
		}
	})
	err := Send(t.Context(), c, GET("/v1"))
	if e := failureOf(t, err); string(e.Body) != "you are [redacted]" {
		t.Errorf("%s", e.Body)
	}
	Conceal(t.Context(), "outside a call")
}

func TestClient_connections(t *testing.T) {
	page := strings.Repeat("x", 40_000)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/json":
			responds(200, `{"id":"a"}`)(w, r)
		case "/trailing":
			responds(200, `{"id":"a"}`+strings.Repeat(" ", 40_000))(w, r)
		case "/204":
			w.WriteHeader(204)
		case "/refused":
			responds(404, page)(w, r)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, page)
		case "/large":
			responds(200, strings.Repeat(" ", 60_000))(w, r)
		case "/redirected":
			redirect(302, "/json")(w, r)
		case "/moved":
			redirect(302, "/json")(w, r)
			_, _ = io.WriteString(w, page)
		}
	})
	c := connect(t, s.URL, secureaccess.WithMaxResponseSize(50_000), retries(0))
	for name, call := range map[string]struct {
		do func() error
		ok bool
	}{
		"decoded":    {func() error { _, err := Do[thing](t.Context(), c, GET("/json")); return err }, true},
		"trailing":   {func() error { _, err := Do[thing](t.Context(), c, GET("/trailing")); return err }, true},
		"no content": {func() error { return Send(t.Context(), c, DELETE("/204")) }, true},
		"a page":     {func() error { return Send(t.Context(), c, POST("/html")) }, false},
		"unread":     {func() error { return Send(t.Context(), c, POST("/json")) }, true},
		"head":       {func() error { _, _, err := Header(t.Context(), c, HEAD("/json")); return err }, true},
		"text":       {func() error { _, err := Text(t.Context(), c, GET("/html")); return err }, true},
		"streamed": {func() error {
			d, err := Fetch(t.Context(), c, GET("/html"))
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, d)
			return errors.Join(err, d.Close())
		}, true},
		"refused":      {func() error { return Send(t.Context(), c, GET("/refused")) }, false},
		"not JSON":     {func() error { _, err := Do[thing](t.Context(), c, GET("/html")); return err }, false},
		"wrong shape":  {func() error { _, err := Do[[]thing](t.Context(), c, GET("/json")); return err }, false},
		"too large":    {func() error { _, err := Do[thing](t.Context(), c, GET("/large")); return err }, false},
		"redirected":   {func() error { return Send(t.Context(), c, GET("/redirected")) }, true},
		"not followed": {func() error { return Send(t.Context(), c, POST("/moved")) }, false},
	} {
		before := s.connections.Load()
		for range 4 {
			if err := call.do(); (err == nil) != call.ok {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := s.connections.Load(); n > max(before, 1)+slack {
			t.Errorf("%s: %d connections after %d", name, n, before)
		}
	}
}

func TestClient_manyGoroutines(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		responds(200, `{"id":`+strconv.Quote(r.URL.Path[1:])+`}`)(w, r)
	})
	c := connectWith(t, s.URL, func(c *Config) { c.Header = http.Header{"X-Product": {"p"}} })
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			id := strconv.Itoa(i)
			var info secureaccess.Exchange
			got, err := Do[thing](secureaccess.Capture(t.Context(), &info), c, PUT("/{id}", id).Header("X-Own", id).JSON(i))
			if err != nil || got.ID != id || info.Attempts != 1 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	wg.Wait()
	if got := c.Clock(); got != c.settings.Clock {
		t.Errorf("%v", got)
	}
}
