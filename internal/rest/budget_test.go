package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// An outage costs as many requests as there are calls, and ten more.
func TestBudget_outage(t *testing.T) {
	const calls = 50
	for name, atOnce := range map[string]bool{"one after the other": false, "at once": true} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, responds(502, `{"message":"upstream is down"}`))
			c := connect(t, s.URL)
			var refused atomic.Int32
			one := func() {
				e := failureOf(t, Send(t.Context(), c, GET("/v1")))
				if e.Status != 502 || !errors.Is(e, secureaccess.ErrServer) || string(e.Body) != `{"message":"upstream is down"}` {
					t.Errorf("the server's response is lost: %v %q", e, e.Body)
				}
				if errors.Is(e, secureaccess.ErrRetryBudget) {
					refused.Add(1)
				}
			}
			var wg sync.WaitGroup
			for range calls {
				if atOnce {
					wg.Go(one)
				} else {
					one()
				}
			}
			wg.Wait()
			if n := s.requests.Load(); n > calls+defaultBudget {
				t.Errorf("%d calls cost %d requests, want at most %d", calls, n, calls+defaultBudget)
			}
			if n := int(refused.Load()); n < calls-defaultBudget {
				t.Errorf("%d errors match ErrRetryBudget, want at least %d", n, calls-defaultBudget)
			}
		})
	}
}

// A call that failed for another reason, or had the retries that the policy allows, does not blame the budget.
func TestBudget_otherReasons(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		op     *Op
		opt    secureaccess.Option
	}{
		"no retry would help": {404, GET("/v1"), retries(3)},
		"not idempotent":      {500, POST("/v1"), retries(3)},
		"never repeated":      {503, GET("/v1").Once(), retries(3)},
		"retries are off":     {503, GET("/v1"), retries(0)},
		"policy was used up":  {503, GET("/v1"), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 2, Budget: 2})},
	} {
		s := serve(t, responds(test.status, `{}`))
		if err := Send(t.Context(), connect(t, s.URL, test.opt), test.op); errors.Is(err, secureaccess.ErrRetryBudget) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBudget_successReturnsTokens(t *testing.T) {
	var down atomic.Bool
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(503)
		}
	})
	c := connect(t, s.URL, secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 9, Budget: 2}))
	// costs fails once, and returns what retries it had.
	costs := func() int {
		down.Store(true)
		defer down.Store(false)
		before := s.requests.Load()
		if err := Send(t.Context(), c, GET("/v1")); !errors.Is(err, secureaccess.ErrRetryBudget) {
			t.Errorf("%v, want the spent budget", err)
		}
		return int(s.requests.Load()-before) - 1
	}
	succeed := func(n int) {
		for range n {
			if err := Send(t.Context(), c, GET("/v1")); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct{ successes, want int }{{0, 2}, {0, 0}, {9, 0}, {1, 1}, {10, 1}, {500, 2}} {
		succeed(step.successes)
		if got := costs(); got != step.want {
			t.Errorf("%d retries after %d successes, want %d", got, step.successes, step.want)
		}
	}
}

func TestBudget_none(t *testing.T) {
	s := serve(t, responds(503, `{}`))
	c := connect(t, s.URL, secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 4, Budget: -1}))
	for range 50 {
		if err := Send(t.Context(), c, GET("/v1")); errors.Is(err, secureaccess.ErrRetryBudget) {
			t.Fatal(err)
		}
	}
	if n := s.requests.Load(); n != 250 {
		t.Errorf("%d requests, want 5 for each of 50 calls", n)
	}
}

// A limit that a service obeys by 429 is no reason to go on for ever either.
func TestBudget_rateLimited(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(429)
	})
	clock := newClock()
	c := connect(t, s.URL, secureaccess.WithClock(clock), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 4, Budget: 3}))
	for range 3 {
		e := failureOf(t, Send(t.Context(), c, POST("/v1")))
		if !errors.Is(e, secureaccess.ErrRetryBudget) || !errors.Is(e, secureaccess.ErrRateLimited) || e.RetryAfter != 3*time.Second {
			t.Errorf("%v, retry after %v", e, e.RetryAfter)
		}
	}
	if n := s.requests.Load(); n != 3+3 {
		t.Errorf("%d requests, want 3 and the budget of 3", n)
	}
	if len(clock.pauses) != 3 {
		t.Errorf("pauses %v, want none without a retry", clock.pauses)
	}
}

// The clients of one product share the budget: a sign-in that fails takes from it too.
func TestBudget_sharedByTheClientsOfASetup(t *testing.T) {
	s := serve(t, responds(503, `{}`))
	setup, err := Prepare("test", s.URL, true, []secureaccess.Option{
		secureaccess.WithClock(newClock()), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 4, Budget: 5}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []*Client{setup.Client(Config{}), setup.Client(Config{Prefix: "/v3"}), setup.Client(Config{})} {
		t.Cleanup(c.CloseIdleConnections)
		err := Send(t.Context(), c, GET("/v1"))
		if errors.Is(err, secureaccess.ErrRetryBudget) != (i > 0) {
			t.Errorf("client %d: %v", i, err)
		}
	}
	if n := s.requests.Load(); n != 3+5 {
		t.Errorf("%d requests", n)
	}
}

// Content is a call like others.
func TestBudget_Fetch(t *testing.T) {
	s := serve(t, responds(503, `busy`))
	c := connect(t, s.URL, secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 4, Budget: 1}))
	_, err := Fetch(t.Context(), c, GET("/v1"))
	if !errors.Is(err, secureaccess.ErrRetryBudget) || s.requests.Load() != 2 {
		t.Errorf("%v after %d requests", err, s.requests.Load())
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err)} {
		if want := "retry budget is spent"; !strings.Contains(text, want) || !strings.Contains(text, "503") {
			t.Errorf("%q says nothing of the %s", text, want)
		}
	}
}
