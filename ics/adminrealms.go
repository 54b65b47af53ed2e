package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AdminRealmsService manages who may sign in to an administrator realm, from where, and with which roles.
type AdminRealmsService struct{ rest *rest.Client }

// ReplaceSourceIPMode chooses how a realm restricts the addresses that administrators come from. [SourceIPModeSelected] is
// followed by [AdminRealmsService.AddSourceIP] for each address: until then nobody may be let in.
//
// PUT /api/v1/configuration/administrators/admin-realms/realm/{realm}/authentication-policy/source-ip/customized
//
// Document: Realm-based Administrator User from a Particular Source IP.
func (s *AdminRealmsService) ReplaceSourceIPMode(ctx context.Context, realm string, mode SourceIPMode) (*Result, error) {
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
	return write(ctx, s.rest, send(op.Require("address", rule.Address), rule))
}

// ReplaceRoleMappingRules replaces the rules by which a realm gives roles to administrators.
//
// PUT /api/v1/configuration/administrators/admin-realms/realm/{realm}/role-mapping-rules
//
// The rules that are there now can be read with [GetConfiguration] at the same path.
// Document: Realm-based Administrator Authorization Role Mapping to Administrator Role.
func (s *AdminRealmsService) ReplaceRoleMappingRules(ctx context.Context, realm string, rules RoleMappingRules) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/administrators/admin-realms/realm/{realm}/role-mapping-rules", realm)
	return write(ctx, s.rest, send(op, rules))
}

// SourceIPMode says how a realm restricts addresses.
type SourceIPMode string

// SourceIPModeSelected lets in the addresses that the realm's rules allow. It is the one mode that the document shows.
const SourceIPModeSelected SourceIPMode = "selected-ip"

// SourceIPAccess says what a rule does with an address.
type SourceIPAccess string

// SourceIPAccessAllow lets an address in. It is the one value that the document shows.
const SourceIPAccessAllow SourceIPAccess = "allow"

// SourceIP is a rule for an address or a network.
type SourceIP struct {
	Access  SourceIPAccess     `json:"access,omitzero"`
	Address string             `json:"address"`
	Netmask string             `json:"netmask,omitzero"`
	Extra   secureaccess.Extra `json:",embed"`
}

// RoleMappingRules holds the rules of a realm, in the order in which they are tried.
type RoleMappingRules struct {
	UserSelectsRole    secureaccess.Optional[secureaccess.QuotedBool] `json:"user-selects-role,omitzero"`    // the user picks one of the roles
	UserSelectsRoleSet secureaccess.Optional[secureaccess.QuotedBool] `json:"user-selects-roleset,omitzero"` // the user picks a set of roles
	Rules              []RoleMappingRule                              `json:"rule"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleMappingRule gives roles to users that meet its condition. A rule has one condition; those of kinds without a
// field are in Extra.
type RoleMappingRule struct {
	Name                string                                         `json:"name"`
	Roles               []string                                       `json:"roles"`
	StopRulesProcessing secureaccess.Optional[secureaccess.QuotedBool] `json:"stop-rules-processing,omitzero"` // later rules are not tried on a match
	UserName            *UserNameTest                                  `json:"user-name,omitzero"`
	Group               *GroupTest                                     `json:"group,omitzero"`
	CustomExpression    *CustomExpression                              `json:"custom-expression,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// UserNameTest is the condition of having one of some names.
type UserNameTest struct {
	Test      UserNameMatch `json:"test"`
	UserNames []string      `json:"user-names"` // * is a wildcard

	Extra secureaccess.Extra `json:",embed"`
}

// UserNameMatch is a way of comparing names.
type UserNameMatch string

// UserNameMatchIs holds for users with one of the names. It is the one way that was seen.
const UserNameMatchIs UserNameMatch = "is"

// GroupTest is the condition of being in one of some directory groups.
type GroupTest struct {
	GroupNames []string `json:"group-names"`

	Extra secureaccess.Extra `json:",embed"`
}

// CustomExpression is the condition of meeting expressions, which the realm's authentication server knows by name.
// Exports have one, or several as a list: they are kept as they come.
type CustomExpression struct {
	Expressions json.RawMessage `json:"expressions,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
