package ics

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Auth is how a client gets its API key: [Password], [APIKey], [LegacyPassword] or [Anonymous].
type Auth interface {
	check() error
	obtain(ctx context.Context, open *rest.Client) (secureaccess.Secret, error)
	renews() bool
}

// Password signs in to an administrator realm, whatever stands behind it: local accounts, Active Directory, LDAP or
// RADIUS. The key that the appliance answers with is renewed when it is no longer taken.
//
// POST /api/v1/realm_auth
func Password(user, password, realm string) Auth {
	return &realmAuth{user: user, password: secureaccess.NewSecret(password), realm: realm}
}

// APIKey uses a key that exists. It cannot be renewed: once the appliance refuses it, calls fail with
// [secureaccess.ErrUnauthorized].
func APIKey(key string) Auth { return &keyAuth{secureaccess.NewSecret(key)} }

// LegacyPassword signs in as older releases do, to the Administrators server and without a realm. Releases from
// 22.7R2.1 on do not have it any more: prefer [Password].
//
// GET /api/v1/auth
func LegacyPassword(user, password string) Auth {
	return &legacyAuth{user: user, password: secureaccess.NewSecret(password)}
}

// Anonymous has no credentials, which is enough for health checks. Other calls fail with
// [secureaccess.ErrUnauthorized] before anything is sent.
func Anonymous() Auth { return anonymousAuth{} }

// Login gets an API key now and not with the first call that needs one: a program that can ask for a second factor
// does that first.
func (c *Client) Login(ctx context.Context) error {
	_, _, err := c.session.Get(ctx)
	return err
}

// Resume answers a [*SecondFactorError] with the code of the second factor, or with an empty one where the user has
// approved the sign-in elsewhere. From then on the client's calls use the key that it brings. A further factor is a
// further SecondFactorError.
//
// POST /api/v1/realm_auth
//
// How the code travels is not in the vendor's document: it is sent as the password of Basic authentication, beside the
// realm and the resume id.
func (c *Client) Resume(ctx context.Context, factor *SecondFactorError, code secureaccess.Secret) error {
	auth, ok := c.auth.(*realmAuth)
	if !ok || factor == nil {
		return &secureaccess.ArgumentError{Argument: "factor", Reason: "does not come from this client"}
	}
	if code.IsZero() {
		code = auth.password
	}
	key, err := auth.request(ctx, c.open, code, factor.ResumeID)
	if err != nil {
		return err
	}
	c.session.Set(key)
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

// Permanent tells the retry that another attempt fares no better.
func (e *SecondFactorError) Permanent() bool { return true }

type realmAuth struct {
	user     string
	password secureaccess.Secret
	realm    string
}

func (a *realmAuth) renews() bool { return true }

func (a *realmAuth) check() error {
	if a.realm == "" {
		return &secureaccess.ArgumentError{Argument: "realm", Reason: "is empty"}
	}
	return checkPassword(a.user, a.password)
}

func (a *realmAuth) obtain(ctx context.Context, open *rest.Client) (secureaccess.Secret, error) {
	return a.request(ctx, open, a.password, secureaccess.Secret{})
}

func (a *realmAuth) request(ctx context.Context, open *rest.Client, password, resumeID secureaccess.Secret) (secureaccess.Secret, error) {
	op := basic(rest.POST("/api/v1/realm_auth"), a.user, password).JSON(struct {
		Realm    string              `json:"realm"`
		ResumeID secureaccess.Secret `json:"resume_id,omitzero"`
	}{a.realm, resumeID})
	if resumeID.IsZero() {
		op.Repeatable() // a key too many does no harm
	}
	answer, err := read[keyAnswer](ctx, open, op)
	switch {
	case err != nil:
		return secureaccess.Secret{}, err
	case !answer.APIKey.IsZero():
		return answer.APIKey, nil
	case !answer.ResumeID.IsZero():
		return secureaccess.Secret{}, &SecondFactorError{Realm: a.realm, ResumeID: answer.ResumeID}
	}
	return secureaccess.Secret{}, badAnswer("POST", "/api/v1/realm_auth", "neither a key nor a resume id in it")
}

type keyAuth struct{ key secureaccess.Secret }

func (a *keyAuth) renews() bool { return false }

func (a *keyAuth) check() error {
	switch key := a.key.Reveal(); {
	case key == "":
		return &secureaccess.ArgumentError{Argument: "key", Reason: "is empty"}
	case strings.Contains(key, ":"):
		return &secureaccess.ArgumentError{Argument: "key", Reason: "has a colon, which Basic authentication cannot carry"}
	}
	return nil
}

func (a *keyAuth) obtain(context.Context, *rest.Client) (secureaccess.Secret, error) {
	return a.key, nil
}

type legacyAuth struct {
	user     string
	password secureaccess.Secret
}

func (a *legacyAuth) renews() bool { return true }

func (a *legacyAuth) check() error { return checkPassword(a.user, a.password) }

func (a *legacyAuth) obtain(ctx context.Context, open *rest.Client) (secureaccess.Secret, error) {
	answer, err := read[keyAnswer](ctx, open, basic(rest.GET("/api/v1/auth"), a.user, a.password))
	if err != nil {
		return secureaccess.Secret{}, err
	}
	if answer.APIKey.IsZero() {
		return secureaccess.Secret{}, badAnswer("GET", "/api/v1/auth", "no key in it")
	}
	return answer.APIKey, nil
}

type anonymousAuth struct{}

func (anonymousAuth) renews() bool { return false }
func (anonymousAuth) check() error { return nil }
func (anonymousAuth) obtain(context.Context, *rest.Client) (secureaccess.Secret, error) {
	return secureaccess.Secret{}, errAnonymous
}

// errAnonymous is why a client without credentials cannot make most calls.
var errAnonymous error = anonymousError{errors.New("the client has no credentials")}

type anonymousError struct{ error }

func (anonymousError) Is(target error) bool { return target == secureaccess.ErrUnauthorized }
func (anonymousError) Permanent() bool      { return true }

// keyAnswer is what the appliance answers to a sign-in: one of the two.
type keyAnswer struct {
	APIKey   secureaccess.Secret `json:"api_key"`
	ResumeID secureaccess.Secret `json:"resume_id"`
}

func checkPassword(user string, password secureaccess.Secret) error {
	switch {
	case user == "":
		return &secureaccess.ArgumentError{Argument: "user", Reason: "is empty"}
	case strings.Contains(user, ":"):
		return &secureaccess.ArgumentError{Argument: "user", Reason: "has a colon, which Basic authentication cannot carry"}
	case password.IsZero():
		return &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	}
	return nil
}

// basic puts user and password on a request of the client without credentials.
func basic(op *rest.Op, user string, password secureaccess.Secret) *rest.Op {
	credentials := base64.StdEncoding.EncodeToString([]byte(user + ":" + password.Reveal()))
	return op.Header("Authorization", "Basic "+credentials).Conceal(password, secureaccess.NewSecret(credentials))
}
