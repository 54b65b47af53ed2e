package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// UserRealmsService manages the realms that users sign in to. What a realm has beside its role mapping rules is not
// documented: it is in Extra, and goes back as it came.
type UserRealmsService struct{ rest *rest.Client }

// List returns the user realms.
//
// GET /api/v1/configuration/users/user-realms
func (s *UserRealmsService) List(ctx context.Context, opts *ConfigurationOptions) (*EntryList[UserRealm], error) {
	return list[UserRealm](ctx, s.rest, rest.GET("/api/v1/configuration/users/user-realms"), "realm", opts)
}

// Get returns one user realm.
//
// GET /api/v1/configuration/users/user-realms/realm/{realm}
func (s *UserRealmsService) Get(ctx context.Context, realm string) (*UserRealm, error) {
	return read[UserRealm](ctx, s.rest, rest.GET("/api/v1/configuration/users/user-realms/realm/{realm}", realm))
}

// Replace writes a realm back that was read whole and changed. Whether the appliance keeps what a realm does not
// mention is not known.
//
// PUT /api/v1/configuration/users/user-realms/realm/{realm}
func (s *UserRealmsService) Replace(ctx context.Context, realm string, body UserRealm) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT("/api/v1/configuration/users/user-realms/realm/{realm}", realm), body))
}

// ReplaceRoleMappingRules replaces the rules by which a realm gives roles to users. The operation is documented for the
// realms of administrators only.
//
// PUT /api/v1/configuration/users/user-realms/realm/{realm}/role-mapping-rules
func (s *UserRealmsService) ReplaceRoleMappingRules(ctx context.Context, realm string, rules RoleMappingRules) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT("/api/v1/configuration/users/user-realms/realm/{realm}/role-mapping-rules", realm), rules))
}

// UserRealm is a realm that users sign in to.
type UserRealm struct {
	Name             string            `json:"name"`
	RoleMappingRules *RoleMappingRules `json:"role-mapping-rules,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
