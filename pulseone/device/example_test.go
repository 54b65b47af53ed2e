package device_test

import (
	"context"
	"log"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

var exampleContext = context.Background()

// exampleClient stands for device.Register and device.New, so that the examples run anywhere.
func exampleClient() (*pulseonetest.Server, *device.Client) {
	server := pulseonetest.NewStill()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	client, err := server.Device(server.AddAppliance(pulseone.Appliance{Name: "edge-1"}))
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}
