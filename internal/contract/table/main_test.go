package main

import (
	"os"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// Every operation that is built is named in the doc comment of the method that reaches it.
func TestDocCommentsNameTheirOperations(t *testing.T) {
	pending, err := os.ReadFile("../pending.txt")
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]bool{}
	for line := range strings.Lines(string(pending)) {
		waiting[strings.TrimSpace(line)] = true
	}
	for _, product := range contract.Products {
		methods, err := methodsOf("../../..", product)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, e := range contract.MustLoad(product).Endpoints {
			operation := e.Method + " " + e.Path
			known[operation] = true
			if !waiting[e.ID] && len(methods[operation]) == 0 {
				t.Errorf("no doc comment names %s (%s)", operation, e.ID)
			}
		}
		for _, others := range elsewhere {
			for operation, home := range others {
				known[operation] = known[operation] || home == product
			}
		}
		for operation, names := range methods {
			if !known[operation] {
				t.Errorf("%v name %s, which is no operation of %s", names, operation, product)
			}
		}
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
