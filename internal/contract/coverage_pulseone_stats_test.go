package contract_test

import (
	"context"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneStats) }

func pulseoneStats(t *testing.T, r *recorder) []call {
	client := pulseoneClient(t, r)
	stats, appliances := client.Stats, client.Appliances
	ids := []string{pulseoneAppliance}
	until := &pulseone.StatsOptions{ApplianceIDs: ids, To: time.Date(2015, 3, 13, 13, 34, 52, 0, time.UTC)}
	days := &pulseone.CloudSecureOptions{ApplianceIDs: ids, Limit: 5, Days: 1, Resolution: pulseone.ResolutionHour}
	period := &pulseone.CloudSecureOptions{From: time.Unix(1483660938, 0), To: time.Unix(1483747338, 0)}
	cpu := pulseone.Threshold{
		Type: pulseone.ThresholdTypeHealth, Metric: "cpu_utilization", Operation: pulseone.ThresholdOperationGreater, Value: 30,
	}
	return []call{
		{
			id: "pulseone.health_stats.get", at: "/result", responses: []int{0}, without: map[string]string{"/id": "names the response and nothing else"},
			do: func(ctx context.Context) (any, error) { return stats.Health(ctx, pulseoneAppliance) },
		},
		{id: "pulseone.health_stats.get", responses: []int{1}, do: func(ctx context.Context) (any, error) { return stats.Health(ctx, pulseoneAppliance) }},
		{id: "pulseone.health_stats.aggregate", do: func(ctx context.Context) (any, error) {
			return stats.AggregateHealth(ctx, 7, pulseone.ResolutionHour, until)
		}},
		{id: "pulseone.endpoint_stats.aggregate", do: func(ctx context.Context) (any, error) {
			return stats.AggregateEndpoints(ctx, 7, pulseone.ResolutionHour, until)
		}},
		{id: "pulseone.cloudsecure.stats", do: func(ctx context.Context) (any, error) { return stats.CloudSecure(ctx, days) }},
		{id: "pulseone.cloudsecure.stats", do: func(ctx context.Context) (any, error) { return stats.CloudSecure(ctx, period) }},
		{id: "pulseone.stats.threshold", at: "/items", do: func(ctx context.Context) (any, error) { return stats.FindAppliances(ctx, cpu) }},
		{id: "pulseone.stats.info", do: func(ctx context.Context) (any, error) { return stats.Info(ctx) }},
		{id: "pulseone.appliance_info.get", do: func(ctx context.Context) (any, error) { return appliances.Info(ctx, pulseoneAppliance) }},
		{id: "pulseone.config_status.get", do: func(ctx context.Context) (any, error) { return client.Configs.Status(ctx, pulseoneAppliance) }},
		{id: "pulseone.sdp.controller_login", at: "/controller_login_url", do: func(ctx context.Context) (any, error) { return appliances.SDPControllerLogin(ctx) }},
	}
}
