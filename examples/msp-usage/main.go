// Command msp-usage prints a month's usage of the tenants of an MSP portal, for billing.
//
//	msp-usage [-month 2026-02] [-by tenant,product] [-format table|csv] [-o file]
//
// It takes the newest usage report of the month. For the current month it has one made where there is none; for a month
// that is over it cannot, since the portal reports on today: have a schedule make one on the last days of each month.
// Rows that share the columns of -by are added up. With -o the result goes to a file, which only its owner can read, and
// which is complete or not there.
//
// Text from the portal is quoted for where it goes: cells that a spreadsheet would calculate with begin with an
// apostrophe in CSV, and control characters are blanks in a table.
//
// The portal is that of these variables; without MSP_URL it is one in memory, to look around:
//
//	MSP_URL       address of the portal: https://msp.example.net
//	MSP_USER      administrator, whose session in a browser ends when the program signs in
//	MSP_PASSWORD  its password
//	MSP_REALM     realm to sign in to, if it is not "ZTA Admin Users"
//	MSP_DSID      a session that is there already, instead of MSP_USER and MSP_PASSWORD
//	MSP_CA_FILE   certificates to trust, in PEM, if the machine's are not the portal's
//
// Exit status: 0 when the usage was printed, 1 when that failed, 2 for wrong usage.
package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

