// Ics-sessions shows who is signed in to a Connect Secure appliance, as a live table with filters, and ends sessions.
//
//	ICS_URL=https://vpn.example.com ICS_USER=... ICS_PASSWORD=... ics-sessions -realm Users -watch 10s
//	ICS_URL=... ICS_USER=... ICS_PASSWORD=... ics-sessions -user jack -end
//
// Filters are -user, -realm, -role, -source and -older; a session is shown when all of them fit. With -end the sessions
// shown are ended, after a question that -yes makes superfluous; at least one filter is needed for that. For its age only a
// session is ended that says to the second when it began: releases that do not give the time in a zone that they do not
// name, which can make a session hours older than it is.
//
// ICS_REALM is the administrator realm, "Admin Users" if it is not set; with -legacy the program signs in as releases do
// that have no realms. ICS_CA_FILE names a PEM file with the authority that the appliance's certificate comes from, if
// this machine does not know it. Where the realm asks for a second factor, the program asks for the code, again when the
// key expires. Without ICS_URL it looks at an appliance in its own memory.
//
// Exit status: 0 when all went well, 1 when something failed, 2 for wrong usage, 3 when sessions were found and the
// question was not confirmed. Output that cannot be written is a failure, and sessions that cannot be shown are not
// ended. SIGINT and SIGTERM end it.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/secureaccess-go/secureaccess"
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
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	inPlace := isTerminal(stdout)
	out := printed.To(stdout)
	defer func() { status = out.Status("ics-sessions", status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet("ics-sessions", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, `usage: ics-sessions [flags]
`+icsenv.Usage+`
Without ICS_URL, an appliance in memory is used.`)
		flags.PrintDefaults()
	}
	var f filter
	flags.StringVar(&f.user, "user", "", "sessions of this `name`")
	flags.StringVar(&f.realm, "realm", "", "sessions in this `realm`")
	flags.StringVar(&f.role, "role", "", "sessions with this `role`")
	flags.Func("source", "sessions from this address or `network`", f.setSource)
	flags.DurationVar(&f.older, "older", 0, "sessions that began at least this `time` ago")
	watch := flags.Duration("watch", 0, "show the table again after this `pause`, until interrupted")
	times := flags.Int("times", 0, "with -watch, end after this `number` of tables")
	rows := flags.Int("rows", 40, "show at most this `number` of sessions")
	legacy := flags.Bool("legacy", false, "sign in as releases without realms do")
	end := flags.Bool("end", false, "end the sessions that are shown")
	yes := flags.Bool("yes", false, "with -end, do not ask")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	case flags.NArg() > 0, *end && *watch > 0:
		flags.Usage()
		return exitUsage
	case f.older < 0:
		_, _ = fmt.Fprintln(stderr, "ics-sessions: -older is negative, which fits every session")
		return exitUsage
	case *end && f == (filter{}):
		_, _ = fmt.Fprintln(stderr, "ics-sessions: -end needs a filter")
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, "ics-sessions:", err)
		return code
	}

	lines := linesOf(ctx, stdin)
	client, closeClient, err := connect(getenv, *legacy, askForCode(lines, stderr))
	if err != nil {
		return fail(exitUsage, err)
	}
	defer closeClient()
	if err := client.SignIn(ctx); err != nil {
		return fail(exitFailed, err)
	}

	if *end {
		return endThese(ctx, client, f, *yes, lines, out, fail)
	}
	for n := 1; ; n++ {
		if err := show(ctx, client, f, *rows, *watch > 0 && inPlace, stdout); err != nil {
			if ctx.Err() != nil {
				return exitDone // interrupted, which is how watching ends
			}
			return fail(exitFailed, err)
		}
		if out.Err() != nil {
			return exitFailed
		}
		if *watch <= 0 || n == *times || secureaccess.SystemClock().Sleep(ctx, *watch) != nil {
			return exitDone
		}
	}
}

// connect makes a client from the environment, or one of an appliance in memory.
func connect(getenv func(string) string, legacy bool, factor ics.SecondFactor) (client *ics.Client, closeClient func(), err error) {
	if getenv("ICS_URL") == "" {
		server := icstest.New()
		if err := server.Start("127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
		server.AddSessions(20)
		server.AddSession(ics.Session{User: "jack", Realm: "Contractors", Roles: "Contractors", SourceIP: "192.0.2.7"})
		server.Churn(3, 3, uint64(time.Now().UnixNano()))
		client, err = server.Client()
		return client, server.Close, err
	}
	client, err = icsenv.Client(getenv, legacy, ics.WithSecondFactor(factor))
	if err != nil {
		return nil, nil, err
	}
	return client, func() { _ = client.Close(context.Background()) }, nil
}

// askForCode asks a person for the code of a second factor.
func askForCode(lines func() (string, bool), stderr io.Writer) ics.SecondFactor {
	return func(_ context.Context, factor *ics.SecondFactorError) (secureaccess.Secret, error) {
		_, _ = fmt.Fprintf(stderr, "Code of the second factor for %s: ", factor.Realm)
		code, ok := lines()
		if !ok {
			return secureaccess.Secret{}, errors.New("there is no code")
		}
		return secureaccess.NewSecret(code), nil
	}
}

// linesOf returns what reads lines: false when there are no more, or the program is interrupted while it waits for one.
func linesOf(ctx context.Context, stdin io.Reader) func() (string, bool) {
	scanner := bufio.NewScanner(stdin)
	return func() (string, bool) {
		line := make(chan string, 1)
		go func() { // a read of a terminal cannot be broken off: interrupted, the program ends with it under way
			defer close(line)
			if scanner.Scan() {
				line <- strings.TrimSpace(scanner.Text())
			}
		}()
		select {
		case text, ok := <-line:
			return text, ok
		case <-ctx.Done():
			return "", false
		}
	}
}

// filter chooses sessions.
type filter struct {
	user, realm, role string
	source            netip.Prefix
	older             time.Duration
}

func (f *filter) setSource(text string) error {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return errors.New("neither an address nor a network")
		}
		prefix = netip.PrefixFrom(address, address.BitLen())
	}
	f.source = prefix.Masked()
	return nil
}

