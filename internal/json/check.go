package json

import (
	"bytes"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

// Check reports whether data keeps within limits, without reading it further than that takes: data with fewer commas
// than a list may have items, and fewer brackets than may be open, passes at once. What passes need not be valid.
func Check(data []byte, limits Limits) error {
	if bytes.Count(data, comma) < limits.items() && opened(data) <= limits.depth() {
		return nil
	}
	return newScan(data, limits, 0).run(nil)
}

var comma, brace, bracket = []byte{','}, []byte{'{'}, []byte{'['}

func opened(data []byte) int { return bytes.Count(data, brace) + bytes.Count(data, bracket) }

// Memory of a value is taken to be honest up to 64 times its data and 4 MiB, where every comma could stand between two
// elements, and up to 8 times its data where every brace could begin one: elements have several members as a rule.
// [{},{}] would become hundreds of times as large.
const (
	honestFactor  = 64
	honestObjects = 8
	honestRoom    = 4 << 20
)

// check is Check for data that is read into t, where it also keeps memory a small multiple of the data: where the data
// could become much larger than itself, an element without a known name ends the reading before it begins, and elements
// of elements do when there are very many without one.
//
// Depth counts only for types that nest as deep as the data does: what other types do not know is skipped, or kept as it
// is, and the library ends both at 10,000.
func check(data []byte, i *info, t reflect.Type, limits Limits, set Option) error {
	commas := bytes.Count(data, comma)
	elements := commas
	deep := false
	if i.unbounded {
		n := opened(data)
		elements += n
		deep = n > limits.depth()
	}
	size, largest := uint64(len(data)), uint64(i.largest)
	large := uint64(elements)*largest > honestFactor*size+honestRoom ||
		uint64(elements)*largest > honestObjects*size+honestRoom && uint64(bytes.Count(data, brace))*largest > honestObjects*size+honestRoom
	if commas < limits.items() && !deep && !large {
		return nil
	}
	s := newScan(data, limits, set)
	if large {
		s.names, s.room = outerLists, honestFactor*size+honestRoom
	}
	return s.run(t)
}

// Where a scan asks for a known name in each element.
type where uint8

const (
	nowhere    where = iota
	outerLists       // in lists that do not stand in elements of other lists
)

// scan goes through data token by token along a type.
type scan struct {
	dec      *jsontext.Decoder
	items    int
	depth    int
	names    where
	required []string
	room     uint64 // for elements of elements and of maps that have no known name; 0 is without limit
	taken    uint64
	set      Option
}

func newScan(data []byte, limits Limits, set Option) *scan {
	return &scan{
		dec:   jsontext.NewDecoder(bytes.NewBuffer(data[:len(data):len(data)]), readOptions),
		items: limits.items(), depth: limits.depth(), set: set,
	}
}

// run scans the data as a value of type t; nil stands for what no type knows.
func (s *scan) run(t reflect.Type) error { return s.value(t, 0, false, false) }

// fail is an error about the value that was read last, or stands next.
func (s *scan) fail(kind error, detail string) error {
	return &Error{Kind: kind, Detail: detail, Offset: s.dec.InputOffset()}
}

func (s *scan) syntax(err error) error { return readError(err, nil) }

// need says what becomes of an element without a known name.
type need uint8

const (
	optional need = iota
	counted       // there must not be too many
	required
)

// needOf returns what an element of type t needs.
func (s *scan) needOf(t reflect.Type, inner bool) need {
	switch {
	case t == nil || infoOf(t).class != classStruct:
		return optional
	case s.names == outerLists && !inner:
		return required
	case s.room > 0:
		return counted
	}
	return optional
}

// nameless deals with an element that has no known name.
func (s *scan) nameless(n need, t reflect.Type, kind jsontext.Kind) error {
	if n == counted {
		s.taken += uint64(infoOf(t).size)
	}
	switch {
	case n == optional || n == counted && s.taken <= s.room:
		return nil
	case kind == 'n':
		return s.fail(ErrNull, "")
	case kind == '{':
		return s.fail(ErrNoKnownMember, "")
	}
	return s.fail(ErrNoKnownMember, kindName(kind))
}

// value scans the next value. An element is one of a list or a map; inner says that it stands in another one.
func (s *scan) value(t reflect.Type, depth int, element, inner bool) error {
	t = indirect(t)
	c, needs := classDefault, optional
	if t != nil {
		c = infoOf(t).class
	}
	if element {
		needs = s.needOf(t, inner)
	}
	token, err := s.dec.ReadToken()
	if err != nil {
		return s.syntax(err)
	}
	kind := token.Kind()
	if depth++; (kind == '{' || kind == '[') && depth > s.depth {
		return s.fail(ErrTooDeep, "")
	}
	switch {
	case kind == '{' && c == classSlice && s.set&OneAsList != 0:
		of := indirect(t.Elem())
		return s.members(of, depth, s.needOf(of, inner), inner)
	case kind == '{':
		return s.members(t, depth, needs, inner)
	case kind == '[' && c == classStruct && s.set&OneAsList != 0:
		return s.elements(t, depth, element, inner)
	case kind == '[':
		if err := s.nameless(needs, t, kind); err != nil {
			return err
		}
		if c != classSlice && (t == nil || t.Kind() != reflect.Array) {
			return s.elements(nil, depth, false, inner)
		}
		return s.elements(t.Elem(), depth, true, inner)
	}
	return s.nameless(needs, t, kind)
}

// elements scans the rest of a list.
func (s *scan) elements(t reflect.Type, depth int, elements, inner bool) error {
	for n := 1; ; n++ {
		switch s.dec.PeekKind() {
		case ']':
			_, err := s.dec.ReadToken()
			return err
		case 0:
			_, err := s.dec.ReadToken()
			return s.syntax(err)
		}
		if n > s.items {
			return s.fail(ErrTooManyItems, "")
		}
		if err := s.value(t, depth, elements, inner); err != nil {
			return err
		}
	}
}

// members scans the rest of an object.
func (s *scan) members(t reflect.Type, depth int, needs need, inner bool) error {
	var o *object
	var values reflect.Type
	if t != nil {
		switch infoOf(t).class {
		case classStruct:
			o = objectOf(t)
		case classMap:
			values = t.Elem()
		}
	}
	if o == nil || len(o.fields) == 0 {
		needs = optional
	}
	inner = inner || needs == required
	for n := 1; ; n++ {
		switch s.dec.PeekKind() {
		case '}':
			_, err := s.dec.ReadToken()
			if err == nil {
				err = s.nameless(needs, t, '{')
			}
			return err
		case 0:
			_, err := s.dec.ReadToken()
			return s.syntax(err)
		}
		if n > s.items {
			return s.fail(ErrTooManyItems, "")
		}
		name, err := s.dec.ReadValue()
		if err != nil {
			return s.syntax(err)
		}
		if o == nil {
			err = s.value(values, depth, values != nil, true)
		} else if m := o.find(unquoted(name), s.set); m == nil {
			err = s.value(nil, depth, false, inner)
		} else {
			if !m.weak || isNamed(m.name, s.required) {
				needs = optional
			}
			err = s.value(m.typ, depth, false, inner)
		}
		if err != nil {
			return err
		}
	}
}
