package contract_test

import (
	"context"
	"testing"
)

func init() { covers("pulseone", pulseoneEULAs) }

func pulseoneEULAs(t *testing.T, r *recorder) []call {
	eulas := pulseoneClient(t, r).EULAs
	const user, id = "88d40618-6039-42cf-bf87-243b0b2dceae", "22369d37-aab2-4b93-8644-0ddddc9f3df1"
	return []call{
		{id: "pulseone.eulas.list", at: "/items", do: func(ctx context.Context) (any, error) { return eulas.List(ctx, user) }},
		{id: "pulseone.eulas.get", do: func(ctx context.Context) (any, error) { return eulas.Get(ctx, user, id) }},
		{id: "pulseone.eulas.sign", do: func(ctx context.Context) (any, error) { return nothing(eulas.Sign(ctx, user, id)) }},
		{id: "pulseone.eulas.get_last_signed", do: func(ctx context.Context) (any, error) { return eulas.GetLastSigned(ctx, user) }},
		{id: "pulseone.eulas.get_current_unsigned", do: func(ctx context.Context) (any, error) { return eulas.GetUnsigned(ctx, user) }},
	}
}
