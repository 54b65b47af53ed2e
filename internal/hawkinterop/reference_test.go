package hawkinterop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/leak"
)

const version = "8.0.0"

// The cases made so far.
var ours, theirs atomic.Int32

func TestMain(m *testing.M) {
	code := m.Run()
	for _, stack := range leak.Left() {
		fmt.Println("outlives the tests:\n" + stack)
		code = 1
	}
	if ours.Load()+theirs.Load() > 0 {
		fmt.Printf("hawk interop with @hapi/hawk %s: %d cases of our client against its server, %d of its client against our verifier\n", version, ours.Load(), theirs.Load())
	}
	os.Exit(code)
}

// Both sides know these.
var (
	modern = hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	old    = hawk.Credentials{ID: "an older id, with ~!@#$%^&*()", Key: secureaccess.NewSecret("key of ümlauts & more"), Algorithm: hawk.AlgorithmSHA1}
)

type jsCredentials struct {
	ID        string `json:"id"`
	Key       string `json:"key"`
	Algorithm string `json:"algorithm"`
}

func toJS(c hawk.Credentials) jsCredentials {
	return jsCredentials{c.ID, c.Key.Reveal(), c.Algorithm.String()}
}

// reference finds node and the package, or ends the test: with a failure where HAWK_INTEROP is "required".
func reference(t *testing.T) (dir string) {
	t.Helper()
	missing := func(what string) {
		if os.Getenv("HAWK_INTEROP") == "required" {
			t.Fatal(what)
		}
		t.Skip(what + "; run internal/hawkinterop/run to test against the reference implementation")
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing("node is not installed")
	}
	dir = os.Getenv("HAWK_INTEROP_DIR")
	if dir == "" {
		if cache, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(cache, "secureaccess-hawkinterop")
		}
	}
	var manifest struct{ Version string }
	data, err := os.ReadFile(filepath.Join(dir, "node_modules", "@hapi", "hawk", "package.json"))
	if err != nil || json.Unmarshal(data, &manifest) != nil {
		missing("@hapi/hawk is not installed")
	}
	if manifest.Version != version {
		missing(fmt.Sprintf("@hapi/hawk is %s, not %s", manifest.Version, version))
	}
	return dir
}

// node prepares a script of this folder. What it writes to standard error is shown if the test fails.
func node(t *testing.T, script string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	dir := reference(t)
	credentials, err := json.Marshal(map[string]jsCredentials{modern.ID: toJS(modern), old.ID: toJS(old)})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Env = append(os.Environ(), "HAWK_INTEROP_DIR="+dir, "HAWK_INTEROP_CREDENTIALS="+string(credentials))
	complaints := new(bytes.Buffer)
	cmd.Stderr = complaints
	return cmd, complaints
}

// startServer starts the reference server and returns its address, and that on IPv6, or "".
func startServer(t *testing.T) (ipv4, ipv6 string) {
	t.Helper()
	cmd, complaints := node(t, "server.mjs")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // which ends it
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the server says: %s", complaints)
		}
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	var ports struct{ IPv4, IPv6 int }
	if err := json.Unmarshal(line, &ports); err != nil {
		t.Fatal(err)
	}
	if ports.IPv6 != 0 {
		ipv6 = fmt.Sprintf("http://[::1]:%d", ports.IPv6)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", ports.IPv4), ipv6
}

// runClient has the reference client send the cases, and decodes their outcomes.
func runClient(t *testing.T, cases, outcomes any) {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd, complaints := node(t, "client.mjs")
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints)
	}
	if err := json.Unmarshal(output, outcomes); err != nil {
		t.Fatal(err)
	}
}

// targets are paths and queries that signers get wrong.
var targets = []string{
	"/", "/resource/1?b=1&a=2", "/api/v1/sa/access/history/joe%20user", "/a+b", "/a%2Bb", "/%25", "/100%25%20sure", "/%2525",
	"/a%2Fb", "/a%2fb", "/%2F", "/a/%2E%2E/b", "/%2e/b", "/a/../b", "/./a", "/.", "/..", "/.hidden", "/a.b.c", "//a//b", "/a/",
	"/~joe", "/%7Ejoe", "/it's", "/it%27s", "/%22quoted%22", "/wow!", "/wow%21", "/(a)*b", "/a,b;c=d", "/a:b@c", "/a&b=c$d",
	"/a!$&'()*+,;=:@b", "/!", "/$", "/&", "/'", "/(", "/)", "/*", "/+", "/,", "/;", "/=", "/:", "/@", "/a!b%2Fc'd%20e", "/%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40%2F",
	"/u/%E6%97%A5%E6%9C%AC", "/caf%C3%A9", "/%F0%9F%A6%85", "/%FF", "/%00", "/%0A", "/A%c3%A9",
	"/?", "/??", "/???", "/a?", "/?a;b=1", "/?a=%zz", "/?%", "/?a", "/?=", "/?&", "/?&&a=1&&", "/?a=1&a=2", "/?a==", "/?a=b=c",
	"/?q=a+b", "/?q=a%20b", "/?q=%2B", "/?a/b?c", "/?q=it's", "/?q=%22", "/?q=!*()~", "/?q=[1]&r={2}|3", "/?u=http://h/p?x#y",
	"/?q=%E6%97%A5", "/?q=%e6%97%a5", "/?t=2024-01-02T03:04:05.678Z", "/?fields=id,name&sort=-created", "/?bewit=x", "/?a\\b", "/?`^",
}
