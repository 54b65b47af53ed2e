package main

import (
	"bytes"
	"net/http"
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

func TestRun(t *testing.T) {
	code, out, errors := try(t, nil, "-csv")
	want := strings.Join(titles, ",") + "\n" +
		"RDP,desktops,10.0.0.0/8,192.0.2.1 port 3389,#drawing,any,always,yes,no\n" +
		"SSH,servers,any,192.0.2.2 port 22,session-exec,operators (anna bela),\"Mon-Thu 8:00-12:00 13:00-17:00, Fri 8:00-14:00\",yes,yes\n"
	if code != 0 || out != want {
		t.Errorf("%d, %s\nwant %s%s", code, out, want, errors)
	}
	if code, out, _ := try(t, nil); code != 0 || !strings.HasPrefix(out, "protocol  connection") || strings.Count(out, "\n") != 3 {
		t.Errorf("%d, %s", code, out)
	}
}

// Names of an appliance do nothing to a terminal or a spreadsheet.
func TestRun_names(t *testing.T) {
	server := spstest.NewServer(t)
	for _, path := range []string{"rdp/connections", "ssh/connections", "ssh/channel_policies"} {
		server.AddCollection(path)
	}
	if err := server.AddObject("ssh/connections", "1", map[string]any{"name": "=cmd()\x1b[31m", "active": true, "network": map[string]any{}}); err != nil {
		t.Fatal(err)
	}
	if err := server.AddObject("ssh/connections", "2", map[string]any{"name": "asleep", "active": false, "channel_policy": "9", "network": map[string]any{}}); err != nil {
		t.Fatal(err)
	}
	code, out, errors := try(t, server, "-csv")
	if code != 0 || !strings.Contains(out, "SSH,'=cmd()") || strings.Contains(out, "asleep") {
		t.Errorf("%d, %q %s", code, out, errors)
	}
	code, out, errors = try(t, server, "-all")
	if code != 0 || strings.Contains(out, "\x1b") || !strings.Contains(out, "asleep (suspended)") {
		t.Errorf("%d, %q %s", code, out, errors)
	}
	server.Fail(spstest.Fault{Path: "/api/configuration/policies/userlists", Status: http.StatusForbidden})
	if code, _, errors := try(t, server); code != 0 {
		t.Errorf("user lists that may not be read: %d, %s", code, errors)
	}
	server.Fail(spstest.Fault{Path: "/api/configuration/ssh/connections", Status: http.StatusForbidden})
	if code, out, errors := try(t, server); code != exitFailed || out != "" || !strings.Contains(errors, "403") {
		t.Errorf("connections that may not be read: %d, %s%s", code, out, errors)
	}
}

// A list that leaves somebody out is worse than none.
func TestRun_unreadable(t *testing.T) {
	for path, item := range map[string]string{
		"ssh/connections":        `{"key":"1","meta":{},"body":"text"}`,
		"ssh/channel_policies":   `{"key":"1","meta":{},"body":{"name":"shell","rules":{}}}`,
		"rdp/channel_policies":   `{"key":"-20100","meta":{},"body":{"name":"all","rules":[null]}}`,
		"policies/time_policies": `{"key":"1","meta":{},"body":[]}`,
		"policies/userlists":     `{"key":"1","meta":{},"body":"text"}`,
	} {
		server := spstest.NewServer(t)
		if err := furnish(server); err != nil {
			t.Fatal(err)
		}
		list := spstest.Fault{Path: "/api/configuration/" + path, Status: 200, Header: http.Header{"Content-Type": {"application/json"}}}
		object := list
		list.Body, object.Path, object.Body = `{"items":[`+item+`],"meta":{}}`, list.Path+"/1", item
		server.Fail(list)
		server.Fail(object)
		if code, out, errors := try(t, server); code != exitFailed || out != "" || !strings.Contains(errors, "read") && !strings.Contains(errors, "unusable response") {
			t.Errorf("%s: %d, %q %s", path, code, out, errors)
		}
	}
}

func TestRun_arguments(t *testing.T) {
	if code, _, errors := try(t, nil, "-h"); code != 0 || !strings.Contains(errors, "SPS_CA_FILE") {
		t.Errorf("-h: %d, %s", code, errors)
	}
	for _, args := range [][]string{{"-x"}, {"extra"}} {
		if code, out, _ := try(t, nil, args...); code != exitUsage || out != "" {
			t.Errorf("%q: %d, %s", args, code, out)
		}
	}
}
