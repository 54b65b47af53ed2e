package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsConfiguration) }

func icsConfiguration(t *testing.T, r *recorder) []call {
	configuration := icsClient(t, r).Configuration
	roles := ics.Path{"users", "user-roles", "user-role"}
	user := ics.Path{"authentication", "auth-servers", "auth-server", "System Local", "local", "users", "user", "a/b", "enabled"}
	return []call{
		{id: "ics.configuration.get", do: func(ctx context.Context) (any, error) {
			return configuration.Get(ctx, roles, &ics.ConfigurationOptions{Expand: true, ExcludePackages: true})
		}},
		{id: "ics.configuration.get_root", do: func(ctx context.Context) (any, error) {
			return configuration.Get(ctx, nil, &ics.ConfigurationOptions{Expand: true, ExcludePackages: true})
		}},
		{id: "ics.configuration.put", at: "/result", do: func(ctx context.Context) (any, error) {
			return configuration.Update(ctx, user, map[string]secureaccess.QuotedBool{"enabled": true})
		}},
		{id: "ics.configuration.post", at: "/result", do: func(ctx context.Context) (any, error) {
			return configuration.Create(ctx, roles, map[string]string{"name": "Contractors"})
		}},
		{id: "ics.configuration.delete", do: func(ctx context.Context) (any, error) {
			return configuration.Delete(ctx, ics.Path{"users", "user-roles", "user-role", "Contractors"})
		}},
	}
}
