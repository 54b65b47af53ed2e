package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

type outcome struct {
	code           int
	stdout, stderr string
}

func start(t *testing.T, env map[string]string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, func(name string) string { return env[name] }, &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

func appliance(t *testing.T) (*icstest.Server, *ics.Client, map[string]string) {
	t.Helper()
	server := icstest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	c := server.Credentials()
	return server, client, map[string]string{"ICS_URL": server.URL(), "ICS_USER": c["user"], "ICS_PASSWORD": c["password"]}
}

// files returns the files below a directory with their content and the time of their writing.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", name, info.Mode())
		}
		content, err := os.ReadFile(name)
		relative, _ := filepath.Rel(dir, name)
		found[filepath.ToSlash(relative)] = info.ModTime().Format(time.RFC3339Nano) + string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Run twice, the program writes nothing the second time; after a change, what changed and nothing else.
func TestRun_twice(t *testing.T) {
	server, client, env := appliance(t)
	dir := filepath.Join(t.TempDir(), "vpn1")
	if got := start(t, env, "-dir", dir, "-check"); got.code != exitPending || !strings.Contains(got.stdout, "added /") {
		t.Errorf("before the first run: %+v", got)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("-check made the directory")
	}
	if got := start(t, env, "-dir", dir); got.code != exitDone || !strings.Contains(got.stdout, " 0 removed") {
		t.Fatalf("%+v", got)
	}
	first := files(t, dir)
	if len(first) < 10 || first["configuration.json"] == "" || first[nameOf(ics.Path{"users", "user-roles", "user-role", "Users"})] == "" {
		t.Fatalf("%d files: %v", len(first), first)
	}
	if got := start(t, env, "-dir", dir); got.code != exitDone || !strings.Contains(got.stdout, " 0 files written, 0 removed") {
		t.Errorf("the second run: %+v", got)
	}
	for name, content := range files(t, dir) {
		if first[name] != content {
			t.Errorf("%s was written again", name)
		}
	}
	if got := start(t, env, "-dir", dir, "-check"); got.code != exitDone || !strings.Contains(got.stdout, " 0 changes") {
		t.Errorf("%+v", got)
	}

	own := filepath.Join(dir, "configuration", "README.json")
	if err := os.WriteFile(own, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UserRoles.Create(t.Context(), ics.UserRoleCreate{Name: "../../../evil\x1b", General: &ics.RoleGeneral{}}); err != nil {
		t.Fatal(err)
	}
	if err := server.SetConfiguration(ics.Path{"authentication", "auth-servers", "auth-server", "LDAPServer", "note"}, "x"); err != nil {
		t.Fatal(err)
	}
	if got := start(t, env, "-dir", dir, "-check"); got.code != exitPending || !strings.Contains(got.stdout, "2 changes") || strings.Contains(got.stdout, "\x1b") {
		t.Errorf("%+v", got)
	}
	if got := start(t, env, "-dir", dir); got.code != exitDone || !strings.Contains(got.stdout, " 3 files written, 0 removed") {
		t.Errorf("the list, the server and the role: %+v", got)
	}
	if _, err := client.UserRoles.Delete(t.Context(), "../../../evil\x1b"); err != nil {
		t.Fatal(err)
	}
	if got := start(t, env, "-dir", dir); got.code != exitDone || !strings.Contains(got.stdout, "1 files written, 1 removed") {
		t.Errorf("after the deletion: %+v", got)
	}
	if content, err := os.ReadFile(own); err != nil || string(content) != "mine" {
		t.Errorf("a file of somebody else's is %q, %v", content, err)
	}
}

// Without an object that could not be read, nothing is removed.
func TestRun_partly(t *testing.T) {
	server, _, env := appliance(t)
	dir := t.TempDir()
	if got := start(t, env, "-dir", dir); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	before := files(t, dir)
	server.Fail(icstest.Fault{Path: "/api/v1/configuration/users/user-roles/user-role/Users", Times: -1, Status: http.StatusForbidden})
	if got := start(t, env, "-dir", dir); got.code != exitFailed || !strings.Contains(got.stderr, "nothing was removed") || !strings.Contains(got.stdout, "0 removed") {
		t.Errorf("%+v", got)
	}
	if after := files(t, dir); len(after) != len(before) {
		t.Errorf("%d files of %d", len(after), len(before))
	}
}

// A symbolic link in place of a file is replaced, and one that leads out of the directory is not entered.
func TestRun_symbolicLinks(t *testing.T) {
	_, _, env := appliance(t)
	dir, other := t.TempDir(), t.TempDir()
	victim := filepath.Join(other, "victim")
	if err := os.WriteFile(victim, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "configuration.json")); err != nil {
		t.Skip("no symbolic links")
	}
	if got := start(t, env, "-dir", dir); got.code != exitDone {
		t.Errorf("%+v", got)
	}
	dir = t.TempDir()
	if err := os.Symlink(other, filepath.Join(dir, "configuration")); err != nil {
		t.Fatal(err)
	}
	if got := start(t, env, "-dir", dir); got.code != exitFailed {
		t.Errorf("a directory elsewhere: %+v", got)
	}
	if content, err := os.ReadFile(victim); err != nil || string(content) != "keep" {
		t.Errorf("%q, %v", content, err)
	}
	if entries, err := os.ReadDir(other); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestRun_usage(t *testing.T) {
	_, _, env := appliance(t)
	for _, args := range [][]string{{}, {"-x"}, {"x"}, {"-dir", "d", "x"}} {
		if got := start(t, env, args...); got.code != exitUsage || got.stderr == "" {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if got := start(t, env, "-help", "-dir", "d"); got.code != exitDone || !strings.Contains(got.stderr, "ICS_URL") {
		t.Errorf("%+v", got)
	}
	if got := start(t, map[string]string{"ICS_URL": "vpn.example.com"}, "-dir", t.TempDir()); got.code != exitUsage {
		t.Errorf("%+v", got)
	}
	env["ICS_PASSWORD"] = "wrong"
	if got := start(t, env, "-dir", t.TempDir()); got.code != exitFailed || strings.Contains(got.stderr, "wrong") {
		t.Errorf("%+v", got)
	}
	if got := start(t, nil); got.code != exitDone || !strings.Contains(got.stdout, "objects") {
		t.Errorf("in memory: %+v", got)
	}
}

func TestNameOf(t *testing.T) {
	seen := map[string]string{}
	for _, segment := range []string{"Users", "users", "USERS", "..", ".", "a/b", "a%2Fb", "con", "a b", "Rôle", strings.Repeat("x", 300), strings.Repeat("x", 301), "-rf", "a\x00"} {
		name := nameOf(ics.Path{"x", segment})
		folded := strings.ToLower(name)
		if other, twice := seen[folded]; twice {
			t.Errorf("%q and %q are kept in %s", segment, other, name)
		}
		seen[folded] = segment
		if !fs.ValidPath(name) || strings.Count(name, "/") != 2 || strings.ContainsAny(name, " \x00\\:") {
			t.Errorf("%q is kept in %q", segment, name)
		}
	}
}

// A disk that is full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestRun_outputLost(t *testing.T) {
	_, _, env := appliance(t)
	getenv := func(name string) string { return env[name] }
	dir := t.TempDir()
	for _, args := range [][]string{{"-dir", dir}, {"-dir", dir, "-check"}} {
		var stderr bytes.Buffer
		if code := run(t.Context(), args, getenv, full{}, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: exit status %d, %s", args, code, stderr.String())
		}
	}
}

func TestRun_interrupted(t *testing.T) {
	server, _, env := appliance(t)
	ctx, interrupt := context.WithCancel(t.Context())
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "user-roles") {
			interrupt()
			return
		}
		server.ServeHTTP(w, r)
	}))
	defer front.Close()
	env["ICS_URL"] = front.URL
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"-dir", dir}, func(name string) string { return env[name] }, &stdout, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "interrupted: nothing was written") || len(files(t, dir)) != 0 {
		t.Errorf("exit status %d, %s%s", code, stdout.String(), stderr.String())
	}
}

