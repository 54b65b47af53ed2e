package json

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	mostOdd     = 100 // members that are reported
	mostPointer = 200 // bytes of each

	// Names can be as long as the data, and each unreadable member asks for those that enclose it.
	mostSpent = 64 << 20
)

// lenient is the state of one lenient pass. Its hook and options are built once and serve one pass after the other:
// the library keeps what it finds out about types with the hook.
type lenient struct {
	hook    jsonv2.Options
	options jsonv2.Options
	set     Option

	odd     []string
	lastOdd int // how many lists and objects enclose the last value that could not be read
	spent   int // bytes of pointers

	// A value that a decoder of its own reads stands where the outer ones stand, inside of base lists and objects.
	outer []*jsontext.Decoder
	inner []*inner // one for each of outer
	base  int
	// What encloses the value that is read, from the top down: structs only, others are invalid.
	parents []reflect.Value
	// The value that the hook leaves to the library, because it has seen it already.
	pass any
}

var lenients = sync.Pool{New: func() any {
	l := new(lenient)
	l.hook = jsonv2.WithUnmarshalers(jsonv2.UnmarshalFromFunc(l.read))
	return l
}}

func readLeniently(data []byte, v any, set Option) ([]string, error) {
	l := lenients.Get().(*lenient)
	base := readOptions
	if set&Foreign != 0 {
		base = foreignOptions
	}
	l.set, l.options = set, jsonv2.JoinOptions(base, l.hook)
	err := jsonv2.Unmarshal(data, v, l.options)
	odd := l.odd
	if err != nil {
		return odd, readError(err, reflect.TypeOf(v).Elem()) // with decoders that stopped in the middle
	}
	clear(l.parents[:cap(l.parents)])
	clear(l.outer[:cap(l.outer)])
	for _, own := range l.inner {
		own.data = bytes.Buffer{}
		own.dec.Reset(&own.data)
	}
	*l = lenient{hook: l.hook, parents: l.parents[:0], outer: l.outer[:0], inner: l.inner}
	lenients.Put(l)
	return odd, nil
}

// read is the hook: it is called for every value before the library reads it, and reads what the library would refuse.
// errors.ErrUnsupported leaves a value to the library.
func (l *lenient) read(dec *jsontext.Decoder, v any) error {
	depth := dec.StackDepth()
	if kind, n := dec.StackIndex(depth); kind == '{' && n%2 == 0 {
		return errors.ErrUnsupported // a name
	}
	rv := reflect.ValueOf(v).Elem()
	i := infoOf(rv.Type())
	l.enter(l.base+depth, rv, i)
	if l.pass == v {
		l.pass = nil
		return errors.ErrUnsupported
	}
	kind := dec.PeekKind()
	if kind == 0 {
		return errors.ErrUnsupported // it is no JSON, as the library will say
	}
	if i.class == classGuarded {
		return l.guarded(dec, v, rv)
	}
	if kind == 'n' {
		return errors.ErrUnsupported
	}
	switch i.class {
	case classPointer:
		return l.pointer(dec, rv)
	case classBool, classInt, classUint, classFloat:
		return l.scalar(dec, rv, i.class)
	case classString:
		if kind == '"' {
			return errors.ErrUnsupported
		}
		return l.scalar(dec, rv, i.class)
	case classStruct:
		if kind != '{' {
			return l.unwrapped(dec, rv)
		}
		if len(i.object.alias) > 0 {
			return l.aliased(dec, v, i.object)
		}
	case classMap:
		if kind != '{' {
			return l.unwrapped(dec, rv)
		}
	case classSlice:
		if kind != '[' {
			return l.listOfOne(dec, rv)
		}
	}
	return errors.ErrUnsupported
}

// enter notes what encloses the values to come.
func (l *lenient) enter(depth int, rv reflect.Value, i *info) {
	for len(l.parents) <= depth {
		l.parents = append(l.parents, reflect.Value{})
	}
	l.parents[depth] = reflect.Value{}
	if i.object != nil && i.object.extra != nil {
		l.parents[depth] = rv
	}
}

// at returns the JSON pointer of the value that dec read last.
func (l *lenient) at(dec *jsontext.Decoder) jsontext.Pointer {
	var pointer jsontext.Pointer
	for _, outer := range l.outer {
		pointer += outer.StackPointer()
	}
	pointer += dec.StackPointer()
	l.spent += len(pointer)
	return pointer
}

// failed reports whether the value that was read since lastOdd was set to none is itself one that cannot be read: what
// stands in it is deeper.
func (l *lenient) failed(dec *jsontext.Decoder) bool { return l.lastOdd == l.base+dec.StackDepth() }

const none = -1 // for lastOdd

// unreadable leaves a member zero, reports it and keeps it for who writes the object back. At the top it is an error.
func (l *lenient) unreadable(dec *jsontext.Decoder, rv reflect.Value, value jsontext.Value) error {
	depth := l.base + dec.StackDepth()
	if depth == 0 {
		return kindError(value.Kind(), rv.Type())
	}
	rv.SetZero()
	l.lastOdd = depth
	parent := l.parents[depth-1]
	if len(l.odd) == mostOdd && !parent.IsValid() {
		return nil
	}
	pointer := l.at(dec)
	if l.spent > mostSpent {
		return &Error{Kind: ErrTooLarge, Detail: "too many members of another kind than expected"}
	}
	if parent.IsValid() {
		keep(parent, infoOf(parent.Type()).object.extra, pointer.LastToken(), value)
	}
	if len(l.odd) < mostOdd {
		text := string(pointer)
		if len(text) > mostPointer {
			text = strings.ToValidUTF8(text[:mostPointer], "") + "..."
		}
		l.odd = append(l.odd, text)
	}
	return nil
}

