package main

import (
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
		env = map[string]string{"MSP_URL": server.URL, "MSP_USER": account["user"], "MSP_PASSWORD": account["password"]}
	}
	var out, log strings.Builder
	code = run(t.Context(), args, func(name string) string { return env[name] }, &out, &log)
	return code, out.String(), log.String()
}

// serve starts a portal with the machine's clock, which is the program's.
func serve(t *testing.T) *msptest.Server {
	t.Helper()
	server := msptest.New()
	if err := server.Start("127.0.0.1:0", nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func TestWithoutAnAddress(t *testing.T) {
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

func TestFindsTheReport(t *testing.T) {
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

func TestHasOneMade(t *testing.T) {
	server := serve(t)
	server.AddTenant(msp.Tenant{SubDomain: "a", Name: "A", Subscriptions: []msp.Subscription{{Category: msp.ZTA, TotalUsers: 5}}})
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

func TestExitCodes(t *testing.T) {
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
	if code := run(t.Context(), nil, func(name string) string { return map[string]string{"MSP_URL": server.URL}[name] }, &log, &log); code != 1 {
		t.Errorf("no user: exit %d\n%s", code, log.String())
	}
}
