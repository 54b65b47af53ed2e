// Package icsenv makes clients of Connect Secure appliances from the environment, in the same way in every example.
package icsenv

import (
	"crypto/x509"
	"fmt"
	"os"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// Usage describes the environment, for the usage text of a program.
const Usage = `The appliance is named by ICS_URL, ICS_USER, ICS_PASSWORD and ICS_REALM ("Admin Users" if it is not set) in the
environment; ICS_CA_FILE, a PEM file with the authority of its certificate, is optional.`

// Auth returns the credentials that the environment names: ICS_USER, ICS_PASSWORD and ICS_REALM. Legacy is for releases
// that sign in without a realm.
func Auth(getenv func(string) string, legacy bool) ics.Auth {
	if legacy {
		return ics.LegacyPassword(getenv("ICS_USER"), getenv("ICS_PASSWORD"))
	}
	realm := getenv("ICS_REALM")
	if realm == "" {
		realm = "Admin Users"
	}
	return ics.Password(getenv("ICS_USER"), getenv("ICS_PASSWORD"), realm)
}

// Options returns the options that the environment names: ICS_CA_FILE.
func Options(getenv func(string) string) ([]secureaccess.Option, error) {
	name := getenv("ICS_CA_FILE")
	if name == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", name)
	}
	return []secureaccess.Option{secureaccess.WithRootCAs(pool)}, nil
}

// Client returns a client of the appliance that the environment names.
func Client(getenv func(string) string, legacy bool, opts ...secureaccess.Option) (*ics.Client, error) {
	options, err := Options(getenv)
	if err != nil {
		return nil, err
	}
	return ics.New(getenv("ICS_URL"), Auth(getenv, legacy), append(options, opts...)...)
}
