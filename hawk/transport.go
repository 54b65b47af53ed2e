package hawk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Transport is an [http.RoundTripper] that signs requests. Every attempt has its own nonce and time, so retries belong
// above it.
//
// When a server's clock differs from this machine's, Transport keeps the difference for that origin, and repeats the
// refused request once. The difference is believed only with proof: a time whose MAC, made with the shared key, comes
// along, or, where [Transport.Skewed] recognizes the refusal, the Date of a response over verified TLS. A difference of
// more than a year is never believed, and one that did not prevent a refusal with status 401 or 403 is forgotten. The
// machine's own clock is not changed.
//
// Fields must not be changed, nor the Transport copied, after the first request. It is safe for concurrent use.
type Transport struct {
	// Base sends the signed requests; nil means http.DefaultTransport.
	Base http.RoundTripper

	// Credentials returns those that RoundTrip signs with. It is called for each request that is to be signed, from
	// many goroutines at once, so that credentials can be renewed under a Transport at any time. An error is returned,
	// wrapped, as the request's. Required, unless every request comes through RoundTripWith.
	Credentials func(context.Context) (Credentials, error)

	// Origin says where signatures may go. Requests to other places are sent as they are, unsigned: redirects come
	// through here too. See [SameOrigin]. nil allows what is asked for, but no redirect to another origin.
	Origin func(*url.URL) bool

	// Signer holds the options of the signatures, and the clock.
	Signer Signer

	// HashPayload covers request bodies by the signature, empty ones too. The hash is part of the header, so a body is
	// read twice: one that GetBody cannot give again is refused with [ErrBodyNotRewindable], and nothing is sent.
	HashPayload bool

	// Response says what is checked of the signatures of responses; see [CheckResponse]. With anything but
	// [ResponseCheckNone], a request that does not name an Accept-Encoding asks for "identity", since decompressed
	// bytes would not be those that were signed.
	Response ResponseCheck

	// Skewed recognizes a server's way to say, without the scheme's proof, that a request's time is off. It is given
	// responses with a status from 400 to 499 over verified TLS, and the first 64 KiB of their bodies; it must leave
	// resp.Body alone. If it returns true, the response's Date is taken for the server's time. nil never does.
	Skewed func(resp *http.Response, body []byte) bool

	// OnSign, if not nil, is shown every signed request before it is sent, and what its MAC covers. It must not change
	// them.
	OnSign func(*http.Request, Artifacts)

	mu      sync.Mutex
	offsets map[origin]time.Duration // what to add to this machine's clock
}

// RoundTrip signs and sends a copy of a request, and checks the response.
//
// A space or a byte beyond ASCII in URL.RawQuery is percent-encoded on the way; the scheme has no other way to carry it.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !t.allowed(req) {
		return t.base().RoundTrip(req)
	}
	credentials, err := t.credentials(req.Context())
	if err != nil {
		closeBody(req.Body)
		return nil, err
	}
	return t.signed(copyOf(req), &credentials)
}

// RoundTripWith is RoundTrip with credentials that the caller has at hand, for a session that renews them. It owns req
// and makes no copy of it: it sets the Authorization header in place, and replaces req.URL where the query has to be
// escaped. The caller may read req afterwards, and must not use it again.
func (t *Transport) RoundTripWith(req *http.Request, credentials Credentials) (*http.Response, error) {
	if !t.allowed(req) {
		return t.base().RoundTrip(req)
	}
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	return t.signed(req, &credentials)
}

// signed signs and sends a request that is the Transport's own.
func (t *Transport) signed(req *http.Request, c *Credentials) (*http.Response, error) {
	if query := escapeQuery(req.URL.RawQuery); query != req.URL.RawQuery {
		u := *req.URL // which a shallow copy of a request shares
		u.RawQuery = query
		req.URL = &u
	}
	server := originOf(req.URL)
	resp, artifacts, offset, err := t.send(req, server, c)
	if err != nil {
		return nil, err
	}
	corrected, err := t.correctClock(resp, server, offset, c)
	if err != nil {
		closeBody(resp.Body)
		return nil, err
	}
	if corrected {
		if again, err := repeat(req); err == nil { // else the refusal is the response
			drain(resp.Body)
			if resp, artifacts, offset, err = t.send(again, server, c); err != nil {
				return nil, err
			}
			if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
				t.forgetClock(server, offset)
			}
		}
	}
	if err := CheckResponse(resp, *c, artifacts, t.Response); err != nil {
		closeBody(resp.Body)
		return nil, err
	}
	return resp, nil
}

