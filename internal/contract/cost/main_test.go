package main

import (
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

func TestTable(t *testing.T) {
	text, err := table("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, product := range contract.Products {
		c, err := measure("../../..", product)
		if err != nil {
			t.Fatal(err)
		}
		if c.operations == 0 || c.method == 0 || c.model == 0 || c.fake == 0 || c.coverage == 0 || c.tests == 0 || c.machinery == 0 {
			t.Errorf("nothing was counted in a column: %+v", c)
		}
		if !strings.Contains(text, "| "+product+" | ") {
			t.Errorf("the table lacks %s", product)
		}
	}
	t.Log("\n" + text)
}

func TestSplit(t *testing.T) {
	method, model, err := split([]byte(`package p

import "context"

// T is a model.
type T struct {
	A string // a

	B int
}

// F is a method.
func F(ctx context.Context) {

	_ = ctx
}

const c = 1
`))
	if err != nil || method != 6 || model != 6 {
		t.Errorf("got %d lines of methods, %d of models, %v", method, model, err)
	}
}

func TestLines(t *testing.T) {
	for text, want := range map[string]int{"": 0, "\n\n": 0, "a\n \t\nb": 2, "a\n": 1} {
		if got := lines([]byte(text)); got != want {
			t.Errorf("%q has %d lines, not %d", text, got, want)
		}
	}
}
