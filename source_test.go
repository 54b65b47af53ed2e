package secureaccess_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// checkSource compares what a source gives with want, "" for an error, whose text has to hold all of words.
func checkSource(t *testing.T, source secureaccess.SecretSource, want string, words ...string) {
	t.Helper()
	secret, err := source.Secret(t.Context())
	if secret.Reveal() != want {
		t.Errorf("%q, want %q", secret.Reveal(), want)
	}
	if (err == nil) != (want != "") {
		t.Fatalf("error %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

func TestSecret_Secret(t *testing.T) {
	checkSource(t, secureaccess.NewSecret("S-value"), "S-value")
	checkSource(t, secureaccess.Secret{}, "", "empty")
}

func TestEnvSecret(t *testing.T) {
	source := secureaccess.EnvSecret("SECUREACCESS_TEST_SECRET")
	checkSource(t, source, "", "SECUREACCESS_TEST_SECRET", "not set")
	t.Setenv("SECUREACCESS_TEST_SECRET", "")
	checkSource(t, source, "", "SECUREACCESS_TEST_SECRET", "empty")
	t.Setenv("SECUREACCESS_TEST_SECRET", " first\n")
	checkSource(t, source, " first\n")
	t.Setenv("SECUREACCESS_TEST_SECRET", "second")
	checkSource(t, source, "second")
}

func TestFileSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "the-secret")
	source := secureaccess.FileSecret(path)
	checkSource(t, source, "", "the-secret")
	if _, err := source.Secret(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	for _, c := range []struct{ content, want string }{
		{"plain", "plain"}, {"line\n", "line"}, {"dos\r\n", "dos"}, {"two\n\n", "two\n"}, {"cr\r", "cr\r"},
		{" spaces \n", " spaces "}, {"a\r\n\r\n", "a\r\n"}, {"\r\n\n", "\r\n"}, {"in\nside", "in\nside"},
		{strings.Repeat("x", 64<<10), strings.Repeat("x", 64<<10)},
	} {
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		checkSource(t, source, c.want) // each time anew
	}
	for _, content := range []string{"", "\n", "\r\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		checkSource(t, source, "", "the-secret", "empty")
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("Y", 64<<10+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	checkSource(t, source, "", "the-secret", "64 KiB")
	if _, err := source.Secret(t.Context()); strings.Contains(err.Error(), "YY") {
		t.Error("the error quotes the content")
	}
	checkSource(t, secureaccess.FileSecret(t.TempDir()), "", "regular")
}

func TestFileSecret_symbolicLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data"), []byte("mounted\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("data", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	checkSource(t, secureaccess.FileSecret(filepath.Join(dir, "link")), "mounted")
}

func TestSecretFunc(t *testing.T) {
	type key struct{}
	source := secureaccess.SecretFunc(func(ctx context.Context) (secureaccess.Secret, error) {
		value, _ := ctx.Value(key{}).(string)
		return secureaccess.NewSecret(value), nil
	})
	secret, err := source.Secret(context.WithValue(t.Context(), key{}, "from the vault"))
	if err != nil || secret.Reveal() != "from the vault" {
		t.Errorf("%q, %v", secret.Reveal(), err)
	}
	checkSource(t, source, "", "function", "empty")
	checkSource(t, secureaccess.SecretFunc(nil), "", "nil")
	sealed := errors.New("vault is sealed")
	failing := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) {
		return secureaccess.NewSecret("S-half"), sealed
	})
	checkSource(t, failing, "", "function", "sealed")
	if _, err := failing.Secret(t.Context()); !errors.Is(err, sealed) {
		t.Errorf("%v", err)
	}
}
