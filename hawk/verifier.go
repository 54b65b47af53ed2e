package hawk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// PayloadPolicy says what a [Verifier] does about the bodies of requests.
type PayloadPolicy uint8

// The policies.
const (
	// PayloadPolicyUnchecked does not read bodies. A hash in the header is covered by the MAC, but proves nothing until it is
	// compared with the body; see [Artifacts] and [PayloadHasher].
	PayloadPolicyUnchecked PayloadPolicy = iota
	// PayloadPolicyIfHashed checks the body of every request that has a hash.
	PayloadPolicyIfHashed
	// PayloadPolicyRequired also refuses requests without a hash, including those with an empty body.
	PayloadPolicyRequired
)

// The defaults of a [Verifier].
const (
	DefaultSkew       = 60 * time.Second
	DefaultMaxPayload = 1 << 20
	DefaultMaxNonces  = 1 << 17
)

// Verifier checks whether requests were signed by a holder of their credentials. Fields must not be changed, nor the
// Verifier copied, after the first request. It is safe for concurrent use.
type Verifier struct {
	// Credentials looks up those of an id that a request claims. The id is unproven, up to 4 KiB of printable ASCII.
	// An error that is [ErrUnknownCredentials] refuses the request with 401, any other with 500. Required.
	Credentials func(ctx context.Context, id string) (Credentials, error)

	// Skew is how far a request's time may be from now, in both directions; 0 means DefaultSkew.
	Skew time.Duration

	// Payload is the policy for bodies. A body that is checked is read into memory first, up to MaxPayload bytes, 0
	// meaning DefaultMaxPayload; a longer one is refused with 413.
	Payload    PayloadPolicy
	MaxPayload int64

	// Origin returns the scheme and the host that the client addressed, where those differ from what arrives here:
	// behind a proxy that terminates TLS, for instance. host is as a Host header has it; a port in it is the one that is
	// signed, else it is that of the scheme, 443 for "https" and 80 for "http". An empty scheme means that of the
	// connection, an empty host the request's Host header, and nil means both. So it may return what the proxy's
	// X-Forwarded-Proto and X-Forwarded-Host say, if clients cannot set them; one Verifier then serves direct and
	// forwarded requests alike. A request with any other scheme is refused with 400.
	Origin func(*http.Request) (scheme, host string)

	// MaxNonces is how many nonces of the last minutes are remembered for the credentials of one id, to refuse repeated
	// requests; 0 means DefaultMaxNonces, about 5 MB when full and about 1000 requests a second. Requests of that id
	// beyond that are refused with 503, those of others are not. Only correctly signed requests take up room.
	// Processes do not share this memory, and it does not survive them.
	MaxNonces int

	// Now is the clock; nil means time.Now.
	Now func() time.Time

	nonces nonceWindow
}

// Grant is the result of [Verifier.Verify].
type Grant struct {
	Credentials Credentials // of the sender
	Artifacts   Artifacts   // as the request has them
}

// Verify checks a request in the order of the reference implementation: header, credentials, MAC, payload hash, nonce,
// time. Its error is always an [*Error], with status and challenge for the response and, from the credentials on, the
// artifacts; a request that is refused for its time gets the right one, with proof.
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
	g := &Grant{Artifacts: Artifacts{
		ID:        claimed.id,
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
	}}
	if bad := v.judge(r, g, claimed.mac); bad != nil {
		bad.Artifacts = &g.Artifacts
		return nil, bad
	}
	return g, nil
}

// judge checks what the artifacts claim.
func (v *Verifier) judge(r *http.Request, g *Grant, mac string) *Error {
	var bad *Error
	if g.Credentials, bad = v.lookUp(r.Context(), g.Artifacts.ID); bad != nil {
		return bad
	}
	if !g.signed(mac) {
		return unauthorized(ErrBadMAC, "Bad mac")
	}
	if bad := v.checkPayload(r, g); bad != nil {
		return bad
	}
	return v.checkTime(g)
}

// signed compares the MAC. The reference client removes the brackets of an IPv6 address, its server does not: for such
// an address both are right, and the artifacts keep the one that was signed, as the response's MAC needs it.
func (g *Grant) signed(mac string) bool {
	want, err := independentMAC(&g.Artifacts, requestMAC, &g.Credentials)
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
	bare := g.Artifacts
	bare.Host = strings.TrimSuffix(address, "]")
	want, err = independentMAC(&bare, requestMAC, &g.Credentials)
	if err != nil || !equal(mac, want) {
		return false
	}
	g.Artifacts = bare
	return true
}

// hostPort returns what the client has to have signed.
func (v *Verifier) hostPort(r *http.Request) (host, port string, ok bool) {
	var scheme, header string
	if v.Origin != nil {
		scheme, header = v.Origin(r)
	}
	if header == "" {
		header = r.Host
	}
	secure := r.TLS != nil
	switch strings.ToLower(scheme) {
	case "":
	case "https", "wss":
		secure = true
	case "http", "ws":
		secure = false
	default:
		return "", "", false
	}
	if host, port, ok = splitHost(header); !ok {
		return "", "", false
	}
	if port == "" {
		port = defaultPort(secure)
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

// requestTarget prefers what arrived to the URL, which a handler in front may have changed.
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
	if err := c.Check(); err != nil {
		return c, failed(err)
	}
	return c, nil
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
		bad.Challenge = `Hawk ts="` + strconv.FormatInt(ts, 10) + `", tsm="` + independentTimestampMAC(ts, &g.Credentials) + `", error="Stale timestamp"`
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
