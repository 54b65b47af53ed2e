package house

import (
	"go/ast"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TestNames finds tests whose name does not begin with an identifier of the package, so that nobody finds them with
// -run: TestGroups_Publish_conflict. A service counts without the word Service, and the name of the test's own file as
// well: packages of tests alone have nothing else. TestField_ marks cases from the field, TestREADME_ what a document says.
func TestNames(m *Module) []Violation {
	known := map[string]map[string]bool{} // by directory
	files := m.Files()
	for _, file := range files {
		directory := path.Dir(file.Path)
		if known[directory] == nil {
			// A test may be about the package itself, or about the command that a directory is named after.
			known[directory] = map[string]bool{"field": true, "readme": true, path.Base(directory): true}
		}
		known[directory][strings.TrimSuffix(file.Syntax.Name.Name, "_test")] = true
		for _, name := range declared(file) {
			name = strings.ToLower(name)
			known[directory][name] = true
			known[directory][strings.TrimSuffix(name, "service")] = true
		}
	}
	var found []Violation
	for _, file := range files {
		if !strings.HasSuffix(file.Path, "_test.go") {
			continue
		}
		own := map[string]bool{strings.ReplaceAll(strings.TrimSuffix(path.Base(file.Path), "_test.go"), "_", ""): true}
		functions(file, func(f *ast.FuncDecl, receiver string) {
			name, ok := strings.CutPrefix(f.Name.Name, "Test")
			if !ok || receiver != "" || name == "Main" || !takesTesting(f) {
				return
			}
			if !carries(name, known[path.Dir(file.Path)]) && !carries(name, own) {
				found = append(found, m.at(f.Pos(), f.Name.Name, "begin the name with the identifier under test: TestGroups_Publish_conflict"))
			}
		})
	}
	return found
}

func takesTesting(f *ast.FuncDecl) bool {
	return f.Type.Params.NumFields() == 1 && baseName(f.Type.Params.List[0].Type) == "T"
}

// carries reports whether a name begins with a known identifier, given in lower case, as a whole word.
func carries(name string, known map[string]bool) bool {
	for end := range name + "_" {
		if end == 0 {
			continue
		}
		if end < len(name) {
			next, _ := utf8.DecodeRuneInString(name[end:])
			if !unicode.IsUpper(next) && next != '_' {
				continue
			}
		}
		if known[strings.ToLower(name[:end])] {
			return true
		}
	}
	return false
}

// declared returns the names that a file declares: functions, methods, types, constants and variables, but no tests.
func declared(file *File) []string {
	var names []string
	for _, declaration := range file.Syntax.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if !takesTesting(d) || d.Recv != nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}
