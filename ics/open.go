package ics

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Extra holds the members of an object that its type does not know, by name. They are sent back with the object.
type Extra map[string]json.RawMessage

// unmarshalOpen decodes data into known, a pointer to a struct, and what it has no field for into extra. Names are
// compared letter for letter.
func unmarshalOpen(data []byte, known any, extra *Extra) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	fields := make(map[string]json.RawMessage, len(members))
	for _, name := range memberNames(reflect.TypeOf(known).Elem()) {
		if value, ok := members[name]; ok {
			fields[name] = value
			delete(members, name)
		}
	}
	exact, err := rest.Encode(fields)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(exact, known); err != nil {
		return err
	}
	*extra = nil
	if len(members) > 0 {
		*extra = members
	}
	return nil
}

// marshalOpen encodes the fields of known, a struct, with the members of extra beside them. A field wins over a
// member of its name.
func marshalOpen(known any, extra Extra) ([]byte, error) {
	data, err := rest.Encode(known)
	if err != nil || len(extra) == 0 {
		return data, err
	}
	members := map[string]json.RawMessage{}
	for name, value := range extra {
		members[name] = value
	}
	for _, name := range memberNames(reflect.TypeOf(known)) {
		delete(members, name)
	}
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	return rest.Encode(members)
}

// memberNames are the names of a struct's fields on the wire.
func memberNames(t reflect.Type) []string {
	names := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// unwrap decodes {"name": [...]} to the list in it. Null and {} are the empty list.
func unwrap[T any](data []byte, name string, list *[]T) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	*list = nil
	if value, ok := members[name]; ok {
		return json.Unmarshal(value, list)
	}
	return nil
}

// wrap encodes a list as {"name": [...]}, an empty one as [].
func wrap[T any](name string, list []T) ([]byte, error) {
	if list == nil {
		list = []T{}
	}
	return rest.Encode(map[string][]T{name: list})
}
