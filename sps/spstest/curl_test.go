package spstest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// A session as the guide prints it: curl with a cookie jar signs in, opens a transaction, changes a setting and an
// object, and commits.
func TestField_CurlSession(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl")
	}
	s := spstest.NewTLSServer(t)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "ca.pem"), s.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		command := exec.CommandContext(t.Context(), curl, append([]string{"--silent", "--show-error", "--noproxy", "*", "--cacert", "ca.pem"}, args...)...)
		command.Dir = folder
		var out, failed bytes.Buffer
		command.Stdout, command.Stderr = &out, &failed
		if err := command.Run(); err != nil {
			t.Fatalf("curl %q: %v %s", args, err, failed.String())
		}
		return out.String()
	}
	credentials := s.Credentials()
	// -X with curl's own body and type, and "--cookie cookies", as the guide has them.
	login := run("--basic", "--user", credentials["user"]+":"+credentials["password"], "--cookie-jar", "cookies", s.URL()+"/api/authentication")
	if !strings.Contains(login, `"meta"`) {
		t.Fatalf("sign-in: %s", login)
	}
	jar, err := os.ReadFile(filepath.Join(folder, "cookies"))
	if err != nil || !strings.Contains(string(jar), "session_id") {
		t.Fatalf("the jar has no session: %s, %v", jar, err)
	}
	send := func(method, path, body string) string {
		args := []string{"--cookie", "cookies", "--include", "-X", method}
		if body != "" {
			args = append(args, "-H", "Content-Type: application/json", "-H", "Expect:", "--data", body)
		}
		if method == "POST" && body == "" {
			args = append(args, "-H", "Content-Length: 0")
		}
		return run(append(args, s.URL()+path)...)
	}
	for _, step := range []struct{ method, path, body, want string }{
		{"GET", "/api/configuration/datetime/timezone", "", `"body":"Europe/Budapest"`},
		{"POST", "/api/transaction", "", " 200 "},
		{"PUT", "/api/configuration/datetime/timezone", `"America/New_York"`, " 201 "},
		{"POST", "/api/configuration/policies/user_databases", `{"name": "mylocal", "users": []}`, " 201 "},
		{"GET", "/api/transaction/changes", "", `"new_value":"America/New_York"`},
		{"PUT", "/api/transaction", `{"status": "commit", "message": "from curl"}`, " 200 "},
		{"GET", "/api/transaction", "", `"status":"closed"`},
	} {
		if got := send(step.method, step.path, step.body); !strings.Contains(got, step.want) {
			t.Errorf("%s %s: %s, want %s", step.method, step.path, got, step.want)
		}
	}
	if commits := s.Commits(); len(commits) != 1 || commits[0].Message != "from curl" || len(commits[0].Changes) != 2 {
		t.Errorf("%+v", commits)
	}
	if got := string(s.Object("datetime", "timezone")); got != `"America/New_York"` {
		t.Errorf("committed %s", got)
	}
	// Another program is kept out meanwhile, and a session that is over is told so.
	s.EndSessions()
	if got := send("GET", "/api/info", ""); !strings.Contains(got, " 401 ") || !strings.Contains(got, "Unauthenticated") {
		t.Errorf("after the end of the session: %s", got)
	}
}
