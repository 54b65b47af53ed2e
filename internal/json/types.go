package json

import (
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"strings"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// class says how the lenient pass has to treat a type.
type class uint8

const (
	classDefault class = iota // what the library does is right: interfaces, raw values
	classPointer
	classBool
	classInt
	classUint
	classFloat
	classString
	classSlice
	classMap
	classStruct
	classGuarded // reads itself, or can fail in ways that its kind does not tell
)

// info is what is known about a type, computed once.
type info struct {
	class  class
	object *object // of a struct that does not read itself

	size uintptr // bytes that an empty object of the type takes

	// Of the type and all it leads to:
	largest   uintptr  // bytes of the largest element
	unbounded bool     // nests as deep as the data does
	aliases   []string // spellings in quotes, as they stand in data
	lists     bool     // has lists of structs that are reached without going through another list
}

// object holds the names of a struct on the wire.
type object struct {
	members map[string]*member
	folded  map[string]*member // by lower case: those that the type reads in any case
	all     map[string]*member // by lower case: for Foreign
	fields  []*member          // each once, in the order of the struct
	alias   map[string]string  // other spelling -> name
	extra   []int              // index of the field for unknown members, nil if there is none
}

type member struct {
	name  string
	index []int
	typ   reflect.Type
	weak  bool // one of the names that errors have too
}

var (
	infos   sync.Map // reflect.Type -> *info
	objects sync.Map // reflect.Type -> *object

	rawTypes = map[reflect.Type]bool{reflect.TypeFor[stdjson.RawMessage](): true, reflect.TypeFor[jsontext.Value](): true}
	readers  = []reflect.Type{
		reflect.TypeFor[jsonv2.UnmarshalerFrom](), reflect.TypeFor[jsonv2.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	}
)

// infoOf returns what is known about t.
func infoOf(t reflect.Type) *info {
	if known, ok := infos.Load(t); ok {
		return known.(*info)
	}
	i := &info{class: classOf(t), size: sizeOf(t)}
	if i.class == classStruct {
		i.object = objectOf(t)
	}
	s := survey{info: i, seen: map[reflect.Type]bool{}, open: map[reflect.Type]bool{}, aliases: map[string]bool{}}
	s.visit(t)
	i.lists = leadsToList(t, map[reflect.Type]bool{})
	known, _ := infos.LoadOrStore(t, i)
	return known.(*info)
}

// extraSize is what the first unknown members of an object take beside it: a map and its values.
const extraSize = 512

func sizeOf(t reflect.Type) uintptr {
	size := t.Size()
	if t.Kind() == reflect.Struct && !readsItself(t) && objectOf(t).extra != nil {
		size += extraSize
	}
	return size
}

func classOf(t reflect.Type) class {
	if rawTypes[t] {
		return classDefault
	}
	switch t.Kind() {
	case reflect.Pointer:
		return classPointer
	case reflect.Interface:
		return classDefault
	}
	if readsItself(t) {
		return classGuarded
	}
	switch t.Kind() {
	case reflect.Bool:
		return classBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return classInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return classUint
	case reflect.Float32, reflect.Float64:
		return classFloat
	case reflect.String:
		return classString
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return classGuarded // base64
		}
		return classSlice
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return classGuarded // a key can be no number
		}
		return classMap
	case reflect.Struct:
		return classStruct
	}
	return classGuarded
}

func readsItself(t reflect.Type) bool {
	for _, reader := range readers {
		if t.Implements(reader) || reflect.PointerTo(t).Implements(reader) {
			return true
		}
	}
	return false
}

// indirect returns what a pointer type points to.
func indirect(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return t
}

// survey walks everything that a type leads to.
type survey struct {
	*info
	seen, open map[reflect.Type]bool
	aliases    map[string]bool
}

func (s *survey) visit(t reflect.Type) {
	s.largest = max(s.largest, sizeOf(t))
	if s.open[t] || t.Kind() == reflect.Interface {
		s.unbounded = true
	}
	if s.seen[t] || rawTypes[t] {
		return
	}
	s.seen[t], s.open[t] = true, true
	defer delete(s.open, t)
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		s.visit(t.Elem())
	case reflect.Struct:
		if readsItself(t) {
			return
		}
		o := objectOf(t)
		for other := range o.alias {
			if !s.aliases[other] {
				s.aliases[other] = true
				s.info.aliases = append(s.info.aliases, `"`+other+`"`)
			}
		}
		for _, m := range o.fields {
			s.visit(m.typ)
		}
	}
}

// leadsToList reports whether t has lists of structs that are reached without going through another list.
func leadsToList(t reflect.Type, seen map[reflect.Type]bool) bool {
	t = indirect(t)
	if seen[t] {
		return false
	}
	seen[t] = true
	switch classOf(t) {
	case classSlice:
		return classOf(indirect(t.Elem())) == classStruct
	case classStruct:
		for _, m := range objectOf(t).fields {
			if leadsToList(m.typ, seen) {
				return true
			}
		}
	}
	return false
}

// objectOf returns the names of a struct type on the wire, those of embedded structs among them.
func objectOf(t reflect.Type) *object {
	if known, ok := objects.Load(t); ok {
		return known.(*object)
	}
	o := &object{members: map[string]*member{}, folded: map[string]*member{}, all: map[string]*member{}, alias: map[string]string{}}
	o.add(t, nil, map[reflect.Type]bool{t: true})
	for _, m := range o.fields {
		// The outermost field of a name comes first in fields only by accident, so the map decides.
		if lower := strings.ToLower(m.name); o.members[m.name] == m && o.all[lower] == nil {
			o.all[lower] = m
		}
	}
	for other := range o.alias {
		if _, taken := o.members[other]; taken {
			delete(o.alias, other) // a name is what it says
		}
	}
	known, _ := objects.LoadOrStore(t, o)
	return known.(*object)
}

func (o *object) add(t reflect.Type, parent []int, seen map[reflect.Type]bool) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := field.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if tag == "-" || !field.IsExported() && !field.Anonymous {
			continue
		}
		index := append(append([]int(nil), parent...), i)
		embedded := hasOption(options, "embed") || field.Anonymous && name == ""
		if inner := indirect(field.Type); embedded && inner.Kind() == reflect.Struct {
			if !seen[inner] {
				seen[inner] = true
				o.add(inner, index, seen)
			}
			continue
		} else if embedded {
			if o.extra == nil && inner.Kind() == reflect.Map {
				o.extra = index
			}
			continue
		}
		if name == "" {
			name = field.Name
		}
		m := &member{name: name, index: index, typ: field.Type, weak: isWeak(name)}
		if known := o.members[name]; known != nil && len(known.index) <= len(index) {
			continue
		}
		o.members[name] = m
		o.fields = append(o.fields, m)
		if strings.Contains(options, "case:ignore") {
			o.folded[strings.ToLower(name)] = m
		}
		for other := range strings.SplitSeq(field.Tag.Get("alias"), ",") {
			if other != "" {
				o.alias[other] = name
			}
		}
	}
}

func hasOption(options, want string) bool {
	for option := range strings.SplitSeq(options, ",") {
		if option == want {
			return true
		}
	}
	return false
}

// find returns the member of a name on the wire, nil if there is none.
func (o *object) find(name []byte, set Option) *member {
	if m := o.members[string(name)]; m != nil {
		return m
	}
	if other, ok := o.alias[string(name)]; ok {
		return o.members[other]
	}
	if set&Foreign != 0 {
		return o.all[strings.ToLower(string(name))]
	}
	if len(o.folded) > 0 {
		return o.folded[strings.ToLower(string(name))]
	}
	return nil
}
