package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
	"github.com/secureaccess-go/secureaccess/internal/redact"
)

// Session keeps the credentials of one client for all its goroutines: obtained at first use, renewed once for all
// when they are about to expire or were refused, shared with other processes through a store, and sent to their own
// origin only. Only Obtain, Belongs and Clock are required. The fields must not change once it is in use.
type Session[C any] struct {
	// Obtain gets credentials. last are those known before, the zero C where there are none; refused says that the
	// server does not accept them any more. It runs once for all callers that wait for it and is canceled when none
	// waits any longer.
	Obtain func(ctx context.Context, last C, refused bool) (C, error)

	// Expires returns the end of credentials on this machine's clock, corrected by the server's Date; the zero time is
	// "when they are refused". Credentials that come with their end behind them are used until they are refused, since
	// the clocks may differ.
	Expires func(C) time.Time

	// Margin is how long before their end credentials are renewed: at most a fifth of the life that they had left when
	// they were obtained. They are renewed at most once in a quarter of Margin, refusals excepted.
	Margin time.Duration

	// MaxAge renews credentials of that age at their next use, long before their end; 0 is never. It is for servers
	// where a renewal needs an earlier session, which ends when nothing is asked of it for a while.
	MaxAge time.Duration

	// Belongs reports whether the credentials may go to a URL.
	Belongs func(C, *url.URL) bool

	// Base returns where the API of the credentials is. Requests made for an earlier base go to the one in use, never
	// from https to http. Nil where it never moves.
	Base func(C) *url.URL

	// Apply puts credentials on req, which is the session's own copy: it replaces headers and does not change their
	// values in place. Nil where Send does it.
	Apply func(req *http.Request, c C) error

	// Send puts credentials on req, which is the session's own copy, and sends it, for schemes that look at the response
	// as well. Nil sends it as it is, to what is
	// below.
	Send func(req *http.Request, c C) (*http.Response, error)

	// Refused reports whether a response means that the credentials have to be renewed. It may [Peek].
	Refused func(*http.Response) bool

	// Identity returns a digest of what the client signs in with, as its sources give it now. It is the memory of
	// refusals: other credentials are tried at once. Nil where they cannot change.
	Identity func(ctx context.Context) (digest string, err error)

	// CredentialsRefused reports whether an error of Obtain means that signing in with the same credentials would fail
	// again. Nil is what matches [secureaccess.ErrUnauthorized].
	CredentialsRefused func(err error) bool

	// Discard ends the session of credentials at the server. An error means that it is to be tried again; a session
	// that is not there any more is none. Nil where the server has no way to end one.
	Discard func(ctx context.Context, c C) error

	Clock secureaccess.Clock

	Sharing[C]

	mu         sync.Mutex
	current    held[C]
	generation uint64 // counts what was current
	refused    bool   // current is not to be used again
	notBefore  time.Time
	flight     *flight[C]
	closed     bool
	memory     refusals
	unproven   int // sign-ins in a row that brought what was refused at once

	ending sync.Mutex // held while a session is ended at the server
	ended  string     // the id of the one that was

	accepted  atomic.Uint64 // the generation that the server accepted last
	suspended atomic.Bool   // current is refused and goes on being used, since new ones would be as well
	former    atomic.Pointer[[]*url.URL]
}

// NewSession completes a session with what it needs of the client's setup: the clock and, where Encode says how, the
// store. The log is told what fails without failing a call.
func NewSession[C any](setup *Setup, s *Session[C]) *Session[C] {
	s.Clock = setup.Settings.Clock
	if s.Encode != nil && setup.Settings.Store != nil {
		s.Store = setup.Settings.Store
	}
	s.Report = func(ctx context.Context, action string, err error) {
		setup.Settings.Logger.LogAttrs(ctx, slog.LevelWarn, "secureaccess session",
			slog.String("product", setup.Product), slog.String("action", action), slog.String("error", redact.Line(err.Error(), lineSize)))
	}
	return s
}

// held is credentials and what is known about them.
type held[C any] struct {
	value    C
	ok       bool // there are some
	id       string
	seq      uint64 // grows with every session of a store
	obtained time.Time
	renewAt  time.Time // zero: when they are refused
	ends     time.Time // zero: not known
	digest   string    // of what they were obtained with; "" when it is not known
	shared   bool      // another process obtained them
	saved    bool      // they are in the store
	private  bool      // they are kept from the store
}

// flight is a renewal under way.
type flight[C any] struct {
	done       chan struct{}
	forced     bool    // an explicit sign-in
	last       held[C] // what it began with
	generation uint64
	refused    bool // so was last
	accepted   bool // the server accepted last before
	result     held[C]
	number     uint64
	err        error
	waiters    int
	cancel     context.CancelFunc
}

