package faults_test

import (
	"context"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
)

// stallingPage stalls in the middle of a page, which products look into to tell whether it asks to sign in.
var stallingPage = faults.Fault{Name: "a page that stalls", Handle: func(x *faults.Exchange) {
	x.Print(x.Head(x.Good.With(200, "text/html", ""), "Content-Length: 100000") + "<html><body>")
	x.Stall()
}}

// A response that stalls ends by itself, without any deadline of the caller's.
func TestStalls_withoutDeadline(t *testing.T) {
	kinds := []faults.Fault{
		stallingPage,
		named(t, "stalls in a body of known length"), named(t, "stalls in a chunk"), named(t, "stalls in a gzip body"),
		named(t, "400 whose body stalls"), named(t, "503 whose body stalls"),
	}
	for _, p := range products {
		for _, s := range p.specs {
			if s.name != "read" && s.name != "sign-in" {
				continue
			}
			for _, f := range kinds {
				t.Run(p.name+"/"+s.name+"/"+f.Name, func(t *testing.T) {
					t.Parallel()
					_, c := connect(t, p, f, s.targets, secureaccess.WithBodyIdleTimeout(deadline/4),
						secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 1, MinWait: time.Millisecond, MaxWait: time.Millisecond}))
					var err error
					if !withinFor(2*watchdog, func() { err = c.calls["read"](context.WithoutCancel(t.Context())) }) {
						t.Fatal("does not return by itself")
					}
					if err == nil && (!s.silent || strings.Contains(f.Name, "whose body")) { // of others the header says it all
						t.Error("succeeds")
					}
				})
			}
		}
	}
}

func withinFor(limit time.Duration, call func()) bool {
	done := make(chan struct{})
	go func() { defer close(done); call() }()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

// Responses that announce much and bring little take what they bring.
func TestStalls_announcedLengths(t *testing.T) {
	const (
		calls     = 50
		announced = 60 << 20
		most      = 64 << 20 // for all of them
	)
	var waiting sync.WaitGroup
	waiting.Add(calls)
	announces := faults.Fault{Name: "announces much", Handle: func(x *faults.Exchange) {
		x.Print(x.Head(x.Good.With(200, "application/json", ""), "Content-Length: "+strconv.Itoa(announced)) + `{"id":"`)
		waiting.Done()
		x.Stall()
	}}
	for _, p := range products {
		i := slices.IndexFunc(p.specs, func(s spec) bool { return s.name == "list" })
		if i < 0 {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			waiting = sync.WaitGroup{}
			waiting.Add(calls)
			_, c := connect(t, p, announces, p.specs[i].targets, secureaccess.WithRetry(secureaccess.RetryPolicy{}))
			if err := c.calls["read"](t.Context()); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var ended sync.WaitGroup
			for range calls {
				ended.Go(func() { _ = c.calls["list"](ctx) })
			}
			waiting.Wait()
			runtime.ReadMemStats(&after)
			cancel()
			ended.Wait()
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most {
				t.Errorf("%d responses that announce %d MiB take %d MiB", calls, announced>>20, grown>>20)
			} else {
				t.Logf("%d responses that announce %d MiB take %d KiB", calls, announced>>20, grown>>10)
			}
		})
	}
}
