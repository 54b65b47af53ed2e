package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

type outcome struct {
	code           int
	stdout, stderr string
}

func start(ctx context.Context, env map[string]string, stdin string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, func(name string) string { return env[name] }, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// appliance returns a server with sessions, and the environment that leads to it. Its clock is the machine's, which
// the program's is too.
func appliance(t *testing.T) (*icstest.Server, map[string]string) {
	t.Helper()
	server := icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.AddSessions(250)
	now := time.Now()
	for i, user := range []string{"jack", "jill", "jack"} {
		server.AddSession(ics.Session{
			User: user, Realm: "Contractors", Roles: "Users, Contractors", SourceIP: []string{"192.0.2.7", "192.0.2.8", "198.51.100.1"}[i],
			SignInTime: secureaccess.At(now), SignInMicro: " ", TunnelIP: "10.1.1.1",
		})
	}
	c := server.Credentials()
	return server, map[string]string{"ICS_URL": server.URL(), "ICS_USER": c["user"], "ICS_PASSWORD": c["password"]}
}

func TestRun_filters(t *testing.T) {
	_, env := appliance(t)
	for args, want := range map[string]string{
		"":                                     "253 of 253 sessions",
		"-user jack":                           "2 of 253 sessions",
		"-user jack -source 192.0.2.0/24":      "1 of 253 sessions",
		"-source 192.0.2.8":                    "1 of 253 sessions",
		"-role Contractors":                    "3 of 253 sessions",
		"-realm Users":                         "250 of 253 sessions",
		"-realm Users -older 30m":              "250 of 253 sessions",
		"-realm Contractors -older 30m":        "0 of 253 sessions",
		"-role Contract":                       "0 of 253 sessions",
		"-user nobody":                         "0 of 253 sessions",
		"-rows 3 -realm Users":                 "... and 247 more",
		"-user jill -watch 1ms -times 3":       "1 of 253 sessions",
		"-user jill -watch 1ms -times 3 -rows": "",
	} {
		got := start(t.Context(), env, "", strings.Fields(args)...)
		if want == "" {
			if got.code != exitUsage {
				t.Errorf("%s: %+v", args, got)
			}
			continue
		}
		tables := 1
		if strings.Contains(args, "-times 3") {
			tables = 3
		}
		if got.code != exitDone || strings.Count(got.stdout, want) != tables || got.stderr != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

func TestRun_end(t *testing.T) {
	server, env := appliance(t)
	if got := start(t.Context(), env, "", "-end"); got.code != exitUsage || !strings.Contains(got.stderr, "filter") {
		t.Errorf("without a filter: %+v", got)
	}
	for _, answer := range []string{"", "no\n", "y\n"} {
		if got := start(t.Context(), env, answer, "-user", "jack", "-end"); got.code != exitPending || server.SessionCount() != 253 {
			t.Errorf("the answer %q: %+v", answer, got)
		}
	}
	got := start(t.Context(), env, "yes\n", "-user", "jack", "-end")
	if got.code != exitDone || server.SessionCount() != 251 || !strings.Contains(got.stdout, "End these 2 sessions?") || !strings.Contains(got.stdout, "2 of 2 sessions ended") {
		t.Errorf("%d sessions, %+v", server.SessionCount(), got)
	}
	if got := start(t.Context(), env, "", "-user", "jack", "-end", "-yes"); got.code != exitDone || !strings.Contains(got.stdout, "no session fits") {
		t.Errorf("%+v", got)
	}

	// One that fails is told, one that went by itself is not.
	server.Fail(icstest.Fault{Method: "DELETE", Status: http.StatusForbidden})
	server.Fail(icstest.Fault{Method: "DELETE", Status: http.StatusNotFound})
	got = start(t.Context(), env, "", "-source", "10.0.0.0/30", "-end", "-yes")
	if got.code != exitFailed || !strings.Contains(got.stdout, "1 of 3 sessions ended") || strings.Count(got.stderr, "session of") != 1 {
		t.Errorf("%+v", got)
	}
}

// A session that does not tell when it began is shown, and not ended for its age.
func TestRun_unknownAge(t *testing.T) {
	server, env := appliance(t)
	var unknown secureaccess.Time
	if err := unknown.UnmarshalJSON([]byte(`"yesterday"`)); err != nil {
		t.Fatal(err)
	}
	server.AddSession(ics.Session{User: "dawn\x1b[2J\n", Realm: "Odd", SignInTime: unknown, SignInMicro: " "})
	got := start(t.Context(), env, "", "-realm", "Odd")
	if got.code != exitDone || !strings.Contains(got.stdout, "dawn [2J ") || !strings.Contains(got.stdout, "-\n") || strings.Contains(got.stdout, "\x1b") {
		t.Errorf("%+v", got)
	}
	if got := start(t.Context(), env, "", "-realm", "Odd", "-older", "1h", "-end", "-yes"); got.code != exitDone || server.SessionCount() != 254 {
		t.Errorf("%+v", got)
	}
}

// Where the time is in a zone that the appliance does not name, a session can look hours older than it is: it is shown as it
// seems, and left alone.
func TestRun_zonelessAge(t *testing.T) {
	server, env := appliance(t)
	for _, micro := range []string{" ", "0", "0.000000"} {
		server.AddSession(ics.Session{User: "dusk", Realm: "Odd", SignInTime: secureaccess.At(time.Now().Add(-5 * time.Hour)), SignInMicro: micro})
	}
	if got := start(t.Context(), env, "", "-realm", "Odd", "-older", "1h"); got.code != exitDone || !strings.Contains(got.stdout, "3 of 256 sessions") {
		t.Errorf("%+v", got)
	}
	got := start(t.Context(), env, "", "-realm", "Odd", "-older", "1h", "-end", "-yes")
	if got.code != exitDone || server.SessionCount() != 256 || !strings.Contains(got.stdout, "3 sessions are left alone") || !strings.Contains(got.stdout, "no session fits") {
		t.Errorf("%d sessions, %+v", server.SessionCount(), got)
	}
	// Other filters do not need the age.
	if got := start(t.Context(), env, "", "-realm", "Odd", "-end", "-yes"); got.code != exitDone || server.SessionCount() != 253 {
		t.Errorf("%d sessions, %+v", server.SessionCount(), got)
	}
	if got := start(t.Context(), env, "", "-older", "-1h", "-end", "-yes"); got.code != exitUsage || server.SessionCount() != 253 {
		t.Errorf("a negative age: %d sessions, %+v", server.SessionCount(), got)
	}
}

// Nobody has seen which sessions would be ended: none is.
func TestRun_outputLost(t *testing.T) {
	server, env := appliance(t)
	getenv := func(name string) string { return env[name] }
	for _, args := range [][]string{{}, {"-watch", "1ms"}, {"-user", "jack", "-end"}, {"-user", "jack", "-end", "-yes"}, {"-user", "nobody", "-end"}} {
		var stderr bytes.Buffer
		lost := writer(func([]byte) (int, error) { return 0, errors.New("no space left") })
		code := run(t.Context(), args, getenv, strings.NewReader("yes\n"), lost, &stderr)
		if code != exitFailed || server.SessionCount() != 253 || strings.Count(stderr.String(), "no space left") != 1 {
			t.Errorf("%v: exit status %d, %d sessions, %s", args, code, server.SessionCount(), stderr.String())
		}
	}
}

// Interrupted between two sessions, the program says once how far it came.
func TestRun_interruptedWhileEnding(t *testing.T) {
	server, env := appliance(t)
	ctx, interrupt := context.WithCancel(t.Context())
	ended := 0
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			if ended++; ended == 3 {
				interrupt()
				return
			}
		}
		server.ServeHTTP(w, r)
	}))
	defer front.Close()
	env["ICS_URL"] = front.URL
	got := start(ctx, env, "", "-realm", "Users", "-end", "-yes")
	if got.code != exitFailed || !strings.Contains(got.stdout, "2 of 250 sessions ended") || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "interrupted") {
		t.Errorf("exit status %d, %s", got.code, got.stderr)
	}
}

