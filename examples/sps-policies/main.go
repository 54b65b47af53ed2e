// Command sps-policies keeps the policies of a Safeguard for Privileged Sessions appliance as files.
//
//	sps-policies [-apply] [-m message] [folder]
//
// The folder holds a JSON file for each object, at the path of its endpoint: rdp/channel_policies/desktops.json. An
// object is found by its member "name". A setting, of which there is one, is a file at its own path:
// management/email.json. What a file says is compared with the appliance; members that it does not have are left alone,
// lists are compared as a whole. References are keys, or better names, which hold on every appliance:
//
//	"time_policy": {"@name": "policies/time_policies/nights"}
//
// Without -apply the differences are shown and nothing is changed. With -apply all of them are made in one transaction,
// which is rolled back on the first error, and also when the appliance does not take all of it, since it ignores
// members that it does not know: either everything in the folder holds, or nothing was done. Objects without a file are
// left alone.
//
// Files of types that the SDK knows are compared with them first: a member that the type does not have is a note on
// standard error, since a newer release may have it. Places that take no writes are refused.
//
// The appliance is that of these variables; without SPS_URL it is one in memory, with a folder of its own, to look
// around:
//
//	SPS_URL           address of the appliance: https://sps.example.com
//	SPS_USER          user with the privilege for the REST server
//	SPS_PASSWORD      its password
//	SPS_LOGIN_METHOD  login method, if it is not the default one
//	SPS_CA_FILE       file with the certificate of the authority to trust, if it is not among the machine's
//
// What cannot be shown is not made. The exit code is 0 when the appliance is as the folder says, by now at least; 1 for
// an error, also of writing; 2 for wrong arguments; 3 for differences that were shown only.
package main

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/examples/internal/spsenv"
	"github.com/secureaccess-go/secureaccess/sps"
)

//go:embed policies
var samples embed.FS

const (
	exitFailed      = 1
	exitUsage       = 2
	exitDifferences = 3
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that went away is an error of writing, so that the transaction is rolled back
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: sps-policies [-apply] [-m message] [folder]

Compares a folder of JSON policies with an SPS appliance, and with -apply makes
the differences in one transaction.

` + spsenv.Usage + "\n"

// printer writes until that fails, and keeps the error.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) Write(data []byte) (int, error) {
	if p.err == nil {
		_, p.err = p.out.Write(data)
	}
	return len(data), p.err
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sps-policies", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	apply := flags.Bool("apply", false, "make the differences, in one transaction")
	message := flags.String("m", "", "commit message")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	}
	if flags.NArg() > 1 || flags.NArg() == 0 && getenv("SPS_URL") != "" {
		flags.Usage()
		return exitUsage
	}
	fail := func(err error) int {
		_, _ = fmt.Fprintln(stderr, "sps-policies:", err)
		return exitFailed
	}

	folder, err := fs.Sub(samples, "policies")
	if err != nil {
		return fail(err)
	}
	if flags.NArg() == 1 {
		folder = os.DirFS(flags.Arg(0))
	}
	wanted, err := load(folder)
	if err != nil {
		return fail(fmt.Errorf("%s: %w", cmp.Or(flags.Arg(0), "the samples"), err))
	}
	for _, note := range notes(wanted) {
		_, _ = fmt.Fprintln(stderr, "sps-policies: note:", quote.Cell(note))
	}
	client, end, err := spsenv.Client(getenv, "sps-policies", stderr, nil)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }()

	shown := &printer{out: stdout}
	var result tally
	if *apply {
		// Reading and writing in one transaction: nobody changes anything in between.
		err = client.Transact(ctx, *message, func(ctx context.Context, tx *sps.Tx) error {
			result, err = reconcile(ctx, tx, tx, wanted, shown)
			if err == nil {
				err = shown.err // what nobody can read is not done
			}
			if err != nil {
				return err
			}
			if result.create+result.change == 0 {
				return tx.Rollback(ctx) // an empty commit would be a line in the appliance's record
			}
			// The appliance ignores members that it does not know, such as mistyped ones, without a word.
			var left bytes.Buffer
			still, err := reconcile(ctx, tx, nil, wanted, &left)
			if err == nil && still.create+still.change > 0 {
				err = fmt.Errorf("the appliance did not take all of it; this is left:\n%s", strings.TrimRight(left.String(), "\n"))
			}
			return err
		})
	} else {
		result, err = reconcile(ctx, client, nil, wanted, shown)
	}
	if err != nil {
		if *apply && !errors.Is(err, sps.ErrCommitUncertain) {
			_, _ = fmt.Fprintln(shown, "nothing was changed")
		}
		return fail(err)
	}
	verb := "to "
	if *apply {
		verb = ""
	}
	_, _ = fmt.Fprintf(shown, "%screate: %d, %schange: %d, as they should be: %d\n", verb, result.create, verb, result.change, result.same)
	if shown.err != nil {
		return fail(shown.err)
	}
	if !*apply && result.create+result.change > 0 {
		return exitDifferences
	}
	return 0
}
