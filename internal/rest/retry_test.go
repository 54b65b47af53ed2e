package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

var methods = map[string]func(string, ...string) *Op{"GET": GET, "HEAD": HEAD, "PUT": PUT, "DELETE": DELETE, "POST": POST}

func TestMayRetry_statuses(t *testing.T) {
	const seconds, date = "7", "date"
	for _, test := range []struct {
		status     int
		retryAfter string
		idempotent bool // GET, HEAD, PUT and DELETE are retried
		post       bool // POST is
	}{
		{200, "", false, false}, {200, seconds, false, false}, {204, "", false, false},
		{304, "", false, false},
		{400, "", false, false}, {400, seconds, false, false}, {401, "", false, false}, {403, "", false, false},
		{404, "", false, false}, {404, seconds, false, false}, {408, "", true, false}, {408, seconds, true, false}, {409, "", false, false}, {413, seconds, false, false},
		{422, "", false, false}, {425, "", false, false},
		{429, "", true, true}, {429, seconds, true, true}, {429, date, true, true},
		{500, "", true, false}, {500, seconds, true, false},
		{501, "", false, false}, {501, seconds, false, false},
		{502, "", true, false}, {502, seconds, true, false},
		{503, "", true, false}, {503, seconds, true, true}, {503, date, true, true}, {503, "soon", true, false}, {503, "-1", true, false},
		{504, "", true, false}, {504, seconds, true, false},
		{520, "", true, false}, {521, "", true, false}, {522, "", true, false}, {523, "", true, false}, {524, "", true, false}, {525, "", false, false}, {530, "", true, false},
		{505, "", false, false}, {507, "", false, false}, {599, "", false, false},
	} {
		for method, begin := range methods {
			for mode, change := range map[string]func(*Op) *Op{
				"by method": func(o *Op) *Op { return o }, "once": (*Op).Once, "repeatable": (*Op).Repeatable,
			} {
				t.Run(fmt.Sprintf("%s %d %q %s", method, test.status, test.retryAfter, mode), func(t *testing.T) {
					clock := newClock()
					retryAfter := test.retryAfter
					if retryAfter == date {
						retryAfter = clock.Now().Add(7 * time.Second).Format(http.TimeFormat)
					}
					sent := 0
					c := connect(t, "http://localhost", secureaccess.WithClock(clock), retries(1), secureaccess.WithTransport(roundTrip(
						func(req *http.Request) (*http.Response, error) {
							if sent++; sent > 1 {
								return httpmock.NewStringResponse(204, ""), nil
							}
							resp := httpmock.NewStringResponse(test.status, "")
							if retryAfter != "" {
								resp.Header.Set("Retry-After", retryAfter)
							}
							return resp, nil
						})))
					retried := test.idempotent
					switch {
					case mode == "once":
						retried = false
					case mode == "by method" && method == "POST":
						retried = test.post
					}
					err := Send(t.Context(), c, change(begin("/v1")))
					if want := map[bool]int{false: 1, true: 2}[retried]; sent != want {
						t.Fatalf("sent %d times, want %d", sent, want)
					}
					if succeeds := retried || test.status < 300; (err == nil) != succeeds {
						t.Errorf("%v", err)
					}
					if !retried {
						if len(clock.pauses) != 0 {
							t.Errorf("paused %v", clock.pauses)
						}
						return
					}
					want := time.Second // the policy's
					if test.retryAfter == seconds || test.retryAfter == date {
						want = 7 * time.Second
					}
					// A pause that is asked for is a floor, the policy's a ceiling.
					least, most := want/2, want
					if want > time.Second {
						least, most = want-time.Second, want+want/10 // a date has whole seconds
					}
					if got := clock.pauses; len(got) != 1 || got[0] > most || got[0] < least {
						t.Errorf("paused %v, want %v", got, want)
					}
				})
			}
		}
	}
}

