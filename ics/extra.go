package ics

import (
	"context"
	"reflect"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// read carries out an operation whose response is a model of the configuration. Every [secureaccess.Extra] in it can be
// written to, also where nothing unknown came: such models are there to be changed and written back.
func read[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*T, error) {
	response, err := rest.Do[T](ctx, c, op)
	if err != nil {
		return nil, err
	}
	makeExtras(reflect.ValueOf(response).Elem())
	return response, nil
}

// objectsOf makes a list of objects ready for makeExtras.
func objectsOf[T any](list []T) reflect.Value { return reflect.ValueOf(list) }

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
