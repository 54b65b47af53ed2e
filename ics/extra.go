package ics

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	internaljson "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// read carries out an operation whose response is a model of the configuration, to be changed and written back. Every
// [secureaccess.Extra] in it can be written to, also where nothing unknown came, and holds what its fields would lose.
func read[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*T, error) {
	var body []byte
	if isModel[T]() {
		op.Keep(&body)
	}
	response, err := rest.Do[T](ctx, c, op)
	if err != nil {
		return nil, err
	}
	toWriteBack(response, body)
	return response, nil
}

// isModel reports whether T is a type of this package.
func isModel[T any]() bool {
	return reflect.TypeFor[T]().PkgPath() == reflect.TypeFor[Path]().PkgPath()
}

// toWriteBack makes a model that was read from data ready to be changed and written back.
func toWriteBack[T any](model *T, data []byte) {
	makeExtras(reflect.ValueOf(model).Elem())
	if isModel[T]() {
		keepNothings(reflect.ValueOf(model).Elem(), data)
	}
}

// keepNothings goes through a model and what it was read from. Members that hold nothing, and that the model would leave
// out or write as another nothing (null for "", [] for null), go into the Extra beside them, from where they are written as
// they came until their field is set.
func keepNothings(v reflect.Value, data []byte) {
	data = bytes.TrimSpace(data)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			keepNothings(v.Elem(), data)
		}
	case reflect.Slice:
		entries, ok := entriesOf(data)
		if kind := v.Type().Elem().Kind(); !ok || len(entries) != v.Len() || kind != reflect.Struct && kind != reflect.Pointer {
			return
		}
		for i, entry := range entries {
			keepNothings(v.Index(i), entry)
		}
	case reflect.Map:
		var entries rawObject
		if v.Type().Elem().Kind() != reflect.Struct || json.Unmarshal(data, &entries) != nil {
			return
		}
		for name, entry := range entries {
			key := reflect.ValueOf(name).Convert(v.Type().Key())
			if value := v.MapIndex(key); value.IsValid() {
				changed := reflect.New(value.Type()).Elem()
				changed.Set(value)
				makeExtras(changed)
				keepNothings(changed, entry)
				v.SetMapIndex(key, changed)
			}
		}
	case reflect.Struct:
		if entries, ok := entriesOf(data); ok && len(entries) == 1 {
			data = entries[0] // also where a list of one stands for it
		}
		keepMembers(v, data)
	}
}

func keepMembers(v reflect.Value, data []byte) {
	field := v.FieldByName("Extra")
	if !field.IsValid() || field.Type() != extraType {
		return
	}
	extra, _ := field.Interface().(secureaccess.Extra)
	var members, written rawObject
	if extra == nil || json.Unmarshal(data, &members) != nil {
		return
	}
	if encoded, err := encode(v.Interface()); err != nil || json.Unmarshal(encoded, &written) != nil {
		return
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		value, ok := members[name]
		switch {
		case name == "" || !ok:
		case !internaljson.IsNothing(value):
			keepNothings(v.Field(i), value)
		case !bytes.Equal(compact(value), written[name]):
			v.Field(i).SetZero()
			extra[name] = value
		}
	}
}

// compact is a value that holds nothing without the blanks in it.
func compact(value []byte) []byte { return bytes.Join(bytes.Fields(value), nil) }

var extraType = reflect.TypeFor[secureaccess.Extra]()

func makeExtras(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			makeExtras(v.Elem())
		}
	case reflect.Slice:
		if kind := v.Type().Elem().Kind(); kind != reflect.Struct && kind != reflect.Pointer {
			return
		}
		for i := range v.Len() {
			makeExtras(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Field(i)
			switch {
			case !v.Type().Field(i).IsExported():
			case field.Type() == extraType:
				if field.IsNil() {
					field.Set(reflect.MakeMap(extraType))
				}
			default:
				makeExtras(field)
			}
		}
	}
}
