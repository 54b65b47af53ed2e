package secureaccess

import (
	"bytes"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess/internal/json"
)

// Optional is a member that can be set, null or unset, where an API tells the three apart: in a partial update unset
// leaves a value alone and null removes it. The zero Optional is unset; tag its field omitzero, or unset is written as
// null.
type Optional[T any] struct {
	value T
	state optionalState
}

type optionalState uint8

const (
	optionalUnset optionalState = iota
	optionalNull
	optionalSet
)

// Set returns an Optional with a value, which can be the zero one.
func Set[T any](value T) Optional[T] { return Optional[T]{value: value, state: optionalSet} }

// Null returns an Optional that is written as null.
func Null[T any]() Optional[T] { return Optional[T]{state: optionalNull} }

// Get returns the value and whether there is one; the zero value without.
func (o Optional[T]) Get() (value T, ok bool) { return o.value, o.state == optionalSet }

// Or returns the value, or other where there is none.
func (o Optional[T]) Or(other T) T {
	if o.state == optionalSet {
		return o.value
	}
	return other
}

// IsNull reports whether it is null.
func (o Optional[T]) IsNull() bool { return o.state == optionalNull }

// IsZero reports whether it is unset; a field tagged omitzero is then left out.
func (o Optional[T]) IsZero() bool { return o.state == optionalUnset }

// String returns the value as fmt prints it, "null" or "unset".
func (o Optional[T]) String() string {
	switch o.state {
	case optionalSet:
		return fmt.Sprint(o.value)
	case optionalNull:
		return "null"
	}
	return "unset"
}

// MarshalJSON writes the value, null if there is none.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.state != optionalSet {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// MarshalJSONTo does what MarshalJSON does, for encoding/json/v2.
func (o Optional[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if o.state != optionalSet {
		return enc.WriteToken(jsontext.Null)
	}
	return jsonv2.MarshalEncode(enc, &o.value)
}

// UnmarshalJSON reads a value or null.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if string(bytes.TrimSpace(data)) == "null" {
		*o = Null[T]()
		return nil
	}
	var read Optional[T]
	if _, err := json.Unmarshal(data, &read.value, json.Limits{MaxItems: -1, MaxDepth: -1}); err != nil {
		return err
	}
	read.state = optionalSet
	*o = read
	return nil
}

// UnmarshalJSONFrom does what UnmarshalJSON does, for encoding/json/v2.
func (o *Optional[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == 'n' {
		*o = Null[T]()
		return dec.SkipValue()
	}
	before := *o
	*o = Optional[T]{}
	if err := jsonv2.UnmarshalDecode(dec, &o.value); err != nil {
		*o = before
		return err
	}
	o.state = optionalSet
	return nil
}
