package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// InfranetEnforcersService manages the firewalls that enforce what Policy Secure decides, and reads the policies for
// them. The policies' members are those that older clients of the appliance write; what else they have is in Extra.
type InfranetEnforcersService struct{ rest *rest.Client }

const infranetPath = "/api/v1/configuration/uac/infranet-enforcer"

// Get returns one enforcer.
//
// GET /api/v1/configuration/uac/infranet-enforcer/connections/infranet-enforcer/{name}
func (s *InfranetEnforcersService) Get(ctx context.Context, name string) (*InfranetEnforcer, error) {
	return read[InfranetEnforcer](ctx, s.rest, rest.GET(infranetPath+"/connections/infranet-enforcer/{name}", name))
}

// Create adds an enforcer.
//
// POST /api/v1/configuration/uac/infranet-enforcer/connections/infranet-enforcer/
func (s *InfranetEnforcersService) Create(ctx context.Context, body InfranetEnforcerCreate) (*Result, error) {
	op := rest.POST(infranetPath+"/connections/infranet-enforcer/").Require("name", body.Name)
	return write(ctx, s.rest, send(op, body))
}

// GetResourceAccessPolicy returns one policy about who may reach what through the enforcers.
//
// GET /api/v1/configuration/uac/infranet-enforcer/resource-access-policies/resource-access-policy/{name}
func (s *InfranetEnforcersService) GetResourceAccessPolicy(ctx context.Context, name string) (*ResourceAccessPolicy, error) {
	return read[ResourceAccessPolicy](ctx, s.rest, rest.GET(infranetPath+"/resource-access-policies/resource-access-policy/{name}", name))
}

// GetAuthTableMappingPolicy returns one policy about which enforcers learn of which users.
//
// GET /api/v1/configuration/uac/infranet-enforcer/auth-table-mapping-policies/auth-table-mapping-policy/{name}
func (s *InfranetEnforcersService) GetAuthTableMappingPolicy(ctx context.Context, name string) (*AuthTableMappingPolicy, error) {
	return read[AuthTableMappingPolicy](ctx, s.rest, rest.GET(infranetPath+"/auth-table-mapping-policies/auth-table-mapping-policy/{name}", name))
}

// GetIPsecRoutingPolicy returns one policy about which traffic goes through IPsec.
//
// GET /api/v1/configuration/uac/infranet-enforcer/ipsec-routing-policies/ipsec-routing-policy/{name}
func (s *InfranetEnforcersService) GetIPsecRoutingPolicy(ctx context.Context, name string) (*IPsecRoutingPolicy, error) {
	return read[IPsecRoutingPolicy](ctx, s.rest, rest.GET(infranetPath+"/ipsec-routing-policies/ipsec-routing-policy/{name}", name))
}

// GetIPAddressPoolsPolicy returns one policy about address pools, as the appliance writes it: its members are not known.
//
// GET /api/v1/configuration/uac/infranet-enforcer/ip-address-pools-policies/ip-address-pools-policy/{name}
func (s *InfranetEnforcersService) GetIPAddressPoolsPolicy(ctx context.Context, name string) (json.RawMessage, error) {
	policy, err := rest.Do[json.RawMessage](ctx, s.rest, rest.GET(infranetPath+"/ip-address-pools-policies/ip-address-pools-policy/{name}", name))
	if err != nil {
		return nil, err
	}
	return *policy, nil
}

// InfranetEnforcer is a firewall. Other makes have a member of their name, in Extra, in place of Junos.
type InfranetEnforcer struct {
	Name                    string                                         `json:"name"`
	Junos                   *JunosEnforcer                                 `json:"junos,omitzero"`
	SerialNumbers           secureaccess.Optional[[]string]                `json:"serial-number,omitzero"`
	UseIDP                  secureaccess.Optional[secureaccess.QuotedBool] `json:"use-idp,omitzero"`
	IDPForLocalSessionsOnly secureaccess.Optional[secureaccess.QuotedBool] `json:"idp-for-local-sessions-only,omitzero"`
	SeverityFilter          secureaccess.Optional[string]                  `json:"severity-filter,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// InfranetEnforcerCreate is a firewall to add.
type InfranetEnforcerCreate InfranetEnforcer

// JunosEnforcer is the part of an enforcer that is for Junos.
type JunosEnforcer struct {
	LocationGroup     secureaccess.Optional[string]              `json:"location-group,omitzero"` // "- No 802.1X -" for none
	PasswordEncrypted secureaccess.Optional[secureaccess.Secret] `json:"password-encrypted,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// ResourceAccessPolicy says who may reach what through the enforcers.
type ResourceAccessPolicy struct {
	Name        string                          `json:"name"`
	Description secureaccess.Optional[string]   `json:"description,omitzero"`
	Action      secureaccess.Optional[string]   `json:"action,omitzero"` // "allow-access", "deny-access"
	Apply       secureaccess.Optional[string]   `json:"apply,omitzero"`  // "selected-roles"
	Resources   secureaccess.Optional[[]string] `json:"resources,omitzero"`
	Roles       secureaccess.Optional[[]string] `json:"roles,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// AuthTableMappingPolicy says which enforcers learn of which users.
type AuthTableMappingPolicy struct {
	Name        string                          `json:"name"`
	Description secureaccess.Optional[string]   `json:"description,omitzero"`
	Action      secureaccess.Optional[string]   `json:"action,omitzero"`
	Apply       secureaccess.Optional[string]   `json:"apply,omitzero"`
	Enforcers   secureaccess.Optional[[]string] `json:"infranet-enforcer,omitzero"`
	Roles       secureaccess.Optional[[]string] `json:"roles,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// IPsecRoutingPolicy says which traffic goes through IPsec.
type IPsecRoutingPolicy struct {
	Name            string                          `json:"name"`
	Description     secureaccess.Optional[string]   `json:"description,omitzero"`
	Manual          json.RawMessage                 `json:"manual,omitzero"` // {"resources": [], "exception-to-resource": []}
	Enforcer        secureaccess.Optional[string]   `json:"infranet-enforcer,omitzero"`
	DestinationZone secureaccess.Optional[string]   `json:"destination-zone,omitzero"`
	Apply           secureaccess.Optional[string]   `json:"apply,omitzero"`
	Roles           secureaccess.Optional[[]string] `json:"roles,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
