package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// code is what the packages of a product say of their operations: function by function, the templates that are written
// in it and the functions of the same package that it uses.
type code struct {
	functions map[string]*function // "package.Receiver.Name" or "package.Name"
	values    map[string][]string  // exported values with operations in their comments: endpoints that generic functions take
}

type function struct {
	pkg, receiver, name string
	documented          []string        // operations that the doc comment names
	written             map[string]bool // operations whose template is in the code
	dynamic             bool            // a template is put together at run time
	uses                map[string]bool // keys of functions
}

// verbs are the functions that begin an operation.
var verbs = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true}

// operationLine is a line of a doc comment that names an operation.
var operationLine = regexp.MustCompile(`(?m)^(GET|HEAD|POST|PUT|PATCH|DELETE) (/[^\s?,]*?)([?,].*)?$`)

// read reads the packages below a folder, but for tests and fakes.
func read(folder string) (*code, error) {
	c := &code{functions: map[string]*function{}, values: map[string][]string{}}
	files := map[string][]*ast.File{} // by folder: one package each
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != folder && strings.HasSuffix(entry.Name(), "test"):
			return filepath.SkipDir // a fake
		case filepath.Ext(path) != ".go", strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		files[filepath.Dir(path)] = append(files[filepath.Dir(path)], file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, list := range files {
		texts := map[string]ast.Expr{}
		for _, file := range list {
			constants(file.Decls, texts)
		}
		for _, file := range list {
			c.readFile(file, texts)
		}
	}
	return c, nil
}

// constants notes the expressions of the package's constants.
func constants(declarations []ast.Decl, texts map[string]ast.Expr) {
	for _, declaration := range declarations {
		if d, ok := declaration.(*ast.GenDecl); ok && d.Tok == token.CONST {
			note(d, texts)
		}
	}
}

func note(d *ast.GenDecl, texts map[string]ast.Expr) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Values) != len(v.Names) {
			continue
		}
		for i, name := range v.Names {
			texts[name.Name] = v.Values[i]
		}
	}
}

func (c *code) readFile(file *ast.File, texts map[string]ast.Expr) {
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				f := readFunction(file.Name.Name, d, texts)
				c.functions[f.key()] = f
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].IsExported() {
					key := file.Name.Name + "." + v.Names[0].Name
					c.values[key] = append(c.values[key], operationsIn(v.Doc)...)
					c.values[key] = append(c.values[key], operationsIn(d.Doc)...)
				}
			}
		}
	}
}

func operationsIn(doc *ast.CommentGroup) []string {
	var operations []string
	for _, match := range operationLine.FindAllStringSubmatch(doc.Text(), -1) {
		operations = append(operations, match[1]+" "+match[2])
	}
	return operations
}

func (f *function) key() string {
	if f.receiver == "" {
		return f.pkg + "." + f.name
	}
	return f.pkg + "." + f.receiver + "." + f.name
}

// shown is how a program writes the function: "pulseone.Groups.Get", without the word Service that a field's name does
// not have either.
func (f *function) shown() string {
	if f.receiver == "" {
		return f.pkg + "." + f.name
	}
	return f.pkg + "." + strings.TrimSuffix(f.receiver, "Service") + "." + f.name
}

func readFunction(pkg string, d *ast.FuncDecl, texts map[string]ast.Expr) *function {
	f := &function{
		pkg: pkg, name: d.Name.Name, documented: operationsIn(d.Doc), written: map[string]bool{}, uses: map[string]bool{},
	}
	self := ""
	if d.Recv != nil {
		f.receiver = typeName(d.Recv.List[0].Type)
		if len(d.Recv.List[0].Names) > 0 {
			self = d.Recv.List[0].Names[0].Name
		}
	}
	local := maps.Clone(texts)
	ast.Inspect(d.Body, func(n ast.Node) bool { // constants of the function, and variables that get a text
		switch n := n.(type) {
		case *ast.GenDecl:
			note(n, local)
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				name, ok := left.(*ast.Ident)
				switch {
				case !ok || len(n.Rhs) != len(n.Lhs):
				case n.Tok == token.DEFINE:
					local[name.Name] = n.Rhs[i]
				default:
					delete(local, name.Name)
				}
			}
		}
		return true
	})
	for _, parameter := range d.Type.Params.List {
		for _, name := range parameter.Names {
			delete(local, name.Name)
		}
	}
	begun := map[ast.Node]bool{}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if verb, ok := begins(n.Fun); ok && len(n.Args) > 0 {
				begun[n.Fun] = true
				if template, ok := fold(n.Args[0], local, 0); ok {
					f.written[verb+" "+template] = true
				} else {
					f.dynamic = true
				}
			}
		case *ast.SelectorExpr:
			if _, ok := begins(n); ok && !begun[n] {
				f.dynamic = true // handed on: the template is put together elsewhere
			}
			if x, ok := n.X.(*ast.Ident); ok && self != "" && x.Name == self {
				f.uses[pkg+"."+f.receiver+"."+n.Sel.Name] = true
			}
		case *ast.Ident:
			f.uses[pkg+"."+n.Name] = true
		}
		return true
	})
	return f
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	}
	return fmt.Sprint(e)
}

