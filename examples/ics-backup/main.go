// Ics-backup saves the configuration of a fleet of Connect Secure appliances, several at a time, as a nightly job would.
//
//	ICS_APPLIANCES=https://vpn1.example.com,https://vpn2.example.com ICS_USER=... ICS_PASSWORD=... ics-backup [flags]
//
// Each configuration becomes a file in -dir, named after the appliance and the time, readable by its owner alone. It is
// written under another name first and takes its own when it is whole, so that what looks like a backup is one. An
// appliance that fails is reported at the end and does not stop the others.
//
// ICS_REALM is the administrator realm, "Admin Users" if it is not set; with -legacy the program signs in as releases do
// that have no realms. ICS_CA_FILE names a PEM file with the authorities that the appliances' certificates come from, if
// this machine does not know them. ICS_BACKUP_PASSWORD, if set, encrypts the exports. ICS_URL stands for
// ICS_APPLIANCES where there is one appliance. Without both the program saves three appliances in its own memory, and
// keeps nothing of that unless -dir says where.
//
// An export without a password that cannot be opened as a ZIP archive counts as failed: it is none, or not the whole of one.
// What a password makes of an export is not documented, so that the report then only says so.
//
// Exit status: 0 when all appliances were saved, 1 when one was not or the report could not be printed, 2 for wrong
// usage. SIGINT and SIGTERM end it, and nothing half written stays.
package main

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/icsenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/outfile"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// appliance is one of the fleet, with the outcome of its backup.
type appliance struct {
	url  string
	auth ics.Auth

	name     string // host and port
	version  string
	file     string
	size     int64
	digest   string
	warning  string
	duration time.Duration
	err      error
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (status int) {
	out := printed.To(stdout)
	defer func() { status = out.Status("ics-backup", status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet("ics-backup", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, `usage: ics-backup [flags]
The fleet is named by ICS_APPLIANCES (addresses with commas between them) or ICS_URL, and ICS_USER, ICS_PASSWORD and
ICS_REALM in the environment; ICS_CA_FILE and ICS_BACKUP_PASSWORD are optional. Without an address, three appliances in
memory are used.`)
		flags.PrintDefaults()
	}
	dir := flags.String("dir", "", "`directory` of the backups; the current one, or none for appliances in memory")
	parallel := flags.Int("parallel", 4, "`number` of appliances saved at a time")
	timeout := flags.Duration("timeout", 30*time.Minute, "`time` that one appliance may take")
	legacy := flags.Bool("legacy", false, "sign in as releases without realms do")
	quiet := flags.Bool("quiet", false, "print the report only")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage // the flags have said what is wrong
	case flags.NArg() > 0 || *parallel < 1 || *timeout <= 0:
		flags.Usage()
		return exitUsage
	}

	fleet, options, closeFleet, err := fleetOf(getenv, *legacy)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "ics-backup:", err)
		return exitUsage
	}
	defer closeFleet()
	switch {
	case *dir != "":
	case addressesOf(getenv) != "":
		*dir = "."
	default: // backups of what never was are not kept
		if *dir, err = os.MkdirTemp("", "ics-backup"); err != nil {
			_, _ = fmt.Fprintln(stderr, "ics-backup:", err)
			return exitFailed
		}
		defer func() { _ = os.RemoveAll(*dir) }()
	}

	root, err := os.OpenRoot(*dir)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "ics-backup:", err)
		return exitFailed
	}
	defer func() { _ = root.Close() }()

	progress := &printer{w: stderr, quiet: *quiet}
	password := secureaccess.NewSecret(getenv("ICS_BACKUP_PASSWORD"))
	slots := make(chan struct{}, *parallel)
	var wg sync.WaitGroup
	for _, a := range fleet {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			ctx, cancel := context.WithTimeout(ctx, *timeout)
			defer cancel()
			began := time.Now()
			a.err = a.save(ctx, root, password, progress, options)
			a.duration = time.Since(began)
			if a.err != nil {
				progress.printf("%s: failed", a.name)
			}
		})
	}
	wg.Wait()
	return report(stdout, fleet)
}

// addressesOf returns the addresses of the fleet, with commas between them.
func addressesOf(getenv func(string) string) string {
	if addresses := getenv("ICS_APPLIANCES"); addresses != "" {
		return addresses
	}
	return getenv("ICS_URL")
}

