package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/pulseoneenv"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// console is a Pulse One in memory that gives an appliance something to do.
type console struct {
	server    *pulseonetest.Server
	appliance string
	end       context.CancelFunc
	repeating sync.WaitGroup
}

func newConsole(stderr io.Writer) (*console, error) {
	server := pulseonetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	_, _ = fmt.Fprintf(stderr, "%s: no PULSEONE_URL, so this is a Pulse One in memory\n", program)
	return &console{
		server: server, end: func() {},
		appliance: server.AddAppliance(pulseone.Appliance{Name: "simulated", State: pulseone.ApplianceStateUnregistered}),
	}, nil
}

// code returns a new registration code.
func (c *console) code() secureaccess.Secret {
	return secureaccess.NewSecret(c.server.RegistrationCode(c.appliance))
}

// order creates the tasks.
func (c *console) order(ctx context.Context) {
	c.server.AddTask(c.appliance, device.Task{Type: pulseone.TaskTypeConfigBackup})
	c.server.AddTask(c.appliance, device.Task{Type: pulseone.TaskTypeConfigReboot})
	ctx, c.end = context.WithCancel(ctx)
	c.repeating.Go(func() { pulseoneenv.Announce(ctx, c.server) })
}

func (c *console) close() {
	c.end()
	c.repeating.Wait()
	c.server.Close()
}
