package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/sase"
)

func init() { products["sase"] = saseCalls }

func saseCalls(t *testing.T, r *recorder) []call {
	client, err := sase.New(r.URL+"/api/rest", sase.APIKey("[KEY-FROM-GENERATE]"), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	data := func(v any, err error) (any, error) { return map[string]any{"data": v}, err }
	return []call{
		// The token is bought at the first call and used by all.
		{id: "sase.auth.authorize", do: func(ctx context.Context) (any, error) { return data(client.Token(ctx)) }},

		{id: "sase.users.create", do: func(ctx context.Context) (any, error) {
			return client.Users.Create(ctx, sase.UserCreate{
				IDPType:       sase.IDPDatabase,
				AccessGroups:  []string{"string"},
				Email:         "string",
				EmailVerified: new(true),
				InviteMessage: "string",
				ProfileData: sase.Profile{
					FirstName: "string", LastName: "string", RoleName: "string", Phone: "+10005550100", Icon: "string",
				},
				Origin: "string",
			})
		}},
		{id: "sase.users.list", do: func(ctx context.Context) (any, error) {
			return client.Users.List(ctx, &sase.UserListOptions{
				Page: 1, Limit: 100, Q: "string", QType: sase.SearchPartial, QOperator: sase.MatchAll,
				Sort: []sase.Sort{sase.Asc("field1"), sase.Desc("field2")},
			})
		}},
		{id: "sase.users.delete", do: func(ctx context.Context) (any, error) { return client.Users.Delete(ctx, "47438") }},

		{id: "sase.groups.create", do: func(ctx context.Context) (any, error) {
			return client.Groups.Create(ctx, sase.GroupCreate{Name: "string", Description: "string"})
		}},
		{id: "sase.groups.list", do: func(ctx context.Context) (any, error) {
			return client.Groups.List(ctx, &sase.GroupListOptions{Page: 2, Limit: 25, Sort: []sase.Sort{sase.Asc("field")}})
		}},
		{id: "sase.groups.delete", do: func(ctx context.Context) (any, error) { return client.Groups.Delete(ctx, "4732276") }},
		{id: "sase.groups.add_member", do: func(ctx context.Context) (any, error) {
			return client.Groups.AddMember(ctx, "43533", "981347")
		}},
		{id: "sase.groups.remove_member", do: func(ctx context.Context) (any, error) {
			return client.Groups.RemoveMember(ctx, "G732276", "4743568")
		}},

		{id: "sase.addons.list", do: func(ctx context.Context) (any, error) { return data(client.Addons.List(ctx)) }},
		{id: "sase.addons.add_members", do: func(ctx context.Context) (any, error) { return client.Addons.BuyMembers(ctx, 1) }},
		{id: "sase.addons.add_gateways", do: func(ctx context.Context) (any, error) { return client.Addons.BuyGateways(ctx, 1) }},

		{id: "sase.networks.list", do: func(ctx context.Context) (any, error) { return data(client.Networks.List(ctx)) }},
		{id: "sase.networks.get_health", do: func(ctx context.Context) (any, error) {
			return client.Networks.Health(ctx, "4732276437")
		}},
	}
}
