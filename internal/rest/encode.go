package rest

import (
	"reflect"
	"sync"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/plainjson"
)

// Encode writes v as JSON for the wire: with its secrets, and with &, < and > as they are. It sees the secrets that
// encoding/json sees; one that only a MarshalJSON knows, in a field that is not exported, stays redacted.
func Encode(v any) ([]byte, error) {
	data, _, err := encode(v)
	return data, err
}

// encode is Encode that also returns the secrets it wrote.
func encode(v any) ([]byte, []string, error) {
	var e exposer
	data, err := plainjson.Marshal(e.expose(v))
	return data, e.found, err
}

// exposer copies values so that the secrets in the copy encode as themselves. What holds no secret is not copied.
type exposer struct {
	found []string
	depth int
}

// maxDepth is where encoding/json is left to find out that a value contains itself.
const maxDepth = 1000

var secretType = reflect.TypeFor[secureaccess.Secret]()

func (e *exposer) expose(v any) any {
	if v == nil || !holdsSecret(reflect.TypeOf(v)) {
		return v
	}
	return e.value(reflect.ValueOf(v)).Interface()
}

func (e *exposer) value(v reflect.Value) reflect.Value {
	if e.depth >= maxDepth || !holdsSecret(v.Type()) {
		return v
	}
	e.depth++
	defer func() { e.depth-- }()
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == secretType {
			secret := v.Interface().(secureaccess.Secret)
			if !secret.IsZero() {
				e.found = append(e.found, secret.Reveal())
			}
			return reflect.ValueOf(secret.Exposed())
		}
		copied := reflect.New(v.Type()).Elem()
		copied.Set(v)
		for i := range v.NumField() {
			if field := v.Type().Field(i); isEncoded(field) && holdsSecret(field.Type) {
				into := copied.Field(i)
				if !field.IsExported() { // embedded: reflect guards the field itself, though not what it promotes
					into = reflect.NewAt(field.Type, into.Addr().UnsafePointer()).Elem()
				}
				into.Set(e.value(into))
			}
		}
		return copied
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(e.value(v.Elem()))
		return copied
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		copied := reflect.New(v.Type()).Elem()
		copied.Set(e.value(v.Elem()))
		return copied
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			copied.Index(i).Set(e.value(v.Index(i)))
		}
		return copied
	case reflect.Array:
		copied := reflect.New(v.Type()).Elem()
		for i := range v.Len() {
			copied.Index(i).Set(e.value(v.Index(i)))
		}
		return copied
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		copied := reflect.MakeMapWithSize(v.Type(), v.Len())
		for iter := v.MapRange(); iter.Next(); {
			copied.SetMapIndex(iter.Key(), e.value(iter.Value()))
		}
		return copied
	}
	return v
}

// isEncoded reports whether encoding/json looks at a field: an exported one, or an embedded struct, whose own exported
// fields it promotes.
func isEncoded(field reflect.StructField) bool {
	t := field.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return field.IsExported() || field.Anonymous && t.Kind() == reflect.Struct
}

// secretHolders remembers the answers of holdsSecret, as encoding/json remembers its encoders.
var secretHolders sync.Map // reflect.Type -> bool

// holdsSecret reports whether a value of type t can lead to a Secret.
func holdsSecret(t reflect.Type) bool {
	if known, ok := secretHolders.Load(t); ok {
		return known.(bool)
	}
	found := leadsToSecret(t, map[reflect.Type]bool{})
	secretHolders.Store(t, found)
	return found
}

func leadsToSecret(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == secretType {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true // whatever it holds decides
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return leadsToSecret(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if field := t.Field(i); isEncoded(field) && leadsToSecret(field.Type, seen) {
				return true
			}
		}
	}
	return false
}
