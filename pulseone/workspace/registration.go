package workspace

import (
	"context"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// RegisterAndroid registers an Android workspace with a registration code and the e-mail address that it was sent to.
//
// POST /api/v1/afw/register
//
// A code serves once: the call is never retried, and a code that was used before is [secureaccess.ErrForbidden], as one
// that is mistyped. A domain that is not enrolled with Android for Work is [pulseone.CodeAFWNotEnrolled].
//
// Document: AFW - Workspace Registration, Registration With PIN.
func (c *Public) RegisterAndroid(ctx context.Context, code RegistrationCode) (*Registration, error) {
	return c.register(ctx, code.check(rest.POST("/api/v1/afw/register").JSON(code)))
}

// RegisterAndroidWithBearer registers an Android workspace with the temporary token that a SAML sign-in gave.
//
// POST /api/v1/afw/register
//
// The call is never retried. A token that is unknown or not valid is [secureaccess.ErrForbidden], a domain that is not
// enrolled with Android for Work [pulseone.CodeAFWNotEnrolled].
//
// Document: AFW - Workspace Registration, Registration With Bearer Token.
func (c *Public) RegisterAndroidWithBearer(ctx context.Context, token secureaccess.Secret) (*Registration, error) {
	return c.register(ctx, bearer(rest.POST("/api/v1/afw/register"), token))
}

// RegisterAndroidWithSession registers an Android workspace with a session.
//
// POST /api/v1/afw/register
//
// The call is never retried. A session that is not valid is [secureaccess.ErrForbidden], a domain that is not enrolled
// with Android for Work [pulseone.CodeAFWNotEnrolled].
//
// Document: AFW - Workspace Registration, Registration With Session Token.
func (c *Public) RegisterAndroidWithSession(ctx context.Context, session SessionToken) (*Registration, error) {
	return c.register(ctx, session.put(rest.POST("/api/v1/afw/register")))
}

// RegisterIOS registers an iOS workspace with a registration code and the e-mail address that it was sent to.
//
// POST /api/v1/ios/register
//
// A code serves once: the call is never retried, and a code that was used before is [secureaccess.ErrForbidden], as one
// that is mistyped. A domain without an MDM push certificate is [pulseone.CodeMDMPushCertificateNotConfigured].
//
// Document: iOS - Workspace Registration, Registration With PIN.
func (c *Public) RegisterIOS(ctx context.Context, code RegistrationCode) (*Registration, error) {
	return c.register(ctx, code.check(rest.POST("/api/v1/ios/register").JSON(code)))
}

// RegisterIOSWithBearer registers an iOS workspace with the temporary token that a SAML sign-in gave.
//
// POST /api/v1/ios/register
//
// The call is never retried. A token that is unknown or not valid is [secureaccess.ErrForbidden], a domain without an
// MDM push certificate [pulseone.CodeMDMPushCertificateNotConfigured].
//
// Document: iOS - Workspace Registration, Registration With Bearer Token.
func (c *Public) RegisterIOSWithBearer(ctx context.Context, token secureaccess.Secret) (*Registration, error) {
	return c.register(ctx, bearer(rest.POST("/api/v1/ios/register"), token))
}

// RegisterIOSWithSession registers an iOS workspace with a session.
//
// POST /api/v1/ios/register
//
// The call is never retried. A session that is not valid is [secureaccess.ErrForbidden], a domain without an MDM push
// certificate [pulseone.CodeMDMPushCertificateNotConfigured].
//
// Document: iOS - Workspace Registration, Registration With Session Token.
func (c *Public) RegisterIOSWithSession(ctx context.Context, session SessionToken) (*Registration, error) {
	return c.register(ctx, session.put(rest.POST("/api/v1/ios/register")))
}

// RegisterDEP registers the client that a device enrollment with Apple installed, with the token that the server made
// for the device.
//
// POST /api/v1/ios/dep/register?t=
//
// The call is never retried. A token that is not valid is [secureaccess.ErrForbidden].
//
// Document: Apple Device Enrollment Profile, Registration Workspace of DEP device.
func (c *Public) RegisterDEP(ctx context.Context, token secureaccess.Secret) (*Registration, error) {
	return c.register(ctx, with("t", token, rest.POST("/api/v1/ios/dep/register")))
}

// register spends what op carries.
func (c *Public) register(ctx context.Context, op *rest.Op) (*Registration, error) {
	return rest.Checked(ctx, c.rest, op.Once().BringsSecrets(), func(r *Registration, _ http.Header) error { return r.usable() })
}

// with puts a token into the query, where it is the only authentication.
func with(name string, token secureaccess.Secret, op *rest.Op) *rest.Op {
	return op.Param(name, token.Reveal()).Conceal(token).Require("token", token.Reveal())
}

func bearer(op *rest.Op, token secureaccess.Secret) *rest.Op {
	return op.Header("Authorization", "Bearer "+token.Reveal()).Conceal(token).
		Require("token", token.Reveal()).Refuse(sendable("token", token))
}

// sendable refuses what cannot stand in a header.
func sendable(argument string, value secureaccess.Secret) error {
	return carried(argument, value.Reveal(), ";") // which ends a cookie
}

// carried refuses control characters, and those besides.
func carried(argument, value, besides string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.ContainsAny(value, besides) {
		return &secureaccess.ArgumentError{Argument: argument, Reason: "has a character that a header cannot carry"}
	}
	return nil
}

// RegistrationCode is a PIN with the address that it was sent to.
type RegistrationCode struct {
	Key   secureaccess.Secret `json:"reg_key"` // digits, as text: zeros in front count
	Email string              `json:"user_email"`
}

func (r RegistrationCode) check(op *rest.Op) *rest.Op {
	return op.Require("Key", r.Key.Reveal()).Require("Email", r.Email)
}

// SessionToken is a session of the AAA service with the token that guards it against forged requests. How a client gets
// either is not documented.
type SessionToken struct {
	DSID secureaccess.Secret
	XSRF secureaccess.Secret // the value of the cookie XSRF-TOKEN
}

// put sends both as cookies, and the token once more as a header: a server may compare the two.
func (s SessionToken) put(op *rest.Op) *rest.Op {
	return op.Require("DSID", s.DSID.Reveal()).Require("XSRF", s.XSRF.Reveal()).
		Refuse(sendable("DSID", s.DSID)).Refuse(sendable("XSRF", s.XSRF)).
		Header("Cookie", "DSID="+s.DSID.Reveal()+"; XSRF-TOKEN="+s.XSRF.Reveal()).
		Header("X-XSRF-TOKEN", s.XSRF.Reveal()).
		Conceal(s.DSID, s.XSRF)
}

// Registration is what a registration brings. Keep its Credentials: nothing gives them again. Encoded to JSON, it has
// the secret in its Credentials and not its Key.
type Registration struct {
	Credentials

	ClientType ClientType          `json:"client_type,omitzero"` // not told for a device enrollment with Apple
	Key        secureaccess.Secret `json:"key"`                  // goes with the id of the workspace; no documented operation takes it

	// What follows is told to Android workspaces.

	Account        string         `json:"acc,omitzero"` // digits; the meaning is not documented
	WebsocketURL   string         `json:"websocket_url,omitzero"`
	SandboxAPKURL  string         `json:"sandbox_apk_url,omitzero"`  // of the client for [ClientTypeSandbox]
	GoogleSenderID string         `json:"google_sender_id,omitzero"` // for push messages: digits
	EnterpriseType EnterpriseType `json:"afw_enterprise_type,omitzero"`
}

// ClientType is the kind of client that a workspace is to be.
type ClientType string

// Values of ClientType.
const (
	ClientTypeManagedClient ClientType = "managed_client"
	ClientTypeManagedDevice ClientType = "managed_device"
	ClientTypeSandbox       ClientType = "sandbox"
)

// EnterpriseType is the kind of enterprise that a domain is at Google.
type EnterpriseType string

// Values of EnterpriseType.
const (
	EnterpriseTypeAFW    EnterpriseType = "afw"
	EnterpriseTypeGoogle EnterpriseType = "google"
)
