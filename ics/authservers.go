package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AuthServersService manages authentication servers. Each type of server has a member of its own, most of which are not
// documented: they are in Extra, and go back as they came.
type AuthServersService struct{ rest *rest.Client }

const authServersPath = "/api/v1/configuration/authentication/auth-servers"

// List returns the authentication servers.
//
// GET /api/v1/configuration/authentication/auth-servers
func (s *AuthServersService) List(ctx context.Context, opts *ConfigurationOptions) (*EntryList[AuthServer], error) {
	return list[AuthServer](ctx, s.rest, rest.GET(authServersPath), "auth-server", opts)
}

// Get returns one authentication server.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}
func (s *AuthServersService) Get(ctx context.Context, name string) (*AuthServer, error) {
	return read[AuthServer](ctx, s.rest, rest.GET(authServersPath+"/auth-server/{auth_server}", name))
}

// Replace writes a server back that was read whole and changed.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}
func (s *AuthServersService) Replace(ctx context.Context, name string, body AuthServer) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT(authServersPath+"/auth-server/{auth_server}", name), body))
}

// AuthServer is an authentication server.
type AuthServer struct {
	Name string                        `json:"name"`
	Type secureaccess.Optional[string] `json:"auth-server-type,omitzero"` // "saml" is the one that was seen
	SAML *SAMLAuthServer               `json:"saml,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// SAMLAuthServer is the part of an authentication server that is for SAML.
type SAMLAuthServer struct {
	Settings *SAMLSettings `json:"settings,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// SAMLSettings holds settings of a SAML server, two of many.
type SAMLSettings struct {
	HostFQDN string `json:"host-fqdn,omitzero"`
	EntityID string `json:"sa-entity-id,omitzero"` // of the appliance

	Extra secureaccess.Extra `json:",embed"`
}
