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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
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

func TestStatusIsTypedError(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.URL.Path[1:])
		w.Header().Set("Retry-After", "30")
		w.Header().Set("X-Request-Id", "r-1")
		answers(status, `{"error":"nope"}`)(w, r)
	})
	c := connect(t, s.URL, retries(0))
	for status, sentinel := range map[int]error{
		400: secureaccess.ErrBadRequest, 401: secureaccess.ErrUnauthorized, 402: secureaccess.ErrPaymentRequired,
		403: secureaccess.ErrForbidden, 404: secureaccess.ErrNotFound, 409: secureaccess.ErrConflict,
		411: secureaccess.ErrLengthRequired, 417: secureaccess.ErrExpectationFailed, 422: secureaccess.ErrUnprocessable,
		429: secureaccess.ErrRateLimited, 500: secureaccess.ErrServer, 503: secureaccess.ErrServer,
	} {
		_, err := Do[thing](t.Context(), c, GET("/{status}", strconv.Itoa(status)))
		e := failureOf(t, err)
		want := secureaccess.Operation{Product: "test", Method: "GET", Path: "/{status}"}
		if !errors.Is(err, sentinel) || e.Status != status || e.Operation != want || e.RetryAfter != 30*time.Second ||
			e.RequestID != "r-1" || e.Attempts != 1 || string(e.Body) != `{"error":"nope"}` {
			t.Errorf("%d: %#v, %+v", status, err, *e)
		}
	}
}

func TestRequestIDHasManyNames(t *testing.T) {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(name, "r-1")
			answers(404, "")(w, r)
		})
		var info secureaccess.Exchange
		err := Send(secureaccess.Capture(t.Context(), &info), connect(t, s.URL), GET("/v1"))
		if e := failureOf(t, err); e.RequestID != "r-1" || info.RequestID != "r-1" {
			t.Errorf("%s: %q, %q", name, e.RequestID, info.RequestID)
		}
	}
}

var errProduct = errors.New("product's own")

func TestProductDecoderFillsTheError(t *testing.T) {
	var sawBody string
	var sawHeader http.Header
	decoder := func(e *secureaccess.Error, header http.Header, body []byte) {
		sawBody, sawHeader = string(body), header
		var answer struct {
			Code     string
			Messages []string
		}
		if json.Unmarshal(body, &answer) == nil {
			e.Code, e.Messages, e.Err = answer.Code, answer.Messages, errProduct
		}
	}
	body := `{"code":"40003","messages":["too many","use \u0053-less & S-le/ss"]}`
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Detail", "d")
		answers(400, body)(w, r)
	})
	c := connectWith(t, s.URL, func(c *Config) { c.DecodeError = decoder })
	_, err := Do[thing](t.Context(), c, POST("/v1").Conceal(secureaccess.NewSecret("S-less")))
	e := failureOf(t, err)
	if e.Code != "40003" || !errors.Is(err, errProduct) || !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("%+v", *e)
	}
	if len(e.Messages) != 2 || e.Messages[1] != "use [redacted] & S-le/ss" {
		t.Errorf("%q", e.Messages)
	}
	if sawBody != body || sawHeader.Get("X-Detail") != "d" {
		t.Errorf("the decoder saw %q, %v", sawBody, sawHeader)
	}

	body = strings.Repeat("x", 2<<20)
	if _, err := Do[thing](t.Context(), c, POST("/v1")); len(sawBody) != refusalSize || failureOf(t, err).Code != "" {
		t.Errorf("the decoder saw %d bytes: %v", len(sawBody), err)
	}
}

func TestSecretsOfTheRequestAreBlottedOut(t *testing.T) {
	const secret = `S-p&ss wörd/"<x>'+%\`
	escaped, _ := json.Marshal(secret)
	for name, echo := range map[string]string{
		"raw":           secret,
		"query":         url.QueryEscape(secret),
		"path":          url.PathEscape(secret),
		"json":          string(escaped),
		"json, no html": `S-p&ss wörd/\"<x>'+%\\`,
		"html":          `S-p&amp;ss wörd/&#34;&lt;x&gt;&#39;+%\`,
	} {
		decoder := func(e *secureaccess.Error, _ http.Header, body []byte) { e.Messages = []string{string(body)} }
		for kind, op := range map[string]*Op{
			"concealed": POST("/v1").Conceal(secureaccess.NewSecret(secret)),
			"in JSON":   POST("/v1").JSON(map[string]any{"deep": []any{secureaccess.NewSecret(secret)}}),
		} {
			s := serve(t, answers(400, "you said "+echo+", and "+echo))
			c := connectWith(t, s.URL, func(c *Config) { c.DecodeError = decoder })
			err := Send(t.Context(), c, op)
			e := failureOf(t, err)
			want := strings.ReplaceAll("you said X, and X", "X", "[redacted]")
			if got := strings.ReplaceAll(string(e.Body), `"`, ""); got != want || e.Messages[0] != string(e.Body) {
				t.Errorf("%s, %s: %s, %q", name, kind, e.Body, e.Messages)
			}
			checkClean(t, err)
		}
	}
}