func TestMayRetry_brokenConnection(t *testing.T) {
	truncated := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le")
		_ = conn.Close()
	}
	for broken, handler := range map[string]http.HandlerFunc{"reset": reset, "closed in the header": truncated} {
		for method, begin := range methods {
			for mode, change := range map[string]func(*Op) *Op{
				"by method": func(o *Op) *Op { return o }, "once": (*Op).Once, "repeatable": (*Op).Repeatable,
			} {
				t.Run(broken+" "+method+" "+mode, func(t *testing.T) {
					s := serve(t, inTurn(handler, handler, responds(204, "")))
					var info secureaccess.Exchange
					err := Send(secureaccess.Capture(t.Context(), &info), connect(t, s.URL), change(begin("/v1")))
					want := 3
					if mode == "once" || mode == "by method" && method == "POST" {
						want = 1
					}
					if n := int(s.requests.Load()); n != want || info.Attempts != want {
						t.Errorf("sent %d times, captured %d, want %d", n, info.Attempts, want)
					}
					if (err == nil) != (want == 3) {
						t.Errorf("%v", err)
					}
					if err != nil {
						if e := failureOf(t, err); e.Status != 0 || e.Attempts != want || e.Err == nil {
							t.Errorf("%#v", e)
						}
					}
				})
			}
		}
	}
}

func TestMayRetry_refusedConnection(t *testing.T) {
	c := connect(t, closedPort(t), retries(2))
	for method, begin := range methods {
		err := Send(t.Context(), c, begin("/v1"))
		if e := failureOf(t, err); e.Attempts != 3 || e.Status != 0 {
			t.Errorf("%s: %v", method, err)
		}
		err = Send(t.Context(), c, begin("/v1").Once())
		if e := failureOf(t, err); e.Attempts != 1 {
			t.Errorf("%s once: %v", method, err)
		}
	}
}

func TestMayRetry_errors(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"EOF":              {io.ErrUnexpectedEOF, 3},
		"timeout":          {os.ErrDeadlineExceeded, 3}, // of the attempt, since the call's own is not over
		"no such host":     {&net.DNSError{IsNotFound: true}, 1},
		"resolver is busy": {&net.DNSError{IsTemporary: true}, 3},
		"a TLS alert":      {&net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}, 1},
		"wrong header":     {errors.New(`net/http: invalid header field value for "X"`), 1},
		"wrong protocol":   {errors.New("http: server gave HTTP response to HTTPS client"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			c := connect(t, "http://localhost", retries(2), secureaccess.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) {
				sent++
				return nil, fmt.Errorf("wrapped: %w", test.err)
			})))
			err := Send(t.Context(), c, GET("/v1"))
			if sent != test.want || failureOf(t, err).Attempts != test.want || !errors.Is(err, test.err) {
				t.Errorf("sent %d times, want %d: %v", sent, test.want, err)
			}
		})
	}
}

// Layers above the transport, such as a session, have errors of their own.
func TestPermanent(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"canceled below":   {context.Canceled, 1},
		"closed":           {secureaccess.ErrClosed, 1},
		"an argument":      {&secureaccess.ArgumentError{Argument: "a", Reason: "is odd"}, 1},
		"a sign-in failed": {&secureaccess.Error{Status: 503}, 1},
		"permanent":        {unchangeable(true), 1},
		"not permanent":    {unchangeable(false), 3},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			c := connectWith(t, "http://localhost", func(c *Config) {
				c.Auth = func(http.RoundTripper) http.RoundTripper {
					return roundTrip(func(*http.Request) (*http.Response, error) {
						asked++
						return nil, fmt.Errorf("wrapped: %w", test.err)
					})
				}
			}, retries(2))
			if err := Send(t.Context(), c, GET("/v1")); asked != test.want || !errors.Is(err, test.err) {
				t.Errorf("asked %d times, want %d: %v", asked, test.want, err)
			}
		})
	}
}

type unchangeable bool

func (unchangeable) Error() string     { return "permanent?" }
func (p unchangeable) Permanent() bool { return bool(p) }