// Interrupted at the question, the program ends and nothing else does.
func TestRun_interruptedAtQuestion(t *testing.T) {
	server, env := appliance(t)
	ctx, interrupt := context.WithCancel(t.Context())
	stdin, terminal := io.Pipe()
	defer func() { _ = terminal.Close() }()
	var stdout bytes.Buffer
	asked := writer(func(p []byte) (int, error) {
		if strings.Contains(string(p), "(yes/no)") {
			interrupt()
		}
		return stdout.Write(p)
	})
	code := run(ctx, []string{"-user", "jack", "-end"}, func(name string) string { return env[name] }, stdin, asked, io.Discard)
	if code != exitPending || server.SessionCount() != 253 || !strings.Contains(stdout.String(), "nothing was ended") {
		t.Errorf("exit status %d, %d sessions, %s", code, server.SessionCount(), stdout.String())
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestRun_secondFactor(t *testing.T) {
	server, env := appliance(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Kind: icstest.RealmKindRADIUS, Users: []icstest.User{{Name: "op", Password: "pw", Code: "123456"}}})
	env["ICS_REALM"], env["ICS_USER"], env["ICS_PASSWORD"] = "Tokens", "op", "pw"
	if got := start(t.Context(), env, "123456\n"); got.code != exitDone || !strings.Contains(got.stderr, "Tokens") {
		t.Errorf("%+v", got)
	}
	if got := start(t.Context(), env, "123456\nyes\n", "-user", "jill", "-end"); got.code != exitDone || server.SessionCount() != 252 {
		t.Errorf("%+v", got)
	}
	for _, answer := range []string{"", "654321\n"} {
		if got := start(t.Context(), env, answer); got.code != exitFailed || got.stdout != "" {
			t.Errorf("the code %q: %+v", answer, got)
		}
	}
}

func TestRun_other(t *testing.T) {
	if got := start(t.Context(), nil, ""); got.code != exitDone || !strings.Contains(got.stdout, "sessions") {
		t.Errorf("in memory: %+v", got)
	}
	if got := start(t.Context(), nil, "", "-h"); got.code != exitDone || !strings.Contains(got.stderr, "ICS_URL") {
		t.Errorf("help: %+v", got)
	}
	for _, args := range [][]string{{"-x"}, {"x"}, {"-source", "x"}, {"-end", "-watch", "1s", "-user", "a"}} {
		if got := start(t.Context(), nil, "", args...); got.code != exitUsage {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if got := start(t.Context(), map[string]string{"ICS_URL": "vpn.example.com"}, ""); got.code != exitUsage {
		t.Errorf("a wrong address: %+v", got)
	}
	_, env := appliance(t)
	env["ICS_PASSWORD"] = "wrong"
	if got := start(t.Context(), env, ""); got.code != exitFailed || strings.Contains(got.stderr, "wrong") {
		t.Errorf("a wrong password: %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := start(ctx, nil, ""); got.code != exitFailed || got.stdout != "" {
		t.Errorf("interrupted before the sign-in: %+v", got)
	}
}

// A release of the last generation: no realms, no start, no word about the last page.
func TestRun_oldRelease(t *testing.T) {
	server, env := appliance(t)
	server.SetPaging(icstest.Paging{MaxPage: 100000, IgnoreStart: true, NoLastRecord: true})
	if got := start(t.Context(), env, "", "-legacy", "-rows", "1"); got.code != exitDone || !strings.Contains(got.stdout, "253 of 253 sessions") {
		t.Errorf("%+v", got)
	}
	server.DisableLegacyLogin()
	if got := start(t.Context(), env, "", "-legacy"); got.code != exitFailed || !strings.Contains(got.stderr, "404") {
		t.Errorf("%+v", got)
	}
}

// The key expires between two tables, and the code is asked for again.
func TestRun_secondFactorAgain(t *testing.T) {
	server, env := appliance(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Users: []icstest.User{{Name: "op", Password: "pw", Code: "123456"}}})
	env["ICS_REALM"], env["ICS_USER"], env["ICS_PASSWORD"] = "Tokens", "op", "pw"
	var stdout, stderr bytes.Buffer
	once := writer(func(p []byte) (int, error) {
		if strings.Contains(string(p), "of 253 sessions") && server.KeysIssued() == 1 {
			server.ExpireKeys()
		}
		return stdout.Write(p)
	})
	code := run(t.Context(), []string{"-watch", "1ms", "-times", "2"}, func(name string) string { return env[name] }, strings.NewReader("123456\n123456\n"), once, &stderr)
	if code != exitDone || strings.Count(stderr.String(), "Code of") != 2 || strings.Count(stdout.String(), "of 253 sessions") != 2 {
		t.Errorf("exit status %d: %s%s", code, stdout.String(), stderr.String())
	}
}
