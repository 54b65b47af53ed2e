package main

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/fleetbackup"
	"github.com/secureaccess-go/secureaccess/examples/internal/pulseoneenv"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func start(t *testing.T) *pulseonetest.Server {
	t.Helper()
	server := pulseonetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// An appliance registers and works off what the console's program orders: the backup task is created, fetched and carried
// out, the content goes up, the console's wait returns, and the backup is the configuration.
func TestRun_againstConsole(t *testing.T) {
	server := start(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	code := server.RegistrationCode(id)
	dir := t.TempDir()
	content := bytes.Repeat([]byte("configuration\n"), 100_000)
	config, credentials := filepath.Join(dir, "config"), filepath.Join(dir, "credentials")
	if err := os.WriteFile(config, content, 0o600); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout, stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"-credentials", credentials, "-config", config, "-tasks", "1", "-step", "1ms"}, env(map[string]string{
			"PULSEONE_URL": server.URL(), "PULSEONE_REGISTRATION_CODE": code,
		}), &stdout, &stderr)
	}()
	repeated := make(chan struct{})
	go func() {
		defer close(repeated)
		pulseoneenv.Announce(ctx, server)
	}()

	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close(context.Background()) }()
	work := &fleetbackup.Run{
		Client: client, Name: "both sides", Parallel: 1, Timeout: time.Minute,
		Wait: &secureaccess.WaitOptions{Interval: 5 * time.Millisecond, MaxInterval: 20 * time.Millisecond},
	}
	entries, err := work.Do(t.Context())
	if err != nil || len(entries) != 1 || !entries[0].Done() {
		t.Fatalf("%+v, %v", entries, err)
	}
	if code := <-ended; code != exitDone {
		t.Errorf("exit status %d\n%s", code, stderr.String())
	}
	cancel()
	<-repeated

	sum := sha1.Sum(content)
	if e := entries[0]; e.SHA1 != hex.EncodeToString(sum[:]) || e.Size != int64(len(content)) {
		t.Errorf("the backup is %+v", e)
	}
	stored, err := server.BackupContent(entries[0].BackupID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stored.Close() }()
	if got, err := io.ReadAll(stored); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes are stored, %v", len(got), err)
	}
	// As the appliance itself would fetch it, to restore it.
	if got, err := fetch(t, server, credentials, entries[0].BackupID); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes are downloaded, %v", len(got), err)
	}
	if h := server.TaskHistory(entries[0].TaskID); h[len(h)-1] != pulseone.TaskStatusSuccess || len(h) < 4 {
		t.Errorf("the task was %v", h)
	}
	if len(server.HealthSamples(id)) == 0 || len(server.Facts(id)) == 0 || len(server.Activities(id)) == 0 {
		t.Error("nothing was reported")
	}
}

// fetch downloads a backup with the credentials that the program has kept.
func fetch(t *testing.T, server *pulseonetest.Server, file, backup string) ([]byte, error) {
	t.Helper()
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the credentials are %v, %v", info, err)
	}
	kept, _, err := keptOrNew(t.Context(), file, env(nil), "", nil)
	if err != nil {
		return nil, err
	}
	client, err := device.New(*kept, server.Options()...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Close(context.Background()) }()
	download, err := client.Backups.Download(t.Context(), backup)
	if err != nil {
		return nil, err
	}
	defer func() { _ = download.Close() }()
	return io.ReadAll(download)
}

func TestRun_inMemory(t *testing.T) {
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), nil, env(nil), &stdout, &stderr)
	out := stdout.String()
	if code != exitDone || !strings.Contains(out, ": success") || !strings.Contains(out, ": failed") || !strings.Contains(out, "ended after 2 tasks") {
		t.Fatalf("exit status %d\n%s\n%s", code, out, stderr.String())
	}
}

// The end by a signal is the ordinary one; with the credentials that were kept, the program goes on without a code.
func TestRun_ended(t *testing.T) {
	server := start(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	file := filepath.Join(t.TempDir(), "credentials")
	values := map[string]string{"PULSEONE_URL": server.URL(), "PULSEONE_REGISTRATION_CODE": server.RegistrationCode(id)}
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		stdout := writer(func(p []byte) (int, error) {
			if strings.Contains(string(p), "reported facts") {
				cancel()
			}
			return len(p), nil
		})
		var stderr bytes.Buffer
		if code := run(ctx, []string{"-credentials", file}, env(values), stdout, &stderr); code != exitDone || ctx.Err() == nil {
			t.Fatalf("exit status %d\n%s", code, stderr.String())
		}
		cancel()
		delete(values, "PULSEONE_REGISTRATION_CODE")
	}
}

func TestRun_refused(t *testing.T) {
	server := start(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	dir := t.TempDir()
	file := filepath.Join(dir, "credentials")
	values := map[string]string{"PULSEONE_URL": server.URL(), "PULSEONE_REGISTRATION_CODE": "wrong-code-of-somebody"}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-credentials", file}, env(values), &stdout, &stderr); code != exitFailed {
		t.Errorf("exit status %d, %s", code, stderr.String())
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("there are %v, %v", files, err)
	}
	if strings.Contains(stderr.String(), "wrong-code-of-somebody") {
		t.Error("the code was printed")
	}

	// Credentials that another registration has replaced end the program.
	values["PULSEONE_REGISTRATION_CODE"] = server.RegistrationCode(id)
	if code := run(ended(t), []string{"-credentials", file}, env(values), &stdout, &stderr); code != exitFailed {
		t.Errorf("exit status %d, %s", code, stderr.String())
	}
	if _, _, err := keptOrNew(t.Context(), file, env(values), "S", nil); err != nil {
		t.Fatal(err)
	}
	server.DeviceCredentials(id)
	stderr.Reset()
	if code := run(t.Context(), []string{"-credentials", file}, env(values), &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "401") {
		t.Errorf("exit status %d, %s", code, stderr.String())
	}
}

// ended returns a context that has ended.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestRun_usage(t *testing.T) {
	server := start(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := map[string]string{"PULSEONE_URL": server.URL(), "PULSEONE_REGISTRATION_CODE": server.RegistrationCode(id)}
	file := filepath.Join(dir, "credentials")
	for name, c := range map[string]struct {
		args []string
		env  map[string]string
		code int
	}{
		"help":           {[]string{"--help"}, good, exitDone},
		"unknown flag":   {[]string{"-x"}, good, exitUsage},
		"arguments":      {[]string{"-credentials", file, "x"}, good, exitUsage},
		"no file":        {nil, good, exitUsage},
		"no code":        {[]string{"-credentials", file}, nil, exitUsage},
		"no credentials": {[]string{"-credentials", broken}, good, exitUsage},
		"no config":      {[]string{"-credentials", file, "-config", "/nowhere"}, good, exitUsage},
		"no directory":   {[]string{"-credentials", "/nowhere/c"}, good, exitUsage},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, env(c.env), &stdout, &stderr); code != c.code || stderr.Len() == 0 {
			t.Errorf("%s: exit status %d, %s", name, code, stderr.String())
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("something was registered")
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// A report that nobody gets is no success.
func TestRun_outputLost(t *testing.T) {
	t.Chdir(t.TempDir())
	reader, full := io.Pipe()
	_ = reader.CloseWithError(errors.New("no space left"))
	var stderr bytes.Buffer
	if code := run(t.Context(), nil, env(nil), full, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit status %d: %s", code, stderr.String())
	}
}
