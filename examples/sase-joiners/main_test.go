package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// fixture is a server with the people that the CSV of these tests is about, and a way to run the program on it.
type fixture struct {
	*sasetest.Server
	t    *testing.T
	file string
}

const people = `action,email,first_name,last_name,groups
join,ada@example.com,Ada,Lovelace,Staff;New
join,GRACE@example.com,Grace,Hopper,staff
leave,charles@example.com,,,
leave,nobody@example.com,,,
`

func newFixture(t *testing.T, csv string) fixture {
	t.Helper()
	f := fixture{sasetest.NewServer(t), t, filepath.Join(t.TempDir(), "people.csv")}
	if err := os.WriteFile(f.file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	f.AddUser(sase.User{ID: "charles", Email: "charles@example.com"})
	f.AddUser(sase.User{ID: "grace", Email: "grace@example.com"})
	f.AddGroup(sase.Group{ID: "staff", Name: "Staff", Users: []string{"charles"}})
	return f
}

func (f fixture) run(args ...string) (code int, stdout, stderr string) {
	credentials := f.Credentials()
	env := map[string]string{"SASE_URL": credentials["base_url"], "SASE_API_KEY": credentials["api_key"]}
	var out, errs bytes.Buffer
	code = run(f.t.Context(), append(args, f.file), func(name string) string { return env[name] }, &out, &errs)
	return code, out.String(), errs.String()
}

const wantPlan = `- delete charles@example.com
+ create group New
+ create ada@example.com Ada Lovelace
+ put ada@example.com into Staff
+ put ada@example.com into New
+ put GRACE@example.com into staff
`

func TestRun_dryRunThenApplyTwice(t *testing.T) {
	f := newFixture(t, people)
	users, groups := f.Users(), len(f.Groups())
	code, stdout, stderr := f.run()
	if code != exitPending || stdout != wantPlan+"6 changes to make; run again with -apply\n" || stderr != "" {
		t.Errorf("dry run: %d\n%s%s", code, stdout, stderr)
	}
	if !slices.Equal(f.Users(), users) || len(f.Groups()) != groups {
		t.Errorf("the dry run changed the account: %v", f.Users())
	}

	code, stdout, stderr = f.run("-apply")
	if code != exitDone || stdout != wantPlan+"6 changes made, 0 failed\n" || stderr != "" {
		t.Errorf("apply: %d\n%s%s", code, stdout, stderr)
	}
	var got []string
	ids := map[string]string{}
	for _, user := range f.Users() {
		got = append(got, user.Email)
		ids[user.ID] = user.Email
	}
	for _, group := range f.Groups() {
		line := group.Name + ":"
		for _, id := range group.Users {
			line += " " + ids[id]
		}
		got = append(got, line)
	}
	want := "grace@example.com, ada@example.com, Staff: ada@example.com grace@example.com, New: ada@example.com"
	if strings.Join(got, ", ") != want {
		t.Errorf("the account is %s\nwant %s", strings.Join(got, ", "), want)
	}

	for _, args := range [][]string{{"-apply"}, {}} {
		code, stdout, _ = f.run(args...)
		if code != exitDone || stdout != "nothing to do\n" {
			t.Errorf("a second run %v: %d %s", args, code, stdout)
		}
	}
}

// What fails does not keep the rest from being done, and the next run does what is left.
func TestRun_failureIsCompletedByTheNextRun(t *testing.T) {
	f := newFixture(t, people)
	f.SetMemberLicenses(1) // Grace has it
	code, stdout, stderr := f.run("-apply")
	if code != exitFailed || !strings.HasSuffix(stdout, "3 changes made, 3 failed\n") || !strings.Contains(stderr, "no member license is left") {
		t.Errorf("without licenses: %d\n%s%s", code, stdout, stderr)
	}
	f.SetMemberLicenses(2)
	code, stdout, stderr = f.run("-apply")
	want := "+ create ada@example.com Ada Lovelace\n+ put ada@example.com into Staff\n+ put ada@example.com into New\n3 changes made, 0 failed\n"
	if code != exitDone || stdout != want {
		t.Errorf("the next run: %d\n%s%s", code, stdout, stderr)
	}
}

func TestRun_manyLeavers(t *testing.T) {
	f := newFixture(t, people)
	code, _, stderr := f.run("-apply", "-max-leavers", "0")
	if code != exitFailed || !strings.Contains(stderr, "1 users would be deleted") || len(f.Users()) != 2 {
		t.Errorf("%d %s, users %v", code, stderr, f.Users())
	}
}

func TestRun_serverRefuses(t *testing.T) {
	f := newFixture(t, people)
	f.Fail(sasetest.Fault{Path: "/api/rest/v1/groups", Status: 403})
	code, stdout, stderr := f.run("-apply")
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "403") || len(f.Users()) != 2 {
		t.Errorf("%d\n%s%s", code, stdout, stderr)
	}
}