func TestMayRetry_policy(t *testing.T) {
	for n := range 4 {
		s := serve(t, responds(500, `{}`))
		clock := newClock()
		var info secureaccess.Exchange
		err := Send(secureaccess.Capture(t.Context(), &info), connect(t, s.URL, retries(n), secureaccess.WithClock(clock)), GET("/v1"))
		e := failureOf(t, err)
		if got := int(s.requests.Load()); got != n+1 || e.Attempts != n+1 || info.Attempts != n+1 || len(clock.pauses) != n {
			t.Errorf("%d retries: %d requests, %d and %d attempts, %d pauses", n, got, e.Attempts, info.Attempts, len(clock.pauses))
		}
		if e.Status != 500 || info.Status != 500 {
			t.Errorf("%v, %+v", err, info)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	const forever = time.Duration(1<<31-1) * time.Second
	for value, want := range map[string]time.Duration{
		"0": 0, "1": time.Second, " 120 ": 2 * time.Minute, "300": 5 * time.Minute,
		"9999999999":                      forever,
		"99999999999999999999999999":      forever,
		"Mon, 09 Mar 2026 12:00:30 GMT":   30 * time.Second,
		"Monday, 09-Mar-26 12:00:30 GMT":  30 * time.Second,
		"Mon Mar  9 12:00:30 2026":        30 * time.Second,
		"Mon, 09 Mar 2026 11:00:00 GMT":   0,
		"Wed, 09 Mar 2022 11:00:00 GMT\t": 0,
		"":                                -1,
		"-1":                              -1,
		"1.5":                             -1,
		"soon":                            -1,
		"1e3":                             -1,
	} {
		got, ok := retryAfter(http.Header{"Retry-After": {value}}, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %t", value, got, ok)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"1", "-1", "99999999999999999999", "Mon, 09 Mar 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(seed)
	}
	now := newClock().Now()
	f.Fuzz(func(t *testing.T, value string) {
		if d, ok := retryAfter(http.Header{"Retry-After": {value}}, now); d < 0 || !ok && d != 0 {
			t.Fatalf("%q: %v, %t", value, d, ok)
		}
	})
}

func TestRetryAfter_limit(t *testing.T) {
	for _, test := range []struct {
		value   string
		longest time.Duration
		pauses  int
	}{
		{"300", 0, 1}, {"301", 0, 0}, {"9999999999", 0, 0}, {"99999999999999999999", 0, 0},
		{"301", 10 * time.Minute, 1}, {"2", time.Second, 0}, {"1", time.Second, 1},
		{"Mon, 09 Mar 2026 12:05:00 GMT", 0, 1}, {"Mon, 09 Mar 2026 12:05:01 GMT", 0, 0},
	} {
		for _, method := range []string{"GET", "POST"} {
			clock := newClock()
			s := serve(t, inTurn(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", test.value)
				w.Header().Set("Date", clock.Now().Format(http.TimeFormat))
				responds(503, `{}`)(w, r)
			}, responds(200, `{}`)))
			c := connect(t, s.URL, secureaccess.WithClock(clock), secureaccess.WithRetry(secureaccess.RetryPolicy{
				MaxRetries: 3, MinWait: time.Second, MaxWait: time.Second, MaxRetryAfter: test.longest}))
			asked, _ := retryAfter(http.Header{"Retry-After": {test.value}}, clock.Now())
			err := Send(t.Context(), c, methods[method]("/v1"))
			if len(clock.pauses) != test.pauses || (err == nil) != (test.pauses > 0) {
				t.Errorf("%s: %v, paused %v", test.value, err, clock.pauses)
			}
			if err != nil {
				if e := failureOf(t, err); e.RetryAfter != asked || e.Attempts != 1 || e.Status != 503 {
					t.Errorf("%s: %+v", test.value, e)
				}
			} else if clock.pauses[0] < asked || clock.pauses[0] > asked+asked/10 {
				t.Errorf("%s: paused %v", test.value, clock.pauses)
			}
		}
	}
}

func TestBackoff(t *testing.T) {
	const low, high, n = 100 * time.Millisecond, time.Second, 7
	different := false
	var first []time.Duration
	for range 20 {
		clock := newClock()
		c := connect(t, closedPort(t), secureaccess.WithClock(clock), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: n, MinWait: low, MaxWait: high}))
		if err := Send(t.Context(), c, GET("/v1")); err == nil {
			t.Fatal("no error")
		}
		if len(clock.pauses) != n {
			t.Fatalf("%d pauses", len(clock.pauses))
		}
		full := low
		for i, pause := range clock.pauses {
			if pause > full || pause < full/2 {
				t.Errorf("pause %d is %v, not between %v and %v", i+1, pause, full/2, full)
			}
			full = min(2*full, high)
		}
		if first == nil {
			first = clock.pauses
		}
		different = different || first[0] != clock.pauses[0]
	}
	if !different {
		t.Error("twenty clients come back at the same moment")
	}
}

func TestBackoff_none(t *testing.T) {
	for retries := range 5 {
		if d := backoff(&settings.Retry{}, retries); d != 0 {
			t.Errorf("%v", d)
		}
		if d := backoff(&settings.Retry{MinWait: 1, MaxWait: 1}, retries); d != 1 {
			t.Errorf("%v", d)
		}
	}
}
