package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AdminRealmsService says who may sign in to an administrator realm, from where, and with which roles.
type AdminRealmsService struct{ rest *rest.Client }

// SetSourceIPMode chooses how a realm restricts the addresses that administrators come from. [SourceIPSelected] is
// followed by [AdminRealmsService.AddSourceIP] for each address: until then nobody may be let in.
//
// PUT /api/v1/configuration/administrators/admin-realms/realm/{realm}/authentication-policy/source-ip/customized
//
// Document: Realm-based Administrator User from a Particular Source IP.
func (s *AdminRealmsService) SetSourceIPMode(ctx context.Context, realm string, mode SourceIPMode) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/administrators/admin-realms/realm/{realm}/authentication-policy/source-ip/customized", realm)
	return write(ctx, s.rest, op.Require("mode", string(mode)).JSON(struct {
		Mode SourceIPMode `json:"customized"`
	}{mode}))
}

// AddSourceIP adds a rule for an address or a network to a realm.
//
// POST /api/v1/configuration/administrators/admin-realms/realm/{realm}/authentication-policy/source-ip/ips/ip
//
// Document: Realm-based Administrator User from a Particular Source IP.
func (s *AdminRealmsService) AddSourceIP(ctx context.Context, realm string, rule SourceIP) (*Result, error) {
	op := rest.POST("/api/v1/configuration/administrators/admin-realms/realm/{realm}/authentication-policy/source-ip/ips/ip", realm)
	return write(ctx, s.rest, op.Require("address", rule.Address).JSON(rule))
}

// SetRoleMappingRules replaces the rules by which a realm gives roles to administrators.
//
// PUT /api/v1/configuration/administrators/admin-realms/realm/{realm}/role-mapping-rules
//
// The rules that are there now can be read with [GetConfiguration] at the same path.
// Document: Realm-based Administrator Authorization Role Mapping to Administrator Role.
func (s *AdminRealmsService) SetRoleMappingRules(ctx context.Context, realm string, rules RoleMappingRules) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/administrators/admin-realms/realm/{realm}/role-mapping-rules", realm)
	return write(ctx, s.rest, op.JSON(rules))
}

// SourceIPMode says how a realm restricts addresses.
type SourceIPMode string

// SourceIPSelected lets in the addresses that the realm's rules allow. It is the one mode that the document shows.
const SourceIPSelected SourceIPMode = "selected-ip"

// SourceIPAccess says what a rule does with an address.
type SourceIPAccess string

// SourceIPAllow lets an address in. It is the one value that the document shows.
const SourceIPAllow SourceIPAccess = "allow"

// SourceIP is a rule for an address or a network.
type SourceIP struct {
	Access  SourceIPAccess `json:"access,omitzero"`
	Address string         `json:"address"`
	Netmask string         `json:"netmask,omitzero"`
	Extra   Extra          `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (r *SourceIP) UnmarshalJSON(data []byte) error {
	type plain SourceIP
	return openInto(data, (*plain)(r), &r.Extra)
}

// MarshalJSON writes the fields and Extra.
func (r SourceIP) MarshalJSON() ([]byte, error) {
	type plain SourceIP
	return open.Encode(plain(r), r.Extra)
}

// RoleMappingRules are the rules of a realm, in the order in which they are tried.
type RoleMappingRules struct {
	UserSelectsRole    secureaccess.QuotedBool `json:"user-selects-role"`    // the user picks one of the roles
	UserSelectsRoleSet secureaccess.QuotedBool `json:"user-selects-roleset"` // the user picks a set of roles
	Rules              []RoleMappingRule       `json:"rule"`
	Extra              Extra                   `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (r *RoleMappingRules) UnmarshalJSON(data []byte) error {
	type plain RoleMappingRules
	return openInto(data, (*plain)(r), &r.Extra)
}

// MarshalJSON writes the fields and Extra; no rules are an empty list.
func (r RoleMappingRules) MarshalJSON() ([]byte, error) {
	type plain RoleMappingRules
	if r.Rules == nil {
		r.Rules = []RoleMappingRule{}
	}
	return open.Encode(plain(r), r.Extra)
}

// RoleMappingRule gives roles to who meets its condition.
type RoleMappingRule struct {
	Name                string                  `json:"name"`
	Roles               []string                `json:"roles"`
	StopRulesProcessing secureaccess.QuotedBool `json:"stop-rules-processing"` // later rules are not tried on a match
	Group               *RoleMappingGroup       `json:"group,omitzero"`
	Extra               Extra                   `json:"-"` // conditions of other kinds are here
}

// UnmarshalJSON keeps unknown members in Extra.
func (r *RoleMappingRule) UnmarshalJSON(data []byte) error {
	type plain RoleMappingRule
	return openInto(data, (*plain)(r), &r.Extra)
}

// MarshalJSON writes the fields and Extra; no roles are an empty list.
func (r RoleMappingRule) MarshalJSON() ([]byte, error) {
	type plain RoleMappingRule
	if r.Roles == nil {
		r.Roles = []string{}
	}
	return open.Encode(plain(r), r.Extra)
}

// RoleMappingGroup is the condition of being in one of some directory groups.
type RoleMappingGroup struct {
	Names []string `json:"group-names"`
	Extra Extra    `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (g *RoleMappingGroup) UnmarshalJSON(data []byte) error {
	type plain RoleMappingGroup
	return openInto(data, (*plain)(g), &g.Extra)
}

// MarshalJSON writes the fields and Extra; no names are an empty list.
func (g RoleMappingGroup) MarshalJSON() ([]byte, error) {
	type plain RoleMappingGroup
	if g.Names == nil {
		g.Names = []string{}
	}
	return open.Encode(plain(g), g.Extra)
}
