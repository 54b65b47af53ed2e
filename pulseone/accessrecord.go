package pulseone

import (
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
)

// AccessSummary is how often and when a user signed in.
type AccessSummary struct {
	Username              string            `json:"username"`
	LastApplianceID       string            `json:"last_appliance_id"` // of the last sign-in or attempt
	LastLoginRoles        []string          `json:"last_login_roles,omitzero"`
	LastLoginRealm        string            `json:"last_login_realm,omitzero"` // of the last attempt
	LastLoginTime         secureaccess.Time `json:"last_login_time"`
	LastLoginIP           string            `json:"last_login_ip"`
	SuccessfulLogins      int64             `json:"successful_logins"`
	FailedLogins          int64             `json:"failed_logins"`
	CompliantSessions     int64             `json:"compliant_sessions"`
	NoncompliantSessions  int64             `json:"noncompliant_sessions"`
	RemediatedSessions    int64             `json:"remediated_sessions"`
	TotalSessionsLength   int64             `json:"total_sessions_length"`   // seconds
	AverageSessionsLength int64             `json:"average_sessions_length"` // seconds
}

// AccessRecord is a sign-in, successful or not. ApplianceID and ID together tell records apart: each appliance makes
// its own ids.
type AccessRecord struct {
	ID                          string              `json:"user_access_record_id"`
	ApplianceID                 string              `json:"appliance_id"` // where the user signed in
	Username                    string              `json:"username,omitzero"`
	Realm                       string              `json:"realm,omitzero"`
	Roles                       []string            `json:"roles,omitzero"`
	LoginTime                   secureaccess.Time   `json:"login_time"`
	LogoutTime                  secureaccess.Time   `json:"logout_time,omitzero"` // zero while the session lasts, and after a failure
	AuthenticationMechanism     AccessMechanism     `json:"authentication_mechanism"`
	AuthenticationSucceeded     bool                `json:"authentication_succeeded"`
	AuthenticationFailureReason AccessFailureReason `json:"authentication_failure_reason,omitzero"` // "" after a success
	AuthenticationServerName    string              `json:"authentication_server_name"`
	SourceIP                    string              `json:"source_ip,omitzero"`
	MACAddress                  string              `json:"mac_address"`
	DeviceID                    string              `json:"device_id,omitzero"` // of the endpoint
	DeviceOS                    OSType              `json:"device_os,omitzero"`
	DeviceProfiledStatus        bool                `json:"device_profiled_status"` // [ProfilerService.Get] knows MACAddress
	MDMInfo                     json.RawMessage     `json:"mdm_info,omitzero"`      // null wherever the document shows it
	Compliance                  AccessCompliance    `json:"compliance,omitzero"`    // may change while the session lasts

	// The first check of the host, which stays as it is while the session lasts; nil where there was none.
	FirstHostCheckSucceeded      *bool             `json:"first_host_check_succeeded,omitzero"`
	FirstHostCheckTime           secureaccess.Time `json:"first_host_check_time,omitzero"`
	FirstHostCheckFailedPolicies []string          `json:"first_host_check_failed_policies,omitzero"`
	FirstHostCheckFailureReasons []string          `json:"first_host_check_failure_reasons,omitzero"`
}

// AccessMechanism is how a user authenticated.
type AccessMechanism string

// Values of AccessMechanism.
const (
	AccessMechanismL3    AccessMechanism = "L3_Auth"
	AccessMechanism8021X AccessMechanism = "Auth_802_1X"
	AccessMechanismMAC   AccessMechanism = "MAC_Auth"
	AccessMechanismOther AccessMechanism = "Other_Method"
)

// AccessCompliance is the result of the compliance check of an endpoint.
type AccessCompliance string

// Values of AccessCompliance.
const (
	AccessComplianceYes         AccessCompliance = "COMPLIANT_YES"
	AccessComplianceNo          AccessCompliance = "COMPLIANT_NO"
	AccessComplianceRemediated  AccessCompliance = "COMPLIANT_REMEDIATED"
	AccessComplianceNotAssessed AccessCompliance = "COMPLIANT_NOT_ASSESSED"
)

// OSType is an endpoint's operating system. More values may come.
type OSType string

