package json

import (
	"bytes"
	"errors"
	"reflect"

	jsonv2 "github.com/go-json-experiment/json"
)

// Limits bound what is read. Zero values stand for the defaults, negative ones for none.
type Limits struct {
	MaxItems int // of one list or object; 100,000 by default
	MaxDepth int // of lists and objects in each other; 100 by default
}

const (
	defaultItems = 100_000
	defaultDepth = 100
)

func (l Limits) items() int { return limit(l.MaxItems, defaultItems) }
func (l Limits) depth() int { return limit(l.MaxDepth, defaultDepth) }

func limit(n, byDefault int) int {
	switch {
	case n == 0:
		return byDefault
	case n < 0:
		return int(^uint(0) >> 1)
	}
	return n
}

// byteOrderMark precedes what some servers write. It is no JSON, and harmless.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Unmarshal reads data into v, a pointer.
//
// Members of another kind than their field are read where that is harmless: numbers and truth values in text, text
// members given as numbers, whole numbers written with a fraction, and with OneAsList more. What cannot be read at all
// is left zero, kept under its name in the [Extra] field of its object where there is one, and reported: odd holds the
// JSON pointers of such members, at most 100, each bounded. They can hold names that came with the data, such as the
// keys of a map. A value of another kind at the top is an error.
//
// Other spellings of a member's name, in a field's tag `alias:"timestamp,time"`, are read where the name itself is
// missing, and never written.
func Unmarshal(data []byte, v any, limits Limits, options ...Option) (odd []string, err error) {
	t := reflect.TypeOf(v)
	if t == nil || t.Kind() != reflect.Pointer || reflect.ValueOf(v).IsNil() {
		return nil, &Error{Kind: ErrGoType, Detail: "a pointer that is not nil is needed"}
	}
	set := join(options)
	data = bytes.TrimPrefix(data, byteOrderMark)
	t = t.Elem()
	i := infoOf(t)
	if err := check(data, i, t, limits, set); err != nil {
		return nil, err
	}
	if !i.spelledOtherwise(data) {
		opts := readOptions
		if set&Foreign != 0 {
			opts = foreignOptions
		}
		if err = jsonv2.Unmarshal(data, v, opts); err == nil {
			return nil, nil
		}
		if _, semantic := errors.AsType[*jsonv2.SemanticError](err); !semantic {
			return nil, readError(err, t)
		}
	}
	return readLeniently(data, v, set)
}

// spelledOtherwise reports whether a name of the type may stand in data in another spelling.
func (i *info) spelledOtherwise(data []byte) bool {
	for _, other := range i.aliases {
		if bytes.Contains(data, []byte(other)) {
			return true
		}
	}
	return false
}
