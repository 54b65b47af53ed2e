package sase

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// GroupsService manages access groups and who is in them.
type GroupsService struct{ rest *rest.Client }

// List returns one page of groups.
//
// GET /v1/groups
//
// The service's own page size applies where Limit is 0. Groups cannot be searched.
//
// Document: Groups.
func (s *GroupsService) List(ctx context.Context, opts *GroupListOptions) (*Page[Group], error) {
	return list[Group](ctx, s.rest, rest.GET("/v1/groups"), opts)
}

// All iterates over groups, from the page that opts name or the first, 100 at a time unless opts say less, and shows
// nothing twice.
//
// GET /v1/groups
//
// It ends with [secureaccess.ErrListIncomplete] when the service announced more groups than it gave.
func (s *GroupsService) All(ctx context.Context, opts *GroupListOptions) iter.Seq2[Group, error] {
	return all(ctx, opts, func(g *Group) string { return g.ID }, s.List)
}

// Create adds a group. The document requires neither field of it, not even a name.
//
// POST /v1/groups
//
// Document: Groups.
func (s *GroupsService) Create(ctx context.Context, body GroupCreate) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.POST("/v1/groups").JSON(body))
}

// Delete removes a group and returns what was removed, an empty Group when the server says no more than that it is done.
// Its members stay users.
//
// DELETE /v1/groups/{id}
//
// Document: Groups.
func (s *GroupsService) Delete(ctx context.Context, id string) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.DELETE("/v1/groups/{id}", id))
}

// AddMember puts a user into a group and returns the group as it is then.
//
// POST /v1/groups/{groupId}/member/{userId}
//
// Document: Groups.
func (s *GroupsService) AddMember(ctx context.Context, groupID, userID string) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.POST("/v1/groups/{groupId}/member/{userId}", groupID, userID))
}

// RemoveMember takes a user out of a group and returns the group as it is then, an empty Group when the server says no
// more than that it is done.
//
// DELETE /v1/groups/{groupId}/member/{userId}
//
// Document: Groups.
func (s *GroupsService) RemoveMember(ctx context.Context, groupID, userID string) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.DELETE("/v1/groups/{groupId}/member/{userId}", groupID, userID))
}

// GroupListOptions choose the page of groups.
type GroupListOptions struct {
	PageOptions
}

// Group is an access group: who may reach what.
type Group struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	IsDefault    bool     `json:"isDefault"`
	Applications []string `json:"applications"`
	Networks     []string `json:"networks"`
	VPNLocations []string `json:"vpnLocations"`
	Users        []string `json:"users"` // ids of the members
}

// GroupCreate is a group to add.
type GroupCreate struct {
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"` // not returned in Group
}
