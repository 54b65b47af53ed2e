package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Info returns the facts that an appliance has reported about itself. It is empty for one that has reported none.
//
// GET /api/v1/sa/{appliance_id}/info
//
// Document: Appliance Information, Retrieving appliance facts.
func (s *AppliancesService) Info(ctx context.Context, id string) (*ApplianceInfo, error) {
	return rest.Do[ApplianceInfo](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}/info", id).MayBeEmptyObject())
}

// SDPControllerLogin returns the URL of the SDP controller's login page. Without a controller it is
// [secureaccess.ErrNotFound].
//
// GET /api/v1/sa/sdp/controller/login
//
// Document: SDP API.
func (s *AppliancesService) SDPControllerLogin(ctx context.Context) (string, error) {
	login, err := rest.Do[sdpLogin](ctx, s.rest, rest.GET("/api/v1/sa/sdp/controller/login"))
	if err != nil {
		return "", err
	}
	return login.URL, nil
}

type sdpLogin struct {
	URL string `json:"controller_login_url"`
}

// ApplianceInfo holds the facts that an appliance has reported about itself. What it has not reported is zero or nil.
type ApplianceInfo struct {
	ApplianceVersion string            `json:"appliance_version,omitzero"` // "8.1R3.0-19864"
	Model            string            `json:"model,omitzero"`
	AdminURL         string            `json:"admin_url,omitzero"` // of the appliance's own console
	BootTimestamp    secureaccess.Time `json:"boot_timestamp,omitzero"`
	IFMAP            IFMAP             `json:"if_map,omitzero"`

	ConcurrentUserLicenses         *int64                          `json:"concurrent_user_licenses,omitzero"` // sum of the breakdown
	ConcurrentUserLicenseBreakdown *ConcurrentUserLicenseBreakdown `json:"concurrent_user_license_breakdown,omitzero"`
	LicenseMode                    LicenseMode                     `json:"license_mode,omitzero"` // not of a license server
	NamedUserLicenses              *NamedUserLicenses              `json:"named_user_licenses,omitzero"`

	// LicenseRole may be null, which is not the same as not reported.
	LicenseRole secureaccess.Optional[LicenseRole] `json:"license_role,omitzero"`

	// LicenseServer says that the appliance is a client of a license server, in spite of its name.
	LicenseServer *bool `json:"license_server,omitzero"`

	// Cluster is null for an appliance that is a member of none, which is not the same as not reported.
	Cluster secureaccess.Optional[ApplianceInfoCluster] `json:"cluster,omitzero"`

	LastConfigTimestamp secureaccess.Time `json:"last_config_timestamp,omitzero"` // presumably of the last change of its configuration
}

// ApplianceInfoCluster is the cluster that an appliance is a member of, in its own words.
type ApplianceInfoCluster struct {
	ID         string      `json:"id"` // the cluster's own permanent id, no UUID: [Cluster.IntrinsicID]
	Name       string      `json:"name"`
	Type       ClusterType `json:"type"`
	NodeName   string      `json:"node_name"`
	LeaderNode bool        `json:"leader_node"`
	ActiveNode *bool       `json:"active_node,omitzero"` // of an active/passive pair
}

// ConcurrentUserLicenseBreakdown counts licenses for concurrent users by kind. What is nil was not reported.
type ConcurrentUserLicenseBreakdown struct {
	AccessLicenses *int64 `json:"access_licenses,omitzero"`
	ConsecLicenses *int64 `json:"consec_licenses,omitzero"` // Connect Secure
	PolsecLicenses *int64 `json:"polsec_licenses,omitzero"` // Policy Secure
}

// NamedUserLicenses counts licenses for named users. What is nil was not reported.
type NamedUserLicenses struct {
	Installed *int64 `json:"installed,omitzero"`
	Consumed  *int64 `json:"consumed,omitzero"`   // not of a license server; may exceed Installed with leases
	LeasedIn  *int64 `json:"leased_in,omitzero"`  // by a client of a license server
	LeasedOut *int64 `json:"leased_out,omitzero"` // by a license server
}

// IFMAP is an appliance's role in IF-MAP.
type IFMAP string

// Values of IFMAP.
const (
	IFMAPNone   IFMAP = "none"
	IFMAPClient IFMAP = "client"
	IFMAPServer IFMAP = "server"
)

// LicenseMode is how an appliance counts its licenses.
type LicenseMode string

// Values of LicenseMode.
const (
	LicenseModeConcurrentUsers LicenseMode = "concurrent_users"
	LicenseModeNamedUsers      LicenseMode = "named_users"
)

// LicenseRole is where an appliance's licenses are.
type LicenseRole string

// Values of LicenseRole.
const (
	LicenseRoleClient     LicenseRole = "client" // at a license server
	LicenseRoleServer     LicenseRole = "server" // it is a license server
	LicenseRoleStandalone LicenseRole = "standalone"
)
