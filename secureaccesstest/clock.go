package secureaccesstest

import (
	"context"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// Clock is a clock that tests move. It is a [secureaccess.Clock], for secureaccess.WithClock, and safe for concurrent
// use.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	frozen time.Time // zero: the machine's clock, moved by offset
}

var _ secureaccess.Clock = (*Clock)(nil)

// NewClock returns a clock that stands still, except for Advance and Sleep: sleeping on it moves it and takes no time,
// so that polls, pauses and expiries run as fast as the machine does.
func NewClock() *Clock { return &Clock{frozen: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)} }

// SystemClock returns a clock that follows the machine's, apart from Advance.
func SystemClock() *Clock { return &Clock{} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen.IsZero() {
		return time.Now().Add(c.offset)
	}
	return c.frozen.Add(c.offset)
}

// Advance moves the clock, backwards when d is negative. It wakes nobody who sleeps on a clock of [SystemClock].
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Sleep advances a clock that stands still, and waits on one that does not. It ends early with the context, whose error
// it returns.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if c.frozen.IsZero() {
		return secureaccess.SystemClock().Sleep(ctx, d)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.Advance(max(d, 0))
	return nil
}
