package sps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// Endpoint is a place below /api/configuration that holds objects with bodies of type T: "policies/time_policies". The
// endpoints that this package models are constants. A string constant serves as one where T is given:
//
//	sps.Get[json.RawMessage](ctx, client, "policies/ldap_servers", key)
//
// T can be anything that encoding/json takes; see [Update] for what it should be like.
type Endpoint[T any] string

const configuration = "/api/configuration/"

// op begins an operation on an object of the endpoint, or on the endpoint itself where the template has no object.
// The templates are those of the document, which has its own for RDP channel policies.
func (e Endpoint[T]) op(begin func(string, ...string) *rest.Op, parameter string, key ...string) *rest.Op {
	object := ""
	if len(key) > 0 {
		object = "/{object_id}"
	}
	path := strings.Trim(string(e), "/")
	if path == string(RDPChannelPolicies) {
		return begin(configuration+path+object, key...)
	}
	if path == "" {
		return begin(configuration+"{"+parameter+"}"+object, key...).Refuse(&secureaccess.ArgumentError{Argument: "endpoint", Reason: "is empty"})
	}
	return begin(configuration+"{"+parameter+"}"+object, key...).Segments(parameter, strings.Split(path, "/")...)
}

// Meta is what an answer says about itself and its neighbours. First, Previous, Next and Last lead to siblings, not to
// pages: the collection after this one, the object after this one.
type Meta struct {
	Href        string `json:"href,omitzero"` // the object itself
	Parent      string `json:"parent,omitzero"`
	First       string `json:"first,omitzero"`
	Previous    string `json:"previous,omitzero"` // "" at the beginning
	Next        string `json:"next,omitzero"`     // "" at the end
	Last        string `json:"last,omitzero"`
	Transaction string `json:"transaction,omitzero"`

	RemainingSeconds secureaccess.Int `json:"remaining_seconds,omitzero"` // until the session ends, without a request
	Changes          json.RawMessage  `json:"changes,omitzero"`           // of a transaction that has some: a link to them
}

// Object is a configuration object, or a single setting such as datetime/timezone.
type Object[T any] struct {
	Key  string // its name below its endpoint
	Href string // its path, from /api on
	Body T      // zero where an answer left it out, see [Object.Loaded]
	Meta Meta

	endpoint string
	raw      json.RawMessage // the body as it came; nil when none did
}

// Loaded reports whether the body was in the answer. Lists of releases before 6.1.0 have keys alone.
func (o *Object[T]) Loaded() bool { return o.raw != nil }

// Raw returns the body as the appliance sent it, with the members that T does not know. Do not change it.
func (o *Object[T]) Raw() json.RawMessage { return o.raw }

// Ref returns a reference to the object.
func (o *Object[T]) Ref() Ref { return Ref{Key: o.Key, Href: o.Href} }

