package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// LocalUsersService manages the users of local authentication servers, such as "System Local".
type LocalUsersService struct{ rest *rest.Client }

const (
	localUsersPath = "/api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user"
	localUserPath  = localUsersPath + "/{user}"
)

// Get returns one user. The password comes encrypted, if at all.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user/{user}
func (s *LocalUsersService) Get(ctx context.Context, server, username string) (*LocalUser, error) {
	return read[LocalUser](ctx, s.rest, rest.GET(localUserPath, server, username))
}

// Create adds a user. Releases are known that respond to one who exists already with a success and say so in the
// warnings of the result.
//
// POST /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user
func (s *LocalUsersService) Create(ctx context.Context, server string, body LocalUserCreate) (*Result, error) {
	return write(ctx, s.rest, send(rest.POST(localUsersPath, server).Require("username", body.Username), body))
}

// Enable lets a user sign in.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user/{user}/enabled
func (s *LocalUsersService) Enable(ctx context.Context, server, username string) (*Result, error) {
	return s.replaceEnabled(ctx, server, username, true)
}

// Disable keeps a user from signing in. Sessions under way are not ended by it.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user/{user}/enabled
func (s *LocalUsersService) Disable(ctx context.Context, server, username string) (*Result, error) {
	return s.replaceEnabled(ctx, server, username, false)
}

func (s *LocalUsersService) replaceEnabled(ctx context.Context, server, username string, enabled secureaccess.QuotedBool) (*Result, error) {
	return write(ctx, s.rest, rest.PUT(localUserPath+"/enabled", server, username).JSON(struct {
		Enabled secureaccess.QuotedBool `json:"enabled"`
	}{enabled}))
}

// ReplacePassword gives a user another password.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user/{user}/password-cleartext
func (s *LocalUsersService) ReplacePassword(ctx context.Context, server, username string, password secureaccess.Secret) (*Result, error) {
	op := rest.PUT(localUserPath+"/password-cleartext", server, username).Require("password", password.Reveal())
	return write(ctx, s.rest, op.JSON(struct {
		Password secureaccess.Secret `json:"password-cleartext"`
	}{password}))
}

// Delete removes a user.
//
// DELETE /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/local/users/user/{user}
func (s *LocalUsersService) Delete(ctx context.Context, server, username string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE(localUserPath, server, username))
}

// LocalUser is a user of a local authentication server.
type LocalUser struct {
	Username               string                                         `json:"username"`
	FullName               secureaccess.Optional[string]                  `json:"fullname,omitzero"`
	Password               secureaccess.Secret                            `json:"password-cleartext,omitzero"` // to write only
	PasswordEncrypted      secureaccess.Optional[secureaccess.Secret]     `json:"password-encrypted,omitzero"` // as it is read
	Enabled                secureaccess.Optional[secureaccess.QuotedBool] `json:"enabled,omitzero"`
	OneTimeUse             secureaccess.Optional[secureaccess.QuotedBool] `json:"one-time-use,omitzero"`
	ChangePasswordAtSignIn secureaccess.Optional[secureaccess.QuotedBool] `json:"change-password-at-signin,omitzero"`
	ConsoleAccess          secureaccess.Optional[secureaccess.QuotedBool] `json:"console-access,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// LocalUserCreate is a user to add. Most appliances want a password and Enabled.
type LocalUserCreate LocalUser
