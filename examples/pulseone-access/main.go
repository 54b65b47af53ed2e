// Pulseone-access writes who signed in from where as CSV, over the last 30 days.
//
//	PULSEONE_URL=https://customer.pulseone.net PULSEONE_USER=... PULSEONE_PASSWORD=... pulseone-access [-days 30] [-o FILE]
//
// Pulse One keeps the sign-ins by user: the program asks who there was, and then for the history of each, a page at a
// time. The rows of a user come together, in the order of names. Failed sign-ins are among them, with their reason;
// -failed writes these alone. Devices that sign in without a username have no history that can be asked for: how many of
// their sign-ins are missing is said at the end, where Pulse One counts them.
//
// A file is there when it is whole, and not otherwise; only its owner can read it, since it names people. What a
// spreadsheet would take for a formula has an apostrophe in front: who signs in chooses some of the texts.
//
// Without an address there is a Pulse One in memory with a few sign-ins.
//
// Exit status: 0 when the list is whole, 1 when it is not, 2 for wrong usage.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/outfile"
	"github.com/secureaccess-go/secureaccess/examples/internal/pulseoneenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const (
	program = "pulseone-access"

	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// durations are those that Pulse One looks back, by days.
var durations = map[int]pulseone.AccessDuration{
	1: pulseone.AccessDurationDay, 7: pulseone.AccessDurationWeek, 30: pulseone.AccessDurationMonth,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, "usage: pulseone-access [-days 30] [-failed] [-o file]\n\nWrites who signed in from where as CSV.\n\n"+pulseoneenv.Usage+"\n")
		flags.PrintDefaults()
	}
	days := flags.Int("days", 30, "how far to look back: 1, 7 or 30 `days`, as Pulse One has it")
	failed := flags.Bool("failed", false, "only sign-ins that failed")
	file := flags.String("o", "", "`file` to write, instead of standard output")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage // the flags have said what is wrong
	case durations[*days] == "" || flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, program+":", err)
		return code
	}
	client, _, end, err := pulseoneenv.Client(getenv, program, stderr, furnish)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }()
	e := &export{client: client, duration: durations[*days]}
	if *failed {
		e.result = pulseone.AccessResultFail
	}
	if err := e.write(ctx, *file, stdout); err != nil {
		return fail(exitFailed, fmt.Errorf("after %d sign-ins: %w", e.count, err))
	}
	_, _ = fmt.Fprintf(stderr, "%s: %d sign-ins of %d users in %d days\n", program, e.count, e.users, *days)
	if e.nameless > 0 {
		_, _ = fmt.Fprintf(stderr, "%s: %d sign-ins of devices without a username are not in the list\n", program, e.nameless)
	}
	return exitDone
}

// export is one run of the program.
type export struct {
	client   *pulseone.Client
	duration pulseone.AccessDuration
	result   pulseone.AccessResult // "": all

	count, users int
	nameless     int64 // sign-ins without a username
}

// write exports to a file, or to stdout without one.
func (e *export) write(ctx context.Context, file string, stdout io.Writer) error {
	// Before the file is begun: a Pulse One that does not respond costs nothing.
	names := map[string]string{}
	for appliance, err := range e.client.Appliances.All(ctx, nil) {
		if err != nil {
			return err
		}
		names[plainID(appliance.ID)] = appliance.Name
	}
	if file == "" {
		return e.rows(ctx, names, stdout)
	}
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	out, err := outfile.Create(root, filepath.Base(file))
	if err != nil {
		return err
	}
	defer out.Discard()
	if err := e.rows(ctx, names, out); err != nil {
		return err
	}
	return out.Commit()
}

// rows writes the sign-ins. It holds one page of them at a time.
func (e *export) rows(ctx context.Context, names map[string]string, out io.Writer) error {
	w := csv.NewWriter(out)
	err := w.Write([]string{"sign-in", "user", "source IP", "result", "reason", "appliance", "realm", "roles", "mechanism", "server", "device", "MAC", "compliance", "sign-out"})
	if err != nil {
		return err
	}
	for user, err := range e.client.Access.AllSummaries(ctx, &pulseone.AccessSummaryOptions{Duration: e.duration}) {
		if err != nil {
			return err
		}
		if user.Username == "" {
			e.nameless += user.FailedLogins
			if e.result != pulseone.AccessResultFail {
				e.nameless += user.SuccessfulLogins
			}
			continue
		}
		before := e.count
		for record, err := range e.client.Access.AllHistory(ctx, user.Username, &pulseone.AccessHistoryOptions{Duration: e.duration, Result: e.result}) {
			if err != nil {
				return err
			}
			if err := w.Write(row(user.Username, names, record)); err != nil {
				return err
			}
			e.count++
		}
		if e.count > before {
			e.users++
		}
	}
	w.Flush()
	return w.Error()
}

func row(user string, names map[string]string, r pulseone.AccessRecord) []string {
	result := "failed"
	if r.AuthenticationSucceeded {
		result = "success"
	}
	appliance := names[plainID(r.ApplianceID)]
	if appliance == "" {
		appliance = r.ApplianceID // gone since
	}
	cells := []string{
		moment(r.LoginTime), user, r.SourceIP, result, string(r.AuthenticationFailureReason), appliance, r.Realm, strings.Join(r.Roles, "; "),
		string(r.AuthenticationMechanism), r.AuthenticationServerName, string(r.DeviceOS), r.MACAddress, string(r.Compliance), moment(r.LogoutTime),
	}
	for i, cell := range cells {
		cells[i] = quote.CSVCell(cell)
	}
	return cells
}

func moment(t secureaccess.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// plainID returns an id in the one of its spellings.
func plainID(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

// furnish puts sign-ins into a Pulse One in memory.
func furnish(server *pulseonetest.Server) error {
	branch := server.AddAppliance(pulseone.Appliance{Name: "branch north"})
	now := server.Clock().Now()
	record := func(id, user, ip string, age time.Duration, failure *string) device.AccessRecord {
		return device.AccessRecord{
			ID: id, Username: user, Realm: "Users", Roles: []string{"Staff"}, SourceIP: ip, LoginTime: secureaccess.At(now.Add(-age)),
			AuthenticationMechanism: pulseone.AccessMechanismL3, AuthenticationSucceeded: failure == nil, AuthenticationFailureReason: failure,
			AuthenticationServerName: "AD", MACAddress: "00:00:5e:00:53:01", DeviceOS: "Windows_10",
		}
	}
	day := 24 * time.Hour
	server.AddAccessRecords(branch,
		record("1", "mreynolds", "192.0.2.7", 2*time.Hour, nil),
		record("2", "mreynolds", "198.51.100.3", 12*day, nil),
		record("3", `=HYPERLINK("http://example.com")`, "203.0.113.66", day, new("Failed")),
		record("4", "ann@example.com", "192.0.2.9", 29*day, nil),
		record("5", "", "192.0.2.10", day, nil),
	)
	return nil
}