// CloseIdleConnections passes the call of the same name of [http.Client] on to Base.
func (t *Transport) CloseIdleConnections() {
	if base, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper {
	if t.Base != nil {
		return t.Base
	}
	return http.DefaultTransport
}

// allowed reports whether a request is to be signed. One without a URL is left to the base transport to refuse.
func (t *Transport) allowed(req *http.Request) bool {
	switch {
	case req.URL == nil:
		return false
	case t.Origin != nil:
		return t.Origin(req.URL)
	case req.Response == nil:
		return true
	}
	first := firstRequest(req)
	return first.URL != nil && originOf(first.URL) == originOf(req.URL)
}

func (t *Transport) credentials(ctx context.Context) (Credentials, error) {
	if t.Credentials == nil {
		return Credentials{}, errors.New("hawk: Transport.Credentials is nil")
	}
	c, err := t.Credentials(ctx)
	if err != nil {
		return Credentials{}, fmt.Errorf("hawk: credentials: %w", err)
	}
	return c, nil
}

// send makes one attempt, and returns the correction of the clock that it was signed with. It closes the body on every
// path, as the base transport does.
func (t *Transport) send(req *http.Request, server origin, c *Credentials) (*http.Response, Artifacts, time.Duration, error) {
	offset := t.offset(server)
	hash, err := t.hash(req, c)
	if err != nil {
		closeBody(req.Body)
		return nil, Artifacts{}, offset, err
	}
	signature, err := t.Signer.sign(req, c, hash, offset)
	if err != nil {
		closeBody(req.Body)
		return nil, Artifacts{}, offset, err
	}
	req.Header.Set("Authorization", signature.Header)
	if t.Response != ResponseCheckNone && req.Header.Get("Accept-Encoding") == "" {
		req.Header.Set("Accept-Encoding", "identity")
	}
	if t.OnSign != nil {
		t.OnSign(req, signature.Artifacts)
	}
	resp, err := t.base().RoundTrip(req)
	return resp, signature.Artifacts, offset, err
}

// hash reads a second copy of the body, part by part.
func (t *Transport) hash(req *http.Request, c *Credentials) (string, error) {
	if !t.HashPayload {
		return "", nil
	}
	if err := c.Check(); err != nil {
		return "", err
	}
	hasher := NewPayloadHasher(c.Algorithm, req.Header.Get("Content-Type"))
	body, err := rewind(req)
	if err != nil {
		return "", err
	}
	if body != nil {
		_, err = io.Copy(hasher, body)
		closeBody(body)
		if err != nil {
			return "", fmt.Errorf("hawk: hashing the body: %w", err)
		}
	}
	return hasher.Sum(), nil
}

// rewind returns a fresh copy of the request's body, or nil if it has none.
func rewind(req *http.Request) (io.ReadCloser, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req.Body, nil
	}
	if req.GetBody == nil {
		return nil, &Error{Reason: ErrBodyNotRewindable, Detail: "the request has no GetBody"}
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, &Error{Reason: ErrBodyNotRewindable, Err: err}
	}
	return body, nil
}

// copyOf returns a copy whose header may be changed.
func copyOf(req *http.Request) *http.Request {
	c := req.WithContext(req.Context())
	if c.Header = req.Header.Clone(); c.Header == nil {
		c.Header = make(http.Header)
	}
	return c
}

// repeat returns a copy to send once more. The one that was sent may still be in the base transport's hands.
func repeat(req *http.Request) (*http.Request, error) {
	body, err := rewind(req)
	if err != nil {
		return nil, err
	}
	again := copyOf(req)
	again.Body = body
	return again, nil
}

// escapeQuery encodes the bytes that a request line cannot carry but that people do write into queries.
func escapeQuery(query string) string {
	escaped := func(c byte) bool { return c == ' ' || c > '~' }
	clean := true
	for i := range len(query) {
		clean = clean && !escaped(query[i])
	}
	if clean {
		return query
	}
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; escaped(c) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
