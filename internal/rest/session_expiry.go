package rest

import "time"

// due reports whether the credentials are so near their end that they are renewed before use.
func (s *Session[C]) due() bool {
	if s.current.renewAt.IsZero() {
		return false
	}
	now := s.Clock.Now()
	return s.current.due(now) && !now.Before(s.notBefore)
}

func (h *held[C]) due(now time.Time) bool { return !h.renewAt.IsZero() && !now.Before(h.renewAt) }

// serves reports whether credentials can be used, unless they were refused.
func (h *held[C]) serves(now time.Time) bool { return h.ok && (h.ends.IsZero() || now.Before(h.ends)) }

// hold works out when credentials that were obtained at a time are renewed.
func (s *Session[C]) hold(value C, obtained time.Time) held[C] {
	h := held[C]{value: value, ok: true, obtained: obtained}
	if s.Expires != nil {
		if end := s.Expires(value); end.After(obtained) {
			h.ends = end
			h.renewAt = end.Add(-min(s.Margin, end.Sub(obtained)/5))
		}
	}
	if s.MaxAge > 0 {
		if at := obtained.Add(s.MaxAge); h.renewAt.IsZero() || at.Before(h.renewAt) {
			h.renewAt = at
		}
	}
	return h
}

// pause is the time from a renewal that failed to the next, while the credentials last.
func (s *Session[C]) pause(now time.Time) time.Duration {
	wait := s.Margin / 4
	if left := s.current.ends.Sub(now); left > 0 {
		wait = min(wait, left)
	}
	return wait
}
