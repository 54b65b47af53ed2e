package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

const (
	firstRefusal = 30 * time.Second
	mostRefusal  = 5 * time.Minute

	// refusalFades is how long after its end a refusal still makes the next one last longer.
	refusalFades = 10 * time.Minute
)

// refusals remembers the last refusal, of a sign-in or of what it brought, so that a wrong password is not tried once a
// call: accounts are locked that way. The zero value remembers nothing. The session's lock guards it.
type refusals struct{ last refusal }

type refusal struct {
	digest string // of the credentials; "" when another process reports it
	mark   string // what a store is told of the digest
	err    error  // nil: the sign-in succeeded, and the server refused what it brought
	until  time.Time
	wait   time.Duration
}

// note remembers a refusal. What is not known by a digest is not remembered.
func (r *refusals) note(digest, mark string, err error, now time.Time) refusal {
	if digest == "" {
		return refusal{}
	}
	wait := firstRefusal
	if r.last.of(digest, mark) && now.Before(r.last.until.Add(refusalFades)) {
		wait = min(2*r.last.wait, mostRefusal)
	}
	r.last = refusal{digest: digest, mark: mark, err: err, until: now.Add(wait), wait: wait}
	return r.last
}

// learn takes over what another process reported, if it lasts longer than what is known.
func (r *refusals) learn(theirs *refusal, now time.Time) {
	if theirs != nil && theirs.until.After(r.last.until) {
		// A clock that is ahead must not keep this client out for longer than any refusal lasts.
		theirs.until = minTime(theirs.until, now.Add(mostRefusal))
		r.last = *theirs
	}
}

// pending reports whether anything is refused now.
func (r *refusals) pending(now time.Time) bool { return now.Before(r.last.until) }

// blocks returns the refusal that keeps credentials from being tried now.
func (r *refusals) blocks(digest, mark string, now time.Time) (refusal, bool) {
	return r.last, r.pending(now) && r.last.of(digest, mark)
}

// signedIn forgets that a sign-in was refused. That its credentials were is not disproved by another sign-in.
func (r *refusals) signedIn() {
	if r.last.err != nil {
		r.last = refusal{}
	}
}

func (r *refusal) of(digest, mark string) bool {
	return digest != "" && r.digest == digest || mark != "" && r.mark == mark
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// mark is what a store is told of credentials that were refused: so few bits of their digest that nobody can tell a
// password by them, and enough to recognize credentials that changed.
func (s *Session[C]) mark(digest string) string {
	if digest == "" || s.Store == nil {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(s.Key))
	mac.Write([]byte(digest))
	return hex.EncodeToString(mac.Sum(nil)[:2])
}

func (s *Session[C]) credentialsRefused(err error) bool {
	if s.CredentialsRefused != nil {
		return s.CredentialsRefused(err)
	}
	return errors.Is(err, secureaccess.ErrUnauthorized)
}

// reportedRefusal is the refusal that another process met.
type reportedRefusal struct {
	text  string
	until time.Time
}

func (e *reportedRefusal) Error() string {
	return "another process was refused with these credentials, which are tried again after " +
		e.until.UTC().Format(time.RFC3339) + ": " + e.text
}

// Unwrap lets it match [secureaccess.ErrUnauthorized].
func (e *reportedRefusal) Unwrap() error { return secureaccess.ErrUnauthorized }

// Permanent says that the next attempt would fail likewise.
func (e *reportedRefusal) Permanent() bool { return true }
