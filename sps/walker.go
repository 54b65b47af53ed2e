package sps

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// encodeBody returns what is sent for a body, and the secrets in it: references are keys, nil slices are empty lists.
// body is a pointer.
func encodeBody(body any) (*jsontree.Node, []secureaccess.Secret, error) {
	data, err := rest.Encode(body)
	if err != nil {
		return nil, nil, &secureaccess.ArgumentError{Argument: "body", Reason: "cannot be encoded", Err: err}
	}
	node, err := jsontree.Parse(data)
	if err != nil {
		return nil, nil, &secureaccess.ArgumentError{Argument: "body", Reason: "cannot be encoded", Err: err}
	}
	w := walker{fill: true}
	node = w.walk(reflect.ValueOf(body), flatten(node))
	return node, w.secrets, nil
}

// walkPointers calls visit for every element of a list that is a pointer to a struct, with the node that it became.
// With fold the names of members are matched without regard to case.
func walkPointers(body any, node *jsontree.Node, fold bool, visit func(element any, node *jsontree.Node)) {
	w := walker{visit: visit, fold: fold}
	w.walk(reflect.ValueOf(body), node)
}

// plainReferences replaces references by their keys where the Go type says that there is one, in whatever form it came.
func plainReferences(body any, node *jsontree.Node, fold bool) *jsontree.Node {
	w := walker{references: true, fold: fold}
	return w.walk(reflect.ValueOf(body), node)
}

// leftOut returns the members that the encoding of a body left out because they are zero, by the object they belong to:
// truth values, numbers, texts and references, which have a zero to send. structs gets the objects that are structs.
func leftOut(body any, node *jsontree.Node, structs map[*jsontree.Node]bool) map[*jsontree.Node]map[string]*jsontree.Node {
	w := walker{zeros: map[*jsontree.Node]map[string]*jsontree.Node{}, structs: structs}
	w.walk(reflect.ValueOf(body), node)
	return w.zeros
}

// zeroOf returns the zero of a type as it is sent, nil for types that have none.
func zeroOf(t reflect.Type) *jsontree.Node {
	text := ""
	switch t.Kind() {
	case reflect.Bool:
		text = "false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		text = "0"
	case reflect.String:
		text = `""`
	}
	switch {
	case t == refType:
		text = "null"
	case encodesItself(t):
		return nil
	}
	node, err := jsontree.Parse([]byte(text))
	if err != nil {
		return nil
	}
	return node
}

// walker goes through a Go value and the tree that it was encoded to side by side, as far as both have the same shape.
type walker struct {
	fill       bool // nil slices become empty lists
	references bool // references become keys
	fold       bool // the tree may spell the fields of a struct in another case
	visit      func(element any, node *jsontree.Node)
	structs    map[*jsontree.Node]bool                      // nil, or what gets the objects that are structs
	zeros      map[*jsontree.Node]map[string]*jsontree.Node // what was left out, nil to ignore that
	secrets    []secureaccess.Secret
}

var (
	secretType        = reflect.TypeFor[secureaccess.Secret]()
	refType           = reflect.TypeFor[Ref]()
	jsonMarshalerType = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

// encodesItself reports whether the shape of the JSON is the type's own business.
func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(jsonMarshalerType) || p.Implements(textMarshalerType)
}

// walk returns the tree with nil slices filled.
func (w *walker) walk(v reflect.Value, n *jsontree.Node) *jsontree.Node {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return n
		}
		v = v.Elem()
	}
	if v.Type() == secretType {
		w.secrets = append(w.secrets, v.Interface().(secureaccess.Secret))
		return n
	}
	if v.Type() == refType {
		if ref := v.Interface().(Ref); w.references && n.IsObject() && !ref.IsZero() {
			return jsontree.Text(ref.Key)
		}
		return n
	}
	if encodesItself(v.Type()) {
		return n
	}
	switch v.Kind() {
	case reflect.Struct:
		return w.fields(v, n)
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || !n.IsObject() {
			return n
		}
		for entries := v.MapRange(); entries.Next(); {
			n = w.member(entries.Key().String(), entries.Value(), n)
		}
	case reflect.Slice, reflect.Array:
		return w.items(v, n)
	}
	return n
}

func (w *walker) fields(v reflect.Value, n *jsontree.Node) *jsontree.Node {
	if !n.IsObject() {
		return n
	}
	if w.structs != nil {
		w.structs[n] = true
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-", strings.Contains(options, "embed"):
		case field.Anonymous && name == "":
			embedded := v.Field(i)
			if embedded.Kind() == reflect.Pointer {
				if embedded.IsNil() {
					continue
				}
				embedded = embedded.Elem()
			}
			if embedded.Kind() == reflect.Struct && !encodesItself(embedded.Type()) {
				n = w.fields(embedded, n)
			}
		case !field.IsExported():
		case name == "":
			n = w.member(w.spelt(field.Name, n), v.Field(i), n)
		default:
			n = w.member(w.spelt(name, n), v.Field(i), n)
		}
	}
	return n
}

// spelt returns the name of a field as the tree has it.
func (w *walker) spelt(name string, n *jsontree.Node) string {
	if w.fold && n.Get(name) == nil {
		for _, member := range n.Members() {
			if strings.EqualFold(member.Name, name) {
				return member.Name
			}
		}
	}
	return name
}

func (w *walker) member(name string, v reflect.Value, n *jsontree.Node) *jsontree.Node {
	child := n.Get(name)
	if child == nil {
		if zero := w.zeroOf(v); zero != nil {
			if w.zeros[n] == nil {
				w.zeros[n] = map[string]*jsontree.Node{}
			}
			w.zeros[n][name] = zero
		}
		return n
	}
	if walked := w.walk(v, child); walked != child {
		return n.With(name, walked)
	}
	return n
}

func (w *walker) zeroOf(v reflect.Value) *jsontree.Node {
	if w.zeros == nil || !v.IsZero() {
		return nil
	}
	return zeroOf(v.Type())
}

func (w *walker) items(v reflect.Value, n *jsontree.Node) *jsontree.Node {
	if w.fill && v.Kind() == reflect.Slice && v.IsNil() && n.IsNull() && v.Type().Elem().Kind() != reflect.Uint8 {
		return jsontree.List()
	}
	if !n.IsList() || len(n.Items()) != v.Len() {
		return n
	}
	element := v.Type().Elem()
	identity := w.visit != nil && element.Kind() == reflect.Pointer && element.Elem().Kind() == reflect.Struct
	items := make([]*jsontree.Node, v.Len())
	changed := false
	for i, item := range n.Items() {
		items[i] = w.walk(v.Index(i), item)
		changed = changed || items[i] != item
		if identity && !v.Index(i).IsNil() {
			w.visit(v.Index(i).Interface(), items[i])
		}
	}
	if !changed {
		return n
	}
	return jsontree.List(items...)
}
