package secureaccess

import (
	"context"
	"time"
)

// Clock is the time as a client sees it: when credentials expire, what a signature carries, how long a retry or a
// poll pauses. Tests pass their own with [WithClock]. Deadlines of contexts stay with the runtime's clock.
type Clock interface {
	// Now returns the time.
	Now() time.Time

	// Sleep returns nil after d, or the context's error as soon as the context is done.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock returns the clock of this machine, which is the default.
func SystemClock() Clock { return systemClock{} }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
