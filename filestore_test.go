package secureaccess_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func fileStore(t *testing.T, dir string) secureaccess.SessionStore {
	t.Helper()
	s, err := secureaccess.FileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// unixOnly skips what depends on modes and links.
func unixOnly(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("modes and links are different here")
	}
}

func TestFileStore_modes(t *testing.T) {
	unixOnly(t)
	dir := filepath.Join(t.TempDir(), "state", "sessions")
	store := fileStore(t, dir)
	unlock, err := store.Lock(t.Context(), key, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	save(t, store, key, "a", "")
	unlock()
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		info, _ := entry.Info()
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(dir + "/*.lock"); len(left) != 2 {
		t.Errorf("lock files: %q", left) // never removed
	}
	if left, _ := filepath.Glob(dir + "/*.new"); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
}

func TestFileStore_badDirectory(t *testing.T) {
	unixOnly(t)
	base := t.TempDir()
	at := func(name string) string { return filepath.Join(base, name) }
	open, file, link := at("open"), at("file"), at("link")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o750), os.WriteFile(file, nil, 0o600),
		os.Mkdir(at("good"), 0o700), os.Symlink("good", link)); err != nil {
		t.Fatal(err)
	}
	for dir, word := range map[string]string{"": "empty", open: "0750", file: "not a directory", link: "symbolic link"} {
		s, err := secureaccess.FileStore(dir)
		if s != nil || !errors.Is(err, secureaccess.ErrInvalidArgument) || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", dir, err)
		}
	}
	// Checked later as well, and made again when somebody removed it.
	store := fileStore(t, at("good"))
	if err := os.Remove(at("good")); err != nil {
		t.Fatal(err)
	}
	save(t, store, key, "a", "")
	if err := os.Chmod(at("good"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Load(t.Context(), key); err == nil {
		t.Error("loaded from a directory that everybody can enter")
	}
}

func TestFileStore_keys(t *testing.T) {
	store := fileStore(t, t.TempDir()+"/sessions")
	for _, key := range []string{"", ".", "..", "a/b", `a\b`, "a.lock", "A", "a b", "ä", "a\x00", strings.Repeat("a", 129)} {
		_, _, loaded := store.Load(t.Context(), key)
		_, saved := store.Save(t.Context(), key, nil, "", 0)
		_, locked := store.Lock(t.Context(), key, 0)
		for _, err := range []error{loaded, saved, locked, store.Delete(t.Context(), key, "")} {
			if !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Errorf("%q: %v", key, err)
			}
		}
	}
	for _, key := range []string{"con", "a:b", "a_b", "a-b", strings.Repeat("a", 128)} {
		checkStored(t, store, key, key, save(t, store, key, key, ""))
	}
	if _, err := store.Save(t.Context(), key, make([]byte, 1<<20+1), "", 0); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("too large: %v", err)
	}
}

func TestFileStore_symbolicLinks(t *testing.T) {
	unixOnly(t)
	dir, outside := t.TempDir()+"/sessions", filepath.Join(t.TempDir(), "outside")
	store := fileStore(t, dir)
	save(t, store, "sps:a", "a", "")
	path := filepath.Join(dir, "session-sps.a")
	record, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(outside, record, 0o600), os.Symlink(outside, path+".new")); err != nil {
		t.Fatal(err)
	}
	_, version, _ := store.Load(t.Context(), "sps:a")
	save(t, store, "sps:a", "changed", version) // what stands in the way is removed, not written through
	if now, _ := os.ReadFile(outside); string(now) != string(record) {
		t.Errorf("written through a link: %q", now)
	}
	if err := errors.Join(os.Remove(path), os.Symlink(outside, path)); err != nil {
		t.Fatal(err)
	}
	if data, _, err := store.Load(t.Context(), "sps:a"); err == nil {
		t.Errorf("read through a link: %q", data)
	}
	if err := errors.Join(os.Remove(path+".signin.lock"), os.Symlink(outside, path+".signin.lock")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, path+".signin.lock"); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	if _, err := store.Lock(t.Context(), "sps:a", time.Minute); err == nil {
		t.Error("locked through a link")
	}
}