// outcome is what a renewal brought.
type outcome[C any] struct {
	held    held[C]
	suspend bool // go on with the refused credentials
	err     error
	surplus []C // obtained, and not needed
}

// Get returns credentials, with a number that [Session.Refuse] takes.
func (s *Session[C]) Get(ctx context.Context) (C, uint64, error) {
	h, number, err := s.get(ctx)
	return h.value, number, err
}

func (s *Session[C]) get(ctx context.Context) (held[C], uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return held[C]{}, 0, secureaccess.ErrClosed
		case s.current.ok && !s.refused && !s.due():
			return s.current, s.generation, nil
		case s.flight == nil:
			s.takeOff(ctx, false)
		}
		f := s.flight
		err := s.await(ctx, f)
		switch {
		case s.closed:
			return held[C]{}, 0, secureaccess.ErrClosed
		case err == nil && f.result.ok:
			return f.result, f.number, nil
		case err == nil:
			continue // signed out in the meantime
		case f.forced && !s.refused && s.current.serves(s.Clock.Now()):
			return s.current, s.generation, nil // somebody else's sign-in failed
		case ctx.Err() != nil || f.refused || !s.refused:
			return held[C]{}, 0, err
		}
		// The credentials were refused while their renewal was under way, which did not know it: ask for others.
	}
}

// SignIn obtains credentials now, whatever was refused lately and whatever is stored, and returns them. It joins
// another SignIn that is under way.
func (s *Session[C]) SignIn(ctx context.Context) (C, error) {
	var none C
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.closed {
			return none, secureaccess.ErrClosed
		}
		if s.flight == nil {
			s.takeOff(ctx, true)
		}
		f := s.flight
		err := s.await(ctx, f)
		switch {
		case s.closed:
			return none, secureaccess.ErrClosed
		case f.forced && err == nil:
			return f.result.value, nil
		case f.forced || ctx.Err() != nil:
			return none, err
		}
	}
}

// await waits for the end of f, or the caller's. The lock is held before and after.
func (s *Session[C]) await(ctx context.Context, f *flight[C]) error {
	f.waiters++
	s.mu.Unlock()
	var err error
	select {
	case <-f.done:
		err = f.err
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.mu.Lock()
	f.waiters--
	if f.waiters == 0 {
		f.cancel()
		if s.flight == f {
			s.flight = nil // canceled: nobody may join it any more
		}
	}
	return err
}

// takeOff begins a renewal. The lock is held.
func (s *Session[C]) takeOff(ctx context.Context, forced bool) {
	// The first caller's context gives values, not the end: other callers depend on the outcome. What it wants captured
	// is its own operation.
	ctx = context.WithValue(context.WithoutCancel(ctx), ctxkey.Capture{}, nil)
	ctx, cancel := context.WithCancel(ctx)
	f := &flight[C]{
		done: make(chan struct{}), cancel: cancel, forced: forced,
		last: s.current, generation: s.generation, refused: s.refused,
		accepted: s.accepted.Load() == s.generation,
	}
	s.flight = f
	go func() {
		defer cancel()
		out := s.renew(ctx, f)
		surplus := s.land(f, out)
		for _, c := range surplus {
			s.discard(ctx, c)
		}
	}()
}

// land makes the outcome of a renewal known. It returns the credentials that nobody will use.
func (s *Session[C]) land(f *flight[C], out outcome[C]) (surplus []C) {
	now := s.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	if s.flight == f {
		s.flight = nil
	}
	surplus = out.surplus
	switch {
	case out.err != nil && !f.forced && !s.refused && s.current.serves(now):
		s.notBefore = now.Add(s.pause(now)) // the old ones still serve
	case out.err != nil:
		f.err = out.err
	case out.suspend:
		// Unless others came in the meantime, and then those are used.
		s.suspended.Store(s.refused && s.generation == f.generation)
	case s.closed:
		if h := out.held; !h.saved && !h.shared {
			surplus = append(surplus, h.value)
		}
	default:
		s.adopt(out.held, now)
	}
	f.result, f.number = s.current, s.generation
	return surplus
}

// adopt makes credentials the current ones. The lock is held.
func (s *Session[C]) adopt(h held[C], now time.Time) {
	if s.Base != nil && s.current.ok {
		s.moved(s.Base(s.current.value), s.Base(h.value))
	}
	s.current, s.refused = h, false
	s.generation++
	s.suspended.Store(false)
	// Should the server give what is due at once again, it is asked again in a while, not at every call.
	s.notBefore = now.Add(s.Margin / 4)
}
