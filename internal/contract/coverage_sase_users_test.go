package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/sase"
)

func init() { covers("sase", saseUsers) }

func saseUsers(t *testing.T, r *recorder) []call {
	c := saseClient(t, r)
	user := example[sase.UserCreate](t, "sase.users.create")
	group := example[sase.GroupCreate](t, "sase.groups.create")
	users := &sase.UserListOptions{
		PageOptions: sase.PageOptions{Page: 1, Limit: 100, Sort: []sase.Sort{sase.Asc("field1"), sase.Desc("field2")}},
		Q:           "string", QType: sase.SearchTypePartial, QOperator: sase.MatchOperatorAll,
	}
	groups := &sase.GroupListOptions{PageOptions: sase.PageOptions{Page: 2, Limit: 25, Sort: []sase.Sort{sase.Asc("field")}}}
	return []call{
		{id: "sase.users.create", do: func(ctx context.Context) (any, error) { return c.Users.Create(ctx, user) }},
		{id: "sase.users.list", do: func(ctx context.Context) (any, error) { return c.Users.List(ctx, users) }},
		{id: "sase.users.delete", do: func(ctx context.Context) (any, error) { return c.Users.Delete(ctx, "47438") }},

		{id: "sase.groups.create", do: func(ctx context.Context) (any, error) { return c.Groups.Create(ctx, group) }},
		{id: "sase.groups.list", do: func(ctx context.Context) (any, error) { return c.Groups.List(ctx, groups) }},
		{id: "sase.groups.delete", do: func(ctx context.Context) (any, error) { return c.Groups.Delete(ctx, "4732276") }},
		{id: "sase.groups.add_member", do: func(ctx context.Context) (any, error) { return c.Groups.AddMember(ctx, "43533", "981347") }},
		{id: "sase.groups.remove_member", do: func(ctx context.Context) (any, error) { return c.Groups.RemoveMember(ctx, "G732276", "4743568") }},
	}
}
