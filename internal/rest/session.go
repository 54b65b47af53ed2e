package rest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
)

// Session keeps the credentials of one client for all its goroutines: obtained at first use, renewed once for all
// when they are about to expire or were refused, and sent to their own origin only.
type Session[C any] struct {
	// Obtain gets credentials. last are those known before, the zero C at first; refused says that the server does not
	// take them any more. It runs for all callers that wait for it and is cancelled when none waits any longer.
	Obtain func(ctx context.Context, last C, refused bool) (C, error)

	// Expires says when credentials end; the zero time is "when they are refused". Nil is "never known".
	Expires func(C) time.Time

	// Leeway is how long before their end credentials are renewed.
	Leeway time.Duration

	// Belongs reports whether the credentials may go to a URL.
	Belongs func(C, *url.URL) bool

	// Apply puts credentials on a request that may be changed. Nil where something below does it.
	Apply func(*http.Request, C) error

	// Refused reports whether an answer means that the credentials have to be renewed. It may [Peek].
	Refused func(*http.Response) bool

	Clock secureaccess.Clock

	mu         sync.Mutex
	current    C
	generation uint64 // counts credentials obtained; 0: none yet
	refused    bool   // current is not to be used again
	notBefore  time.Time
	flight     *flight[C]
	closed     bool
}

// flight is a renewal under way.
type flight[C any] struct {
	done    chan struct{}
	refused bool // what Obtain was told
	result  C    // what it brought, or left in use
	number  uint64
	err     error
	waiters int
	cancel  context.CancelFunc
}

// Get returns credentials, with a number that [Session.Refuse] takes.
func (s *Session[C]) Get(ctx context.Context) (C, uint64, error) {
	var none C
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return none, 0, secureaccess.ErrClosed
		case s.generation > 0 && !s.refused && !s.due():
			return s.current, s.generation, nil
		case s.flight == nil:
			s.takeOff(ctx)
		}
		f := s.flight
		err := s.await(ctx, f)
		switch {
		case s.closed:
			return none, 0, secureaccess.ErrClosed
		case err == nil:
			// However soon they are said to end: asking again would bring no better ones, and the clocks may just differ.
			return f.result, f.number, nil
		case ctx.Err() != nil || f.refused || !s.refused:
			return none, 0, err
		}
		// The credentials were refused while their renewal was under way, which did not know it: ask for others.
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
			s.flight = nil // cancelled: nobody may join it any more
		}
	}
	return err
}

// due reports whether the credentials are so near their end that they are renewed before use.
func (s *Session[C]) due() bool {
	if s.Expires == nil {
		return false
	}
	end := s.Expires(s.current)
	now := s.Clock.Now()
	return !end.IsZero() && !now.Before(end.Add(-s.Leeway)) && !now.Before(s.notBefore)
}

// takeOff begins a renewal. The lock is held.
func (s *Session[C]) takeOff(ctx context.Context) {
	// The first caller's context gives values, not the end: other callers depend on the outcome. What it wants captured
	// is its own operation.
	ctx = context.WithValue(context.WithoutCancel(ctx), ctxkey.Capture{}, nil)
	ctx, cancel := context.WithCancel(ctx)
	f := &flight[C]{done: make(chan struct{}), refused: s.refused, cancel: cancel}
	s.flight = f
	last := s.current
	go func() {
		fresh, err := s.Obtain(ctx, last, f.refused)
		s.mu.Lock()
		defer s.mu.Unlock()
		defer cancel()
		defer close(f.done)
		if s.flight == f {
			s.flight = nil
		}
		now := s.Clock.Now()
		switch {
		case err == nil:
			s.current, s.refused = fresh, false
			s.generation++
			// Should the server give what ends within the leeway again, it is asked again in a while, not at every call.
			s.notBefore = now.Add(s.patience(now))
		case s.generation > 0 && !s.refused && s.Expires != nil && now.Before(s.Expires(s.current)):
			s.notBefore = now.Add(s.patience(now)) // the old ones still serve
		default:
			f.err = err
		}
		f.result, f.number = s.current, s.generation
	}()
}

