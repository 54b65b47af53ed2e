package contract_test

import (
	"context"
	"testing"
)

func init() { covers("pulseone", pulseoneBackups) }

func pulseoneBackups(t *testing.T, r *recorder) []call {
	backups := pulseoneClient(t, r).Backups
	const id = "28374bca-efef-11f5-8e5b-0242ac13000d"
	return []call{
		{id: "pulseone.backups.list", at: "/backups", do: func(ctx context.Context) (any, error) { return backups.List(ctx) }},
		{id: "pulseone.backups.get_metadata", do: func(ctx context.Context) (any, error) { return backups.Get(ctx, id) }},
		{id: "pulseone.backups.head_metadata", do: func(ctx context.Context) (any, error) { return backups.ContentSize(ctx, id) }},
		{id: "pulseone.backups.delete", do: func(ctx context.Context) (any, error) { return nothing(backups.Delete(ctx, id)) }},
	}
}
