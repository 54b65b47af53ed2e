package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ADGroupsService manages the groups that an Active Directory authentication server is searched for. The API has only
// the whole list: Add, Replace and Remove read it, change one entry and write it back, and fail with
// [ErrConcurrentChange] rather than undo what somebody else did meanwhile.
type ADGroupsService struct{ rest *rest.Client }

const adGroupsPath = "/api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups"

// List returns the groups in the catalog of an authentication server.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// Document: Getting Active Directory Search Groups.
func (s *ADGroupsService) List(ctx context.Context, server string) (*ADGroupCatalog, error) {
	return read[ADGroupCatalog](ctx, s.rest, rest.GET(adGroupsPath, server).MayBeEmptyObject())
}

// ReplaceAll replaces the whole catalog; an empty one removes all groups. New groups have no SID: the directory gives it.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// Document: Adding Search Group to Active Directory, Updating Active Directory Group, Deleting Active Directory Groups.
func (s *ADGroupsService) ReplaceAll(ctx context.Context, server string, catalog ADGroupCatalog) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT(adGroupsPath, server), catalog))
}

// Add adds a group. One of that name makes it fail with [ErrExists].
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
func (s *ADGroupsService) Add(ctx context.Context, server string, group ADGroup) (*Result, error) {
	return s.edit(ctx, server, adGroups.add(group))
}

// Replace puts group in the place of the group called name, and keeps members of that one which ADGroup does not know.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
func (s *ADGroupsService) Replace(ctx context.Context, server, name string, group ADGroup) (*Result, error) {
	return s.edit(ctx, server, adGroups.replace(name, group))
}

// Remove removes the group called name.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
func (s *ADGroupsService) Remove(ctx context.Context, server, name string) (*Result, error) {
	return s.edit(ctx, server, adGroups.remove(name))
}

var adGroups = entryEdit[ADGroup]{list: "ad-group", name: func(g *ADGroup) string { return g.Name }}

func (s *ADGroupsService) edit(ctx context.Context, server string, e edit) (*Result, error) {
	return e.run(ctx, s.rest,
		func() *rest.Op { return rest.GET(adGroupsPath, server) },
		func() *rest.Op { return rest.PUT(adGroupsPath, server) })
}

// ADGroupCatalog holds the groups of an Active Directory server.
type ADGroupCatalog struct {
	Items []ADGroup          `json:"ad-group"`
	Extra secureaccess.Extra `json:",embed"`
}

// ADGroup is a group of an Active Directory.
type ADGroup struct {
	Group string             `json:"group"` // domain and group: "CORP/admins"
	Name  string             `json:"name"`  // the same, in every documented example
	SID   string             `json:"sid,omitzero"`
	Extra secureaccess.Extra `json:",embed"`
}
