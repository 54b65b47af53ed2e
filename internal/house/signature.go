package house

import (
	"go/ast"
	"go/types"
	"reflect"
	"strings"
)

// method is an exported function of a product, or of the words they share, that takes a context: what users call.
type method struct {
	pkg      *Package
	decl     *ast.FuncDecl
	fn       *types.Func
	sig      *types.Signature
	receiver string // name of its type, "" for a package function
}

func (f method) name() string { return qualified(f.decl, f.receiver) }

// methods returns the exported functions with a context of all public packages but the fakes.
func (m *Module) methods() []method {
	var list []method
	for _, p := range m.Packages {
		if !p.Public() || p.Fake() {
			continue
		}
		for _, file := range p.Files {
			functions(file, func(f *ast.FuncDecl, receiver string) {
				fn, ok := p.Info.Defs[f.Name].(*types.Func)
				if !ok || !exported(f, receiver) {
					return
				}
				sig := fn.Signature()
				if sig.Params().Len() > 0 && isNamed(sig.Params().At(0).Type(), "context", "Context") {
					list = append(list, method{p, f, fn, sig, receiver})
				}
			})
		}
	}
	return list
}

func isNamed(t types.Type, path, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

// structure returns the module's struct type behind t, and whether t is a pointer to it.
func (m *Module) structure(t types.Type) (named *types.Named, fields *types.Struct, pointer bool) {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t, pointer = types.Unalias(p.Elem()), true
	}
	named, ok := t.(*types.Named)
	if !ok || !m.owns(named.Obj()) {
		return nil, nil, false
	}
	fields, ok = named.Underlying().(*types.Struct)
	if !ok {
		return nil, nil, false
	}
	return named, fields, pointer
}

// tagged reports whether a struct has a field with a tag of this key.
func tagged(s *types.Struct, key string) bool {
	for i := range s.NumFields() {
		if _, ok := reflect.StructTag(s.Tag(i)).Lookup(key); ok {
			return true
		}
	}
	return false
}

// Bodies finds bodies of writes that are passed by pointer, or that are not named XCreate and XUpdate after the
// methods Create and Update: a type that serves reading and writing alike is sent with members that a caller cannot
// set. Replace takes the model itself, since it writes back the whole.
func Bodies(m *Module) []Violation {
	var found []Violation
	methods := m.methods()
	returned := map[*types.TypeName]bool{}
	for _, f := range methods {
		for i := range f.sig.Results().Len() {
			if named, _, _ := m.structure(f.sig.Results().At(i).Type()); named != nil {
				returned[named.Obj()] = true
			}
		}
	}
	for _, f := range methods {
		if f.pkg.Product() == "" {
			continue
		}
		for i := 1; i < f.sig.Params().Len(); i++ {
			parameter := f.sig.Params().At(i)
			named, fields, pointer := m.structure(parameter.Type())
			if named == nil || !tagged(fields, "json") {
				continue
			}
			name := named.Obj().Name()
			base := strings.TrimSuffix(name, "V3") // a type of two versions
			report := func(detail string, args ...any) {
				found = append(found, m.at(f.decl.Pos(), f.name(), detail, args...))
			}
			verb := f.decl.Name.Name
			switch {
			case pointer:
				report("the body %s is passed by value, not by pointer", name)
			case strings.HasPrefix(base, "New"):
				report("the body %s is named XCreate", name)
			case strings.HasPrefix(verb, "Create") && !strings.HasSuffix(base, "Create"):
				report("the body %s is named XCreate", name)
			case strings.HasPrefix(verb, "Update") && !strings.HasSuffix(base, "Update"):
				report("the body %s is named XUpdate", name)
			case !strings.HasPrefix(verb, "Replace") && returned[named.Obj()]:
				report("the body %s is a result of other methods too: give the write a type of its own, or call it Replace", name)
			}
		}
	}
	return found
}

// isOptions reports whether a struct holds options of a call. One with names for JSON is a body, whatever it is called.
func isOptions(named *types.Named, fields *types.Struct) bool {
	return strings.HasSuffix(named.Obj().Name(), "Options") && !tagged(fields, "json")
}

