package ics

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Extra holds the members of an object that its type does not know, by name. They are sent back with the object.
type Extra map[string]json.RawMessage

// openInto reads data into known, a pointer to a struct, and what it has no field for into extra.
func openInto(data []byte, known any, extra *Extra) error {
	others, err := open.Decode(data, known)
	if err != nil && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		others, err = open.Decode(conform(data, reflect.TypeOf(known).Elem()), known)
	}
	if err != nil {
		return err
	}
	*extra = others
	return nil
}

// unwrap decodes {"name": [...]} to the list in it. Null, {}, [] and "" are the empty list.
func unwrap[T any](data []byte, name string, list *[]T) error {
	*list = nil
	if text := string(bytes.TrimSpace(data)); text == `""` || text == "[]" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	if value, ok := members[name]; ok {
		return decode(value, list)
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
