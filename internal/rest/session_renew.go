package rest

import (
	"context"
	"crypto/rand"
	"time"
)

const (
	// freshFor is how soon after a sign-in a refusal means that the next sign-in would bring nothing better.
	freshFor = 30 * time.Second

	// boundFor is how soon after another process's sign-in a refusal means that the session is bound to that process,
	// to its address for instance. Later it has more likely ended.
	boundFor = 5 * time.Minute

	// lockWait is how long a sign-in waits for another process's.
	lockWait = 30 * time.Second

	// lockLease is how long a sign-in may take before another process no longer waits for it.
	lockLease = 2 * time.Minute
)

// renew carries a flight out: a newer session of the store, or else a sign-in, unless its credentials were refused
// lately. The lock is not held.
func (s *Session[C]) renew(ctx context.Context, f *flight[C]) outcome[C] {
	a := &attempt[C]{session: s, flight: f, last: f.last, refused: f.refused || f.forced}
	a.private = a.last.private || f.refused && a.last.shared && !f.accepted &&
		s.Clock.Now().Sub(a.last.obtained) < boundFor
	if !s.sharing() || a.last.private {
		if out, done := a.remembered(ctx); done {
			return out
		}
		return a.signIn(ctx)
	}
	if out, done := a.consult(ctx); done {
		return out
	}
	if a.private || a.record.failed {
		return a.signIn(ctx)
	}
	unlock := s.lock(ctx)
	defer unlock()
	// Another process may have signed in while this one waited.
	if out, done := a.consult(ctx); done {
		return out
	}
	return a.signIn(ctx)
}

// attempt is the state of one renewal.
type attempt[C any] struct {
	session *Session[C]
	flight  *flight[C]
	last    held[C]
	refused bool // so was last
	private bool // what comes is kept from the store
	record  record[C]
	digest  string
}

// consult takes what the store has: a newer session, or one to renew, or the news that the credentials were refused.
func (a *attempt[C]) consult(ctx context.Context) (out outcome[C], done bool) {
	s := a.session
	a.record = s.load(ctx)
	if r := &a.record; !a.flight.forced && r.follows(&a.last) {
		now := s.Clock.Now()
		switch {
		case !r.held.due(now) && r.held.serves(now):
			return outcome[C]{held: r.held}, true
		default:
			a.last, a.refused, a.private = r.held, false, false
		}
	}
	return a.remembered(ctx)
}

// remembered returns the refusal of the same credentials a short while ago, if there was one.
func (a *attempt[C]) remembered(ctx context.Context) (out outcome[C], done bool) {
	s := a.session
	now := s.Clock.Now()
	s.mu.Lock()
	s.memory.learn(a.record.refusal, now)
	pending := s.memory.pending(now)
	s.mu.Unlock()
	if a.digest == "" && (pending || a.refused || !a.last.ok) {
		a.digest = s.identity(ctx)
	}
	if !pending || a.flight.forced {
		return out, false
	}
	s.mu.Lock()
	entry, blocked := s.memory.blocks(a.digest, s.mark(a.digest), now)
	s.mu.Unlock()
	switch {
	case !blocked:
		return out, false
	case entry.err != nil:
		return a.failed(entry.err), true
	case a.refused && a.last.ok:
		return outcome[C]{suspend: true}, true
	}
	return out, false
}

// failed is the outcome of a renewal that cannot be had: a session that was found in the store may still serve.
func (a *attempt[C]) failed(err error) outcome[C] {
	if a.last.id != a.flight.last.id && !a.refused && a.last.serves(a.session.Clock.Now()) {
		return outcome[C]{held: a.last}
	}
	return outcome[C]{err: err}
}

func (a *attempt[C]) signIn(ctx context.Context) outcome[C] {
	s := a.session
	fresh, err := s.Obtain(ctx, a.last.value, a.refused && a.last.ok)
	now := s.Clock.Now()
	shared := s.sharing() && !a.private && !a.record.failed
	if err != nil {
		if s.credentialsRefused(err) {
			if a.digest == "" {
				a.digest = s.identity(ctx)
			}
			s.mu.Lock()
			entry := s.memory.note(a.digest, s.mark(a.digest), err, now)
			s.mu.Unlock()
			if shared && entry.digest != "" {
				s.saveRefusal(ctx, a, entry)
			}
		}
		return a.failed(err)
	}
	s.mu.Lock()
	s.memory.signedIn()
	s.mu.Unlock()
	h := s.hold(fresh, now)
	h.id, h.digest, h.private = rand.Text(), a.digest, a.private
	h.seq = max(a.last.seq, a.record.seq) + 1
	if !shared {
		return outcome[C]{held: h}
	}
	h, surplus := s.share(ctx, a.record, h, a.flight.forced)
	return outcome[C]{held: h, surplus: surplus}
}

// identity returns the digest of what the client signs in with; "" where it is not known, which is never remembered.
func (s *Session[C]) identity(ctx context.Context) string {
	if s.Identity == nil {
		return "only"
	}
	digest, err := s.Identity(ctx)
	if err != nil {
		return "" // Obtain reads the same source, and says what is wrong
	}
	return digest
}
