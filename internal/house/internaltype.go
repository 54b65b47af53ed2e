package house

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// InternalTypes finds exported signatures that name a type of an internal package, which a user can neither write nor
// look up. secureaccess.Option is a function over the settings and the one exception.
func InternalTypes(m *Module) []Violation {
	var found []Violation
	for _, p := range m.Packages {
		if !p.Public() {
			continue
		}
		scope := p.Types.Scope()
		for _, name := range scope.Names() {
			object := scope.Lookup(name)
			if !object.Exported() || p.Path == m.Path && name == "Option" {
				continue
			}
			report := func(pos token.Pos, name string, t types.Type) {
				if inner := internalIn(t, nil); inner != "" {
					found = append(found, m.at(pos, name, "names the internal type %s", strings.TrimPrefix(inner, m.Path+"/")))
				}
			}
			typeName, ok := object.(*types.TypeName)
			if !ok {
				report(object.Pos(), name, object.Type())
				continue
			}
			if alias, ok := object.Type().(*types.Alias); ok {
				report(object.Pos(), name, alias.Rhs())
				continue
			}
			named, ok := typeName.Type().(*types.Named)
			if !ok {
				continue
			}
			for i := range named.TypeParams().Len() {
				report(object.Pos(), name, named.TypeParams().At(i).Constraint())
			}
			if fields, ok := named.Underlying().(*types.Struct); ok {
				for i := range fields.NumFields() {
					if f := fields.Field(i); f.Exported() {
						report(f.Pos(), name+"."+f.Name(), f.Type())
					}
				}
			} else {
				report(object.Pos(), name, named.Underlying())
			}
			for i := range named.NumMethods() {
				if f := named.Method(i); f.Exported() {
					report(f.Pos(), name+"."+f.Name(), f.Type())
				}
			}
		}
	}
	return found
}

// internalIn returns an internal type that t names, "" if there is none. It does not look behind names.
func internalIn(t types.Type, seen []types.Type) string {
	if slices.Contains(seen, t) {
		return ""
	}
	seen = append(seen, t)
	each := func(parts ...types.Type) string {
		for _, part := range parts {
			if inner := internalIn(part, seen); inner != "" {
				return inner
			}
		}
		return ""
	}
	object := func(o *types.TypeName, arguments *types.TypeList) string {
		if o.Pkg() != nil && slices.Contains(strings.Split(o.Pkg().Path(), "/"), "internal") {
			return o.Pkg().Path() + "." + o.Name()
		}
		for i := range arguments.Len() {
			if inner := internalIn(arguments.At(i), seen); inner != "" {
				return inner
			}
		}
		return ""
	}
	switch t := t.(type) {
	case *types.Named:
		return object(t.Obj(), t.TypeArgs())
	case *types.Alias:
		return object(t.Obj(), t.TypeArgs())
	case *types.Pointer:
		return each(t.Elem())
	case *types.Slice:
		return each(t.Elem())
	case *types.Array:
		return each(t.Elem())
	case *types.Chan:
		return each(t.Elem())
	case *types.Map:
		return each(t.Key(), t.Elem())
	case *types.Signature:
		for i := range t.TypeParams().Len() {
			if inner := each(t.TypeParams().At(i).Constraint()); inner != "" {
				return inner
			}
		}
		return each(t.Params(), t.Results())
	case *types.Tuple:
		for i := range t.Len() {
			if inner := each(t.At(i).Type()); inner != "" {
				return inner
			}
		}
	case *types.Struct:
		for i := range t.NumFields() {
			if f := t.Field(i); f.Exported() {
				if inner := each(f.Type()); inner != "" {
					return inner
				}
			}
		}
	case *types.Interface:
		for i := range t.NumExplicitMethods() {
			if f := t.ExplicitMethod(i); f.Exported() {
				if inner := each(f.Type()); inner != "" {
					return inner
				}
			}
		}
		for i := range t.NumEmbeddeds() {
			if inner := each(t.EmbeddedType(i)); inner != "" {
				return inner
			}
		}
	case *types.Union:
		for i := range t.Len() {
			if inner := each(t.Term(i).Type()); inner != "" {
				return inner
			}
		}
	}
	return ""
}