func TestFileStore_Load_damagedRecord(t *testing.T) {
	dir := t.TempDir() + "/sessions"
	store := fileStore(t, dir)
	save(t, store, "sps:a", "data", "")
	path := filepath.Join(dir, "session-sps.a")
	record, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := strings.Index(string(record), "\n")
	for _, damaged := range []string{"", "\n", "x", string(record[:head-1-len("1790000000000")]), "other" + string(record),
		strings.Replace(string(record), " ", "", 1), "secureaccess-session/1  0\ndata", "secureaccess-session/1 v x\ndata"} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		checkStored(t, store, "sps:a", "", "")
	}
	checkStored(t, store, "sps:a", "new", save(t, store, "sps:a", "new", ""))
}

func TestFileStore_Lock_endsAfter30Seconds(t *testing.T) {
	dir := t.TempDir() + "/sessions"
	store := fileStore(t, dir)
	synctest.Test(t, func(t *testing.T) {
		unlock, err := store.Lock(t.Context(), key, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		begun := time.Now()
		_, err = fileStore(t, dir).Lock(t.Context(), key, time.Hour)
		if err == nil || !strings.Contains(err.Error(), "30 seconds") || time.Since(begun) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

// TestFileStore_helperProcess is what the tests of several processes run: it carries out the lines of its input.
func TestFileStore_helperProcess(t *testing.T) {
	dir := os.Getenv("SECUREACCESS_TEST_STORE")
	if dir == "" {
		t.Skip("runs in another process only")
	}
	store := fileStore(t, dir)
	lines := bufio.NewScanner(os.Stdin)
	var unlock func()
	for lines.Scan() {
		var err error
		switch lines.Text() {
		case "lock":
			unlock, err = store.Lock(t.Context(), key, time.Hour)
		case "unlock":
			unlock()
		case "count": // adds one, as often as it takes
			for range 50 {
				err = secureaccess.ErrStoreConflict
				for errors.Is(err, secureaccess.ErrStoreConflict) {
					var data []byte
					var version string
					if data, version, err = store.Load(t.Context(), key); err == nil {
						_, err = store.Save(t.Context(), key, append(data, '+'), version, time.Hour)
					}
				}
			}
		}
		fmt.Printf("\nreply: %s %v\n", lines.Text(), err)
	}
}

// process is another one on the same store.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
}

func startProcess(t *testing.T, dir string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFileStore_helperProcess$")
	cmd.Env = append(os.Environ(), "SECUREACCESS_TEST_STORE="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t, cmd, in, bufio.NewScanner(out)}
	t.Cleanup(p.kill)
	return p
}

func (p *process) ask(what string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, what+"\n"); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) done(what string) {
	p.t.Helper()
	for p.lines.Scan() {
		if text, ok := strings.CutPrefix(p.lines.Text(), "reply: "); ok {
			if text != what+" <nil>" {
				p.t.Fatalf("the other process: %s", text)
			}
			return
		}
	}
	p.t.Fatal("the other process ended")
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func TestFileStore_Save_twoProcesses(t *testing.T) {
	dir := t.TempDir() + "/sessions"
	processes := []*process{startProcess(t, dir), startProcess(t, dir)}
	for _, p := range processes {
		p.ask("count")
	}
	for _, p := range processes {
		p.done("count")
	}
	data, _, err := fileStore(t, dir).Load(t.Context(), key)
	if err != nil || len(data) != 100 {
		t.Errorf("%d of 100 writes are there, %v", len(data), err)
	}
}

func TestFileStore_Lock_freedByTheDeathOfItsHolder(t *testing.T) {
	dir := t.TempDir() + "/sessions"
	store := fileStore(t, dir)
	holder, next := startProcess(t, dir), startProcess(t, dir)
	holder.ask("lock")
	holder.done("lock")
	if unlock, err := lockNow(t, store); err == nil {
		unlock()
		t.Fatal("two hold the lock")
	}
	next.ask("lock")
	holder.kill()
	next.done("lock")
	if unlock, err := lockNow(t, store); err == nil {
		unlock()
		t.Fatal("two hold the lock")
	}
	next.ask("unlock")
	next.done("unlock")
	unlock, err := store.Lock(t.Context(), key, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// lockNow tries to lock and waits no longer than synctest's clock needs, which is no time.
func lockNow(t *testing.T, store secureaccess.SessionStore) (unlock func(), err error) {
	synctest.Test(t, func(t *testing.T) { unlock, err = store.Lock(t.Context(), key, time.Minute) })
	return unlock, err
}
