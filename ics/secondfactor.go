package ics

import (
	"context"
	"errors"
	"fmt"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// SecondFactor gives the code that a realm asks for, or an empty one where the user approves the sign-in elsewhere. It
// runs once for all calls that wait for the key, and may take its time: those calls wait with it, each as long as its
// own context lasts. ctx ends when nobody waits any longer.
type SecondFactor func(ctx context.Context, factor *SecondFactorError) (code secureaccess.Secret, err error)

// mostFactors is how many factors a sign-in may ask for after the password.
const mostFactors = 3

type factorKey struct{}

// WithSecondFactor has f asked whenever a realm wants a second factor: at the first sign-in, and each time the key is
// renewed, also in the middle of a long list. Without it, such calls fail with a [*SecondFactorError], which
// [Client.Resume] continues.
func WithSecondFactor(f SecondFactor) secureaccess.Option {
	return func(s *settings.Settings) error {
		if f == nil {
			return &secureaccess.ArgumentError{Argument: "second factor", Reason: "is nil"}
		}
		s.Set(product, factorKey{}, f)
		return nil
	}
}

// Resume continues a sign-in that failed with a [*SecondFactorError]: with the code of the second factor, or with an
// empty one where the user has approved the sign-in elsewhere. From then on the client's calls use the key that it
// brings. A further factor is a further SecondFactorError.
//
// POST /api/v1/realm_auth
//
// How the code travels is not in the vendor's document: it is sent as the password of Basic authentication, beside the
// realm and the resume id.
func (c *Client) Resume(ctx context.Context, factor *SecondFactorError, code secureaccess.Secret) error {
	auth, ok := c.auth.(*realmAuth)
	if !ok || factor == nil || factor.ResumeID.IsZero() {
		return &secureaccess.ArgumentError{Argument: "factor", Reason: "does not come from this client"}
	}
	if c.closed.Load() {
		return secureaccess.ErrClosed
	}
	if code.IsZero() {
		var err error
		if code, err = auth.read(ctx); err != nil {
			return err
		}
	}
	key, err := auth.request(ctx, c.open, code, factor.ResumeID)
	if err != nil {
		return err
	}
	c.session.Set(ctx, newKey(key))
	return nil
}

// SecondFactorError says that the realm wants a second factor before it gives a key. Hand it to [Client.Resume].
type SecondFactorError struct {
	Realm    string
	ResumeID secureaccess.Secret // names the sign-in that is under way
}

// Error names the realm.
func (e *SecondFactorError) Error() string {
	return fmt.Sprintf("realm %q asks for a second factor", e.Realm)
}

// Is matches [secureaccess.ErrUnauthorized].
func (e *SecondFactorError) Is(target error) bool { return target == secureaccess.ErrUnauthorized }

// Permanent reports that another attempt fails likewise.
func (e *SecondFactorError) Permanent() bool { return true }

// factorError is a second factor that was asked for and not given.
type factorError struct {
	factor *SecondFactorError
	cause  error
}

func (e *factorError) Error() string   { return e.factor.Error() + ": " + e.cause.Error() }
func (e *factorError) Unwrap() []error { return []error{e.factor, e.cause} }
func (e *factorError) Permanent() bool { return true }

// credentialsRefused reports whether a sign-in failed for what it was made with. A second factor that is asked for is no
// refusal.
func credentialsRefused(err error) bool {
	if _, ok := errors.AsType[*SecondFactorError](err); ok {
		return false
	}
	return errors.Is(err, secureaccess.ErrUnauthorized)
}