func TestRun_interrupt(t *testing.T) {
	f := newFixture(t, people)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	env := map[string]string{"SASE_URL": f.BaseURL(), "SASE_API_KEY": f.Credentials()["api_key"]}
	code := run(ctx, []string{"-apply", f.file}, func(name string) string { return env[name] }, &out, &errs)
	if code != exitFailed || len(f.Users()) != 2 {
		t.Errorf("%d\n%s%s", code, out.String(), errs.String())
	}
}

func TestRun_withoutEnvironment(t *testing.T) {
	none := func(string) string { return "" }
	var out, errs bytes.Buffer
	if code := run(t.Context(), nil, none, &out, &errs); code != exitPending || !strings.Contains(errs.String(), "in memory") {
		t.Errorf("dry run: %d\n%s%s", code, out.String(), errs.String())
	}
	out.Reset()
	if code := run(t.Context(), []string{"-apply"}, none, &out, &errs); code != exitDone || !strings.HasSuffix(out.String(), "5 changes made, 0 failed\n") {
		t.Errorf("apply: %d\n%s%s", code, out.String(), errs.String())
	}
}

func TestRun_usage(t *testing.T) {
	env := map[string]string{"SASE_URL": "", "SASE_API_KEY": "k"}
	getenv := func(name string) string { return env[name] }
	for name, test := range map[string]struct {
		args []string
		want int
		says string
	}{
		"help":           {[]string{"-h"}, exitDone, "SASE_API_KEY"},
		"unknown flag":   {[]string{"-x"}, exitUsage, "-x"},
		"no file":        {nil, exitUsage, "usage"},
		"two files":      {[]string{"a", "b"}, exitUsage, "usage"},
		"a missing file": {[]string{filepath.Join(t.TempDir(), "none.csv")}, exitUsage, "none.csv"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), test.args, getenv, &out, &errs); code != test.want || !strings.Contains(errs.String(), test.says) {
			t.Errorf("%s: %d\n%s", name, code, errs.String())
		}
	}
	env["SASE_URL"], env["SASE_API_KEY"] = "https://sase.example.com/api/rest", ""
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{file}, getenv, &bytes.Buffer{}, &errs); code != exitUsage || !strings.Contains(errs.String(), "API key is empty") {
		t.Errorf("a URL without a key: %d\n%s", code, errs.String())
	}
}

func TestReadPeople_wrongCSV(t *testing.T) {
	for csv, says := range map[string]string{
		"":                                     "no header",
		"email\na@b\n":                         `no column "action"`,
		"action,email,mail\n":                  `column "mail"`,
		"action,email\nhire,a@b\n":             "line 2",
		"action,email\njoin,\n":                "no email",
		"action,email\njoin,a@b\nleave,A@B\n":  "line 3: A@B comes twice",
		"action,email,groups\nleave,a@b,Staff": "a leaver has groups",
		"action,email\njoin\n":                 "wrong number of fields",
		"action,email,Email\njoin,a@b,c@d\n":   `two columns "email"`,
	} {
		f := newFixture(t, csv)
		if code, _, stderr := f.run("-apply"); code != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("%q: %d %s, want %q", csv, code, stderr, says)
		}
	}
	got, err := readPeople(strings.NewReader("\ufeffEmail, Action\nada@example.com, JOIN\n"))
	if err != nil || len(got) != 1 || got[0].email != "ada@example.com" || got[0].leaves {
		t.Errorf("with a mark, capitals and another order: %+v, %v", got, err)
	}
}

