package pulseone

import (
	"bytes"
	"context"
	"errors"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// DEPService manages the account of Apple's Device Enrollment Program. Document: Apple Device Enrollment Profile.
type DEPService struct{ rest *rest.Client }

// DownloadCertificate returns the certificate that the account at Apple is created with, as PEM.
//
// GET /api/v1/ios/dep/certificate
//
// The server makes it. It is read whether the response is the file itself or has it as a part.
func (s *DEPService) DownloadCertificate(ctx context.Context) ([]byte, error) {
	op := rest.GET("/api/v1/ios/dep/certificate").Accept("*/*").RefusedIf(func(body []byte) bool {
		_, err := certificateIn(body)
		return err != nil
	})
	body, err := rest.Text(ctx, s.rest, op)
	if err != nil {
		return nil, err
	}
	return certificateIn(body)
}

// UploadServerToken uploads the token from Apple's portal: the whole S/MIME message, with its own header.
//
// POST /api/v1/ios/dep/server-token
//
// A token that is not valid is [secureaccess.ErrBadRequest].
func (s *DEPService) UploadServerToken(ctx context.Context, content secureaccess.Upload) error {
	return send(ctx, s.rest, file(rest.POST("/api/v1/ios/dep/server-token"), "server-token", "server_token.p7m", content))
}

// GetAccount returns the account. Where there is none, it is [secureaccess.ErrNotFound].
//
// GET /api/v1/ios/dep/account
func (s *DEPService) GetAccount(ctx context.Context) (*DEPAccount, error) {
	return rest.Do[DEPAccount](ctx, s.rest, rest.GET("/api/v1/ios/dep/account"))
}

// SyncAccount reads the account at Apple again, and returns it. Where there is none, it is [secureaccess.ErrNotFound].
//
// POST /api/v1/ios/dep/account/sync
func (s *DEPService) SyncAccount(ctx context.Context) (*DEPAccount, error) {
	return rest.Do[DEPAccount](ctx, s.rest, rest.POST("/api/v1/ios/dep/account/sync"))
}

// DeleteAccount deletes the account.
//
// DELETE /api/v1/ios/dep/account
func (s *DEPService) DeleteAccount(ctx context.Context) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/ios/dep/account"))
}

// GetProfile returns how devices are enrolled. Where there is no profile, it is [secureaccess.ErrNotFound].
//
// GET /api/v1/ios/dep/profile
func (s *DEPService) GetProfile(ctx context.Context) (*DEPProfile, error) {
	return rest.Do[DEPProfile](ctx, s.rest, rest.GET("/api/v1/ios/dep/profile"))
}

// ReplaceProfile sets how devices are enrolled, whole. Success means that the profile was taken, not that devices have
// it.
//
// POST /api/v1/ios/dep/profile
func (s *DEPService) ReplaceProfile(ctx context.Context, profile DEPProfile) error {
	return send(ctx, s.rest, rest.POST("/api/v1/ios/dep/profile").JSON(profile))
}

// ListRealms returns the realms that users of enrolled devices can sign in to. Where SAML is off it is
// [secureaccess.ErrBadRequest].
//
// GET /api/v1/ios/dep/realms
func (s *DEPService) ListRealms(ctx context.Context) ([]DEPRealm, error) {
	return items[DEPRealm](ctx, s.rest, rest.GET("/api/v1/ios/dep/realms"))
}

// UpdateRealm chooses the realm that users of enrolled devices sign in to, by SAML.
//
// PUT /api/v1/ios/dep/realm
func (s *DEPService) UpdateRealm(ctx context.Context, realm string) error {
	body := struct {
		Realm string `json:"realm"`
	}{realm}
	return send(ctx, s.rest, rest.PUT("/api/v1/ios/dep/realm").JSON(body).Require("realm", realm))
}

// GetSignInURL returns the sign-in URL of the Pulse Connect Secure. Where registration is by PIN it is
// [secureaccess.ErrBadRequest].
//
// GET /api/v1/ios/dep/pcs-signin-url
func (s *DEPService) GetSignInURL(ctx context.Context) (*DEPSignInURL, error) {
	return rest.Do[DEPSignInURL](ctx, s.rest, rest.GET("/api/v1/ios/dep/pcs-signin-url"))
}

// UpdateSignInURL sets the sign-in URL of the Pulse Connect Secure.
//
// PUT /api/v1/ios/dep/pcs-signin-url
func (s *DEPService) UpdateSignInURL(ctx context.Context, signInURL string) error {
	body := struct {
		URL string `json:"url"`
	}{signInURL}
	return send(ctx, s.rest, rest.PUT("/api/v1/ios/dep/pcs-signin-url").JSON(body).Require("sign_in_url", signInURL))
}

var (
	pemBegin = []byte("-----BEGIN ")

	errNoCertificate = errors.New("pulseone: no certificate in the response")
)

// certificateIn returns a PEM file, or the part of a multipart body that is one. The document prints such a body without
// its last boundary: then the part goes on to the end.
func certificateIn(body []byte) ([]byte, error) {
	body = bytes.TrimLeft(body, "\r\n")
	if bytes.HasPrefix(body, pemBegin) {
		return body, nil
	}
	boundary, rest, found := bytes.Cut(body, []byte("\n"))
	boundary = bytes.TrimRight(boundary, " \t\r")
	if !found || !bytes.HasPrefix(boundary, []byte("--")) || len(boundary) == 2 {
		return nil, errNoCertificate
	}
	for part := range bytes.SplitSeq(append([]byte("\n"), rest...), append([]byte("\n"), boundary...)) {
		if i := bytes.Index(part, pemBegin); i > 0 && part[i-1] == '\n' {
			return bytes.TrimSuffix(part[i:], []byte("\r")), nil // the end of the line belongs to the boundary
		}
	}
	return nil, errNoCertificate
}

// DEPAccount is the account of the customer in Apple's program.
type DEPAccount struct {
	ID               string            `json:"id"`
	ServerName       string            `json:"server_name"` // as the customer named it at Apple
	OrganizationName string            `json:"org_name"`
	Email            string            `json:"org_email"`
	TokenExpiryOn    secureaccess.Time `json:"token_expiry_on"`
	CreatedOn        secureaccess.Time `json:"created_on"`
}

// DEPProfile says how devices are enrolled.
type DEPProfile struct {
	Department         string        `json:"department"`
	SupportPhoneNumber string        `json:"support_phone_number"`
	IsSupervised       bool          `json:"is_supervised"`
	IsMDMRemovable     bool          `json:"is_mdm_removable"` // the user may remove the management; false needs IsSupervised
	SetupItems         DEPSetupItems `json:"setup_items"`

	Extra secureaccess.Extra `json:",embed"`
}

// DEPSetupItems are the panes of the setup assistant. False skips or disables one.
type DEPSetupItems struct {
	Passcode    bool `json:"passcode"`
	Location    bool `json:"location"`
	Restore     bool `json:"restore"` // from a backup
	AppleID     bool `json:"apple_id"`
	TOS         bool `json:"tos"` // terms and conditions
	Biometric   bool `json:"biometric"`
	Payment     bool `json:"payment"`
	Zoom        bool `json:"zoom"`
	Siri        bool `json:"siri"`
	Diagnostics bool `json:"diagnostics"`

	Extra secureaccess.Extra `json:",embed"`
}

// DEPRealm is a realm of the Pulse Connect Secure.
type DEPRealm struct {
	Realm    string `json:"realm"`
	Selected bool   `json:"selected"` // users of enrolled devices sign in to it
}

// DEPSignInURL is where users of enrolled devices sign in.
type DEPSignInURL struct {
	URL string `json:"url"`
}
