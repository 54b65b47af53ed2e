// Command sps-audit writes the privileged sessions of the last week as CSV, newest first as far as the appliance lists
// them so.
//
//	sps-audit [-days 7] [-search query] [-fields list] [-o file]
//
// It goes through a snapshot of the appliance's session database, whatever its size, and keeps the sessions that began
// in the last days. -search has the appliance narrow the list down first, where its query language is known. The
// members of a session are asked for with the list; an appliance that does not send them, or -fields "", or without the
// times in it, costs a request for each session more. A session that has no time even then is listed with an empty one:
// it may belong to these days.
//
// The appliance is that of these variables; without SPS_URL it is one in memory, to look around:
//
//	SPS_URL           address of the appliance: https://sps.example.com
//	SPS_USER          user with the right to search
//	SPS_PASSWORD      its password
//	SPS_LOGIN_METHOD  login method, if it is not the default one
//	SPS_CA_FILE       file with the certificate of the authority to trust, if it is not among the machine's
//
// A file is there when it is whole, and not otherwise; only its owner can read it, since it names people. What a
// spreadsheet would take for a formula has an apostrophe in front.
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
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/outfile"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/examples/internal/spsenv"
	"github.com/secureaccess-go/secureaccess/sps"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, time.Now(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: sps-audit [-days 7] [-search query] [-fields list] [-o file]

Writes the privileged sessions of the last days as CSV.

` + spsenv.Usage + "\n"

const (
	exitFailed = 1
	exitUsage  = 2
)

// members are what the columns are made of.
const members = "start_time,creation_time,end_time,duration,protocol,user,client,server,verdict,recording"

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, now time.Time, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sps-audit", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	days := flags.Int("days", 7, "sessions that began in so many days")
	search := flags.String("search", "", "query for the appliance, to narrow the list down")
	fields := flags.String("fields", members, "members of a session to ask for with the list")
	file := flags.String("o", "", "file to write, instead of standard output")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return exitUsage
	case *days <= 0, flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	}
	fail := func(err error) int {
		_, _ = fmt.Fprintln(stderr, "sps-audit:", err)
		return exitFailed
	}

	client, end, err := spsenv.Client(getenv, "sps-audit", stderr, nil)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = end(context.WithoutCancel(ctx)) }()
	opts := &sps.AuditSessionListOptions{Search: *search}
	if *fields != "" {
		opts.Fields = strings.Split(*fields, ",")
	}
	since := now.AddDate(0, 0, -*days)
	count, err := write(ctx, client, opts, since, *file, stdout)
	if err != nil {
		return fail(fmt.Errorf("after %d sessions: %w", count, err))
	}
	_, _ = fmt.Fprintf(stderr, "sps-audit: %d sessions since %s\n", count, since.UTC().Format(time.RFC3339))
	return 0
}

// write exports the sessions to a file, or to stdout without one.
func write(ctx context.Context, client *sps.Client, opts *sps.AuditSessionListOptions, since time.Time, file string, stdout io.Writer) (int, error) {
	// Before the file is begun: an appliance that does not respond costs nothing.
	snapshot, err := client.AuditSessions.TakeSnapshot(ctx)
	if err != nil {
		return 0, err
	}
	if file == "" {
		return export(ctx, client, snapshot, opts, since, stdout)
	}
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return 0, err
	}
	defer func() { _ = root.Close() }()
	out, err := outfile.Create(root, filepath.Base(file))
	if err != nil {
		return 0, err
	}
	defer out.Discard()
	count, err := export(ctx, client, snapshot, opts, since, out)
	if err != nil {
		return count, err
	}
	return count, out.Commit()
}

// export writes the sessions that began since a moment, and returns their number. It holds one page of them at a time.
func export(ctx context.Context, client *sps.Client, snapshot *sps.Snapshot, opts *sps.AuditSessionListOptions, since time.Time, out io.Writer) (count int, err error) {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"id", "begin", "end", "seconds", "protocol", "user", "gateway user", "server user", "client", "server", "verdict", "channel policy"}); err != nil {
		return 0, err
	}
	for session, err := range snapshot.All(ctx, opts) {
		if err == nil && (!session.Loaded() || began(session).IsZero()) {
			session, err = client.AuditSessions.Get(ctx, session.Key)
		}
		if err != nil {
			w.Flush()
			return count, err
		}
		begin := began(session)
		if !begin.IsZero() && begin.Before(since) {
			continue // no order is promised: what follows can be newer
		}
		count++
		if err := w.Write(row(session, begin)); err != nil {
			return count, err
		}
	}
	w.Flush()
	return count, w.Error()
}

// began tells when a session began, as far as the appliance says so.
func began(session *sps.Object[sps.AuditSession]) secureaccess.Time {
	if !session.Body.StartTime.IsZero() {
		return session.Body.StartTime
	}
	return session.Body.CreationTime
}

func row(session *sps.Object[sps.AuditSession], begin secureaccess.Time) []string {
	s := session.Body
	cells := []string{
		session.Key, moment(begin), moment(s.EndTime), strconv.Itoa(int(s.Duration)), s.Protocol,
		s.User.Name, s.User.GatewayUsername, s.User.ServerUsername, peer(s.Client), peer(s.Server), s.Verdict, s.Recording.ChannelPolicy,
	}
	for i, cell := range cells { // who connects chooses some of these
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

func peer(p sps.Peer) string {
	if p.Name != "" {
		return p.Name
	}
	return p.IP
}
