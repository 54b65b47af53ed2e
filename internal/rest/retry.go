package rest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/settings"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// newRetrier sets up go-retryablehttp so that it keeps the loop and we keep the policy. It neither logs nor wraps
// errors, and pauses on our clock: the pause that the policy decides on is slept before the next attempt.
func newRetrier(client *http.Client) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: client,
		RetryMax:   math.MaxInt32, // the policy counts
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			return callOf(ctx).ended(resp, err)
		},
		Backoff: func(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 },
		PrepareRetry: func(req *http.Request) error {
			current := callOf(req.Context())
			return current.client.settings.Clock.Sleep(req.Context(), current.pause)
		},
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// ended is called when an attempt brought a response or failed. It reads the body of a success that is to be decoded,
// which belongs to the attempt, and reports whether another attempt follows.
func (c *call) ended(resp *http.Response, err error) (again bool, failure error) {
	if ctxErr := c.Err(); ctxErr != nil {
		return false, ctxErr
	}
	if err == nil && c.whole && c.op.succeeded(resp.StatusCode) {
		err = c.read(resp)
		if permanent(err) {
			return false, err
		}
		failure = err
		if ctxErr := c.Err(); err != nil && ctxErr != nil {
			return false, ctxErr
		}
	}
	if err == nil && c.op.succeeded(resp.StatusCode) {
		return false, nil
	}
	if err == nil && c.foundGone(resp.StatusCode) {
		c.gone = true
		c.discard(resp)
		return false, nil
	}
	if c.mayRetry(resp, err) {
		if err == nil {
			c.discard(resp) // the library reads less of it, and would lose the connection over an error page
		}
		c.release()
		return true, nil
	}
	return false, failure
}

// foundGone reports whether a status says that an earlier attempt, whose outcome was not known, removed the object.
func (c *call) foundGone(status int) bool {
	return status == http.StatusNotFound && c.unknown && c.op.removal()
}

// mayRetry decides whether the attempt that ended with resp or err is followed by another, and after which pause.
func (c *call) mayRetry(resp *http.Response, err error) bool {
	policy := &c.client.settings.Retry
	if c.op.repeat == never || c.retries >= policy.MaxRetries {
		return false
	}
	idempotent := c.op.idempotent() || c.op.cutShort()
	asked, hasAsked := time.Duration(0), false
	if err != nil {
		if permanent(err) {
			return false
		}
		arrived := !transport.NeverArrived(err)
		if arrived && !idempotent {
			return false
		}
		c.unknown = c.unknown || arrived
	} else {
		asked, hasAsked = retryAfter(resp.Header, c.client.settings.Clock.Now())
		switch status := resp.StatusCode; {
		case status == http.StatusTooManyRequests:
		case status == http.StatusServiceUnavailable && hasAsked:
		case worthRetrying(status) && idempotent:
			c.unknown = true
		default:
			return false
		}
		if c.client.permanent != nil && c.client.permanent(resp) {
			return false
		}
	}
	if b := c.op.body; b != nil && b.spent != nil && b.spent() {
		return false
	}
	longest := policy.MaxRetryAfter
	if longest == 0 {
		longest = 5 * time.Minute
	}
	if asked > longest {
		return false
	}
	c.pause = backoff(policy, c.retries)
	if hasAsked {
		c.pause = max(c.pause, asked+jitter(asked/10))
	}
	if end, ok := c.Deadline(); ok && time.Until(end) < c.pause {
		return false // what the server said is worth more than a deadline that is over
	}
	if !c.client.budget.take() {
		c.spent = true
		return false
	}
	c.retries++
	return true
}

// worthRetrying reports whether a status is a passing failure, of the server or of what stands before it.
func worthRetrying(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout, 520, 521, 522, 523, 524, 530:
		return true
	}
	return false
}

// backoff doubles from MinWait to MaxWait and takes off up to half, at random.
func backoff(policy *settings.Retry, retries int) time.Duration {
	wait := policy.MinWait
	for range retries {
		if wait >= policy.MaxWait {
			break
		}
		wait *= 2
	}
	wait = min(wait, policy.MaxWait)
	return wait - jitter(wait/2)
}

// jitter is a random part of most.
func jitter(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return rand.N(most + 1)
}

// permanent reports whether another attempt would fail likewise.
func permanent(err error) bool {
	if err == nil {
		return false
	}
	var (
		own      *secureaccess.Error // of a sign-in under this call, which had its own retries
		argument *secureaccess.ArgumentError
	)
	switch {
	case errors.As(err, &own), errors.As(err, &argument),
		errors.Is(err, secureaccess.ErrRedirectRefused), errors.Is(err, secureaccess.ErrNotRepeatable),
		errors.Is(err, secureaccess.ErrClosed), errors.Is(err, secureaccess.ErrResponseTooLarge),
		errors.Is(err, context.Canceled), transport.Permanent(err):
		return true
	}
	if p, ok := errors.AsType[interface {
		error
		Permanent() bool
	}](err); ok {
		return p.Permanent()
	}
	return false
}

// retryAfter reads the Retry-After header in both its forms. A date is on the server's clock, which its Date shows.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, math.MaxInt32)) * time.Second, true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if server, err := http.ParseTime(header.Get("Date")); err == nil {
		now = server
	}
	return max(date.Sub(now), 0), true
}
