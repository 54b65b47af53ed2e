package house

import (
	"go/ast"
	"go/token"
)

// Comments finds exported identifiers without a doc comment, and packages without one. A comment on a group of
// constants or variables serves all of them; types have their own. That of an interface with one method serves the method.
func Comments(m *Module) []Violation {
	var found []Violation
	for _, p := range m.Packages {
		documented := false
		for _, file := range p.Files {
			documented = documented || file.Syntax.Doc.Text() != ""
			if generated(file) {
				continue
			}
			for _, declaration := range file.Syntax.Decls {
				found = append(found, undocumented(m, declaration)...)
			}
		}
		if !documented {
			found = append(found, m.at(p.Files[0].Syntax.Package, "package", "package %s has no comment", p.Name()))
		}
	}
	return found
}

func undocumented(m *Module, declaration ast.Decl) []Violation {
	var found []Violation
	missing := func(pos token.Pos, name string) {
		found = append(found, m.at(pos, name, "is exported and has no doc comment"))
	}
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if receiver := receiverType(d); exported(d, receiver) && d.Doc.Text() == "" {
			missing(d.Pos(), qualified(d, receiver))
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if !s.Name.IsExported() {
					continue
				}
				if s.Doc.Text() == "" && (d.Lparen.IsValid() || d.Doc.Text() == "") {
					missing(s.Pos(), s.Name.Name)
				}
				if t, ok := s.Type.(*ast.InterfaceType); ok && t.Methods.NumFields() > 1 {
					for _, method := range t.Methods.List {
						for _, name := range method.Names {
							if name.IsExported() && method.Doc.Text() == "" && method.Comment.Text() == "" {
								missing(name.Pos(), s.Name.Name+"."+name.Name)
							}
						}
					}
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Doc.Text() == "" && s.Comment.Text() == "" && d.Doc.Text() == "" {
						missing(name.Pos(), name.Name)
					}
				}
			}
		}
	}
	return found
}
