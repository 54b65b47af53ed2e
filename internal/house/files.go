package house

import (
	"bytes"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// maxLines is the length above which a file needs a reason. The convention says "about 350".
const maxLines = 360

// Sizes finds files that have grown too long for one job. Generated files are spared.
func Sizes(m *Module) []Violation {
	var found []Violation
	for _, file := range m.Files() {
		if lines := bytes.Count(file.Source, []byte("\n")); lines > maxLines && !generated(file) {
			v := m.at(file.Syntax.Package, "-", "has %d lines, more than %d: split it by job, or list it with a reason", lines, maxLines)
			v.Line = 0
			found = append(found, v)
		}
	}
	return found
}

// emptyNames say nothing about what a package is for.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc", "shared", "base"}

// PackageNames finds packages and directories whose name says nothing.
func PackageNames(m *Module) []Violation {
	var found []Violation
	for _, file := range m.Files() {
		clause := strings.TrimSuffix(file.Syntax.Name.Name, "_test")
		if directory := path.Base(path.Dir(file.Path)); slices.Contains(emptyNames, clause) || slices.Contains(emptyNames, directory) {
			found = append(found, m.at(file.Syntax.Package, clause, "name the package after what it does"))
		}
	}
	return found
}

// Receivers finds methods of services whose receiver is not s, and of clients whose receiver is not c.
func Receivers(m *Module) []Violation {
	var found []Violation
	for _, file := range m.Files() {
		functions(file, func(f *ast.FuncDecl, receiver string) {
			want := ""
			switch {
			case strings.HasSuffix(receiver, "Service"):
				want = "s"
			case strings.HasPrefix(receiver, "Client"):
				want = "c"
			}
			if want == "" || len(f.Recv.List[0].Names) == 0 {
				return
			}
			if got := f.Recv.List[0].Names[0].Name; got != want && got != "_" {
				found = append(found, m.at(f.Pos(), qualified(f, receiver), "the receiver is %s, not %s", want, got))
			}
		})
	}
	return found
}
