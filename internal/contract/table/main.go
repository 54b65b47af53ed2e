// Table writes docs/operations.md: every operation of the contract with the methods that reach it. It takes the
// operations of a method from the templates in its code; see [code].
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// root is the root of the module as seen from internal/contract, where go generate runs this.
const root = "../.."

var titles = map[string]string{
	"pulseone": "Pulse One", "ics": "Ivanti Connect Secure", "msp": "Ivanti Neurons for Secure Access, MSP portal",
	"sase": "Check Point Harmony SASE", "sps": "One Identity Safeguard for Privileged Sessions",
	"sase-2.3": "Check Point Harmony SASE, version 2.3", "sase-3": "Check Point Harmony SASE, version 3",
	"ics-beyond": "Ivanti Connect Secure, the configuration tree",
	"sps-beyond": "One Identity Safeguard for Privileged Sessions, the rest of the guide",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("table: ")
	text, err := table(root)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "docs", "operations.md"), text, 0o644); err != nil {
		log.Fatal(err)
	}
}

func table(root string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Operations\n\n" +
		"Every documented operation and the methods that reach it, generated from internal/contract by `go generate ./...`.\n" +
		"An operation without a method is not built yet.\n")
	for _, product := range contract.Products {
		methods, err := methodsOf(root, product)
		if err != nil {
			return nil, err
		}
		for i, c := range contract.Family(product) {
			for _, documented := range []bool{true, false} {
				rows := rows(c, documented, methods, i > 0)
				if len(rows) == 0 {
					continue
				}
				title := titles[c.Name]
				if !documented && i == 0 {
					title += ", beyond the vendor's document"
				}
				fmt.Fprintf(&b, "\n## %s\n\n| operation | what it does | methods |\n|---|---|---|\n%s", title, strings.Join(rows, ""))
			}
		}
	}
	return b.Bytes(), nil
}

// elsewhere are operations of a product's document that another product's package has: the appliance serves this one
// itself.
var elsewhere = map[string]map[string]string{
	"pulseone": {"GET /api/v1/sessions/info/{dsid}": "ics"},
}

// methodsOf returns the methods for the operations of a product's document.
func methodsOf(root, product string) (map[string][]string, error) {
	found, err := read(filepath.Join(root, product))
	if err != nil {
		return nil, err
	}
	methods := found.methods(product)
	for operation, home := range elsewhere[product] {
		others, err := read(filepath.Join(root, home))
		if err != nil {
			return nil, err
		}
		methods[operation] = others.methods(home)[operation]
	}
	return methods, nil
}

// rows are the rows of a contract's operations; built leaves out those without a method.
func rows(c *contract.Contract, documented bool, methods map[string][]string, built bool) []string {
	var rows []string
	for _, e := range c.Endpoints {
		if e.Documented() != documented {
			continue
		}
		operation := e.Method + " " + e.Path
		if built && len(methods[operation]) == 0 {
			continue
		}
		var names []string
		for _, name := range methods[operation] {
			names = append(names, "`"+name+"`")
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", operation, strings.ReplaceAll(e.Title, "|", `\|`), strings.Join(names, ", ")))
	}
	return rows
}