// UnmarshalJSON reads {"key", "meta", "body"}.
func (o *Object[T]) UnmarshalJSON(data []byte) error {
	var wire struct {
		Key  looseText       `json:"key"`
		Meta Meta            `json:"meta"`
		Body json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	*o = Object[T]{Key: string(wire.Key), Href: wire.Meta.Href, Meta: wire.Meta, raw: wire.Body}
	if o.raw == nil {
		return nil
	}
	if err := json.Unmarshal(o.raw, &o.Body); err != nil {
		return fmt.Errorf("body of %s: %w", o.Href, err)
	}
	return nil
}

// MarshalJSON writes {"body", "key", "meta"}.
func (o Object[T]) MarshalJSON() ([]byte, error) {
	wire := struct {
		Body *T     `json:"body,omitzero"`
		Key  string `json:"key,omitzero"`
		Meta Meta   `json:"meta"`
	}{Key: o.Key, Meta: o.Meta}
	if o.Loaded() {
		wire.Body = &o.Body
	}
	return json.Marshal(wire)
}

// read is do for an answer that is an object with a body. One without is no answer, whatever its status.
func read[T any](ctx context.Context, from Reader, op *rest.Op) (*Object[T], error) {
	object, err := do[Object[T]](ctx, from, op)
	if err != nil {
		return nil, err
	}
	if !object.Loaded() {
		return nil, fmt.Errorf("sps: %w: it has no body, so that it is no object", secureaccess.ErrBadResponse)
	}
	return object, nil
}

// Collection is the list of an endpoint's objects. It is whole: configuration lists have no pages.
type Collection[T any] struct {
	Items []*Object[T] `json:"items"`
	Meta  Meta         `json:"meta"`
}

// errNoItems is the cause when the answer to a list is none: taken for an empty one it would hide what is there.
var errNoItems = errors.New("it has no items, so that it is no list")

// Written is the answer to a write.
type Written struct {
	Key  string `json:"key,omitzero"` // of the object; of a new one, the one that the appliance gave it
	Meta Meta   `json:"meta"`
}

// Ref returns a reference to the object that was written.
func (w *Written) Ref() Ref { return Ref{Key: w.Key, Href: w.Meta.Href} }

// Get reads an object by its key. A setting that is alone at its place is read by the last element of its path:
//
//	zone, err := sps.Get[string](ctx, client, "datetime", "timezone")
//
// GET /api/configuration/{endpoint}/{object_id}
func Get[T any](ctx context.Context, from Reader, endpoint Endpoint[T], key string) (*Object[T], error) {
	object, err := read[T](ctx, from, endpoint.op(rest.GET, "endpoint", key))
	if err != nil {
		return nil, err
	}
	object.locate(string(endpoint), key)
	return object, nil
}

// locate fills in what an answer may leave out.
func (o *Object[T]) locate(endpoint, key string) {
	o.endpoint = strings.Trim(endpoint, "/")
	if o.Key == "" {
		o.Key = key
	}
	if o.Href == "" {
		o.Href = configuration + o.endpoint + "/" + o.Key
	}
}

// List reads the objects of an endpoint. Releases before 6.1.0 send their keys alone; [All] reads the bodies too.
//
// GET /api/configuration/{endpoint}
func List[T any](ctx context.Context, from Reader, endpoint Endpoint[T]) (*Collection[T], error) {
	list, err := do[Collection[T]](ctx, from, endpoint.op(rest.GET, "endpoint"))
	if err != nil {
		return nil, err
	}
	if list.Items == nil {
		return nil, fmt.Errorf("sps: GET %s%s: %w: %w", configuration, endpoint, secureaccess.ErrBadResponse, errNoItems)
	}
	for _, o := range list.Items {
		if o == nil {
			return nil, fmt.Errorf("sps: GET %s%s: %w: an item is null", configuration, endpoint, secureaccess.ErrBadResponse)
		}
		o.locate(string(endpoint), o.Key)
	}
	return list, nil
}

// All reads the objects of an endpoint, each with its body: one request for the list, and one for each object that
// came without. It does not follow links, which lead to other endpoints.
func All[T any](ctx context.Context, from Reader, endpoint Endpoint[T]) iter.Seq2[*Object[T], error] {
	return func(yield func(*Object[T], error) bool) {
		list, err := List(ctx, from, endpoint)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, o := range list.Items {
			if !o.Loaded() {
				if o, err = Get(ctx, from, endpoint, o.Key); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// Create adds an object and returns the key that the appliance gives it.
//
// POST /api/configuration/{parent_path}
//
// The body is sent without a wrapper. References are sent as keys, at any depth, also where the body has them in the
// form that answers have; nil slices are sent as empty lists, which the appliance wants to see. Members that the
// appliance does not know are ignored without a word. Document: Create a new object.
func Create[T any](ctx context.Context, tx *Tx, endpoint Endpoint[T], body T) (*Written, error) {
	node, secrets, err := encodeBody(&body)
	if err != nil {
		return nil, err
	}
	op := endpoint.op(rest.POST, "parent_path").Bytes("application/json", node.Bytes()).Conceal(secrets...)
	return created(ctx, tx, op)
}

// created carries out an operation that makes an object. An answer without its key would make a reference to nothing.
func created(ctx context.Context, tx *Tx, op *rest.Op) (*Written, error) {
	written, err := do[Written](ctx, tx, op)
	if err == nil && written.Key == "" {
		return nil, fmt.Errorf("sps: %w: the answer has no key", secureaccess.ErrBadResponse)
	}
	return written, err
}

// Update changes an object that was read before and puts back the whole of it, as the appliance requires.
//
// PUT /api/configuration/{parent_path}/{object_id}
//
// change gets the body as T. What it changes is changed, and nothing else: members that T does not know are put back at
// any depth, numbers keep their digits and members their order; embedded references become keys; empty lists are sent.
// If change fails nothing is sent, and object is left as it was. After a success object is what was sent, also when the
// transaction is rolled back later: read it again then.
//
// A list whose elements have members that T does not know needs care: which element is which after some were removed,
// moved or replaced? Elements that are pointers are recognized whatever happens to them, and a new pointer is a new
// element; the models of this package have them. Elements that are values are recognized when they are unchanged or at
// their old place in a list of the old length, and otherwise Update fails with [ErrAmbiguous] rather than guess.
//
// Read in the same transaction: an object that was read earlier can have been changed since. Document: Change an
// object.
func Update[T any](ctx context.Context, tx *Tx, object *Object[T], change func(body *T) error) (*Written, error) {
	if object == nil || object.raw == nil || object.endpoint == "" {
		return nil, &secureaccess.ArgumentError{Argument: "object", Reason: "was not read with its body; see Get"}
	}
	edit, err := newEdit(object)
	if err != nil {
		return nil, err
	}
	if err := change(edit.body); err != nil {
		return nil, err
	}
	node, secrets, err := edit.result()
	if err != nil {
		return nil, err
	}
	data := node.Bytes()
	op := Endpoint[T](object.endpoint).op(rest.PUT, "parent_path", object.Key).Bytes("application/json", data).Conceal(secrets...)
	written, err := do[Written](ctx, tx, op)
	if err != nil {
		return nil, err
	}
	written.Key = object.Key
	object.Body, object.raw = *edit.body, data
	return written, nil
}

// Delete removes an object.
//
// DELETE /api/configuration/{endpoint}/{object_id}
//
// Objects that others use and built-in ones, whose keys are negative numbers, cannot be deleted; the document gives no
// status for the refusal. An element of a list inside an object is removed with [Update]. Document: Delete an object.
func Delete[T any](ctx context.Context, tx *Tx, endpoint Endpoint[T], key string) (*Written, error) {
	written, err := do[Written](ctx, tx, endpoint.op(rest.DELETE, "endpoint", key))
	if err != nil {
		return nil, err
	}
	written.Key = key
	return written, nil
}

// Ref refers to another object. Answers have it as a key or as {"key", "meta"}; requests always have the key alone,
// or null for the zero Ref.
type Ref struct {
	Key  string
	Href string // "" when the answer had the key alone
}

// IsZero reports whether the reference leads nowhere.
func (r Ref) IsZero() bool { return r.Key == "" }

// MarshalJSON writes the key, or null.
func (r Ref) MarshalJSON() ([]byte, error) {
	if r.Key == "" {
		return []byte("null"), nil
	}
	return jsontree.Text(r.Key).Bytes(), nil
}

// UnmarshalJSON reads a key, an embedded {"key", "meta"}, or null.
func (r *Ref) UnmarshalJSON(data []byte) error {
	*r = Ref{}
	node, err := jsontree.Parse(data)
	if err != nil {
		return err
	}
	if key, meta, ok := reference(node); ok {
		if href := meta.Get("href"); href != nil {
			r.Href, _ = href.String()
		}
		node = key
	}
	switch {
	case node.IsNull():
		return nil
	case node.IsObject() || node.IsList():
		return errors.New("reference: neither a key nor {key, meta}")
	}
	if text, ok := node.String(); ok {
		r.Key = text
		return nil
	}
	r.Key = string(node.Bytes()) // a number
	return nil
}

// reference takes apart {"key", "meta"}. A body beside them is that of the object referred to.
func reference(n *jsontree.Node) (key, meta *jsontree.Node, ok bool) {
	if !n.IsObject() {
		return nil, nil, false
	}
	for _, m := range n.Members() {
		switch m.Name {
		case "key":
			key = m.Value
		case "meta":
			meta = m.Value
		case "body":
		default:
			return nil, nil, false
		}
	}
	ok = key != nil && !key.IsObject() && !key.IsList() && meta != nil && meta.IsObject() && meta.Get("href") != nil
	return key, meta, ok
}

// flatten replaces embedded references by their keys, at any depth.
func flatten(n *jsontree.Node) *jsontree.Node {
	return n.Map(func(n *jsontree.Node) *jsontree.Node {
		if key, _, ok := reference(n); ok {
			return key
		}
		return n
	})
}

// Flatten returns a body as requests have it: embedded references replaced by their keys, at any depth. [Create] and
// [Update] do so by themselves; it is for comparing what is there with what should be.
func Flatten(body json.RawMessage) (json.RawMessage, error) {
	node, err := jsontree.Parse(body)
	if err != nil {
		return nil, err
	}
	return flatten(node).Bytes(), nil
}
