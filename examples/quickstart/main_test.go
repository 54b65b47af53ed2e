package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// quickstart runs the program and returns what it printed.
func quickstart(ctx context.Context, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, complaints strings.Builder
	code = run(ctx, args, func(name string) string { return environment[name] }, &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestRun_inMemory(t *testing.T) {
	code, out, complaints := quickstart(t.Context(), nil)
	if code != exitDone || complaints != "" {
		t.Fatalf("exit %d: %s", code, complaints)
	}
	for _, step := range []string{"sign in", "renew credentials", "create group", "set master", "publish", "-> in_sync"} {
		if !strings.Contains(out, step) {
			t.Errorf("no %q in\n%s", step, out)
		}
	}
}

// With an address in the environment it works there, here on a server that goes with the machine's clock.
func TestRun_elsewhere(t *testing.T) {
	server := pulseonetest.New()
	server.SetStage(1) // a nanosecond: members are done when they are looked at
	if err := server.StartTLS("127.0.0.1:0", nil); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, server.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	master := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	member := server.AddAppliance(pulseone.Appliance{Name: "branch\x1b[31m"})
	environment := map[string]string{
		"PULSEONE_URL": server.URL(), "PULSEONE_USER": server.Credentials()["user"], "PULSEONE_PASSWORD": server.Credentials()["password"],
		"PULSEONE_MASTER": master, "PULSEONE_MEMBERS": member, "PULSEONE_CA_FILE": caFile,
	}
	code, out, complaints := quickstart(t.Context(), environment, "-dry-run")
	if code != exitPending || len(server.Groups()) != 0 || strings.Contains(out, "\x1b") {
		t.Errorf("dry run: exit %d, %d groups\n%s%s", code, len(server.Groups()), out, complaints)
	}
	if code, _, complaints := quickstart(t.Context(), environment); code != exitDone {
		t.Fatalf("exit %d: %s", code, complaints)
	}
	group := server.Groups()[0]
	if group.ConfigState != pulseone.GroupStateInSync || group.MasterApplianceID != master {
		t.Errorf("left %+v", group)
	}

	server.SetOutcome(member, pulseonetest.OutcomeConflicts)
	if code, _, complaints := quickstart(t.Context(), environment); code != exitFailed || !strings.Contains(complaints, member) {
		t.Errorf("a conflict: exit %d: %s", code, complaints)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if code, _, _ := quickstart(ended, environment); code != exitFailed {
		t.Errorf("interrupted: exit %d", code)
	}
	for name, value := range map[string]string{
		"PULSEONE_MEMBERS": "", "PULSEONE_MASTER": "", "PULSEONE_USER": "", "PULSEONE_URL": "ftp://x",
		"PULSEONE_CA_FILE": caFile + ".none",
	} {
		before := environment[name]
		environment[name] = value
		if code, _, complaints := quickstart(t.Context(), environment); code != exitUsage || complaints == "" {
			t.Errorf("%s=%s: exit %d: %s", name, value, code, complaints)
		}
		environment[name] = before
	}
}

// Help and wrong flags never act.
func TestRun_help(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was sent", r.Method, r.URL)
	}))
	defer server.Close()
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(caFile, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"PULSEONE_URL": server.URL, "PULSEONE_USER": "admin", "PULSEONE_PASSWORD": "pw-pw-pw",
		"PULSEONE_MASTER": "a", "PULSEONE_MEMBERS": "b", "PULSEONE_CA_FILE": caFile,
	}
	for args, want := range map[string]int{"--help": exitDone, "-h": exitDone, "-x": exitUsage, "surplus": exitUsage, "-dry-run=maybe": exitUsage} {
		code, out, complaints := quickstart(t.Context(), environment, args)
		if code != want || out != "" || !strings.Contains(complaints, "usage: quickstart") {
			t.Errorf("%s: exit %d, want %d\n%s%s", args, code, want, out, complaints)
		}
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
