package sps

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// Ordered is a map whose order means something, such as the interfaces of a network card. On the wire it is an object
// with its order in the member "@order". The zero value is empty and ready for use.
type Ordered[T any] struct {
	keys   []string
	values map[string]T
}

const orderMember = "@order"

// Len returns the number of entries.
func (m *Ordered[T]) Len() int { return len(m.keys) }

// Keys returns the keys in their order.
func (m *Ordered[T]) Keys() []string { return slices.Clone(m.keys) }

// Get returns an entry.
func (m *Ordered[T]) Get(key string) (T, bool) {
	value, ok := m.values[key]
	return value, ok
}

// Set changes an entry at its place, or adds it at the end.
func (m *Ordered[T]) Set(key string, value T) {
	if _, known := m.values[key]; !known {
		m.keys = append(m.keys, key)
	}
	if m.values == nil {
		m.values = map[string]T{}
	}
	m.values[key] = value
}

// Delete removes an entry, if there is one.
func (m *Ordered[T]) Delete(key string) {
	delete(m.values, key)
	m.keys = slices.DeleteFunc(m.keys, func(k string) bool { return k == key })
}

// Move puts an entry at a place in the order, counted from 0. A place after the end is the end. It does nothing when
// there is no such entry.
func (m *Ordered[T]) Move(key string, place int) {
	if _, known := m.values[key]; !known {
		return
	}
	m.keys = slices.DeleteFunc(m.keys, func(k string) bool { return k == key })
	m.keys = slices.Insert(m.keys, min(max(place, 0), len(m.keys)), key)
}

// All goes through the entries in their order.
func (m *Ordered[T]) All() iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, key := range m.keys {
			if !yield(key, m.values[key]) {
				return
			}
		}
	}
}

// UnmarshalJSON reads an object. Members that its "@order" leaves out come last, as they stand.
func (m *Ordered[T]) UnmarshalJSON(data []byte) error {
	*m = Ordered[T]{}
	node, err := jsontree.Parse(data)
	switch {
	case err != nil:
		return err
	case node.IsNull():
		return nil
	case !node.IsObject():
		return errors.New("ordered map: not an object")
	}
	var order []string
	if listed := node.Get(orderMember); listed != nil {
		if err := json.Unmarshal(listed.Bytes(), &order); err != nil {
			return fmt.Errorf("ordered map: %w", err)
		}
	}
	for _, member := range node.Members() {
		if member.Name != orderMember {
			order = append(order, member.Name)
		}
	}
	for _, key := range order {
		member := node.Get(key)
		if _, known := m.values[key]; known || member == nil || key == orderMember {
			continue
		}
		var value T
		if err := decodeBody(member.Bytes(), &value); err != nil {
			return fmt.Errorf("ordered map: %q: %w", key, err)
		}
		m.Set(key, value)
	}
	return nil
}

// MarshalJSON writes "@order" and the entries in their order, with their secrets redacted.
func (m Ordered[T]) MarshalJSON() ([]byte, error) { return secureaccess.Marshal(&m) }

// MarshalJSONTo does what MarshalJSON does, for encoding/json/v2; in a request with the secrets as themselves.
func (m *Ordered[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	keys := m.keys
	if keys == nil {
		keys = []string{}
	}
	if err := enc.WriteToken(jsontext.String(orderMember)); err != nil {
		return err
	}
	if err := jsonv2.MarshalEncode(enc, keys); err != nil {
		return err
	}
	for _, key := range m.keys {
		if err := enc.WriteToken(jsontext.String(key)); err != nil {
			return err
		}
		value := m.values[key]
		if err := jsonv2.MarshalEncode(enc, &value); err != nil {
			return fmt.Errorf("ordered map: %q: %w", key, err)
		}
	}
	return enc.WriteToken(jsontext.EndObject)
}
