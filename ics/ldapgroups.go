package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// LDAPGroupsService manages the groups that an LDAP authentication server is searched for. The API has only the whole
// list: Add, Replace and Remove read it, change one entry and write it back, and fail with [ErrConcurrentChange]
// rather than undo what somebody else did meanwhile.
type LDAPGroupsService struct{ rest *rest.Client }

const ldapGroupsPath = "/api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups"

// List returns the groups in the catalog of an authentication server.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// Document: Getting All LDAP Group List.
func (s *LDAPGroupsService) List(ctx context.Context, server string) (*LDAPGroupCatalog, error) {
	return read[LDAPGroupCatalog](ctx, s.rest, rest.GET(ldapGroupsPath, server).MayBeEmptyObject())
}

// ReplaceAll replaces the whole catalog; an empty one removes all groups.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// Document: Adding Groups to LDAP, Updating LDAP Source Group, Deleting LDAP Source Group.
func (s *LDAPGroupsService) ReplaceAll(ctx context.Context, server string, catalog LDAPGroupCatalog) (*Result, error) {
	return write(ctx, s.rest, send(rest.PUT(ldapGroupsPath, server), catalog))
}

// Add adds a group. One of that name makes it fail with [ErrExists].
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
func (s *LDAPGroupsService) Add(ctx context.Context, server string, group LDAPGroup) (*Result, error) {
	return s.edit(ctx, server, ldapGroups.add(group))
}

// Replace puts group in the place of the group called name, and keeps members of that one which LDAPGroup does not know.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
func (s *LDAPGroupsService) Replace(ctx context.Context, server, name string, group LDAPGroup) (*Result, error) {
	return s.edit(ctx, server, ldapGroups.replace(name, group))
}

// Remove removes the group called name.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
func (s *LDAPGroupsService) Remove(ctx context.Context, server, name string) (*Result, error) {
	return s.edit(ctx, server, ldapGroups.remove(name))
}

var ldapGroups = entryEdit[LDAPGroup]{list: "user-group", name: func(g *LDAPGroup) string { return g.Name }}

func (s *LDAPGroupsService) edit(ctx context.Context, server string, e edit) (*Result, error) {
	return e.run(ctx, s.rest,
		func() *rest.Op { return rest.GET(ldapGroupsPath, server) },
		func() *rest.Op { return rest.PUT(ldapGroupsPath, server) })
}

// LDAPGroupCatalog holds the groups of an LDAP server.
type LDAPGroupCatalog struct {
	Items []LDAPGroup        `json:"user-group"`
	Extra secureaccess.Extra `json:",embed"`
}

// LDAPGroupType says how the members of a group are found.
type LDAPGroupType string

// LDAPGroupTypeStatic is the one type that the document shows.
const LDAPGroupTypeStatic LDAPGroupType = "static"

// LDAPGroup is a group of an LDAP directory.
type LDAPGroup struct {
	DN    string             `json:"dn"`
	Type  LDAPGroupType      `json:"group-type,omitzero"`
	Name  string             `json:"name"`
	Extra secureaccess.Extra `json:",embed"`
}
