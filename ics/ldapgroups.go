package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// LDAPGroupsService keeps the groups that an LDAP authentication server is searched for. The wire knows only the whole
// list: Add, Replace and Remove read it, change one entry and write it back, and fail with [ErrConcurrentChange]
// rather than undo what somebody else did meanwhile.
type LDAPGroupsService struct{ rest *rest.Client }

const ldapGroupsPath = "/api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups"

// List returns the groups in the catalogue of an authentication server.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// Document: Getting All LDAP Group List.
func (s *LDAPGroupsService) List(ctx context.Context, server string) (*LDAPGroupCatalog, error) {
	return read[LDAPGroupCatalog](ctx, s.rest, rest.GET(ldapGroupsPath, server))
}

// Set replaces the whole catalogue; an empty one removes all groups.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
//
// Document: Adding Groups to LDAP, Updating LDAP Source Group, Deleting LDAP Source Group.
func (s *LDAPGroupsService) Set(ctx context.Context, server string, catalog LDAPGroupCatalog) (*Result, error) {
	return write(ctx, s.rest, rest.PUT(ldapGroupsPath, server).JSON(catalog))
}

// Add adds a group. One of that name makes it fail with [ErrExists].
//
// GET and PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
func (s *LDAPGroupsService) Add(ctx context.Context, server string, group LDAPGroup) (*Result, error) {
	return s.edit(ctx, server, ldapGroups.add(group))
}

// Replace puts group in the place of the group called name, and keeps members of that one which LDAPGroup does not know.
//
// GET and PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
func (s *LDAPGroupsService) Replace(ctx context.Context, server, name string, group LDAPGroup) (*Result, error) {
	return s.edit(ctx, server, ldapGroups.replace(name, group))
}

// Remove removes the group called name.
//
// GET and PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ldap/server-catalog/groups
func (s *LDAPGroupsService) Remove(ctx context.Context, server, name string) (*Result, error) {
	return s.edit(ctx, server, ldapGroups.remove(name))
}

var ldapGroups = entryEdit[LDAPGroup]{list: "user-group", name: func(g *LDAPGroup) string { return g.Name }}

func (s *LDAPGroupsService) edit(ctx context.Context, server string, change func([]json.RawMessage) ([]json.RawMessage, error)) (*Result, error) {
	return editCatalog(ctx, s.rest, ldapGroupsPath, server, ldapGroups.list, change)
}

// LDAPGroupCatalog is the list of groups of an LDAP server.
type LDAPGroupCatalog struct {
	Groups []LDAPGroup `json:"user-group"`
	Extra  Extra       `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (c *LDAPGroupCatalog) UnmarshalJSON(data []byte) error {
	type plain LDAPGroupCatalog
	return openInto(data, (*plain)(c), &c.Extra)
}

// MarshalJSON writes the fields and Extra; no groups are an empty list.
func (c LDAPGroupCatalog) MarshalJSON() ([]byte, error) {
	type plain LDAPGroupCatalog
	if c.Groups == nil {
		c.Groups = []LDAPGroup{}
	}
	return open.Encode(plain(c), c.Extra)
}

// LDAPGroupType says how the members of a group are found.
type LDAPGroupType string

// LDAPGroupStatic is the one type that the document shows.
const LDAPGroupStatic LDAPGroupType = "static"

// LDAPGroup is a group of an LDAP directory.
type LDAPGroup struct {
	DN    string        `json:"dn"`
	Type  LDAPGroupType `json:"group-type,omitzero"`
	Name  string        `json:"name"`
	Extra Extra         `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (g *LDAPGroup) UnmarshalJSON(data []byte) error {
	type plain LDAPGroup
	return openInto(data, (*plain)(g), &g.Extra)
}

// MarshalJSON writes the fields and Extra.
func (g LDAPGroup) MarshalJSON() ([]byte, error) {
	type plain LDAPGroup
	return open.Encode(plain(g), g.Extra)
}
