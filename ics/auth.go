package ics

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Auth is how a client gets its API key: [Password], [APIKey], [LegacyPassword], each also with a
// [secureaccess.SecretSource], or [Anonymous].
type Auth interface {
	check() error
	obtain(ctx context.Context, c *signIn) (secureaccess.Secret, error)

	// account tells sessions apart in a store; nil where there is nothing to store.
	account() []string
	secret() secureaccess.SecretSource // nil without one
	renews() bool
}

// Password signs in to an administrator realm, whatever stands behind it: local accounts, Active Directory, LDAP or
// RADIUS. The key that the appliance gives is renewed when it is no longer accepted.
//
// POST /api/v1/realm_auth
func Password(username, password, realm string) Auth {
	return &realmAuth{passwordAuth{username, secureaccess.NewSecret(password)}, realm}
}

// PasswordFrom is Password with a password that is read at each sign-in.
//
// POST /api/v1/realm_auth
func PasswordFrom(username string, source secureaccess.SecretSource, realm string) Auth {
	return &realmAuth{passwordAuth{username, source}, realm}
}

// LegacyPassword signs in as older releases do, to the Administrators server and without a realm. Releases from
// 22.7R2.1 on do not have it any more: prefer [Password].
//
// GET /api/v1/auth
func LegacyPassword(username, password string) Auth {
	return &legacyAuth{passwordAuth{username, secureaccess.NewSecret(password)}}
}

// LegacyPasswordFrom is LegacyPassword with a password that is read at each sign-in.
//
// GET /api/v1/auth
func LegacyPasswordFrom(username string, source secureaccess.SecretSource) Auth {
	return &legacyAuth{passwordAuth{username, source}}
}

// APIKey uses a key that exists. It cannot be renewed: once the appliance refuses it, calls fail with
// [secureaccess.ErrUnauthorized].
func APIKey(key string) Auth { return &keyAuth{secureaccess.NewSecret(key), false} }

// APIKeyFrom is APIKey with a key that is read at first use, and again when the appliance refuses it.
func APIKeyFrom(source secureaccess.SecretSource) Auth { return &keyAuth{source, true} }

// Anonymous has no credentials, which is enough for health checks. Other calls fail with
// [secureaccess.ErrUnauthorized] before anything is sent.
func Anonymous() Auth { return anonymousAuth{} }

// signIn is what obtaining a key takes.
type signIn struct {
	open   *rest.Client // without credentials
	factor SecondFactor // nil without one
}

type passwordAuth struct {
	username string
	password secureaccess.SecretSource
}

func (a *passwordAuth) renews() bool                      { return true }
func (a *passwordAuth) secret() secureaccess.SecretSource { return a.password }

func (a *passwordAuth) check() error {
	switch {
	case a.username == "":
		return &secureaccess.ArgumentError{Argument: "username", Reason: "is empty"}
	case strings.Contains(a.username, ":"):
		return &secureaccess.ArgumentError{Argument: "username", Reason: "has a colon, which Basic authentication cannot carry"}
	case a.password == nil:
		return &secureaccess.ArgumentError{Argument: "password source", Reason: "is nil"}
	}
	if secret, ok := a.password.(secureaccess.Secret); ok && secret.IsZero() {
		return &secureaccess.ArgumentError{Argument: "password", Reason: "is empty"}
	}
	return nil
}

func (a *passwordAuth) read(ctx context.Context) (secureaccess.Secret, error) {
	password, err := a.password.Secret(ctx)
	if err == nil && password.IsZero() {
		err = errors.New("it is empty")
	}
	if err != nil {
		return secureaccess.Secret{}, fmt.Errorf("password of %q: %w", a.username, err)
	}
	return password, nil
}

type realmAuth struct {
	passwordAuth
	realm string
}

func (a *realmAuth) account() []string { return []string{"password", a.username, a.realm} }

func (a *realmAuth) check() error {
	if a.realm == "" {
		return &secureaccess.ArgumentError{Argument: "realm", Reason: "is empty"}
	}
	return a.passwordAuth.check()
}

func (a *realmAuth) obtain(ctx context.Context, c *signIn) (secureaccess.Secret, error) {
	password, err := a.read(ctx)
	if err != nil {
		return secureaccess.Secret{}, err
	}
	key, err := a.request(ctx, c.open, password, secureaccess.Secret{})
	for range mostFactors {
		factor, ok := errors.AsType[*SecondFactorError](err)
		if !ok || c.factor == nil {
			break
		}
		code, ferr := c.factor(ctx, factor)
		if ferr != nil {
			return secureaccess.Secret{}, &factorError{factor, ferr}
		}
		if code.IsZero() {
			code = password
		}
		key, err = a.request(ctx, c.open, code, factor.ResumeID)
	}
	return key, err
}

