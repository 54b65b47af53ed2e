package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneActivities) }

func pulseoneActivities(t *testing.T, r *recorder) []call {
	activities := pulseoneClient(t, r).Activities
	own := pulseone.ActivityListOptions{
		PageOptions: pulseone.PageOptions{Start: 1, Limit: 2}, Direction: pulseone.DirectionDescending, Fields: []string{"message", "time"},
	}
	all := pulseone.ActivityListBySeverityOptions{PageOptions: pulseone.PageOptions{Start: 1, Limit: 2}, Severity: pulseone.SeverityCritical}
	return []call{
		{id: "pulseone.activities.list", do: func(ctx context.Context) (any, error) { return activities.List(ctx, pulseoneAppliance, &own) }},
		{id: "pulseone.activities.list_all", do: func(ctx context.Context) (any, error) { return activities.ListBySeverity(ctx, &all) }},
		{id: "pulseone.activities.get", do: func(ctx context.Context) (any, error) {
			return activities.Get(ctx, pulseoneAppliance, "da39a3ee5e6b4b0d3255bfef95601890afd80709")
		}},
	}
}
