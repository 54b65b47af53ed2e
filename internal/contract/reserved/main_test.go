package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

func TestGenerate_upToDate(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", target))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/rest/reserved_gen.go is out of date: go generate ./...")
	}
}

func TestReserved(t *testing.T) {
	for _, test := range []struct {
		product, template string
		words             []string
	}{
		{"sps", "/api/audit/sessions/{session_id}", []string{"_snapshot"}},
		{"pulseone", "/api/v1/users/{user_id}/eulas/{eula_id}", []string{"", "signed"}},
		{"pulseone", "/api/v1/users/{user_id}/eulas/{eula_id}", []string{"", "unsigned"}},
		{"pulseone", "/api/v1/afw/apps/{package_name}", []string{"search"}},
		{"pulseone", "/api/v1/sa/tasks/{task_id}", []string{"schedules"}},
		{"pulseone", "/api/v1/sa/{appliance_id}", []string{"groups"}},
		{"sase", "/v2.3/networks/{networkId}", []string{"standard"}},
		{"sase", "/v3/networks/standard/{networkId}/health", []string{"status"}},
	} {
		if !slices.ContainsFunc(contract.Reserved(test.product)[test.template], func(w []string) bool { return slices.Equal(w, test.words) }) {
			t.Errorf("%s %s does not reserve %q", test.product, test.template, test.words)
		}
	}
	for _, product := range contract.Products {
		for template, lists := range contract.Reserved(product) {
			for _, words := range lists {
				if !slices.ContainsFunc(words, func(w string) bool { return w != "" }) {
					t.Errorf("%s %s reserves every argument", product, template)
				}
			}
		}
	}
}
