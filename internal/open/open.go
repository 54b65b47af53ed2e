// Package open reads and writes JSON objects that have more members than their Go type has fields, without losing
// any: what is read, changed and put back is whole. A type that wants this keeps the other members in a field of its
// own and calls Decode and Encode from its UnmarshalJSON and MarshalJSON.
package open

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/plainjson"
)

// Decode reads an object into known, a pointer to a struct, and returns the members that it has no field for; nil if
// there are none. Names are compared letter for letter.
func Decode(data []byte, known any) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	fields := make(map[string]json.RawMessage, len(members))
	for _, name := range Names(reflect.TypeOf(known).Elem()) {
		if value, ok := members[name]; ok {
			fields[name] = value
			delete(members, name)
		}
	}
	exact, err := plainjson.Marshal(fields)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(exact, known); err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, nil
	}
	return members, nil
}

// Encode writes the fields of known, a struct, and the other members behind them, by their names. A field wins over a
// member of its name. Secrets are as silent as anywhere in encoding/json: whoever sends the object has exposed them
// before.
func Encode(known any, others map[string]json.RawMessage) ([]byte, error) {
	data, err := plainjson.Marshal(known)
	if err != nil || len(others) == 0 {
		return data, err
	}
	names := Names(reflect.TypeOf(known))
	data = data[:len(data)-1] // the closing brace
	for _, name := range slices.Sorted(maps.Keys(others)) {
		if slices.Contains(names, name) {
			continue
		}
		key, err := plainjson.Marshal(name)
		if err != nil {
			return nil, err
		}
		if len(data) > 1 {
			data = append(data, ',')
		}
		data = append(append(append(data, key...), ':'), others[name]...)
	}
	return append(data, '}'), nil
}

// Names returns the names that a struct's fields have in JSON, those of embedded structs not among them.
func Names(t reflect.Type) []string {
	names := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