func TestBlot(t *testing.T) {
	for _, test := range []struct {
		text    string
		secrets []string
		want    string
	}{
		{"pass and password1", []string{"pass", "password1"}, "[redacted] and [redacted]"},
		{"abc 123", []string{"abc", "", "123"}, "abc 123"}, // too short to look for
		{"pinned 1234", []string{"1234"}, "pinned [redacted]"},
		{"nothing", nil, "nothing"},
		{"redacted", []string{"redacted"}, "[redacted]"},
	} {
		if got := blot(test.text, test.secrets); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestExcerptIsBoundedAndCutsNoSecret(t *testing.T) {
	const secret = "S-secret-at-the-very-end-of-the-excerpt"
	for _, before := range []int{excerptSize - 1, excerptSize - 5, excerptSize - len(secret), excerptSize - len(secret) + 1, excerptSize, 0} {
		body := strings.Repeat("x", before) + secret + strings.Repeat("y", 200_000)
		for status, do := range map[int]func(context.Context, *Client, *Op) error{
			500: Send, 200: func(ctx context.Context, c *Client, op *Op) error { _, err := Do[thing](ctx, c, op); return err },
		} {
			s := serve(t, answers(status, body))
			err := do(t.Context(), connect(t, s.URL, retries(0)), POST("/v1").Conceal(secureaccess.NewSecret(secret)))
			if e := failureOf(t, err); len(e.Body) > excerptSize || len(e.Body) < excerptSize-len(secret) {
				t.Errorf("%d bytes before the secret, %d: an excerpt of %d", before, status, len(e.Body))
			}
			checkClean(t, err)
		}
	}
}

// What a server says is for a line of a log: it must not begin lines of its own there, colour a terminal, or fill a disk.
func TestMessagesAreShortLines(t *testing.T) {
	var messages []string
	decoder := func(e *secureaccess.Error, _ http.Header, _ []byte) {
		e.Code, e.RequestID, e.Messages = "4\n0", "r\r\n1", slices.Clone(messages)
	}
	c := connectWith(t, serve(t, answers(400, `{}`)).URL, func(c *Config) { c.DecodeError = decoder })
	messages = []string{"one\nlevel=INFO msg=forged", "\x1b[31mred\u2028", strings.Repeat("\u00e4", 100000)}
	_, err := Do[thing](t.Context(), c, GET("/v1"))
	e := failureOf(t, err)
	if strings.ContainsAny(err.Error()+e.RequestID, "\r\n\x1b\u2028") || len(err.Error()) > 2000 || !utf8.ValidString(err.Error()) {
		t.Errorf("%d bytes: %.300q", len(err.Error()), err.Error())
	}
	if len(e.Messages) != 3 || e.Messages[0] != "one level=INFO msg=forged" {
		t.Errorf("%.300q", e.Messages)
	}
	messages = slices.Repeat([]string{strings.Repeat("m", 1000)}, 1000)
	_, err = Do[thing](t.Context(), c, GET("/v1"))
	if e := failureOf(t, err); len(e.Messages) != excerptSize/1000 {
		t.Errorf("%d messages of 1000 bytes", len(e.Messages))
	}
}

func TestNullWhereItMeansSomething(t *testing.T) {
	c := connect(t, serve(t, answers(200, `null`)).URL)
	if got, err := Do[thing](t.Context(), c, GET("/v1").MayBeEmpty()); err != nil || *got != (thing{}) {
		t.Errorf("where nothing is allowed: %v, %v", got, err)
	}
	if got, err := Do[[]thing](t.Context(), c, GET("/v1")); err != nil || *got != nil {
		t.Errorf("a list: %v, %v", got, err)
	}
	if got, err := Do[json.RawMessage](t.Context(), c, GET("/v1")); err != nil || string(*got) != "null" {
		t.Errorf("as it is: %v, %v", got, err)
	}
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
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
		"truncated JSON":           {answer{200, "application/json", "", 0, `{"id":"a"`}, secureaccess.ErrBadResponse, "unexpected end", `{"id":"a"`},
		"truncated transfer":       {answer{200, "application/json", "", 100, `{"id":"a"`}, io.ErrUnexpectedEOF, "unexpected EOF", `{"id":"a"`},
		"wrong shape":              {answer{200, "application/json", "", 0, `{"id":["a"]}`}, secureaccess.ErrBadResponse, "cannot unmarshal", `{"id":["a"]}`},
		"a list":                   {answer{200, "application/json", "", 0, `[]`}, secureaccess.ErrBadResponse, "cannot unmarshal", `[]`},
		"null":                     {answer{200, "application/json", "", 0, "null\n"}, secureaccess.ErrBadResponse, "null", "null"},
		"more than one":            {answer{200, "application/json", "", 0, `{} {}`}, secureaccess.ErrBadResponse, "invalid character", `{} {}`},
		"binary":                   {answer{200, "", "", 0, "\x00\xff\xfe"}, secureaccess.ErrBadResponse, "", "\x00\xff\xfe"},
		"empty":                    {answer{200, "application/json", "", 0, ""}, secureaccess.ErrBadResponse, "empty", ""},
		"204":                      {answer{204, "", "", 0, ""}, secureaccess.ErrBadResponse, "empty", ""},
		"invalid gzip":             {answer{200, "application/json", "gzip", 0, `{"id":"a"}`}, gzip.ErrHeader, "gzip", ""},
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

func TestSizeLimitIsExact(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		for size, ok := range map[int]bool{99: true, 100: true, 101: false, 200: false} {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if chunked {
					w.(http.Flusher).Flush()
				}
				_, _ = io.WriteString(w, strings.Repeat(" ", size-2)+"{}")
			})
			_, err := Do[thing](t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(100)), GET("/v1"))
			if (err == nil) != ok || err != nil && !errors.Is(err, secureaccess.ErrResponseTooLarge) {
				t.Errorf("%d bytes, chunked %t: %v", size, chunked, err)
			}
		}
	}
	s := serve(t, answers(200, `{"id":"a"}`))
	got, err := Do[thing](t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(math.MaxInt64)), GET("/v1"))
	if err != nil || got.ID != "a" {
		t.Errorf("without a limit: %v, %v", got, err)
	}
}

