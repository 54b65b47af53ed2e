package house

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// mayImport has, for a directory below the root, the directories of this module that its package may import. What lies
// below a directory may import the same, itself included. "*" stands for the package's own product.
var mayImport = map[string][]string{
	"":                   {"internal/settings", "internal/ctxkey", "internal/json", "internal/redact"},
	"secureaccesstest":   {""},
	"hawk":               {""},
	"internal/settings":  {},
	"internal/ctxkey":    {},
	"internal/json":      {},
	"internal/redact":    {},
	"internal/leak":      {},
	"internal/cookie":    {},
	"internal/transport": {"", "internal/settings", "internal/ctxkey", "internal/redact"},
	"internal/rest":      {"", "internal/settings", "internal/ctxkey", "internal/json", "internal/redact", "internal/transport"},
	"internal/contract":  {"internal/json"},
	"internal/fake":      {"", "secureaccesstest", "internal/contract", "internal/json"},
	"internal/house":     {"internal/contract"},
	"<product>":          {"", "hawk", "internal/rest", "internal/settings", "internal/json", "internal/cookie", "<product>"},
	"<product>test":      {"", "hawk", "secureaccesstest", "internal/fake", "internal/contract", "<product>"},
	"examples":           {"", "hawk", "secureaccesstest", "<product>", "<product>test"},
}

// Imports finds imports against the direction of the layers. Tests may import what they need.
func Imports(m *Module) []Violation {
	var found []Violation
	for _, p := range m.Packages {
		for _, file := range p.Files {
			for _, spec := range file.Syntax.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil || imported != m.Path && !strings.HasPrefix(imported, m.Path+"/") {
					continue
				}
				to := strings.TrimPrefix(strings.TrimPrefix(imported, m.Path), "/")
				if !allowed(p.Rel, to) {
					found = append(found, m.at(spec.Pos(), rootName(to), "%s does not import %s", rootName(p.Rel), rootName(to)))
				}
			}
		}
	}
	return found
}

func rootName(rel string) string {
	if rel == "" {
		return "secureaccess"
	}
	return rel
}

// kindOf returns the key of mayImport for a directory, and its product.
func kindOf(rel string) (kind, product string) {
	first, _, _ := strings.Cut(rel, "/")
	if slices.Contains(products, first) {
		if strings.HasSuffix(rel, "test") {
			return "<product>test", first
		}
		return "<product>", first
	}
	for kind := rel; ; kind = path.Dir(kind) {
		if _, ok := mayImport[kind]; ok {
			return kind, ""
		}
		if kind == "." || kind == "" {
			return rel, ""
		}
	}
}

func allowed(from, to string) bool {
	kind, product := kindOf(from)
	toKind, toProduct := kindOf(to)
	if product == "" && kind != "" && toProduct == "" && kind == toKind { // within one room
		return true
	}
	if product != "" && toProduct != "" && product != toProduct {
		return false
	}
	// The sides of a product use its models, never the reverse; a fake is for tests and programs.
	if kind == "<product>" && toProduct == product && from == product && to != product && !strings.HasPrefix(to, product+"/internal/") {
		return false
	}
	return slices.Contains(mayImport[kind], toKind)
}
