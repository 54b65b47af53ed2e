package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() {
	covers("pulseone", pulseoneDomains)
	covers("pulseone", pulseoneEmailDomains)
}

func pulseoneDomains(t *testing.T, r *recorder) []call {
	domains := pulseoneConsole(t, r).Domains
	options := &pulseone.DomainListOptions{PageOptions: pulseone.PageOptions{Start: 1, Limit: 500}, Name: "t", Deleted: true}
	return []call{
		{id: "pulseone.domains.list", do: func(ctx context.Context) (any, error) { return asData(domains.List(ctx, options)) }},
		{id: "pulseone.domains.lookup", do: func(ctx context.Context) (any, error) { return domains.Lookup(ctx, "example.com") }},
		{
			id: "pulseone.domains.afw_unenroll", without: map[string]string{"/msg": "says that it is done"},
			do: func(ctx context.Context) (any, error) { return struct{}{}, domains.UnenrollAFW(ctx, 1) },
		},
		{id: "pulseone.domains.recover", do: func(ctx context.Context) (any, error) { return nothing(domains.Recover(ctx, 1)) }},
	}
}

func pulseoneEmailDomains(t *testing.T, r *recorder) []call {
	domains := pulseoneConsole(t, r).EmailDomains
	const id = "9ed4cea1-2f7b-4832-b5c1-82505548807e"
	return []call{
		{id: "pulseone.email_domains.list", at: "/items", do: func(ctx context.Context) (any, error) { return domains.List(ctx, 1) }},
		{id: "pulseone.email_domains.get", do: func(ctx context.Context) (any, error) { return domains.Get(ctx, 1, id) }},
		{id: "pulseone.email_domains.delete", do: func(ctx context.Context) (any, error) { return nothing(domains.Delete(ctx, 1, id)) }},
	}
}
