package house

import (
	"bytes"
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// Surfaces returns the exported surface of every public package by the name of its file in api/: "ics.txt". It is one
// line for each identifier, with its signature, its wire name or its value, sorted.
func Surfaces(m *Module) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, p := range m.Packages {
		if !p.Public() {
			continue
		}
		name := p.Name() + ".txt"
		if files[name] != nil {
			return nil, fmt.Errorf("house: two public packages are named %s", p.Name())
		}
		files[name] = surface(p)
	}
	return files, nil
}

func surface(p *Package) []byte {
	qualify := func(other *types.Package) string {
		if other == p.Types {
			return ""
		}
		return other.Name()
	}
	var lines []string
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		if !object.Exported() {
			continue
		}
		switch o := object.(type) {
		case *types.Const:
			lines = append(lines, fmt.Sprintf("const %s %s = %s", name, types.TypeString(o.Type(), qualify), o.Val().ExactString()))
		case *types.Var:
			lines = append(lines, fmt.Sprintf("var %s %s", name, types.TypeString(o.Type(), qualify)))
		case *types.Func:
			lines = append(lines, "func "+name+signature(o.Signature(), qualify))
		case *types.TypeName:
			lines = append(lines, typeLines(o, qualify)...)
		}
	}
	slices.Sort(lines)
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s // import %q\n\n", p.Name(), p.Path)
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}

func signature(s *types.Signature, qualify types.Qualifier) string {
	return strings.TrimPrefix(types.TypeString(s, qualify), "func")
}

// typeLines returns the lines of a type, its exported fields and its methods.
func typeLines(o *types.TypeName, qualify types.Qualifier) []string {
	name := o.Name()
	if alias, ok := o.Type().(*types.Alias); ok && o.IsAlias() {
		return []string{"type " + name + " = " + types.TypeString(alias.Rhs(), qualify)}
	}
	t, ok := o.Type().(*types.Named)
	if !ok {
		return nil
	}
	full := strings.TrimPrefix(types.ObjectString(o, qualify), "type ")
	head, _, _ := strings.Cut(full, " ")
	if t.TypeParams().Len() > 0 {
		head = full[:strings.Index(full, "]")+1]
	}
	var lines []string
	switch u := t.Underlying().(type) {
	case *types.Struct:
		lines = append(lines, "type "+head+" struct")
		for i := range u.NumFields() {
			f := u.Field(i)
			if !f.Exported() {
				continue
			}
			line := fmt.Sprintf("field %s.%s %s", name, f.Name(), types.TypeString(f.Type(), qualify))
			if f.Embedded() {
				line += " // embedded"
			}
			if tag := u.Tag(i); tag != "" {
				line += " `" + tag + "`"
			}
			lines = append(lines, line)
		}
	case *types.Interface:
		lines = append(lines, "type "+head+" interface")
		for i := range u.NumExplicitMethods() {
			f := u.ExplicitMethod(i)
			if f.Exported() {
				lines = append(lines, "method "+name+"."+f.Name()+signature(f.Signature(), qualify))
			} else {
				lines = append(lines, "method "+name+" // has unexported methods")
			}
		}
		for i := range u.NumEmbeddeds() {
			lines = append(lines, "method "+name+" // as "+types.TypeString(u.EmbeddedType(i), qualify))
		}
	default:
		lines = append(lines, "type "+head+" "+types.TypeString(u, qualify))
	}
	for i := range t.NumMethods() {
		f := t.Method(i)
		if !f.Exported() {
			continue
		}
		receiver := types.TypeString(f.Signature().Recv().Type(), qualify)
		lines = append(lines, "method ("+receiver+") "+f.Name()+signature(f.Signature(), qualify))
	}
	return slices.Compact(lines)
}
