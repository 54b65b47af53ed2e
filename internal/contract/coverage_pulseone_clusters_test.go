package contract_test

import (
	"context"
	"testing"
)

func init() { covers("pulseone", pulseoneClusters) }

func pulseoneClusters(t *testing.T, r *recorder) []call {
	clusters := pulseoneClient(t, r).Clusters
	return []call{
		{id: "pulseone.appliance_clusters.list", at: "/items", do: func(ctx context.Context) (any, error) { return clusters.List(ctx) }},
		{id: "pulseone.cluster.info", do: func(ctx context.Context) (any, error) { return clusters.Info(ctx) }},
	}
}
