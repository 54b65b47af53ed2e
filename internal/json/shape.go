package json

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// weakNames are members that errors have, so that they do not make an object what was asked for.
var weakNames = []string{"message", "error", "errorMessage", "statusCode", "code"}

func isWeak(name string) bool { return isNamed(name, weakNames) }

func isNamed(name string, required []string) bool {
	return slices.ContainsFunc(required, func(one string) bool { return strings.EqualFold(one, name) })
}

// Names returns the names that a struct type has on the wire, sorted, other spellings and those of embedded structs
// among them. Pointers are followed; other types have none.
func Names(t reflect.Type) []string {
	t = indirect(t)
	if t == nil || infoOf(t).class != classStruct {
		return nil
	}
	o := objectOf(t)
	names := make([]string, 0, len(o.members)+len(o.alias))
	for name := range o.members {
		names = append(names, name)
	}
	for other := range o.alias {
		names = append(names, other)
	}
	slices.Sort(names)
	return names
}

// Shape says what a response has to look like beyond what its Go type says. The zero Shape is that of an operation that
// documents neither {} nor a list without an envelope.
type Shape struct {
	EmptyObject bool     // {} is documented
	BareArray   bool     // a list at the top is documented; null is an empty one
	AnyItems    bool     // items of lists may have no known name
	Required    []string // of message, error, errorMessage, statusCode and code: those that the contract requires
	Unread      []string // pointers of members that were left zero: at the top they do not count
}

// Check reports whether data, which was read into v, a pointer, is what was asked for: an object with at least one name
// that its struct knows, at the top and as an item of a list that does not stand in another list's item, and no null.
// The names message, error, errorMessage, statusCode and code do not count, unless required. Maps may be empty, types
// that read themselves know what they take, and raw and empty interface values are anything.
//
// It costs little where values were read: items are looked up in the data only when they came out empty.
func (s Shape) Check(data []byte, v any, options ...Option) error {
	set := join(options)
	data = bytes.TrimPrefix(data, byteOrderMark)
	t := indirect(reflect.TypeOf(v))
	if t == nil {
		return nil
	}
	kind := KindOf(data)
	switch c := infoOf(t).class; {
	case c == classDefault || c == classGuarded:
		return nil
	case kind == 'n' && c == classSlice && s.BareArray:
		return nil
	case kind == 'n':
		return &Error{Kind: ErrNull}
	case c == classStruct && kind != '{', c == classMap && kind != '{', c == classSlice && (kind != '[' || !s.BareArray):
		return kindError(kind, t)
	case c == classStruct:
		if err := s.object(data, objectOf(t), set); err != nil {
			return err
		}
	case c != classSlice:
		return nil
	}
	if s.AnyItems || !infoOf(t).lists || !suspicious(reflect.ValueOf(v), s.Required) {
		return nil
	}
	walk := newScan(data, Limits{MaxItems: -1, MaxDepth: -1}, set)
	walk.names, walk.required = outerLists, s.Required
	return walk.run(t)
}

// object looks for one known name at the top.
func (s Shape) object(data []byte, o *object, set Option) error {
	if len(o.fields) == 0 {
		return nil
	}
	counts := func(name []byte) bool {
		m := o.find(name, set)
		return m != nil && (!m.weak || isNamed(m.name, s.Required)) && !s.unread(name)
	}
	if counts(firstName(data)) {
		return nil
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(data[:len(data):len(data)]), readOptions)
	if _, err := dec.ReadToken(); err != nil {
		return readError(err, nil)
	}
	if s.EmptyObject && dec.PeekKind() == '}' {
		return nil
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadValue()
		if err != nil {
			return readError(err, nil)
		}
		if counts(unquoted(name)) {
			return nil
		}
		if err := dec.SkipValue(); err != nil {
			return readError(err, nil)
		}
	}
	return &Error{Kind: ErrNoKnownMember}
}

// unread reports whether a member at the top was left zero.
func (s Shape) unread(name []byte) bool {
	return len(s.Unread) > 0 && slices.Contains(s.Unread, string(jsontext.Pointer("").AppendToken(string(name))))
}

// firstName returns the name of the first member of an object, nil if it takes more than a look: nearly always it is
// a known one, and nothing else has to be read.
func firstName(data []byte) []byte {
	_, data, _ = bytes.Cut(data, brace)
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 || data[0] != '"' {
		return nil
	}
	end := bytes.IndexByte(data[1:], '"')
	if end < 0 || bytes.IndexByte(data[1:end+1], '\\') >= 0 {
		return nil
	}
	return data[1 : end+1]
}

// suspicious reports whether an item of a list came out so empty that the data may not have had a known name for it.
func suspicious(v reflect.Value, required []string) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	switch i := infoOf(v.Type()); {
	case !i.lists:
	case i.class == classSlice:
		o := objectOf(indirect(v.Type().Elem()))
		for n := range v.Len() {
			if !hasValue(v.Index(n), o, required) {
				return true
			}
		}
	case i.class == classStruct:
		for _, m := range i.object.fields {
			if field, err := v.FieldByIndexErr(m.index); err == nil && suspicious(field, required) {
				return true
			}
		}
	}
	return false
}

// hasValue reports whether a struct has a field with a value whose name counts.
func hasValue(v reflect.Value, o *object, required []string) bool {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	for _, m := range o.fields {
		if m.weak && !isNamed(m.name, required) {
			continue
		}
		if len(m.index) == 1 {
			if !v.Field(m.index[0]).IsZero() {
				return true
			}
		} else if field, err := v.FieldByIndexErr(m.index); err == nil && !field.IsZero() {
			return true
		}
	}
	return len(o.fields) == 0
}

// KindOf returns the kind of a JSON value by its first byte: 'n', 't', 'f', '"', '0', '{', '[', or 0 where none begins.
func KindOf(data []byte) jsontext.Kind {
	return jsontext.Value(bytes.TrimPrefix(data, byteOrderMark)).Kind()
}

// IsHTML reports whether data is a page, or begins like one, in place of what was asked for.
func IsHTML(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, byteOrderMark), " \t\r\n\f")
	for bytes.HasPrefix(data, []byte("<?")) || bytes.HasPrefix(data, []byte("<!--")) {
		end := []byte("?>")
		if data[1] == '!' {
			end = []byte("-->")
		}
		_, rest, found := bytes.Cut(data, end)
		if !found {
			return data[1] == '!' // a comment of a page, where XML would have its declaration first
		}
		data = bytes.TrimLeft(rest, " \t\r\n\f")
	}
	head := bytes.ToLower(data[:min(len(data), 16)])
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<style", "<form", "<center", "<h1"} {
		if after, ok := bytes.CutPrefix(head, []byte(tag)); ok && (len(after) == 0 || bytes.IndexByte([]byte(" \t\r\n\f/>"), after[0]) >= 0) {
			return true
		}
	}
	return false
}
