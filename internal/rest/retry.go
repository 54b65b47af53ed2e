package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/secureaccess-go/secureaccess"
)

// newRetrier sets up go-retryablehttp so that it keeps the loop and we keep the policy. It neither logs nor wraps
// errors, and pauses on our clock: the pause that checkRetry decides on is slept before the next attempt.
func newRetrier(client *http.Client, settings *secureaccess.Settings) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: client,
		RetryMax:   settings.Retry.MaxRetries,
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			again := callOf(ctx).mayRetry(&settings.Retry, settings.Clock.Now(), resp, err)
			if again && err == nil {
				discard(resp.Body) // the library reads less of it, and would lose the connection over an error page
			}
			return again, nil
		},
		Backoff: func(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 },
		PrepareRetry: func(req *http.Request) error {
			return settings.Clock.Sleep(req.Context(), callOf(req.Context()).pause)
		},
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// mayRetry decides whether the attempt that ended with resp or err is followed by another, and after which pause.
func (c *call) mayRetry(policy *secureaccess.RetryPolicy, now time.Time, resp *http.Response, err error) bool {
	if c.op.repeat == never || c.retries >= policy.MaxRetries {
		return false
	}
	idempotent := c.op.repeat == always
	switch c.op.method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		idempotent = true
	}
	asked, hasAsked := time.Duration(0), false
	if err != nil {
		if !transient(err) || !idempotent && !neverArrived(err) {
			return false
		}
	} else {
		asked, hasAsked = retryAfter(resp.Header, now)
		switch resp.StatusCode {
		case http.StatusTooManyRequests:
		case http.StatusServiceUnavailable:
			if !idempotent && !hasAsked {
				return false
			}
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
			if !idempotent {
				return false
			}
		default:
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
	c.pause = asked
	if !hasAsked {
		c.pause = backoff(policy, c.retries)
	}
	c.retries++
	return true
}

// backoff doubles from MinWait to MaxWait and takes off up to half, at random.
func backoff(policy *secureaccess.RetryPolicy, retries int) time.Duration {
	wait := policy.MinWait
	for range retries {
		if wait >= policy.MaxWait {
			break
		}
		wait *= 2
	}
	wait = min(wait, policy.MaxWait)
	if wait <= 1 {
		return wait
	}
	return wait - rand.N(wait/2+1)
}

// transient reports whether a later attempt could fare better.
func transient(err error) bool {
	var (
		own         *secureaccess.Error // of a login under this call, which had its own retries
		argument    *secureaccess.ArgumentError
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		network     *net.OpError
	)
	switch {
	case errors.As(err, &own), errors.As(err, &argument), errors.As(err, &certificate),
		errors.Is(err, secureaccess.ErrRedirectRefused), errors.Is(err, secureaccess.ErrNotRepeatable),
		errors.Is(err, secureaccess.ErrClosed), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &dns):
		return !dns.IsNotFound
	case errors.As(err, &network) && network.Op == "remote error": // a TLS alert: the server refuses the handshake
		return false
	}
	if p, ok := errors.AsType[interface {
		error
		Permanent() bool
	}](err); ok {
		return !p.Permanent()
	}
	// What net/http refuses to send at all.
	for _, text := range []string{"unsupported protocol scheme", "invalid header", "server gave HTTP response to HTTPS client"} {
		if strings.Contains(err.Error(), text) {
			return false
		}
	}
	return true
}

// neverArrived reports whether the request cannot have reached the server.
func neverArrived(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// retryAfter reads the Retry-After header in both its forms.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, math.MaxInt32)) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0), true
	}
	return 0, false
}
