// Pulseone-upgrade brings a firmware to the appliances of a group: it uploads the image, schedules its staging, which puts
// it in place, and the installation for a later time.
//
//	PULSEONE_URL=https://customer.pulseone.net PULSEONE_USER=... PULSEONE_PASSWORD=... \
//	pulseone-upgrade -group offices -version 9.0R1-HF2 [-image FILE] -install 2026-09-05T02:00:00Z [-apply]
//
// It shows what is missing and changes nothing, unless -apply says so. What is there already, the image or a schedule
// that has not run, is left as it is, so that the program can be repeated; a schedule for another time is reported and not
// moved. An image that is at Pulse One, known by version and type, needs no -image. -digest is what its publisher names,
// MD5 or SHA-1: an image with another one is not stored. Whether the group's master gets the firmware too is not
// documented: look at the tasks of the schedules.
//
// Without an address there is a Pulse One in memory with a group of three appliances, and an image.
//
// Exit status: 0 when there is nothing to do, or all was done; 1 when something failed, 2 for wrong usage, 3 when a dry
// run found something to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/pulseoneenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const (
	program = "pulseone-upgrade"

	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPending = 3
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
		_, _ = fmt.Fprint(stderr, "usage: pulseone-upgrade -group name -version version -install time [-image file] [-apply]\n\n"+
			"Stages a firmware on a group and schedules its installation.\n\n"+pulseoneenv.Usage+"\n")
		flags.PrintDefaults()
	}
	r := &rollOut{out: stdout}
	flags.StringVar(&r.group, "group", "", "`name` or id of the group")
	flags.StringVar(&r.version, "version", "", "`version` of the firmware")
	kind := flags.String("type", string(pulseone.FirmwareTypeVPN), "what it is for, VPN or NAC")
	image := flags.String("image", "", "`file` with the firmware, to be uploaded if Pulse One has none of the version")
	flags.StringVar(&r.digest, "digest", "", "MD5 or SHA-1 of the image, as its publisher names it; computed for \"\"")
	stage := flags.String("stage", "", "`time` of the staging, RFC 3339; in five minutes for \"\"")
	install := flags.String("install", "", "`time` of the installation, RFC 3339")
	apply := flags.Bool("apply", false, "upload and schedule; without it, show what is missing")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage // the flags have said what is wrong
	case flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, program+":", err)
		return code
	}
	if getenv("PULSEONE_URL") == "" && *install == "" { // to look around
		r.group, r.version = "offices", "9.0R1-HF2"
		*install = now.Add(24 * time.Hour).Format(time.RFC3339)
	}
	if err := r.set(*kind, *stage, *install, now); err != nil {
		return fail(exitUsage, err)
	}
	client, memory, end, err := pulseoneenv.Client(getenv, program, stderr, furnish)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }()
	r.client = client
	switch {
	case *image != "":
		file, err := os.Open(*image)
		if err != nil {
			return fail(exitUsage, err)
		}
		defer func() { _ = file.Close() }()
		r.image, r.imageName = file, *image
	case memory != nil:
		r.image, r.imageName = strings.NewReader(strings.Repeat("firmware", 1<<17)), "made-up.pkg"
	}

	pending, err := r.do(ctx, *apply)
	switch {
	case err != nil:
		return fail(exitFailed, err)
	case pending > 0 && !*apply:
		_, _ = fmt.Fprintf(stdout, "dry run: %d steps to do; -apply does them\n", pending)
		return exitPending
	}
	return exitDone
}

// set checks what the flags say.
func (r *rollOut) set(kind, stage, install string, now time.Time) (err error) {
	if r.group == "" || r.version == "" || install == "" {
		return errors.New("name a -group, a -version and the time to -install")
	}
	if r.kind = pulseone.FirmwareType(kind); r.kind != pulseone.FirmwareTypeVPN && r.kind != pulseone.FirmwareTypeNAC {
		return fmt.Errorf("-type is VPN or NAC, not %q", kind)
	}
	if r.install, err = time.Parse(time.RFC3339, install); err != nil {
		return err
	}
	r.stage = now.Add(5 * time.Minute).Truncate(time.Second)
	if r.stageSet = stage != ""; r.stageSet {
		if r.stage, err = time.Parse(time.RFC3339, stage); err != nil {
			return err
		}
	}
	switch {
	case r.stage.Before(now):
		return errors.New("the staging is in the past")
	case !r.install.After(r.stage):
		return errors.New("the installation has to come after the staging")
	}
	return nil
}

// furnish puts a group into a Pulse One in memory.
func furnish(server *pulseonetest.Server) error {
	add := func(name string) string { return server.AddAppliance(pulseone.Appliance{Name: name, Model: "PSA300"}) }
	server.AddGroup("offices", add("headquarters"), add("branch north"), add("branch south"))
	return nil
}

// say reports on one line what may hold texts of a server.
func (r *rollOut) say(format string, args ...any) {
	_, _ = fmt.Fprintln(r.out, quote.Cell(fmt.Sprintf(format, args...)))
}
