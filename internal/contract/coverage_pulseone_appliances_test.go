package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneAppliances) }

func pulseoneAppliances(t *testing.T, r *recorder) []call {
	appliances := pulseoneClient(t, r).Appliances
	create := example[pulseone.ApplianceCreate](t, "pulseone.appliances.create")
	orchestrated := example[pulseone.OrchestratedApplianceCreate](t, "pulseone.appliances.create", 1)
	update := example[pulseone.ApplianceUpdate](t, "pulseone.appliances.update")
	list := &pulseone.ApplianceListOptions{
		PageOptions: pulseone.PageOptions{Start: 1, Limit: 100}, Search: "Excellent", SDPMode: pulseone.SDPModeFilterGateway, OrchestrationType: pulseone.OrchestrationTypeFilterAWS,
	}
	const id = pulseoneAppliance
	return []call{
		{id: "pulseone.appliances.list", do: func(ctx context.Context) (any, error) { return appliances.List(ctx, list) }},
		{id: "pulseone.appliances.get", do: func(ctx context.Context) (any, error) { return appliances.Get(ctx, id) }},
		{id: "pulseone.appliances.create", responses: []int{0}, do: func(ctx context.Context) (any, error) { return appliances.Create(ctx, create) }},
		{id: "pulseone.appliances.create", responses: []int{1}, body: 1, do: func(ctx context.Context) (any, error) {
			return appliances.CreateOrchestrated(ctx, orchestrated)
		}},
		{id: "pulseone.appliances.update", do: func(ctx context.Context) (any, error) { return appliances.Update(ctx, id, update) }},
		{id: "pulseone.appliances.delete", do: func(ctx context.Context) (any, error) { return nothing(appliances.Delete(ctx, id)) }},
		{id: "pulseone.appliances.renew_registration_code", do: func(ctx context.Context) (any, error) {
			return appliances.RenewRegistrationCode(ctx, id)
		}},
		{id: "pulseone.appliances.reboot", do: func(ctx context.Context) (any, error) { return nothing(appliances.Reboot(ctx, id)) }},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) { return nothing(appliances.Start(ctx, id)) }},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) { return nothing(appliances.Stop(ctx, id)) }},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) { return nothing(appliances.UpdateOrchestrated(ctx, id)) }},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) { return nothing(appliances.Destroy(ctx, id)) }},
	}
}