// request asks for a key, or goes on with a sign-in that asked for a further factor.
func (a *realmAuth) request(ctx context.Context, open *rest.Client, password, resumeID secureaccess.Secret) (secureaccess.Secret, error) {
	op := basic(rest.POST("/api/v1/realm_auth"), a.username, password).BringsSecrets().JSON(struct {
		Realm    string              `json:"realm"`
		ResumeID secureaccess.Secret `json:"resume_id,omitzero"`
	}{a.realm, resumeID})
	if resumeID.IsZero() {
		op.Repeatable() // a key too many does no harm
	}
	response, err := rest.Do[keyResponse](ctx, open, op)
	if err != nil {
		return secureaccess.Secret{}, err
	}
	if response.key.IsZero() {
		return secureaccess.Secret{}, &SecondFactorError{Realm: a.realm, ResumeID: response.resumeID}
	}
	return response.key, nil
}

type legacyAuth struct{ passwordAuth }

func (a *legacyAuth) account() []string { return []string{"legacy password", a.username} }

func (a *legacyAuth) obtain(ctx context.Context, c *signIn) (secureaccess.Secret, error) {
	password, err := a.read(ctx)
	if err != nil {
		return secureaccess.Secret{}, err
	}
	response, err := rest.Do[legacyKeyResponse](ctx, c.open, basic(rest.GET("/api/v1/auth"), a.username, password).BringsSecrets())
	if err != nil {
		return secureaccess.Secret{}, err
	}
	return response.key, nil
}

type keyAuth struct {
	key  secureaccess.SecretSource
	read bool // each time anew
}

func (a *keyAuth) account() []string                 { return nil }
func (a *keyAuth) secret() secureaccess.SecretSource { return a.key }
func (a *keyAuth) renews() bool                      { return a.read }

func (a *keyAuth) check() error {
	if a.key == nil {
		return &secureaccess.ArgumentError{Argument: "key source", Reason: "is nil"}
	}
	if key, ok := a.key.(secureaccess.Secret); ok {
		if reason := unusableKey(key.Reveal()); reason != "" {
			return &secureaccess.ArgumentError{Argument: "key", Reason: reason}
		}
	}
	return nil
}

func (a *keyAuth) obtain(ctx context.Context, _ *signIn) (secureaccess.Secret, error) {
	key, err := a.key.Secret(ctx)
	if err != nil {
		return secureaccess.Secret{}, fmt.Errorf("API key: %w", err)
	}
	if reason := unusableKey(key.Reveal()); reason != "" {
		return secureaccess.Secret{}, errors.New("API key: it " + reason)
	}
	return key, nil
}

// unusableKey says why a key cannot be sent, "" if it can.
func unusableKey(key string) string {
	switch {
	case key == "":
		return "is empty"
	case strings.Contains(key, ":"):
		return "has a colon, which Basic authentication cannot carry"
	}
	return ""
}

type anonymousAuth struct{}

func (anonymousAuth) account() []string                 { return nil }
func (anonymousAuth) secret() secureaccess.SecretSource { return nil }
func (anonymousAuth) renews() bool                      { return false }
func (anonymousAuth) check() error                      { return nil }
func (anonymousAuth) obtain(context.Context, *signIn) (secureaccess.Secret, error) {
	return secureaccess.Secret{}, errAnonymous
}

// errAnonymous is why a client without credentials cannot make most calls.
var errAnonymous error = anonymousError{errors.New("the client has no credentials")}

type anonymousError struct{ error }

func (anonymousError) Is(target error) bool { return target == secureaccess.ErrUnauthorized }
func (anonymousError) Permanent() bool      { return true }

// keyResponse is the response to a sign-in: it has one of the two.
type keyResponse struct{ key, resumeID secureaccess.Secret }

// UnmarshalJSON refuses what cannot be used as a key: it would make the client useless for as long as it is kept.
func (r *keyResponse) UnmarshalJSON(data []byte) error {
	var wire struct {
		APIKey   string `json:"api_key"`
		ResumeID string `json:"resume_id"`
	}
	if json.Unmarshal(data, &wire) != nil {
		return errors.New("it is neither a key nor a resume id")
	}
	if wire.APIKey == "" && wire.ResumeID == "" {
		return errors.New("neither a key nor a resume id in it")
	}
	if reason := unusableKey(wire.APIKey); wire.APIKey != "" && reason != "" {
		return errors.New("the key " + reason)
	}
	r.key, r.resumeID = secureaccess.NewSecret(wire.APIKey), secureaccess.NewSecret(wire.ResumeID)
	return nil
}

// legacyKeyResponse is the response of a release without realms.
type legacyKeyResponse struct{ keyResponse }

// UnmarshalJSON refuses a response without a key.
func (r *legacyKeyResponse) UnmarshalJSON(data []byte) error {
	if err := r.keyResponse.UnmarshalJSON(data); err != nil {
		return err
	}
	if r.key.IsZero() {
		return errors.New("no key in it")
	}
	return nil
}

// basic puts username and password on a request of the client without credentials.
func basic(op *rest.Op, username string, password secureaccess.Secret) *rest.Op {
	credentials := base64.StdEncoding.EncodeToString([]byte(username + ":" + password.Reveal()))
	return op.Header("Authorization", "Basic "+credentials).Conceal(password, secureaccess.NewSecret(credentials))
}
