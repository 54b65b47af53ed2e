package contract_test

import (
	"context"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneProfiler) }

func pulseoneProfiler(t *testing.T, r *recorder) []call {
	profiler := pulseoneClient(t, r).Profiler
	endpoints := &pulseone.ProfilerListOptions{
		PageOptions:  pulseone.PageOptions{Start: 1, Limit: 10},
		ApplianceIDs: []string{pulseoneAppliance, pulseoneGroup}, Search: "admin2-PC", CollectorType: pulseone.ProfilerCollectorNmap,
	}
	period := &pulseone.ProfilerStatsOptions{
		ApplianceIDs: []string{pulseoneAppliance},
		From:         time.Date(2016, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2016, 12, 1, 0, 0, 0, 0, time.UTC),
	}
	return []call{
		{id: "pulseone.profiler.list", do: func(ctx context.Context) (any, error) { return asData(profiler.List(ctx, endpoints)) }},
		{id: "pulseone.profiler.get", do: func(ctx context.Context) (any, error) { return profiler.Get(ctx, "00:50:56:bf:5c:98") }},
		{id: "pulseone.profiler.stats_devices", do: func(ctx context.Context) (any, error) { return profiler.CountByOS(ctx, period) }},
		{id: "pulseone.profiler.stats_manufacturers", do: func(ctx context.Context) (any, error) { return profiler.CountByManufacturer(ctx, period) }},
		{id: "pulseone.profiler.stats_categories", do: func(ctx context.Context) (any, error) { return profiler.CountByCategory(ctx, period) }},
		{id: "pulseone.profiler.stats_states", do: func(ctx context.Context) (any, error) { return profiler.CountByState(ctx, period) }},
		{id: "pulseone.profiler.stats_managed_states", do: func(ctx context.Context) (any, error) { return profiler.CountByManagedState(ctx, period) }},
		{id: "pulseone.profiler.stats_profile_changes", do: func(ctx context.Context) (any, error) { return profiler.CountProfileChanges(ctx, period) }},
		{id: "pulseone.profiler.stats_sessions", do: func(ctx context.Context) (any, error) { return profiler.CountSessions(ctx, pulseoneAppliance) }},
	}
}
