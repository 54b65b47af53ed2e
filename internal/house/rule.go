package house

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Rule is one convention.
type Rule struct {
	Name string
	// Reason reports whether an exception has to say why it stands: it is not expected to go away.
	Reason bool
	Check  func(*Module) []Violation
}

// Rules are the conventions that the module is held to.
var Rules = []Rule{
	{Name: "body", Check: Bodies},
	{Name: "comment", Check: Comments},
	{Name: "enum", Check: Enumerations},
	{Name: "import", Check: Imports},
	{Name: "internal", Check: InternalTypes},
	{Name: "list", Check: Lists},
	{Name: "operation", Check: Operations},
	{Name: "options", Check: Options},
	{Name: "package", Check: PackageNames},
	{Name: "receiver", Check: Receivers},
	{Name: "size", Check: Sizes, Reason: true},
	{Name: "test", Check: TestNames},
	{Name: "word", Check: Words},
}

// Violation is one place that breaks a rule.
type Violation struct {
	Rule   string
	Path   string // of the file, from the root
	Name   string // identifier, word, or "-" for the file itself
	Line   int    // 0 for the file itself
	Detail string // what to do
}

// String returns the violation in one line that editors can follow.
func (v Violation) String() string {
	return fmt.Sprintf("%s:%d: %s %s: %s", v.Path, v.Line, v.Rule, v.Name, v.Detail)
}

// key is what an exception names.
func (v Violation) key() string { return v.Rule + " " + v.Path + " " + v.Name }

// All returns the violations of all rules, sorted, one for each rule, file and name.
func All(m *Module) []Violation {
	var all []Violation
	for _, rule := range Rules {
		for _, v := range rule.Check(m) {
			v.Rule = rule.Name
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Path, b.Path), strings.Compare(a.Name, b.Name), cmp.Compare(a.Line, b.Line))
	})
	return slices.CompactFunc(all, func(a, b Violation) bool { return a.key() == b.key() })
}

// at returns a violation at a place in the source.
func (m *Module) at(pos token.Pos, name, detail string, args ...any) Violation {
	p := m.Fset.Position(pos)
	return Violation{Path: p.Filename, Line: p.Line, Name: name, Detail: fmt.Sprintf(detail, args...)}
}

// functions calls visit for each function of a file, with the name of its receiver's type, "" for none.
func functions(file *File, visit func(f *ast.FuncDecl, receiver string)) {
	for _, declaration := range file.Syntax.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok {
			visit(f, receiverType(f))
		}
	}
}

// receiverType returns the name of the type that a method belongs to.
func receiverType(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	return baseName(f.Recv.List[0].Type)
}

func baseName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return baseName(e.X)
	case *ast.ParenExpr:
		return baseName(e.X)
	case *ast.IndexExpr:
		return baseName(e.X)
	case *ast.IndexListExpr:
		return baseName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// qualified names a function as an exception does: "Type.Method" or "Function".
func qualified(f *ast.FuncDecl, receiver string) string {
	if receiver == "" {
		return f.Name.Name
	}
	return receiver + "." + f.Name.Name
}

// exported reports whether a function is part of the exported surface.
func exported(f *ast.FuncDecl, receiver string) bool {
	return f.Name.IsExported() && (receiver == "" || ast.IsExported(receiver))
}

// generated reports whether a file is written by a program.
func generated(file *File) bool { return ast.IsGenerated(file.Syntax) }