func TestGzippedAnswersAreDecompressed(t *testing.T) {
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
		w.Header().Set("Content-Type", "Text/CSV; charset=utf-8")
		_, _ = io.WriteString(w, "a,b\n")
	})
	body, mediaType, err := Text(t.Context(), connect(t, s.URL), GET("/v1"))
	if err != nil || string(body) != "a,b\n" || mediaType != "text/csv" {
		t.Errorf("%q, %q, %v", body, mediaType, err)
	}
	body, _, err = Text(t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(3)), GET("/v1"))
	if e := failureOf(t, err); body != nil || !errors.Is(err, secureaccess.ErrResponseTooLarge) || string(e.Body) != "a,b\n" {
		t.Errorf("%q, %v", body, err)
	}
	if _, _, err := Text(t.Context(), connect(t, s.URL+"/x"), GET("/v1").Refuse(io.EOF)); err == nil {
		t.Error("no error")
	}
}

func TestContextThatEndsInTheBodyIsNotABadAnswer(t *testing.T) {
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

func TestNoErrorTellsAQueryValue(t *testing.T) {
	blocks := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	breaks := serve(t, reset)
	short := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	ftp := serve(t, redirect(302, "ftp://host.example/?t=S-elsewhere"))
	noHost := serve(t, redirect(302, "http:///?t=S-elsewhere"))
	goneRedirect := serve(t, redirect(302, closedPort(t)+"/?t=S-elsewhere"))
	secure := serveTLS(t, answers(200, `{}`))
	mocked := httpmock.NewMockTransport() // which answers what it does not know with an error that holds the URL
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()

	for name, test := range map[string]struct {
		ctx  context.Context
		base string
		opts []secureaccess.Option
		is   error
	}{
		"refused connection":   {nil, closedPort(t), nil, syscall.ECONNREFUSED},
		"no such host":         {nil, "https://no-such-host.invalid", nil, nil},
		"reset":                {nil, breaks.URL, nil, nil},
		"cancelled":            {cancelled, blocks.URL, nil, context.Canceled},
		"deadline":             {late, blocks.URL, nil, context.DeadlineExceeded},
		"timeout":              {nil, blocks.URL, []secureaccess.Option{secureaccess.WithHTTPClient(&http.Client{Timeout: 20 * time.Millisecond})}, context.DeadlineExceeded},
		"no header":            {nil, blocks.URL, []secureaccess.Option{secureaccess.WithResponseTimeout(20 * time.Millisecond)}, nil},
		"truncated":            {nil, short.URL, nil, io.ErrUnexpectedEOF},
		"redirect to ftp":      {nil, ftp.URL, nil, nil},
		"redirect to no host":  {nil, noHost.URL, nil, nil},
		"redirect to nobody":   {nil, goneRedirect.URL, nil, syscall.ECONNREFUSED},
		"untrusted":            {nil, secure.URL, nil, nil},
		"http to https":        {nil, "http://" + secure.Listener.Addr().String(), nil, secureaccess.ErrBadRequest},
		"https to http":        {nil, "https://" + short.Listener.Addr().String(), nil, nil},
		"transport that talks": {nil, "https://host.example", []secureaccess.Option{secureaccess.WithTransport(mocked)}, httpmock.NoResponderFound},
		"transport that wraps": {nil, "https://host.example", []secureaccess.Option{secureaccess.WithTransport(roundTrip(
			func(req *http.Request) (*http.Response, error) {
				return nil, fmt.Errorf("tracing: %w", &url.Error{Op: "Get", URL: req.URL.String(), Err: io.ErrUnexpectedEOF})
			}))}, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := test.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			c := connect(t, test.base, append(test.opts, retries(1))...)
			for form, op := range map[string]*Op{
				"query": GET("/v1/{id}", "x").Query(struct {
					T string `url:"t"`
				}{"S-query's &value"}).Param("s", "S-param"),
				"link": GET("/v1/{id}", "x").Follow(`/v1?S-bare&t=S-a b'S-c"S-d`),
			} {
				_, err := Do[thing](ctx, c, op)
				e := failureOf(t, err)
				if test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("%s: %v is not %v", form, err, test.is)
				}
				if e.Path != "/v1/{id}" {
					t.Errorf("%s: %+v", form, *e)
				}
				checkClean(t, err)
			}
		})
	}
}

