package workspace

import (
	"context"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// GetGoogleAccount returns which Google account the workspace has, and whether it exists.
//
// GET /api/v1/afw/spaces/{workspace_id}/google-account
//
// Where the domain's accounts are managed accounts of an EMM, servers either say so with an empty Account or refuse with
// [pulseone.CodeWrongAFWEnterpriseType]; such workspaces call [Android.RequestAuthenticationToken].
//
// Document: AFW - Google User Accounts, Get Google Account for workspace.
func (c *Android) GetGoogleAccount(ctx context.Context) (*GoogleAccount, error) {
	return rest.Do[GoogleAccount](ctx, c.rest, rest.GET("/api/v1/afw/spaces/{workspace_id}/google-account", c.id))
}

// CreateGoogleAccount creates the Google account of the user.
//
// POST /api/v1/afw/spaces/{workspace_id}/google-account
//
// The password is sent as it is given, which has to be hashed already. An account that exists is
// [CodeGoogleAccountExists] and [secureaccess.ErrConflict], under status 409 or 406; its password stays as it is.
//
// Document: AFW - Google User Accounts, Creation Of Google User Account.
func (c *Android) CreateGoogleAccount(ctx context.Context, body GoogleAccountCreate) error {
	op := rest.POST("/api/v1/afw/spaces/{workspace_id}/google-account", c.id).JSON(body)
	return rest.Send(ctx, c.rest, op.Require("Password", body.Password.Reveal()))
}

// RequestAuthenticationToken requests a token to sign in to a managed account of an EMM. It lapses after a few minutes.
//
// POST /api/v1/afw/spaces/{workspace_id}/authentication-token
//
// A domain without such accounts is [pulseone.CodeWrongAFWEnterpriseType].
//
// Document: AFW - AfW Account Authentication Token.
func (c *Android) RequestAuthenticationToken(ctx context.Context) (*AuthenticationToken, error) {
	op := rest.POST("/api/v1/afw/spaces/{workspace_id}/authentication-token", c.id).BringsSecrets()
	return rest.Checked(ctx, c.rest, op, func(t *AuthenticationToken, _ http.Header) error {
		return there("authentication_token", t.Token.Reveal())
	})
}

// GetSafetyNetNonce returns a nonce for an attestation of the device by SafetyNet.
//
// GET /api/v1/afw/spaces/{workspace_id}/device/safetynet
//
// Document: PWS based safetyNet Implementation API contract, Get Nonce.
func (c *Android) GetSafetyNetNonce(ctx context.Context) (*SafetyNetNonce, error) {
	op := rest.GET("/api/v1/afw/spaces/{workspace_id}/device/safetynet", c.id)
	return rest.Checked(ctx, c.rest, op, func(n *SafetyNetNonce, _ http.Header) error { return there("nonce", n.Nonce) })
}

// VerifySafetyNet has the server check an attestation, as Google's attest call returned it.
//
// POST /api/v1/afw/spaces/{workspace_id}/device/safetynet
//
// A device that does not pass is no error but the result. It spends the nonce: the call is never retried. A token that
// Google could not check is [secureaccess.ErrServer], with [pulseone.CodeSafetyNetVerificationFailed].
//
// Document: PWS based safetyNet Implementation API contract, Send server compatibility check response for verification.
func (c *Android) VerifySafetyNet(ctx context.Context, jws string) (*Attestation, error) {
	body := struct {
		JWS secureaccess.Secret `json:"jws"`
	}{secureaccess.NewSecret(jws)}
	op := rest.POST("/api/v1/afw/spaces/{workspace_id}/device/safetynet", c.id).JSON(body)
	return rest.Do[Attestation](ctx, c.rest, op.Require("jws", jws).Once())
}

// GoogleAccount is the Google account of a workspace.
type GoogleAccount struct {
	Account string `json:"google_account"` // "" where an EMM manages the domain's accounts
	Exists  bool   `json:"exists"`
}

// GoogleAccountCreate is a Google account to create.
type GoogleAccountCreate struct {
	Account      string              `json:"google_account,omitzero"` // "": the address that the workspace registered with
	Password     secureaccess.Secret `json:"password"`                // its hash, in hexadecimal digits
	HashFunction string              `json:"hash_function"`           // as Google's directory API names it: "SHA-1"
}

// AuthenticationToken signs in to a managed account.
type AuthenticationToken struct {
	Token secureaccess.Secret `json:"authentication_token"`
}

// SafetyNetNonce is a value to be attested, once.
type SafetyNetNonce struct {
	Nonce string `json:"nonce"` // base64url, at least 16 bytes
}

// Attestation is the result of a check.
type Attestation struct {
	OK bool `json:"attestation_ok"` // the device passed all checks
}
