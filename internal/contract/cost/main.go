// Cost prints what an operation costs: the non-blank lines of its method, its models, its part of the fake, its coverage
// and its tests, per product and on average over the operations that are built.
//
//	go run ./internal/contract/cost
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// machinery are the files that no operation makes longer: the client, signing in, errors, the server of a fake, and the
// tests of all that. Their lines are shown apart. What is not named here counts for the operations.
var machinery = map[string][]string{
	"":         {"auth", "client", "codes", "cookies", "doc", "errors", "fixture", "hostile", "login", "main", "norace", "race", "race_off", "race_on", "server", "session", "signin"},
	"pulseone": {"renewal", "sync"},
	"ics":      {"decode", "edit", "lenient", "open", "result"},
	"msp":      {"members", "page"},
	"sase":     {"limit", "query"},
	"sps":      {"merge", "ordered", "transaction"},
}

// isMachinery reports whether a file of a product, or a test of it, is machinery.
func isMachinery(product, path string) bool {
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".go"), "_test")
	return slices.Contains(machinery[""], name) || slices.Contains(machinery[product], name)
}

// count are the lines of a product.
type count struct {
	product                              string
	operations                           int
	method, model, fake, coverage, tests int
	machinery                            int
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("cost: ")
	root, err := moduleRoot()
	if err != nil {
		log.Fatal(err)
	}
	text, err := table(root)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(text)
}

// moduleRoot is the folder with go.mod, from here upwards.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", fmt.Errorf("no go.mod above")
		}
		folder = parent
	}
}

func table(root string) (string, error) {
	var b strings.Builder
	b.WriteString("| product | operations | method | model | fake | coverage | tests | all | an operation | machinery |\n|---|---|---|---|---|---|---|---|---|---|\n")
	row := func(c count) {
		all := c.method + c.model + c.fake + c.coverage + c.tests
		each := 0
		if c.operations > 0 {
			each = (all + c.operations/2) / c.operations
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n",
			c.product, c.operations, c.method, c.model, c.fake, c.coverage, c.tests, all, each, c.machinery)
	}
	sum := count{product: "all"}
	for _, product := range contract.Products {
		c, err := measure(root, product)
		if err != nil {
			return "", err
		}
		row(c)
		sum.operations += c.operations
		sum.method += c.method
		sum.model += c.model
		sum.fake += c.fake
		sum.coverage += c.coverage
		sum.tests += c.tests
		sum.machinery += c.machinery
	}
	row(sum)
	return b.String(), nil
}

func measure(root, product string) (count, error) {
	c := count{product: product}
	var err error
	if c.operations, err = built(root, product); err != nil {
		return c, err
	}
	files, err := filepath.Glob(filepath.Join(root, "internal", "contract", "coverage_"+product+"*_test.go"))
	if err != nil {
		return c, err
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return c, err
		}
		c.coverage += lines(data)
	}
	folder := filepath.Join(root, product)
	err = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch inner, _ := filepath.Rel(folder, filepath.Dir(path)); {
		case isMachinery(product, path), slices.Contains(strings.Split(filepath.ToSlash(inner), "/"), "internal"):
			c.machinery += lines(data)
		case strings.HasSuffix(path, "_test.go"):
			c.tests += lines(data)
		case strings.HasSuffix(inner, "test"):
			c.fake += lines(data)
		default:
			method, model, err := split(data)
			if err != nil {
				return err
			}
			c.method += method
			c.model += model
		}
		return nil
	})
	return c, err
}

// built is the number of operations that do not wait to be built.
func built(root, product string) (int, error) {
	n := 0
	waiting := map[string]bool{}
	for _, file := range []string{"pending-beyond.txt"} {
		data, err := os.ReadFile(filepath.Join(root, "internal", "contract", file))
		if err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(data)) {
			waiting[strings.TrimSpace(line)] = true
		}
	}
	for _, c := range contract.Family(product) {
		for _, e := range c.Endpoints {
			if !waiting[e.ID] {
				n++
			}
		}
	}
	return n, nil
}

// lines counts the lines that are not blank.
func lines(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) > 0 {
			n++
		}
	}
	return n
}

// split counts the lines of a file: those of its types, constants and variables are the model, the others the methods.
func split(data []byte) (method, model int, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", data, parser.ParseComments)
	if err != nil {
		return 0, 0, err
	}
	for _, declaration := range file.Decls {
		d, ok := declaration.(*ast.GenDecl)
		if !ok || d.Tok == token.IMPORT {
			continue
		}
		from := d.Pos()
		if d.Doc != nil {
			from = d.Doc.Pos()
		}
		model += lines(data[fset.Position(from).Offset:fset.Position(d.End()).Offset])
	}
	return lines(data) - model, model, nil
}
