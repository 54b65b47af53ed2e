// Sase-joiners brings the users of a Harmony SASE account in line with a CSV of joiners and leavers.
//
//	SASE_URL=https://api.eu.sase.checkpoint.com/api/rest SASE_API_KEY=... sase-joiners [flags] people.csv
//	SASE_URL=... SASE_API_KEY=... sase-joiners -apply people.csv
//
// The first line of the CSV names its columns: action, email, first_name, last_name, groups. The action is join or leave;
// groups are names with semicolons between them, and for joiners only. Joiners become users and members of their groups,
// groups that do not exist are created, leavers are deleted, and all the rest stays as it is.
//
// Without -apply it is a dry run, which shows the plan. The plan is made from what the account is like, so that a second
// run has nothing left to do, and a run that broke off is completed by the next.
//
// SASE_URL is the base URL, that of the US region if only the key is set; SASE_CA_FILE names certificates in PEM to trust
// instead of this machine's, for a proxy that inspects TLS. With neither SASE_URL nor SASE_API_KEY in the environment
// the program works on a server in its own memory, and without a file on a CSV of its own.
//
// A terminal shows the first 20 changes of a plan, and progress while it is carried out; a file or a pipe gets all.
//
// Exit status: 0 when there was nothing to do or all was done, 1 when something failed, 2 for wrong usage or a wrong
// CSV, 3 when a dry run has found something to do. SIGINT and SIGTERM end it, and the next run does the rest.
package main

import (
	"bytes"
	"context"
	"crypto/x509"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPending = 3
)

//go:embed sample.csv
var sample []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (status int) {
	inPlace := isTerminal(stdout)
	out := printed.To(stdout)
	defer func() { status = out.Status("sase-joiners", status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet("sase-joiners", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, `usage: sase-joiners [flags] people.csv
The account is named by SASE_URL and SASE_API_KEY in the environment; without both, a server in memory is used.
SASE_CA_FILE names certificates in PEM to trust instead of this machine's.
Columns: action (join or leave), email, first_name, last_name, groups (with semicolons between them).
Exit status: 0 nothing to do, or all done; 1 something failed; 2 wrong usage or CSV; 3 a dry run found something to do.`)
		flags.PrintDefaults()
	}
	apply := flags.Bool("apply", false, "carry out the plan instead of only showing it")
	maxLeavers := flags.Int("max-leavers", 10, "refuse to delete more `users` than this")
	invite := flags.String("invite", "Welcome. Please follow the link to set up your access.", "`text` of the invitation")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, "sase-joiners:", err)
		return code
	}

	url, key := getenv("SASE_URL"), getenv("SASE_API_KEY")
	inMemory := url == "" && key == ""
	csv := sample
	switch {
	case flags.NArg() > 1 || flags.NArg() == 0 && !inMemory:
		flags.Usage()
		return exitUsage
	case flags.NArg() == 1:
		data, err := os.ReadFile(flags.Arg(0))
		if err != nil {
			return fail(exitUsage, err)
		}
		csv = data
	}
	people, err := readPeople(bytes.NewReader(csv))
	if err != nil {
		return fail(exitUsage, err)
	}

	if inMemory {
		_, _ = fmt.Fprintln(stderr, "sase-joiners: neither SASE_URL nor SASE_API_KEY is set: this is a server in memory")
		server, err := startFake()
		if err != nil {
			return fail(exitFailed, err)
		}
		defer server.Close()
		credentials := server.Credentials()
		url, key = credentials["base_url"], credentials["api_key"]
	}
	if url == "" {
		url = sase.RegionUS
	}
	opts, err := trust(getenv("SASE_CA_FILE"))
	if err != nil {
		return fail(exitUsage, err)
	}
	client, err := sase.New(url, sase.APIKey(key), opts...)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = client.Close(ctx) }()

	account, err := readAccount(ctx, client)
	if err != nil {
		return fail(exitFailed, err)
	}
	plan := account.plan(people, *invite)
	most := len(plan)
	if inPlace {
		most = longReport
	}
	show(stdout, plan, most)
	switch {
	case len(plan) == 0:
		_, _ = fmt.Fprintln(stdout, "nothing to do")
		return exitDone
	case leavers(plan) > *maxLeavers:
		return fail(exitFailed, fmt.Errorf("%d users would be deleted, more than -max-leavers %d", leavers(plan), *maxLeavers))
	case !*apply:
		_, _ = fmt.Fprintf(stdout, "%d changes to make; run again with -apply\n", len(plan))
		return exitPending
	}
	failed := 0
	progress := isTerminal(stderr)
	for i, change := range plan {
		if err := change.do(ctx, client); err != nil {
			failed++
			_ = fail(exitFailed, fmt.Errorf("%s: %w", quote.Cell(change.text), err))
		}
		if progress {
			_, _ = fmt.Fprintf(stderr, "\r%d of %d", i+1, len(plan))
		}
		if err := ctx.Err(); err != nil {
			return fail(exitFailed, fmt.Errorf("stopped after %d of %d changes: %w", i+1, len(plan), err))
		}
	}
	if progress {
		_, _ = fmt.Fprintln(stderr)
	}
	_, _ = fmt.Fprintf(stdout, "%d changes made, %d failed\n", len(plan)-failed, failed)
	if failed > 0 {
		return exitFailed
	}
	return exitDone
}

// longReport is how many changes a terminal shows.
const longReport = 20

// show lists the first changes of a plan, most of them at most, and counts the rest.
func show(w io.Writer, plan []change, most int) {
	for _, change := range plan[:min(len(plan), most)] {
		_, _ = fmt.Fprintln(w, quote.Cell(change.text))
	}
	if len(plan) > most {
		_, _ = fmt.Fprintf(w, "... and %d more\n", len(plan)-most)
	}
}

// isTerminal reports whether a person reads what is written to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// trust returns the options for the certificates in a file, none for "".
func trust(name string) ([]secureaccess.Option, error) {
	if name == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("SASE_CA_FILE: there is no certificate in %s", name)
	}
	return []secureaccess.Option{secureaccess.WithRootCAs(pool)}, nil
}

// startFake starts a server in memory with people for the sample to act on.
func startFake() (*sasetest.Server, error) {
	server := sasetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	server.AddUser(sase.User{Email: "charles@example.com", FirstName: "Charles", LastName: "Babbage"})
	grace := server.AddUser(sase.User{Email: "grace@example.com", FirstName: "Grace", LastName: "Hopper"})
	server.AddGroup(sase.Group{Name: "Engineering", Users: []string{grace.ID}})
	return server, nil
}
