// Quickstart rolls out the configuration of one appliance to others with Pulse One: it signs in, creates a group, names
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
// PULSEONE_BLOCK_TYPES says what to distribute, "user-roles.user-role" by default. PULSEONE_CA_FILE names a file with
// the certificates to trust instead of this machine's. The group stays. With -dry-run it only checks the account and
// shows what it would do.
//
// Exit status: 0 when all was done, 1 when something failed, 2 for wrong usage or an incomplete environment, 3 when a dry
// run has found something to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPending = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (status int) {
	out := printed.To(stdout)
	defer func() { status = out.Status("quickstart", status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, `usage: quickstart [-dry-run]
Environment: PULSEONE_URL, PULSEONE_USER, PULSEONE_PASSWORD, PULSEONE_CA_FILE, PULSEONE_MASTER, PULSEONE_MEMBERS,
PULSEONE_BLOCK_TYPES. Without PULSEONE_URL it runs on a Pulse One in memory.
Exit status: 0 all was done; 1 something failed; 2 wrong usage; 3 a dry run found something to do.`)
		flags.PrintDefaults()
	}
	dry := flags.Bool("dry-run", false, "show what would be done, and change nothing")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	case flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, "quickstart:", err)
		return code
	}
	job, err := jobFrom(getenv, stdout)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer job.close()
	client, err := pulseone.New(job.url, job.auth, job.options...)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = client.Close(ctx) }()

	r := &rollOut{job: job, client: client, out: stdout}
	if err := r.check(ctx); err != nil {
		return fail(exitFailed, err)
	}
	if *dry {
		r.step("dry run", "would publish %s of %s to %d appliances", strings.Join(job.blockTypes, ", "), job.master, len(job.members))
		return exitPending
	}
	if err := r.publish(ctx); err != nil {
		return fail(exitFailed, err)
	}
	return exitDone
}

// rollOut is one run of the program.
type rollOut struct {
	*job
	client *pulseone.Client
	out    io.Writer
}

// step reports a step, whose texts come from a server, on one line.
func (r *rollOut) step(name, format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, "%-18s %s\n", name, quote.Cell(fmt.Sprintf(format, args...)))
}

// check signs in and looks around. It changes nothing.
func (r *rollOut) check(ctx context.Context) error {
	session, err := r.client.Session(ctx)
	if err != nil {
		return err
	}
	if !session.User.Permissions.Allows("UPDATE", "admin.appliances.configdist") {
		return fmt.Errorf("%s may not distribute configurations", quote.Cell(session.User.Username))
	}
	r.step("sign in", "%s, as %s; the API is at %s", session.User.Username, roleNames(session.User.Roles), session.APIURL)

	if r.pause != nil {
		r.pause()
		var exchange secureaccess.Exchange
		if _, err := r.client.Clusters.List(secureaccess.Capture(ctx, &exchange)); err != nil {
			return err
		}
		r.step("renew credentials", "an hour went by; the next call renewed what it needed and got %d", exchange.Status)
	}

	var names []string
	for appliance, err := range r.client.Appliances.All(ctx, nil) {
		if err != nil {
			return err
		}
		names = append(names, appliance.Name)
	}
	r.step("list appliances", "%d: %s", len(names), strings.Join(names, ", "))
	return nil
}

// publish creates the group and distributes the master's configuration to it.
func (r *rollOut) publish(ctx context.Context) error {
	group, err := r.client.Groups.Create(ctx, pulseone.GroupCreate{
		Name:        "quickstart",
		Description: "made by the quickstart example",
	})
	if err != nil {
		return err
	}
	r.step("create group", "%s, %s", group.Name, group.ID)

	if err := r.client.Groups.AddMembers(ctx, group.ID, r.members...); err != nil {
		return err
	}
	r.step("add members", "%d", len(r.members))

	err = r.client.Groups.UpdateConfig(ctx, group.ID, pulseone.GroupConfigUpdate{
		MasterApplianceID: r.master,
		BlockTypes:        r.blockTypes,
	})
	if err != nil {
		return err
	}
	r.step("set master", "%s, for %s", r.master, strings.Join(r.blockTypes, ", "))

	if err := r.client.Groups.Publish(ctx, group.ID); err != nil {
		return err
	}
	r.step("publish", "begun")

	var states []string
	group, err = r.client.Groups.WaitInSync(ctx, group.ID, &secureaccess.WaitOptions{Progress: func(state string) {
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
	r.step("wait", "%s", strings.Join(states, " -> "))
	for _, member := range group.Members {
		r.step("", "%s is %s", member.ApplianceID, member.ConfigState)
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
