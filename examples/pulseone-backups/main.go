// Pulseone-backups has every appliance of a domain back its configuration up to Pulse One, several at a time.
//
//	PULSEONE_URL=https://customer.pulseone.net PULSEONE_USER=... PULSEONE_PASSWORD=... pulseone-backups [flags]
//
// For each registered appliance it creates a task, waits for its end, and records backup, size and SHA-1 in -record, a
// file that only its owner can read. A run that is interrupted, or of which some appliances failed, is resumed by another
// run with the same -name: what is done is not done again, and a task that is under way is waited for. The content stays
// at Pulse One, which gives it to appliances alone. An appliance that is offline would leave its task pending: it is not
// given one unless -offline says so, and counts as not backed up.
//
// Without an address there is a Pulse One in memory with four appliances, which work off their tasks as real ones do;
// nothing is recorded then unless -record says where.
//
// Exit status: 0 when all appliances are backed up, 1 when one is not, 2 for wrong usage. SIGINT and SIGTERM end it; the
// tasks go on.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/fleetbackup"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/pulseoneenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/examples/internal/simulator"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const (
	program = "pulseone-backups"

	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, time.Now(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, now time.Time, stdout, stderr io.Writer) (status int) {
	out := printed.To(stdout)
	defer func() { status = out.Status(program, status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, "usage: pulseone-backups [flags]\n\nHas every appliance of a domain back itself up to Pulse One.\n\n"+pulseoneenv.Usage+"\n")
		flags.PrintDefaults()
	}
	name := flags.String("name", now.UTC().Format("nightly 2006-01-02"), "`name` of the backups; the name of an earlier run resumes it")
	file := flags.String("record", "", "`file` for what was done; pulseone-backups.json, or none in memory")
	parallel := flags.Int("parallel", 8, "`number` of appliances at a time")
	timeout := flags.Duration("timeout", 95*time.Minute, "`time` that one appliance may take; Pulse One gives it 90 minutes")
	poll := flags.Duration("poll", 5*time.Second, "`pause` between two looks at a task; it grows")
	offline := flags.Bool("offline", false, "also give tasks to appliances that are offline")
	quiet := flags.Bool("quiet", false, "print the report only")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage // the flags have said what is wrong
	case flags.NArg() > 0 || *name == "" || *parallel < 1 || *timeout <= 0 || *poll <= 0:
		flags.Usage()
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, program+":", err)
		return code
	}

	client, memory, end, err := pulseoneenv.Client(getenv, program, stderr, furnish)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }()
	work := &fleetbackup.Run{
		Client: client, Name: *name, Parallel: *parallel, Timeout: *timeout, Offline: *offline,
		Wait: &secureaccess.WaitOptions{Interval: *poll},
	}
	if memory != nil {
		leave, err := play(ctx, memory)
		if err != nil {
			return fail(exitFailed, err)
		}
		defer leave()
		work.Wait = &secureaccess.WaitOptions{Interval: 50 * time.Millisecond, MaxInterval: 100 * time.Millisecond}
	} else if *file == "" {
		*file = program + ".json"
	}
	if *file != "" {
		if work.Root, err = os.OpenRoot(filepath.Dir(*file)); err != nil {
			return fail(exitUsage, err)
		}
		defer func() { _ = work.Root.Close() }()
		work.File = filepath.Base(*file)
	}
	if !*quiet {
		work.Progress = lines(stderr)
	}
	entries, err := work.Do(ctx)
	if err != nil {
		return fail(exitFailed, err)
	}
	done := report(stdout, entries)
	switch {
	case done == len(entries):
		return exitDone
	case ctx.Err() != nil:
		return fail(exitFailed, errors.New("interrupted; the tasks go on, and the same command resumes"))
	}
	return exitFailed
}

// lines returns a callback that prints a line for each change, for several goroutines.
func lines(w io.Writer) func(appliance, state string) {
	var mu sync.Mutex
	return func(appliance, state string) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = fmt.Fprintf(w, "%s: %s\n", quote.Cell(appliance), quote.Cell(state))
	}
}

// report prints the outcome and returns how many appliances are backed up.
func report(w io.Writer, entries []*fleetbackup.Entry) (done int) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "APPLIANCE\tSIZE\tRESULT")
	for _, e := range entries {
		name := quote.Cell(e.Appliance)
		switch {
		case e.Done():
			done++
			note := ""
			if e.Before {
				note = ", by an earlier run"
			} else if e.Resumed {
				note = ", task resumed"
			}
			_, _ = fmt.Fprintf(table, "%s\t%d\t%s sha1:%.12s%s\n", name, e.Size, quote.Cell(e.BackupID), quote.Cell(e.SHA1), note)
		case e.Skipped:
			_, _ = fmt.Fprintf(table, "%s\t-\tSKIPPED: it is offline\n", name)
		default:
			_, _ = fmt.Fprintf(table, "%s\t-\tFAILED: %s\n", name, quote.Cell(fmt.Sprint(e.Err)))
		}
	}
	_ = table.Flush()
	_, _ = fmt.Fprintf(w, "%d of %d appliances backed up\n", done, len(entries))
	return done
}

// furnish puts appliances into a Pulse One in memory.
func furnish(server *pulseonetest.Server) error {
	for _, name := range []string{"headquarters", "branch north", "branch south", "data center"} {
		server.AddAppliance(pulseone.Appliance{Name: name, Model: simulator.Model})
	}
	return nil
}

// play has all appliances in memory work off their tasks until leave is called.
func play(ctx context.Context, server *pulseonetest.Server) (leave func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var playing sync.WaitGroup
	leave = func() {
		cancel()
		playing.Wait()
	}
	playing.Go(func() { pulseoneenv.Announce(ctx, server) })
	for i, appliance := range server.Appliances() {
		client, err := server.Device(appliance.ID)
		if err != nil {
			leave()
			return nil, err
		}
		config := make([]byte, (i+1)<<16)
		copy(config, appliance.Name)
		machine := &simulator.Appliance{Client: client, Config: func() []byte { return config }, Step: 100 * time.Millisecond}
		playing.Go(func() {
			defer func() { _ = client.Close(context.WithoutCancel(ctx)) }()
			_ = machine.Run(ctx)
		})
	}
	return leave, nil
}
