package sase_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

func TestWithRateLimit(t *testing.T) {
	const requests, per = 10, time.Minute
	server := sasetest.NewServer(t)
	begin := server.Clock().Now()
	client, seen := tapped(t, server, sase.WithRateLimit(requests, per))
	for range 35 {
		if _, err := client.Addons.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.Advance(time.Second) // work between the calls
	}
	if len(seen.times) != 36 { // with the token
		t.Fatalf("%d requests", len(seen.times))
	}
	for i := requests; i < len(seen.times); i++ {
		if gap := seen.times[i].Sub(seen.times[i-requests]); gap < per {
			t.Errorf("requests %d to %d came within %v", i-requests, i, gap)
		}
	}
	if got := seen.times[requests-1].Sub(begin); got != 8*time.Second {
		t.Errorf("the first %d waited: the last of them came after %v", requests, got)
	}
	if got := seen.times[35].Sub(begin); got != 3*per+5*time.Second {
		t.Errorf("the last of 36 came after %v, want no later than the limit demands", got)
	}
}

func TestWithRateLimit_allGoroutines(t *testing.T) {
	server := sasetest.NewServer(t)
	begin := server.Clock().Now()
	client, seen := tapped(t, server, sase.WithRateLimit(10, time.Minute))
	var wg sync.WaitGroup
	for range 7 {
		wg.Go(func() {
			for range 5 {
				if _, err := client.Addons.List(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	// 36 requests are 10 at once and then 10, 10 and 6 a minute apart.
	if got := server.Clock().Now().Sub(begin); len(seen.times) != 36 || got != 3*time.Minute {
		t.Errorf("%d requests in %v, want 36 in 3 minutes", len(seen.times), got)
	}
}

func TestWithRateLimit_offByDefault(t *testing.T) {
	server := sasetest.NewServer(t)
	begin := server.Clock().Now()
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	for range 600 {
		if _, err := client.Addons.List(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := server.Clock().Now().Sub(begin); got != 0 {
		t.Errorf("600 calls waited %v", got)
	}
}

// waitingClock stands still; who sleeps on it waits until the context ends, and says so first.
type waitingClock struct {
	secureaccess.Clock
	asleep chan struct{}
}

func (c waitingClock) Sleep(ctx context.Context, _ time.Duration) error {
	select {
	case c.asleep <- struct{}{}:
	case <-ctx.Done():
	}
	<-ctx.Done()
	return ctx.Err()
}

// A caller that gives up while it waits neither sends nor takes a place from the others.
func TestWithRateLimit_context(t *testing.T) {
	server := sasetest.NewServer(t)
	clock := waitingClock{server.Clock(), make(chan struct{})}
	client, seen := tapped(t, server, sase.WithRateLimit(2, time.Minute), secureaccess.WithClock(clock))
	if _, err := client.Addons.List(t.Context()); err != nil { // with its token, both places
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 3 { // one waits for its place, the others for their turn
		wg.Go(func() {
			if _, err := client.Users.Create(ctx, sase.UserCreate{Email: "a", InviteMessage: "b"}); !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want the context's end", err)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-clock.asleep:
	case <-done:
		t.Error("nobody waited")
	}
	cancel()
	<-done
	server.Advance(time.Minute)
	if _, err := client.Addons.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(seen.requests); got != 3 {
		t.Errorf("%d requests were sent, want 3", got)
	}
}
