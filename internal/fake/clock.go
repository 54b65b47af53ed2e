// Package fake holds what the in-memory servers of the products share: a router, a clock, faults, and answers from
// the contract.
package fake

import (
	"context"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// Clock is a clock that tests move. It fits secureaccess.WithClock.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	frozen time.Time // zero: the machine's clock, moved by offset
}

// NewClock returns a clock that stands still but for Advance and Sleep: to sleep on it moves it and takes no time, so
// that polls, pauses and expiries run as fast as the machine goes.
func NewClock() *Clock { return &Clock{frozen: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)} }

// SystemClock returns a clock that goes with the machine's, apart from Advance.
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

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Sleep advances a clock that stands still, and waits on one that goes. It ends early with the context.
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
