package processes_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/leak"
)

// roleVariable names, in the environment of a process that a test has started, what the process is to do instead of
// running tests.
const roleVariable = "SECUREACCESS_TEST_ROLE"

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv(roleVariable)]
	if !ok {
		leak.Main(m)
	}
	if err := role(bufio.NewScanner(os.Stdin), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// roles read commands, a line each, and write what happens, a line each. They end with their input.
var roles = map[string]func(commands *bufio.Scanner, events io.Writer) error{"server": serve, "client": call}

// process is another process with a role.
type process struct {
	t      *testing.T
	name   string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr bytes.Buffer
}

// start starts a process, which ends with the test at the latest.
func start(t *testing.T, name, role string, env ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(append(os.Environ(), roleVariable+"="+role), env...)
	p.cmd.Stderr = &p.stderr
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewReader(stdout)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.stdin.Close()
		_ = p.cmd.Wait()
	})
	return p
}

// tell sends a command.
func (p *process) tell(command string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, command+"\n"); err != nil {
		p.t.Fatalf("%s: %v\n%s", p.name, err, p.read())
	}
}

// hear returns the next event.
func (p *process) hear() string {
	p.t.Helper()
	line, err := p.stdout.ReadString('\n')
	if err != nil {
		p.t.Fatalf("%s has ended: %v\n%s", p.name, err, p.read())
	}
	return strings.TrimSuffix(line, "\n")
}

// expect waits for the next event, which has to be the given one.
func (p *process) expect(event string) {
	p.t.Helper()
	if got := p.hear(); got != event {
		p.t.Fatalf("%s: %q, want %q", p.name, got, event)
	}
}

// kill ends the process as it is, and returns when it is gone.
func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
}

// read returns what the process complained of. It ends the process.
func (p *process) read() string {
	_ = p.stdin.Close()
	_ = p.cmd.Wait()
	return p.stderr.String()
}