func TestCleanKeepsWhatIsClean(t *testing.T) {
	plain := errors.New("nothing to hide")
	own := &secureaccess.Error{Status: 400, Messages: []string{"what?"}}
	for name, test := range map[string]struct {
		err, want error
	}{
		"plain":        {plain, plain},
		"of net/http":  {&url.Error{Op: "Get", URL: "http://a?t=S-1", Err: plain}, plain},
		"twice":        {&url.Error{Op: "Get", URL: "http://a?t=S-1", Err: &url.Error{URL: "?S-2", Err: plain}}, plain},
		"one's own":    {fmt.Errorf("at ?t=S-1: %w", own), own},
		"no query":     {fmt.Errorf("at http://a/b: %w", plain), nil},
		"quoted query": {fmt.Errorf(`at "http://a/b?t=S-1" and http://c?S-2 : %w`, plain), nil},
	} {
		got := Clean(test.err)
		if test.want != nil && got != test.want {
			t.Errorf("%s: %v", name, got)
		}
		if !errors.Is(got, plain) && !errors.Is(got, own) || errors.Is(got, io.EOF) {
			t.Errorf("%s: %v has lost its cause", name, got)
		}
		checkClean(t, got)
	}
	got := Clean(fmt.Errorf(`at "http://a/b?t=S-1": %w`, plain))
	if got.Error() != `at "http://a/b?...": nothing to hide` {
		t.Errorf("%v", got)
	}
}

func TestPeekLeavesTheBody(t *testing.T) {
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

type readCloser struct {
	io.Reader
	closed *bool
}

func (r readCloser) Close() error { *r.closed = true; return nil }

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"t=1", "", "a b", `"`, "?", "'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		// As net/http prints a URL that was parsed: escaped by us, quoted by it.
		u := &url.URL{Scheme: "https", Host: "a", Path: "/p", RawQuery: url.QueryEscape("S-" + query)}
		checkClean(t, Clean(fmt.Errorf("more: %w", &url.Error{Op: "Get", URL: u.String(), Err: io.EOF})))
	})
}
