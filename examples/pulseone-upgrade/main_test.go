package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func start(t *testing.T) (*pulseonetest.Server, func(string) string) {
	t.Helper()
	server := pulseonetest.NewServer(t)
	if err := furnish(server); err != nil {
		t.Fatal(err)
	}
	c := server.Credentials()
	return server, env(map[string]string{"PULSEONE_URL": server.URL(), "PULSEONE_USER": c["user"], "PULSEONE_PASSWORD": c["password"]})
}

// image writes a firmware and returns its file and its MD5.
func image(t *testing.T) (file, digest string) {
	t.Helper()
	content := bytes.Repeat([]byte("image"), 1000)
	file = filepath.Join(t.TempDir(), "image.pkg")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum(content)
	return file, hex.EncodeToString(sum[:])
}

func TestRun_inMemory(t *testing.T) {
	for args, want := range map[string]int{"": exitPending, "-apply": exitDone} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), env(nil), time.Now(), &stdout, &stderr); code != want {
			t.Errorf("%q: exit status %d\n%s\n%s", args, code, stdout.String(), stderr.String())
		}
	}
}

// A dry run changes nothing; what was applied is not applied again; and the schedules run on the group.
func TestRun_apply(t *testing.T) {
	server, getenv := start(t)
	file, digest := image(t)
	now := server.Clock().Now()
	args := []string{"-group", "offices", "-version", "9.0R1-HF2", "-image", file, "-digest", digest, "-install", now.Add(time.Hour).Format(time.RFC3339)}
	var stdout, stderr bytes.Buffer
	try := func(want int, more ...string) string {
		t.Helper()
		stdout.Reset()
		if code := run(t.Context(), append(args, more...), getenv, now, &stdout, &stderr); code != want {
			t.Fatalf("exit status %d\n%s\n%s", code, stdout.String(), stderr.String())
		}
		return stdout.String()
	}
	if out := try(exitPending); !strings.Contains(out, "3 steps") || len(server.Firmwares()) != 0 || len(server.Schedules()) != 0 {
		t.Fatalf("the dry run left %v, %v\n%s", server.Firmwares(), server.Schedules(), out)
	}
	try(exitDone, "-apply")
	if f := server.Firmwares(); len(f) != 1 || f[0].ID != digest {
		t.Errorf("the firmwares are %+v", f)
	}
	s := server.Schedules()
	if len(s) != 2 || s[0].Task.Type != pulseone.TaskTypeFirmwareStage || s[1].Task.Type != pulseone.TaskTypeFirmwareInstall || !s[0].Once.Before(s[1].Once.Time) {
		t.Errorf("the schedules are %+v", s)
	}
	try(exitDone)
	try(exitDone, "-apply")
	if len(server.Firmwares()) != 1 || len(server.Schedules()) != 2 {
		t.Error("a repetition did it again")
	}
	// A time that differs is not for the program to settle.
	if try(exitFailed, "-apply", "-install", now.Add(2*time.Hour).Format(time.RFC3339)); !strings.Contains(stderr.String(), "another time") {
		t.Errorf("%s", stderr.String())
	}

	server.Advance(2 * time.Hour)
	tasks := server.Tasks()
	if len(tasks) != 4 { // two steps on two members
		t.Errorf("there are %d tasks", len(tasks))
	}
	for _, task := range tasks {
		if task.Params.FirmwareID != digest {
			t.Errorf("%+v", task)
		}
	}
}

func TestRun_failures(t *testing.T) {
	server, getenv := start(t)
	file, _ := image(t)
	now := server.Clock().Now()
	at := now.Add(time.Hour).Format(time.RFC3339)
	for name, args := range map[string][]string{
		"no such group":  {"-apply", "-group", "none", "-version", "1", "-image", file, "-install", at},
		"another digest": {"-apply", "-group", "offices", "-version", "1", "-image", file, "-digest", strings.Repeat("0", 32), "-install", at},
		"no image":       {"-apply", "-group", "offices", "-version", "1", "-install", at},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, getenv, now, &stdout, &stderr); code != exitFailed || stderr.Len() == 0 {
			t.Errorf("%s: exit status %d, %s", name, code, stderr.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"-apply", "-group", "offices", "-version", "1", "-image", file, "-install", at}, getenv, now, &stdout, &stderr); code != exitFailed {
		t.Errorf("interrupted: exit status %d", code)
	}
	if len(server.Firmwares()) != 0 || len(server.Schedules()) != 0 {
		t.Error("something was done")
	}
}

func TestRun_usage(t *testing.T) {
	server, getenv := start(t)
	now := server.Clock().Now()
	at := now.Add(time.Hour).Format(time.RFC3339)
	good := []string{"-apply", "-group", "offices", "-version", "1", "-install", at}
	for name, c := range map[string]struct {
		args []string
		code int
	}{
		"help":          {append(good, "--help"), exitDone},
		"unknown flag":  {append(good, "-x"), exitUsage},
		"arguments":     {append(good, "x"), exitUsage},
		"nothing":       {nil, exitUsage},
		"no time":       {append(good, "-install", "tomorrow"), exitUsage},
		"in the past":   {append(good, "-stage", "2020-01-01T00:00:00Z"), exitUsage},
		"wrong order":   {append(good, "-stage", now.Add(2*time.Hour).Format(time.RFC3339)), exitUsage},
		"type":          {append(good, "-type", "ESAP"), exitUsage},
		"no such image": {append(good, "-image", "/nowhere"), exitUsage},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, getenv, now, &stdout, &stderr); code != c.code || stderr.Len() == 0 {
			t.Errorf("%s: exit status %d, %s", name, code, stderr.String())
		}
	}
	if len(server.Schedules()) != 0 {
		t.Error("something was scheduled")
	}
}

// A report that nobody gets is no success.
func TestRun_outputLost(t *testing.T) {
	reader, full := io.Pipe()
	_ = reader.CloseWithError(errors.New("no space left"))
	var stderr bytes.Buffer
	if code := run(t.Context(), nil, env(nil), time.Now(), full, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit status %d: %s", code, stderr.String())
	}
}
