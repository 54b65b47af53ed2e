package hawk

import (
	"crypto/sha256"
	"sync"
	"time"
)

// nonceWindow remembers the nonces of the requests whose time is still good, apart for each id, so that one client
// cannot use up the room of the others. Older ones need no memory: a request that repeats them is stale.
type nonceWindow struct {
	mu    sync.Mutex
	ids   map[string]*idWindow
	swept int64 // when ids were last looked through for those without nonces
}

// idWindow is the window of one id.
type idWindow struct {
	oldest int64
	count  int
	seen   map[int64]map[nonceKey]struct{} // by timestamp, so that a whole second is forgotten at once
}

// nonceKey is a part of a nonce's hash, since nonces are as long as a header allows. A client that
// found two nonces with the same key would only have its own request refused.
type nonceKey [16]byte

// admit notes a request's nonce and returns the time by which it judged. The error is [ErrStaleTimestamp],
// [ErrInvalidNonce] or [ErrNonceWindowFull], and the nonce is then not noted.
//
// The reference checks the nonce before the time. Here it is the other way round, since the nonces of stale requests
// are not kept; the difference shows in the message for a stale request that is repeated, and nowhere else.
func (w *nonceWindow) admit(v *Verifier, id, nonce string, ts int64) (time.Time, error) {
	sum := sha256.Sum256([]byte(nonce))
	key := nonceKey(sum[:])

	w.mu.Lock()
	defer w.mu.Unlock()
	// The clock is read under the lock, and not before the body was: a request held back between the two, until its
	// nonce is forgotten, would be accepted as a new one.
	now, skew := v.now(), v.skew()
	if time.Unix(ts, 0).Sub(now).Abs() > skew {
		return now, ErrStaleTimestamp
	}
	oldest := now.Add(-skew).Unix()
	w.sweep(oldest)
	of := w.ids[id]
	if of == nil {
		of = &idWindow{oldest: oldest, seen: make(map[int64]map[nonceKey]struct{})}
		if w.ids == nil {
			w.ids = make(map[string]*idWindow)
		}
		w.ids[id] = of
	}
	of.forget(oldest)
	if _, replayed := of.seen[ts][key]; replayed {
		return now, ErrInvalidNonce
	}
	if of.count >= v.maxNonces() {
		return now, ErrNonceWindowFull // making room would let the request of a live nonce be repeated
	}
	if of.seen[ts] == nil {
		of.seen[ts] = make(map[nonceKey]struct{})
	}
	of.seen[ts][key] = struct{}{}
	of.count++
	return now, nil
}

// sweep drops the windows of ids that are no longer used. It looks for them once each time that all seconds of a window
// have passed, so that its cost does not grow with the requests.
func (w *nonceWindow) sweep(oldest int64) {
	if oldest <= w.swept {
		return
	}
	newest := oldest
	for id, of := range w.ids {
		of.forget(oldest)
		if of.count == 0 {
			delete(w.ids, id)
		}
		for second := range of.seen {
			newest = max(newest, second)
		}
	}
	w.swept = newest
}

// forget drops the nonces of the seconds before oldest. It looks for them once a second.
func (w *idWindow) forget(oldest int64) {
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
