package sps

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
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

// Loaded reports whether the body was in the response. Lists of releases before 6.1.0 have keys alone.
func (o *Object[T]) Loaded() bool { return o.raw != nil }

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
	if o.raw != nil {
		o.bodyErr = decodeBody(o.raw, &o.Body)
	}
	return nil
}

// unlimited is for what was checked when it came.
var unlimited = engine.Limits{MaxItems: -1, MaxDepth: -1}

// decodeBody reads the body of an object. Models of others are read by the rules of encoding/json.
func decodeBody[T any](data []byte, into *T) error {
	var options []engine.Option
	if !strings.HasPrefix(reflect.TypeFor[T]().PkgPath(), reflect.TypeFor[Meta]().PkgPath()) {
		options = append(options, engine.Foreign)
	}
	if _, err := engine.Unmarshal(data, into, unlimited, options...); err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	return nil
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

func (c *Collection[T]) check() error {
	if c.Items == nil {
		return errNoItems
	}
	for _, o := range c.Items {
		if o == nil || o.Key == "" && !o.Loaded() && o.Href == "" {
			return errors.New("an item is no object")
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
