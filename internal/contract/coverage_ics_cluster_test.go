package contract_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsCluster) }

func icsCluster(t *testing.T, r *recorder) []call {
	cluster := icsClient(t, r).Cluster
	member := example[ics.ClusterMemberCreate](t, "ics.cluster.add_member")
	create := ics.ClusterCreate{Name: "cluster1", Password: secureaccess.NewSecret("dana123"), MemberName: "nodeA"}
	join := ics.ClusterJoin{Name: "cluster", Password: secureaccess.NewSecret("xxxxx"), MemberAddress: "<IP Address>"}
	return []call{
		{id: "ics.cluster.create", at: "/result", do: func(ctx context.Context) (any, error) { return cluster.Create(ctx, create) }},
		{id: "ics.cluster.join", at: "/result", do: func(ctx context.Context) (any, error) { return cluster.Join(ctx, join) }},
		{id: "ics.cluster.add_member", at: "/result", do: func(ctx context.Context) (any, error) { return cluster.AddMember(ctx, member) }},
		{id: "ics.cluster.get_status", do: func(ctx context.Context) (any, error) { return cluster.Info(ctx) }},
		{id: "ics.cluster.delete_member", at: "/result", do: func(ctx context.Context) (any, error) { return cluster.RemoveMember(ctx, "node225") }},
		{id: "ics.cluster.vip_failover", responses: []int{0}, at: "/result", do: func(ctx context.Context) (any, error) { return cluster.FailOverVIP(ctx) }},
		{id: "ics.cluster.vip_failover", responses: []int{1}, at: "/result", do: func(ctx context.Context) (any, error) {
			_, err := cluster.FailOverVIP(ctx)
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, ics.CodeNotActivePassiveCluster) || !errors.Is(err, ics.ErrRefused) || len(failure.Messages) != 1 {
				return nil, fmt.Errorf("the refusal is %v", err)
			}
			return &ics.Result{Info: []ics.Message{{Text: failure.Messages[0]}}}, nil
		}},
	}
}
