package hawk

import (
	"crypto/sha256"
	"io"
	"sync"
	"time"
)

// nonceWindow remembers the nonces of the requests whose time is still good. Older ones need no memory: a request that
// repeats them is stale.
type nonceWindow struct {
	mu     sync.Mutex
	oldest int64
	count  int
	seen   map[int64]map[nonceKey]struct{} // by timestamp, so that a whole second is forgotten at once
}

// nonceKey is a hash, since ids and nonces are as long as a header lets them be.
type nonceKey [sha256.Size]byte

// admit notes a request's nonce and returns the time by which it judged. The error is [ErrStaleTimestamp],
// [ErrInvalidNonce] or [ErrNonceWindowFull], and the nonce is then not noted.
//
// The reference asks for the nonce before the time. Here it is the other way round, since the nonces of stale requests
// are not kept; the difference shows in the words for a stale request that is repeated, and nowhere else.
func (w *nonceWindow) admit(v *Verifier, id, nonce string, ts int64) (time.Time, error) {
	h := sha256.New()
	_, _ = io.WriteString(h, id)
	h.Write([]byte{0}) // which neither can contain
	_, _ = io.WriteString(h, nonce)
	key := nonceKey(h.Sum(nil))

	w.mu.Lock()
	defer w.mu.Unlock()
	// The clock is read under the lock, and not before the body was: a request held back between the two, until its
	// nonce is forgotten, would be taken for a new one.
	now, skew := v.now(), v.skew()
	if time.Unix(ts, 0).Sub(now).Abs() > skew {
		return now, ErrStaleTimestamp
	}
	w.forget(now.Add(-skew).Unix())
	if _, replayed := w.seen[ts][key]; replayed {
		return now, ErrInvalidNonce
	}
	if w.count >= v.maxNonces() {
		return now, ErrNonceWindowFull // making room would let the request of a live nonce be repeated
	}
	if w.seen == nil {
		w.seen = make(map[int64]map[nonceKey]struct{})
	}
	if w.seen[ts] == nil {
		w.seen[ts] = make(map[nonceKey]struct{})
	}
	w.seen[ts][key] = struct{}{}
	w.count++
	return now, nil
}

// forget drops the nonces of the seconds before oldest. It looks for them once a second.
func (w *nonceWindow) forget(oldest int64) {
	if oldest > w.oldest {
		for second, nonces := range w.seen {
			if second < oldest {
				w.count -= len(nonces)
				delete(w.seen, second)
			}
		}
	}
	w.oldest = oldest
}
