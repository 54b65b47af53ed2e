package house

import (
	"go/types"
	"strings"
)

// Enumerations finds exported constants of a named type whose name does not begin with the type's: GroupStateInSync of
// GroupState. Constants of generic types are no enumeration.
func Enumerations(m *Module) []Violation {
	var found []Violation
	for _, p := range m.Packages {
		if !p.Public() {
			continue
		}
		scope := p.Types.Scope()
		for _, name := range scope.Names() {
			constant, ok := scope.Lookup(name).(*types.Const)
			if !ok || !constant.Exported() {
				continue
			}
			named, ok := types.Unalias(constant.Type()).(*types.Named)
			if !ok || named.TypeArgs().Len() > 0 || !m.owns(named.Obj()) || !named.Obj().Exported() {
				continue
			}
			typeName := named.Obj().Name()
			if !strings.HasPrefix(name, typeName) || name == typeName {
				found = append(found, m.at(constant.Pos(), name, "a constant of %s is named %s and its value", typeName, typeName))
			}
		}
	}
	return found
}

// owns reports whether the object is declared in this module.
func (m *Module) owns(object types.Object) bool {
	return object.Pkg() != nil && (object.Pkg().Path() == m.Path || strings.HasPrefix(object.Pkg().Path(), m.Path+"/"))
}
