package workspace

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// GetPolicy returns the policy of the workspace, flattened: its properties, and the complete set of apps.
//
// GET /api/v1/afw/spaces/{workspace_id}/policy
//
// Refusals of Google's are passed through under a status of 400 to 409.
//
// Document: AFW - Policies, Retrieving Workspace Policy.
func (c *Android) GetPolicy(ctx context.Context) (*Policy, error) {
	return rest.Do[Policy](ctx, c.rest, rest.GET("/api/v1/afw/spaces/{workspace_id}/policy", c.id))
}

// GetPolicy returns the policy of the workspace: its properties, the complete set of apps, and the rules for VPN on
// demand.
//
// GET /api/v1/ios/spaces/{workspace_id}/policy
//
// Document: iOS - Policies, Retrieving Workspace Policy.
func (c *IOS) GetPolicy(ctx context.Context) (*Policy, error) {
	return rest.Do[Policy](ctx, c.rest, rest.GET("/api/v1/ios/spaces/{workspace_id}/policy", c.id))
}

// GetPolicySettings returns the settings of the policy alone: whether the workspace is locked or wiped, among others.
//
// GET /api/v1/ios/spaces/{workspace_id}/policy/settings
//
// Document: iOS - Policies, Retrieving Workspace policy settings.
func (c *IOS) GetPolicySettings(ctx context.Context) (*PolicySettings, error) {
	return rest.Do[PolicySettings](ctx, c.rest, rest.GET("/api/v1/ios/spaces/{workspace_id}/policy/settings", c.id))
}

// GetVPNOnDemand returns the rules for VPN on demand alone.
//
// GET /api/v1/ios/spaces/{workspace_id}/policy/vpn-ondemand
//
// Document: iOS - Policies, Retrieving Workspace VPN OnDemand configuration.
func (c *IOS) GetVPNOnDemand(ctx context.Context) (*VPNOnDemand, error) {
	return rest.Do[VPNOnDemand](ctx, c.rest, rest.GET("/api/v1/ios/spaces/{workspace_id}/policy/vpn-ondemand", c.id))
}

// Policy is what the administrators want of a workspace.
type Policy struct {
	Version            string              `json:"policy_version"`
	Settings           PolicySettings      `json:"settings"` // of the user
	Properties         PolicyProperties    `json:"properties"`
	AppRules           []AppRule           `json:"app_rules"` // apps that the workspace needs or may have
	EmailConfiguration *EmailConfiguration `json:"email_configuration,omitzero"`
	VPNOnDemand        *VPNOnDemand        `json:"vpn_ondemand,omitzero"` // iOS

	Extra secureaccess.Extra `json:",embed"`
}

// PolicySettings are the settings of one user. Which are there depends on the platform.
type PolicySettings struct {
	ServerName      string `json:"server_name,omitzero"`
	UserName        string `json:"user_name,omitzero"`
	GoogleAccount   string `json:"google_account,omitzero"`
	PasscodeSetDate string `json:"passcode_set_date,omitzero"` // Android; its form is not documented
	LocationEnabled bool   `json:"location_enabled"`

	// iOS, in the settings read by themselves.

	IsLocked              bool `json:"is_locked"`
	IsWiped               bool `json:"is_wiped"`
	FullDeviceWipeAllowed bool `json:"full_device_wipe_allowed"` // whether the whole device may be wiped

	Extra secureaccess.Extra `json:",embed"`
}

// PolicyProperties are the properties of a policy. Any property that an administrator can set may be among them: those
// without a field are in Extra, under their names.
type PolicyProperties struct {
	USBDebugging string `json:"usb_debugging,omitzero"` // "allow", ...

	VPNEnabled                    bool   `json:"vpn_enabled"`
	VPNHost                       string `json:"vpn_host,omitzero"` // a URL
	VPNUseSCEPCertificate         bool   `json:"vpn_use_scep_certificate"`
	VPNForceUpdateSCEPCertificate bool   `json:"vpn_force_update_scep_certificate"` // request a new one now

	WiFiUseSCEPCertificate         bool `json:"wifi_use_scep_certificate"`
	WiFiForceUpdateSCEPCertificate bool `json:"wifi_force_update_scep_certificate"`

	ActiveSyncUseSCEPCertificate         bool `json:"activesync_use_scep_certificate"`
	ActiveSyncForceUpdateSCEPCertificate bool `json:"activesync_force_update_scep_certificate"`

	Extra secureaccess.Extra `json:",embed"`
}

// AppRule is an app that the workspace needs or may have.
type AppRule struct {
	PackageName   string                   `json:"package_name"`
	Command       AppCommand               `json:"command,omitzero"`        // a rule may have none
	NetworkAccess string                   `json:"network_access,omitzero"` // "direct", ...
	GroupTags     []string                 `json:"group_tags,omitzero" alias:"group_tag"`
	Source        AppSource                `json:"source,omitzero"`
	URL           string                   `json:"url,omitzero"` // where the package of an enterprise app is
	IconURL       string                   `json:"icon_url,omitzero"`
	VersionCode   int64                    `json:"version_code,omitzero"`
	Title         string                   `json:"title,omitzero"`
	Permissions   *pulseone.AppPermissions `json:"app_permissions,omitzero"` // Android
	Restrictions  Restrictions             `json:"app_restrictions,omitzero"`
}

// Restrictions is the managed configuration of an Android app: values by the keys of the app's own schema.
type Restrictions map[string]json.RawMessage

// AppCommand is what to do with an app of the store.
type AppCommand string

// Values of AppCommand.
const (
	AppCommandAdd         AppCommand = "add"          // install it
	AppCommandAddOptional AppCommand = "add_optional" // install it; the user may remove it
	AppCommandOptional    AppCommand = "optional"     // enable it
)

// AppSource is where an app comes from.
type AppSource string

// Values of AppSource.
const (
	AppSourceSystem     AppSource = "system"
	AppSourceMarket     AppSource = "market"
	AppSourceEnterprise AppSource = "enterprise"
)

// EmailConfiguration sets up the mail app.
type EmailConfiguration struct {
	SchemaVersion          int64  `json:"schema_version"`
	PackageName            string `json:"pkg_name"`
	ActiveSyncDeviceID     string `json:"activesync_device_id"`
	ConfigurationHash      string `json:"configuration_hash"`
	DisplayName            string `json:"display_name"`
	EmailAddress           string `json:"email_address"`
	SecurityType           string `json:"security_type"`             // "ssl", ...
	SecurityAcceptAllCerts bool   `json:"security_accept_all_certs"` // accept any certificate of the server
	ServerAddress          string `json:"server_address"`
	ServerPort             int64  `json:"server_port"`
	ServiceType            string `json:"service_type"` // "eas", ...
	UserName               string `json:"user_name"`
}
