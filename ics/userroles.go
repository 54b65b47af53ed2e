package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// UserRolesService manages the roles of users.
type UserRolesService struct{ rest *rest.Client }

const userRolesPath = "/api/v1/configuration/users/user-roles"

// List returns the roles of users.
//
// GET /api/v1/configuration/users/user-roles
func (s *UserRolesService) List(ctx context.Context, opts *ConfigurationOptions) (*EntryList[UserRole], error) {
	return list[UserRole](ctx, s.rest, rest.GET(userRolesPath), "user-role", opts)
}

// Get returns one role.
//
// GET /api/v1/configuration/users/user-roles/user-role/{role}
func (s *UserRolesService) Get(ctx context.Context, role string) (*UserRole, error) {
	return read[UserRole](ctx, s.rest, rest.GET(userRolesPath+"/user-role/{role}", role))
}

// GetDefaultOptions returns what new roles begin with, as the appliance writes it: its members are not documented.
//
// GET /api/v1/configuration/users/user-roles/user-role-default-options
func (s *UserRolesService) GetDefaultOptions(ctx context.Context) (json.RawMessage, error) {
	options, err := rest.Do[json.RawMessage](ctx, s.rest, rest.GET(userRolesPath+"/user-role-default-options"))
	if err != nil {
		return nil, err
	}
	return *options, nil
}

// Create adds a role.
//
// POST /api/v1/configuration/users/user-roles/user-role/
func (s *UserRolesService) Create(ctx context.Context, body UserRoleCreate) (*Result, error) {
	return write(ctx, s.rest, send(rest.POST(userRolesPath+"/user-role/").Require("name", body.Name), body))
}

// Replace writes a role back that was read whole and changed.
//
// PUT /api/v1/configuration/users/user-roles/user-role/{role}
func (s *UserRolesService) Replace(ctx context.Context, role string, body UserRole) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT(userRolesPath+"/user-role/{role}", role), body))
}

// Delete removes a role.
//
// DELETE /api/v1/configuration/users/user-roles/user-role/{role}
func (s *UserRolesService) Delete(ctx context.Context, role string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE(userRolesPath+"/user-role/{role}", role))
}
