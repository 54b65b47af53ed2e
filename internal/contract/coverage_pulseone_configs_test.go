package contract_test

import (
	"context"
	"testing"
)

func init() { covers("pulseone", pulseoneConfigs) }

func pulseoneConfigs(t *testing.T, r *recorder) []call {
	const (
		id         = pulseoneAppliance
		running    = "6962ca575e339134ea0ccf76720e13a7992ee0f8"
		prescribed = "115ae467ed7f8b79a506ca9ce6642fa814237d46"
	)
	configs := pulseoneClient(t, r).Configs
	return []call{
		{id: "pulseone.appliance_configs.get_head", do: func(ctx context.Context) (any, error) { return configs.GetHead(ctx, id) }},
		{id: "pulseone.appliance_configs.put_head", do: func(ctx context.Context) (any, error) {
			return nothing(configs.ReportHead(ctx, id, running))
		}},
		{id: "pulseone.appliance_configs.rollback_head", do: func(ctx context.Context) (any, error) {
			return nothing(configs.Rollback(ctx, id, running, prescribed))
		}},
		{id: "pulseone.appliance_configs.roll_forward_head", do: func(ctx context.Context) (any, error) {
			return nothing(configs.RollForward(ctx, id, running))
		}},
		{id: "pulseone.appliance_configs.promote_head", do: func(ctx context.Context) (any, error) {
			return nothing(configs.Promote(ctx, id, running, prescribed))
		}},
		{id: "pulseone.appliance_configs.list_commits", at: "/items", do: func(ctx context.Context) (any, error) { return configs.ListCommits(ctx, id) }},
		{id: "pulseone.appliance_configs.diff_commits", at: "/items", do: func(ctx context.Context) (any, error) {
			return configs.Diff(ctx, running, prescribed)
		}},
	}
}
