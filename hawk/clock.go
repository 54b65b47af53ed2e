package hawk

import (
	"net/http"
	"time"
)

// maxCorrection bounds what a server can do to the time that requests are signed with. Without a bound, one response
// with a time far in the future would make every later request unsignable.
const maxCorrection = 366 * 24 * time.Hour

// offset returns what to add to this machine's clock for a server.
func (t *Transport) offset(o origin) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.offsets[o]
}

// setClock keeps the difference between a server's clock, in seconds since 1970, and this machine's. It reports false
// for a difference that is too large to be believed.
func (t *Transport) setClock(o origin, server int64) bool {
	now := t.Signer.now()
	far := int64(maxCorrection / time.Second)
	if local := now.Unix(); server < 0 || server < local-far || server > local+far {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.offsets == nil {
		t.offsets = make(map[origin]time.Duration)
	}
	t.offsets[o] = time.Unix(server, 0).Sub(now)
	return true
}

// forgetClock drops a correction that a refused request was signed with, unless another request has brought a newer
// one: it may be the cause, and the next refusal can bring the right one.
func (t *Transport) forgetClock(o origin, used time.Duration) {
	if used == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.offsets[o] == used {
		delete(t.offsets, o)
	}
}

// correctClock reports whether the response says that the request's time was off, and proves what the time is; it is
// then kept. A time with a wrong proof is an error, as it is in the reference client: the response was tampered with.
func (t *Transport) correctClock(resp *http.Response, o origin, used time.Duration, c *Credentials) (bool, error) {
	// The scheme says 401; servers with error codes of their own say 403 about a request that they recognized.
	refused := resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden
	if refused {
		ts, claimed, proven := serverTime(resp.Header, c)
		switch {
		case proven && t.setClock(o, ts):
			return true, nil
		case claimed && !proven:
			t.forgetClock(o, used)
			return false, &Error{Reason: ErrBadTimestampMAC, Status: resp.StatusCode, Message: "Invalid server timestamp hash"}
		}
	}
	date, skewed := t.skewedDate(resp)
	if skewed && t.setClock(o, date.Unix()) {
		return true, nil
	}
	if refused || skewed {
		t.forgetClock(o, used)
	}
	return false, nil
}

// serverTime returns the time in the response's challenges, whether there is one, and whether its proof is right.
// Challenges for other schemes, or without a time, are the caller's to see and no error.
func serverTime(h http.Header, c *Credentials) (ts int64, claimed, proven bool) {
	for _, challenge := range challenges(h) {
		if challenge.ts == "" {
			continue
		}
		claimed = true
		ts, ok := parseTimestamp(challenge.ts)
		if ok && validTimestampMAC(challenge.tsm, ts, c) {
			return ts, true, true
		}
	}
	return 0, claimed, false
}

// skewedDate returns the Date of a response that Skewed recognizes.
func (t *Transport) skewedDate(resp *http.Response) (time.Time, bool) {
	if t.Skewed == nil || resp.StatusCode < 400 || resp.StatusCode > 499 {
		return time.Time{}, false
	}
	// A certificate that was not verified leaves VerifiedChains empty, and then the Date may come from an attacker.
	if resp.TLS == nil || len(resp.TLS.VerifiedChains) == 0 {
		return time.Time{}, false
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	return date, err == nil && t.Skewed(resp, peek(resp, maxDrain))
}