// Options finds options that are not the last argument or not a pointer, whose nil is the default.
func Options(m *Module) []Violation {
	var found []Violation
	for _, f := range m.methods() {
		last := f.sig.Params().Len() - 1
		for i := range f.sig.Params().Len() {
			named, fields, pointer := m.structure(f.sig.Params().At(i).Type())
			if named == nil || !isOptions(named, fields) {
				continue
			}
			if !pointer {
				found = append(found, m.at(f.decl.Pos(), f.name(), "%s is passed by pointer; nil is the default", named.Obj().Name()))
			}
			if i != last {
				found = append(found, m.at(f.decl.Pos(), f.name(), "%s comes last", named.Obj().Name()))
			}
		}
	}
	return found
}

// pagingNames are parameters on the wire that choose a page.
var pagingNames = map[string]bool{
	"page": true, "limit": true, "offset": true, "start": true, "count": true, "size": true, "per_page": true, "page_size": true, "pageSize": true,
}

// Lists finds options with paging parameters of their own in place of the product's PageOptions, lists that page and
// have no iterator beside them, and iterators without a list. ListX and AllX take the same options.
func Lists(m *Module) []Violation {
	var found []Violation
	type key struct {
		pkg            *Package
		receiver, noun string
	}
	lists, iterators := map[key]*types.TypeName{}, map[key]*types.TypeName{}
	var paging []method
	for _, f := range m.methods() {
		if f.pkg.Product() == "" || f.sig.Params().Len() == 0 {
			continue
		}
		named, fields, _ := m.structure(f.sig.Params().At(f.sig.Params().Len() - 1).Type())
		if named == nil || !isOptions(named, fields) {
			continue
		}
		if parameter := ownPaging(named, fields); parameter != "" {
			found = append(found, m.at(named.Obj().Pos(), named.Obj().Name(), "embed PageOptions in place of the parameter %q", parameter))
		}
		if !embedsPageOptions(named, fields) {
			continue
		}
		paging = append(paging, f)
		verb := f.decl.Name.Name
		if noun, ok := strings.CutPrefix(verb, "List"); ok {
			lists[key{f.pkg, f.receiver, noun}] = named.Obj()
		} else if noun, ok := strings.CutPrefix(verb, "All"); ok {
			iterators[key{f.pkg, f.receiver, noun}] = named.Obj()
		} else {
			found = append(found, m.at(f.decl.Pos(), f.name(), "a method whose options embed PageOptions is named ListX or AllX"))
		}
	}
	for _, f := range paging {
		verb := f.decl.Name.Name
		if noun, ok := strings.CutPrefix(verb, "List"); ok {
			k := key{f.pkg, f.receiver, noun}
			if iterators[k] != lists[k] {
				found = append(found, m.at(f.decl.Pos(), f.name(), "wants All%s over the same options beside it", noun))
			}
		} else if noun, ok := strings.CutPrefix(verb, "All"); ok {
			k := key{f.pkg, f.receiver, noun}
			if iterators[k] != lists[k] {
				found = append(found, m.at(f.decl.Pos(), f.name(), "wants List%s over the same options beside it", noun))
			}
			if f.sig.Results().Len() != 1 || !isNamed(f.sig.Results().At(0).Type(), "iter", "Seq2") {
				found = append(found, m.at(f.decl.Pos(), f.name(), "returns an iter.Seq2"))
			}
		}
	}
	return found
}

func embedsPageOptions(named *types.Named, fields *types.Struct) bool {
	if named.Obj().Name() == "PageOptions" {
		return true
	}
	for i := range fields.NumFields() {
		if f := fields.Field(i); f.Embedded() && f.Name() == "PageOptions" {
			return true
		}
	}
	return false
}

// ownPaging returns a paging parameter that options have of their own.
func ownPaging(named *types.Named, fields *types.Struct) string {
	if named.Obj().Name() == "PageOptions" {
		return ""
	}
	for i := range fields.NumFields() {
		name, _, _ := strings.Cut(reflect.StructTag(fields.Tag(i)).Get("url"), ",")
		// A start that is a time selects what the list is about, and not a page of it.
		if pagingNames[name] && !isNamed(fields.Field(i).Type(), "time", "Time") {
			return name
		}
	}
	return ""
}
