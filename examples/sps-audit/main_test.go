package main

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

var now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// try runs the program against an appliance; nil for the one of its own.
func try(t *testing.T, server *spstest.Server, args ...string) (code int, rows [][]string, errors string) {
	t.Helper()
	env, at := map[string]string{}, time.Now()
	if server != nil {
		credentials := server.Credentials()
		env = map[string]string{"SPS_URL": server.URL(), "SPS_USER": credentials["user"], "SPS_PASSWORD": credentials["password"]}
		at = now
	}
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, func(name string) string { return env[name] }, at, &stdout, &stderr)
	rows, err := csv.NewReader(&stdout).ReadAll()
	if err != nil {
		t.Errorf("what was written is no CSV: %v", err)
	}
	return code, rows, stderr.String()
}

func TestRun_inMemory(t *testing.T) {
	code, rows, errors := try(t, nil)
	// A session every 20 minutes for a week, and the line of names.
	if code != 0 || len(rows) < 7*72 || len(rows) > 7*72+2 || !strings.Contains(errors, "in memory") {
		t.Errorf("%d, %d rows, %s", code, len(rows), errors)
	}
}

// hourly is an appliance with a session every hour of 20 days, in no order.
func hourly(t *testing.T) *spstest.Server {
	server := spstest.NewServer(t)
	server.SetAuditSessions(480, func(n int) sps.AuditSession {
		begin := now.Add(-time.Duration(n*7%480)*time.Hour - time.Minute)
		return sps.AuditSession{Protocol: "SSH", StartTime: secureaccess.At(begin), Duration: 60, User: sps.SessionUser{Name: "=cmd|x"}, Client: sps.Peer{IP: "10.0.0.1"}, Server: sps.Peer{Name: "db", IP: "10.0.0.2"}}
	})
	return server
}

func TestRun_days(t *testing.T) {
	for _, fields := range []string{members, ""} {
		code, rows, errors := try(t, hourly(t), "-days", "2", "-fields", fields)
		if code != 0 || len(rows) != 49 || !strings.Contains(errors, "48 sessions since 2026-02-28T09:30:00Z") {
			t.Errorf("fields %q: %d, %d rows, %s", fields, code, len(rows), errors)
		}
		for _, row := range rows[1:] {
			begin, err := time.Parse(time.RFC3339, row[1])
			if err != nil || begin.Before(now.AddDate(0, 0, -2)) || row[5] != "'=cmd|x" || row[8] != "10.0.0.1" || row[9] != "db" || row[2] != "" {
				t.Fatalf("%q", row)
			}
		}
	}
}

// A session is not left out because nobody says when it began.
func TestRun_withoutTimes(t *testing.T) {
	server := spstest.NewServer(t)
	server.SetAuditSessions(3, func(n int) sps.AuditSession {
		session := sps.AuditSession{Protocol: "SSH"}
		if n > 0 {
			session.StartTime = secureaccess.At(now.AddDate(0, 0, -n*5))
		}
		return session
	})
	for _, fields := range []string{members, "protocol", ""} {
		code, rows, errors := try(t, server, "-fields", fields)
		if code != 0 || len(rows) != 3 || rows[1][0] != spstest.AuditSessionID(1) || rows[2][0] != spstest.AuditSessionID(0) || rows[2][1] != "" {
			t.Errorf("fields %q: %d, %q, %s", fields, code, rows, errors)
		}
	}
}

func TestRun_searchAndFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sessions.csv")
	code, rows, errors := try(t, hourly(t), "-search", "protocol:RDP", "-o", file)
	data, err := os.ReadFile(file)
	if code != 0 || len(rows) != 0 || err != nil || strings.Count(string(data), "\n") != 1 || !strings.HasPrefix(string(data), "id,begin,") {
		t.Errorf("%d, %d rows, %s%s, %v", code, len(rows), data, errors, err)
	}
}

func TestRun_refused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sessions.csv")
	if err := os.WriteFile(file, []byte("last week\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := hourly(t)
	server.Fail(spstest.Fault{Path: "/api/audit/sessions/_snapshot", Status: http.StatusForbidden})
	code, _, errors := try(t, server, "-o", file)
	data, err := os.ReadFile(file)
	if code != 1 || !strings.Contains(errors, "403") || err != nil || string(data) != "last week\n" {
		t.Errorf("%d, %s, %q, %v", code, errors, data, err)
	}
}

func TestRun_failsOnTheWay(t *testing.T) {
	server := hourly(t)
	server.SetAuditSessions(2000, nil)
	server.Fail(spstest.Fault{Path: "/api/audit/sessions", After: 2, Status: http.StatusForbidden})
	code, rows, errors := try(t, server)
	if code != 1 || !strings.Contains(errors, "after 500 sessions") || !strings.Contains(errors, "403") || len(rows) != 501 {
		t.Errorf("%d, %d rows, %s", code, len(rows), errors)
	}

	// A file is whole or not there.
	folder := t.TempDir()
	server.Fail(spstest.Fault{Path: "/api/audit/sessions", After: 2, Status: http.StatusForbidden})
	code, _, errors = try(t, server, "-o", filepath.Join(folder, "sessions.csv"))
	entries, err := os.ReadDir(folder)
	if code != 1 || err != nil || len(entries) != 0 {
		t.Errorf("%d, %s, left %v, %v", code, errors, entries, err)
	}
}

func TestRun_arguments(t *testing.T) {
	if code, _, errors := try(t, nil, "-h"); code != 0 || !strings.Contains(errors, "SPS_PASSWORD") {
		t.Errorf("-h: %d, %s", code, errors)
	}
	for _, args := range [][]string{{"-x"}, {"-days", "0"}, {"extra"}} {
		if code, _, _ := try(t, nil, args...); code != 2 {
			t.Errorf("%q: %d", args, code)
		}
	}
}
