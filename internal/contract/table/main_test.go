package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// Every operation that is built is reached by the template of a method, and every template is documented.
func TestMethodsOf(t *testing.T) {
	waiting := map[string]bool{}
	for _, file := range []string{"../pending-beyond.txt"} {
		pending, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(pending)) {
			waiting[strings.TrimSpace(line)] = true
		}
	}
	for _, product := range contract.Products {
		methods, err := methodsOf("../../..", product)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, c := range contract.Family(product) {
			for _, e := range c.Endpoints {
				operation := e.Method + " " + e.Path
				known[operation] = true
				if !waiting[e.ID] && len(methods[operation]) == 0 {
					t.Errorf("no method has the template of %s (%s)", operation, e.ID)
				}
			}
		}
		for _, others := range elsewhere {
			for operation, home := range others {
				known[operation] = known[operation] || home == product
			}
		}
		for operation, names := range methods {
			if !known[operation] && !strings.HasSuffix(operation, " /api/{path}") { // whatever a link leads to
				t.Errorf("%v have %s, which is no operation of %s", names, operation, product)
			}
		}
	}
}

// A doc comment names no operation that its method's code does not reach.
func TestCode_docComments(t *testing.T) {
	for _, product := range contract.Products {
		c, err := read(filepath.Join("../../..", product))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.functions {
			reached, _ := c.reaches(f)
			for _, operation := range f.documented {
				inCode := func(template string) bool { return slices.Contains(documentedAs(product, template), operation) }
				if !slices.ContainsFunc(slices.Collect(maps.Keys(reached)), inCode) && !c.named(f, operation) {
					t.Errorf("%s: the comment names %s, the code has %v", f.shown(), operation, slices.Sorted(maps.Keys(reached)))
				}
			}
		}
	}
}

func TestRead(t *testing.T) {
	folder := t.TempDir()
	source := `package p

import "rest"

const base = "/api/v1/sa"

type S struct{}

// Get names another operation.
//
// GET /api/other
func (s *S) Get(id string) { rest.GET(base + "/{appliance_id}", id) }

func (s *S) All() { s.list() }

func (s *S) list() { const path = "/api/v1/sa"; rest.GET(path) }

// Any is put together.
//
// PUT /api/v1/sa/{appliance_id}
func Any(path string) { begin(rest.PUT, path) }
`
	if err := os.WriteFile(filepath.Join(folder, "p.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := read(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := c.methods("pulseone")
	want := map[string][]string{
		"GET /api/v1/sa/{appliance_id}": {"p.S.Get"},
		"GET /api/v1/sa":                {"p.S.All"},
		"PUT /api/v1/sa/{appliance_id}": {"p.Any"},
	}
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTableIsUpToDate(t *testing.T) {
	want, err := table("../../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("docs/operations.md is out of date: go generate ./...")
	}
}
