package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// TestRun_fleet saves five appliances, of which one knows the administrator not at all and one breaks off in the middle.
func TestRun_fleet(t *testing.T) {
	dir := t.TempDir()
	var servers []*icstest.Server
	var addresses []string
	for i := range 5 {
		server := icstest.NewServer(t)
		server.SetBinaryConfigurationSize(int64(300_000 + i))
		servers = append(servers, server)
		addresses = append(addresses, server.URL())
	}
	servers[1].Fail(icstest.Fault{Path: "/api/v1/realm_auth", Times: -1, Status: http.StatusUnauthorized})
	servers[3].Fail(icstest.Fault{Path: "/api/v1/system/binary-configuration", Times: -1, Truncate: 100_000})
	credentials := servers[0].Credentials()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-dir", dir, "-parallel", "3"}, env(map[string]string{
		"ICS_APPLIANCES": strings.Join(addresses, ", "), "ICS_USER": credentials["user"], "ICS_PASSWORD": credentials["password"],
	}), &stdout, &stderr)
	report := stdout.String()
	if code != exitFailed || !strings.Contains(report, "3 of 5 appliances saved") || strings.Count(report, "FAILED") != 2 || !strings.Contains(report, "401") {
		t.Fatalf("exit status %d\n%s\n%s", code, report, stderr.String())
	}
	if !strings.Contains(stderr.String(), nameOf(addresses[0])+": 100 %") {
		t.Errorf("the progress is\n%s", stderr.String())
	}
	if strings.Contains(report+stderr.String(), credentials["password"]) {
		t.Error("the password was printed")
	}

	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("the files are %v, %v", files, err)
	}
	for i, server := range servers {
		matches, err := filepath.Glob(filepath.Join(dir, nameOf(server.URL())+"-*.cfg"))
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 || i == 3 {
			if len(matches) != 0 {
				t.Errorf("an appliance that failed left %v", matches)
			}
			continue
		}
		if len(matches) != 1 {
			t.Fatalf("appliance %d has the backups %v", i, matches)
		}
		if info, err := os.Stat(matches[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the backup has the mode %v, %v", info.Mode(), err)
		}
		saved, err := os.ReadFile(matches[0])
		if err != nil {
			t.Fatal(err)
		}
		content, _, err := server.BinaryConfiguration()
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(content)
		if err != nil || !bytes.Equal(saved, want) {
			t.Errorf("the backup of appliance %d is not its configuration", i)
		}
	}
}

// TestRun_interrupted ends the program in the middle of a download: nothing may stay that could be taken for a backup.
func TestRun_interrupted(t *testing.T) {
	server := icstest.NewServer(t)
	server.SetBinaryConfigurationSize(64 << 20)
	c := server.Credentials()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	progress := writer(func(p []byte) (int, error) {
		if strings.Contains(string(p), "25 %") {
			if parts, _ := filepath.Glob(filepath.Join(dir, "*")); len(parts) != 1 || !strings.HasSuffix(parts[0], ".part") {
				t.Errorf("in the middle, there are %v", parts)
			}
			cancel()
		}
		return len(p), nil
	})
	var stdout bytes.Buffer
	code := run(ctx, []string{"-dir", dir}, env(map[string]string{
		"ICS_APPLIANCES": server.URL(), "ICS_USER": c["user"], "ICS_PASSWORD": c["password"],
	}), &stdout, progress)
	if code != exitFailed || ctx.Err() == nil || !strings.Contains(stdout.String(), "0 of 1 appliances saved") {
		t.Errorf("exit status %d\n%s", code, stdout.String())
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("there are %v, %v", files, err)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestRun_inMemory(t *testing.T) {
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-dir", dir, "-quiet"}, env(nil), &stdout, &stderr); code != exitDone || stderr.Len() > 0 {
		t.Fatalf("exit status %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	if !strings.Contains(stdout.String(), "3 of 3 appliances saved") {
		t.Errorf("the report is\n%s", stdout.String())
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*.cfg")); err != nil || len(files) != 3 {
		t.Errorf("the files are %v, %v", files, err)
	}
}

func TestRun_usage(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := map[string]string{"ICS_APPLIANCES": "https://vpn.example.com", "ICS_USER": "u", "ICS_PASSWORD": "p"}
	with := func(name, value string) map[string]string {
		m := map[string]string{}
		for k, v := range good {
			m[k] = v
		}
		m[name] = value
		return m
	}
	for name, c := range map[string]struct {
		args []string
		env  map[string]string
		code int
	}{
		"help":            {[]string{"-h"}, nil, exitDone},
		"unknown flag":    {[]string{"-x"}, nil, exitUsage},
		"arguments":       {[]string{"x"}, nil, exitUsage},
		"no slots":        {[]string{"-parallel", "0"}, nil, exitUsage},
		"no password":     {nil, with("ICS_PASSWORD", ""), exitUsage},
		"wrong address":   {nil, with("ICS_APPLIANCES", "https://a,vpn"), exitUsage},
		"twice":           {nil, with("ICS_APPLIANCES", "https://a,https://b,https://A/"), exitUsage},
		"no CA file":      {nil, with("ICS_CA_FILE", "/nowhere/ca.pem"), exitUsage},
		"no certificates": {nil, with("ICS_CA_FILE", notPEM), exitUsage},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, env(c.env), &stdout, &stderr); code != c.code || stderr.Len() == 0 {
			t.Errorf("%s: exit status %d, %s", name, code, stderr.String())
		}
	}
}

// ICS_URL names an appliance by itself, also one of the last generation.
func TestRun_oldRelease(t *testing.T) {
	server := icstest.NewServer(t)
	dir := t.TempDir()
	c := server.Credentials()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-dir", dir, "-legacy", "-quiet"}, env(map[string]string{
		"ICS_URL": server.URL(), "ICS_USER": c["user"], "ICS_PASSWORD": c["password"], "ICS_REALM": "no such realm",
	}), &stdout, &stderr)
	if code != exitDone || !strings.Contains(stdout.String(), "1 of 1 appliances saved") {
		t.Errorf("exit status %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
}

// A disk that is full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// The backups are there, and nobody was told.
func TestRun_reportLost(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"-dir", dir, "-quiet"}, env(nil), full{}, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit status %d, %s", code, stderr.String())
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*.cfg")); err != nil || len(files) != 3 {
		t.Errorf("the files are %v, %v", files, err)
	}
}

