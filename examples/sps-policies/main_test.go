package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// try runs the program against an appliance; nil for the one of its own.
func try(t *testing.T, server *spstest.Server, args ...string) (code int, out, errors string) {
	t.Helper()
	env := map[string]string{}
	if server != nil {
		credentials := server.Credentials()
		env = map[string]string{"SPS_URL": server.URL(), "SPS_USER": credentials["user"], "SPS_PASSWORD": credentials["password"]}
	}
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, func(name string) string { return env[name] }, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// folder makes a folder of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRun_inMemory(t *testing.T) {
	code, out, _ := try(t, nil)
	want := "+ policies/time_policies/nights\n~ rdp/channel_policies/all\n    rules[0].actions.four_eyes: false -> true\n" +
		"+ rdp/channel_policies/maintenance\nto create: 2, to change: 1, as they should be: 0\n"
	if code != exitDifferences || out != want {
		t.Errorf("%d, %s", code, out)
	}
	if code, out, _ := try(t, nil, "-apply"); code != 0 || !strings.HasSuffix(out, "create: 2, change: 1, as they should be: 0\n") {
		t.Errorf("%d, %s", code, out)
	}
}

func TestRun_twice(t *testing.T) {
	server := spstest.NewServer(t)
	server.AddObject("rdp/channel_policies", "-20100", json.RawMessage(`{"zz":1.10,"name":"all","rules":[{"x":{"y":1},"actions":{"audit":true,"content_policy":null,"four_eyes":false,"ids":false},`+
		`"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},"channel":"#drawing"}]}`))
	before := string(server.Dump())
	if code, _, _ := try(t, server, "policies"); code != exitDifferences || string(server.Dump()) != before {
		t.Errorf("without -apply: %d", code)
	}
	code, out, errors := try(t, server, "-apply", "-m", "four eyes", "policies")
	if code != 0 {
		t.Fatalf("%d, %s%s", code, out, errors)
	}
	stored := string(server.Object("rdp/channel_policies", "-20100"))
	if !strings.HasPrefix(stored, `{"zz":1.10,"name":"all","rules":[{"x":{"y":1},"actions":{"audit":true,"content_policy":null,"four_eyes":true`) {
		t.Errorf("what the file does not say is not as it was: %s", stored)
	}
	keys := server.Keys("policies/time_policies")
	made := server.Keys("rdp/channel_policies")[1]
	if stored := string(server.Object("rdp/channel_policies", made)); !strings.Contains(stored, `"time_policy":"`+keys[1]+`"`) {
		t.Errorf("the reference by name: %s", stored)
	}
	commits := server.Commits()
	if len(commits) != 1 || commits[0].Message != "four eyes" || len(commits[0].Changes) != 3 {
		t.Errorf("%+v", commits)
	}
	before = string(server.Dump())
	if code, out, _ := try(t, server, "-apply", "policies"); code != 0 || out != "create: 0, change: 0, as they should be: 3\n" || string(server.Dump()) != before {
		t.Errorf("again: %d, %s", code, out)
	}
	if n := len(server.Commits()); n != 1 {
		t.Errorf("%d commits, although the second one has nothing to say", n)
	}
	if code, out, errors := try(t, server, "-apply", "policies"); code != 0 {
		t.Errorf("the lock was left behind: %d, %s%s", code, out, errors)
	}
}

func TestRun_rollsBack(t *testing.T) {
	server := spstest.NewServer(t)
	before := string(server.Dump())
	dir := folder(t, map[string]string{
		"policies/time_policies/a.json":   `{"name":"a"}`,
		"policies/user_databases/b.json":  `{"name":"b"}`, // its users are missing
		"rdp/channel_policies/unread.txt": `not JSON`,
	})
	code, out, errors := try(t, server, "-apply", dir)
	if code != exitFailed || !strings.Contains(out, "+ policies/time_policies/a") || !strings.Contains(out, "nothing was changed") || !strings.Contains(errors, "policies/user_databases/b: ") {
		t.Errorf("%d, %s%s", code, out, errors)
	}
	if string(server.Dump()) != before {
		t.Error("something was changed")
	}
}

func TestRun_mistyped(t *testing.T) {
	server := spstest.NewServer(t)
	before := string(server.Dump())
	dir := folder(t, map[string]string{
		"policies/time_policies/a.json":  `{"name":"a"}`,
		"policies/user_databases/b.json": `{"name":"b","users":[],"usrs":[]}`,
		"rdp/channel_policies/c.json":    `{"name":"all","rules":[{"actions":{"four_eye":true}}]}`,
	})
	code, out, errors := try(t, server, "-apply", dir)
	if code != exitFailed || !strings.Contains(out, "nothing was changed") || string(server.Dump()) != before {
		t.Errorf("%d, %s", code, out)
	}
	for _, left := range []string{"the SDK knows no member rules[0].actions.four_eye", "did not take", "usrs: nothing -> []", "rules[0].actions.four_eye: nothing -> true"} {
		if !strings.Contains(errors, left) {
			t.Errorf("%q is not told: %s", left, errors)
		}
	}
	if strings.Contains(errors, "time_policies/a") {
		t.Errorf("what was taken is called left: %s", errors)
	}
}

func TestRun_interrupted(t *testing.T) {
	server := spstest.NewServer(t)
	before := string(server.Dump())
	credentials := server.Credentials()
	env := map[string]string{"SPS_URL": server.URL(), "SPS_USER": credentials["user"], "SPS_PASSWORD": credentials["password"]}
	ctx, interrupt := context.WithCancel(t.Context())
	// The first difference is shown just before it is made.
	stdout := writer(func(p []byte) { interrupt() })
	var stderr bytes.Buffer
	code := run(ctx, []string{"-apply", "policies"}, func(name string) string { return env[name] }, stdout, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "canceled") || string(server.Dump()) != before {
		t.Errorf("%d, %s", code, stderr.String())
	}
	if code, out, errors := try(t, server, "-apply", "policies"); code != 0 {
		t.Errorf("the lock was left behind: %d, %s%s", code, out, errors)
	}
}

