package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AdminRolesService says what administrators of a role get.
type AdminRolesService struct{ rest *rest.Client }

// SetSessionOptions says how long sessions of a role last, and with them the API keys of its administrators.
//
// PUT /api/v1/configuration/administrators/admin-roles/admin-role/{role}/general/session-options
//
// Document: Specifying Session Validity for REST Admin Session.
func (s *AdminRolesService) SetSessionOptions(ctx context.Context, role string, options SessionOptions) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/administrators/admin-roles/admin-role/{role}/general/session-options", role)
	return write(ctx, s.rest, op.JSON(options))
}

// SessionOptions are the options of the sessions of a role.
type SessionOptions struct {
	IdleTimeout secureaccess.QuotedInt `json:"idle-timeout,omitzero"` // minutes, presumably: the document gives no unit
	Extra       Extra                  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (o *SessionOptions) UnmarshalJSON(data []byte) error {
	type plain SessionOptions
	return openInto(data, (*plain)(o), &o.Extra)
}

// MarshalJSON writes the fields and Extra.
func (o SessionOptions) MarshalJSON() ([]byte, error) {
	type plain SessionOptions
	return open.Encode(plain(o), o.Extra)
}
