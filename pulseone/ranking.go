package pulseone

import (
	"errors"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
)

// Ranking is a result that the document calls sorted: names with their figures, in the order in which the server sent
// them. On the wire it is an object, whose order a map would lose. It is empty when there is nothing to rank.
//
// Names are those of users or roles, as they are: one called "error" is no error.
type Ranking[N int64 | float64] []Ranked[N]

// Ranked is an entry of a [Ranking].
type Ranked[N int64 | float64] struct {
	Name  string
	Value N
}

// MarshalJSON writes an object with the entries in their order.
func (r Ranking[N]) MarshalJSON() ([]byte, error) { return secureaccess.Marshal(r) }

// MarshalJSONTo does what MarshalJSON does, for encoding/json/v2.
func (r Ranking[N]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, entry := range r {
		if err := enc.WriteToken(jsontext.String(entry.Name)); err != nil {
			return err
		}
		value := jsontext.Float(float64(entry.Value))
		if whole, ok := any(entry.Value).(int64); ok {
			value = jsontext.Int(whole)
		}
		if err := enc.WriteToken(value); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndObject)
}

// UnmarshalJSON reads an object of numbers.
func (r *Ranking[N]) UnmarshalJSON(data []byte) error { return secureaccess.Unmarshal(data, r) }

// UnmarshalJSONFrom does what UnmarshalJSON does, for encoding/json/v2.
func (r *Ranking[N]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	read := Ranking[N]{}
	err := readFigures(dec, func(name string, value N) { read = append(read, Ranked[N]{name, value}) })
	if err != nil {
		return err
	}
	*r = read
	return nil
}

// counts is a map of names to numbers in a response. The library would read {"message":"try again"} as a map with a 0;
// here the values have to be numbers, whatever their names are.
type counts map[string]int64

// UnmarshalJSONFrom reads an object of numbers.
func (c *counts) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	read := counts{}
	if err := readFigures(dec, func(name string, value int64) { read[name] = value }); err != nil {
		return err
	}
	*c = read
	return nil
}

var (
	errNoFigures = errors.New("not an object of numbers")
	errNoFigure  = errors.New("a value is not a number")
)

// readFigures reads an object of numbers, which may stand in quotes; null is 0.
func readFigures[N int64 | float64](dec *jsontext.Decoder, add func(name string, value N)) error {
	if dec.PeekKind() != '{' {
		if err := dec.SkipValue(); err != nil {
			return err
		}
		return errNoFigures
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	odd := false
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		text := name.String() // the token is void after the next read
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		number, ok := figure[N](value)
		odd = odd || !ok
		add(text, number)
	}
	if _, err := dec.ReadToken(); err != nil || !odd {
		return err
	}
	return errNoFigure
}

// figure reads a number. Whole ones keep all their digits; a count is whole, and no count where it is not.
func figure[N int64 | float64](value jsontext.Value) (N, bool) {
	text := string(value)
	switch value.Kind() {
	case 'n':
		return 0, true
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, value)
		if err != nil {
			return 0, false
		}
		text = string(unquoted)
	case '0':
	default:
		return 0, false
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return N(whole), true
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return 0, false
	}
	// From 2^53 on a float would stand for its neighbors.
	if _, count := any(N(0)).(int64); count && (number != math.Trunc(number) || math.Abs(number) >= 1<<53) {
		return 0, false
	}
	return N(number), true
}
