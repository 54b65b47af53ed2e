package msp

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// decodeOpen reads an object into known, a pointer to a struct, and returns the members that it has no field for.
func decodeOpen(data []byte, known any) (map[string]json.RawMessage, error) {
	if err := json.Unmarshal(data, known); err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(name string, _ json.RawMessage) bool { return hasMember(known, name) })
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// encodeOpen writes known, a pointer to a struct, with the other members behind its own.
func encodeOpen(known any, others map[string]json.RawMessage) ([]byte, error) {
	data, err := rest.Encode(known)
	if err != nil {
		return nil, err
	}
	data = data[:len(data)-1] // the closing brace
	for _, name := range slices.Sorted(maps.Keys(others)) {
		if hasMember(known, name) {
			continue
		}
		key, err := rest.Encode(name)
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

// hasMember reports whether the struct that known points to has a field for a member, by the rules of encoding/json.
func hasMember(known any, name string) bool {
	t := reflect.TypeOf(known).Elem()
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if tag != "-" && strings.EqualFold(tag, name) {
			return true
		}
	}
	return false
}
