package rest

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// Transport returns the layer that authenticates requests with the session. Requests that the credentials do not
// belong to go to next as they are.
func (s *Session[C]) Transport(next http.RoundTripper) http.RoundTripper {
	return &sessionTransport[C]{session: s, next: next}
}

type sessionTransport[C any] struct {
	session *Session[C]
	next    http.RoundTripper
}

// RoundTrip sends the request, and once more after credentials that were refused were renewed. A second repeat follows
// only when the first one's came from the store.
func (t *sessionTransport[C]) RoundTrip(req *http.Request) (*http.Response, error) {
	s := t.session
	h, number, err := s.get(req.Context())
	if err != nil {
		closeBody(req.Body)
		return nil, err
	}
	body := req.Body
	for repeats := 0; ; repeats++ {
		resp, signed, err := t.attempt(req, body, h.value)
		if err != nil || !signed || s.Refused == nil {
			return resp, err
		}
		if call := callOf(req.Context()); call != nil {
			call.guard(resp)
		}
		if !s.Refused(resp) {
			s.accept(number)
			return resp, nil
		}
		s.refuse(number, repeats > 0)
		if repeats == 2 || repeats == 1 && !h.shared || req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
			return resp, nil
		}
		keepWhole(resp)
		fresh, next, err := s.get(req.Context())
		if err != nil {
			return nil, err
		}
		if next == number { // others would be refused as well
			return resp, nil
		}
		if req.GetBody != nil {
			if body, err = req.GetBody(); err != nil {
				return resp, nil //nolint:nilerr // it cannot be read again: the refusal is the result
			}
		}
		h, number = fresh, next
	}
}

// copiesHeader says that the header of a request is shared with other calls, maybe, and goes no further.
func (t *sessionTransport[C]) copiesHeader() {}

// attempt sends a copy of req, with the credentials where they belong.
func (t *sessionTransport[C]) attempt(req *http.Request, body io.ReadCloser, credentials C) (resp *http.Response, signed bool, err error) {
	s := t.session
	base := s.target(req, credentials)
	own := new(http.Request)
	*own = *req
	own.Header = maps.Clone(req.Header) // the values are replaced, never changed
	own.Body = body
	if base != nil {
		if err := retarget(own, base); err != nil {
			closeBody(body)
			return nil, false, err
		}
	}
	if !s.Belongs(credentials, own.URL) {
		resp, err = t.next.RoundTrip(own)
		return resp, false, err
	}
	if call := callOf(own.Context()); call != nil {
		call.carry(req.Header, own.Header)
	}
	if s.Send != nil {
		resp, err = s.Send(own, credentials)
		return resp, true, err
	}
	if s.Apply != nil {
		if err := s.Apply(own, credentials); err != nil {
			closeBody(body)
			return nil, false, err
		}
	}
	resp, err = t.next.RoundTrip(own)
	return resp, true, err
}

// moved takes note that the API has left a base.
func (s *Session[C]) moved(from, to *url.URL) {
	if from == nil || to == nil || *from == *to {
		return
	}
	const most = 8 // requests made for older ones have long ended
	var known []*url.URL
	if p := s.former.Load(); p != nil {
		known = *p
	}
	known = append(slices.Clone(known[max(0, len(known)-most+1):]), from)
	s.former.Store(&known)
}

// target returns the base that a request has to be sent to instead of the one that it was made for; nil where it can
// stay. A redirect's target is the server's choice and stays.
func (s *Session[C]) target(req *http.Request, credentials C) *url.URL {
	former := s.former.Load()
	if former == nil || req.Response != nil {
		return nil
	}
	base := s.Base(credentials)
	if base == nil || under(req.URL, base) {
		return nil
	}
	for _, old := range *former {
		if under(req.URL, old) {
			return base
		}
	}
	return nil
}

// under reports whether u is at base or below.
func under(u, base *url.URL) bool {
	rest, ok := strings.CutPrefix(u.EscapedPath(), strings.TrimRight(base.EscapedPath(), "/"))
	return ok && SameOrigin(u, base) && (rest == "" || rest[0] == '/')
}

// retarget turns a request, which is the caller's own copy, to another base.
func retarget(req *http.Request, base *url.URL) error {
	if req.URL.Scheme == "https" && base.Scheme != "https" {
		return &moveError{"the renewed session moves the API from https to http", secureaccess.ErrRedirectRefused}
	}
	call := callOf(req.Context())
	if call == nil {
		return &moveError{"the renewed session moves the API, and the request belongs to no operation", nil}
	}
	return call.retarget(req, base)
}

// moveError is a request that cannot follow the API to where it moved; another attempt does not change that.
type moveError struct {
	text string
	err  error
}

func (e *moveError) Error() string {
	if e.err != nil {
		return e.err.Error() + ": " + e.text
	}
	return e.text
}
func (e *moveError) Unwrap() error   { return e.err }
func (e *moveError) Permanent() bool { return true }

// keepWhole reads a refusal into memory, so that its connection is free for the renewal and it can still be returned.
func keepWhole(resp *http.Response) {
	const most = 64 << 10 // more than errors show of it
	body := expiring(resp.Body)
	data, _ := io.ReadAll(io.LimitReader(body, most))
	transport.Drain(body, drainSize, drainTime)
	resp.Body = io.NopCloser(bytes.NewReader(data))
	resp.ContentLength = int64(len(data))
}

func closeBody(body io.Closer) {
	if body != nil {
		_ = body.Close()
	}
}
