// Package spsenv makes clients of Safeguard appliances from the environment, in the same way in every example.
package spsenv

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// Usage describes the environment, for the usage text of a program.
const Usage = `  SPS_URL           address of the appliance; without it one in memory is used
  SPS_USER          user with the privilege for the REST server
  SPS_PASSWORD      its password
  SPS_LOGIN_METHOD  login method, if it is not the default one
  SPS_CA_FILE       certificate of the authority to trust, a file
`

// Client returns a client of the appliance that the environment names, or of one in memory, which furnish puts something
// into. end closes both. A transaction that is open by then is rolled back, also after an interrupt.
func Client(getenv func(string) string, program string, stderr io.Writer, furnish func(*spstest.Server) error) (client *sps.Client, end func(context.Context) error, err error) {
	address := getenv("SPS_URL")
	if address == "" {
		return inMemory(program, stderr, furnish)
	}
	options, err := Options(getenv)
	if err != nil {
		return nil, nil, err
	}
	auth := sps.PasswordWith(getenv("SPS_LOGIN_METHOD"), getenv("SPS_USER"), getenv("SPS_PASSWORD"))
	client, err = sps.New(address, auth, options...)
	if err != nil {
		return nil, nil, err
	}
	return client, client.Close, nil
}

func inMemory(program string, stderr io.Writer, furnish func(*spstest.Server) error) (*sps.Client, func(context.Context) error, error) {
	server := spstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, nil, err
	}
	_, _ = fmt.Fprintf(stderr, "%s: no SPS_URL, so this is an appliance in memory\n", program)
	if furnish != nil {
		if err := furnish(server); err != nil {
			server.Close()
			return nil, nil, err
		}
	}
	client, err := server.Client()
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return client, func(ctx context.Context) error {
		defer server.Close()
		return client.Close(ctx)
	}, nil
}

// Options returns the options that the environment names: SPS_CA_FILE.
func Options(getenv func(string) string) ([]secureaccess.Option, error) {
	file := getenv("SPS_CA_FILE")
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, errors.New(file + " holds no certificate")
	}
	return []secureaccess.Option{secureaccess.WithRootCAs(pool)}, nil
}
