package sase

import (
	"context"
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// limiter sends so many requests and no more in any span of time. It keeps when each of the last ones was sent, and the
// next waits until the oldest of them is a whole span ago. A bucket that refills steadily would, once full, let nearly
// twice as many through in its first span.
type limiter struct {
	rate
	next  http.RoundTripper
	clock secureaccess.Clock
	turn  chan struct{} // held by the one request that waits; the others queue for it
	sent  []time.Time   // a ring, once it is full
	at    int           // of the oldest
}

func newLimiter(next http.RoundTripper, r rate, clock secureaccess.Clock) *limiter {
	return &limiter{rate: r, next: next, clock: clock, turn: make(chan struct{}, 1)}
}

func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.wait(req.Context()); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	return l.next.RoundTrip(req)
}

// wait returns when a request may be sent, and notes that it is.
func (l *limiter) wait(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.turn }()
	if len(l.sent) < l.requests {
		l.sent = append(l.sent, l.clock.Now())
		return nil
	}
	if pause := l.sent[l.at].Add(l.per).Sub(l.clock.Now()); pause > 0 {
		if err := l.clock.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	l.sent[l.at] = l.clock.Now()
	l.at = (l.at + 1) % len(l.sent)
	return nil
}

// CloseIdleConnections passes on to the transport below.
func (l *limiter) CloseIdleConnections() {
	if c, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
