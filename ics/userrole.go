package ics

import (
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
)

// UserRole is a role of users. Both documented examples break off: what has no field is in Extra.
type UserRole struct {
	Name       string          `json:"name"`
	General    *RoleGeneral    `json:"general,omitzero"`
	Web        *RoleWeb        `json:"web,omitzero"`       // Connect Secure
	Agent      *RoleAgent      `json:"agent,omitzero"`     // Policy Secure
	Agentless  *RoleAgentless  `json:"agentless,omitzero"` // Policy Secure
	Onboarding *RoleOnboarding `json:"enterprise-onboarding,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// UserRoleCreate is a role to add.
type UserRoleCreate UserRole

// RoleGeneral holds what a role has whatever it gives access to.
type RoleGeneral struct {
	Overview       *RoleOverview       `json:"overview,omitzero"`
	Restrictions   *RoleRestrictions   `json:"restrictions,omitzero"`
	SessionOptions *RoleSessionOptions `json:"session-options,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleOverview describes a role.
type RoleOverview struct {
	Description secureaccess.Optional[string] `json:"description,omitzero"`
	Onboarding  *RoleOnboardingSwitch         `json:"enterprise-onboarding,omitzero"`
	Options     *RoleOptions                  `json:"options,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleOnboardingSwitch switches the enrollment of devices.
type RoleOnboardingSwitch struct {
	Enabled secureaccess.Optional[secureaccess.QuotedBool] `json:"enterprise-onboarding-enabled,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleOptions switches parts of a role, those of Policy Secure. Connect Secure has more, which are in Extra.
type RoleOptions struct {
	GuestAccountManagement secureaccess.Optional[secureaccess.QuotedBool] `json:"guest-account-management-rights,omitzero"`
	GuestSponsorManagement secureaccess.Optional[secureaccess.QuotedBool] `json:"guest-sponsor-management-rights,omitzero"`
	JunosPulse             secureaccess.Optional[secureaccess.QuotedBool] `json:"junos-pulse,omitzero"`
	SessionOptions         secureaccess.Optional[secureaccess.QuotedBool] `json:"session-options,omitzero"`
	UIOptions              secureaccess.Optional[secureaccess.QuotedBool] `json:"ui-options,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleRestrictions says which users of a realm get the role.
type RoleRestrictions struct {
	Browser     *BrowserRestriction     `json:"browser,omitzero"`
	Certificate *CertificateRestriction `json:"certificate,omitzero"`
	HostChecker *HostCheckerRestriction `json:"host-checker,omitzero"`
	Mobile      *MobileRestriction      `json:"mobile,omitzero"`
	SourceIP    *SourceIPRestriction    `json:"source-ip,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// BrowserRestriction restricts a role to browsers.
type BrowserRestriction struct {
	Mode     secureaccess.Optional[string] `json:"customized,omitzero"` // "any-user-agent" is no restriction
	Patterns json.RawMessage               `json:"user-agent-patterns,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// CertificateRestriction restricts a role to certificates.
type CertificateRestriction struct {
	Mode  secureaccess.Optional[string] `json:"customized,omitzero"` // "allow-all-users" is no restriction
	Pairs json.RawMessage               `json:"cert-key-value-pairs,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerRestriction restricts a role to devices that pass the host checker.
type HostCheckerRestriction struct {
	Enforce  secureaccess.Optional[string] `json:"host-check-enforce,omitzero"` // "disable" is no restriction
	Match    secureaccess.Optional[string] `json:"host-check-match,omitzero"`
	Policies json.RawMessage               `json:"host-check-policies,omitzero"` // null for none

	Extra secureaccess.Extra `json:",embed"`
}

// MobileRestriction restricts a role to settings of mobile devices.
type MobileRestriction struct {
	CertificateTrust secureaccess.Optional[string] `json:"server-certificate-trust-enforcement,omitzero"`
	TouchID          secureaccess.Optional[string] `json:"touch-id-supported,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// SourceIPRestriction restricts a role to addresses.
type SourceIPRestriction struct {
	Mode secureaccess.Optional[SourceIPMode] `json:"customized,omitzero"` // "any-ip" is no restriction
	IPs  json.RawMessage                     `json:"ips,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
