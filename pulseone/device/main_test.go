package device_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/leak"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestMain(m *testing.M) { leak.Main(m) }

// newClient returns a server with an appliance, and that one's client.
func newClient(t *testing.T, opts ...secureaccess.Option) (*pulseonetest.Server, *device.Client) {
	t.Helper()
	server := pulseonetest.NewServer(t)
	return server, clientOf(t, server, opts...)
}

// clientOf returns the client of a new appliance of a server.
func clientOf(t *testing.T, server *pulseonetest.Server, opts ...secureaccess.Option) *device.Client {
	t.Helper()
	id := server.AddAppliance(pulseone.Appliance{Name: "edge-1"})
	client, err := server.Device(id, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return client
}
