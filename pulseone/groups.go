package pulseone

import (
	"context"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
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
func (s *GroupsService) Create(ctx context.Context, group *GroupCreate) (*Group, error) {
	op := rest.POST("/api/v1/sa/groups")
	if group == nil {
		return rest.Do[Group](ctx, s.rest, op.Require("group", ""))
	}
	return rest.Do[Group](ctx, s.rest, labels(op.Require("name", group.Name).JSON(group), group.Name, group.Description))
}

// Update changes name and description.
//
// PUT /api/v1/sa/groups/{group_id}
func (s *GroupsService) Update(ctx context.Context, id string, update *GroupUpdate) (*Group, error) {
	op := rest.PUT("/api/v1/sa/groups/{group_id}", id)
	if update == nil {
		return rest.Do[Group](ctx, s.rest, op.Require("update", ""))
	}
	description := ""
	if update.Description != nil {
		description = *update.Description
	}
	return rest.Do[Group](ctx, s.rest, labels(op.Require("name", update.Name).JSON(update), update.Name, description))
}

// Delete deletes a group. Its appliances stay, without a group.
//
// DELETE /api/v1/sa/groups/{group_id}
func (s *GroupsService) Delete(ctx context.Context, id string) error {
	return rest.Send(ctx, s.rest, rest.DELETE("/api/v1/sa/groups/{group_id}", id))
}

// Members returns the members of a group. Their states are in what [GroupsService.Get] returns.
//
// GET /api/v1/sa/groups/{group_id}/members
func (s *GroupsService) Members(ctx context.Context, id string) (*GroupMembers, error) {
	return rest.Do[GroupMembers](ctx, s.rest, rest.GET("/api/v1/sa/groups/{group_id}/members", id))
}

// AddMember adds one appliance to a group. An appliance in a cluster cannot join.
//
// POST /api/v1/sa/groups/{group_id}/members/{appliance_id}
func (s *GroupsService) AddMember(ctx context.Context, id, applianceID string) error {
	return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/groups/{group_id}/members/{appliance_id}", id, applianceID))
}

// AddMembers adds appliances to a group, all at once.
//
// POST /api/v1/sa/groups/{group_id}
func (s *GroupsService) AddMembers(ctx context.Context, id string, applianceIDs ...string) error {
	list := GroupMembers{ID: id, Members: []GroupMember{}}
	op := rest.POST("/api/v1/sa/groups/{group_id}", id)
	if len(applianceIDs) == 0 {
		op.Require("appliance ids", "")
	}
	for _, applianceID := range applianceIDs {
		op.Require("appliance id", applianceID)
		list.Members = append(list.Members, GroupMember{ApplianceID: applianceID})
	}
	return rest.Send(ctx, s.rest, op.JSON(list))
}

// RemoveMember takes one appliance out of a group.
//
// DELETE /api/v1/sa/groups/{group_id}/members/{appliance_id}
func (s *GroupsService) RemoveMember(ctx context.Context, id, applianceID string) error {
	return rest.Send(ctx, s.rest, rest.DELETE("/api/v1/sa/groups/{group_id}/members/{appliance_id}", id, applianceID))
}

// Config returns master, block types and state of a group.
//
// GET /api/v1/sa/groups/{group_id}/config
func (s *GroupsService) Config(ctx context.Context, id string) (*GroupConfig, error) {
	return rest.Do[GroupConfig](ctx, s.rest, rest.GET("/api/v1/sa/groups/{group_id}/config", id))
}

// UpdateConfig sets master and block types of a group. Both are needed before it can be published.
//
// PUT /api/v1/sa/groups/{group_id}/config
//
// A master that does not go with the group is [CodeGroupMasterApplianceConflict].
func (s *GroupsService) UpdateConfig(ctx context.Context, id string, config *GroupConfigUpdate) error {
	op := rest.PUT("/api/v1/sa/groups/{group_id}/config", id)
	if config == nil {
		return rest.Send(ctx, s.rest, op.Require("config", ""))
	}
	if config.BlockTypes == nil {
		op.Require("block_types", "")
	}
	return rest.Send(ctx, s.rest, op.Require("master_appliance_id", config.MasterApplianceID).JSON(config))
}

// Publish sends the group's configuration to all its members, or to those named. It returns when Pulse One has begun;
// [GroupsService.WaitInSync] waits for the end.
//
// POST /api/v1/sa/groups/{group_id}/commands/publish
func (s *GroupsService) Publish(ctx context.Context, id string, applianceIDs ...string) error {
	op := rest.POST("/api/v1/sa/groups/{group_id}/commands/publish", id)
	for _, applianceID := range applianceIDs {
		op.Require("appliance id", applianceID)
	}
	if len(applianceIDs) > 0 {
		op.JSON(publishTargets{Items: applianceIDs})
	}
	return rest.Send(ctx, s.rest, op)
}

// maxLabel is the documented length of names and descriptions.
const maxLabel = 255

func labels(op *rest.Op, name, description string) *rest.Op {
	for argument, text := range map[string]string{"name": name, "description": description} {
		if utf8.RuneCountInString(text) > maxLabel {
			op.Refuse(&secureaccess.ArgumentError{Argument: argument, Reason: "has more than 255 characters"})
		}
	}
	return op
}

// Group is a configuration group.
type Group struct {
	ID                string        `json:"id"`
	Name              string        `json:"name"`
	Description       string        `json:"description,omitzero"`
	MasterApplianceID string        `json:"master_appliance_id,omitzero"` // "" until it is set
	ConfigState       GroupState    `json:"config_state,omitzero"`
	Members           []GroupMember `json:"members,omitzero"` // nil in answers to Create and Update
}

// GroupMember is an appliance, or a cluster, that takes its configuration from the group's master.
type GroupMember struct {
	ApplianceID string      `json:"appliance_id"`
	ConfigState ConfigState `json:"config_state,omitzero"`
}

// GroupMembers are the members of a group.
type GroupMembers struct {
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

// GroupState is the state of a group towards its members. The document spells some states in several ways; compare
// with the methods rather than the constants. Unknown states count as under way.
type GroupState string

// The states as the document's list has them.
const (
	GroupUnknown           GroupState = "unknown" // the master has not reported a configuration
	GroupInSync            GroupState = "in_sync"
	GroupRendering         GroupState = "group_rendering" // configurations are being computed
	GroupPublishRequired   GroupState = "publish_required"
	GroupPublishInProgress GroupState = "publish_in-progress"
	GroupPublishConflict   GroupState = "publish_conflict"
	GroupPublishFailed     GroupState = "publish_failed"
)

// ConfigState is the state of a member's configuration, or of an appliance's. The document spells some states in
// several ways; compare with the methods rather than the constants.
type ConfigState string

// The states as the document's list has them.
const (
	ConfigInSync          ConfigState = "in_sync"
	ConfigRenderingGroup  ConfigState = "rendering_group"
	ConfigRendering       ConfigState = "rendering"
	ConfigPublishRequired ConfigState = "publish_required"
	ConfigPublishing      ConfigState = "publishing"
	ConfigConflict        ConfigState = "conflict"
	ConfigIgnore          ConfigState = "ignore" // its own configuration was kept on purpose
	ConfigPublishFailed   ConfigState = "publish_failed"
	ConfigUnknown         ConfigState = "unknown"
)

// Conflict reports whether the member runs something else than the group wants, and will not change it by itself.
func (s ConfigState) Conflict() bool { return s == ConfigConflict || s == "publish_conflict" }

// Failed reports whether publishing to the member failed.
func (s ConfigState) Failed() bool { return s == ConfigPublishFailed }

// Settled reports whether there is nothing left to do: the member is in sync, or was told to keep what it has.
func (s ConfigState) Settled() bool {
	return s == ConfigInSync || s == ConfigIgnore || s == "publish_ignore"
}
