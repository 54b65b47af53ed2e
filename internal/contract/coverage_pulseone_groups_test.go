package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneGroups) }

func pulseoneGroups(t *testing.T, r *recorder) []call {
	groups := pulseoneClient(t, r).Groups
	create := example[pulseone.GroupCreate](t, "pulseone.appliance_groups.create")
	update := example[pulseone.GroupUpdate](t, "pulseone.appliance_groups.update")
	config := example[pulseone.GroupConfigUpdate](t, "pulseone.appliance_groups.update_config")
	const id = pulseoneGroup
	return []call{
		{id: "pulseone.appliance_groups.list", at: "/items", do: func(ctx context.Context) (any, error) { return groups.List(ctx) }},
		{id: "pulseone.appliance_groups.get", do: func(ctx context.Context) (any, error) { return groups.Get(ctx, id) }},
		{id: "pulseone.appliance_groups.create", do: func(ctx context.Context) (any, error) { return groups.Create(ctx, create) }},
		{id: "pulseone.appliance_groups.update", do: func(ctx context.Context) (any, error) { return groups.Update(ctx, id, update) }},
		{id: "pulseone.appliance_groups.delete", do: func(ctx context.Context) (any, error) { return nothing(groups.Delete(ctx, id)) }},
		{id: "pulseone.appliance_groups.list_members", at: "/members", without: map[string]string{"/id": "the group's own id, which the caller gave"}, do: func(ctx context.Context) (any, error) {
			return groups.ListMembers(ctx, id)
		}},
		{id: "pulseone.appliance_groups.add_member", do: func(ctx context.Context) (any, error) {
			return nothing(groups.AddMember(ctx, id, pulseoneAppliance))
		}},
		{id: "pulseone.appliance_groups.remove_member", do: func(ctx context.Context) (any, error) {
			return nothing(groups.RemoveMember(ctx, id, pulseoneAppliance))
		}},
		{id: "pulseone.appliance_groups.add_members", do: func(ctx context.Context) (any, error) {
			return nothing(groups.AddMembers(ctx, id, "dc42aa5d-2bc4-4c4b-bbac-10a1cfdb9c1a", "9165d9ad-6eee-42fd-b308-3c2728989988"))
		}},
		{id: "pulseone.appliance_groups.get_config", do: func(ctx context.Context) (any, error) { return groups.GetConfig(ctx, id) }},
		{id: "pulseone.appliance_groups.update_config", do: func(ctx context.Context) (any, error) {
			return nothing(groups.UpdateConfig(ctx, id, config))
		}},
		{id: "pulseone.appliance_groups.publish", ownBody: true, do: func(ctx context.Context) (any, error) { return nothing(groups.Publish(ctx, id)) }},
		{id: "pulseone.appliance_groups.publish", do: func(ctx context.Context) (any, error) {
			return nothing(groups.PublishTo(ctx, id, "c1e6e13b-0c76-49ec-a08a-5bcdfe66268b"))
		}},
	}
}
