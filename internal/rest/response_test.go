package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// checkClean fails if an error tells what begins with "S-", in any form in which it could be printed.
func checkClean(t testing.TB, err error) {
	t.Helper()
	check := func(where, text string) {
		if i := strings.Index(text, "S-"); i >= 0 {
			t.Errorf("%s tells: %.200s", where, text[i:])
		}
	}
	var walk func(error)
	walk = func(err error) {
		if err == nil {
			return
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			check(fmt.Sprintf("%T under %s", err, verb), fmt.Sprintf(verb, err))
		}
		switch err := err.(type) {
		case interface{ Unwrap() error }:
			walk(err.Unwrap())
		case interface{ Unwrap() []error }:
			for _, err := range err.Unwrap() {
				walk(err)
			}
		}
	}
	walk(err)
	walk(fmt.Errorf("wrapped: %w", err))
	if _, ok := errors.AsType[*url.Error](err); ok {
		t.Errorf("%v holds an *url.Error", err)
	}
	if e, ok := errors.AsType[*secureaccess.Error](err); ok {
		check("the body", string(e.Body))
		check("a message", strings.Join(e.Messages, "\n"))
		data, jerr := json.Marshal(e)
		if jerr != nil {
			t.Error(jerr)
		}
		check("its JSON", string(data))
	}
}

func TestRequestID_names(t *testing.T) {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(name, "r-1")
			responds(404, "")(w, r)
		})
		var info secureaccess.Exchange
		err := Send(secureaccess.Capture(t.Context(), &info), connect(t, s.URL), GET("/v1"))
		if e := failureOf(t, err); e.RequestID != "r-1" || info.RequestID != "r-1" {
			t.Errorf("%s: %q, %q", name, e.RequestID, info.RequestID)
		}
	}
}

var errProduct = errors.New("product's own")

func TestDo_null(t *testing.T) {
	c := connect(t, serve(t, responds(200, `null`)).URL)
	if got, err := Do[thing](t.Context(), c, GET("/v1").MayBeEmpty()); err != nil || *got != (thing{}) {
		t.Errorf("where nothing is allowed: %v, %v", got, err)
	}
	if got, err := Do[[]thing](t.Context(), c, GET("/v1").MayBeBareList()); err != nil || *got != nil {
		t.Errorf("a list: %v, %v", got, err)
	}
	if got, err := Do[json.RawMessage](t.Context(), c, GET("/v1")); err != nil || string(*got) != "null" {
		t.Errorf("as it is: %v, %v", got, err)
	}
}

