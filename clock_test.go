package secureaccess_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestSystemClockSleepsAtLeastAsLongAsAsked(t *testing.T) {
	clock := secureaccess.SystemClock()
	for _, d := range []time.Duration{-time.Hour, 0, time.Millisecond} {
		begun := clock.Now()
		if err := clock.Sleep(t.Context(), d); err != nil {
			t.Errorf("%v: %v", d, err)
		}
		if slept := clock.Now().Sub(begun); slept < d {
			t.Errorf("%v: slept %v", d, slept)
		}
	}
}

func TestSystemClockSleepEndsWithTheContext(t *testing.T) {
	clock := secureaccess.SystemClock()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- clock.Sleep(ctx, 24*time.Hour) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, d := range []time.Duration{0, time.Hour} {
		if err := clock.Sleep(ctx, d); !errors.Is(err, context.Canceled) {
			t.Errorf("%v under a context that is done: %v", d, err)
		}
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if err := clock.Sleep(late, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
