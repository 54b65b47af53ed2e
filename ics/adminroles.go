package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AdminRolesService manages the roles of administrators.
type AdminRolesService struct{ rest *rest.Client }

// ReplaceSessionOptions sets how long sessions of a role last, and with them the API keys of its administrators.
//
// PUT /api/v1/configuration/administrators/admin-roles/admin-role/{role}/general/session-options
//
// Document: Specifying Session Validity for REST Admin Session.
func (s *AdminRolesService) ReplaceSessionOptions(ctx context.Context, role string, options SessionOptions) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/administrators/admin-roles/admin-role/{role}/general/session-options", role)
	return write(ctx, s.rest, send(op, options))
}

// SessionOptions are the options of the sessions of a role.
type SessionOptions struct {
	IdleTimeout int64              `json:"idle-timeout,string,omitzero"` // minutes, presumably: the document gives no unit
	Extra       secureaccess.Extra `json:",embed"`
}
