package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// start runs the program until the test ends and returns what it printed until it was ready: values by their names.
func start(t *testing.T, args ...string) map[string]string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, args, w)
		w.CloseWithError(err)
		done <- err
	}()
	t.Cleanup(func() {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, r) }()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	printed := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "running") {
			return printed
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			name, value, _ = strings.Cut(line, " ")
		}
		printed[name] = strings.TrimSpace(value)
	}
	t.Fatalf("it ended after %v", printed)
	return nil
}

func TestServesEveryProductWithoutFlags(t *testing.T) {
	printed := start(t)
	for _, p := range products {
		if !strings.HasPrefix(printed[p.name], "http://127.0.0.1:") {
			t.Errorf("%s is at %q", p.name, printed[p.name])
		}
	}
}

func TestServesTLS(t *testing.T) {
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	printed := start(t, "-tls", caFile, "-pulseone", "127.0.0.1:0")
	if len(products) > 1 && printed[products[1].name] != "" {
		t.Errorf("serves %s unasked", products[1].name)
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		t.Fatal("no certificate was written")
	}
	client, err := pulseone.New(printed["pulseone"], pulseone.Password(printed["user"], printed["password"]), secureaccess.WithRootCAs(pool))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(t.Context())
	groups, err := client.Groups.List(t.Context())
	if err != nil || len(groups) != 1 {
		t.Errorf("got %v, %v", groups, err)
	}
}

func TestRefusesArguments(t *testing.T) {
	for _, args := range [][]string{{"surplus"}, {"-colour", "red"}, {"-pulseone", "not an address"}, {"-tls", filepath.Join(t.TempDir(), "no", "such", "folder")}} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := run(ctx, args, io.Discard); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
