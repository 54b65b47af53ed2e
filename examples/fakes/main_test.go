package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
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

func TestRun_withoutFlags(t *testing.T) {
	printed := start(t)
	for _, p := range products {
		if !strings.HasPrefix(printed[p.name], "http://127.0.0.1:") {
			t.Errorf("%s is at %q", p.name, printed[p.name])
		}
	}
}

func TestRun_tls(t *testing.T) {
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

func TestRun_badArguments(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such", "folder")
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"surplus"}, 2},
		{[]string{"-color", "red"}, 2},
		{[]string{"-pulseone", "not an address"}, 1},
		{[]string{"-ics", "127.0.0.1:0", "-control", "not an address"}, 1},
		{[]string{"-tls", missing}, 1},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := run(ctx, test.args, io.Discard); err == nil || exitCode(err) != test.code {
			t.Errorf("%v: %v, want exit code %d", test.args, err, test.code)
		}
	}
	if err := run(t.Context(), []string{"-help"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v", err)
	}
}

// post sends an order to the control server.
func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(url, "", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

func TestControl(t *testing.T) {
	printed := start(t, "-control", "127.0.0.1:0", "-ics", "127.0.0.1:0", "-sase", "127.0.0.1:0")
	order := func(target, body string) {
		t.Helper()
		if status, said := post(t, printed["control"]+target, body); status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", target, status, said)
		}
	}
	// ask signs in to the appliance once and gives the status of a call with that key.
	key := ""
	ask := func() int {
		t.Helper()
		if key == "" {
			req, _ := http.NewRequest("GET", printed["ics"]+"/api/v1/auth", nil)
			req.SetBasicAuth(printed["user"], printed["password"])
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			var session struct {
				Key string `json:"api_key"`
			}
			err = json.NewDecoder(resp.Body).Decode(&session)
			resp.Body.Close()
			if err != nil || session.Key == "" {
				t.Fatalf("%s, %v", resp.Status, err)
			}
			key = session.Key
		}
		req, _ := http.NewRequest("GET", printed["ics"]+"/api/v1/system/active-users", nil)
		req.SetBasicAuth(key, "")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if status := ask(); status != 200 {
		t.Fatalf("signed in: %d", status)
	}
	order("/ics/expire", "")
	if status := ask(); status != 401 {
		t.Errorf("expired: %d", status)
	}
	key = ""
	if status := ask(); status != 200 {
		t.Errorf("signed in again: %d", status)
	}
	order("/ics/advance?by=11m", "")
	if status := ask(); status != 401 {
		t.Errorf("idle for 11 minutes: %d", status)
	}
	key = ""
	ask()
	order("/all/fail", `{"path": "/api/v1/system", "times": 2, "status": 503, "header": {"Retry-After": "1"}, "body": "later"}`)
	if first, second, third := ask(), ask(), ask(); first != 503 || second != 503 || third != 200 {
		t.Errorf("a fault of two: %d %d %d", first, second, third)
	}
	for target, body := range map[string]string{
		"/ics/advance":          "",
		"/ics/advance?by=-1h":   "",
		"/msp/expire":           "",
		"/ics/explode":          "",
		"/ics/fail":             `{"color": "red"}`,
		"/sase/fail":            `{"delay": "soon"}`,
		"/sase/fail?status=100": `{"status": 100}`,
	} {
		if status, said := post(t, printed["control"]+target, body); status/100 != 4 {
			t.Errorf("%s %s: %d %s", target, body, status, said)
		}
	}
}

// Every product has something to look at.
func TestProducts_areFurnished(t *testing.T) {
	for _, p := range products {
		s := p.new()
		switch server := s.Server.(type) {
		case *icstest.Server:
			if len(server.Sessions()) == 0 {
				t.Error("ics has no sessions")
			}
		case *sasetest.Server:
			if len(server.Networks()) == 0 || len(server.Users()) == 0 {
				t.Error("sase has no networks or users")
			}
		case *msptest.Server:
			if len(server.Tenants()) == 0 || len(server.Reports()) == 0 {
				t.Error("msp has no tenants or reports")
			}
		}
		s.Close()
	}
}

// What every server does as all others do.
func TestProducts_shareTheirBehavior(t *testing.T) {
	for _, p := range products {
		t.Run(p.name, func(t *testing.T) {
			s := p.new()
			if s.URL() != "" || len(s.CA()) != 0 || s.HTTPClient() == nil || len(s.Credentials()) == 0 {
				t.Errorf("before the start: URL %q, CA %q", s.URL(), s.CA())
			}
			s.Close() // of nothing
			if err := s.StartTLS("127.0.0.1:0", nil); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Start("127.0.0.1:0"); err == nil {
				t.Error("it was started twice")
			}
			// Without credentials: a challenge, which clients wait for before they send any.
			path := map[string]string{
				"pulseone": "/api/v1/sa", "ics": "/api/v1/cluster", "msp": "/api/msp/tenants", "sase": "/api/rest/v1/users", "sps": "/api/info",
			}[p.name]
			get := func() *http.Response {
				t.Helper()
				resp, err := s.HTTPClient().Get(s.URL() + path)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				return resp
			}
			resp := get()
			if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" || resp.ProtoMajor != 2 {
				t.Errorf("%s %s: WWW-Authenticate %q", resp.Proto, resp.Status, resp.Header.Get("WWW-Authenticate"))
			}
			begin := s.Clock().Now()
			s.Advance(time.Hour)
			if ahead := s.Clock().Now().Sub(begin); ahead < time.Hour {
				t.Errorf("an hour moved the clock by %v", ahead)
			}
			if date, err := http.ParseTime(get().Header.Get("Date")); err != nil || date.Before(begin.Add(time.Hour-time.Second)) {
				t.Errorf("the Date header says %v, %v", date, err)
			}
			s.Fail(secureaccesstest.Fault{Path: path, Status: 418})
			if first, second := get().StatusCode, get().StatusCode; first != 418 || second != 401 {
				t.Errorf("a fault, and what follows: %d, %d", first, second)
			}
			s.expire() // with nobody signed in
			pool := x509.NewCertPool()
			if !pool.AppendCertsFromPEM(s.CA()) {
				t.Errorf("the CA is %q", s.CA())
			}
			if len(s.Options()) != 2 {
				t.Errorf("%d options, want the clock and the CA", len(s.Options()))
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			if w.Code != http.StatusUnauthorized {
				t.Errorf("as a handler: %d", w.Code)
			}
			s.Close()
			s.Close()
		})
	}
}
