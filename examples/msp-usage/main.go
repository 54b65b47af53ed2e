// Command msp-usage prints a month's usage of the tenants of an MSP portal, for billing.
//
//	msp-usage [-month 2026-02] [-by tenant,product] [-format table|csv]
//
// It takes the newest usage report of the month. For the current month it has one made where there is none; for a month
// that is over it cannot, since the portal reports on today: have a schedule make one on the last days of each month.
// Rows that share the columns of -by are added up.
//
// The portal is that of these variables; without MSP_URL it is one in memory, to look around:
//
//	MSP_URL       address of the portal: https://msp.example.net
//	MSP_USER      administrator
//	MSP_PASSWORD  its password
//	MSP_REALM     realm to sign in to, if it is not "ZTA Admin Users"
//	MSP_DSID      a session that is there already, instead of MSP_USER and MSP_PASSWORD
//
// The exit code is 0 when the usage was printed, 1 when it could not be had, 2 for wrong arguments.
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: msp-usage [-month 2026-02] [-by tenant,product] [-format table|csv]

Prints a month's usage per tenant from the usage report of an MSP portal.

  MSP_URL       address of the portal; without it a portal in memory is used
  MSP_USER      administrator
  MSP_PASSWORD  its password
  MSP_REALM     realm to sign in to, if it is not "ZTA Admin Users"
  MSP_DSID      a session that is there already, instead of user and password

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
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	month, err := time.Parse("2006-01", *monthName)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "msp-usage: -month %q is not a month such as 2026-02\n", *monthName)
		return 2
	case *format != "table" && *format != "csv", flags.NArg() > 0:
		flags.Usage()
		return 2
	}

	client, end, err := connect(getenv, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "msp-usage:", err)
		return 1
	}
	defer end()
	sums, err := monthsUsage(ctx, client, month, now, strings.Split(*by, ","), stderr)
	// Whatever has happened, the session is not left open; signing out must not fail because of an interrupt.
	if closeErr := client.Close(context.WithoutCancel(ctx)); err == nil && closeErr != nil {
		fmt.Fprintln(stderr, "msp-usage: signing out:", closeErr)
	}
	if err == nil {
		err = sums.print(stdout, *format)
	}
	if err != nil {
		fmt.Fprintln(stderr, "msp-usage:", err)
		return 1
	}
	return 0
}

// connect returns a client of the portal that the environment names, or of one in memory.
func connect(getenv func(string) string, stderr io.Writer) (client *msp.Client, end func(), err error) {
	if address := getenv("MSP_URL"); address != "" {
		auth := msp.DSID(getenv("MSP_DSID"))
		if getenv("MSP_DSID") == "" {
			auth = msp.Password(getenv("MSP_USER"), getenv("MSP_PASSWORD"), msp.WithRealm(cmp.Or(getenv("MSP_REALM"), msp.DefaultRealm)))
		}
		client, err = msp.New(address, auth)
		return client, func() {}, err
	}
	fmt.Fprintln(stderr, "MSP_URL is not set: this is a portal in memory")
	server := msptest.New()
	if err := server.Start("127.0.0.1:0", nil); err != nil {
		return nil, nil, err
	}
	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme", Subscriptions: []msp.Subscription{
		{DisplayName: "ZTA Advanced", Category: msp.ZTA, TotalUsers: 50},
		{DisplayName: "ZTA Advanced, more users", Category: msp.ZTA, TotalUsers: 25},
		{DisplayName: "ICS Essentials", Category: msp.PCS, TotalUsers: 20},
	}})
	server.AddTenant(msp.Tenant{SubDomain: "globex", Name: "Globex", Subscriptions: []msp.Subscription{
		{DisplayName: "ZTA Essentials", Category: msp.ZTA, TotalUsers: 200},
	}})
	server.SetActiveUsers("acme", msp.ZTA, 61)
	server.SetActiveUsers("acme", msp.PCS, 12)
	server.SetActiveUsers("globex", msp.ZTA, 187)
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
	fmt.Fprintf(stderr, "report %s of %s\n", report.FileName, report.Created.Format(time.RFC3339))

	download, err := client.Reports.DownloadReport(ctx, report.ID)
	if err != nil {
		return nil, err
	}
	defer download.Close()
	s, err := add(download, by)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", report.FileName, err)
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
			return nil, fmt.Errorf("it has no column %q but %s: name others with -by", name, strings.Join(s.header, ", "))
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
		return csv.NewWriter(w).WriteAll(rows)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i := range row {
			row[i] = strings.Join(strings.Fields(row[i]), " ") // a tab would end the cell
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}
