package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
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

// table runs the program and returns its rows without their heading.
func table(t *testing.T, getenv func(string) string, args ...string) [][]string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, getenv, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit status %d, %s", code, stderr.String())
	}
	rows, err := csv.NewReader(&stdout).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v, %v", rows, err)
	}
	return rows[1:]
}

func TestRun_inMemory(t *testing.T) {
	if rows := table(t, env(nil)); len(rows) != 4 {
		t.Errorf("%q", rows)
	}
}

func TestRun_rows(t *testing.T) {
	_, getenv := start(t)
	rows := table(t, getenv)
	if len(rows) != 4 || rows[0][1] != `'=HYPERLINK("http://example.com")` || rows[0][2] != "203.0.113.66" || rows[0][3] != "failed" || rows[0][4] != "Failed" || rows[0][5] != "branch north" {
		t.Errorf("%q", rows)
	}
	if rows := table(t, getenv, "-days", "7"); len(rows) != 2 {
		t.Errorf("of a week: %q", rows)
	}
	if rows := table(t, getenv, "-failed"); len(rows) != 1 || rows[0][3] != "failed" {
		t.Errorf("failed ones: %q", rows)
	}
}

// Users and sign-ins are more than a page of each.
func TestRun_pages(t *testing.T) {
	server, getenv := start(t)
	branch := server.AddAppliance(pulseone.Appliance{Name: "branch south"})
	records := make([]device.AccessRecord, 0, 240)
	for i := range cap(records) {
		user := "busy\\one@/ "
		if i < 110 {
			user = fmt.Sprintf("user%d", i)
		}
		records = append(records, device.AccessRecord{
			ID: fmt.Sprint("r", i), Username: user, AuthenticationSucceeded: true, MACAddress: "m", AuthenticationServerName: "s",
			AuthenticationMechanism: pulseone.AccessMechanismL3, LoginTime: secureaccess.At(server.Clock().Now().Add(-time.Duration(i) * time.Minute)),
		})
	}
	server.AddAccessRecords(branch, records...)
	if rows := table(t, getenv); len(rows) != 244 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestRun_file(t *testing.T) {
	server, getenv := start(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "access.csv")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-o", file}, getenv, &stdout, &stderr); code != exitDone || stdout.Len() != 0 {
		t.Fatalf("exit status %d, %s", code, stderr.String())
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	before, err := os.ReadFile(file)
	if err != nil || bytes.Count(before, []byte("\n")) != 5 {
		t.Errorf("%s, %v", before, err)
	}

	// In the middle, Pulse One fails: the file of yesterday stays, and nothing else.
	server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/access/history/mreynolds", Times: -1, Status: http.StatusForbidden})
	stderr.Reset()
	code := run(t.Context(), []string{"-o", file}, getenv, &stdout, &stderr)
	after, err := os.ReadFile(file)
	if code != exitFailed || err != nil || !bytes.Equal(before, after) || !strings.Contains(stderr.String(), "after 2 sign-ins") {
		t.Errorf("exit status %d, %v, %s", code, err, stderr.String())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := run(ctx, []string{"-o", filepath.Join(dir, "other")}, getenv, &stdout, &stderr); code != exitFailed {
		t.Errorf("interrupted: exit status %d", code)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestRun_usage(t *testing.T) {
	server, getenv := start(t)
	for name, c := range map[string]struct {
		args   []string
		getenv func(string) string
		code   int
	}{
		"help":         {[]string{"--help"}, getenv, exitDone},
		"unknown flag": {[]string{"-x"}, getenv, exitUsage},
		"arguments":    {[]string{"x"}, getenv, exitUsage},
		"days":         {[]string{"-days", "31"}, getenv, exitUsage},
		"no user":      {nil, env(map[string]string{"PULSEONE_URL": server.URL()}), exitUsage},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, c.getenv, &stdout, &stderr); code != c.code || stderr.Len() == 0 || stdout.Len() != 0 {
			t.Errorf("%s: exit status %d, %s", name, code, stderr.String())
		}
	}
	if server.Logins() != 0 {
		t.Error("somebody signed in")
	}
}
