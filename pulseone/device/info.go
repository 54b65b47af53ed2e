package device

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// InfoService reports facts about the appliance. Document: Appliance Information.
type InfoService struct{ appliance }

// Update reports facts. Those that are not set are unchanged; null is a value where a fact can have it. Pulse One expects
// it every two minutes.
//
// PUT /api/v1/sa/{appliance_id}/info
func (s *InfoService) Update(ctx context.Context, body InfoUpdate) error {
	return rest.Send(ctx, s.rest, rest.PUT("/api/v1/sa/{appliance_id}/info", s.id).JSON(body))
}

// InfoUpdate holds facts about an appliance. What is not set is not sent.
type InfoUpdate struct {
	ApplianceVersion string            `json:"appliance_version,omitzero"` // "8.1R3.0-19864"
	Model            string            `json:"model,omitzero"`
	AdminURL         string            `json:"admin_url,omitzero"` // of the appliance's own console
	BootTimestamp    secureaccess.Time `json:"boot_timestamp,omitzero"`
	IFMAP            pulseone.IFMAP    `json:"if_map,omitzero"`

	ConcurrentUserLicenses         *int64                                      `json:"concurrent_user_licenses,omitzero"` // sum of the breakdown
	ConcurrentUserLicenseBreakdown *pulseone.ConcurrentUserLicenseBreakdown    `json:"concurrent_user_license_breakdown,omitzero"`
	LicenseMode                    pulseone.LicenseMode                        `json:"license_mode,omitzero"` // license servers leave it out
	NamedUserLicenses              *pulseone.NamedUserLicenses                 `json:"named_user_licenses,omitzero"`
	LicenseRole                    secureaccess.Optional[pulseone.LicenseRole] `json:"license_role,omitzero"`

	// LicenseServer says that the appliance is a client of a license server, in spite of its name.
	LicenseServer *bool `json:"license_server,omitzero"`

	Cluster secureaccess.Optional[pulseone.ApplianceInfoCluster] `json:"cluster,omitzero"` // null: a member of none

	LastConfigTimestamp secureaccess.Time `json:"last_config_timestamp,omitzero"` // seen in one response only
}
