package ics

import (
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
)

// HostCheckerPolicy is a policy of the host checker. The documented example is whole, for one rule about a firewall; kinds of rules without a field are in Extra.
type HostCheckerPolicy struct {
	Name    string              `json:"policy-name"`
	Regular *HostCheckerRegular `json:"regular,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerPolicyCreate is a policy to add.
type HostCheckerPolicyCreate HostCheckerPolicy

// HostCheckerRegular is a policy of rules, by platform: "windows", "chromeos".
type HostCheckerRegular struct {
	Platforms map[string]HostCheckerPlatform `json:"platforms"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerPlatform is a policy for one platform.
type HostCheckerPlatform struct {
	Dashboard   *HostCheckerDashboard   `json:"dashboard,omitzero"`
	Remediation *HostCheckerRemediation `json:"remediation,omitzero"`
	Expression  *HostCheckerExpression  `json:"rule-expression,omitzero"`
	Rules       *HostCheckerRules       `json:"rules,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerDashboard says what a policy means for reports.
type HostCheckerDashboard struct {
	ConsiderForReporting secureaccess.Optional[secureaccess.QuotedBool] `json:"consider-for-reporting,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerRemediation says what follows where a policy is not met.
type HostCheckerRemediation struct {
	CustomInstructions       secureaccess.Optional[string]                  `json:"custom-instructions,omitzero"`
	EnableCustomInstructions secureaccess.Optional[secureaccess.QuotedBool] `json:"enable-custom-instructions,omitzero"`
	SendReasonStrings        secureaccess.Optional[secureaccess.QuotedBool] `json:"send-reason-strings,omitzero"`
	DeleteFiles              secureaccess.Optional[secureaccess.QuotedBool] `json:"delete-files,omitzero"`
	Files                    json.RawMessage                                `json:"files,omitzero"` // null for none
	KillProcesses            secureaccess.Optional[secureaccess.QuotedBool] `json:"kill-processes,omitzero"`
	Processes                json.RawMessage                                `json:"processes,omitzero"` // null for none

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerExpression says which of the rules have to be met.
type HostCheckerExpression struct {
	Requirement      secureaccess.Optional[string] `json:"requirement,omitzero"` // "all"
	CustomExpression secureaccess.Optional[string] `json:"custom-expression,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostCheckerRules holds the rules of a policy by kind.
type HostCheckerRules struct {
	Advanced json.RawMessage `json:"advancedRule,omitzero"`
	Firewall *FirewallRules  `json:"firewall-rules,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// FirewallRules lists rules about firewalls.
type FirewallRules struct {
	Items []FirewallRule `json:"firewall-rule,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// FirewallRule is a rule about a firewall on the device.
type FirewallRule struct {
	Name             string                                         `json:"rule-name"`
	NeedsMonitoring  secureaccess.Optional[secureaccess.QuotedBool] `json:"needs-monitoring,omitzero"`
	Products         json.RawMessage                                `json:"product-list,omitzero"` // null for none
	ProductSelection secureaccess.Optional[string]                  `json:"product-selection-option,omitzero"`
	SpecificProduct  secureaccess.Optional[secureaccess.QuotedBool] `json:"select-specific-product,omitzero"`
	SpecificVendor   secureaccess.Optional[secureaccess.QuotedBool] `json:"select-specific-vendor,omitzero"`
	SelectedProducts *FirewallProducts                              `json:"selected-product-list,omitzero"`
	TurnOnAll        secureaccess.Optional[secureaccess.QuotedBool] `json:"turn-on-firewall-all,omitzero"`
	Vendors          secureaccess.Optional[[]string]                `json:"vendor-list,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// FirewallProducts lists products.
type FirewallProducts struct {
	Items []FirewallProduct `json:"product-info,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// FirewallProduct is a product.
type FirewallProduct struct {
	Name   string                                         `json:"product-name"`
	TurnOn secureaccess.Optional[secureaccess.QuotedBool] `json:"turn-on-firewall,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
