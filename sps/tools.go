package sps

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// NetworkProtocol is a protocol to resolve a name for.
type NetworkProtocol string

// Values of NetworkProtocol.
const (
	NetworkProtocolTCP NetworkProtocol = "TCP"
	NetworkProtocolUDP NetworkProtocol = "UDP"
)

// ListTools lists the tools of the appliance, as links.
//
// GET /api/tools
func (s *SystemService) ListTools(ctx context.Context) (*Collection[json.RawMessage], error) {
	return checked(ctx, s.client, rest.GET("/api/tools"), (*Collection[json.RawMessage]).check)
}

// ResolveHost has the appliance resolve a host name, and returns what it says, which public sources do not show.
//
// POST /api/tools/hosts-by-name
func (s *SystemService) ResolveHost(ctx context.Context, hostname string, protocol NetworkProtocol) (json.RawMessage, error) {
	op := rest.POST("/api/tools/hosts-by-name").Require("hostname", hostname).Require("protocol", string(protocol))
	op.JSON(map[string]string{"hostname": hostname, "protocol": string(protocol)}).Repeatable()
	return anything(rest.Do[json.RawMessage](ctx, s.rest, op.MayBeEmpty()))
}

// ListSSHHostKeys lists the keys and certificates of SSH servers that the appliance knows. A key is named
// "ssh-rsa-192.0.2.1:22".
//
// GET /api/ssh-host-keys
func (s *SystemService) ListSSHHostKeys(ctx context.Context) (*Collection[json.RawMessage], error) {
	return checked(ctx, s.client, rest.GET("/api/ssh-host-keys"), (*Collection[json.RawMessage]).check)
}

// GetSSHHostKey returns the key of an SSH server, as the release has it: public sources do not show it.
//
// GET /api/ssh-host-keys/{object_id}
func (s *SystemService) GetSSHHostKey(ctx context.Context, key string) (*Object[json.RawMessage], error) {
	return read[json.RawMessage](ctx, s.client, rest.GET("/api/ssh-host-keys/{object_id}", key))
}

// ListAuditDataACLs lists the rules of who may see which recorded sessions.
//
// GET /api/acl/audit_data
func (s *SystemService) ListAuditDataACLs(ctx context.Context) (*Collection[json.RawMessage], error) {
	return checked(ctx, s.client, rest.GET("/api/acl/audit_data"), (*Collection[json.RawMessage]).check)
}

// GetAuditDataACL returns a rule of who may see which recorded sessions, as the release has it: public sources do not
// show it.
//
// GET /api/acl/audit_data/{rule_id}
func (s *SystemService) GetAuditDataACL(ctx context.Context, rule string) (*Object[json.RawMessage], error) {
	return read[json.RawMessage](ctx, s.client, rest.GET("/api/acl/audit_data/{rule_id}", rule))
}
