package faults_test

import (
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/faults"
)

func TestAll(t *testing.T) {
	names := map[string]bool{}
	for _, f := range faults.All() {
		if f.Name == "" || names[f.Name] {
			t.Errorf("the name %q is empty or not unique", f.Name)
		}
		names[f.Name] = true
		ways := 0
		for _, set := range []bool{f.Accept != nil, f.Handle != nil, f.Stream != nil} {
			if set {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s acts in %d ways, want one", f.Name, ways)
		}
	}
	t.Log(len(names), "faults")
}
