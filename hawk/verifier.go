package hawk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// PayloadPolicy says what a [Verifier] does about the bodies of requests.
type PayloadPolicy uint8

// The policies.
const (
	// PayloadUnchecked leaves bodies alone. A hash in the header is covered by the MAC, but says nothing until somebody
	// compares it with the body; see [Artifacts] and [PayloadHasher].
	PayloadUnchecked PayloadPolicy = iota
	// PayloadIfHashed checks the body of every request that has a hash.
	PayloadIfHashed
	// PayloadRequired also refuses requests without a hash, those with an empty body too.
	PayloadRequired
)

// The defaults of a [Verifier].
const (
	DefaultSkew       = 60 * time.Second
	DefaultMaxPayload = 1 << 20
	DefaultMaxNonces  = 1 << 20
)

// Verifier decides whether requests were signed by somebody who holds a key. Fields must not be changed, nor the
// Verifier copied, after the first request. It is safe for concurrent use.
type Verifier struct {
	// Credentials looks up those of an id that a request claims. The id is anybody's, up to 4 KiB of printable ASCII.
	// An error that is [ErrUnknownCredentials] refuses the request with 401, any other with 500. Required.
	Credentials func(ctx context.Context, id string) (Credentials, error)

	// Skew is how far a request's time may be from now, in both directions; 0 means DefaultSkew.
	Skew time.Duration

	// Payload is the policy for bodies. A body that is checked is read into memory first, up to MaxPayload bytes, 0
	// meaning DefaultMaxPayload; a longer one is refused with 413.
	Payload    PayloadPolicy
	MaxPayload int64

	// Host and Port are what clients address, if that differs from what arrives here: behind a proxy, say. The host is
	// else that of the Host header, and the port the one there, or 443 on a TLS connection and 80 on others.
	Host string
	Port int

	// MaxNonces is how many nonces of the last minutes are remembered, to refuse repeated requests; 0 means
	// DefaultMaxNonces, some 75 MB when full. Requests that are more than that are refused with 503. Only
	// correctly signed requests take up room. Processes do not share this memory, and it does not survive them.
	MaxNonces int

	// Now is the clock; nil means time.Now.
	Now func() time.Time

	nonces nonceWindow
}

// Grant is what [Verifier.Verify] found out about a request.
type Grant struct {
	Credentials Credentials // of the sender
	Artifacts   Artifacts   // as the request has them
}

// Verify checks a request in the order of the reference implementation: header, credentials, MAC, payload hash, nonce,
// time. It returns an [*Error] if it refuses, with status and challenge for the answer, and no other errors; a request
// that is refused for its time gets the right one, with proof.
//
// A checked body is replaced in r by a copy, for the handler to read. Call Verify on a request once: its nonce is
// spent by it.
func (v *Verifier) Verify(r *http.Request) (*Grant, error) {
	grant, err := v.verify(r)
	if err != nil {
		return nil, err // not in one step with the call: a nil *Error in an error is not nil
	}
	return grant, nil
}

func (v *Verifier) verify(r *http.Request) (*Grant, *Error) {
	host, port, ok := v.hostPort(r)
	if !ok {
		return nil, badRequest(ErrBadRequest, "Invalid Host header")
	}
	claimed, bad := parseAuthorization(r)
	if bad != nil {
		return nil, bad
	}
	ts, ok := parseTimestamp(claimed.ts)
	if !ok {
		return nil, badRequest(ErrBadHeader, "Bad attribute value: ts")
	}
	target, ok := originForm(requestTarget(r))
	if !ok {
		return nil, badRequest(ErrBadRequest, "Invalid request target")
	}
	credentials, bad := v.lookUp(r.Context(), claimed.id)
	if bad != nil {
		return nil, bad
	}
	g := &Grant{
		Credentials: credentials,
		Artifacts: Artifacts{
			Timestamp: ts,
			Nonce:     claimed.nonce,
			Method:    strings.ToUpper(r.Method),
			Target:    target,
			Host:      host,
			Port:      port,
			Hash:      claimed.hash,
			Ext:       claimed.ext,
			App:       claimed.app,
			Dlg:       claimed.dlg,
		},
	}
	if !g.signed(claimed.mac) {
		return nil, unauthorized(ErrBadMAC, "Bad mac")
	}
	if bad := v.checkPayload(r, g); bad != nil {
		return nil, bad
	}
	return g, v.checkTime(g)
}

// signed compares the MAC. The reference client takes the brackets off an IPv6 address, its server does not: for such
// an address, both are right, and the artifacts keep the one that was signed, as the answer's MAC needs it.
func (g *Grant) signed(mac string) bool {
	want, err := g.Artifacts.mac(requestMAC, &g.Credentials)
	if err != nil {
		return false
	}
	if equal(mac, want) {
		return true
	}
	address, bracketed := strings.CutPrefix(g.Artifacts.Host, "[")
	if !bracketed {
		return false
	}
	g.Artifacts.Host = strings.TrimSuffix(address, "]")
	want, err = g.Artifacts.mac(requestMAC, &g.Credentials)
	return err == nil && equal(mac, want)
}

