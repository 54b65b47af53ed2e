package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

var night = time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// domain returns a Pulse One whose appliances are played, and the environment that names it.
func domain(t *testing.T, names ...string) (*pulseonetest.Server, []string, func(string) string) {
	t.Helper()
	server := pulseonetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.SetStage(time.Millisecond)
	var ids []string
	for _, name := range names {
		ids = append(ids, server.AddAppliance(pulseone.Appliance{Name: name}))
	}
	c := server.Credentials()
	return server, ids, env(map[string]string{
		"PULSEONE_URL": server.URL(), "PULSEONE_USER": c["user"], "PULSEONE_PASSWORD": c["password"],
	})
}

func TestRun_inMemory(t *testing.T) {
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), nil, env(nil), night, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit status %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	if !strings.Contains(stdout.String(), "4 of 4 appliances backed up") || !strings.Contains(stderr.String(), "branch north: success") {
		t.Errorf("the report is\n%s\n%s", stdout.String(), stderr.String())
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
		t.Errorf("a run in memory left %v, %v", files, err)
	}
}

// A second run of the name does what is left: the appliance that failed, and not those that are done. Credentials are
// nowhere in what is written.
func TestRun_resume(t *testing.T) {
	server, ids, getenv := domain(t, "north", "south", "east", "new")
	for _, id := range ids {
		server.PlayAppliance(id, pulseone.TaskStatusSuccess)
	}
	server.PlayAppliance(ids[1], pulseone.TaskStatusFailed)
	record := filepath.Join(t.TempDir(), "record.json")
	args := []string{"-poll", "5ms", "-record", record, "-name", "before the move"}

	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, getenv, night, &stdout, &stderr)
	if code != exitFailed || !strings.Contains(stdout.String(), "3 of 4 appliances backed up") || strings.Count(stdout.String(), "FAILED") != 1 {
		t.Fatalf("exit status %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	info, err := os.Stat(record)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the record is %v, %v", info, err)
	}
	data, err := os.ReadFile(record)
	if err != nil || !json.Valid(data) || bytes.Contains(data, []byte(getenv("PULSEONE_PASSWORD"))) {
		t.Errorf("the record is %s, %v", data, err)
	}

	server.PlayAppliance(ids[1], pulseone.TaskStatusSuccess)
	stdout.Reset()
	code = run(t.Context(), args, getenv, night, &stdout, &stderr)
	if code != exitDone || !strings.Contains(stdout.String(), "4 of 4 appliances backed up") || strings.Count(stdout.String(), "by an earlier run") != 3 {
		t.Fatalf("exit status %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	if n := len(server.Tasks()); n != 5 {
		t.Errorf("there were %d tasks", n)
	}
	for _, backup := range server.Backups() {
		if backup.Name != "before the move" {
			t.Errorf("a backup is called %q", backup.Name)
		}
	}

	// Another name is another run.
	if code := run(t.Context(), []string{"-poll", "5ms", "-record", record, "-quiet"}, getenv, night, &stdout, &stderr); code != exitDone || len(server.Tasks()) != 9 {
		t.Errorf("exit status %d, %d tasks", code, len(server.Tasks()))
	}
}

// A run that is interrupted while a task is under way leaves it alone, and the next one waits for it.
func TestRun_interrupted(t *testing.T) {
	server, ids, getenv := domain(t, "north")
	record := filepath.Join(t.TempDir(), "record.json")
	ctx, cancel := context.WithCancel(t.Context())
	stderr := writer(func(p []byte) (int, error) {
		if strings.Contains(string(p), "north: pending") {
			cancel()
		}
		return len(p), nil
	})
	var stdout bytes.Buffer
	if code := run(ctx, []string{"-poll", "5ms", "-record", record}, getenv, night, &stdout, stderr); code != exitFailed || ctx.Err() == nil {
		t.Fatalf("exit status %d\n%s", code, stdout.String())
	}
	server.PlayAppliance(ids[0], pulseone.TaskStatusSuccess)
	stdout.Reset()
	code := run(t.Context(), []string{"-poll", "5ms", "-record", record}, getenv, night, &stdout, stderr)
	if code != exitDone || !strings.Contains(stdout.String(), "task resumed") || len(server.Tasks()) != 1 {
		t.Errorf("exit status %d, %d tasks\n%s", code, len(server.Tasks()), stdout.String())
	}
}

