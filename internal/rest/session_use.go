package rest

import (
	"context"
	"crypto/rand"
)

// Refuse says that the credentials of that number are not to be used any more. Later ones are left alone.
func (s *Session[C]) Refuse(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == number {
		s.refused = true
		s.suspended.Store(false)
	}
}

// refuse is Refuse after the server did. again says that it refused the same request before, under other credentials.
func (s *Session[C]) refuse(number uint64, again bool) {
	now := s.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation != number || s.refused {
		return
	}
	s.refused = true
	if s.current.shared {
		return
	}
	if s.accepted.Load() != number && now.Sub(s.current.obtained) < freshFor {
		s.unproven++
	}
	if again || s.unproven > 1 { // one can be bad luck
		s.memory.note(s.current.digest, "", nil, now)
	}
}

// accept says that the server accepted the credentials of that number.
func (s *Session[C]) accept(number uint64) {
	if s.accepted.Load() == number && !s.suspended.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation != number {
		return
	}
	s.accepted.Store(number)
	s.unproven = 0
	if s.suspended.CompareAndSwap(true, false) {
		s.refused = false
	}
}

// Set replaces the credentials, in the store as well.
func (s *Session[C]) Set(ctx context.Context, c C) {
	now := s.Clock.Now()
	s.mu.Lock()
	h := s.hold(c, now)
	h.id, h.seq, h.private = rand.Text(), s.current.seq+1, s.current.private
	s.adopt(h, now)
	number := s.generation
	s.mu.Unlock()
	if !s.sharing() || h.private {
		return
	}
	rec := s.load(ctx)
	if rec.failed {
		return
	}
	h.seq = max(h.seq, rec.seq+1)
	h, _ = s.share(ctx, rec, h, true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == number {
		s.current = h
	}
}

// Peek returns the credentials as they are, without asking for any; ok says whether there are some in use.
func (s *Session[C]) Peek() (c C, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current.value, s.current.ok && !s.refused
}
