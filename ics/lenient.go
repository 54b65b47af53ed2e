package ics

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// The documents print one form of every answer. Appliances of this kind are written by way of XML in places, which
// knows no lists and no types: a list of one entry then comes as the entry, an empty one as "", a number where a
// text stands elsewhere. What has the documented form is decoded as it is; the rest is brought into that form first.

// lenient decodes a T in any of these forms.
type lenient[T any] struct{ value T }

// UnmarshalJSON decodes into the value.
func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	if reflect.TypeFor[T]().Kind() != reflect.Struct {
		return json.Unmarshal(data, &l.value) // whoever asks for a list at the top knows what comes
	}
	return decode(data, &l.value)
}

// decode is json.Unmarshal for any of these forms. An object at the top has to be one.
func decode(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	if err == nil {
		return nil
	}
	target := reflect.TypeOf(into).Elem()
	if data = bytes.TrimSpace(data); target.Kind() == reflect.Struct && !bytes.HasPrefix(data, []byte("{")) {
		return err
	}
	conformed := conform(data, target)
	if bytes.Equal(conformed, data) || json.Unmarshal(conformed, into) != nil {
		return err
	}
	return nil
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// conform brings a JSON value into the form that t decodes from, as far as it is one of the known forms. Types that
// decode themselves see to that themselves.
func conform(data json.RawMessage, t reflect.Type) json.RawMessage {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || string(data) == "null" || reflect.PointerTo(t).Implements(unmarshaler) {
		return data
	}
	switch t.Kind() {
	case reflect.Pointer:
		return conform(data, t.Elem())
	case reflect.String:
		if data[0] != '"' && data[0] != '{' && data[0] != '[' {
			return json.RawMessage(`"` + string(data) + `"`)
		}
	case reflect.Slice:
		if string(data) == `""` {
			return json.RawMessage("[]")
		}
		entries := []json.RawMessage{data}
		if data[0] == '[' && json.Unmarshal(data, &entries) != nil {
			return data
		}
		for i := range entries {
			entries[i] = conform(entries[i], t.Elem())
		}
		return joined(data, entries)
	case reflect.Struct:
		if string(data) == `""` || string(data) == "[]" {
			return json.RawMessage("{}")
		}
		if data[0] == '[' {
			var entries []json.RawMessage
			if json.Unmarshal(data, &entries) != nil || len(entries) != 1 {
				return data
			}
			return conform(entries[0], t)
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			return data
		}
		conformMembers(members, t)
		return joined(data, members)
	}
	return data
}

// conformMembers conforms the members of an object to the fields of a struct.
func conformMembers(members map[string]json.RawMessage, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			if embedded.Kind() == reflect.Struct && embedded != t {
				conformMembers(members, embedded)
			}
			continue
		}
		if value, ok := members[name]; ok {
			members[name] = conform(value, field.Type)
		}
	}
}

// joined encodes parts of data, or returns data when that fails.
func joined(data json.RawMessage, parts any) json.RawMessage {
	if encoded, err := json.Marshal(parts); err == nil {
		return encoded
	}
	return data
}
