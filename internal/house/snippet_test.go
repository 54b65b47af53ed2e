package house

import (
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/secureaccess-go/secureaccess"

// stubs stand in for what snippets import.
var stubs = []struct{ path, source string }{
	{"context", "package context\ntype Context interface{ Err() error }"},
	{"iter", "package iter\ntype Seq2[K, V any] func(yield func(K, V) bool)"},
	{"strings", "package strings\nfunc Trim(s, cutset string) string { return s }"},
	{modulePath + "/internal/settings", "package settings\ntype Settings struct{}"},
	{modulePath, `package secureaccess
import "` + modulePath + `/internal/settings"
type Option func(*settings.Settings) error
type Code string`},
	{modulePath + "/internal/rest", `package rest
type Op struct{}
type Client struct{}
type Config struct{ Prefix string }
func New(c Config) *Client { return nil }
func GET(template string, args ...string) *Op { return nil }
func PUT(template string, args ...string) *Op { return nil }
func DELETE(template string, args ...string) *Op { return nil }
func Send(c *Client, op *Op) error { return nil }`},
}

// snippet is a file of a module that a test makes up.
type snippet struct{ path, source string }

// moduleOf checks snippets as a module, in their order; those of one directory make a package.
func moduleOf(t *testing.T, snippets ...snippet) *Module {
	t.Helper()
	m := &Module{Path: modulePath, Fset: token.NewFileSet()}
	imports := &chain{own: map[string]*types.Package{}}
	for _, stub := range stubs {
		file, err := m.parseSource("stub.go", []byte(stub.source))
		if err != nil {
			t.Fatal(err)
		}
		if err := m.check(&Package{Path: stub.path, Files: []*File{file}}, imports); err != nil {
			t.Fatal(err)
		}
	}
	m.Packages = nil
	var packages []*Package
	for _, s := range snippets {
		if strings.HasSuffix(s.path, ".md") {
			m.Texts = append(m.Texts, &Text{s.path, []byte(s.source)})
			continue
		}
		file, err := m.parseSource(s.path, []byte(s.source))
		if err != nil {
			t.Fatal(err)
		}
		rel := strings.TrimPrefix(path.Dir(s.path), ".")
		i := slices.IndexFunc(packages, func(p *Package) bool { return p.Rel == rel })
		if i < 0 {
			i = len(packages)
			packages = append(packages, &Package{Path: strings.TrimSuffix(modulePath+"/"+rel, "/"), Rel: rel})
		}
		if strings.HasSuffix(s.path, "_test.go") {
			packages[i].Tests = append(packages[i].Tests, file)
		} else {
			packages[i].Files = append(packages[i].Files, file)
		}
	}
	for _, p := range packages {
		if err := m.check(p, imports); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// violates fails the test unless the rule finds the names wanted, in any order, and nothing else.
func violates(t *testing.T, rule func(*Module) []Violation, m *Module, want ...string) {
	t.Helper()
	got := []string{}
	for _, v := range rule(m) {
		if v.Path == "" || v.Detail == "" {
			t.Errorf("%+v says too little", v)
		}
		got = append(got, v.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
