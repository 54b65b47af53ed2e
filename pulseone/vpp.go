package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// VPPService manages the token of Apple's Volume Purchase Program. Document: Apple VPP.
type VPPService struct{ rest *rest.Client }

// UploadToken uploads the token from Apple's portal, which is base64 text.
//
// POST /api/v1/ios/vpp/token
//
// A token that is not valid is [secureaccess.ErrBadRequest]. The document does not name the part that the token is sent
// as; it is sent as "token", after the path, as with other uploads.
func (s *VPPService) UploadToken(ctx context.Context, content secureaccess.Upload) error {
	return send(ctx, s.rest, file(rest.POST("/api/v1/ios/vpp/token"), "token", "token.txt", content))
}

// GetToken returns what is known of the token. Where there is none, it is [secureaccess.ErrNotFound].
//
// GET /api/v1/ios/vpp/token
func (s *VPPService) GetToken(ctx context.Context) (*VPPToken, error) {
	return rest.Do[VPPToken](ctx, s.rest, rest.GET("/api/v1/ios/vpp/token"))
}

// DeleteToken deletes the token.
//
// DELETE /api/v1/ios/vpp/token
func (s *VPPService) DeleteToken(ctx context.Context) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/ios/vpp/token"))
}

// ListSpaces returns the workspaces that installed an app of the program, all at once.
//
// GET /api/v1/ios/vpp/{app_id}/spaces
func (s *VPPService) ListSpaces(ctx context.Context, appID string) (*secureaccess.Page[VPPSpace], error) {
	return whole[VPPSpace](ctx, s.rest, rest.GET("/api/v1/ios/vpp/{app_id}/spaces", appID))
}

// VPPToken is what is known of a token.
type VPPToken struct {
	ID           string            `json:"id"`
	Organization string            `json:"organization"`
	ExpireOn     secureaccess.Time `json:"expire_on"`
}

// VPPSpace is a workspace that installed an app.
type VPPSpace struct {
	SpaceID        string `json:"space_id" alias:"id"`
	UserID         string `json:"user_id"`
	DeviceID       int64  `json:"device_id"` // given at the registration of the device
	Manufacturer   string `json:"manufacturer"`
	Model          string `json:"model"`
	OSVersion      string `json:"os_version"`
	SerialNumber   string `json:"serial_number"`
	Username       string `json:"username" alias:"user_name"`
	WorkspaceEmail string `json:"workspace_email"`
	Carrier        string `json:"carrier,omitzero"`
}
