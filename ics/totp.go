package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// TOTPService helps users of the appliance's own TOTP servers, which give the second factor of realms.
type TOTPService struct{ rest *rest.Client }

// Unlock lets a user try again who entered too many wrong codes.
//
// PUT /api/v1/totp/{server}/users/{user}?operation=unlock
func (s *TOTPService) Unlock(ctx context.Context, server, username string) (*Result, error) {
	return s.change(ctx, server, username, "unlock")
}

// Reset makes a user enroll a new device at the next sign-in.
//
// PUT /api/v1/totp/{server}/users/{user}?operation=reset
func (s *TOTPService) Reset(ctx context.Context, server, username string) (*Result, error) {
	return s.change(ctx, server, username, "reset")
}

func (s *TOTPService) change(ctx context.Context, server, username, operation string) (*Result, error) {
	return write(ctx, s.rest, rest.PUT("/api/v1/totp/{server}/users/{user}", server, username).Param("operation", operation))
}