// begins reports whether an expression is one of the functions of internal/rest that begin an operation.
func begins(e ast.Expr) (string, bool) {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || !verbs[s.Sel.Name] {
		return "", false
	}
	x, ok := s.X.(*ast.Ident)
	return s.Sel.Name, ok && x.Name == "rest"
}

// fold computes a constant text.
func fold(e ast.Expr, texts map[string]ast.Expr, depth int) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		if inner, ok := texts[e.Name]; ok && depth < 10 {
			return fold(inner, texts, depth+1)
		}
	case *ast.BinaryExpr:
		a, ok := fold(e.X, texts, depth)
		b, ok2 := fold(e.Y, texts, depth)
		return a + b, ok && ok2 && e.Op == token.ADD
	case *ast.ParenExpr:
		return fold(e.X, texts, depth)
	}
	return "", false
}

// reaches returns the operations that a function reaches, with what it uses, and whether some are put together at run
// time.
func (c *code) reaches(f *function) (operations map[string]bool, dynamic bool) {
	operations, seen := map[string]bool{}, map[string]bool{}
	var visit func(f *function)
	visit = func(f *function) {
		if seen[f.key()] {
			return
		}
		seen[f.key()] = true
		maps.Copy(operations, f.written)
		dynamic = dynamic || f.dynamic
		for key := range f.uses {
			if used, ok := c.functions[key]; ok {
				visit(used)
			}
		}
	}
	visit(f)
	return operations, dynamic
}

// named reports whether the doc comment decides: where templates are put together at run time, and where a function has
// none because it hands on to the machinery of sessions, as long as its package has the template.
func (c *code) named(f *function, operation string) bool {
	reached, dynamic := c.reaches(f)
	if dynamic {
		return true
	}
	if len(reached) > 0 {
		return false
	}
	for _, other := range c.functions {
		if other.pkg == f.pkg && (other.written[operation] || other.dynamic) {
			return true
		}
	}
	return false
}

// methods returns the exported functions, methods and values by the operations that they reach.
func (c *code) methods(product string) map[string][]string {
	methods := map[string][]string{}
	add := func(operation, name string) {
		for _, operation := range documentedAs(product, operation) {
			if !slices.Contains(methods[operation], name) {
				methods[operation] = append(methods[operation], name)
			}
		}
	}
	for _, f := range c.functions {
		if !ast.IsExported(f.name) || f.receiver != "" && !ast.IsExported(f.receiver) || f.name == "New" {
			continue
		}
		operations, _ := c.reaches(f)
		for operation := range operations {
			add(operation, f.shown())
		}
		for _, operation := range f.documented {
			if c.named(f, operation) {
				add(operation, f.shown())
			}
		}
	}
	for name, operations := range c.values {
		for _, operation := range operations {
			add(operation, name)
		}
	}
	for _, names := range methods {
		slices.Sort(names)
	}
	return methods
}

// prefixes are what a client of a version puts before its templates.
var prefixes = []string{"/v3", "/v2.3", "/v1"}

// documentedAs returns the documented operations that a template stands for: itself, or with the prefix of a version.
func documentedAs(product, operation string) []string {
	method, path, _ := strings.Cut(operation, " ")
	var all []string
	for _, c := range contract.Family(product) {
		for _, e := range c.Endpoints {
			if e.Method != method {
				continue
			}
			if e.Path == path || slices.ContainsFunc(prefixes, func(prefix string) bool { return prefix+path == e.Path }) {
				all = append(all, operation[:len(method)+1]+e.Path)
			}
		}
	}
	if len(all) == 0 {
		return []string{operation}
	}
	return all
}