// What begins as an archive and ends in its middle is none; neither are words.
func TestRun_noArchive(t *testing.T) {
	half := append([]byte("PK\x03\x04"), make([]byte, 296)...)
	for name, c := range map[string]struct {
		text, password, report string
		files                  int
	}{
		"words":                {"Unauthorized", "", "not the content", 0},
		"half":                 {base64.StdEncoding.EncodeToString(half), "", "no whole ZIP archive", 0},
		"words, encrypted":     {"Unauthorized", "secret", "not the content", 0},
		"something, encrypted": {base64.StdEncoding.EncodeToString(half[4:]), "secret", "is no ZIP archive", 1},
	} {
		server := icstest.NewServer(t)
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/binary-configuration") {
				_, _ = io.WriteString(w, c.text)
				return
			}
			server.ServeHTTP(w, r)
		}))
		dir := t.TempDir()
		credentials := server.Credentials()
		var stdout bytes.Buffer
		code := run(t.Context(), []string{"-dir", dir}, env(map[string]string{
			"ICS_URL": front.URL, "ICS_USER": credentials["user"], "ICS_PASSWORD": credentials["password"], "ICS_BACKUP_PASSWORD": c.password,
		}), &stdout, io.Discard)
		front.Close()
		want := exitFailed
		if c.files > 0 {
			want = exitDone
		}
		if code != want || !strings.Contains(stdout.String(), c.report) {
			t.Errorf("%s: exit status %d\n%s", name, code, stdout.String())
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != c.files {
			t.Errorf("%s: there are %v, %v", name, files, err)
		}
	}
}

// Where nothing can be written, no appliance has the work of an export.
func TestRun_unwritable(t *testing.T) {
	server := icstest.NewServer(t)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/binary-configuration") {
			t.Error("something was exported")
		}
		server.ServeHTTP(w, r)
	}))
	defer front.Close()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if file, err := os.Create(filepath.Join(dir, "x")); err == nil {
		_ = file.Close()
		dir = "/proc/self" // to root every directory is writable, but for those of the kernel
		if _, err := os.Stat(dir); err != nil {
			t.Skip("no directory is unwritable")
		}
	}
	c := server.Credentials()
	var stdout bytes.Buffer
	code := run(t.Context(), []string{"-dir", dir}, env(map[string]string{
		"ICS_URL": front.URL, "ICS_USER": c["user"], "ICS_PASSWORD": c["password"],
	}), &stdout, io.Discard)
	if code != exitFailed || !strings.Contains(stdout.String(), "cannot write to "+dir) {
		t.Errorf("exit status %d\n%s", code, stdout.String())
	}
}