// fleetOf reads the fleet from the environment, or makes one in memory.
func fleetOf(getenv func(string) string, legacy bool) (fleet []*appliance, options []secureaccess.Option, closeFleet func(), err error) {
	closeFleet = func() {}
	addresses := addressesOf(getenv)
	if addresses == "" {
		fleet, closeFleet, err = fleetInMemory(3)
		return fleet, nil, closeFleet, err
	}
	auth := icsenv.Auth(getenv, legacy)
	if options, err = icsenv.Options(getenv); err != nil {
		return nil, nil, nil, err
	}
	for address := range strings.SplitSeq(addresses, ",") {
		a := &appliance{url: strings.TrimSpace(address), auth: auth}
		// A wrong address or a missing password is known before the night's work begins.
		if _, err := ics.New(a.url, auth, options...); err != nil {
			return nil, nil, nil, err
		}
		a.name = nameOf(a.url)
		// Two of one name would save into one file, and the report would count two.
		if slices.ContainsFunc(fleet, func(other *appliance) bool { return other.name == a.name }) {
			return nil, nil, nil, fmt.Errorf("%s is named twice", a.name)
		}
		fleet = append(fleet, a)
	}
	return fleet, options, closeFleet, nil
}

func fleetInMemory(n int) (fleet []*appliance, closeFleet func(), err error) {
	var servers []*icstest.Server
	closeFleet = func() {
		for _, s := range servers {
			s.Close()
		}
	}
	for i := range n {
		server := icstest.New()
		if err := server.Start("127.0.0.1:0"); err != nil {
			closeFleet()
			return nil, nil, err
		}
		server.SetBinaryConfigurationSize(int64(i+1) << 20)
		servers = append(servers, server)
		fleet = append(fleet, &appliance{url: server.URL(), auth: server.Auth(), name: nameOf(server.URL())})
	}
	return fleet, closeFleet, nil
}

// nameOf makes a name for people and files of an address.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.NewReplacer(":", "-", "[", "", "]", "").Replace(strings.ToLower(u.Host))
}

// save exports the configuration into a file.
func (a *appliance) save(ctx context.Context, root *os.Root, password secureaccess.Secret, progress *printer, options []secureaccess.Option) error {
	client, err := ics.New(a.url, a.auth, options...)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close(ctx) }()
	information, err := client.System.Info(ctx)
	if err != nil {
		return err
	}
	a.version = information.System.OSVersion

	a.file = a.name + time.Now().UTC().Format("-20060102T150405Z") + ".cfg"
	file, err := outfile.Create(root, a.file)
	if err != nil {
		return fmt.Errorf("cannot write to %s: %w", root.Name(), err) // before the appliance has the work of an export
	}
	defer file.Discard()

	download, err := client.BinaryConfiguration.Export(ctx, &ics.ExportOptions{
		Password: password,
		Progress: progress.of(a.name),
	})
	if err != nil {
		return err
	}
	defer func() { _ = download.Close() }()
	digest := sha256.New()
	if a.size, err = io.Copy(io.MultiWriter(file, digest), download); err != nil {
		return err
	}
	a.digest = hex.EncodeToString(digest.Sum(nil))
	if _, err := zip.NewReader(file, a.size); err != nil {
		if password.IsZero() {
			return fmt.Errorf("what came is no whole ZIP archive: %w", err)
		}
		a.warning = ", which is no ZIP archive: try to restore it"
	}
	return file.Commit()
}

// report prints the outcome for the fleet.
func report(w io.Writer, fleet []*appliance) int {
	failed := 0
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "APPLIANCE\tRELEASE\tSIZE\tTIME\tRESULT")
	for _, a := range fleet {
		if a.err != nil {
			failed++
			_, _ = fmt.Fprintf(table, "%s\t%s\t-\t%s\tFAILED: %v\n", a.name, orDash(quote.Cell(a.version)), a.duration.Round(time.Millisecond), a.err)
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%.1f MiB\t%s\t%s sha256:%.16s%s\n", a.name, quote.Cell(a.version), float64(a.size)/(1<<20), a.duration.Round(time.Millisecond), a.file, a.digest, a.warning)
	}
	_ = table.Flush()
	_, _ = fmt.Fprintf(w, "%d of %d appliances saved\n", len(fleet)-failed, len(fleet))
	if failed > 0 {
		return exitFailed
	}
	return exitDone
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// printer prints lines of several goroutines.
type printer struct {
	mu    sync.Mutex
	w     io.Writer
	quiet bool
}

func (p *printer) printf(format string, args ...any) {
	if p.quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = fmt.Fprintf(p.w, format+"\n", args...)
}

// of returns a callback that prints the progress of one appliance, a line for each quarter.
func (p *printer) of(name string) func(received, size int64) {
	quarters := int64(0)
	return func(received, size int64) {
		if size == 0 {
			return // the appliance does not say how much there is
		}
		if done := received * 4 / size; done > quarters {
			quarters = done
			p.printf("%s: %d %% of %.1f MiB", name, done*25, float64(size)/(1<<20))
		}
	}
}
