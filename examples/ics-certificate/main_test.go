package main

import (
	"bytes"
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

func TestRun_inMemory(t *testing.T) {
	for kind := range keys {
		got := start(t, nil, "-name", "gw.example.com", "-key", kind)
		if got.code != exitDone || !strings.Contains(got.stdout, "presents gw.example.com, valid until") || strings.Contains(got.stdout, "presents old.") {
			t.Errorf("%s: %+v", kind, got)
		}
	}
	if got := start(t, nil); got.code != exitDone {
		t.Errorf("%+v", got)
	}
}

// TestRun_twoCalls goes the way with an appliance that is not the program's own.
func TestRun_twoCalls(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddDeviceCertificate("old.example.com")
	c := server.Credentials()
	env := map[string]string{"ICS_URL": server.URL(), "ICS_USER": c["user"], "ICS_PASSWORD": c["password"], "ICS_REALM": c["realm"]}

	got := start(t, env, "-name", "vpn.example.com")
	if got.code != exitDone || !strings.Contains(got.stdout, "-csr CSR_164") {
		t.Fatalf("%+v", got)
	}
	certificate, err := sign(server.CSR("CSR_164"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "signed.pem")
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := start(t, env, "-csr", "CSR_1", "-certificate", file); got.code != exitFailed || !strings.Contains(got.stderr, "404") {
		t.Errorf("an unknown request: %+v", got)
	}
	if got := start(t, env, "-csr", "CSR_164", "-certificate", file, "-retire", "old.example.com"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	certificates := server.DeviceCertificates()
	if len(certificates) != 1 || certificates[0].Subject != "vpn.example.com" || certificates[0].Certificate == nil {
		t.Errorf("the certificates are %+v", certificates)
	}
	env["ICS_PASSWORD"] = "not the password"
	if got := start(t, env, "-name", "vpn.example.com"); got.code != exitFailed || strings.Contains(got.stderr, "not the password") {
		t.Errorf("a wrong password: %+v", got)
	}
}

func TestRun_usage(t *testing.T) {
	env := map[string]string{"ICS_URL": "https://vpn.example.com", "ICS_USER": "u", "ICS_PASSWORD": "p"}
	for _, args := range [][]string{
		{}, {"-x"}, {"x"}, {"-name", "a", "-key", "dsa"}, {"-csr", "a"}, {"-certificate", "a"}, {"-name", "a", "-csr", "b", "-certificate", "c"},
		{"-name", "a", "-retire", "b"}, {"-csr", "a", "-certificate", "/nowhere/a.pem"},
	} {
		if got := start(t, env, args...); got.code != exitUsage || got.stderr == "" {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if got := start(t, env, "-h"); got.code != exitDone || !strings.Contains(got.stderr, "ICS_URL") {
		t.Errorf("help: %+v", got)
	}
	env["ICS_PASSWORD"] = ""
	if got := start(t, env, "-name", "a"); got.code != exitUsage {
		t.Errorf("no password: %+v", got)
	}
}

// The appliance names the request, and a person copies the line that the program prints: it has to stay harmless.
func TestRun_shellLine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/realm_auth") {
			_, _ = io.WriteString(w, `{"api_key": "a2V5"}`)
			return
		}
		_, _ = io.WriteString(w, `{"result": {"info": [{"message": "Created CSR 'x; touch $HOME\u001b[2J' successfully"}]}}`)
	}))
	defer server.Close()
	got := start(t, map[string]string{"ICS_URL": server.URL, "ICS_USER": "u", "ICS_PASSWORD": "p"}, "-name", "vpn.example.com")
	if got.code != exitDone || !strings.Contains(got.stdout, "-csr 'x; touch $HOME'") || strings.Contains(got.stdout, "\x1b") {
		t.Errorf("%+v", got)
	}
}

// A disk that is full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// Nothing but what the program prints tells the name of the request: where that is lost, the error has it.
func TestRun_outputLost(t *testing.T) {
	server := icstest.NewServer(t)
	c := server.Credentials()
	env := map[string]string{"ICS_URL": server.URL(), "ICS_USER": c["user"], "ICS_PASSWORD": c["password"], "ICS_REALM": c["realm"]}
	getenv := func(name string) string { return env[name] }
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"-name", "vpn.example.com"}, getenv, full{}, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "CSR_164") || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("exit status %d, %s", code, stderr.String())
	}
	certificate, err := sign(server.CSR("CSR_164"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "signed.pem")
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	stderr.Reset()
	if code := run(t.Context(), []string{"-csr", "CSR_164", "-certificate", file}, getenv, full{}, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") || len(server.DeviceCertificates()) != 1 {
		t.Errorf("exit status %d, %s", code, stderr.String())
	}
}
