package contract_test

import (
	"context"
	"testing"
)

func init() { covers("pulseone", pulseoneRegistration) }

func pulseoneRegistration(t *testing.T, r *recorder) []call {
	registration := pulseoneConsole(t, r).Registration
	return []call{
		{id: "pulseone.registration.start", do: func(ctx context.Context) (any, error) {
			_, err := registration.Start(ctx, "Mozilla/5.0 (Linux; U; Android 4.0.3)")
			return nothing(err)
		}},
		{id: "pulseone.registration.provision_workspace", do: func(ctx context.Context) (any, error) {
			return nothing(registration.ProvisionWorkspace(ctx, "test@example.com"))
		}},
	}
}
