// Ics-inventory keeps the configuration of a Connect Secure appliance in files, one for each object, so that version
// control shows what changed.
//
//	ICS_URL=https://vpn.example.com ICS_USER=... ICS_PASSWORD=... ics-inventory -dir vpn1
//	git -C vpn1 diff
//
// The files are JSON with sorted members, named after the paths of the objects, and readable by their owner alone: they
// hold names of people, and passwords as the appliance encrypts them. A file whose object is as it was is not written, so
// that a second run writes nothing; files of objects that are gone are removed. Files that the program did not write stay
// as they are: the file .inventory lists those that it did.
//
// With -check nothing is written: the program says what changed since the last run. Without an object that could not be
// read, nothing is removed.
//
// ICS_REALM is the administrator realm, "Admin Users" if it is not set. ICS_CA_FILE names a PEM file with the authority
// that the appliance's certificate comes from, if this machine does not know it. Without ICS_URL the program reads an
// appliance in its own memory, and keeps nothing of that unless -dir says where.
//
// Exit status: 0 when all was done, 1 when something failed, printing included, 2 for wrong usage, 3 when -check found
// changes. SIGINT and SIGTERM end it; what was written by then is complete.
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
	"syscall"

	"github.com/secureaccess-go/secureaccess/examples/internal/icsenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
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
	defer func() { status = out.Status("ics-inventory", status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet("ics-inventory", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, `usage: ics-inventory [flags]
`+icsenv.Usage+`
Without ICS_URL, an appliance in memory is used.`)
		flags.PrintDefaults()
	}
	dir := flags.String("dir", "", "`directory` of the files; it is made if it is not there")
	check := flags.Bool("check", false, "say what changed, and write nothing")
	legacy := flags.Bool("legacy", false, "sign in as releases without realms do")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	case flags.NArg() > 0, *dir == "" && getenv("ICS_URL") != "":
		flags.Usage()
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, "ics-inventory:", err)
		return code
	}
	client, closeClient, err := connect(getenv, *legacy)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer closeClient()
	if *dir == "" { // files of what never was are not kept
		if *dir, err = os.MkdirTemp("", "ics-inventory"); err != nil {
			return fail(exitFailed, err)
		}
		defer func() { _ = os.RemoveAll(*dir) }()
	}
	store, err := open(*dir, *check)
	if err != nil {
		return fail(exitFailed, err)
	}
	defer store.close()

	objects, failed := read(ctx, client, stderr)
	if ctx.Err() != nil {
		return fail(exitFailed, errors.New("interrupted: nothing was written"))
	}
	if *check {
		return report(stdout, stderr, store, objects, failed)
	}
	wrote, removed, err := store.save(ctx, objects, len(failed) == 0)
	_, _ = fmt.Fprintf(stdout, "%d objects, %d files written, %d removed\n", len(objects), wrote, removed)
	if err != nil {
		return fail(exitFailed, err)
	}
	if len(failed) > 0 {
		return fail(exitFailed, fmt.Errorf("%d objects could not be read: nothing was removed", len(failed)))
	}
	return exitDone
}

// connect makes a client from the environment, or one of an appliance in memory.
func connect(getenv func(string) string, legacy bool) (client *ics.Client, closeClient func(), err error) {
	if getenv("ICS_URL") != "" {
		client, err = icsenv.Client(getenv, legacy)
		if err != nil {
			return nil, nil, err
		}
		return client, func() { _ = client.Close(context.Background()) }, nil
	}
	server := icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, nil, err
	}
	client, err = server.Client()
	return client, server.Close, err
}

// mostFailed is how many objects may fail before the appliance is taken for gone.
const mostFailed = 20

// read reads the whole configuration, without the vendor's packages, and notes what could not be read.
func read(ctx context.Context, client *ics.Client, stderr io.Writer) (objects []ics.Object, failed []ics.Path) {
	for object, err := range ics.Walk(ctx, client.Configuration, nil, &ics.ConfigurationOptions{ExcludePackages: true}) {
		if err != nil {
			failed = append(failed, object.Path)
			_, _ = fmt.Fprintf(stderr, "ics-inventory: %s: %v\n", quote.Cell(object.Path.String()), err)
			if len(failed) > mostFailed {
				break
			}
			continue
		}
		objects = append(objects, object)
	}
	return objects, failed
}

// report says what changed since the last run. What is below an object that could not be read is not known to be gone.
func report(stdout, stderr io.Writer, store *store, objects []ics.Object, failed []ics.Path) int {
	before, err := store.load()
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "ics-inventory: the last run cannot be read:", err)
		return exitFailed
	}
	changes := slices.DeleteFunc(ics.Diff(before, objects), func(change ics.Change) bool {
		return change.Kind == ics.ChangeKindRemoved && (len(failed) > mostFailed || slices.ContainsFunc(failed, func(above ics.Path) bool {
			return len(change.Path) >= len(above) && slices.Equal(change.Path[:len(above)], above)
		}))
	})
	for _, change := range changes {
		_, _ = fmt.Fprintf(stdout, "%s %s\n", change.Kind, quote.Cell(change.Path.String()))
	}
	_, _ = fmt.Fprintf(stdout, "%d objects, %d changes\n", len(objects), len(changes))
	switch {
	case len(failed) > 0:
		return exitFailed
	case len(changes) > 0:
		return exitPending
	}
	return exitDone
}
