package contract

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Shape is what the contract says of a JSON value. One of its parts is set; none of them is when nothing is known, and
// then every value has the shape.
type Shape struct {
	Fields []Field // the members of an object
	Entity string  // the data structure that they belong to; "" for members described with the operation alone
	Open   bool    // members beyond Fields are to be expected
	List   *Shape  // the elements of a list
	Map    *Shape  // the values of a map
	Scalar string  // the type of a scalar: string, int, float, bool

	contract *Contract
	inner    map[string]Shape // shapes of members that no field describes
}

// Known reports whether the contract says anything of the value.
func (s Shape) Known() bool {
	return len(s.Fields) > 0 || s.List != nil || s.Map != nil || s.Scalar != ""
}

// Member returns the field that a member of that name is, by its name or by one of its aliases.
func (s Shape) Member(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	for _, f := range s.Fields {
		if slices.Contains(f.Aliases, name) {
			return f, true
		}
	}
	return Field{}, false
}

// Of returns the shape of a field's value.
func (s Shape) Of(f Field) Shape {
	if inner, ok := s.inner[f.Name]; ok {
		return inner
	}
	switch f.Type {
	case "object", "any", "":
		return s.contract.entityShape(f.Entity)
	case "array":
		element := s.contract.named(f.Items)
		return Shape{List: &element, contract: s.contract}
	case "map":
		value := s.contract.named(f.Items)
		if f.Items == "" {
			value = s.contract.named(f.Entity)
		}
		return Shape{Map: &value, contract: s.contract}
	}
	return Shape{Scalar: f.Type, contract: s.contract}
}

// At returns the shape of the value at a JSON pointer below a value of this shape; "*" stands for every element.
func (s Shape) At(pointer string) Shape {
	if pointer == "" {
		return s
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case s.List != nil:
			s = *s.List
		case s.Map != nil:
			s = *s.Map
		default:
			f, ok := s.Member(unescape(token))
			if !ok {
				return Shape{contract: s.contract}
			}
			s = s.Of(f)
		}
	}
	return s
}

// unescape is the name that a token of a JSON pointer stands for.
func unescape(token string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(token) }

// named is the shape that the contract names with one word: an entity, a scalar, a list of one.
func (c *Contract) named(name string) Shape {
	if inner, ok := strings.CutPrefix(name, "array<"); ok {
		element := c.named(strings.TrimSuffix(inner, ">"))
		return Shape{List: &element, contract: c}
	}
	switch name {
	case "string", "int", "float", "bool":
		return Shape{Scalar: name, contract: c}
	}
	return c.entityShape(name)
}

// Shape returns the shape of a data structure.
func (c *Contract) Shape(entity string) Shape { return c.entityShape(entity) }

func (c *Contract) entityShape(name string) Shape {
	e, ok := c.entities[name]
	if !ok {
		return Shape{contract: c}
	}
	switch e.Underlying {
	case "":
	case "map":
		return Shape{Map: &Shape{contract: c}, Entity: name, contract: c}
	default:
		return Shape{Scalar: e.Underlying, Entity: name, contract: c}
	}
	s := Shape{Fields: slices.Clone(e.Fields), Entity: name, Open: e.Open(), contract: c}
	if e.Extends != "" {
		s = s.and(c.entityShape(e.Extends).Fields)
	}
	return s.alternatives(e.OneOf)
}

// alternatives adds what each of several entities may have. None of it is required, and a member of which two say
// different things can be anything.
func (s Shape) alternatives(entities []any) Shape {
	for _, alternative := range entities {
		name, _ := alternative.(string)
		for _, f := range s.contract.entityShape(name).Fields {
			f.Required = false
			i := slices.IndexFunc(s.Fields, func(g Field) bool { return g.Name == f.Name })
			switch {
			case i < 0:
				s.Fields = append(s.Fields, f)
			case s.Fields[i].Type != f.Type, s.Fields[i].Entity != f.Entity, !slices.Equal(s.Fields[i].Enum, f.Enum):
				s.Fields[i] = Field{Name: f.Name, Aliases: f.Aliases}
			}
		}
	}
	return s
}

