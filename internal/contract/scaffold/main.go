// Scaffold prints a first draft of a service from the contract: methods, options, models, enumerations and the calls of
// the coverage.
//
//	go run ./internal/contract/scaffold pulseone.policies.list pulseone.policies.create ...
//	go run ./internal/contract/scaffold pulseone.policies
//
// An argument is the id of an operation, or the beginning of several. The draft is a beginning: names and comments are
// made by rule, and what the document means has to be read. From then on the tests of internal/contract hold it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"go/format"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("scaffold: ")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: scaffold id...\nAn id is that of an operation (pulseone.policies.list) or of a service (pulseone.policies).")
	}
	flag.Parse()
	d, err := draftOf(flag.Args())
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	service, coverage, err := d.files()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n// ---- internal/contract/coverage_%s_%s_test.go ----\n\n%s", service, d.pkg, strings.ToLower(d.service), coverage)
}

// draft is a service on its way to a file.
type draft struct {
	pkg       string // package of the product
	service   string // "Policies"
	one       string // "Policy": what its bodies and options are named after
	contract  *contract.Contract
	endpoints []*contract.Endpoint

	types   map[string]string   // Go name -> declaration
	order   []string            // Go names in the order in which they were needed
	named   map[string]string   // entity -> Go name
	enums   map[string]string   // values of an enumeration -> Go name
	imports map[string]struct{} // of the service's file
}

// draftOf collects the operations that the ids name. They have to be of one contract.
func draftOf(ids []string) (*draft, error) {
	if len(ids) == 0 {
		return nil, errors.New("no ids")
	}
	d := &draft{types: map[string]string{}, named: map[string]string{}, enums: map[string]string{}, imports: map[string]struct{}{}}
	for _, id := range ids {
		product, _, _ := strings.Cut(id, ".")
		if !slices.Contains(contract.Products[:], product) {
			return nil, fmt.Errorf("%s begins with no product's name", id)
		}
		found := false
		for _, c := range contract.Family(product) {
			for _, e := range c.Endpoints {
				if e.ID != id && !strings.HasPrefix(e.ID, id+".") {
					continue
				}
				if d.contract != nil && d.contract != c {
					return nil, fmt.Errorf("%s is not of the contract %s", e.ID, d.contract.Name)
				}
				found, d.contract, d.pkg = true, c, product
				if !slices.Contains(d.endpoints, e) {
					d.endpoints = append(d.endpoints, e)
				}
			}
		}
		if !found {
			return nil, fmt.Errorf("%s is no operation and no service", id)
		}
	}
	group := strings.Split(d.endpoints[0].ID, ".")[1]
	group = strings.TrimSuffix(strings.TrimSuffix(group, "_v23"), "_v3")
	d.service = goName(group)
	d.one = goName(singular(group))
	slices.SortStableFunc(d.endpoints, func(a, b *contract.Endpoint) int { return rank(a) - rank(b) })
	return d, nil
}

// rank is the place of a method in its file: List, Get, Create, Update, Replace, Delete, then the rest.
func rank(e *contract.Endpoint) int {
	order := []string{"list", "get", "create", "update", "replace", "delete"}
	if i := slices.Index(order, verbOf(e)); i >= 0 {
		return i
	}
	return len(order)
}

func verbOf(e *contract.Endpoint) string { return e.ID[strings.LastIndex(e.ID, ".")+1:] }

// files returns the service's file and that of its coverage.
func (d *draft) files() (service, coverage []byte, err error) {
	var methods strings.Builder
	var calls []coverageCall
	for _, e := range d.endpoints {
		text, call := d.method(e)
		methods.WriteString(text)
		calls = append(calls, call)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"context\"\n", d.pkg)
	for _, path := range []string{"encoding/json", "iter"} {
		if _, ok := d.imports[path]; ok {
			fmt.Fprintf(&b, "\t%q\n", path)
		}
	}
	b.WriteString("\n")
	if _, ok := d.imports[module]; ok {
		fmt.Fprintf(&b, "\t%q\n", module)
	}
	fmt.Fprintf(&b, "\t%q\n)\n\n", module+"/internal/rest")
	fmt.Fprintf(&b, "// %sService has the operations of the document's section %s.\ntype %sService struct{ rest *rest.Client }\n\n",
		d.service, quoteSection(d.endpoints[0].Section), d.service)
	b.WriteString(methods.String())
	for _, name := range d.order {
		b.WriteString(d.types[name] + "\n")
	}
	service, err = format.Source([]byte(b.String()))
	if err != nil {
		return nil, nil, fmt.Errorf("the draft does not parse: %w", err)
	}
	coverage, err = format.Source([]byte(d.coverage(calls)))
	if err != nil {
		return nil, nil, fmt.Errorf("the coverage does not parse: %w", err)
	}
	return service, coverage, nil
}

const module = "github.com/secureaccess-go/secureaccess"

func quoteSection(section string) string { return strings.Join(strings.Fields(section), " ") }
