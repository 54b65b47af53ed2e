package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// start runs the program against a server, or without an address if that is nil.
func start(t *testing.T, server *msptest.Server, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	env := map[string]string{}
	if server != nil {
		account := server.Credentials()
		env = map[string]string{"MSP_URL": server.URL(), "MSP_USER": account["user"], "MSP_PASSWORD": account["password"]}
	}
	var out, log strings.Builder
	code = run(t.Context(), args, func(name string) string { return env[name] }, &out, &log)
	return code, out.String(), log.String()
}

// serve starts a portal with the machine's clock, which is the program's.
func serve(t *testing.T) *msptest.Server {
	t.Helper()
	server := msptest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func TestRun_withoutAnAddress(t *testing.T) {
	code, stdout, stderr := start(t, nil)
	want := `tenant  product  total_users  active_users
Acme    PCS      20           12
Acme    ZTA      75           61
Globex  ZTA      200          187
`
	if code != 0 || stdout != want || !strings.Contains(stderr, "in memory") {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	code, stdout, _ = start(t, nil, "-format", "csv", "-by", "sub_domain")
	if want := "sub_domain,total_users,active_users\nacme,95,73\nglobex,200,187\n"; code != 0 || stdout != want {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

func TestRun_findsTheReport(t *testing.T) {
	server := serve(t)
	server.AddReport("early.csv", []byte("tenant,users\nAcme,1\n"))
	server.Advance(time.Millisecond)
	server.AddReport("late.csv", []byte("\ufeffTenant , users,note\nAcme,2,x\nAcme,3,7\n\"Tab\tCo\",,\n"))
	code, stdout, stderr := start(t, server)
	if want := "Tenant  users\nAcme    5\nTab Co  0\n"; code != 0 || stdout != want {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
	if len(server.Reports()) != 2 || server.Sessions() != 0 {
		t.Errorf("%d reports, %d sessions left open", len(server.Reports()), server.Sessions())
	}
	server.Advance(time.Millisecond)
	server.AddReport("quoted.csv", []byte("\ufeff\"tenant\",\"users\"\r\n\"Acme, Inc\",\"4\"\r\n"))
	code, stdout, stderr = start(t, server)
	if want := "tenant     users\nAcme, Inc  4\n"; code != 0 || stdout != want {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
}

func TestRun_hasOneMade(t *testing.T) {
	server := serve(t)
	server.AddTenant(msp.Tenant{SubDomain: "a", Name: "A", Subscriptions: []msp.Subscription{{Category: msp.CategoryZTA, TotalUsers: 5}}})
	code, stdout, _ := start(t, server)
	if code != 0 || !strings.Contains(stdout, "A       ZTA      5") || len(server.Reports()) != 1 {
		t.Errorf("exit %d, %d reports\n%s", code, len(server.Reports()), stdout)
	}
	code, _, stderr := start(t, server, "-month", "9999-12")
	if code != 1 || !strings.Contains(stderr, "December 9999, which is still to come") || len(server.Reports()) != 1 {
		t.Errorf("exit %d, %d reports\n%s", code, len(server.Reports()), stderr)
	}
	code, _, stderr = start(t, server, "-month", "2001-02")
	if code != 1 || !strings.Contains(stderr, "no report of February 2001") || len(server.Reports()) != 1 {
		t.Errorf("exit %d, %d reports\n%s", code, len(server.Reports()), stderr)
	}
}

func TestRun_exitCodes(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{[]string{"-h"}, 0, "MSP_PASSWORD"},
		{[]string{"-month", "February"}, 2, "February"},
		{[]string{"-format", "xml"}, 2, "usage:"},
		{[]string{"-nothing"}, 2, "-nothing"},
		{[]string{"more"}, 2, "usage:"},
		{[]string{"-by", "customer"}, 1, "tenant, sub_domain, product"},
	} {
		if code, _, stderr := start(t, nil, c.args...); code != c.want || !strings.Contains(stderr, c.says) {
			t.Errorf("%q: exit %d\n%s", c.args, code, stderr)
		}
	}

	server := serve(t)
	server.AddReport("broken.csv", []byte("tenant,users\n\"Acme,1\n"))
	if code, stdout, stderr := start(t, server); code != 1 || stdout != "" || !strings.Contains(stderr, "broken.csv") || server.Sessions() != 0 {
		t.Errorf("a broken report: exit %d, %d sessions left open\n%s", code, server.Sessions(), stderr)
	}
	server.AddAccount(server.Credentials()["user"], "another", msp.DefaultRealm)
	if code, _, stderr := start(t, server); code != 1 || !strings.Contains(stderr, "password") || strings.Contains(stderr, "battery") {
		t.Errorf("a wrong password: exit %d\n%s", code, stderr)
	}
	var log strings.Builder
	if code := run(t.Context(), nil, func(name string) string { return map[string]string{"MSP_URL": server.URL()}[name] }, &log, &log); code != exitUsage {
		t.Errorf("no user: exit %d\n%s", code, log.String())
	}
}

// Asking for help, and asking wrongly, sends nothing.
func TestRun_helpDoesNotAct(t *testing.T) {
	server := serve(t)
	server.AddReport("r.csv", []byte("tenant,users\nAcme,1\n"))
	for _, args := range [][]string{{"--help"}, {"-h", "-o", "x"}, {"-month", "x"}, {"-format", "xml"}, {"-nothing"}, {"more"}} {
		want := exitUsage
		if args[0] == "--help" || args[0] == "-h" {
			want = exitDone
		}
		if code, stdout, _ := start(t, server, args...); code != want || stdout != "" {
			t.Errorf("%q: exit %d, %q", args, code, stdout)
		}
	}
	if server.SignIns() != 0 {
		t.Errorf("signed in %d times", server.SignIns())
	}
}

// What customers call themselves must not be calculated by a spreadsheet, or move the cursor of a terminal.
func TestRun_hostileNames(t *testing.T) {
	server := serve(t)
	server.AddReport("r\x1b[2J.csv", []byte("tenant,=users,count\n\"=HYPERLINK(\"\"http://x\"\")\",1,-2\n\x1b[31mred,2,3\n"))
	code, stdout, stderr := start(t, server, "-format", "csv")
	want := "tenant,'=users,count\n\x1b[31mred,2,3\n\"'=HYPERLINK(\"\"http://x\"\")\",1,-2\n"
	if code != exitDone || stdout != want || strings.ContainsRune(stderr, '\x1b') {
		t.Errorf("exit %d: %q, %q", code, stdout, stderr)
	}
	if code, stdout, _ := start(t, server); code != exitDone || strings.ContainsRune(stdout, '\x1b') {
		t.Errorf("exit %d: %q", code, stdout)
	}
}

func TestWriteFile(t *testing.T) {
	server := serve(t)
	server.AddReport("r.csv", []byte("tenant,users\nAcme,1\n"))
	dir := t.TempDir()
	target := filepath.Join(dir, "elsewhere")
	name := filepath.Join(dir, "usage.csv")
	if err := os.WriteFile(target, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Skip(err)
	}
	if code, stdout, stderr := start(t, server, "-format", "csv", "-o", name); code != exitDone || stdout != "" {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	data, err := os.ReadFile(name)
	if err != nil || string(data) != "tenant,users\nAcme,1\n" {
		t.Errorf("%q, %v", data, err)
	}
	if info, err := os.Lstat(name); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if theirs, _ := os.ReadFile(target); string(theirs) != "theirs" {
		t.Errorf("the link was followed: %q", theirs)
	}

	broken := errors.New("broken")
	if err := writeFile(filepath.Join(dir, "half"), func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return broken }); err != broken {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left are %v", left)
	}
}

func TestRun_certificates(t *testing.T) {
	server := msptest.New()
	if err := server.StartTLS("127.0.0.1:0", nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.AddReport("r.csv", []byte("tenant,users\nAcme,1\n"))
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, server.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	account := server.Credentials()
	env := map[string]string{"MSP_URL": server.URL(), "MSP_USER": account["user"], "MSP_PASSWORD": account["password"], "MSP_CA_FILE": file}
	var out, log strings.Builder
	if code := run(t.Context(), nil, func(name string) string { return env[name] }, &out, &log); code != exitDone || !strings.Contains(out.String(), "Acme") {
		t.Errorf("exit %d: %s%s", code, out.String(), log.String())
	}
	env["MSP_CA_FILE"] = filepath.Join(t.TempDir(), "none")
	if code := run(t.Context(), nil, func(name string) string { return env[name] }, &out, &log); code != exitFailed {
		t.Errorf("no such file: exit %d", code)
	}
}