// Values of OSType.
const (
	OSTypeUnknown      OSType = "Unknown"
	OSTypeAndroid      OSType = "Android"
	OSTypeIOS          OSType = "iOS"
	OSTypeBlackberry   OSType = "Blackberry"
	OSTypeWindowsXP    OSType = "Windows_XP"
	OSTypeWindowsVista OSType = "Windows_Vista"
	OSTypeWindows7     OSType = "Windows_7"
	OSTypeWindows8     OSType = "Windows_8"
	OSTypeMacOS        OSType = "Mac_OS"
	OSTypeLinux        OSType = "Linux"
	OSTypeOther        OSType = "Other_OS"
	OSTypeWindows81    OSType = "Windows_8_1"
	OSTypeWindows10    OSType = "Windows_10"
	OSTypeChromeOS     OSType = "Chrome_OS"
	OSTypeWindows      OSType = "Windows"
	OSTypeMacOS108     OSType = "Mac_OS_10_8"
	OSTypeMacOS109     OSType = "Mac_OS_10_9"
	OSTypeMacOS1010    OSType = "Mac_OS_10_10"
	OSTypeMacOS1011    OSType = "Mac_OS_10_11"
	OSTypeMacOS1012    OSType = "Mac_OS_10_12"
	OSTypeMacOS1013    OSType = "Mac_OS_10_13"
)

// AccessFailureReason is why an authentication failed. More values may come.
type AccessFailureReason string

// Values of AccessFailureReason.
const (
	AccessFailureReasonFailed                    AccessFailureReason = "Failed"
	AccessFailureReasonNoAuth                    AccessFailureReason = "No Auth"
	AccessFailureReasonWrongCertificate          AccessFailureReason = "Wrong Certificate"
	AccessFailureReasonAdminOnly                 AccessFailureReason = "Admin Only"
	AccessFailureReasonAdminRecovery             AccessFailureReason = "Admin Recovery"
	AccessFailureReasonFeatureUnlicensed         AccessFailureReason = "Feature Unlicensed"
	AccessFailureReasonMaxSessions               AccessFailureReason = "Max Sessions"
	AccessFailureReasonShortPassword             AccessFailureReason = "Short Password"
	AccessFailureReasonAccountDisabled           AccessFailureReason = "Account Disabled"
	AccessFailureReasonAccountLockedOut          AccessFailureReason = "Account LockedOut"
	AccessFailureReasonAccountExpired            AccessFailureReason = "Account Expired"
	AccessFailureReasonNoRoles                   AccessFailureReason = "No Roles"
	AccessFailureReasonTooManySessions           AccessFailureReason = "Too Many Sessions"
	AccessFailureReasonRevokedCertificate        AccessFailureReason = "Revoked Certificate"
	AccessFailureReasonIPDenied                  AccessFailureReason = "IP Denied"
	AccessFailureReasonUADenied                  AccessFailureReason = "UA Denied"
	AccessFailureReasonIPBlocked                 AccessFailureReason = "IP Blocked"
	AccessFailureReasonNoCertificate             AccessFailureReason = "No Certificate"
	AccessFailureReasonCompatAuthentication      AccessFailureReason = "Compat Authentication"
	AccessFailureReasonCompatDirectory           AccessFailureReason = "Compat Directory"
	AccessFailureReasonNetegrityPage             AccessFailureReason = "Netegrity Page"
	AccessFailureReasonRadiusPage                AccessFailureReason = "Radius Page"
	AccessFailureReasonRealmRemediate            AccessFailureReason = "Realm Remediate"
	AccessFailureReasonRoleRemediate             AccessFailureReason = "Role Remediate"
	AccessFailureReasonOCSPFailure               AccessFailureReason = "OCSP Failure"
	AccessFailureReasonNoAssertion               AccessFailureReason = "No Assertion"
	AccessFailureReasonConnectError              AccessFailureReason = "Connect Error"
	AccessFailureReasonSignInNotificationDecline AccessFailureReason = "SignIn Notification Decline"
	AccessFailureReasonChassisSSOFailed          AccessFailureReason = "Chassis SSO Failed"
	AccessFailureReasonLoginCancel               AccessFailureReason = "Login Cancel"
	AccessFailureReasonTooManyEES                AccessFailureReason = "Too Many EES"
	AccessFailureReasonTooManyPRM                AccessFailureReason = "Too Many PRM"
	AccessFailureReasonTokenOrOTP                AccessFailureReason = "Token Or OTP"
	AccessFailureReasonInvalidAssertion          AccessFailureReason = "Invalid Assertion"
	AccessFailureReasonEmptyAssertion            AccessFailureReason = "Empty Assertion"
	AccessFailureReasonSPNEGOSSO                 AccessFailureReason = "SPNEGO_SSO"
	AccessFailureReasonMaxSessionPerUser         AccessFailureReason = "Max Session Per User"
	AccessFailureReasonEmptyUserName             AccessFailureReason = "Empty User Name"
	AccessFailureReasonPasswordChangeRequired    AccessFailureReason = "Password Change required but Password Management disabled"
	AccessFailureReasonFIPSClientRequired        AccessFailureReason = "FIPS Client Required"
	AccessFailureReasonNeedsSAMLAuthentication   AccessFailureReason = "Needs SAML Authentication"
	AccessFailureReasonNoRealm                   AccessFailureReason = "No Realm"
	AccessFailureReasonMaximumOnboardDevices     AccessFailureReason = "Maximum Onboard Devices"
)