// and adds fields. A member that is described twice counts as described first.
func (s Shape) and(fields []Field) Shape {
	for _, f := range fields {
		if !slices.ContainsFunc(s.Fields, func(g Field) bool { return g.Name == f.Name }) {
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}

// RequestShape returns the shape of the body.
func (e *Endpoint) RequestShape() Shape {
	r := e.Request
	if r == nil {
		return Shape{contract: e.contract}
	}
	if r.ListOf != "" && r.ListKey == "" {
		element := e.contract.named(r.ListOf)
		return Shape{List: &element, contract: e.contract}
	}
	s := Shape{Fields: slices.Clone(r.InlineFields), Entity: r.Entity, contract: e.contract}
	if r.ListKey != "" && !strings.Contains(r.ListKey, ".") { // a path is that of the list within the entity
		s = s.and([]Field{{Name: r.ListKey, Type: "array", Items: r.ListOf, Required: true}})
	}
	for _, name := range []string{r.Entity, r.BodyEntity} {
		entity := e.contract.entityShape(name)
		s = s.and(entity.Fields)
		s.Open = s.Open || entity.Open && name != "" && entity.Entity != ""
	}
	return s
}

// ResponseShape returns the shape of a documented response's body, in the first of its wire shapes.
func (e *Endpoint) ResponseShape(response int) Shape {
	r := e.Responses[response]
	c := e.contract
	if r.MapOf != "" {
		value := c.named(r.MapOf)
		return Shape{Map: &value, contract: c}
	}
	if r.ListOf != "" && r.ListKey == "" && r.Entity == "" {
		element := c.named(r.ListOf)
		return Shape{List: &element, contract: c}
	}
	s := Shape{Entity: r.Entity, contract: c}
	for _, f := range r.InlineFields {
		if f.Shape == "" || len(r.Shapes) > 0 && f.Shape == r.Shapes[0] {
			s.Fields = append(s.Fields, f)
		}
	}
	if r.ListKey != "" && !strings.Contains(r.ListKey, ".") { // a path is that of the list within the entity
		s = s.and([]Field{{Name: r.ListKey, Type: "array", Items: r.ListOf, Required: true}})
		if r.EntityAt == "items[].body" {
			// Safeguard wraps each element.
			element := c.wrapped(r.ListOf)
			s.inner = map[string]Shape{r.ListKey: {List: &element, contract: c}}
			s.Entity, s.Open = "", true
			return s
		}
	}
	if r.EntityAt == "body" {
		return c.wrapped(r.Entity)
	}
	entity := c.entityShape(r.Entity)
	s = s.and(entity.Fields)
	s.Open = entity.Entity != "" && entity.Open
	if s.Entity == "" && len(s.Fields) == 1 && r.ListKey != "" {
		s.Open = true // a list without a word of its envelope
	}
	return s
}

// wrapped is the shape of an object of Safeguard: the entity, its key and its links.
func (c *Contract) wrapped(entity string) Shape {
	return Shape{Fields: []Field{{Name: "body", Type: "object", Entity: entity}}, Open: true, contract: c}
}

// Canonical puts a body that came in another of the response's wire shapes into the first one, so that bodies in
// different shapes can be compared.
func (r Response) Canonical(body any) any {
	if len(r.Shapes) == 0 {
		return body
	}
	wrapped := func(list []any) any { return map[string]any{cmp.Or(r.ListKey, "items"): list} }
	switch r.Shapes[0] {
	case "collection":
		switch b := body.(type) {
		case []any:
			return wrapped(b)
		case map[string]any:
			if _, ok := b[cmp.Or(r.ListKey, "items")]; !ok && slices.Contains(r.Shapes, "single_task") {
				return wrapped([]any{b})
			}
		}
	case "array":
		if b, ok := body.(map[string]any); ok {
			if list, ok := b[cmp.Or(r.ListKey, "items")].([]any); ok {
				return list
			}
		}
	case "enveloped":
		if b, ok := body.(map[string]any); ok {
			if _, ok := b["result"]; !ok {
				return map[string]any{"result": b}
			}
		}
	}
	return body
}

// Examples are all documented bodies of the request, the printed one first.
func (r *RequestBody) Examples() [][]byte {
	all := [][]byte{r.Example}
	for _, more := range [][]Example{r.MoreExamples, r.Variants} {
		for _, e := range more {
			all = append(all, e.Value)
		}
	}
	return distinct(all)
}

// Examples are all documented bodies of the response, the printed one first.
func (r Response) Examples() [][]byte {
	all := [][]byte{r.Example}
	for _, body := range r.Alternates {
		all = append(all, body)
	}
	for _, e := range r.Variants {
		all = append(all, e.Value)
	}
	return distinct(all)
}

// MayBeEmptyObject reports whether {} is a documented success of the operation.
func (e *Endpoint) MayBeEmptyObject() bool {
	for _, r := range e.Responses {
		for _, body := range r.Examples() {
			if string(bytes.Join(bytes.Fields(body), nil)) == "{}" {
				return true
			}
		}
	}
	return false
}

// MayBeArray reports whether a success of the operation may be a bare list.
func (e *Endpoint) MayBeArray() bool {
	for _, r := range e.Responses {
		if slices.Contains(r.Shapes, "array") {
			return true
		}
		for _, body := range r.Examples() {
			if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
				return true
			}
		}
	}
	return false
}

// distinct drops repeated bodies. The first stays even when it is empty: it may be what is documented.
func distinct(all [][]byte) [][]byte {
	var kept [][]byte
	for i, body := range all {
		if i > 0 && (len(body) == 0 || slices.ContainsFunc(kept, func(k []byte) bool { return string(k) == string(body) })) {
			continue
		}
		kept = append(kept, body)
	}
	return kept
}
