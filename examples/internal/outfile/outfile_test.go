package outfile

import (
	"os"
	"path/filepath"
	"testing"
)

func open(t *testing.T) (*os.Root, string) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root, dir
}

func TestWrite(t *testing.T) {
	root, dir := open(t)
	for i, c := range []struct {
		content string
		wrote   bool
	}{{"a", true}, {"a", false}, {"b", true}, {"bb", true}} {
		wrote, err := Write(root, "file", []byte(c.content))
		if err != nil || wrote != c.wrote {
			t.Errorf("%d: wrote %t, %v", i, wrote, err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "file")); err != nil || string(got) != c.content {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "file"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A link under the name is replaced, and what it leads to stays as it is.
func TestWrite_symbolicLink(t *testing.T) {
	root, dir := open(t)
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "file")); err != nil {
		t.Skip("no symbolic links")
	}
	if wrote, err := Write(root, "file", []byte("keep")); err != nil || !wrote {
		t.Fatalf("%t, %v", wrote, err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "file")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
	if got, _ := os.ReadFile(victim); string(got) != "keep" {
		t.Errorf("the link was followed: %q", got)
	}
	if err := os.Symlink(filepath.Dir(victim), filepath.Join(dir, "sub")); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(root, "sub/file", []byte("x")); err == nil {
		t.Error("a directory outside was entered")
	}
}

func TestCreate_discard(t *testing.T) {
	root, dir := open(t)
	file, err := Create(root, "file")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.WriteString("half")
	file.Discard()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
