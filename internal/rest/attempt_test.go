package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestMayRetry_contextEndsThePause(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		responds(503, `{}`)(w, r)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		clock := newClock()
		clock.onSleep = func(context.Context) { cancel() }
		err := Send(ctx, connect(t, s.URL, secureaccess.WithClock(clock)), GET("/v1"))
		e := failureOf(t, err)
		if !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || e.Attempts != 1 || e.RetryAfter != 30*time.Second {
			t.Errorf("%v", err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		// On the real clock: half a minute is waited for by nobody.
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := Send(ctx, connect(t, s.URL, secureaccess.WithClock(secureaccess.SystemClock())), GET("/v1"))
		// What the server said is worth more than a deadline that is not over yet.
		if e := failureOf(t, err); !errors.Is(err, secureaccess.ErrServer) || e.Attempts > 1 || e.RetryAfter != 30*time.Second {
			t.Errorf("%v", err)
		}
	})
}

func TestCall_contextEnds(t *testing.T) {
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": context.WithCancel,
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			arrived := make(chan struct{}, 10)
			s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				arrived <- struct{}{}
				<-r.Context().Done()
			})
			ctx, cancel := end(t.Context())
			defer cancel()
			if name == "cancelled" {
				go func() { <-arrived; cancel() }()
			}
			err := Send(ctx, connect(t, s.URL), GET("/v1"))
			want := map[string]error{"cancelled": context.Canceled, "deadline": context.DeadlineExceeded}[name]
			if e := failureOf(t, err); !errors.Is(err, want) || e.Attempts > 1 || s.requests.Load() > 1 {
				t.Errorf("%v after %d requests", err, s.requests.Load())
			}
		})
	}
	t.Run("before it begins", func(t *testing.T) {
		s := serve(t, responds(200, `{}`))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := Send(ctx, connect(t, s.URL), GET("/v1"))
		if e := failureOf(t, err); !errors.Is(err, context.Canceled) || e.Attempts != 0 || s.requests.Load() != 0 {
			t.Errorf("%v", err)
		}
	})
}

func TestMayRetry_timeout(t *testing.T) {
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			<-r.Context().Done() // longer than the client waits
			return
		}
		responds(200, `{"id":"a"}`)(w, r)
	})
	c := connect(t, s.URL, secureaccess.WithHTTPClient(&http.Client{Timeout: 300 * time.Millisecond}))
	var info secureaccess.Exchange
	got, err := Do[thing](secureaccess.Capture(t.Context(), &info), c, GET("/v1"))
	if err != nil || got.ID != "a" || info.Attempts < 2 {
		t.Errorf("%v, %v, %d attempts", got, err, info.Attempts)
	}
}

func TestSend_responseTimeout(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server looks for the client's going only after that
		<-r.Context().Done()
	})
	c := connect(t, s.URL, retries(1), secureaccess.WithResponseTimeout(20*time.Millisecond))
	err := Send(t.Context(), c, POST("/v1").JSON(1))
	var timeout net.Error
	if e := failureOf(t, err); !errors.As(err, &timeout) || !timeout.Timeout() || e.Attempts != 1 {
		t.Errorf("%v", err)
	}
}

func TestMayRetry_connections(t *testing.T) {
	for _, size := range []int{0, 100, 5_000, 60_000} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			page := strings.Repeat("x", size)
			s := serve(t, inTurn(responds(500, page), responds(503, page), responds(502, page), responds(200, `{}`)))
			if err := Send(t.Context(), connect(t, s.URL), GET("/v1")); err != nil {
				t.Fatal(err)
			}
			if n := s.connections.Load(); n > 1+slack {
				t.Errorf("%d connections for 4 attempts", n)
			}
		})
	}
}

func TestOutermost_connections(t *testing.T) {
	down := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/down" {
			reset(w, r)
			return
		}
		responds(200, `{}`)(w, r)
	})
	other := serve(t, responds(200, `{}`))
	wire := &http.Transport{}
	t.Cleanup(wire.CloseIdleConnections)
	share := secureaccess.WithTransport(wire)
	a, b := connect(t, down.URL, share, retries(0)), connect(t, other.URL, share)
	for range 3 {
		if err := Send(t.Context(), b, GET("/v1")); err != nil {
			t.Fatal(err)
		}
		if err := Send(t.Context(), a, GET("/down")); err == nil {
			t.Fatal("no error")
		}
	}
	if n := other.connections.Load(); n > 1+slack {
		t.Errorf("%d connections for 3 calls", n)
	}
}
