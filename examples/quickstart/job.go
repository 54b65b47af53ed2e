package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// job is what to do and where.
type job struct {
	url        string
	auth       pulseone.Auth
	master     string
	members    []string
	blockTypes []string
	options    []secureaccess.Option
	pause      func() // lets the credentials grow old, where that can be had
	close      func()
}

// jobFrom reads the job from the environment, or makes up one in memory.
func jobFrom(getenv func(string) string, out io.Writer) (*job, error) {
	if getenv("PULSEONE_URL") == "" {
		_, _ = fmt.Fprintln(out, "No PULSEONE_URL is set, so this runs on a Pulse One in memory.")
		return inMemory()
	}
	j := &job{
		url:    getenv("PULSEONE_URL"),
		auth:   pulseone.Password(getenv("PULSEONE_USER"), getenv("PULSEONE_PASSWORD")),
		master: getenv("PULSEONE_MASTER"), members: split(getenv("PULSEONE_MEMBERS")),
		blockTypes: split(getenv("PULSEONE_BLOCK_TYPES")),
		close:      func() {},
	}
	if len(j.blockTypes) == 0 {
		j.blockTypes = []string{"user-roles.user-role"}
	}
	if j.master == "" || len(j.members) == 0 {
		// Publishing changes what appliances run: which ones is not for an example to guess.
		return nil, errors.New("set PULSEONE_MASTER and PULSEONE_MEMBERS to the appliances that this may change")
	}
	if file := getenv("PULSEONE_CA_FILE"); file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("PULSEONE_CA_FILE: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("PULSEONE_CA_FILE: %s holds no certificate", file)
		}
		j.options = append(j.options, secureaccess.WithRootCAs(pool))
	}
	return j, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// inMemory starts a Pulse One with three appliances.
func inMemory() (*job, error) {
	server := pulseonetest.NewStill()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	return &job{
		url:    server.URL(),
		auth:   server.Auth(),
		master: server.AddAppliance(pulseone.Appliance{Name: "headquarters", Model: "PSA7000"}),
		members: []string{
			server.AddAppliance(pulseone.Appliance{Name: "branch north", Model: "PSA300"}),
			server.AddAppliance(pulseone.Appliance{Name: "branch south", Model: "PSA300"}),
		},
		blockTypes: []string{"system.configuration.security", "user-roles.user-role"},
		options:    server.Options(),
		pause:      func() { server.Advance(time.Hour) },
		close:      server.Close,
	}, nil
}
