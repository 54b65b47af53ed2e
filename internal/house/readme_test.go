package house_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// block is a fenced block of README.md.
type block struct {
	heading, language, text string
	line                    int
}

var fence = regexp.MustCompile("^```(\\w*)$")

func blocks(t *testing.T, name string) []block {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	var list []block
	heading, open := "", false
	for i, line := range strings.Split(string(source), "\n") {
		match := fence.FindStringSubmatch(line)
		switch {
		case match != nil && !open:
			list = append(list, block{heading: heading, language: match[1], line: i + 2})
			open = true
		case match != nil:
			open = false
		case open:
			list[len(list)-1].text += line + "\n"
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
	}
	if open {
		t.Fatalf("%s: a block does not end", name)
	}
	return list
}

// wrappers turn the parts of programs in README.md into tests that run against the in-memory servers, by heading. A
// block that is a file of its own needs none. "BLOCK" stands for the block's text.
var wrappers = map[string]string{
	"Options": `func TestOptions(t *testing.T) {
	url, auth, pool := "https://sps.example.com", sps.Password("admin", "secret"), x509.NewCertPool()
	BLOCK
	if err != nil || client == nil {
		t.Error(err)
	}
}`,
	"Errors": `func TestErrors(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	ctx, id := context.Background(), "no-such-group"
	func() {
		BLOCK
		if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Status != 404 || !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("got %v, want a 404", err)
		}
	}()
}`,
	"Test your program": "BLOCK",
	"Secrets and sessions": `func TestSessions(t *testing.T) {
	dir := t.TempDir()
	BLOCK
	if err != nil || auth == nil || store == nil || client == nil {
		t.Error(err)
	}
}`,
	"Operations without a method": `func TestDo(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	ctx, id := context.Background(), "1"
	func() {
		BLOCK
		if !errors.Is(err, secureaccess.ErrNotFound) || status.State != "" {
			t.Errorf("got %v, want a 404", err)
		}
	}()
}`,
}

// standard are the packages of the standard library that blocks use without an import.
var standard = []string{"context", "crypto/x509", "encoding/json", "errors", "fmt", "io", "log", "log/slog", "net/http", "os", "path/filepath", "testing", "time"}

// imports returns the import declarations for the package names that code uses.
func imports(t *testing.T, code string) string {
	t.Helper()
	m := load(t)
	paths := slices.Clone(standard)
	for _, p := range m.Packages {
		if p.Public() {
			paths = append(paths, p.Path)
		}
	}
	var b strings.Builder
	for _, p := range paths {
		if regexp.MustCompile(`(^|[^\w."])` + path.Base(p) + `\.[A-Z]`).MatchString(code) {
			fmt.Fprintf(&b, "import %q\n", p)
		}
	}
	return b.String()
}

func TestREADME_program(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(blocks(t, "README.md"), func(b block) bool { return strings.HasPrefix(b.text, "package main") })
	if i < 0 {
		t.Fatal("README.md shows no program")
	}
	program := blocks(t, "README.md")[i].text
	server := icstest.NewServer(t)
	server.AddSession(ics.Session{User: "jack", SourceIP: "192.0.2.7"})
	const address = `"https://vpn.example.com"`
	if strings.Count(program, address) != 1 {
		t.Fatalf("the program does not connect to %s", address)
	}
	program = strings.Replace(program, address, fmt.Sprintf("%q", server.URL()), 1)
	binary := build(t, "main.go", program, "build")
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "VPN_PASSWORD="+server.Credentials()["password"])
	output, err := cmd.CombinedOutput()
	if err != nil || string(output) != "jack 192.0.2.7\n" {
		t.Errorf("%v: %s", err, output)
	}
}

