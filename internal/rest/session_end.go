package rest

import (
	"context"
	"errors"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// EndLimit is how long the end of a session may outlive the context of the call that asked for it. A session that is
// left open can lock an appliance's configuration, or count against a limit of sessions.
const EndLimit = 5 * time.Second

// Close closes the session: what is called from now on fails with [secureaccess.ErrClosed]. Credentials that no store
// keeps are ended at the server, within 5 seconds after the end of ctx. When that fails, Close returns the error and
// can be called again; once it has succeeded, it does nothing.
func (s *Session[C]) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	if s.flight != nil {
		s.flight.cancel()
	}
	h, open := s.current, s.open()
	s.mu.Unlock()
	if !open || h.saved || h.shared {
		return nil
	}
	ctx, cancel := Outlive(ctx, EndLimit)
	defer cancel()
	s.ending.Lock()
	defer s.ending.Unlock()
	return s.end(ctx, h)
}

// SignOut ends the session at the server and removes it from the store, also the one of another process, within
// 5 seconds after the end of ctx. The next call signs in again, unless the session is closed. When SignOut fails it can
// be called again, and does what is left to do.
func (s *Session[C]) SignOut(ctx context.Context) error {
	ctx, cancel := Outlive(ctx, EndLimit)
	defer cancel()
	s.ending.Lock()
	defer s.ending.Unlock()
	s.mu.Lock()
	h, number, open := s.current, s.generation, s.open()
	s.mu.Unlock()
	if open {
		if err := s.end(ctx, h); err != nil {
			return err
		}
		s.mu.Lock()
		if s.generation == number {
			s.current, s.refused = held[C]{seq: h.seq}, false
			s.generation++ // a refusal that is still to come is of the old one
			s.suspended.Store(false)
		}
		s.mu.Unlock()
	}
	if !s.sharing() || h.private {
		return nil
	}
	return s.remove(ctx, h)
}

// remove ends the session that is stored, unless it is h, and deletes it.
func (s *Session[C]) remove(ctx context.Context, h held[C]) error {
	limited, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	rec := s.load(limited)
	if rec.failed {
		return errStoreUnread
	}
	if rec.held.ok && rec.held.id != h.id && rec.held.serves(s.Clock.Now()) {
		if err := s.end(ctx, rec.held); err != nil {
			return err
		}
	}
	if rec.version == "" {
		return nil
	}
	err := s.Store.Delete(limited, s.key(ctx), rec.version)
	if errors.Is(err, secureaccess.ErrStoreConflict) {
		return nil // what is there now was obtained since
	}
	if err != nil {
		s.report(ctx, "delete", err)
	}
	return err
}

var errStoreUnread = errors.New("the session store does not tell whether it has a session")

// open reports whether the server may still accept the credentials. The lock is held.
func (s *Session[C]) open() bool { return s.current.ok && (!s.refused || s.suspended.Load()) }

// end ends credentials at the server, once. The lock of endings is held.
func (s *Session[C]) end(ctx context.Context, h held[C]) error {
	if s.Discard == nil || s.ended == h.id {
		return nil
	}
	if err := s.Discard(ctx, h.value); err != nil {
		return err
	}
	s.ended = h.id
	return nil
}

// discard ends credentials that nobody used.
func (s *Session[C]) discard(ctx context.Context, c C) {
	if s.Discard == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), EndLimit)
	defer cancel()
	if err := s.Discard(ctx, c); err != nil {
		s.report(ctx, "discard", err)
	}
}

// Outlive returns a context that ends the given time after ctx does.
func Outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(by, cancel)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() {
		stop()
		cancel()
	}
}
