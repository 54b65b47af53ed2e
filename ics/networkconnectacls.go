package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// NetworkConnectACLsService manages the access control policies of VPN tunneling, which the API still calls by an
// earlier name of it.
type NetworkConnectACLsService struct{ rest *rest.Client }

const (
	networkConnectACLsPath = "/api/v1/configuration/users/resource-policies/network-connect-policies/network-connect-acls"
	networkConnectACLPath  = networkConnectACLsPath + "/network-connect-acl"
)

// List returns the policies, in the order in which they are tried.
//
// GET /api/v1/configuration/users/resource-policies/network-connect-policies/network-connect-acls
func (s *NetworkConnectACLsService) List(ctx context.Context, opts *ConfigurationOptions) (*EntryList[NetworkConnectACL], error) {
	return list[NetworkConnectACL](ctx, s.rest, rest.GET(networkConnectACLsPath), "network-connect-acl", opts)
}

// Get returns one policy.
//
// GET /api/v1/configuration/users/resource-policies/network-connect-policies/network-connect-acls/network-connect-acl/{name}
func (s *NetworkConnectACLsService) Get(ctx context.Context, name string) (*NetworkConnectACL, error) {
	return read[NetworkConnectACL](ctx, s.rest, rest.GET(networkConnectACLPath+"/{name}", name))
}

// Create adds a policy. A name with a slash is accepted by the appliance, and then cannot be addressed.
//
// POST /api/v1/configuration/users/resource-policies/network-connect-policies/network-connect-acls/network-connect-acl
func (s *NetworkConnectACLsService) Create(ctx context.Context, body NetworkConnectACLCreate) (*Result, error) {
	return write(ctx, s.rest, send(rest.POST(networkConnectACLPath).Require("name", body.Name), body))
}

// Replace writes a policy back that was read whole and changed.
//
// PUT /api/v1/configuration/users/resource-policies/network-connect-policies/network-connect-acls/network-connect-acl/{name}
func (s *NetworkConnectACLsService) Replace(ctx context.Context, name string, body NetworkConnectACL) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT(networkConnectACLPath+"/{name}", name), body))
}

// Delete removes a policy.
//
// DELETE /api/v1/configuration/users/resource-policies/network-connect-policies/network-connect-acls/network-connect-acl/{name}
func (s *NetworkConnectACLsService) Delete(ctx context.Context, name string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE(networkConnectACLPath+"/{name}", name))
}

// NetworkConnectACL is an access control policy of VPN tunneling.
type NetworkConnectACL struct {
	Name        string                        `json:"name"`
	Action      ACLAction                     `json:"action,omitzero"`
	Apply       secureaccess.Optional[string] `json:"apply,omitzero"` // which roles it is for: "selected" is those in Roles
	Description secureaccess.Optional[string] `json:"description,omitzero"`

	// Resources are texts such as "tcp://192.0.2.10:80,443", "icmp://192.0.2.0/24:*" and "*:*".
	Resources     secureaccess.Optional[[]string] `json:"resource,omitzero"`
	ResourcesFQDN json.RawMessage                 `json:"resources-fqdn,omitzero"` // null, where it was seen
	ResourcesV6   json.RawMessage                 `json:"resources-v6,omitzero"`   // null, where it was seen
	Roles         secureaccess.Optional[[]string] `json:"roles,omitzero"`
	Rules         *ACLRules                       `json:"rules,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// NetworkConnectACLCreate is an access control policy to add.
type NetworkConnectACLCreate NetworkConnectACL

// ACLAction says what a policy does.
type ACLAction string

// Values of ACLAction.
const (
	ACLActionAllow ACLAction = "allow"
	ACLActionDeny  ACLAction = "deny"
	ACLActionRules ACLAction = "rules" // its detailed rules decide
)

// ACLRules lists the detailed rules of a policy. No rule was seen yet: they are kept as they come.
type ACLRules struct {
	Items []json.RawMessage `json:"rule"`

	Extra secureaccess.Extra `json:",embed"`
}
