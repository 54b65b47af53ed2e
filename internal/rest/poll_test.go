package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestPoll_pauses(t *testing.T) {
	seconds := func(list ...float64) (pauses []time.Duration) {
		for _, s := range list {
			pauses = append(pauses, time.Duration(s*float64(time.Second)))
		}
		return pauses
	}
	for name, test := range map[string]struct {
		opts *secureaccess.WaitOptions
		want []time.Duration
	}{
		"by default":                      {nil, seconds(2, 3, 4.5, 6.75, 10.125, 15.1875, 22.78125, 30, 30, 30)},
		"nothing set":                     {&secureaccess.WaitOptions{}, seconds(2, 3, 4.5, 6.75, 10.125, 15.1875, 22.78125, 30, 30, 30)},
		"another interval":                {&secureaccess.WaitOptions{Interval: 4 * time.Second}, seconds(4, 6, 9, 13.5, 20.25, 30, 30, 30, 30, 30)},
		"another longest":                 {&secureaccess.WaitOptions{MaxInterval: 3 * time.Second}, seconds(2, 3, 3, 3, 3, 3, 3, 3, 3, 3)},
		"longest below interval":          {&secureaccess.WaitOptions{MaxInterval: time.Second}, seconds(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)},
		"even":                            {&secureaccess.WaitOptions{Interval: time.Second, MaxInterval: time.Second}, seconds(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)},
		"slower than the default longest": {&secureaccess.WaitOptions{Interval: time.Minute}, seconds(60, 60, 60, 60, 60, 60, 60, 60, 60, 60)},
		"negative":                        {&secureaccess.WaitOptions{Interval: -1, MaxInterval: -1}, seconds(2, 3, 4.5, 6.75, 10.125, 15.1875, 22.78125, 30, 30, 30)},
	} {
		clock, n := newClock(), 0
		got, err := Poll(t.Context(), clock, test.opts, "the thing", func(context.Context) (int, string, bool, error) {
			n++
			return n, "", n > len(test.want), nil
		})
		if err != nil || got != len(test.want)+1 || !slices.Equal(clock.pauses, test.want) {
			t.Errorf("%s: %d, %v, paused %v", name, got, err, clock.pauses)
		}
	}
}

func TestPoll_done(t *testing.T) {
	clock := newClock()
	got, err := Poll(t.Context(), clock, nil, "the thing", func(context.Context) (string, string, bool, error) { return "done", "over", true, nil })
	if err != nil || got != "done" || len(clock.pauses) != 0 {
		t.Errorf("%q, %v, %v", got, err, clock.pauses)
	}
}

func TestPoll_error(t *testing.T) {
	clock, n := newClock(), 0
	broken := errors.New("broken")
	got, err := Poll(t.Context(), clock, nil, "the thing", func(context.Context) (int, string, bool, error) {
		if n++; n == 3 {
			return n, "", false, broken
		}
		return n, "", false, nil
	})
	if err != broken || got != 3 || len(clock.pauses) != 2 {
		t.Errorf("%d, %v, %v", got, err, clock.pauses)
	}
}

// A final state that is not the one waited for is reported like any other, and is the result even if the context has
// just ended.
func TestPoll_finalStateWithAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var states []string
	opts := &secureaccess.WaitOptions{Progress: func(state string) { states = append(states, state) }}
	failed := errors.New("it failed")
	_, err := Poll(ctx, newClock(), opts, "the thing", func(context.Context) (int, string, bool, error) {
		if len(states) == 0 {
			return 0, "running", false, nil
		}
		cancel()
		return 0, "failed", true, failed
	})
	if err != failed || !slices.Equal(states, []string{"running", "failed"}) {
		t.Errorf("%v, progress %q", err, states)
	}
}

func TestPoll_context(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	clock, n := newClock(), 0
	clock.onSleep = func(context.Context) {
		if n == 2 {
			cancel()
		}
	}
	var states []string
	opts := &secureaccess.WaitOptions{Progress: func(state string) { states = append(states, state) }}
	got, err := Poll(ctx, clock, opts, "group 7", func(context.Context) (int, string, bool, error) {
		n++
		return n, fmt.Sprint("state ", n), false, nil
	})
	if !errors.Is(err, context.Canceled) || got != 2 || n != 2 {
		t.Errorf("%d, %v", got, err)
	}
	if want := "waiting for group 7, last seen state 2: context canceled"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	if !slices.Equal(states, []string{"state 1", "state 2"}) {
		t.Errorf("progress %q", states)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if _, err := Poll(late, clock, nil, "x", func(context.Context) (int, string, bool, error) { return 0, "", false, nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