const usage = `usage: msp-usage [-month 2026-02] [-by tenant,product] [-format table|csv] [-o file]

Prints a month's usage per tenant from the usage report of an MSP portal.

  MSP_URL       address of the portal; without it a portal in memory is used
  MSP_USER      administrator
  MSP_PASSWORD  its password
  MSP_REALM     realm to sign in to, if it is not "ZTA Admin Users"
  MSP_DSID      a session that is there already, instead of user and password
  MSP_CA_FILE   certificates to trust, in PEM

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("msp-usage", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	now := time.Now().UTC()
	monthName := flags.String("month", now.Format("2006-01"), "month to report on, in UTC")
	by := flags.String("by", "tenant,product", "columns of the report that make a line; the first must be there")
	format := flags.String("format", "table", "table or csv")
	output := flags.String("o", "", "`file` to write to in place of the standard output")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	}
	month, err := time.Parse("2006-01", *monthName)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "msp-usage: -month %q is not a month such as 2026-02\n", *monthName)
		return exitUsage
	case *format != "table" && *format != "csv", flags.NArg() > 0:
		flags.Usage()
		return exitUsage
	}

	client, end, err := connect(getenv, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "msp-usage:", err)
		if errors.Is(err, secureaccess.ErrInvalidArgument) {
			return exitUsage
		}
		return exitFailed
	}
	defer end()
	sums, err := monthsUsage(ctx, client, month, now, strings.Split(*by, ","), stderr)
	// Whatever has happened, the session is not left open: Close signs out also after an interrupt.
	if closeErr := client.Close(ctx); closeErr != nil {
		fmt.Fprintln(stderr, "msp-usage: signing out:", closeErr)
	}
	switch {
	case err != nil:
	case *output != "":
		err = writeFile(*output, func(w io.Writer) error { return sums.print(w, *format) })
	default:
		err = sums.print(stdout, *format)
	}
	if err != nil {
		fmt.Fprintln(stderr, "msp-usage:", err)
		return exitFailed
	}
	return exitDone
}

// writeFile writes a file that is complete or not there, and that nobody but its owner can read. It is written beside
// and renamed, which replaces a symbolic link instead of following it.
func writeFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".msp-usage-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// connect returns a client of the portal that the environment names, or of one in memory.
func connect(getenv func(string) string, stderr io.Writer) (client *msp.Client, end func(), err error) {
	if address := getenv("MSP_URL"); address != "" {
		auth := msp.DSID(getenv("MSP_DSID"))
		if getenv("MSP_DSID") == "" {
			auth = msp.Password(getenv("MSP_USER"), getenv("MSP_PASSWORD"), msp.WithRealm(cmp.Or(getenv("MSP_REALM"), msp.DefaultRealm)))
		}
		var opts []secureaccess.Option
		if file := getenv("MSP_CA_FILE"); file != "" {
			pem, err := os.ReadFile(file)
			if err != nil {
				return nil, nil, err
			}
			pool := x509.NewCertPool()
			if !pool.AppendCertsFromPEM(pem) {
				return nil, nil, fmt.Errorf("%s: no certificate in PEM", file)
			}
			opts = append(opts, secureaccess.WithRootCAs(pool))
		}
		client, err = msp.New(address, auth, opts...)
		return client, func() {}, err
	}
	fmt.Fprintln(stderr, "MSP_URL is not set: this is a portal in memory")
	server := msptest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return nil, nil, err
	}
	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme", Subscriptions: []msp.Subscription{
		{DisplayName: "ZTA Advanced", Category: msp.CategoryZTA, TotalUsers: 50},
		{DisplayName: "ZTA Advanced, more users", Category: msp.CategoryZTA, TotalUsers: 25},
		{DisplayName: "ICS Essentials", Category: msp.CategoryPCS, TotalUsers: 20},
	}})
	server.AddTenant(msp.Tenant{SubDomain: "globex", Name: "Globex", Subscriptions: []msp.Subscription{
		{DisplayName: "ZTA Essentials", Category: msp.CategoryZTA, TotalUsers: 200},
	}})
	server.SetActiveUsers("acme", msp.CategoryZTA, 61)
	server.SetActiveUsers("acme", msp.CategoryPCS, 12)
	server.SetActiveUsers("globex", msp.CategoryZTA, 187)
	if client, err = server.Client(); err != nil {
		server.Close()
	}
	return client, server.Close, err
}

// monthsUsage finds the report of a month, or has it made, and adds it up.
func monthsUsage(ctx context.Context, client *msp.Client, month, now time.Time, by []string, stderr io.Writer) (*sums, error) {
	end := month.AddDate(0, 1, 0)
	var report *msp.Report
	for candidate, err := range client.Reports.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		at := candidate.Created.Time
		if !at.Before(month) && at.Before(end) && (report == nil || at.After(report.Created.Time)) {
			report = &candidate
		}
	}
	if report == nil {
		switch {
		case now.Before(month):
			return nil, fmt.Errorf("there is no report of %s, which is still to come", month.Format("January 2006"))
		case !now.Before(end):
			return nil, fmt.Errorf("there is no report of %s, and none can be made any more", month.Format("January 2006"))
		}
		var err error
		if report, err = client.Reports.Create(ctx); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(stderr, "report %s of %s\n", quote.Cell(report.FileName), report.Created.Format(time.RFC3339))

	download, err := client.Reports.DownloadReport(ctx, report.ID)
	if err != nil {
		return nil, err
	}
	defer download.Close()
	s, err := add(download, by)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Cell(report.FileName), err)
	}
	return s, nil
}

// sums are the lines of a report added up. The portal's document does not say which columns a report has: those of
// -by are found by name, and of the others those are added that hold nothing but whole numbers.
type sums struct {
	header []string
	keys   []int  // columns that make a line
	values []int  // columns to add
	filled []bool // columns that have held something
	lines  map[string]*line
}

type line struct {
	key   []string
	total []int64 // by column of the report
}

// add reads a report as it comes.
func add(report io.Reader, by []string) (*sums, error) {
	text := bufio.NewReader(report)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" { // a byte order mark, which quotes may follow
		_, _ = text.Discard(3)
	}
	rows := csv.NewReader(text)
	rows.ReuseRecord = true
	first, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("it has no header: %w", err)
	}
	s := &sums{lines: map[string]*line{}}
	for _, name := range first {
		s.header = append(s.header, strings.TrimSpace(name))
	}
	for i, name := range by {
		column := slices.IndexFunc(s.header, func(h string) bool { return strings.EqualFold(h, strings.TrimSpace(name)) })
		switch {
		case column >= 0:
			s.keys = append(s.keys, column)
		case i == 0:
			return nil, fmt.Errorf("it has no column %q but %s: name others with -by", name, quote.Cell(strings.Join(s.header, ", ")))
		}
	}
	s.filled = make([]bool, len(s.header))
	for i := range s.header {
		if !slices.Contains(s.keys, i) {
			s.values = append(s.values, i)
		}
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		s.row(row)
	}
}

func (s *sums) row(row []string) {
	var key []string
	for _, column := range s.keys {
		key = append(key, strings.Clone(row[column]))
	}
	joined := strings.Join(key, "\x00")
	l := s.lines[joined]
	if l == nil {
		l = &line{key: key, total: make([]int64, len(s.header))}
		s.lines[joined] = l
	}
	s.values = slices.DeleteFunc(s.values, func(column int) bool {
		text := strings.TrimSpace(row[column])
		if text == "" {
			return false
		}
		s.filled[column] = true
		n, err := strconv.ParseInt(text, 10, 64)
		l.total[column] += n
		return err != nil
	})
}

// print writes the lines, sorted by what makes them.
func (s *sums) print(w io.Writer, format string) error {
	s.values = slices.DeleteFunc(s.values, func(column int) bool { return !s.filled[column] })
	var rows [][]string
	var header []string
	for _, column := range slices.Concat(s.keys, s.values) {
		header = append(header, s.header[column])
	}
	for _, l := range s.lines {
		row := slices.Clone(l.key)
		for _, column := range s.values {
			row = append(row, strconv.FormatInt(l.total[column], 10))
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, slices.Compare)
	rows = slices.Insert(rows, 0, header)
	if format == "csv" {
		for n, row := range rows {
			for i := range row {
				if n == 0 || i < len(s.keys) { // the rest are numbers of our own making
					row[i] = quote.CSVCell(row[i])
				}
			}
		}
		return csv.NewWriter(w).WriteAll(rows)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i := range row {
			row[i] = strings.Join(strings.Fields(quote.Cell(row[i])), " ")
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}
