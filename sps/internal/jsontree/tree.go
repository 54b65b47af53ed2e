// Package jsontree reads JSON without changing anything: members keep their order, numbers their digits, strings their
// spelling. What is not touched is written as it was read.
package jsontree

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Node is a JSON value. A node is an object, a list or a scalar.
type Node struct {
	kind    kind
	members []Member // of an object
	items   []*Node  // of a list
	text    []byte   // of a scalar, as it was spelt
}

// Member is a member of an object.
type Member struct {
	Name  string
	Value *Node
	name  []byte // as it was spelt, with its quotes
}

type kind uint8

const (
	scalar kind = iota
	object
	list
)

// Parse reads one JSON value. Where an object has a member twice the later one counts, as everywhere in Go.
func Parse(data []byte) (*Node, error) {
	if !json.Valid(data) {
		// Only the standard decoder says what is wrong.
		var v json.RawMessage
		if err := json.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		return nil, errors.New("invalid JSON")
	}
	p := parser{data: data}
	return p.value(), nil
}

// parser walks over JSON that is known to be valid.
type parser struct {
	data []byte
	at   int
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) value() *Node {
	p.space()
	switch p.data[p.at] {
	case '{':
		return p.object()
	case '[':
		return p.list()
	case '"':
		return &Node{text: p.string()}
	}
	start := p.at
	for p.at < len(p.data) && !strings.ContainsRune(" \t\r\n,]}", rune(p.data[p.at])) {
		p.at++
	}
	return &Node{text: bytes.Clone(p.data[start:p.at])}
}

func (p *parser) string() []byte {
	start := p.at
	for p.at++; p.data[p.at] != '"'; p.at++ {
		if p.data[p.at] == '\\' {
			p.at++
		}
	}
	p.at++
	return bytes.Clone(p.data[start:p.at])
}

func (p *parser) object() *Node {
	n := &Node{kind: object}
	var known map[string]int
	p.at++
	for p.space(); p.data[p.at] != '}'; p.space() {
		if p.data[p.at] == ',' {
			p.at++
			p.space()
		}
		spelt := p.string()
		p.space()
		p.at++ // the colon
		m := Member{Name: unquote(spelt), name: spelt, Value: p.value()}
		if i, twice := known[m.Name]; twice {
			n.members[i] = m
			continue
		}
		if known == nil {
			known = map[string]int{}
		}
		known[m.Name] = len(n.members)
		n.members = append(n.members, m)
	}
	p.at++
	return n
}

func (p *parser) list() *Node {
	n := &Node{kind: list}
	p.at++
	for p.space(); p.data[p.at] != ']'; p.space() {
		if p.data[p.at] == ',' {
			p.at++
		}
		n.items = append(n.items, p.value())
	}
	p.at++
	return n
}

func unquote(spelt []byte) string {
	var s string
	_ = json.Unmarshal(spelt, &s) // a string, since the parser found one
	return s
}

// Object makes an object of members.
func Object(members ...Member) *Node { return &Node{kind: object, members: members} }

// List makes a list of items.
func List(items ...*Node) *Node { return &Node{kind: list, items: items} }

// Text makes a string.
func Text(s string) *Node {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return &Node{text: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
}

// IsObject reports whether the node is an object.
func (n *Node) IsObject() bool { return n.kind == object }

// IsList reports whether the node is a list.
func (n *Node) IsList() bool { return n.kind == list }

// IsNull reports whether the node is null.
func (n *Node) IsNull() bool { return n.kind == scalar && string(n.text) == "null" }

// String returns the value of a string; ok is false for everything else.
func (n *Node) String() (s string, ok bool) {
	if n.kind != scalar || len(n.text) == 0 || n.text[0] != '"' {
		return "", false
	}
	return unquote(n.text), true
}

// Members returns the members of an object in their order.
func (n *Node) Members() []Member { return n.members }

// Items returns the items of a list.
func (n *Node) Items() []*Node { return n.items }

// Get returns a member of an object, nil if there is none.
func (n *Node) Get(name string) *Node {
	for i := range n.members {
		if n.members[i].Name == name {
			return n.members[i].Value
		}
	}
	return nil
}

// With returns a copy of an object with the member set: at its place, or at the end.
func (n *Node) With(name string, value *Node) *Node {
	c := &Node{kind: object, members: append([]Member(nil), n.members...)}
	for i := range c.members {
		if c.members[i].Name == name {
			c.members[i].Value = value
			return c
		}
	}
	c.members = append(c.members, Member{Name: name, Value: value})
	return c
}

// Without returns a copy of an object without the member.
func (n *Node) Without(name string) *Node {
	c := &Node{kind: object}
	for _, m := range n.members {
		if m.Name != name {
			c.members = append(c.members, m)
		}
	}
	return c
}

// Map returns the tree with every node replaced by what f makes of it, the deepest first.
func (n *Node) Map(f func(*Node) *Node) *Node {
	switch n.kind {
	case object:
		c := &Node{kind: object, members: append([]Member(nil), n.members...)}
		for i := range c.members {
			c.members[i].Value = c.members[i].Value.Map(f)
		}
		return f(c)
	case list:
		c := &Node{kind: list, items: make([]*Node, len(n.items))}
		for i := range n.items {
			c.items[i] = n.items[i].Map(f)
		}
		return f(c)
	}
	return f(n)
}

// Equal reports whether two values are the same. Members may differ in their order, and strings in their spelling.
func Equal(a, b *Node) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case object:
		if len(a.members) != len(b.members) {
			return false
		}
		for i, m := range a.members {
			other := b.members[i].Value
			if b.members[i].Name != m.Name {
				other = b.Get(m.Name)
			}
			if other == nil || !Equal(m.Value, other) {
				return false
			}
		}
		return true
	case list:
		if len(a.items) != len(b.items) {
			return false
		}
		for i := range a.items {
			if !Equal(a.items[i], b.items[i]) {
				return false
			}
		}
		return true
	}
	if bytes.Equal(a.text, b.text) {
		return true
	}
	s, ok := a.String()
	t, also := b.String()
	return ok && also && s == t
}

// Append writes the node to b, without blanks.
func (n *Node) Append(b []byte) []byte {
	switch n.kind {
	case object:
		b = append(b, '{')
		for i, m := range n.members {
			if i > 0 {
				b = append(b, ',')
			}
			if m.name == nil {
				b = Text(m.Name).Append(b)
			} else {
				b = append(b, m.name...)
			}
			b = append(b, ':')
			b = m.Value.Append(b)
		}
		return append(b, '}')
	case list:
		b = append(b, '[')
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.Append(b)
		}
		return append(b, ']')
	}
	return append(b, n.text...)
}

// Bytes returns the node as JSON, without blanks.
func (n *Node) Bytes() []byte { return n.Append(nil) }
