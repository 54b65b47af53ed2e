package main

import (
	"os"
	"path/filepath"
	"testing"
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
		t.Error("sps/endpoints_gen.go is out of date: go generate ./...")
	}
}
