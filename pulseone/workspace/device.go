package workspace

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// GetDevice returns what the server knows of the device.
//
// GET /api/v1/afw/spaces/{workspace_id}/device
//
// Document: AFW - Device Info, Retrieving Device Info.
func (c *Android) GetDevice(ctx context.Context) (*AndroidDevice, error) {
	return rest.Do[AndroidDevice](ctx, c.rest, rest.GET("/api/v1/afw/spaces/{workspace_id}/device", c.id))
}

// UpdateDevice reports facts about the device. What the body leaves out is not sent: a workspace may report at several
// times what it comes to know. A fact is said not to change once it was reported.
//
// PUT /api/v1/afw/spaces/{workspace_id}/device
//
// stored is false where Google does not know the device yet (202), because its registration with the store is under
// way: report it again later. The document also has [pulseone.CodeGoogleDeviceNotFound] for that.
//
// Document: AFW - Device Info, Update Device Info.
func (c *Android) UpdateDevice(ctx context.Context, body AndroidDeviceUpdate) (stored bool, err error) {
	status, err := rest.SendStatus(ctx, c.rest, rest.PUT("/api/v1/afw/spaces/{workspace_id}/device", c.id).JSON(body))
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if ok && failure.Status == http.StatusAccepted && failure.Code == pulseone.CodeGoogleDeviceNotFound {
		return false, nil // the two forms in one
	}
	return err == nil && status != http.StatusAccepted, err
}

// UpdateDevice reports facts about the device. A managed device sends its APNs token alone, a managed client all that it
// knows; what the body leaves out is not sent.
//
// PUT /api/v1/ios/spaces/{workspace_id}/device
//
// Document: iOS - Device Info, Update Device Info.
func (c *IOS) UpdateDevice(ctx context.Context, body IOSDeviceUpdate) error {
	return rest.Send(ctx, c.rest, rest.PUT("/api/v1/ios/spaces/{workspace_id}/device", c.id).JSON(body))
}

// Unenroll ends the management of the device.
//
// POST /api/v1/ios/spaces/{workspace_id}/unenroll
//
// Document: iOS Enrollment APIs, Un-enroll an iOS device.
func (c *IOS) Unenroll(ctx context.Context) error {
	return rest.Send(ctx, c.rest, rest.POST("/api/v1/ios/spaces/{workspace_id}/unenroll", c.id))
}

// UploadDebugData uploads a ZIP archive for the vendor's support. It then shows as an activity in the console.
//
// POST /api/v1/afw/spaces/{space_id}/debug-data
//
// Document: Workspace Debug Data API.
func (c *Android) UploadDebugData(ctx context.Context, content secureaccess.Upload) error {
	op := rest.POST("/api/v1/afw/spaces/{space_id}/debug-data", c.id).Upload("application/zip", content)
	return rest.Send(ctx, c.rest, op)
}

// AndroidDeviceUpdate is what a workspace reports of its device. What is not set is not sent; an empty list is sent
// where it is not nil.
type AndroidDeviceUpdate struct {
	GCMID               string                           `json:"gcm_id,omitzero"` // for push messages
	GoogleDeviceID      string                           `json:"google_device_id,omitzero"`
	ClientType          string                           `json:"client_type,omitzero"` // "afw"
	Manufacturer        string                           `json:"manufacturer,omitzero"`
	OSVersion           string                           `json:"os_version,omitzero" alias:"os_number"`
	Model               string                           `json:"model,omitzero"`
	IMEI                string                           `json:"imei,omitzero"`
	IMSI                string                           `json:"imsi,omitzero"`
	Carrier             string                           `json:"carrier,omitzero"`
	Fingerprint         string                           `json:"fingerprint,omitzero"` // of the Android build
	ClientVersionCode   secureaccess.Optional[int64]     `json:"client_versioncode,omitzero"`
	ClientPublicVersion string                           `json:"client_pub_version,omitzero"`
	ClientVersion       string                           `json:"client_version_string,omitzero"` // of the build
	SupportedFeatures   []any                            `json:"supported_features,omitzero"`    // what they are is not documented
	OwnerMode           secureaccess.Optional[OwnerMode] `json:"owner_mode,omitzero"`
}

// AndroidDevice is what the server knows of a device.
type AndroidDevice struct {
	AndroidDeviceUpdate

	PolicyID string `json:"policy_id,omitzero"` // of the policy that is published to the workspace
}

// OwnerMode is whose device it is.
type OwnerMode int64

// Values of OwnerMode.
const (
	OwnerModePersonal OwnerMode = 0
	OwnerModeCompany  OwnerMode = 1
)

// IOSDeviceUpdate is what a workspace reports of its device. What is empty is not sent.
type IOSDeviceUpdate struct {
	APNsToken     secureaccess.Secret `json:"ios_apns_device_token,omitzero"` // the one member that the server wants always
	Carrier       string              `json:"carrier,omitzero"`
	Manufacturer  string              `json:"manufacturer,omitzero"`
	Model         string              `json:"model,omitzero"`
	Name          string              `json:"name,omitzero"`
	OSVersion     string              `json:"os_version,omitzero"`
	OSType        string              `json:"os_type,omitzero"` // "ios"
	ClientVersion string              `json:"client_version_string,omitzero"`
}