func TestREADME_blocks(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	used := map[string]bool{}
	for _, b := range blocks(t, "README.md") {
		if b.language != "go" || strings.HasPrefix(b.text, "package ") {
			continue
		}
		wrapper, ok := wrappers[b.heading]
		if !ok || used[b.heading] {
			t.Errorf("README.md:%d: this test does not know how to run the block; see wrappers", b.line)
			continue
		}
		used[b.heading] = true
		// A block that breaks off uses what it has declared later on.
		text := strings.ReplaceAll(b.text, "// ...", "if client == nil || err != nil {\n\t\tt.Fatal(err)\n\t}")
		fmt.Fprintf(&code, "//line README.md:%d\n%s\n", b.line-strings.Count(wrapper[:strings.Index(wrapper, "BLOCK")], "\n"), strings.Replace(wrapper, "BLOCK", text, 1))
	}
	for heading := range wrappers {
		if !used[heading] {
			t.Errorf("README.md has no Go block under %q", heading)
		}
	}
	binary := build(t, "readme_test.go", "package readme\n"+imports(t, code.String())+code.String(), "test", "-c", "-vet=off")
	cmd := exec.Command(binary, "-test.v")
	cmd.Dir = t.TempDir()
	output, err := cmd.CombinedOutput()
	if runs := strings.Count(string(output), "--- PASS: "); err != nil || runs < len(wrappers) {
		t.Errorf("%v: %d tests passed, want %d:\n%s", err, runs, len(wrappers), output)
	}
}

// build compiles a file as if it were a package of this module, and returns the binary.
func build(t *testing.T, name, source string, command ...string) string {
	t.Helper()
	directory := t.TempDir()
	file := filepath.Join(directory, name)
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(absolute, "readme-block", name): file}})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile, binary := filepath.Join(directory, "overlay.json"), filepath.Join(directory, "binary.exe")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", append(command, "-overlay", overlayFile, "-o", binary, "./readme-block")...)
	cmd.Dir = absolute
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(command, " "), err, output)
	}
	return binary
}

// commands are the shell commands that documents may name, each with the file or folder that has to exist for it.
var commands = []*regexp.Regexp{
	regexp.MustCompile(`^go (?:run|test|vet|generate) (?:-\w+ )*(\./[\w./-]*)`),
	regexp.MustCompile(`^bash (\S+)`),
}

var span = regexp.MustCompile("`((?:go|bash) [^`\n]+)`")

func TestREADME_commands(t *testing.T) {
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		var lines []string
		for _, b := range blocks(t, name) {
			if b.language == "sh" {
				lines = append(lines, strings.Split(strings.TrimSpace(b.text), "\n")...)
			}
		}
		source, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range span.FindAllStringSubmatch(string(source), -1) {
			lines = append(lines, match[1])
		}
		if len(lines) == 0 {
			t.Errorf("%s names no command", name)
		}
		for _, line := range lines {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" {
				checkCommand(t, name, line)
			}
		}
	}
}

func checkCommand(t *testing.T, name, line string) {
	t.Helper()
	if path, ok := strings.CutPrefix(line, "go get "); ok {
		if path != load(t).Path {
			t.Errorf("%s: %q gets another module", name, line)
		}
		return
	}
	if strings.HasPrefix(line, "go doc ") {
		return
	}
	for _, command := range commands {
		if match := command.FindStringSubmatch(line); match != nil {
			file := filepath.Join(root, filepath.FromSlash(strings.TrimSuffix(match[1], "...")))
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %q: %v", name, line, err)
			}
			return
		}
	}
	t.Errorf("%s: this test does not know the command %q; see commands", name, line)
}

var (
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```")
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
)

func withoutCode(markdown string) string {
	return codeSpan.ReplaceAllString(codeBlock.ReplaceAllString(markdown, ""), "")
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestREADME_links(t *testing.T) {
	for _, text := range load(t).Texts {
		for _, match := range link.FindAllStringSubmatch(withoutCode(string(text.Source)), -1) {
			target, _, _ := strings.Cut(match[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path.Join(path.Dir(text.Path), target)))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", text.Path, target)
			}
		}
	}
}

var exampleRow = regexp.MustCompile("(?m)^\\| \\[?`([\\w-]+)`")

func TestREADME_examples(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(source), "\n## Examples\n")
	if !ok {
		t.Fatal("README.md has no section Examples")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var named, there []string
	for _, match := range exampleRow.FindAllStringSubmatch(section, -1) {
		named = append(named, match[1])
	}
	entries, err := os.ReadDir(filepath.Join(root, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != "internal" { // what several of them use
			there = append(there, entry.Name())
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, there) {
		t.Errorf("README.md names the examples %q, and there are %q", named, there)
	}
}
