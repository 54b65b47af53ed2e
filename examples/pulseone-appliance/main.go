// Pulseone-appliance simulates an appliance: it registers at Pulse One, reports facts and health, and works off tasks, so
// that what a console does to appliances can be tried without one.
//
//	PULSEONE_URL=https://reg.pulseworkspace.net PULSEONE_REGISTRATION_CODE=... pulseone-appliance -credentials FILE [flags]
//
// The registration code comes from the console and can be used once. What it gives, the credentials, is kept in
// -credentials, which only its owner can read; when that file is there, it is used, and no code is needed. A backup
// uploads the file of -config, or a made-up configuration. Firmware is neither fetched nor installed: such tasks take
// their time and succeed.
//
// Without an address there is a Pulse One in memory, whose console orders a backup and a reboot, which this appliance
// does not do; the program ends when it has worked off both.
//
// SIGINT and SIGTERM end it. Exit status: 0 when it was ended, or has worked off as many tasks as -tasks says; 1 when it
// cannot go on; 2 for wrong usage.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/outfile"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/pulseoneenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/examples/internal/simulator"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

const (
	program = "pulseone-appliance"

	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

const usage = `usage: pulseone-appliance -credentials file [flags]

Simulates an appliance: registers, reports, works off tasks.

  PULSEONE_URL                address of the registration host; without it a Pulse One in memory is used
  PULSEONE_REGISTRATION_CODE  code from the console, for one use
  PULSEONE_CA_FILE            certificate of the authority to trust, a file

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (status int) {
	out := printed.To(stdout)
	defer func() { status = out.Status(program, status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet(program, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	file := flags.String("credentials", "", "`file` where the credentials are kept")
	config := flags.String("config", "", "`file` that backups upload, instead of a made-up configuration")
	serial := flags.String("serial", "SIMULATED-1", "serial `number` to register with")
	tasks := flags.Int("tasks", 0, "end after so many tasks; 0 is never")
	every := flags.Duration("report", 2*time.Minute, "`interval` of the reports")
	step := flags.Duration("step", 2*time.Second, "`time` that each step of a task takes")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage // the flags have said what is wrong
	case flags.NArg() > 0 || *tasks < 0 || *every <= 0 || *step < 0 || *serial == "":
		flags.Usage()
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, program+":", err)
		return code
	}
	content := []byte("the configuration of a simulated appliance")
	if *config != "" {
		var err error
		if content, err = os.ReadFile(*config); err != nil {
			return fail(exitUsage, err)
		}
	}
	options, err := pulseoneenv.Options(getenv)
	if err != nil {
		return fail(exitUsage, err)
	}

	var credentials *device.Credentials
	if getenv("PULSEONE_URL") == "" && *file == "" {
		console, err := newConsole(stderr)
		if err != nil {
			return fail(exitFailed, err)
		}
		defer console.close()
		options = console.server.Options()
		if credentials, err = register(ctx, console.server.URL(), console.code(), *serial, options); err != nil {
			return fail(exitFailed, err)
		}
		console.order(ctx)
		*tasks, *step, *every = 2, 50*time.Millisecond, 200*time.Millisecond
	} else {
		if *file == "" {
			return fail(exitUsage, errors.New("name a file with -credentials: the code can be used once, and what it gives has to be kept"))
		}
		var code int
		if credentials, code, err = keptOrNew(ctx, *file, getenv, *serial, options); err != nil {
			return fail(code, err)
		}
	}
	client, err := device.New(*credentials, options...)
	if err != nil {
		return fail(exitFailed, err)
	}
	defer func() { _ = client.Close(context.WithoutCancel(ctx)) }()
	log := lines(stdout)
	log("this is appliance %s", client.DeviceID())

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := 0
	machine := &simulator.Appliance{
		Client: client, Config: func() []byte { return content }, Report: *every, Step: *step, Log: log,
		Done: func(device.Task, pulseone.TaskStatus) {
			if done++; done == *tasks {
				cancel() // the report of this task is still sent
			}
		},
	}
	if err := machine.Run(ctx); err != nil {
		return fail(exitFailed, err)
	}
	log("ended after %d tasks", done)
	return exitDone
}

// lines returns a callback that prints one line at a time, for several goroutines.
func lines(w io.Writer) func(format string, args ...any) {
	var mu sync.Mutex
	return func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = fmt.Fprintln(w, quote.Cell(fmt.Sprintf(format, args...)))
	}
}

// keptOrNew reads the credentials from their file, or registers and keeps them. The code is the exit status for err.
func keptOrNew(ctx context.Context, file string, getenv func(string) string, serial string, options []secureaccess.Option) (credentials *device.Credentials, code int, err error) {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, exitUsage, err
	}
	defer func() { _ = root.Close() }()
	switch data, err := root.ReadFile(filepath.Base(file)); {
	case err == nil:
		credentials = new(device.Credentials)
		if err := json.Unmarshal(data, credentials); err != nil {
			return nil, exitUsage, fmt.Errorf("%s holds no credentials", file) // the error could quote them
		}
		return credentials, exitDone, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, exitUsage, err
	}
	// Before the code is spent: can the credentials be kept?
	out, err := outfile.Create(root, filepath.Base(file))
	if err != nil {
		return nil, exitUsage, err
	}
	defer out.Discard()
	registration := secureaccess.NewSecret(getenv("PULSEONE_REGISTRATION_CODE"))
	if getenv("PULSEONE_URL") == "" || registration.IsZero() {
		return nil, exitUsage, errors.New("there are no credentials yet: set PULSEONE_URL and PULSEONE_REGISTRATION_CODE")
	}
	if credentials, err = register(ctx, getenv("PULSEONE_URL"), registration, serial, options); err != nil {
		return nil, exitFailed, err
	}
	data, err := json.Marshal(credentials)
	if err == nil {
		_, err = out.Write(data)
	}
	if err == nil {
		err = out.Commit()
	}
	return credentials, exitFailed, err
}

func register(ctx context.Context, address string, code secureaccess.Secret, serial string, options []secureaccess.Option) (*device.Credentials, error) {
	return device.Register(ctx, address, device.Registration{
		RegistrationCode: code, Type: pulseone.ApplianceTypeVPN, Model: simulator.Model, SerialNumber: serial, ApplianceVersion: simulator.Version,
	}, options...)
}