// keep puts an unreadable member beside the unknown ones.
func keep(parent reflect.Value, extra []int, name string, value jsontext.Value) {
	field, err := parent.FieldByIndexErr(extra)
	if err != nil || field.Kind() != reflect.Map || !field.CanSet() {
		return // behind a nil pointer, or a pointer itself: there is no model like that
	}
	item := reflect.New(field.Type().Elem()).Elem()
	if item.Kind() != reflect.Slice || item.Type().Elem().Kind() != reflect.Uint8 {
		return
	}
	item.SetBytes(bytes.Clone(value))
	if field.IsNil() {
		field.Set(reflect.MakeMap(field.Type()))
	}
	field.SetMapIndex(reflect.ValueOf(name).Convert(field.Type().Key()), item)
}

// nested reads a value that dec has read already, with a decoder of its own. With pass the hook leaves v to the library.
func (l *lenient) nested(dec *jsontext.Decoder, value jsontext.Value, v any, pass bool) error {
	base := l.base
	l.outer, l.base = append(l.outer, dec), base+dec.StackDepth()
	if len(l.inner) < len(l.outer) {
		l.inner = append(l.inner, new(inner))
	}
	own := l.inner[len(l.outer)-1]
	own.data = *bytes.NewBuffer(value[:len(value):len(value)])
	own.dec.Reset(&own.data, l.options)
	if pass {
		l.pass = v
	}
	err := jsonv2.UnmarshalDecode(&own.dec, v)
	l.outer, l.base, l.pass = l.outer[:len(l.outer)-1], base, nil
	return err
}

// inner is a decoder for a value that another one has read, used again and again.
type inner struct {
	dec  jsontext.Decoder
	data bytes.Buffer
}

// guarded reads a value of a type that can refuse it for reasons of its own.
func (l *lenient) guarded(dec *jsontext.Decoder, v any, rv reflect.Value) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	l.lastOdd = none
	err = l.nested(dec, value, v, true)
	switch {
	case err == nil:
		if l.failed(dec) {
			rv.SetZero() // it is made of nothing but the value that could not be read
		}
		return nil
	case l.set&Foreign != 0 || l.base+dec.StackDepth() == 0:
		return err
	}
	return l.unreadable(dec, rv, value)
}

// pointer reads what a pointer points to, and leaves it nil when that cannot be read.
func (l *lenient) pointer(dec *jsontext.Decoder, rv reflect.Value) error {
	if rv.IsNil() {
		rv.Set(reflect.New(rv.Type().Elem()))
	}
	l.lastOdd = none
	if err := jsonv2.UnmarshalDecode(dec, rv.Interface()); err != nil {
		return err
	}
	if l.failed(dec) {
		rv.SetZero()
	}
	return nil
}

// scalar reads a truth value, number or text in another form than its own.
func (l *lenient) scalar(dec *jsontext.Decoder, rv reflect.Value, c class) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if text, ok := scalarText(value); ok && setScalar(rv, c, text, value.Kind()) {
		return nil
	}
	return l.unreadable(dec, rv, value)
}

// unwrapped reads an object that is none: "" and [] as an empty one, a list of one as that one, where lists are unknown.
func (l *lenient) unwrapped(dec *jsontext.Decoder, rv reflect.Value) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if l.set&OneAsList == 0 || l.base+dec.StackDepth() == 0 {
		return l.unreadable(dec, rv, value)
	}
	if isEmpty(value) {
		rv.SetZero()
		return nil
	}
	if one, ok := onlyItem(value); ok && one.Kind() == '{' {
		return l.nested(dec, one, rv.Addr().Interface(), false)
	}
	return l.unreadable(dec, rv, value)
}

// listOfOne reads a list that is none, where lists are unknown.
func (l *lenient) listOfOne(dec *jsontext.Decoder, rv reflect.Value) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if l.set&OneAsList == 0 || l.base+dec.StackDepth() == 0 {
		return l.unreadable(dec, rv, value)
	}
	list := reflect.MakeSlice(rv.Type(), 0, 0)
	if !isEmpty(value) {
		list = reflect.MakeSlice(rv.Type(), 1, 1)
		l.lastOdd = none
		if err := l.nested(dec, value, list.Index(0).Addr().Interface(), false); err != nil {
			return err
		}
		if l.failed(dec) {
			rv.SetZero()
			return nil
		}
	}
	rv.Set(list)
	return nil
}

// isEmpty reports whether a value is "" or [], as software without types writes nothing.
func isEmpty(value jsontext.Value) bool {
	return string(value) == `""` || value.Kind() == '[' && len(bytes.TrimSpace(value[1:len(value)-1])) == 0
}

// onlyItem returns the item of a list of one.
func onlyItem(value jsontext.Value) (jsontext.Value, bool) {
	if value.Kind() != '[' {
		return nil, false
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(value[:len(value):len(value)]), readOptions)
	if _, err := dec.ReadToken(); err != nil || dec.PeekKind() == ']' {
		return nil, false
	}
	item, err := dec.ReadValue()
	if err != nil || dec.PeekKind() != ']' {
		return nil, false
	}
	return item, true
}
