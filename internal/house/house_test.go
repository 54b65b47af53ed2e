package house_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/house"
)

var (
	prune  = flag.Bool("prune", false, "drop entries of exceptions.txt that excuse nothing")
	accept = flag.Bool("accept", false, "with -prune, also list today's violations in exceptions.txt")
)

// root is the root of the module as tests of this package see it.
const root = "../.."

const exceptionsFile = "exceptions.txt"

// module is loaded once for all tests of this package.
var module = sync.OnceValues(func() (*house.Module, error) { return house.Load(root) })

func load(t *testing.T) *house.Module {
	t.Helper()
	m, err := module()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRules(t *testing.T) {
	m := load(t)
	text, err := os.ReadFile(exceptionsFile)
	if err != nil {
		t.Fatal(err)
	}
	exceptions, err := house.ParseExceptions(string(text))
	if err != nil {
		t.Fatalf("%s: %v", exceptionsFile, err)
	}
	violations := house.All(m)
	left, stale := house.Excuse(violations, exceptions)
	if *prune {
		rewrite(t, string(text), violations, exceptions, stale)
		return
	}
	for _, v := range left {
		t.Error(v)
	}
	for _, e := range stale {
		t.Errorf("%s: %s excuses nothing: take it out, or run go test ./internal/house -run TestRules -prune", exceptionsFile, e)
	}
}

func rewrite(t *testing.T, text string, violations []house.Violation, exceptions, stale []house.Exception) {
	t.Helper()
	keep := slices.DeleteFunc(exceptions, func(e house.Exception) bool { return slices.Contains(stale, e) })
	if *accept {
		left, _ := house.Excuse(violations, keep)
		for _, v := range left {
			e := house.Exception{Rule: v.Rule, Path: v.Path, Name: v.Name}
			if v.Rule == "size" {
				e.Reason = "not split yet"
			}
			keep = append(keep, e)
		}
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		b.WriteString(line)
	}
	slices.SortFunc(keep, func(a, b house.Exception) int { return strings.Compare(a.String(), b.String()) })
	rule := ""
	for _, e := range keep {
		if e.Rule != rule {
			b.WriteByte('\n')
			rule = e.Rule
		}
		b.WriteString(e.String() + "\n")
	}
	if err := os.WriteFile(exceptionsFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
