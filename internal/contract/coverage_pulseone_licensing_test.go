package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

func init() { covers("pulseone", pulseoneLicensing) }

func pulseoneLicensing(t *testing.T, r *recorder) []call {
	licensing, err := device.NewLicensing(r.URL, r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	machine := example[device.Machine](t, "pulseone.pcls.provision")
	code := secureaccess.NewSecret("6e29-deda-1987-8611")
	key := secureaccess.NewSecret("hydrogen freshman video wrench molecule harness shoulder stadium pride indigo hinge")
	return []call{
		{id: "pulseone.pcls.provision", do: func(ctx context.Context) (any, error) { return licensing.Provision(ctx, code, machine) }},
		{id: "pulseone.pcls.heartbeat", do: func(ctx context.Context) (any, error) { return licensing.Heartbeat(ctx, key, machine) }},
	}
}
