package house_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/house"
)

func TestSurfaces(t *testing.T) {
	want, err := house.Surfaces(load(t))
	if err != nil {
		t.Fatal(err)
	}
	const mend = "if the change is meant, run: go generate ./internal/house"
	there, err := filepath.Glob(filepath.Join(root, "api", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range there {
		if want[filepath.Base(name)] == nil {
			t.Errorf("api/%s belongs to no public package; %s", filepath.Base(name), mend)
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(root, "api", name))
		if err != nil {
			t.Errorf("%v; %s", err, mend)
			continue
		}
		if removed, added := differences(string(got), string(text)); len(removed)+len(added) > 0 {
			t.Errorf("api/%s differs from the code; %s\n- %s\n+ %s", name, mend, strings.Join(removed, "\n- "), strings.Join(added, "\n+ "))
		}
	}
}

// differences returns the lines that only one of two texts has.
func differences(before, after string) (removed, added []string) {
	old, now := strings.Split(strings.ReplaceAll(before, "\r\n", "\n"), "\n"), strings.Split(after, "\n")
	for _, line := range old {
		if !slices.Contains(now, line) {
			removed = append(removed, line)
		}
	}
	for _, line := range now {
		if !slices.Contains(old, line) {
			added = append(added, line)
		}
	}
	return removed, added
}
