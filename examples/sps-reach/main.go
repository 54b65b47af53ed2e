// Command sps-reach lists who may reach what over RDP and SSH through a Safeguard for Privileged Sessions appliance: a
// line for each rule of the channel policy of each connection policy.
//
//	sps-reach [-csv] [-all]
//
// A line has the connection, from where and to where it leads, the channel, which groups may open it, when, and whether
// it is recorded and needs a second person. Groups that are the name of a user list are followed by the texts of that
// list, where the release lets them be read. Public sources do not show the member by which a connection refers to its
// channel policy; it is taken from "channel_policy", and a connection without one has a question mark.
//
// Suspended connections are left out unless -all is given. The program only reads.
//
// The appliance is that of these variables; without SPS_URL it is one in memory, to look around:
//
//	SPS_URL           address of the appliance: https://sps.example.com
//	SPS_USER          user with the right to read policies
//	SPS_PASSWORD      its password
//	SPS_LOGIN_METHOD  login method, if it is not the default one
//	SPS_CA_FILE       file with the certificate of the authority to trust, if it is not among the machine's
//
// The exit code is 0 when the list is whole, 1 when it is not, 2 for wrong arguments.
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
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/examples/internal/spsenv"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

const usage = `usage: sps-reach [-csv] [-all]

Lists who may reach what over RDP and SSH.

` + spsenv.Usage + "\n"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sps-reach", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	asCSV := flags.Bool("csv", false, "write CSV instead of a table")
	all := flags.Bool("all", false, "list suspended connections too")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	case flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	}
	fail := func(err error) int {
		_, _ = fmt.Fprintln(stderr, "sps-reach:", err)
		return exitFailed
	}
	client, end, err := spsenv.Client(getenv, "sps-reach", stderr, furnish)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }()
	rows, err := reach(ctx, client, *all)
	if err != nil {
		return fail(err)
	}
	write := table
	if *asCSV {
		write = commas
	}
	if err := write(stdout, rows); err != nil {
		return fail(err)
	}
	return 0
}

var titles = []string{"protocol", "connection", "from", "to", "channel", "groups", "when", "recorded", "four eyes"}

// table writes the rows for a terminal.
func table(out io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{titles}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = quote.Cell(cell)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// commas writes the rows as CSV.
func commas(out io.Writer, rows [][]string) error {
	w := csv.NewWriter(out)
	for _, row := range append([][]string{titles}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = quote.CSVCell(cell)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
