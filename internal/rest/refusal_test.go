package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

func TestFailure_statuses(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.URL.Path[1:])
		w.Header().Set("Retry-After", "30")
		w.Header().Set("X-Request-Id", "r-1")
		responds(status, `{"error":"nope"}`)(w, r)
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

func TestFailure_productDecoder(t *testing.T) {
	var sawBody string
	var sawHeader http.Header
	decoder := func(e *secureaccess.Error, header http.Header, body []byte) {
		sawBody, sawHeader = string(body), header
		var answer struct {
			Code     secureaccess.Code
			Messages []string
		}
		if json.Unmarshal(body, &answer) == nil {
			e.Code, e.Messages, e.Err = answer.Code, answer.Messages, errProduct
		}
	}
	body := `{"code":"40003","messages":["too many","use \u0053-less & S-le/ss"]}`
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Detail", "d")
		responds(400, body)(w, r)
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
	if sawBody != strings.Replace(body, `\u0053-less`, "[redacted]", 1) || sawHeader.Get("X-Detail") != "d" {
		t.Errorf("the decoder saw %q, %v", sawBody, sawHeader)
	}

	body = strings.Repeat("x", 2<<20)
	if _, err := Do[thing](t.Context(), c, POST("/v1")); len(sawBody) != refusalSize || failureOf(t, err).Code != "" {
		t.Errorf("the decoder saw %d bytes: %v", len(sawBody), err)
	}
}

func TestFailure_secrets(t *testing.T) {
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
			s := serve(t, responds(400, "you said "+echo+", and "+echo))
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

func TestFailure_excerpt(t *testing.T) {
	const secret = "S-secret-at-the-very-end-of-the-excerpt"
	for _, before := range []int{excerptSize - 1, excerptSize - 5, excerptSize - len(secret), excerptSize - len(secret) + 1, excerptSize, 0} {
		body := strings.Repeat("x", before) + secret + strings.Repeat("y", 200_000)
		for status, do := range map[int]func(context.Context, *Client, *Op) error{
			500: Send, 200: func(ctx context.Context, c *Client, op *Op) error { _, err := Do[thing](ctx, c, op); return err },
		} {
			s := serve(t, responds(status, body))
			err := do(t.Context(), connect(t, s.URL, retries(0)), POST("/v1").Conceal(secureaccess.NewSecret(secret)))
			if e := failureOf(t, err); len(e.Body) > excerptSize || len(e.Body) < excerptSize-len(secret) {
				t.Errorf("%d bytes before the secret, %d: an excerpt of %d", before, status, len(e.Body))
			}
			checkClean(t, err)
		}
	}
}

// What a server says is for a line of a log: it must not begin lines of its own there, color a terminal, or fill a disk.
func TestFailure_messages(t *testing.T) {
	var messages []string
	decoder := func(e *secureaccess.Error, _ http.Header, _ []byte) {
		e.Code, e.RequestID, e.Messages = "4\n0", "r\r\n1", slices.Clone(messages)
	}
	c := connectWith(t, serve(t, responds(400, `{}`)).URL, func(c *Config) { c.DecodeError = decoder })
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

func TestFailure_queryValues(t *testing.T) {
	blocks := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	breaks := serve(t, reset)
	short := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	ftp := serve(t, redirect(302, "ftp://host.example/?t=S-elsewhere"))
	noHost := serve(t, redirect(302, "http:///?t=S-elsewhere"))
	goneRedirect := serve(t, redirect(302, closedPort(t)+"/?t=S-elsewhere"))
	secure := serveTLS(t, responds(200, `{}`))
	mocked := httpmock.NewMockTransport() // which makes of what it does not know an error that holds the URL
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
		"redirect to nobody":   {nil, goneRedirect.URL, nil, secureaccess.ErrRedirectRefused},
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
