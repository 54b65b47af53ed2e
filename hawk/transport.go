package hawk

import (
	"bytes"
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

// Transport is an [http.RoundTripper] that signs requests. Every attempt has a nonce and a time of its own, so retries
// belong above it.
//
// When a server's clock differs from this machine's, Transport keeps the difference for that origin, and repeats the
// request that was refused, once. The difference is believed only with proof: a time whose MAC, made with the shared
// key, comes along, or, where [Transport.Skewed] recognizes the refusal, the Date of an answer over verified TLS. The
// machine's own clock is left alone.
//
// Fields must not be changed, nor the Transport copied, after the first request. It is safe for concurrent use.
type Transport struct {
	// Base sends the signed requests; nil means http.DefaultTransport.
	Base http.RoundTripper

	// Credentials returns those to sign with. It is called for each request that is to be signed, from many
	// goroutines at once, so that credentials can be renewed under a Transport at any time. An error is returned,
	// wrapped, as the request's. Required.
	Credentials func(context.Context) (Credentials, error)

	// Origin says where signatures may go. Requests to other places are sent as they are, unsigned: redirects come
	// through here too. See [SameOrigin]. nil allows what is asked for, but no redirect to another origin.
	Origin func(*url.URL) bool

	// Signer holds the options of the signatures, and the clock.
	Signer Signer

	// HashPayload covers request bodies by the signature, empty ones too. The hash is part of the header, so a body is
	// read twice: one that GetBody cannot give again is refused with [ErrBodyNotRewindable], and nothing is sent.
	HashPayload bool

	// Response says what is checked of the signatures of answers; see [CheckResponse]. With anything but
	// [ResponseUnchecked], a request that does not name an Accept-Encoding asks for "identity", since decompressed
	// bytes would not be those that were signed.
	Response ResponseCheck

	// Skewed recognizes a server's way to say, without the scheme's proof, that a request's time is off. It is given
	// answers with a status from 400 to 499 over verified TLS, and the first 64 KiB of their bodies; it must leave
	// resp.Body alone. If it returns true, the answer's Date is taken for the server's time. nil never does.
	Skewed func(resp *http.Response, body []byte) bool

	// OnSign, if not nil, is shown every signed request before it is sent, and what its MAC covers. It must not change
	// them.
	OnSign func(*http.Request, Artifacts)

	mu      sync.Mutex
	offsets map[origin]time.Duration // what to add to this machine's clock
}

// RoundTrip signs and sends a request, and checks the answer.
//
// A space or a byte beyond ASCII in URL.RawQuery is percent-encoded on the way; the scheme has no other way to carry it.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL == nil || !t.allowed(req) {
		return t.base().RoundTrip(req)
	}
	body := req.Body
	credentials, err := t.credentials(req.Context())
	if err != nil {
		closeBody(body)
		return nil, err
	}
	for repeated := false; ; repeated = true {
		resp, artifacts, err := t.send(req, body, &credentials)
		if err != nil {
			return nil, err
		}
		stale, err := t.correctClock(resp, originOf(req.URL), &credentials)
		if err != nil {
			closeBody(resp.Body)
			return nil, err
		}
		if stale && !repeated {
			if next, err := rewind(req); err == nil { // else the refusal is the answer
				body = next
				drain(resp.Body)
				continue
			}
		}
		if err := CheckResponse(resp, credentials, artifacts, t.Response); err != nil {
			closeBody(resp.Body)
			return nil, err
		}
		return resp, nil
	}
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

func (t *Transport) allowed(req *http.Request) bool {
	if t.Origin != nil {
		return t.Origin(req.URL)
	}
	return req.Response == nil || originOf(firstRequest(req).URL) == originOf(req.URL)
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

// send makes one attempt. It closes body on every path, as the base transport does.
func (t *Transport) send(req *http.Request, body io.ReadCloser, c *Credentials) (*http.Response, Artifacts, error) {
	signed := req.WithContext(req.Context()) // a shallow copy: the caller's request stays as it is
	signed.Header = req.Header.Clone()
	if signed.Header == nil {
		signed.Header = make(http.Header)
	}
	signed.Body = body
	if query := escapeQuery(req.URL.RawQuery); query != req.URL.RawQuery {
		u := *req.URL
		u.RawQuery = query
		signed.URL = &u
	}
	hash, err := t.hash(req, c)
	if err != nil {
		closeBody(body)
		return nil, Artifacts{}, err
	}
	signature, err := t.Signer.sign(signed, c, hash, t.offset(originOf(req.URL)))
	if err != nil {
		closeBody(body)
		return nil, Artifacts{}, err
	}
	signed.Header.Set("Authorization", signature.Header)
	if t.Response != ResponseUnchecked && signed.Header.Get("Accept-Encoding") == "" {
		signed.Header.Set("Accept-Encoding", "identity")
	}
	if t.OnSign != nil {
		t.OnSign(signed, signature.Artifacts)
	}
	resp, err := t.base().RoundTrip(signed)
	return resp, signature.Artifacts, err
}

// hash reads a second copy of the body, piece by piece.
func (t *Transport) hash(req *http.Request, c *Credentials) (string, error) {
	if !t.HashPayload {
		return "", nil
	}
	if err := c.check(); err != nil {
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

func (t *Transport) offset(o origin) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.offsets[o]
}

// setClock keeps the difference between a server's clock and this machine's.
func (t *Transport) setClock(o origin, server time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.offsets == nil {
		t.offsets = make(map[origin]time.Duration)
	}
	t.offsets[o] = server.Sub(t.Signer.now())
}

// correctClock reports whether the answer says that the request's time was off, and proves what the time is; it is then
// noted. A time with a wrong proof is an error, as it is in the reference client: somebody is meddling.
func (t *Transport) correctClock(resp *http.Response, o origin, c *Credentials) (bool, error) {
	// The scheme says 401; servers with error codes of their own say 403 about a request that they recognized.
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		// An answer may well challenge for other schemes, or in words that this one does not have. That is for the
		// caller to see, not an error.
		for _, header := range resp.Header.Values("WWW-Authenticate") {
			challenge, bad := parseHeader(header, wwwAuthenticate)
			if bad != nil || challenge.ts == "" {
				continue
			}
			ts, ok := parseTimestamp(challenge.ts)
			if !ok || !equal(challenge.tsm, timestampMAC(ts, c)) {
				return false, &Error{Reason: ErrBadTimestampMAC, Status: resp.StatusCode, Message: "Invalid server timestamp hash"}
			}
			t.setClock(o, time.Unix(ts, 0))
			return true, nil
		}
	}
	if t.Skewed == nil || resp.StatusCode < 400 || resp.StatusCode > 499 {
		return false, nil
	}
	// A certificate that was not verified leaves VerifiedChains empty, and then anybody could have written the Date.
	if resp.TLS == nil || len(resp.TLS.VerifiedChains) == 0 {
		return false, nil
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || !t.Skewed(resp, peek(resp)) {
		return false, nil
	}
	t.setClock(o, date)
	return true, nil
}

// peek reads the start of a body and puts it back.
func peek(resp *http.Response) []byte {
	if resp.Body == nil {
		return nil
	}
	start, _ := io.ReadAll(io.LimitReader(resp.Body, maxDrain)) // an error comes again to who reads on
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), resp.Body), resp.Body}
	return start
}

// drain reads what is left of a short body, so that its connection can be used again.
func drain(body io.ReadCloser) {
	if body != nil {
		_, _ = io.CopyN(io.Discard, body, maxDrain)
		closeBody(body)
	}
}

func closeBody(body io.ReadCloser) {
	if body != nil {
		_ = body.Close()
	}
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