func (f *filter) fits(s *ics.Session) bool {
	if f.source.IsValid() {
		address, err := netip.ParseAddr(s.SourceIP)
		if err != nil || !f.source.Contains(address.Unmap()) {
			return false
		}
	}
	return (f.user == "" || f.user == s.User) &&
		(f.realm == "" || f.realm == s.Realm) &&
		(f.role == "" || hasRole(s.Roles, f.role)) &&
		(f.older == 0 || !s.SignedIn().IsZero() && time.Since(s.SignedIn()) >= f.older)
}

// knowsAge reports whether a session says to the second when it began. The other time that there is stands in the
// appliance's zone, which it does not name.
func knowsAge(s ics.Session) bool {
	s.SignInTime = secureaccess.Time{}
	return !s.SignedIn().IsZero()
}

// hasRole looks for a role in the text that lists a session's roles.
func hasRole(roles, role string) bool {
	for name := range strings.SplitSeq(roles, ",") {
		if strings.TrimSpace(name) == role {
			return true
		}
	}
	return false
}

// show prints one table. Of the sessions that do not fit into it only the number is kept: there may be a hundred thousand.
func show(ctx context.Context, client *ics.Client, f filter, rows int, inPlace bool, stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "USER\tREALM\tROLES\tSOURCE\tTUNNEL\tNODE\tFOR")
	all, fitting := 0, 0
	for session, err := range client.Sessions.All(ctx, nil) {
		if err != nil {
			return err
		}
		all++
		if !f.fits(&session) {
			continue
		}
		if fitting++; fitting <= rows {
			printSession(table, &session)
		}
	}
	if inPlace { // not before the new table is there to be shown
		_, _ = io.WriteString(stdout, "\x1b[H\x1b[2J")
	}
	_ = table.Flush()
	if fitting > rows {
		_, _ = fmt.Fprintf(stdout, "... and %d more\n", fitting-rows)
	}
	_, _ = fmt.Fprintf(stdout, "%s: %d of %d sessions\n\n", time.Now().Format(time.TimeOnly), fitting, all)
	return nil
}

// isTerminal reports whether a person looks at w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func printSession(w io.Writer, s *ics.Session) {
	tunnel, since := s.TunnelIP, "-"
	if tunnel == "" {
		tunnel = "-"
	}
	if !s.SignedIn().IsZero() {
		since = time.Since(s.SignedIn()).Round(time.Minute).String()
	}
	_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", quote.Cell(s.User), quote.Cell(s.Realm), quote.Cell(s.Roles),
		quote.Cell(s.SourceIP), quote.Cell(tunnel), quote.Cell(s.LoginNode), since)
}

// endThese shows the sessions that fit, asks, and ends exactly those.
func endThese(ctx context.Context, client *ics.Client, f filter, yes bool, lines func() (string, bool), stdout *printed.Writer, fail func(int, error) int) int {
	type row struct{ id, user string }
	var these []row
	unsure := 0
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for session, err := range client.Sessions.All(ctx, nil) {
		if err != nil {
			return fail(exitFailed, err)
		}
		switch {
		case !f.fits(&session):
		case f.older > 0 && !knowsAge(session):
			unsure++
		default:
			these = append(these, row{session.ID, session.User})
			printSession(table, &session)
		}
	}
	_ = table.Flush()
	if unsure > 0 {
		_, _ = fmt.Fprintf(stdout, "%d sessions are left alone: the appliance does not say exactly when they began\n", unsure)
	}
	if len(these) == 0 {
		_, _ = fmt.Fprintln(stdout, "no session fits")
		return exitDone
	}
	if !yes {
		_, _ = fmt.Fprintf(stdout, "End these %d sessions? (yes/no) ", len(these))
	}
	if stdout.Err() != nil {
		return fail(exitFailed, errors.New("sessions that cannot be shown are not ended"))
	}
	if !yes {
		if line, _ := lines(); line != "yes" {
			_, _ = fmt.Fprintln(stdout, "nothing was ended")
			return exitPending
		}
	}
	ended, code := 0, exitDone
	for _, s := range these {
		_, err := client.Sessions.End(ctx, s.id)
		if ctx.Err() != nil && err != nil {
			code = fail(exitFailed, errors.New("interrupted"))
			break
		}
		switch {
		case err == nil:
			ended++
		case errors.Is(err, secureaccess.ErrNotFound): // gone by itself meanwhile
		default:
			code = fail(exitFailed, fmt.Errorf("session of %s: %w", quote.Cell(s.user), err))
		}
	}
	_, _ = fmt.Fprintf(stdout, "%d of %d sessions ended\n", ended, len(these))
	return code
}