// A task that nobody recorded, of a run that was killed, is found.
func TestRun_openTask(t *testing.T) {
	server, ids, getenv := domain(t, "north")
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close(context.Background()) }()
	if _, err := client.Tasks.CreateBackup(t.Context(), ids[0], pulseone.BackupTaskCreate{}); err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	stderr := writer(func(p []byte) (int, error) {
		if strings.Contains(string(p), "north: pending") {
			server.PlayAppliance(ids[0], pulseone.TaskStatusSuccess)
		}
		return len(p), nil
	})
	code := run(t.Context(), []string{"-poll", "5ms", "-record", filepath.Join(t.TempDir(), "r")}, getenv, night, &stdout, stderr)
	if code != exitDone || !strings.Contains(stdout.String(), "task resumed") || len(server.Tasks()) != 1 {
		t.Errorf("exit status %d, %d tasks\n%s", code, len(server.Tasks()), stdout.String())
	}
}

func TestRun_offline(t *testing.T) {
	server, ids, getenv := domain(t, "north")
	server.AddAppliance(pulseone.Appliance{Name: "south\x1b[2J", State: pulseone.ApplianceStateRegistered, NotificationChannelStatus: pulseone.ChannelStatusOffline})
	server.AddAppliance(pulseone.Appliance{Name: "gone", State: pulseone.ApplianceStateUnregistered})
	server.PlayAppliance(ids[0], pulseone.TaskStatusSuccess)
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-poll", "5ms", "-record", filepath.Join(t.TempDir(), "r")}, getenv, night, &stdout, &stderr)
	if code != exitFailed || !strings.Contains(stdout.String(), "1 of 2 appliances backed up") || !strings.Contains(stdout.String(), "offline") || strings.Contains(stdout.String(), "\x1b") {
		t.Errorf("exit status %d\n%s", code, stdout.String())
	}
}

func TestRun_usage(t *testing.T) {
	server, _, getenv := domain(t, "north")
	server.Fail(pulseonetest.Fault{Path: "/", Times: -1, Status: http.StatusTeapot})
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		getenv func(string) string
		code   int
	}{
		"help":          {[]string{"--help"}, getenv, exitDone},
		"unknown flag":  {[]string{"-x"}, getenv, exitUsage},
		"arguments":     {[]string{"x"}, getenv, exitUsage},
		"no slots":      {[]string{"-parallel", "0"}, getenv, exitUsage},
		"no name":       {[]string{"-name", ""}, getenv, exitUsage},
		"no password":   {nil, env(map[string]string{"PULSEONE_URL": server.URL(), "PULSEONE_USER": "u"}), exitUsage},
		"no CA":         {nil, env(map[string]string{"PULSEONE_URL": server.URL(), "PULSEONE_CA_FILE": "/nowhere"}), exitUsage},
		"no directory":  {[]string{"-poll", "5ms", "-record", "/nowhere/r"}, getenv, exitUsage},
		"broken record": {[]string{"-poll", "5ms", "-record", broken}, getenv, exitFailed},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, c.getenv, night, &stdout, &stderr); code != c.code || stderr.Len() == 0 {
			t.Errorf("%s: exit status %d, %s", name, code, stderr.String())
		}
	}
	if len(server.Tasks()) != 0 {
		t.Error("a task was created")
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
	if code := run(t.Context(), nil, env(nil), night, full, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit status %d: %s", code, stderr.String())
	}
}
