// Quickstart rolls out the configuration of one appliance to others with Pulse One: it logs in, creates a group, names
// its master and what to distribute, publishes, and waits until every member runs it.
//
//	go run ./examples/quickstart
//
// Without an address it runs on a Pulse One in memory. On a real one:
//
//	PULSEONE_URL=https://customer.pulseone.net PULSEONE_USER=admin PULSEONE_PASSWORD=... \
//	PULSEONE_MASTER=<appliance id> PULSEONE_MEMBERS=<appliance id>,<appliance id> \
//	go run ./examples/quickstart
//
// PULSEONE_BLOCK_TYPES says what to distribute, "user-roles.user-role" by default. The group stays.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// rollOut is what to do and where.
type rollOut struct {
	url, user, password string
	master              string
	members             []string
	blockTypes          []string
	options             []secureaccess.Option
	pause               func() // lets the credentials grow old, where that can be had
}

func run(ctx context.Context, out io.Writer, getenv func(string) string) error {
	job, err := fromEnvironment(getenv)
	if err != nil {
		return err
	}
	if job == nil {
		var server *pulseonetest.Server
		if job, server, err = inMemory(); err != nil {
			return err
		}
		defer server.Close()
		fmt.Fprintln(out, "No PULSEONE_URL is set, so this runs on a Pulse One in memory.")
	}
	client, err := pulseone.New(job.url, pulseone.Password(job.user, job.password), job.options...)
	if err != nil {
		return err
	}
	defer client.Close(ctx)

	step := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%-18s %s\n", name, fmt.Sprintf(format, args...))
	}

	session, err := client.Session(ctx)
	if err != nil {
		return err
	}
	if !session.User.Permissions.Allows("UPDATE", "admin.appliances.configdist") {
		return fmt.Errorf("%s may not distribute configurations", session.User.Username)
	}
	step("log in", "%s, as %s; the API is at %s", session.User.Username, roleNames(session.User.Roles), session.APIURL)

	if job.pause != nil {
		job.pause()
		var exchange secureaccess.Exchange
		if _, err := client.Clusters.List(secureaccess.Capture(ctx, &exchange)); err != nil {
			return err
		}
		step("renew credentials", "an hour went by; the next call renewed what it needed and got %d", exchange.Status)
	}

	var names []string
	for appliance, err := range client.Appliances.All(ctx, nil) {
		if err != nil {
			return err
		}
		names = append(names, appliance.Name)
	}
	step("list appliances", "%d: %s", len(names), strings.Join(names, ", "))

	group, err := client.Groups.Create(ctx, &pulseone.GroupCreate{
		Name:        "quickstart",
		Description: "made by the quickstart example",
	})
	if err != nil {
		return err
	}
	step("create group", "%s, %s", group.Name, group.ID)

	if err := client.Groups.AddMembers(ctx, group.ID, job.members...); err != nil {
		return err
	}
	step("add members", "%d", len(job.members))

	err = client.Groups.UpdateConfig(ctx, group.ID, &pulseone.GroupConfigUpdate{
		MasterApplianceID: job.master,
		BlockTypes:        job.blockTypes,
	})
	if err != nil {
		return err
	}
	step("set master", "%s, for %s", job.master, strings.Join(job.blockTypes, ", "))

	if err := client.Groups.Publish(ctx, group.ID); err != nil {
		return err
	}
	step("publish", "begun")

	var states []string
	group, err = client.Groups.WaitInSync(ctx, group.ID, &secureaccess.WaitOptions{Progress: func(state string) {
		if !slices.Contains(states, state) {
			states = append(states, state)
		}
	}})
	if failure, ok := errors.AsType[*pulseone.SyncError](err); ok {
		return fmt.Errorf("%d members are in conflict and %d failed: %w", len(failure.Conflict), len(failure.Failed), failure)
	}
	if err != nil {
		return err
	}
	step("wait", "%s", strings.Join(states, " -> "))
	for _, member := range group.Members {
		step("", "%s is %s", member.ApplianceID, member.ConfigState)
	}
	return nil
}

func roleNames(roles []pulseone.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = role.Name
	}
	return strings.Join(names, ", ")
}

// fromEnvironment reads the job, nil when there is no address.
func fromEnvironment(getenv func(string) string) (*rollOut, error) {
	job := &rollOut{
		url: getenv("PULSEONE_URL"), user: getenv("PULSEONE_USER"), password: getenv("PULSEONE_PASSWORD"),
		master: getenv("PULSEONE_MASTER"), members: split(getenv("PULSEONE_MEMBERS")),
		blockTypes: split(getenv("PULSEONE_BLOCK_TYPES")),
	}
	if job.url == "" {
		return nil, nil
	}
	if len(job.blockTypes) == 0 {
		job.blockTypes = []string{"user-roles.user-role"}
	}
	if job.master == "" || len(job.members) == 0 {
		// Publishing changes what appliances run: which ones is not for an example to guess.
		return nil, errors.New("set PULSEONE_MASTER and PULSEONE_MEMBERS to the appliances that this may change")
	}
	return job, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// inMemory starts a Pulse One with three appliances.
func inMemory() (*rollOut, *pulseonetest.Server, error) {
	server := pulseonetest.NewStill()
	if err := server.Start("127.0.0.1:0", nil); err != nil {
		return nil, nil, err
	}
	return &rollOut{
		url: server.URL, user: pulseonetest.Username, password: pulseonetest.Password,
		master: server.AddAppliance(pulseone.Appliance{Name: "headquarters", Model: "PSA7000"}),
		members: []string{
			server.AddAppliance(pulseone.Appliance{Name: "branch north", Model: "PSA300"}),
			server.AddAppliance(pulseone.Appliance{Name: "branch south", Model: "PSA300"}),
		},
		blockTypes: []string{"system.configuration.security", "user-roles.user-role"},
		options:    server.Options(),
		pause:      func() { server.Advance(time.Hour) },
	}, server, nil
}