// patience is the least time from one renewal to the next: a part of the leeway, but no longer than the credentials
// last. Those that came with their end behind them are given all of it, since the clocks may just differ.
func (s *Session[C]) patience(now time.Time) time.Duration {
	wait := s.Leeway / 4
	if s.Expires == nil {
		return wait
	}
	if left := s.Expires(s.current).Sub(now); left > 0 {
		wait = min(wait, left)
	}
	return wait
}

// Refuse says that the server no longer takes the credentials of that number. Later ones are left alone.
func (s *Session[C]) Refuse(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == generation {
		s.refused = true
	}
}

// Set replaces the credentials.
func (s *Session[C]) Set(c C) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.refused, s.notBefore = c, false, time.Time{}
	s.generation++
}

// Peek returns the credentials as they are, without asking for any; ok says whether there are some in use.
func (s *Session[C]) Peek() (c C, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current, s.generation > 0 && !s.refused
}

// Close ends the session: what is called from now on fails with [secureaccess.ErrClosed]. It returns the credentials
// last in use, so that they can be given back; ok says whether there were some. A second Close returns none.
func (s *Session[C]) Close() (last C, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok = !s.closed && s.generation > 0 && !s.refused
	s.closed = true
	if s.flight != nil {
		s.flight.cancel()
	}
	return s.current, ok
}

// Transport returns the layer that authenticates requests with the session.
func (s *Session[C]) Transport(next http.RoundTripper) http.RoundTripper {
	return &sessionTransport[C]{session: s, next: next}
}

type sessionTransport[C any] struct {
	session *Session[C]
	next    http.RoundTripper
}

func (t *sessionTransport[C]) RoundTrip(req *http.Request) (*http.Response, error) {
	s := t.session
	credentials, number, err := s.Get(req.Context())
	if err != nil {
		closeBody(req)
		return nil, err
	}
	if !s.Belongs(credentials, req.URL) {
		return t.next.RoundTrip(req)
	}
	resp, err := t.attempt(req, credentials)
	if err != nil || s.Refused == nil || !s.Refused(resp) {
		return resp, err
	}
	s.Refuse(number)
	again, ok := rewound(req)
	if !ok {
		return resp, nil
	}
	discard(resp.Body)
	credentials, _, err = s.Get(req.Context())
	if err != nil {
		closeBody(again)
		return nil, err
	}
	if !s.Belongs(credentials, req.URL) {
		return t.next.RoundTrip(again)
	}
	return t.attempt(again, credentials)
}

func (t *sessionTransport[C]) attempt(req *http.Request, credentials C) (*http.Response, error) {
	if t.session.Apply != nil {
		signed := req.Clone(req.Context())
		if err := t.session.Apply(signed, credentials); err != nil {
			closeBody(req)
			return nil, err
		}
		if call := callOf(req.Context()); call != nil {
			call.conceal(req.Header, signed.Header)
		}
		req = signed
	}
	return t.next.RoundTrip(req)
}

// conceal notes what after has and before has not, since a server may quote it in an error: header values without
// their scheme, and the values of cookies.
func (c *call) conceal(before, after http.Header) {
	for name, values := range after {
		if slices.Equal(values, before[name]) {
			continue
		}
		for _, value := range values {
			if name == "Cookie" {
				for pair := range strings.SplitSeq(value, ";") {
					_, secret, _ := strings.Cut(pair, "=")
					c.secrets = append(c.secrets, secret)
				}
			} else if _, secret, ok := strings.Cut(value, " "); ok {
				c.secrets = append(c.secrets, secret)
			} else {
				c.secrets = append(c.secrets, value)
			}
		}
	}
}

// rewound returns a copy of req with its body at the beginning again; false if it has none.
func rewound(req *http.Request) (*http.Request, bool) {
	again := req.Clone(req.Context())
	if req.Body == nil || req.Body == http.NoBody {
		return again, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	again.Body = body
	return again, true
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
