package sps

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
	engine "github.com/secureaccess-go/secureaccess/internal/json"
)

// Meta is what a response says about itself and what is beside it. First, Previous, Next and Last lead to siblings, not
// to pages: the collection after this one, the object after this one.
type Meta struct {
	Href        string `json:"href,omitzero"` // the object itself
	Parent      string `json:"parent,omitzero"`
	First       string `json:"first,omitzero"`
	Previous    string `json:"previous,omitzero"` // "" at the beginning
	Next        string `json:"next,omitzero"`     // "" at the end
	Last        string `json:"last,omitzero"`
	Transaction string `json:"transaction,omitzero"`

	RemainingSeconds int64           `json:"remaining_seconds,omitzero"` // until the session ends, without a request
	Changes          json.RawMessage `json:"changes,omitzero"`           // of a transaction that has some: a link to them

	Extra secureaccess.Extra `json:",embed"`
}

// Object is a configuration object, or a single setting such as datetime/timezone.
type Object[T any] struct {
	Key  string // its name below its endpoint
	Href string // its path, from /api on
	Body T      // zero where a response left it out, see [Object.Loaded]
	Meta Meta

	endpoint string
	setting  bool            // it is alone at its place
	raw      json.RawMessage // the body as it came; nil when none did
	bodyErr  error           // why the body is no T
}

// Loaded reports whether the body was in the response. Lists of releases before 6.1.0 have keys alone. A body that is
// null is none, unless T has a value for it: a pointer, an interface, json.RawMessage.
func (o *Object[T]) Loaded() bool { return o.raw != nil }

// Err tells why the body that came is no T, nil where it is one or none came. Body is zero then, or holds what could be
// read; [Object.Raw] has everything. [Get] and [All] fail with it, so that only the items of a [List] need a look.
func (o *Object[T]) Err() error { return o.bodyErr }

// Raw returns the body as the appliance sent it, with the members that T does not know. Do not change it.
func (o *Object[T]) Raw() json.RawMessage { return o.raw }

// Ref returns a reference to the object.
func (o *Object[T]) Ref() Ref { return Ref{Key: o.Key, Href: o.Href} }

// wireObject is an object as responses have it.
type wireObject struct {
	Key  string          `json:"key"`
	Meta Meta            `json:"meta"`
	Body json.RawMessage `json:"body"`
}

// UnmarshalJSON reads {"key", "meta", "body"}.
func (o *Object[T]) UnmarshalJSON(data []byte) error {
	if kind := engine.KindOf(data); kind != jsontext.KindBeginObject {
		return errors.New("it is no object")
	}
	var wire wireObject
	if _, err := engine.Unmarshal(data, &wire, unlimited); err != nil {
		return err
	}
	*o = Object[T]{Key: wire.Key, Href: wire.Meta.Href, Meta: wire.Meta, raw: wire.Body}
	if engine.KindOf(o.raw) == jsontext.KindNull && !holdsNull(reflect.TypeFor[T]()) {
		o.raw = nil
	}
	if o.raw != nil {
		o.bodyErr = readBody(o.raw, &o.Body)
	}
	return nil
}

// holdsNull reports whether a type has a value for null.
func holdsNull(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface || t == reflect.TypeFor[json.RawMessage]()
}

// nothing reports whether what came was no object at all.
func (o *Object[T]) nothing() bool { return o.Key == "" && !o.Loaded() && o.Href == "" }

// selected are models of bodies that have the members that were asked for: none of those known need be among them.
type selected interface{ selected() }

// readBody is decodeBody for a body as it came. Our models have to find something of theirs in it: what has another
// shape would pass for an object without members, and a list that is none for an empty one.
func readBody[T any](data []byte, into *T) error {
	unread, err := decode(data, into)
	if err != nil || foreign[T]() {
		return err
	}
	if list := unreadList(reflect.TypeFor[T](), unread); list != "" {
		return fmt.Errorf("the body: its list at %s cannot be read", list)
	}
	if _, ok := any(into).(selected); ok {
		return nil
	}
	// An empty slot has no members, and elements of a list that are null are as good as none.
	_, slot := any(into).(*FirmwareSlot)
	if err := (engine.Shape{EmptyObject: slot, Unread: unread}).Check(data, into); err != nil && !errors.Is(err, engine.ErrNull) {
		return fmt.Errorf("the body: %w", err)
	}
	return nil
}

// unreadList returns the first member of a struct that should be a list and is none, "" where there is no such member.
func unreadList(t reflect.Type, unread []string) string {
	if len(unread) == 0 || t.Kind() != reflect.Struct {
		return ""
	}
	for _, field := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); field.Type.Kind() == reflect.Slice && slices.Contains(unread, "/"+name) {
			return "/" + name
		}
	}
	return ""
}

// unlimited is for what was checked when it came.
var unlimited = engine.Limits{MaxItems: -1, MaxDepth: -1}

// decodeBody reads the body of an object. Models of others are read by the rules of encoding/json.
func decodeBody[T any](data []byte, into *T) error {
	_, err := decode(data, into)
	return err
}

// decode also returns the members that could not be read.
func decode[T any](data []byte, into *T) (unread []string, err error) {
	var options []engine.Option
	if foreign[T]() {
		options = append(options, engine.Foreign)
	}
	if unread, err = engine.Unmarshal(data, into, unlimited, options...); err != nil {
		return nil, fmt.Errorf("the body: %w", err)
	}
	return unread, nil
}

// foreign reports whether a type is not one of this package's.
func foreign[T any]() bool {
	return reflect.TypeFor[T]().PkgPath() != reflect.TypeFor[Meta]().PkgPath()
}

// MarshalJSON writes {"body", "key", "meta"}, with its secrets redacted.
func (o Object[T]) MarshalJSON() ([]byte, error) {
	wire := struct {
		Body *T     `json:"body,omitzero"`
		Key  string `json:"key,omitzero"`
		Meta Meta   `json:"meta"`
	}{Key: o.Key, Meta: o.Meta}
	if o.Loaded() {
		wire.Body = &o.Body
	}
	return secureaccess.Marshal(wire)
}

// locate fills in what a response may leave out.
func (o *Object[T]) locate(endpoint, key string) {
	o.endpoint = strings.Trim(endpoint, "/")
	if o.Key == "" {
		o.Key = key
	}
	if o.Href == "" {
		o.Href = configuration + strings.TrimPrefix(o.endpoint+"/"+o.Key, "/")
	}
}

// Collection is the list of an endpoint's objects. It is whole: configuration lists have no pages.
type Collection[T any] struct {
	Items []*Object[T] `json:"items"`
	Meta  Meta         `json:"meta"`
}

// errNoItems is the cause when a response to a list is none: taken for an empty one it would hide what is there.
var errNoItems = errors.New("it has no items, so that it is no list")

// errNoObject is the cause when an item of a list has neither key nor link nor body.
var errNoObject = errors.New("an item is no object")

func (c *Collection[T]) check() error {
	if c.Items == nil {
		return errNoItems
	}
	for _, o := range c.Items {
		if o == nil || o.nothing() {
			return errNoObject
		}
	}
	return nil
}

// Written is the response to a write.
type Written struct {
	Key  string `json:"key,omitzero"` // of the object; of a new one, the one that the appliance gave it
	Meta Meta   `json:"meta"`
}

// Ref returns a reference to the object that was written.
func (w *Written) Ref() Ref { return Ref{Key: w.Key, Href: w.Meta.Href} }

func (w *Written) check() error {
	if w.Key == "" {
		return errors.New("it has no key")
	}
	return nil
}
