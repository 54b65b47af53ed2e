package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
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

func TestCaptureTellsOfTheExchange(t *testing.T) {
	clock := newClock()
	s := serve(t, inTurn(answers(503, ""), func(w http.ResponseWriter, r *http.Request) {
		clock.advance(2 * time.Second)
		for name, value := range map[string]string{
			"Set-Cookie": "DSID=S-cookie", "Www-Authenticate": "S-challenge", "Authorization": "S-auth",
			"Server-Authorization": "S-hawk", "Location": "/x?t=S-query", "X-Request-Id": "r-1", "X-Kept": "k",
		} {
			w.Header().Set(name, value)
		}
		answers(201, `{}`)(w, r)
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

func TestCaptureOfCallsThatFail(t *testing.T) {
	s := serve(t, answers(404, `{}`))
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

func TestCaptureSurvivesALoginUnderTheCall(t *testing.T) {
	login := serve(t, answers(200, `{"id":"token"}`))
	s := serve(t, answers(202, `{}`))
	door := connectWith(t, login.URL, func(c *Config) { c.Product = "door" })
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

func TestTransportOfTheCallerSeesTheOperation(t *testing.T) {
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

func TestBaseThatFails(t *testing.T) {
	login := &secureaccess.Error{Operation: secureaccess.Operation{Product: "door", Method: "POST", Path: "/login"}, Status: 401}
	c := connectWith(t, "http://localhost", func(c *Config) {
		c.Base = func(context.Context) (*url.URL, error) { return nil, login }
	})
	err := Send(t.Context(), c, GET("/v1"))
	if e := failureOf(t, err); e.Path != "/v1" || e.Attempts != 0 || !errors.Is(err, secureaccess.ErrUnauthorized) || !errors.Is(err, login) {
		t.Errorf("%v", err)
	}
}

func TestPathOfAnotherVersionKeepsTheName(t *testing.T) {
	var target string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { target = r.RequestURI })
	c := connectWith(t, s.URL, func(c *Config) {
		c.Path = func(template string) string { return strings.Replace(template, "/v1/", "/v2/", 1) }
	})
	var info secureaccess.Exchange
	err := Send(secureaccess.Capture(t.Context(), &info), c, GET("/api/v1/{id}", "v1"))
	if err != nil || target != "/api/v2/v1" || info.Path != "/api/v1/{id}" {
		t.Errorf("%s as %s, %v", target, info.Path, err)
	}
}

func TestFetchStreamsMoreThanTheLimit(t *testing.T) {
	data := randomBytes(3 << 20)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-image; v=1")
		w.Header().Set("Content-Disposition", `attachment; filename="image.pkg"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data)
	})
	download, err := Fetch(t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(10)), GET("/v1"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(download)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if download.Size != int64(len(data)) || download.ContentType != "application/x-image" || download.Name != "image.pkg" {
		t.Errorf("%d, %q, %q", download.Size, download.ContentType, download.Name)
	}
	if err := download.Close(); err != nil {
		t.Error(err)
	}
}

func TestFetchAsksForTheContentAsItIs(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, "content")
			_ = z.Close()
			return
		}
		_, _ = io.WriteString(w, "content")
	})
	c := connect(t, s.URL)
	for name, test := range map[string]struct {
		op   *Op
		size int64
	}{
		"as it is":   {GET("/v1"), 7},
		"compressed": {GET("/v1").Header("Accept-Encoding", "gzip"), -1},
	} {
		download, err := Fetch(t.Context(), c, test.op)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(download)
		if err != nil || name == "as it is" && (string(got) != "content" || download.Size != test.size) || name == "compressed" && len(got) < 8 {
			t.Errorf("%s: %q of %d, %v", name, got, download.Size, err)
		}
		_ = download.Close()
	}
}

func TestFetchOfUnknownSize(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "abc")
	})
	download, err := Fetch(t.Context(), connect(t, s.URL), GET("/v1"))
	if err != nil || download.Size != -1 || download.Name != "" {
		t.Fatalf("%+v, %v", download, err)
	}
	if got, err := io.ReadAll(download); err != nil || string(got) != "abc" {
		t.Errorf("%q, %v", got, err)
	}
	_ = download.Close()
}

func TestFetchThatBreaksOffIsATypedError(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "r-1")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "abc")
	})
	download, err := Fetch(t.Context(), connect(t, s.URL), GET("/v1/{id}", "x").Param("t", "S-query"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(download)
	e := failureOf(t, err)
	if string(got) != "abc" || !errors.Is(err, io.ErrUnexpectedEOF) || e.Path != "/v1/{id}" || e.Status != 200 || e.RequestID != "r-1" {
		t.Errorf("%q, %v", got, err)
	}
	checkClean(t, err)
	if err := download.Close(); err != nil {
		t.Error(err)
	}
	if _, err := download.Read(make([]byte, 1)); err == nil {
		t.Error("reading goes on after Close")
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "abc")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	download, err := Fetch(ctx, connect(t, s.URL), GET("/v1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(download, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(download); !errors.Is(err, context.Canceled) || failureOf(t, err).Path != "/v1" {
		t.Errorf("%v", err)
	}
	_ = download.Close()
}

func TestFetchClosedEarlyLeavesTheClientWorking(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/big" {
			_, _ = w.Write(randomBytes(4 << 20))
			return
		}
		answers(200, `{"id":"a"}`)(w, r)
	})
	c := connect(t, s.URL)
	for range 3 {
		download, err := Fetch(t.Context(), c, GET("/big"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(download, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		if err := download.Close(); err != nil {
			t.Error(err)
		}
		if got, err := Do[thing](t.Context(), c, GET("/v1")); err != nil || got.ID != "a" {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestProposedName(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="image.pkg"`:                 "image.pkg",
		`attachment; filename=image.pkg`:                   "image.pkg",
		`attachment; filename="../../etc/passwd"`:          "passwd",
		`attachment; filename="C:\\Windows\\evil.exe"`:     "evil.exe",
		`attachment; filename="C:evil.exe"`:                "C_evil.exe",
		`attachment; filename="/"`:                         "file",
		`attachment; filename=".."`:                        "",
		`attachment; filename="a/.."`:                      "",
		`attachment; filename="."`:                         "",
		`attachment; filename=""`:                          "",
		`attachment`:                                       "",
		`attachment; filename=`:                            "",
		`;;;`:                                              "",
		"":                                                 "",
		`attachment; filename*=UTF-8''%2e%2e%2f%E6%97%A5`:  "日",
		`attachment; filename*=UTF-8''a%00b%0Ac`:           "a_b_c",
		`attachment; filename="backup 12:30.zip"; x="y/z"`: "backup 12_30.zip",
	} {
		if got := proposedName(http.Header{"Content-Disposition": {header}}); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func FuzzProposedName(f *testing.F) {
	f.Add("../../etc/passwd")
	f.Add(`..\..\x`)
	f.Add("C:\x00\n")
	f.Fuzz(func(t *testing.T, name string) {
		header := http.Header{"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})}}
		got := proposedName(header)
		if got == "." || got == ".." || strings.ContainsAny(got, "/\\:\x00\r\n\t\x1b") {
			t.Fatalf("%q is proposed as %q", name, got)
		}
	})
}

func TestOnlyAndRefusedIf(t *testing.T) {
	body, status := `{"id":"a"}`, 200
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { answers(status, body)(w, r) })
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
			text, _, err := Text(t.Context(), c, o)
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

func TestConcealFromBelow(t *testing.T) {
	s := serve(t, answers(400, "you are S-ticket"))
	c := connectWith(t, s.URL, func(c *Config) {
		c.Auth = func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				Conceal(req.Context(), secureaccess.NewSecret("S-ticket"))
				return next.RoundTrip(req)
			})
		}
	})
	err := Send(t.Context(), c, GET("/v1"))
	if e := failureOf(t, err); string(e.Body) != "you are [redacted]" {
		t.Errorf("%s", e.Body)
	}
	Conceal(t.Context(), secureaccess.NewSecret("outside a call"))
}

func TestConnectionsAreUsedAgainOnEveryPath(t *testing.T) {
	page := strings.Repeat("x", 40_000)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/json":
			answers(200, `{"id":"a"}`)(w, r)
		case "/trailing":
			answers(200, `{"id":"a"}`+strings.Repeat(" ", 40_000))(w, r)
		case "/204":
			w.WriteHeader(204)
		case "/refused":
			answers(404, page)(w, r)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, page)
		case "/large":
			answers(200, strings.Repeat(" ", 60_000))(w, r)
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
		"unread":     {func() error { return Send(t.Context(), c, POST("/html")) }, true},
		"head":       {func() error { _, _, err := Header(t.Context(), c, HEAD("/json")); return err }, true},
		"text":       {func() error { _, _, err := Text(t.Context(), c, GET("/html")); return err }, true},
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

func TestOneClientServesManyGoroutines(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answers(200, `{"id":`+strconv.Quote(r.URL.Path[1:])+`}`)(w, r)
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
