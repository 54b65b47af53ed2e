package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/sase"
)

func init() { covers("sase", saseAccount) }

// saseClient obtains its token at the first call of each client.
func saseClient(t *testing.T, r *recorder) *sase.Client {
	t.Helper()
	client, err := sase.New(r.URL+"/api/rest", sase.APIKey("[KEY-FROM-GENERATE]"), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func saseAccount(t *testing.T, r *recorder) []call {
	c := saseClient(t, r)
	return []call{
		{id: "sase.auth.authorize", at: "/data", do: func(ctx context.Context) (any, error) { return c.Token(ctx) }},
		{id: "sase.addons.list", at: "/data", do: func(ctx context.Context) (any, error) { return c.Addons.List(ctx) }},
		{id: "sase.addons.add_members", do: func(ctx context.Context) (any, error) { return c.Addons.BuyMembers(ctx, 1) }},
		{id: "sase.addons.add_gateways", do: func(ctx context.Context) (any, error) { return c.Addons.BuyGateways(ctx, 1) }},
		{id: "sase.networks.list", at: "/data", do: func(ctx context.Context) (any, error) { return c.Networks.List(ctx) }},
		{id: "sase.networks.get_health", do: func(ctx context.Context) (any, error) { return c.Networks.Health(ctx, "4732276437") }},
	}
}