// What spreadsheets and their exports write: a mark, quotes around everything, CRLF, rows without anything in them.
func TestReadPeople_spreadsheets(t *testing.T) {
	got, err := readPeople(strings.NewReader("\ufeff\"action\",\"email\",\"first_name\",\"groups\"\r\n\r\n" +
		"\"join\",\" Ada@example.com\",\"Ada, née\",\"Staff; staff;New;STAFF\"\r\n,,,\r\n"))
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	ada := got[0]
	if ada.email != "Ada@example.com" || ada.firstName != "Ada, née" || !slices.Equal(ada.groups, []string{"Staff", "New"}) {
		t.Errorf("%+v", ada)
	}
}

// The service can go on listing users that are deleted.
func TestReadAccount_deletedUsers(t *testing.T) {
	f := newFixture(t, "action,email\nleave,gone@example.com\njoin,back@example.com\nleave,charles@example.com\n")
	for _, email := range []string{"gone@example.com", "back@example.com", "charles@example.com"} {
		f.AddUser(sase.User{Email: email, Terminated: true})
	}
	want := "- delete charles@example.com\n+ create back@example.com\n2 changes to make; run again with -apply\n"
	if code, stdout, stderr := f.run(); code != exitPending || stdout != want {
		t.Errorf("%d\n%s%s", code, stdout, stderr)
	}
	client, err := f.Client()
	if err != nil {
		t.Fatal(err)
	}
	account, err := readAccount(t.Context(), client)
	if err != nil || account.users["charles@example.com"] != "charles" {
		t.Errorf("the leaver is %+v, %v", account, err)
	}
}

// Whoever asks for help, or mistypes a flag, has nothing done.
func TestRun_helpAndBadFlags(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"--help"}, exitDone},
		{[]string{"-apply", "-h"}, exitDone},
		{[]string{"-apply", "-x"}, exitUsage},
		{[]string{"-apply", "-max-leavers", "many"}, exitUsage},
		{[]string{"-apply=maybe"}, exitUsage},
		{[]string{"another.csv", "-apply"}, exitUsage},
	} {
		f := newFixture(t, people)
		code, stdout, stderr := f.run(test.args...)
		if code != test.want || stdout != "" || !strings.Contains(stderr, "usage: sase-joiners") {
			t.Errorf("%q: %d\n%s%s", test.args, code, stdout, stderr)
		}
		if f.Authorizations() != 0 || len(f.Users()) != 2 {
			t.Errorf("%q did something: users %v", test.args, f.Users())
		}
	}
}

func TestRun_privateCA(t *testing.T) {
	server := sasetest.NewTLSServer(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	file := filepath.Join(t.TempDir(), "people.csv")
	for name, text := range map[string]string{ca: string(server.CA()), file: people} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	credentials := server.Credentials()
	for name, test := range map[string]struct {
		ca   string
		want int
		says string
	}{
		"trusted":            {ca, exitPending, ""},
		"a missing file":     {ca + "x", exitUsage, "ca.pemx"},
		"no certificate":     {file, exitUsage, "there is no certificate"},
		"not trusted at all": {"", exitFailed, "certificate"},
	} {
		env := map[string]string{"SASE_URL": credentials["base_url"], "SASE_API_KEY": credentials["api_key"], "SASE_CA_FILE": test.ca}
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{file}, func(name string) string { return env[name] }, &out, &errs)
		if code != test.want || !strings.Contains(errs.String(), test.says) {
			t.Errorf("%s: %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
}

// What the server or the CSV says must not steer the terminal.
func TestShow(t *testing.T) {
	var b bytes.Buffer
	show(&b, []change{{text: "+ create group a\x1b[2J\nb"}, {text: "2"}, {text: "3"}}, 2)
	if got, want := b.String(), "+ create group a [2J b\n2\n... and 1 more\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A report that nobody gets is no success.
func TestRun_outputLost(t *testing.T) {
	reader, full := io.Pipe()
	_ = reader.CloseWithError(errors.New("no space left"))
	var stderr bytes.Buffer
	if code := run(t.Context(), nil, func(string) string { return "" }, full, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit status %d: %s", code, stderr.String())
	}
}
