package house

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// operationLine is a line of a doc comment that names an operation: method, documented path, and the query that tells
// it from others of the same path.
var operationLine = regexp.MustCompile(`(?m)^(GET|HEAD|POST|PUT|PATCH|DELETE) (/[^\s?]*?)(\?\S*)?$`)

func named(doc *ast.CommentGroup) []string {
	var operations []string
	for _, match := range operationLine.FindAllStringSubmatch(doc.Text(), -1) {
		operations = append(operations, match[1]+" "+match[2])
	}
	return operations
}

// Operations finds doc comments that do not name the operation that the code reaches, and methods and functions that
// reach one and name none. The prefix of a rest.Client counts. Where the code reaches operations only through a
// function value, as a sign-in does, what the comment names has to be an operation of the package all the same.
func Operations(m *Module) []Violation {
	var found []Violation
	f := newFlow(m)
	prefixes, everything := map[string][]string{}, map[string][]string{}
	for fn, b := range f.bodies {
		product := b.pkg.Product()
		for _, s := range f.reach(fn, nil, nil) {
			everything[product] = append(everything[product], s.alternatives...)
		}
	}
	for _, product := range products {
		prefixes[product] = f.prefixes(product)
	}
	documented := contractPaths()
	for _, each := range m.methods() {
		product := each.pkg.Product()
		if product == "" {
			continue
		}
		report := func(detail string, args ...any) {
			found = append(found, m.at(each.decl.Pos(), each.name(), detail, args...))
		}
		names := named(each.decl.Doc)
		sites := distinct(f.reach(each.fn, nil, nil))
		var reached []string
		for _, s := range sites {
			reached = append(reached, s.alternatives...)
		}
		if len(reached) == 0 {
			reached = everything[product]
		}
		for _, name := range names {
			if !slices.ContainsFunc(reached, func(operation string) bool { return matches(name, operation, prefixes[product]) }) {
				report("the comment names %s, and the code does not reach it", name)
			}
			if !documented[name] {
				report("%s is no operation of the contract", name)
			}
		}
		for _, s := range sites {
			if slices.ContainsFunc(s.alternatives, func(operation string) bool { return !exact(operation) }) {
				continue
			}
			if !slices.ContainsFunc(names, func(name string) bool {
				return slices.ContainsFunc(s.alternatives, func(operation string) bool { return matches(name, operation, prefixes[product]) })
			}) {
				report("reaches %s, and its comment does not name it", strings.Join(s.alternatives, " or "))
			}
		}
	}
	return found
}

// distinct drops sites that are reached twice.
func distinct(sites []site) []site {
	seen := map[string]bool{}
	return slices.DeleteFunc(sites, func(s site) bool {
		key := strings.Join(s.alternatives, "\n")
		defer func() { seen[key] = true }()
		return seen[key]
	})
}

// matches reports whether a comment's operation is the code's, behind one of the prefixes. Unknown parts of the code's
// match anything.
func matches(name, operation string, prefixes []string) bool {
	method, template, _ := strings.Cut(operation, " ")
	nameMethod, path, _ := strings.Cut(name, " ")
	if method != nameMethod {
		return false
	}
	for _, prefix := range prefixes {
		rest, ok := strings.CutPrefix(path, prefix)
		if ok && glob(template, rest) {
			return true
		}
	}
	return false
}

func glob(pattern, text string) bool {
	parts := strings.Split(pattern, unknown)
	if len(parts) == 1 {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// prefixes returns what the clients of a product put in front of templates: constants given to a field or a parameter
// that is called prefix. "" is always among them.
func (f *flow) prefixes(product string) []string {
	found := []string{""}
	for _, p := range f.module.Packages {
		if p.Product() != product || p.Fake() {
			continue
		}
		add := func(e ast.Expr) {
			if tv := p.Info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String {
				found = append(found, constant.StringVal(tv.Value))
			}
		}
		for _, file := range p.Files {
			ast.Inspect(file.Syntax, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "prefix") {
						add(n.Value)
					}
				case *ast.CallExpr:
					sig, ok := p.Info.TypeOf(n.Fun).(*types.Signature)
					for i := 0; ok && i < min(len(n.Args), sig.Params().Len()); i++ {
						if strings.EqualFold(sig.Params().At(i).Name(), "prefix") {
							add(n.Args[i])
						}
					}
				}
				return true
			})
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// contractPaths returns the operations of all contracts: an appliance serves one that another product's document
// describes.
func contractPaths() map[string]bool {
	known := map[string]bool{}
	for _, product := range contract.Names() {
		c, err := contract.Load(product)
		if err != nil {
			continue // its own tests say so
		}
		for _, e := range c.Endpoints {
			known[e.Method+" "+e.Path] = true
		}
	}
	return known
}