func TestDo_unusable(t *testing.T) {
	const page = `<html><head><title>502</title></head><body>proxy says no</body></html>`
	zip := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
		return b.String()
	}
	type answer struct {
		status      int
		contentType string
		encoding    string
		length      int // 0: that of the body
		body        string
	}
	for name, test := range map[string]struct {
		answer  answer
		kind    error
		text    string
		excerpt string
	}{
		"html of a proxy":          {answer{200, "text/html; charset=utf-8", "", 0, page}, secureaccess.ErrBadResponse, "text/html, not JSON", page},
		"html that failed":         {answer{502, "text/html", "", 0, page}, secureaccess.ErrServer, "502 Bad Gateway", page},
		"truncated JSON":           {answer{200, "application/json", "", 0, `{"id":"a"`}, secureaccess.ErrBadResponse, "ends too early", `{"id":"a"`},
		"truncated transfer":       {answer{200, "application/json", "", 100, `{"id":"a"`}, io.ErrUnexpectedEOF, "broke off", `{"id":"a"`},
		"wrong shape":              {answer{200, "application/json", "", 0, `{"name":["a"]}`}, secureaccess.ErrBadResponse, "any member that is expected", `{"name":["a"]}`},
		"a list":                   {answer{200, "application/json", "", 0, `[]`}, secureaccess.ErrBadResponse, "a list where an object is due", `[]`},
		"null":                     {answer{200, "application/json", "", 0, "null\n"}, secureaccess.ErrBadResponse, "null", "null"},
		"more than one":            {answer{200, "application/json", "", 0, `{} {}`}, secureaccess.ErrBadResponse, "not valid JSON", `{} {}`},
		"binary":                   {answer{200, "", "", 0, "\x00\xff\xfe"}, secureaccess.ErrBadResponse, "", "\x00\xff\xfe"},
		"empty":                    {answer{200, "application/json", "", 0, ""}, secureaccess.ErrBadResponse, "empty", ""},
		"204":                      {answer{204, "", "", 0, ""}, secureaccess.ErrBadResponse, "empty", ""},
		"invalid gzip":             {answer{200, "application/json", "gzip", 0, `{"id":"a"}`}, gzip.ErrHeader, "malformed", ""},
		"truncated gzip":           {answer{200, "application/json", "gzip", 0, zip(`{"id":"a"}`)[:20]}, io.ErrUnexpectedEOF, "", `{"id"`},
		"invalid gzip of an error": {answer{404, "application/json", "gzip", 0, `{"id":"a"}`}, secureaccess.ErrNotFound, "404", ""},
		"too large":                {answer{200, "application/json", "", 0, `{"id":"` + strings.Repeat("a", 2000) + `"}`}, secureaccess.ErrResponseTooLarge, "1000 bytes", `{"id":"aaa`},
		"a gzip bomb":              {answer{200, "application/json", "gzip", 0, zip(`{"id":"` + strings.Repeat("a", 10<<20) + `"}`)}, secureaccess.ErrResponseTooLarge, "1000 bytes", `{"id":"aaa`},
		"a bomb that failed":       {answer{404, "application/json", "gzip", 0, zip(strings.Repeat("a", 10<<20))}, secureaccess.ErrNotFound, "404", "aaa"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				a := test.answer
				w.Header()["Content-Type"] = []string{a.contentType}
				w.Header().Set("X-Request-Id", "r-1")
				if a.encoding != "" {
					w.Header().Set("Content-Encoding", a.encoding)
				}
				if a.length != 0 {
					w.Header().Set("Content-Length", strconv.Itoa(a.length))
				}
				w.WriteHeader(a.status)
				_, _ = io.WriteString(w, a.body)
			})
			c := connect(t, s.URL, retries(0), secureaccess.WithMaxResponseSize(1000))
			var info secureaccess.Exchange
			got, err := Do[thing](secureaccess.Capture(t.Context(), &info), c, GET("/v1"))
			e := failureOf(t, err)
			if got != nil || !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v, %v", got, err)
			}
			if want := test.answer.status; e.Status != want || info.Status != want || e.RequestID != "r-1" || e.Attempts != 1 {
				t.Errorf("%+v, %+v", *e, info)
			}
			if test.answer.status == 200 && test.kind != secureaccess.ErrResponseTooLarge && !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("not a bad response: %v", err)
			}
			if !strings.HasPrefix(string(e.Body), test.excerpt) || test.excerpt == "" && len(e.Body) != 0 || len(e.Body) > excerptSize {
				t.Errorf("excerpt: %.80q", e.Body)
			}
			// The connection is handled, whatever came.
			test.answer = answer{200, "application/json", "", 0, `{"id":"next"}`}
			if got, err := Do[thing](t.Context(), c, GET("/v1")); err != nil || got.ID != "next" {
				t.Errorf("after that: %v, %v", got, err)
			}
		})
	}
}

func TestDo_sizeLimit(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		for size, ok := range map[int]bool{99: true, 100: true, 101: false, 200: false} {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if chunked {
					w.(http.Flusher).Flush()
				}
				_, _ = io.WriteString(w, strings.Repeat(" ", size-len(`{"id":"a"}`))+`{"id":"a"}`)
			})
			_, err := Do[thing](t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(100)), GET("/v1"))
			if (err == nil) != ok || err != nil && !errors.Is(err, secureaccess.ErrResponseTooLarge) {
				t.Errorf("%d bytes, chunked %t: %v", size, chunked, err)
			}
		}
	}
	s := serve(t, responds(200, `{"id":"a"}`))
	got, err := Do[thing](t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(math.MaxInt64)), GET("/v1"))
	if err != nil || got.ID != "a" {
		t.Errorf("without a limit: %v, %v", got, err)
	}
}

