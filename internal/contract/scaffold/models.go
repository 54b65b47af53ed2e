package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// entity returns the Go type for a data structure of the contract and declares it when it is new.
func (d *draft) entity(name string, sent bool) string {
	key := name
	if sent {
		key += " sent"
	}
	if known, ok := d.named[key]; ok {
		return known
	}
	e, ok := d.contract.Entity(name)
	if !ok || len(e.Fields) == 0 && e.Extends == "" && len(e.OneOf) == 0 {
		switch {
		case ok && e.Underlying == "string":
			return "string"
		case ok && e.Underlying == "map":
			d.imports["encoding/json"] = struct{}{}
			return "map[string]json.RawMessage"
		}
		d.imports["encoding/json"] = struct{}{}
		return "json.RawMessage"
	}
	goType := typeName(name)
	for d.has(goType) {
		goType += "Body"
	}
	d.named[key] = goType
	shape := d.contract.Shape(name)
	d.declare(goType, "has the members of "+name+" in the document.", e.Note, shape, sent)
	return goType
}

func (d *draft) has(goType string) bool { return slices.Contains(d.order, goType) }

// declare adds the declaration of a struct.
func (d *draft) declare(goType, what, note string, shape contract.Shape, sent bool) {
	d.order = append(d.order, goType) // before its members: a structure may hold itself
	var b strings.Builder
	b.WriteString(wrap("", goType+" "+what))
	if note != "" {
		b.WriteString("//\n" + wrap("", oneLine(note)))
	}
	fmt.Fprintf(&b, "type %s struct {\n", goType)
	used := map[string]bool{"Extra": true}
	for _, f := range shape.Fields {
		if sent && f.ReadOnly || f.SampleOnly {
			continue
		}
		name := goName(f.Name)
		for used[name] {
			name += "2"
		}
		used[name] = true
		option := ",omitzero"
		if f.Required && sent {
			option = ""
		}
		text := fmt.Sprintf("\t%s %s `json:\"%s%s\"`", name, d.field(goType, name, f, shape, sent), f.Name, option)
		comment := oneLine(f.Note)
		if len(f.Aliases) > 0 {
			comment = strings.TrimSpace(comment + " Also read: " + strings.Join(f.Aliases, ", ") + ".")
		}
		switch {
		case comment == "":
			b.WriteString(text + "\n")
		case len(comment) <= 70:
			b.WriteString(text + " // " + comment + "\n")
		default:
			if len(used) > 2 {
				b.WriteString("\n") // a blank line before a comment, but for the first
			}
			b.WriteString(wrap("\t", comment) + text + "\n")
		}
	}
	if shape.Open {
		d.imports[module] = struct{}{}
		b.WriteString("\n\t// Extra holds the members that this type does not know.\n\tExtra secureaccess.Extra `json:\",embed\"`\n")
	}
	b.WriteString("}\n")
	d.types[goType] = b.String()
}

// field is the Go type of a member.
func (d *draft) field(owner, name string, f contract.Field, shape contract.Shape, sent bool) string {
	switch f.Type {
	case "array":
		return "[]" + d.element(f.Items, owner+strings.TrimSuffix(name, "s"), sent)
	case "map":
		if f.Items == "" || f.Items == "any" {
			d.imports["encoding/json"] = struct{}{}
			return "map[string]json.RawMessage"
		}
		return "map[string]" + d.element(f.Items, owner+name, sent)
	case "object":
		if f.Entity == "" {
			d.imports["encoding/json"] = struct{}{}
			return "json.RawMessage"
		}
		goType := d.entity(f.Entity, sent)
		if d.has(goType) {
			return "*" + goType // nil leaves it out, and a structure may hold itself
		}
		return goType
	case "any", "":
		d.imports["encoding/json"] = struct{}{}
		return "json.RawMessage"
	}
	return d.scalar(owner, name, f, sent && !f.Required)
}

// element is the Go type of what a list or a map holds.
func (d *draft) element(items, owner string, sent bool) string {
	if inner, ok := strings.CutPrefix(items, "array<"); ok {
		return "[]" + d.element(strings.TrimSuffix(inner, ">"), owner, sent)
	}
	switch items {
	case "string":
		return "string"
	case "int":
		return "int64"
	case "float":
		return "float64"
	case "bool":
		return "bool"
	}
	return d.entity(items, sent)
}

// scalar is the Go type of a text, number or boolean. Where it may be left out of what is sent, its zero value has to be
// sendable all the same: then it is a pointer.
func (d *draft) scalar(owner, name string, f contract.Field, pointer bool) string {
	star := ""
	if pointer {
		star = "*"
	}
	switch {
	case f.Type == "bool":
		return star + "bool"
	case f.Type == "int":
		return star + "int64"
	case f.Type == "float":
		return star + "float64"
	case f.Sensitive:
		d.imports[module] = struct{}{}
		return "secureaccess.Secret"
	case f.Format == "rfc3339":
		d.imports[module] = struct{}{}
		return "secureaccess.Time"
	case len(f.Enum) > 0:
		return d.enum(owner, name, f)
	}
	return "string"
}

// enum returns the type of an enumeration and declares it, and its constants, when it is new.
func (d *draft) enum(owner, name string, f contract.Field) string {
	key := name + fmt.Sprint(f.Enum)
	if known, ok := d.enums[key]; ok {
		return known
	}
	goType := owner + name
	for d.has(goType) {
		goType += "Value"
	}
	d.enums[key] = goType
	d.order = append(d.order, goType)
	var b strings.Builder
	open := ""
	if f.EnumOpen {
		open = " More values occur."
	}
	b.WriteString(wrap("", goType+" is a value of the member "+f.Name+"."+open))
	fmt.Fprintf(&b, "type %s string\n\n// Values of %s.\nconst (\n", goType, goType)
	used := map[string]bool{}
	for _, value := range f.Enum {
		text := fmt.Sprint(value)
		word := goName(text)
		if len(word) > 1 && word[0] == 'N' && word[1] >= '0' && word[1] <= '9' {
			word = word[1:] // the type's name stands before it
		}
		constant := goType + word
		for used[constant] {
			constant += "2"
		}
		used[constant] = true
		meaning := oneLine(f.Meanings[text])
		if meaning != "" {
			meaning = " // " + meaning
		}
		fmt.Fprintf(&b, "\t%s %s = %q%s\n", constant, goType, text, meaning)
	}
	b.WriteString(")\n")
	d.types[goType] = b.String()
	return goType
}
