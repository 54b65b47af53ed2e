package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseonePolicies) }

func pulseonePolicies(t *testing.T, r *recorder) []call {
	policies := pulseoneConsole(t, r).Policies
	create := example[pulseone.PolicyCreate](t, "pulseone.policies.create")
	update := example[pulseone.PolicyUpdate](t, "pulseone.policies.update")
	const id = 13
	return []call{
		{id: "pulseone.policies.get", do: func(ctx context.Context) (any, error) { return policies.Get(ctx, id) }},
		{id: "pulseone.policies.create", do: func(ctx context.Context) (any, error) { return policies.Create(ctx, create) }},
		{id: "pulseone.policies.update", do: func(ctx context.Context) (any, error) { return policies.Update(ctx, id, update) }},
		{
			id:      "pulseone.policies.delete",
			without: map[string]string{"/success": "false is an error", "/msg": "says that it is done"},
			do:      func(ctx context.Context) (any, error) { return struct{}{}, policies.Delete(ctx, id) },
		},
		{id: "pulseone.properties.list_global", do: func(ctx context.Context) (any, error) { return policies.ListGlobalProperties(ctx) }},
		{id: "pulseone.properties.list_policy", do: func(ctx context.Context) (any, error) { return policies.ListProperties(ctx, 1) }},
	}
}