// full is an output that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// What nobody can read is not done.
func TestRun_unwritable(t *testing.T) {
	server := spstest.NewServer(t)
	before := string(server.Dump())
	credentials := server.Credentials()
	env := map[string]string{"SPS_URL": server.URL(), "SPS_USER": credentials["user"], "SPS_PASSWORD": credentials["password"]}
	for _, args := range [][]string{{"-apply", "policies"}, {"policies"}} {
		var stderr bytes.Buffer
		code := run(t.Context(), args, func(name string) string { return env[name] }, full{}, &stderr)
		if code != exitFailed || !strings.Contains(stderr.String(), "no space left") || string(server.Dump()) != before {
			t.Errorf("%q: %d, %s", args, code, stderr.String())
		}
	}
	if code, out, errors := try(t, server, "-apply", "policies"); code != 0 {
		t.Errorf("the lock was left behind: %d, %s%s", code, out, errors)
	}
}

// An object that cannot be told is not made a second time.
func TestRun_untold(t *testing.T) {
	for says, items := range map[string]string{
		"cannot be read": `{"key":"1","meta":{},"body":"text"}`,
		"more than one":  `{"key":"-100","meta":{},"body":{"name":"7x24"}},{"key":"1","meta":{},"body":{"name":"nights"}},{"key":"2","meta":{},"body":{"name":"nights"}},{"key":"3","meta":{},"body":{"name":"nights"}}`,
	} {
		server := spstest.NewServer(t)
		before := string(server.Dump())
		server.Fail(spstest.Fault{
			Path: "/api/configuration/policies/time_policies", Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"items":[` + items + `],"meta":{}}`,
		})
		if code, out, errors := try(t, server, "-apply", "policies"); code != exitFailed || !strings.Contains(errors, says) || string(server.Dump()) != before {
			t.Errorf("%s: %d, %s%s", says, code, out, errors)
		}
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestLoad_wrong(t *testing.T) {
	for says, files := range map[string]map[string]string{
		"no JSON file":           {},
		"it has no name":         {"policies/time_policies/a.json": `{}`},
		"in the folder":          {"a.json": `{"name":"a"}`},
		"another file":           {"x/y/a.json": `{"name":"a"}`, "x/y/b.json": `{"name":"a"}`},
		"refers to itself":       {"x/y/a.json": `{"name":"a","r":{"@name":"x/y/b"}}`, "x/y/b.json": `{"name":"b","r":[{"@name":"x/y/a"}]}`},
		"a.json: unexpected EOF": {"x/y/a.json": `{"name":"a"`},
		"more after the JSON":    {"x/y/a.json": `{"name":"a"}{"name":"b"}`},
		"it is read-only":        {"http/connections/a.json": `{"name":"a"}`},
		"no policies/time_policies/never to refer to": {"rdp/channel_policies/a.json": `{"name":"a","r":{"@name":"policies/time_policies/never"}}`},
	} {
		if code, _, errors := try(t, spstest.NewServer(t), folder(t, files)); code != exitFailed || !strings.Contains(errors, says) {
			t.Errorf("%s: %d, %s", says, code, errors)
		}
	}
}

func TestRun_arguments(t *testing.T) {
	if code, _, errors := try(t, nil, "-h"); code != 0 || !strings.Contains(errors, "SPS_URL") || !strings.Contains(errors, "-apply") {
		t.Errorf("-h: %d, %s", code, errors)
	}
	for _, args := range [][]string{{"-x"}, {"a", "b"}} {
		if code, _, _ := try(t, nil, args...); code != exitUsage {
			t.Errorf("%q: %d", args, code)
		}
	}
	server := spstest.NewServer(t)
	if code, _, _ := try(t, server); code != exitUsage {
		t.Errorf("an appliance without a folder: %d", code)
	}
	server.Fail(spstest.Fault{Path: "/api/authentication", Status: http.StatusUnauthorized})
	if code, _, errors := try(t, server, "policies"); code != exitFailed || !strings.Contains(errors, "401") {
		t.Errorf("%d, %s", code, errors)
	}
}

// A setting is a file at its own path.
func TestRun_setting(t *testing.T) {
	server := spstest.NewServer(t)
	if err := server.AddSetting("network/dns", json.RawMessage(`{"primary":"192.0.2.1","secondary":null,"more":1}`)); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"network/dns.json": `{"primary":"192.0.2.53"}`, "datetime/timezone.json": `"UTC"`})
	code, out, errors := try(t, server, dir)
	if code != exitDifferences || !strings.Contains(out, `primary: "192.0.2.1" -> "192.0.2.53"`) || !strings.Contains(out, "to change: 2") {
		t.Errorf("%d, %s%s", code, out, errors)
	}
	if code, out, errors := try(t, server, "-apply", dir); code != 0 {
		t.Errorf("%d, %s%s", code, out, errors)
	}
	if got := string(server.Object("network/dns", "")); got != "" {
		t.Errorf("an object without a key: %s", got)
	}
	if got := string(server.Object("network", "dns")); got != `{"primary":"192.0.2.53","secondary":null,"more":1}` {
		t.Errorf("stored %s", got)
	}
	if got := string(server.Object("datetime", "timezone")); got != `"UTC"` {
		t.Errorf("stored %s", got)
	}
}