func (v *Verifier) hostPort(r *http.Request) (host, port string, ok bool) {
	if v.Host == "" || v.Port == 0 {
		if host, port, ok = splitHost(r.Host); !ok {
			return "", "", false
		}
	}
	if v.Host != "" {
		host = strings.ToLower(v.Host)
	}
	switch {
	case v.Port != 0:
		port = strconv.Itoa(v.Port)
	case port == "":
		port = defaultPort(r.TLS != nil)
	}
	return host, port, true
}

func parseAuthorization(r *http.Request) (attributes, *Error) {
	headers := r.Header.Values("Authorization")
	switch len(headers) {
	case 0:
		return attributes{}, noAuthorization()
	case 1:
	default:
		return attributes{}, badRequest(ErrBadHeader, "Bad header format")
	}
	a, bad := parseHeader(headers[0], authorization)
	if bad == nil && (a.id == "" || a.ts == "" || a.nonce == "" || a.mac == "") {
		bad = badRequest(ErrMissingAttributes, "Missing attributes")
	}
	return a, bad
}

// requestTarget prefers what arrived over what a handler in front may have made of the URL.
func requestTarget(r *http.Request) string {
	if r.RequestURI != "" || r.URL == nil {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

func (v *Verifier) lookUp(ctx context.Context, id string) (Credentials, *Error) {
	failed := func(err error) *Error {
		return &Error{Reason: ErrInvalidCredentials, Status: http.StatusInternalServerError, Err: err}
	}
	if v.Credentials == nil {
		return Credentials{}, failed(errors.New("Verifier.Credentials is nil"))
	}
	c, err := v.Credentials(ctx, id)
	switch {
	case errors.Is(err, ErrUnknownCredentials):
		return c, unauthorized(ErrUnknownCredentials, "Unknown credentials")
	case err != nil:
		return c, failed(err)
	}
	c.ID = id
	if err := c.check(); err != nil {
		return c, failed(err)
	}
	return c, nil
}

func (v *Verifier) checkPayload(r *http.Request, g *Grant) *Error {
	switch {
	case v.Payload == PayloadUnchecked, v.Payload == PayloadIfHashed && g.Artifacts.Hash == "":
		return nil
	case g.Artifacts.Hash == "":
		return unauthorized(ErrMissingPayloadHash, "Missing required payload hash")
	}
	var payload []byte
	if r.Body != nil {
		limit := v.MaxPayload
		if limit <= 0 {
			limit = DefaultMaxPayload
		}
		var err error
		payload, err = io.ReadAll(io.LimitReader(r.Body, limit))
		if err == nil && int64(len(payload)) == limit {
			if n, _ := io.ReadFull(r.Body, make([]byte, 1)); n > 0 {
				return &Error{Reason: ErrPayloadTooLarge, Status: http.StatusRequestEntityTooLarge}
			}
		}
		if err != nil {
			return &Error{Reason: ErrBadPayloadHash, Status: http.StatusBadRequest, Detail: "the body cannot be read", Err: err}
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{bytes.NewReader(payload), r.Body}
	}
	if !equal(HashPayload(g.Credentials.Algorithm, r.Header.Get("Content-Type"), payload), g.Artifacts.Hash) {
		return unauthorized(ErrBadPayloadHash, "Bad payload hash")
	}
	return nil
}

// checkTime checks the nonce and the time.
func (v *Verifier) checkTime(g *Grant) *Error {
	now, err := v.nonces.admit(v, g.Credentials.ID, g.Artifacts.Nonce, g.Artifacts.Timestamp)
	switch err {
	case nil:
		return nil
	case ErrInvalidNonce:
		return unauthorized(err, "Invalid nonce")
	case ErrStaleTimestamp:
		ts := now.Unix()
		bad := unauthorized(err, "Stale timestamp")
		bad.Challenge = `Hawk ts="` + strconv.FormatInt(ts, 10) + `", tsm="` + timestampMAC(ts, &g.Credentials) + `", error="Stale timestamp"`
		return bad
	}
	return &Error{Reason: err, Status: http.StatusServiceUnavailable}
}

func (v *Verifier) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

func (v *Verifier) skew() time.Duration {
	if v.Skew > 0 {
		return v.Skew
	}
	return DefaultSkew
}

func (v *Verifier) maxNonces() int {
	if v.MaxNonces > 0 {
		return v.MaxNonces
	}
	return DefaultMaxNonces
}

// ServerAuthorization returns the Server-Authorization header for the answer to the request. payloadHash is that of the
// answer's body, from [HashPayload] or a [PayloadHasher] with the answer's Content-Type, or "" to leave the body
// uncovered. ext is application data, or "".
func (g *Grant) ServerAuthorization(payloadHash, ext string) (string, error) {
	if payloadHash != "" && !isAttributeValue(payloadHash) || ext != "" && !isAttributeValue(ext) {
		return "", unsignable("the hash or ext has a character that no Hawk header can carry")
	}
	a := g.Artifacts
	a.Hash, a.Ext = payloadHash, ext
	mac, err := a.mac(responseMAC, &g.Credentials)
	if err != nil {
		return "", &Error{Reason: ErrUnsignable, Err: err}
	}
	header := `Hawk mac="` + mac + `"`
	if payloadHash != "" {
		header += `, hash="` + payloadHash + `"`
	}
	if ext != "" {
		header += `, ext="` + ext + `"`
	}
	return header, nil
}
