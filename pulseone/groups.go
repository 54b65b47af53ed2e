package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// GroupsService manages configuration groups: appliances that take parts of their configuration from one of them, the
// master. Document: Appliance Groups.
type GroupsService struct{ rest *rest.Client }

// List returns all groups with their members.
//
// GET /api/v1/sa/groups
func (s *GroupsService) List(ctx context.Context) ([]Group, error) {
	return items[Group](ctx, s.rest, rest.GET("/api/v1/sa/groups"))
}

// Get returns one group with its members.
//
// GET /api/v1/sa/groups/{group_id}
func (s *GroupsService) Get(ctx context.Context, id string) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.GET("/api/v1/sa/groups/{group_id}", id))
}

// Create creates a group. It has neither master nor block types yet: [GroupsService.UpdateConfig] sets them, and
// before that nothing can be published.
//
// POST /api/v1/sa/groups
func (s *GroupsService) Create(ctx context.Context, body GroupCreate) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.POST("/api/v1/sa/groups").JSON(body).Require("name", body.Name))
}

// Update changes name and description.
//
// PUT /api/v1/sa/groups/{group_id}
func (s *GroupsService) Update(ctx context.Context, id string, body GroupUpdate) (*Group, error) {
	return rest.Do[Group](ctx, s.rest, rest.PUT("/api/v1/sa/groups/{group_id}", id).JSON(body).Require("name", body.Name))
}

// Delete deletes a group. Its appliances stay, without a group.
//
// DELETE /api/v1/sa/groups/{group_id}
func (s *GroupsService) Delete(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/groups/{group_id}", id))
}

// ListMembers returns the members of a group. Their states are in what [GroupsService.Get] returns.
//
// GET /api/v1/sa/groups/{group_id}/members
func (s *GroupsService) ListMembers(ctx context.Context, id string) ([]GroupMember, error) {
	group, err := rest.Do[groupMembers](ctx, s.rest, rest.GET("/api/v1/sa/groups/{group_id}/members", id))
	if err != nil {
		return nil, err
	}
	return group.Members, nil
}

// AddMember adds one appliance to a group. An appliance in a cluster cannot join.
//
// POST /api/v1/sa/groups/{group_id}/members/{appliance_id}
func (s *GroupsService) AddMember(ctx context.Context, id, applianceID string) error {
	return send(ctx, s.rest, rest.POST("/api/v1/sa/groups/{group_id}/members/{appliance_id}", id, applianceID))
}

// AddMembers adds appliances to a group, all at once.
//
// POST /api/v1/sa/groups/{group_id}
func (s *GroupsService) AddMembers(ctx context.Context, id string, applianceIDs ...string) error {
	list := groupMembers{ID: id, Members: make([]GroupMember, len(applianceIDs))}
	for i, applianceID := range applianceIDs {
		list.Members[i].ApplianceID = applianceID
	}
	op := rest.POST("/api/v1/sa/groups/{group_id}", id).RequireEach("appliance_ids", applianceIDs)
	return send(ctx, s.rest, op.JSON(list))
}

// RemoveMember takes one appliance out of a group.
//
// DELETE /api/v1/sa/groups/{group_id}/members/{appliance_id}
func (s *GroupsService) RemoveMember(ctx context.Context, id, applianceID string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/groups/{group_id}/members/{appliance_id}", id, applianceID))
}

// GetConfig returns master, block types and state of a group.
//
// GET /api/v1/sa/groups/{group_id}/config
func (s *GroupsService) GetConfig(ctx context.Context, id string) (*GroupConfig, error) {
	return rest.Do[GroupConfig](ctx, s.rest, rest.GET("/api/v1/sa/groups/{group_id}/config", id))
}

// UpdateConfig sets master and block types of a group. Both are needed before it can be published.
//
// PUT /api/v1/sa/groups/{group_id}/config
//
// A master that does not go with the group is [CodeGroupMasterApplianceConflict].
func (s *GroupsService) UpdateConfig(ctx context.Context, id string, body GroupConfigUpdate) error {
	op := rest.PUT("/api/v1/sa/groups/{group_id}/config", id).JSON(body).Require("master_appliance_id", body.MasterApplianceID)
	if body.BlockTypes == nil {
		op.Require("block_types", "")
	}
	return send(ctx, s.rest, op)
}

// Publish sends the group's configuration to all its members. It returns when Pulse One has begun;
// [GroupsService.WaitInSync] waits for the end.
//
// POST /api/v1/sa/groups/{group_id}/commands/publish
func (s *GroupsService) Publish(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.POST("/api/v1/sa/groups/{group_id}/commands/publish", id))
}

// PublishTo sends the group's configuration to some of its members, at least one. It returns when Pulse One has begun;
// [GroupsService.WaitInSync] waits for the end.
//
// POST /api/v1/sa/groups/{group_id}/commands/publish
//
// The document's list of entities calls the member of the body "item", its example "items", which is what is sent: a
// server that reads the other name publishes to all members. One that is no member is
// [CodeGroupTargetApplianceConflict].
func (s *GroupsService) PublishTo(ctx context.Context, id string, applianceIDs ...string) error {
	op := rest.POST("/api/v1/sa/groups/{group_id}/commands/publish", id).RequireEach("appliance_ids", applianceIDs)
	return send(ctx, s.rest, op.JSON(publishTargets{Items: applianceIDs}))
}

// Group is a configuration group.
type Group struct {
	ID                string        `json:"id"`
	Name              string        `json:"name"`
	Description       string        `json:"description,omitzero"`
	MasterApplianceID string        `json:"master_appliance_id,omitzero"` // "" until it is set
	ConfigState       GroupState    `json:"config_state,omitzero"`
	Members           []GroupMember `json:"members,omitzero"` // nil in the results of Create and Update
}

// GroupMember is an appliance, or a cluster, that takes its configuration from the group's master.
type GroupMember struct {
	ApplianceID string      `json:"appliance_id"`
	ConfigState ConfigState `json:"config_state,omitzero"`
}

// groupMembers is a group as a set.
type groupMembers struct {
	ID      string        `json:"id"` // of the group
	Members []GroupMember `json:"members"`
}

// GroupCreate describes a new group.
type GroupCreate struct {
	Name        string `json:"name"`                 // at most 255 characters
	Description string `json:"description,omitzero"` // at most 255 characters
}

// GroupUpdate is what can be changed of a group.
type GroupUpdate struct {
	Name        string  `json:"name"`                 // at most 255 characters; always sent
	Description *string `json:"description,omitzero"` // at most 255 characters; nil leaves it out
}

// GroupConfig is what a group distributes.
type GroupConfig struct {
	MasterApplianceID string     `json:"master_appliance_id,omitzero"` // always an appliance, never a cluster
	BlockTypes        []string   `json:"block_types"`                  // "system.configuration.security", "user-roles.user-role", ...
	ConfigState       GroupState `json:"config_state,omitzero"`
}

// GroupConfigUpdate sets what a group distributes, as a whole.
type GroupConfigUpdate struct {
	MasterApplianceID string   `json:"master_appliance_id"`
	BlockTypes        []string `json:"block_types"` // empty, but not nil, takes all types away
}

type publishTargets struct {
	Items []string `json:"items"`
}
