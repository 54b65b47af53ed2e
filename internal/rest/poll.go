package rest

import (
	"context"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// Poll calls probe until it says done or fails, with pauses that grow by half.
func Poll[T any](ctx context.Context, clock secureaccess.Clock, opts *secureaccess.WaitOptions, probe func(ctx context.Context) (result T, done bool, err error)) (T, error) {
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
	for {
		result, done, err := probe(ctx)
		if done || err != nil {
			return result, err
		}
		pause = min(pause, longest)
		if err := clock.Sleep(ctx, pause); err != nil {
			return result, err
		}
		pause += pause / 2
	}
}
