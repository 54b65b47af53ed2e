package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The session that the guide of the SPS prints for curl: sign in with a cookie jar, open a transaction, change, commit.
func TestRun_curlSession(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl")
	}
	printed := start(t, "-sps", "127.0.0.1:0")
	folder := t.TempDir()
	const zone = "/api/configuration/datetime/timezone"
	for _, step := range []struct {
		path string
		args []string
		want string
	}{
		{"/api/authentication", []string{"--basic", "--user", printed["user"] + ":" + printed["password"], "--cookie-jar", "cookies"}, " 200"},
		{zone, nil, `"body":"Europe/Budapest"`},
		{"/api/transaction", []string{"-X", "POST", "-H", "Content-Length: 0"}, " 200"},
		{zone, []string{"-X", "PUT", "-H", "Content-Type: application/json", "-H", "Expect:", "--data", `"America/New_York"`}, " 201"},
		{"/api/transaction", []string{"-X", "PUT", "-H", "Content-Type: application/json", "-H", "Expect:", "--data", `{"status": "commit"}`}, " 200"},
		{zone, nil, `"body":"America/New_York"`},
		{"/api/transaction", nil, `"status":"closed"`},
	} {
		args := append([]string{"--silent", "--show-error", "--noproxy", "*", "--cookie", "cookies", "--write-out", " %{http_code}"}, step.args...)
		command := exec.CommandContext(t.Context(), curl, append(args, printed["sps"]+step.path)...)
		command.Dir = folder
		out, err := command.CombinedOutput()
		if err != nil || !strings.Contains(string(out), step.want) {
			t.Fatalf("curl %q: %s, %v; want %s", step.args, out, err, step.want)
		}
	}
}
