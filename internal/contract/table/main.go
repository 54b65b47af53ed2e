// Table writes docs/operations.md: every operation of the contract with the methods that reach it. It finds them by
// their doc comments, in which a line of its own names the operation.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// root is the root of the module as seen from internal/contract, where go generate runs this.
const root = "../.."

var titles = map[string]string{
	"pulseone": "Pulse One", "ics": "Ivanti Connect Secure", "msp": "Ivanti Neurons for Secure Access, MSP portal",
	"sase": "Check Point Harmony SASE", "sps": "One Identity Safeguard for Privileged Sessions",
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
		c, err := contract.Load(product)
		if err != nil {
			return nil, err
		}
		methods, err := methodsOf(root, product)
		if err != nil {
			return nil, err
		}
		for _, documented := range []bool{true, false} {
			rows := rows(c, documented, methods)
			if len(rows) == 0 {
				continue
			}
			title := titles[product]
			if !documented {
				title += ", beyond the vendor's document"
			}
			fmt.Fprintf(&b, "\n## %s\n\n| operation | what it does | methods |\n|---|---|---|\n%s", title, strings.Join(rows, ""))
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
	methods, err := find(root, product)
	if err != nil {
		return nil, err
	}
	for operation, home := range elsewhere[product] {
		others, err := find(root, home)
		if err != nil {
			return nil, err
		}
		methods[operation] = others[operation]
	}
	return methods, nil
}

func rows(c *contract.Contract, documented bool, methods map[string][]string) []string {
	var rows []string
	for _, e := range c.Endpoints {
		if e.Documented() != documented {
			continue
		}
		operation := e.Method + " " + e.Path
		var names []string
		for _, name := range methods[operation] {
			names = append(names, "`"+name+"`")
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |\n", operation, strings.ReplaceAll(e.Title, "|", `\|`), strings.Join(names, ", ")))
	}
	return rows
}

// operationLine is a line of a doc comment that names an operation.
var operationLine = regexp.MustCompile(`(?m)^(GET|HEAD|POST|PUT|PATCH|DELETE) (/[^\s?]*?)(\?\S*)?$`)

// find returns the exported functions, methods and values of a product's packages by the operations that their comments
// name.
func find(root, product string) (map[string][]string, error) {
	found := map[string][]string{}
	err := filepath.WalkDir(filepath.Join(root, product), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasSuffix(entry.Name(), "test"):
			return filepath.SkipDir // a fake
		case filepath.Ext(path) != ".go", strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		note := func(doc *ast.CommentGroup, name string) {
			for _, match := range operationLine.FindAllStringSubmatch(doc.Text(), -1) {
				operation := match[1] + " " + match[2]
				found[operation] = append(found[operation], file.Name.Name+"."+name)
			}
		}
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() {
					note(d.Doc, name(d))
				}
			case *ast.GenDecl: // endpoints that generic functions take
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].IsExported() {
						note(v.Doc, v.Names[0].Name)
						note(d.Doc, v.Names[0].Name)
					}
				}
			}
		}
		return nil
	})
	for _, names := range found {
		slices.Sort(names)
	}
	return found, err
}

// name is how a program writes the function: "Groups.Get", without the word Service that a field's name does not have
// either.
func name(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if generic, ok := receiver.(*ast.IndexExpr); ok {
		receiver = generic.X
	}
	return strings.TrimSuffix(fmt.Sprint(receiver), "Service") + "." + f.Name.Name
}
