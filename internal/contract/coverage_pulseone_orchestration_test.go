package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneOrchestration) }

func pulseoneOrchestration(t *testing.T, r *recorder) []call {
	orchestration := pulseoneClient(t, r).Orchestration
	create := example[pulseone.OrchestrationConfigCreate](t, "pulseone.orchestration.create")
	update := example[pulseone.OrchestrationConfigUpdate](t, "pulseone.orchestration.update")
	const id = pulseoneAppliance
	return []call{
		{id: "pulseone.orchestration.get", do: func(ctx context.Context) (any, error) { return orchestration.Get(ctx, id) }},
		{id: "pulseone.orchestration.create", do: func(ctx context.Context) (any, error) { return orchestration.Create(ctx, id, create) }},
		{id: "pulseone.orchestration.update", do: func(ctx context.Context) (any, error) { return nothing(orchestration.Update(ctx, id, update)) }},
		{id: "pulseone.orchestration.init_config", do: func(ctx context.Context) (any, error) { return orchestration.InitConfig(ctx, id) }},
	}
}
