package faults_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
)

// within runs call and reports whether it came back before the watchdog.
func within(t *testing.T, call func()) bool {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); call() }()
	select {
	case <-done:
		return true
	case <-time.After(watchdog):
		return false
	}
}

// connect starts a server with a fault on the targets and a client of it.
func connect(t *testing.T, p product, f faults.Fault, targets []string, opts ...secureaccess.Option) (*faults.Server, *client) {
	t.Helper()
	s, err := faults.Start(f, faults.Site{Good: p.answer, Target: func(r *faults.Request) bool {
		for _, target := range targets {
			if target == r.Method+" "+r.Path {
				return true
			}
		}
		return false
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := p.connect(s.URL, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), deadline)
		defer cancel()
		_ = c.close(ctx) // the server is gone
	})
	return s, c
}

func count(requests []faults.Request) int {
	n := 0
	for _, r := range requests {
		if r.Hit {
			n++
		}
	}
	return n
}

func named(t *testing.T, name string) faults.Fault {
	t.Helper()
	for _, f := range faults.All() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no fault %q", name)
	return faults.Fault{}
}

// A list of 1 MiB of objects without members comes in 1 kB. What it makes of memory is bounded by a small multiple of an
// honest page of that size.
func TestLimits_emptyObjects(t *testing.T) {
	const most = 48 << 20
	for _, p := range products {
		for _, s := range p.specs {
			if s.name != "list" {
				continue
			}
			t.Run(p.name, func(t *testing.T) {
				_, c := connect(t, p, faults.Empty(), s.targets)
				if err := c.calls["read"](t.Context()); err != nil {
					t.Fatal(err)
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				err := c.calls["list"](t.Context())
				runtime.ReadMemStats(&after)
				if err == nil || errors.Is(err, errWrong) {
					t.Error("the list is believed")
				}
				used := after.TotalAlloc - before.TotalAlloc
				t.Logf("the list allocates %d KiB", used>>10)
				if used > most {
					t.Errorf("the list allocates %d MiB, want at most %d", used>>20, most>>20)
				}
			})
		}
	}
}

// An upload whose reader never returns comes back with its context.
func TestLimits_uploadReaderBlocks(t *testing.T) {
	s, err := faults.Start(faults.Honest(faults.HTTP), faults.Site{Good: the("sase").answer})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	reader, writer := io.Pipe()
	defer func() { _ = writer.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	if !within(t, func() { err = uploadFrom(ctx, s.URL, reader) }) {
		t.Fatal("does not return with its context")
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's end", err)
	}
}

// A sign-in that was refused for its credentials is not tried again with every call.
func TestLimits_refusedOnce(t *testing.T) {
	for _, p := range products {
		for _, s := range p.specs {
			if s.name != "sign-in" {
				continue
			}
			t.Run(p.name, func(t *testing.T) {
				server, c := connect(t, p, named(t, "status 401"), s.targets)
				for range 20 {
					if err := c.calls["read"](t.Context()); err == nil {
						t.Fatal("a call succeeds without a sign-in")
					}
				}
				if n := count(server.Requests()); n > 2 {
					t.Errorf("20 calls signed in %d times", n)
				}
			})
		}
	}
}

// A server that responds with 401 to everything does not cost a sign-in per call.
func TestLimits_refusedAlways(t *testing.T) {
	for _, p := range products {
		for _, s := range p.specs {
			if s.name != "read" {
				continue
			}
			t.Run(p.name, func(t *testing.T) {
				server, c := connect(t, p, named(t, "status 401"), s.targets)
				for range 20 {
					if err := c.calls["read"](t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
						t.Fatalf("got %v, want ErrUnauthorized", err)
					}
				}
				requests := server.Requests()
				if n := len(requests) - count(requests); n > 10 {
					t.Errorf("20 refused calls cost %d requests to sign in", n)
				}
			})
		}
	}
}

// A server that is down is not met with several times the load.
func TestLimits_retryBudget(t *testing.T) {
	for _, p := range products {
		for _, s := range p.specs {
			if s.name != "read" {
				continue
			}
			t.Run(p.name, func(t *testing.T) {
				server, c := connect(t, p, named(t, "status 502"), s.targets,
					secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 4, MinWait: time.Millisecond, MaxWait: time.Millisecond}))
				for range 50 {
					if err := c.calls["read"](t.Context()); err == nil {
						t.Fatal("a call succeeds")
					}
				}
				if n := count(server.Requests()); n > 70 {
					t.Errorf("50 failed calls cost %d requests", n)
				}
			})
		}
	}
}