func TestDo_gzip(t *testing.T) {
	var asked string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Accept-Encoding")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"id":"a"}`)
		_ = z.Close()
	})
	got, err := Do[thing](t.Context(), connect(t, s.URL), GET("/v1"))
	if err != nil || got.ID != "a" || asked != "gzip" {
		t.Errorf("%v, %v, asked for %q", got, err, asked)
	}
}

func TestText(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "a,b\n")
	})
	body, err := Text(t.Context(), connect(t, s.URL), GET("/v1"))
	if err != nil || string(body) != "a,b\n" {
		t.Errorf("%q, %v", body, err)
	}
	body, err = Text(t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(3)), GET("/v1"))
	if e := failureOf(t, err); body != nil || !errors.Is(err, secureaccess.ErrResponseTooLarge) || string(e.Body) != "a,b" {
		t.Errorf("%q, %v", body, err)
	}
	if _, err := Text(t.Context(), connect(t, s.URL+"/x"), GET("/v1").Refuse(io.EOF)); err == nil {
		t.Error("no error")
	}
}

func TestDo_contextEndsInTheBody(t *testing.T) {
	for name, want := range map[string]error{"cancelled": context.Canceled, "deadline": context.DeadlineExceeded} {
		ctx, cancel := context.WithCancel(t.Context())
		if name == "deadline" {
			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
		}
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"id":`)
			w.(http.Flusher).Flush()
			if name == "cancelled" {
				cancel()
			}
			<-r.Context().Done()
		})
		_, err := Do[thing](ctx, connect(t, s.URL), GET("/v1"))
		if !errors.Is(err, want) || errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

func TestPeek(t *testing.T) {
	for _, n := range []int64{0, 1, 3, 6, 100} {
		closed := false
		resp := &http.Response{Body: readCloser{strings.NewReader("abcdef"), &closed}}
		head := Peek(resp, n)
		rest, err := io.ReadAll(resp.Body)
		if err != nil || string(head) != "abcdef"[:min(n, 6)] || string(rest) != "abcdef" {
			t.Errorf("%d: %q, %q, %v", n, head, rest, err)
		}
		if _ = resp.Body.Close(); !closed {
			t.Error("the body is not closed")
		}
	}
	broken := errors.New("broken")
	closed := false
	resp := &http.Response{Body: readCloser{io.MultiReader(strings.NewReader("abc"), errorReader{broken}), &closed}}
	if head := Peek(resp, 100); string(head) != "abc" {
		t.Errorf("%q", head)
	}
	if rest, err := io.ReadAll(resp.Body); string(rest) != "abc" || err != broken {
		t.Errorf("%q, %v", rest, err)
	}
}

// A page that stalls at its beginning must not hold what looks whether it is one.
func TestPeek_stalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		go func() { _, _ = w.Write([]byte("<html>")) }()
		resp := &http.Response{Body: r}
		begun := time.Now()
		if head := Peek(resp, 100); string(head) != "<html>" {
			t.Errorf("%q", head)
		}
		if took := time.Since(begun); took != refusalTime {
			t.Errorf("after %v", took)
		}
		if data, err := io.ReadAll(resp.Body); string(data) != "<html>" || transport.ClassOf(err) != transport.Stalled {
			t.Errorf("%q, %v", data, err)
		}
		_ = resp.Body.Close()
	})
}

type readCloser struct {
	io.Reader
	closed *bool
}

func (r readCloser) Close() error { *r.closed = true; return nil }

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// What is captured is redacted and cut; what is believed is not decided by that.
func TestDo_unreadWithCapture(t *testing.T) {
	s := serve(t, responds(200, `{"id":{"x":1}}`))
	c := connect(t, s.URL)
	for _, capture := range []bool{false, true} {
		ctx := t.Context()
		var info secureaccess.Exchange
		if capture {
			ctx = secureaccess.Capture(ctx, &info)
		}
		_, err := Do[thing](ctx, c, GET("/v1").Conceal(secureaccess.NewSecret("/id/")))
		if !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("capture %t: %v", capture, err)
		}
		if capture && len(info.Unread) == 0 {
			t.Error("nothing is captured")
		}
	}
}
