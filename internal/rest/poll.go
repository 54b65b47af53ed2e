package rest

import (
	"context"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// Poll calls probe until it says done or fails, with pauses that grow by half, and reports the state that each probe
// finds: also one that comes with an error, which says that the state is final and not the one waited for. object says what is waited for ("group 4711"), for the error of a wait whose context ends.
func Poll[T any](ctx context.Context, clock secureaccess.Clock, opts *secureaccess.WaitOptions, object string,
	probe func(ctx context.Context) (result T, state string, done bool, err error)) (T, error) {
	pause, longest := 2*time.Second, 30*time.Second
	if opts != nil {
		if opts.Interval > 0 {
			pause = opts.Interval
			longest = max(longest, pause)
		}
		if opts.MaxInterval > 0 {
			longest = opts.MaxInterval
		}
	}
	last := ""
	for {
		result, state, done, err := probe(ctx)
		known := err == nil || state != ""
		if !known && ctx.Err() != nil {
			return result, &secureaccess.WaitError{Object: object, State: last, Err: err}
		}
		if known {
			last = state
			if opts != nil && opts.Progress != nil {
				opts.Progress(state)
			}
		}
		if done || err != nil {
			return result, err
		}
		pause = min(pause, longest)
		if err := clock.Sleep(ctx, pause); err != nil {
			return result, &secureaccess.WaitError{Object: object, State: last, Err: err}
		}
		pause += pause / 2
	}
}
