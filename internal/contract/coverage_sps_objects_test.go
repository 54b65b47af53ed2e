package contract_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() { covers("sps", spsObjects) }

func spsObjects(t *testing.T, r *recorder) []call {
	shared := spsClient(t, r)
	database := example[sps.LocalUserDatabase](t, "sps.objects.create")
	policy := example[sps.ChannelPolicy](t, "sps.rdp_channel_policies.create")
	const (
		object  = "8235074425707e306abf39"
		another = sps.Endpoint[sps.ChannelPolicy]("policies/rdp_channel_policies_of_another_release")
		users   = sps.Endpoint[sps.LocalUserDatabase]("policies/user_databases_of_another_release")
	)
	renameDatabase := func(d *sps.LocalUserDatabase) error { d.Name = database.Name; return nil }
	renamePolicy := func(p *sps.ChannelPolicy) error { p.Name = policy.Name; return nil }
	return []call{
		{id: "sps.objects.create", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Create(ctx, tx, users, database)
		})},
		{id: "sps.objects.create", body: 1, do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Create(ctx, tx, another, policy)
		})},
		{id: "sps.objects.update", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.Get(ctx, tx, users, object)
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, renameDatabase)
		})},
		{id: "sps.objects.update", body: 1, do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.Get(ctx, tx, another, object)
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, func(p *sps.ChannelPolicy) error { *p = policy; return nil })
		})},
		{id: "sps.objects.delete", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Delete(ctx, tx, users, object)
		})},
		{id: "sps.objects.get", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			return sps.Get[json.RawMessage](ctx, shared, "policies/user_databases_of_another_release", object)
		}},
		{id: "sps.objects.get", responses: []int{1}, do: func(ctx context.Context) (any, error) {
			return sps.Get[string](ctx, shared, "datetime_of_another_release", "timezone")
		}},
		{id: "sps.objects.list", do: func(ctx context.Context) (any, error) {
			return sps.List[json.RawMessage](ctx, shared, "datetime_of_another_release")
		}},

		{id: "sps.rdp_channel_policies.create", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Create(ctx, tx, sps.RDPChannelPolicies, policy)
		})},
		{id: "sps.rdp_channel_policies.update", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, "-20100")
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, renamePolicy)
		})},
		{id: "sps.rdp_channel_policies.delete", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Delete(ctx, tx, sps.RDPChannelPolicies, "655555")
		})},
		{id: "sps.rdp_channel_policies.get", do: func(ctx context.Context) (any, error) {
			o, err := sps.Get(ctx, shared, sps.RDPChannelPolicies, "-20100")
			if err != nil {
				return nil, err
			}
			return spsEmbedded(o)
		}},
		{id: "sps.rdp_channel_policies.list", do: func(ctx context.Context) (any, error) {
			list, err := sps.List(ctx, shared, sps.RDPChannelPolicies)
			if err != nil {
				return nil, err
			}
			var items []any
			for _, item := range list.Items {
				o, err := spsEmbedded(item)
				if err != nil {
					return nil, err
				}
				items = append(items, o)
			}
			return map[string]any{"items": items, "meta": list.Meta}, nil
		}},
		{id: "sps.passwords.create", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.CreatePassword(ctx, tx, secureaccess.NewSecret("newpassword"))
		})},
		{id: "sps.private_keys.create", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.CreatePrivateKey(ctx, tx, secureaccess.NewSecret("<private-key>"))
		})},
	}
}

// spsEmbedded writes the references of a channel policy, which are sent as keys, in the form of responses: with the key
// and the link that were decoded.
func spsEmbedded(o *sps.Object[sps.ChannelPolicy]) (any, error) {
	data, err := secureaccess.Marshal(o)
	if err != nil {
		return nil, err
	}
	var response struct {
		Body struct {
			Name  string           `json:"name"`
			Rules []map[string]any `json:"rules"`
		} `json:"body"`
		Key  any `json:"key"`
		Meta any `json:"meta"`
	}
	if err := json.Unmarshal(data, &response); err != nil {
		return nil, err
	}
	for i, rule := range o.Body.Rules {
		ref := rule.AllowedFor.TimePolicy
		response.Body.Rules[i]["allowed_for"].(map[string]any)["time_policy"] = map[string]any{"key": ref.Key, "meta": map[string]any{"href": ref.Href}}
	}
	return map[string]any{"body": response.Body, "key": response.Key, "meta": response.Meta}, nil
}
