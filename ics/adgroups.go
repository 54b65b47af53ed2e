package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ADGroupsService keeps the groups that an Active Directory authentication server is searched for. The wire knows only
// the whole list: Add, Replace and Remove read it, change one entry and write it back, and fail with
// [ErrConcurrentChange] rather than undo what somebody else did meanwhile.
type ADGroupsService struct{ rest *rest.Client }

const adGroupsPath = "/api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups"

// List returns the groups in the catalogue of an authentication server.
//
// GET /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// Document: Getting Active Directory Search Groups.
func (s *ADGroupsService) List(ctx context.Context, server string) (*ADGroupCatalog, error) {
	return read[ADGroupCatalog](ctx, s.rest, rest.GET(adGroupsPath, server))
}

// Set replaces the whole catalogue; an empty one removes all groups. New groups have no SID: the directory gives it.
//
// PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
//
// Document: Adding Search Group to Active Directory, Updating Active Directory Group, Deleting Active Directory Groups.
func (s *ADGroupsService) Set(ctx context.Context, server string, catalog ADGroupCatalog) (*Result, error) {
	return write(ctx, s.rest, rest.PUT(adGroupsPath, server).JSON(catalog))
}

// Add adds a group. One of that name makes it fail with [ErrExists].
//
// GET and PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
func (s *ADGroupsService) Add(ctx context.Context, server string, group ADGroup) (*Result, error) {
	return s.edit(ctx, server, adGroups.add(group))
}

// Replace puts group in the place of the group called name, and keeps members of that one which ADGroup does not know.
//
// GET and PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
func (s *ADGroupsService) Replace(ctx context.Context, server, name string, group ADGroup) (*Result, error) {
	return s.edit(ctx, server, adGroups.replace(name, group))
}

// Remove removes the group called name.
//
// GET and PUT /api/v1/configuration/authentication/auth-servers/auth-server/{auth_server}/ad/server-catalog/groups
func (s *ADGroupsService) Remove(ctx context.Context, server, name string) (*Result, error) {
	return s.edit(ctx, server, adGroups.remove(name))
}

var adGroups = entryEdit[ADGroup]{list: "ad-group", name: func(g *ADGroup) string { return g.Name }}

func (s *ADGroupsService) edit(ctx context.Context, server string, change func([]json.RawMessage) ([]json.RawMessage, error)) (*Result, error) {
	return editCatalog(ctx, s.rest, adGroupsPath, server, adGroups.list, change)
}

// editCatalog edits a list of the server catalogue of an authentication server.
func editCatalog(ctx context.Context, c *rest.Client, path, server, list string, change func([]json.RawMessage) ([]json.RawMessage, error)) (*Result, error) {
	return editList(ctx, list, change,
		func(ctx context.Context) (rawObject, error) {
			object, err := read[rawObject](ctx, c, rest.GET(path, server))
			if err != nil {
				return nil, err
			}
			return *object, nil
		},
		func(ctx context.Context, object rawObject) (*Result, error) {
			return write(ctx, c, rest.PUT(path, server).JSON(object))
		},
	)
}

// ADGroupCatalog is the list of groups of an Active Directory server.
type ADGroupCatalog struct {
	Groups []ADGroup `json:"ad-group"`
	Extra  Extra     `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (c *ADGroupCatalog) UnmarshalJSON(data []byte) error {
	type plain ADGroupCatalog
	return openInto(data, (*plain)(c), &c.Extra)
}

// MarshalJSON writes the fields and Extra; no groups are an empty list.
func (c ADGroupCatalog) MarshalJSON() ([]byte, error) {
	type plain ADGroupCatalog
	if c.Groups == nil {
		c.Groups = []ADGroup{}
	}
	return open.Encode(plain(c), c.Extra)
}

// ADGroup is a group of an Active Directory.
type ADGroup struct {
	Group string `json:"group"` // domain and group: "CORP/admins"
	Name  string `json:"name"`  // the same, in every documented example
	SID   string `json:"sid,omitzero"`
	Extra Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (g *ADGroup) UnmarshalJSON(data []byte) error {
	type plain ADGroup
	return openInto(data, (*plain)(g), &g.Extra)
}

// MarshalJSON writes the fields and Extra.
func (g ADGroup) MarshalJSON() ([]byte, error) {
	type plain ADGroup
	return open.Encode(plain(g), g.Extra)
}