// A run that fails in its middle leaves no file behind that no list names: the next one removes what is gone meanwhile.
func TestRun_failedHalfWay(t *testing.T) {
	_, client, env := appliance(t)
	dir := t.TempDir()
	blocked := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(nameOf(ics.Path{"users", "user-realms"}), ".json")))
	if err := os.MkdirAll(filepath.Dir(blocked), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blocked, nil, 0o600); err != nil { // where a directory is needed
		t.Fatal(err)
	}
	early := ics.Path{"users", "resource-policies", "network-connect-policies", "network-connect-acls", "network-connect-acl", "gone"}
	if _, err := client.NetworkConnectACLs.Create(t.Context(), ics.NetworkConnectACLCreate{Name: "gone", Rules: &ics.ACLRules{}}); err != nil {
		t.Fatal(err)
	}
	if got := start(t, env, "-dir", dir); got.code != exitFailed {
		t.Fatalf("%+v", got)
	}
	file := filepath.Join(dir, filepath.FromSlash(nameOf(early)))
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	if _, err := client.NetworkConnectACLs.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if got := start(t, env, "-dir", dir); got.code != exitDone || !strings.Contains(got.stdout, " 1 removed") {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of an object that is gone: %v", err)
	}
}

// An object that cannot be read is not said to be gone, nor is what stands below it.
func TestRun_checkPartly(t *testing.T) {
	server, _, env := appliance(t)
	dir := t.TempDir()
	if got := start(t, env, "-dir", dir); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	server.Fail(icstest.Fault{Path: "/api/v1/configuration/users/user-roles", Times: -1, Status: http.StatusForbidden})
	if got := start(t, env, "-dir", dir, "-check"); got.code != exitFailed || strings.Contains(got.stdout, "removed") || !strings.Contains(got.stdout, " 0 changes") {
		t.Errorf("%+v", got)
	}
}
