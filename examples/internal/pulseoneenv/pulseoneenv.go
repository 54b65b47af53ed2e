// Package pulseoneenv makes clients of Pulse One from the environment, in the same way in every example.
package pulseoneenv

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// Usage describes the environment, for the usage text of a program.
const Usage = `  PULSEONE_URL       address of the console; without it a Pulse One in memory is used
  PULSEONE_USER      administrator
  PULSEONE_PASSWORD  its password
  PULSEONE_CA_FILE   certificate of the authority to trust, a file
`

// Client returns a client of the Pulse One that the environment names, or of one in memory, which furnish puts something
// into. memory is nil for a real one. end closes what there is to close.
func Client(getenv func(string) string, program string, stderr io.Writer, furnish func(*pulseonetest.Server) error) (client *pulseone.Client, memory *pulseonetest.Server, end func(context.Context) error, err error) {
	address := getenv("PULSEONE_URL")
	if address == "" {
		return inMemory(program, stderr, furnish)
	}
	options, err := Options(getenv)
	if err != nil {
		return nil, nil, nil, err
	}
	client, err = pulseone.New(address, pulseone.Password(getenv("PULSEONE_USER"), getenv("PULSEONE_PASSWORD")), options...)
	if err != nil {
		return nil, nil, nil, err
	}
	return client, nil, client.Close, nil
}

func inMemory(program string, stderr io.Writer, furnish func(*pulseonetest.Server) error) (*pulseone.Client, *pulseonetest.Server, func(context.Context) error, error) {
	server := pulseonetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, nil, nil, err
	}
	_, _ = fmt.Fprintf(stderr, "%s: no PULSEONE_URL, so this is a Pulse One in memory\n", program)
	if furnish != nil {
		if err := furnish(server); err != nil {
			server.Close()
			return nil, nil, nil, err
		}
	}
	client, err := server.Client()
	if err != nil {
		server.Close()
		return nil, nil, nil, err
	}
	return client, server, func(ctx context.Context) error {
		defer server.Close()
		return client.Close(ctx)
	}, nil
}

// Options returns the options that the environment names: PULSEONE_CA_FILE.
func Options(getenv func(string) string) ([]secureaccess.Option, error) {
	name := getenv("PULSEONE_CA_FILE")
	if name == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("PULSEONE_CA_FILE: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("PULSEONE_CA_FILE: %s holds no certificate", name)
	}
	return []secureaccess.Option{secureaccess.WithRootCAs(pool)}, nil
}

// Announce has a Pulse One in memory repeat, until ctx ends, the notifications that there was no reaction to. A real one
// does so by itself: one that is sent before an appliance listens is lost.
func Announce(ctx context.Context, server *pulseonetest.Server) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			server.Announce()
		}
	}
}
