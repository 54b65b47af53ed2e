package json

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Marshal writes v: fields in their order, then unknown members and maps in the order of names, without HTML escapes,
// raw members as they are. Nil lists and maps are null, so that null goes back as null. Text that is not UTF-8 and a
// member that would stand twice are errors.
//
// A member that could not be read stands in the unknown members under the name of its field. It is written in the place
// of that field while the field is zero. Once the field is set it is left out where it holds nothing: null, "", [] or {};
// else the two are a member that would stand twice.
func Marshal(v any, options ...Option) ([]byte, error) {
	return marshal(v, writing(join(options)))
}

func writing(set Option) jsonv2.Options {
	if set&EmptyLists != 0 {
		return emptyListsOptions
	}
	return writeOptions
}

func marshal(v any, options jsonv2.Options) ([]byte, error) {
	data, err := jsonv2.Marshal(v, options)
	if err != nil && errors.Is(err, jsontext.ErrDuplicateName) {
		data, err = marshalKept(v, options)
	}
	if err != nil {
		return nil, writeError(err, v)
	}
	return data, nil
}

// marshalKept writes values with members that could not be read, each in the place of its field.
func marshalKept(v any, options jsonv2.Options) ([]byte, error) {
	own, _ := jsonv2.GetOption(options, jsonv2.WithMarshalers)
	var k kept
	k.options = jsonv2.JoinOptions(options, jsonv2.WithMarshalers(jsonv2.JoinMarshalers(own, jsonv2.MarshalToFunc(k.write))))
	return jsonv2.Marshal(v, k.options)
}

type kept struct{ options jsonv2.Options }

// write writes a struct whose unknown members have names of its zero fields.
func (k *kept) write(enc *jsontext.Encoder, v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() || rv.Elem().Kind() != reflect.Struct || writesItself(rv.Type().Elem()) {
		return errors.ErrUnsupported
	}
	rv = rv.Elem()
	o := objectOf(rv.Type())
	if o.extra == nil {
		return errors.ErrUnsupported
	}
	extra, err := rv.FieldByIndexErr(o.extra)
	if err != nil || extra.Kind() != reflect.Map || extra.Type().Key().Kind() != reflect.String {
		return errors.ErrUnsupported
	}
	instead, replaced := map[string][]byte{}, false
	rest := reflect.MakeMap(extra.Type())
	for names := extra.MapRange(); names.Next(); {
		name := names.Key().String()
		m := o.members[name]
		if m != nil && names.Value().Kind() == reflect.Slice {
			field, err := rv.FieldByIndexErr(m.index)
			switch {
			case err != nil:
			case field.IsZero():
				instead[name] = names.Value().Bytes()
				continue
			case IsNothing(names.Value().Bytes()):
				replaced = true
				continue
			}
		}
		rest.SetMapIndex(names.Key(), names.Value())
	}
	if len(instead) == 0 && !replaced {
		return errors.ErrUnsupported
	}
	copied := reflect.New(rv.Type()).Elem()
	copied.Set(rv)
	field, err := copied.FieldByIndexErr(o.extra)
	if err != nil || len(o.extra) > 1 && throughPointer(rv.Type(), o.extra) || !field.CanSet() {
		return errors.ErrUnsupported // the copy would share the unknown members
	}
	field.Set(rest)
	data, err := jsonv2.Marshal(copied.Addr().Interface(), k.options)
	if err != nil {
		return err
	}
	return replace(enc, data, instead)
}

// IsNothing reports whether a value is null, "", [] or {}.
func IsNothing(value []byte) bool {
	value = bytes.TrimSpace(value)
	if string(value) == "null" || string(value) == `""` {
		return true
	}
	n := len(value)
	return n >= 2 && (value[0] == '[' && value[n-1] == ']' || value[0] == '{' && value[n-1] == '}') && len(bytes.TrimSpace(value[1:n-1])) == 0
}

func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// replace writes an object with other values for some of its members; those that it does not have come last.
func replace(enc *jsontext.Encoder, data []byte, instead map[string][]byte) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	written := map[string]bool{}
	token, err := dec.ReadToken()
	if err == nil {
		err = enc.WriteToken(token)
	}
	for err == nil && dec.PeekKind() == '"' {
		var name, value jsontext.Value
		if name, err = dec.ReadValue(); err != nil {
			break
		}
		text := string(unquoted(name))
		if err = enc.WriteValue(name); err != nil {
			break
		}
		if value, err = dec.ReadValue(); err != nil {
			break
		}
		if other, ok := instead[text]; ok {
			written[text], value = true, other
		}
		err = enc.WriteValue(value)
	}
	for _, name := range sortedKeys(instead) {
		if err == nil && !written[name] {
			if err = enc.WriteToken(jsontext.String(name)); err == nil {
				err = enc.WriteValue(instead[name])
			}
		}
	}
	if err == nil {
		err = enc.WriteToken(jsontext.EndObject)
	}
	return err
}

// Exposer writes values of type S, a secret, as themselves, and tells which it wrote.
type Exposer[S any] struct {
	reveal func(S) string
	pool   sync.Pool
}

// NewExposer returns an Exposer that learns the text of a secret from reveal.
func NewExposer[S any](reveal func(S) string) *Exposer[S] {
	e := &Exposer[S]{reveal: reveal}
	e.pool.New = func() any {
		x := new(exposing)
		marshalers := jsonv2.MarshalToFunc(func(enc *jsontext.Encoder, secret S) error {
			text := reveal(secret)
			if text != "" {
				x.found = append(x.found, text)
			}
			return enc.WriteToken(jsontext.String(text))
		})
		for set := range x.options {
			x.options[set] = jsonv2.JoinOptions(writing(Option(set)*EmptyLists), jsonv2.WithMarshalers(marshalers))
		}
		return x
	}
	return e
}

// exposing is one use of an Exposer, whose options are built once.
type exposing struct {
	options [2]jsonv2.Options
	found   []string
}

// Marshal is [Marshal] with secrets as themselves. It returns those that it wrote. Types that write themselves have to do
// so by MarshalJSONTo and hand the encoder on: what a MarshalJSON writes is written already.
func (e *Exposer[S]) Marshal(v any, options ...Option) (data []byte, secrets []string, err error) {
	x := e.pool.Get().(*exposing)
	set := 0
	if join(options)&EmptyLists != 0 {
		set = 1
	}
	data, err = marshal(v, x.options[set])
	secrets, x.found = x.found, nil
	e.pool.Put(x)
	return data, secrets, err
}

func sortedKeys(m map[string][]byte) []string { return slices.Sorted(maps.Keys(m)) }
