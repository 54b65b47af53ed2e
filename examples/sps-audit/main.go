// Command sps-audit writes the privileged sessions of the last week as CSV, newest first as far as the appliance lists
// them so.
//
//	sps-audit [-days 7] [-search query] [-fields list] [-o file]
//
// It goes through a snapshot of the appliance's session database, whatever its size, and keeps the sessions that began
// in the last days. -search has the appliance narrow the list down first, where its query language is known. The
// members of a session are asked for with the list; an appliance that does not send them, or -fields "", costs a
// request for each session more.
//
// The appliance is that of these variables; without SPS_URL it is one in memory, to look around:
//
//	SPS_URL           address of the appliance: https://sps.example.com
//	SPS_USER          user with the right to search
//	SPS_PASSWORD      its password
//	SPS_LOGIN_METHOD  login method, if it is not the default one
//	SPS_CA            file with the certificate of the authority to trust, if it is not among the machine's
//
// The exit code is 0 when the file is whole, 1 when it is not, 2 for wrong arguments.
package main

import (
	"context"
	"crypto/x509"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv, time.Now(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: sps-audit [-days 7] [-search query] [-fields list] [-o file]

Writes the privileged sessions of the last days as CSV.

  SPS_URL           address of the appliance; without it one in memory is used
  SPS_USER          user with the right to search
  SPS_PASSWORD      its password
  SPS_LOGIN_METHOD  login method, if it is not the default one
  SPS_CA            certificate of the authority to trust, a file

`

// members are what the columns are made of.
const members = "start_time,creation_time,end_time,duration,protocol,user,client,server,verdict,recording"

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, now time.Time, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sps-audit", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
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
		return 2
	case *days <= 0, flags.NArg() > 0:
		flags.Usage()
		return 2
	}
	fail := func(err error) int {
		fmt.Fprintln(stderr, "sps-audit:", err)
		return 1
	}

	client, end, err := connect(getenv, stderr)
	if err != nil {
		return fail(err)
	}
	defer end()
	opts := &sps.AuditSessionListOptions{Search: *search}
	if *fields != "" {
		opts.Fields = strings.Split(*fields, ",")
	}
	since := now.AddDate(0, 0, -*days)

	// Before the file is opened: an appliance that does not answer must not cost the one of last week.
	snapshot, err := client.AuditSessions.Snapshot(ctx)
	if err != nil {
		_ = client.Close(context.WithoutCancel(ctx)) // no transaction is open
		return fail(err)
	}
	out, closeOut := stdout, func() error { return nil }
	if *file != "" {
		f, err := os.OpenFile(*file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it names people
		if err != nil {
			return fail(err)
		}
		out, closeOut = f, f.Close
	}
	count, err := export(ctx, client, snapshot, opts, since, out)
	if closeErr := closeOut(); err == nil {
		err = closeErr
	}
	if closeErr := client.Close(context.WithoutCancel(ctx)); err == nil {
		err = closeErr
	}
	if err != nil {
		return fail(fmt.Errorf("after %d sessions: %w", count, err))
	}
	fmt.Fprintf(stderr, "sps-audit: %d sessions since %s\n", count, since.UTC().Format(time.RFC3339))
	return 0
}

// connect returns a client of the appliance that the environment names, or of one in memory.
func connect(getenv func(string) string, stderr io.Writer) (client *sps.Client, end func(), err error) {
	address := getenv("SPS_URL")
	if address == "" {
		server := spstest.New()
		if err := server.Start("127.0.0.1:0", nil); err != nil {
			return nil, nil, err
		}
		fmt.Fprintln(stderr, "sps-audit: no SPS_URL, so this is an appliance in memory")
		client, err := server.Client()
		return client, server.Close, err
	}
	var opts []secureaccess.Option
	if file := getenv("SPS_CA"); file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(data) {
			return nil, nil, fmt.Errorf("%s holds no certificate", file)
		}
		opts = append(opts, secureaccess.WithRootCAs(pool))
	}
	client, err = sps.New(address, sps.PasswordWith(getenv("SPS_LOGIN_METHOD"), getenv("SPS_USER"), getenv("SPS_PASSWORD")), opts...)
	return client, func() {}, err
}

// export writes the sessions that began since a moment, and returns their number. It holds one page of them at a time.
func export(ctx context.Context, client *sps.Client, snapshot *sps.Snapshot, opts *sps.AuditSessionListOptions, since time.Time, out io.Writer) (count int, err error) {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"id", "begin", "end", "seconds", "protocol", "user", "gateway user", "server user", "client", "server", "verdict", "channel policy"}); err != nil {
		return 0, err
	}
	for session, err := range snapshot.All(ctx, opts) {
		if err == nil && !session.Loaded() {
			session, err = client.AuditSessions.Get(ctx, session.Key)
		}
		if err != nil {
			w.Flush()
			return count, err
		}
		begin := session.Body.StartTime
		if begin.IsZero() {
			begin = session.Body.CreationTime
		}
		if begin.Before(since) {
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

func row(session *sps.Object[sps.AuditSession], begin secureaccess.Time) []string {
	s := session.Body
	cells := []string{
		session.Key, moment(begin), moment(s.EndTime), strconv.Itoa(int(s.Duration)), s.Protocol,
		s.User.Name, s.User.GatewayUsername, s.User.ServerUsername, peer(s.Client), peer(s.Server), s.Verdict, s.Recording.ChannelPolicy,
	}
	for i, cell := range cells {
		// Who connects chooses some of these. A spreadsheet would run what begins like a formula.
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cells[i] = "'" + cell
		}
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
