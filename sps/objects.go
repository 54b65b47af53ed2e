package sps

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Endpoint is a place below /api/configuration that holds objects with bodies of type T: "policies/time_policies". The
// endpoints that this package models are constants. A string constant serves as one where T is given:
//
//	sps.Get[json.RawMessage](ctx, client, "policies/ldap_servers", key)
//
// T can be anything that encoding/json takes; see [Update] for what it should be like. Where T does not say otherwise
// with tags, names are matched without regard to case. [Update] writes them as they came; [Create] and members that are
// new can only have them as T spells them, and the appliance ignores what it does not know: give them tags.
type Endpoint[T any] string

const configuration = "/api/configuration/"

// op begins an operation on an object of the endpoint, or on the endpoint itself where there is no key. The templates
// are those of the guide where it has the endpoint on a page of its own.
func (e Endpoint[T]) op(begin func(string, ...string) *rest.Op, parameter string, key ...string) *rest.Op {
	path := strings.Trim(string(e), "/")
	if name := documented[path]; name != "" {
		if len(key) > 0 {
			return begin(configuration+path+"/{"+name+"}", key...)
		}
		return begin(configuration + path)
	}
	object := ""
	if len(key) > 0 {
		object = "/{object_id}"
	}
	op := begin(configuration+"{"+parameter+"}"+object, key...)
	if path == "" {
		return op.Refuse(&secureaccess.ArgumentError{Argument: "endpoint", Reason: "is empty"})
	}
	return op.Segments(parameter, strings.Split(path, "/")...).About(strings.Join(append([]string{path}, key...), "/"))
}

// read is do for a response that is an object with a body. One without is none, whatever its status.
func read[T any](ctx context.Context, from Reader, op *rest.Op) (*Object[T], error) {
	return checked(ctx, from, op, (*Object[T]).whole)
}

func (o *Object[T]) whole() error {
	if o.bodyErr == nil && !o.Loaded() {
		return errors.New("it has no body, so that it is no object")
	}
	return o.bodyErr
}

// Get reads an object by its key.
//
// GET /api/configuration/{endpoint}/{object_id}
//
// A setting that is alone at its place is read by the last element of its path, or with [GetSetting]:
//
//	zone, err := sps.Get[string](ctx, client, "datetime", "timezone")
func Get[T any](ctx context.Context, from Reader, endpoint Endpoint[T], key string) (*Object[T], error) {
	object, err := read[T](ctx, from, endpoint.op(rest.GET, "endpoint", key))
	if err != nil {
		return nil, err
	}
	object.locate(string(endpoint), key)
	return object, nil
}

// List reads the objects of an endpoint. Releases before 6.1.0 send their keys alone; [All] reads the bodies too. Of an
// object whose body is no T, [Object.Err] tells so, and [Object.Raw] has everything.
//
// GET /api/configuration/{endpoint}
func List[T any](ctx context.Context, from Reader, endpoint Endpoint[T]) (*Collection[T], error) {
	list, err := checked(ctx, from, endpoint.op(rest.GET, "endpoint"), (*Collection[T]).check)
	if err != nil {
		return nil, err
	}
	for _, o := range list.Items {
		o.locate(string(endpoint), o.Key)
	}
	return list, nil
}

// All reads the objects of an endpoint, each with its body: one request for the list, and one for each object that
// came without, or with one that is no T: it fails when that does not help. It does not follow links, which lead to other endpoints.
//
// GET /api/configuration/{endpoint}
//
// GET /api/configuration/{endpoint}/{object_id}
func All[T any](ctx context.Context, from Reader, endpoint Endpoint[T]) iter.Seq2[*Object[T], error] {
	return func(yield func(*Object[T], error) bool) {
		list, err := List(ctx, from, endpoint)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, o := range list.Items {
			if !o.Loaded() || o.Err() != nil || string(o.raw) == "null" {
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
// form that responses have; nil slices are sent as empty lists, which the appliance wants to see. Members that the
// appliance does not know are ignored without a word.
//
// Document: Create a new object.
func Create[T any](ctx context.Context, tx *Tx, endpoint Endpoint[T], body T) (*Written, error) {
	op := endpoint.op(rest.POST, "parent_path").Refuse(writable(string(endpoint)))
	node, secrets, err := encodeBody(&body)
	if err != nil {
		return created(ctx, tx, op.Refuse(err))
	}
	return created(ctx, tx, op.Bytes("application/json", node.Bytes()).Conceal(secrets...))
}

// created carries out an operation that makes an object. A response without its key would make a reference to nothing.
func created(ctx context.Context, tx *Tx, op *rest.Op) (*Written, error) {
	return checked(ctx, tx, op, (*Written).check)
}

// Update changes an object that was read before and puts back the whole of it, as the appliance requires.
//
// PUT /api/configuration/{parent_path}/{object_id}
//
// change gets the body as T. What it changes is changed, and nothing else: members that T does not know are put back at
// any depth, numbers keep their digits and members their order; embedded references become keys; empty lists are sent. So
// are false, 0, "" and a zero [Ref] where the object had another value, also when their tag says to leave them out. A
// pointer, list or map that becomes nil and is left out takes its member away.
//
// If change fails nothing is sent, and object is left as it was. After a success object is what was sent, also when the
// transaction is rolled back later: read it again then.
//
// A list whose elements have members that T does not know needs care: which element is which after some were removed,
// moved or replaced? Elements that are pointers are recognized whatever happens to them, and a new pointer is a new
// element; the models of this package have them. Elements that are values are recognized when they are unchanged or at
// their old place in a list of the old length, and otherwise Update fails with [ErrAmbiguous] rather than guess.
//
// Read in the same transaction: an object that was read earlier can have been changed since.
//
// Document: Change an object.
func Update[T any](ctx context.Context, tx *Tx, object *Object[T], change func(body *T) error) (*Written, error) {
	refuse := func(argument, reason string) (*Written, error) {
		return nil, &secureaccess.ArgumentError{Argument: argument, Reason: reason}
	}
	switch {
	case object == nil || object.raw == nil || object.endpoint == "":
		return refuse("object", "was not read with its body; see Get")
	case object.bodyErr != nil:
		return refuse("object", "has a body that its type does not fit")
	case change == nil:
		return refuse("change", "is nil")
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
	op := object.put().Bytes("application/json", data).Conceal(secrets...)
	written, err := do[Written](ctx, tx, op.MayBeEmpty())
	if err != nil {
		return nil, err
	}
	written.Key = object.Key
	object.Body, object.raw = *edit.body, data
	return written, nil
}

// put begins the operation that writes the object back.
func (o *Object[T]) put() *rest.Op {
	if path := strings.TrimPrefix(o.endpoint+"/"+o.Key, "/"); o.setting || singular[path] {
		return Setting[T](path).op(rest.PUT, "parent_path")
	}
	return Endpoint[T](o.endpoint).op(rest.PUT, "parent_path", o.Key).Refuse(writable(o.endpoint))
}

// Delete removes an object.
//
// DELETE /api/configuration/{endpoint}/{object_id}
//
// Objects that others use and built-in ones, whose keys are negative numbers, cannot be deleted; the document gives no
// status for the refusal. An element of a list inside an object is removed with [Update].
//
// Document: Delete an object.
func Delete[T any](ctx context.Context, tx *Tx, endpoint Endpoint[T], key string) (*Written, error) {
	written, err := do[Written](ctx, tx, endpoint.op(rest.DELETE, "endpoint", key).Refuse(writable(string(endpoint))).MayBeEmpty())
	if err != nil {
		return nil, err
	}
	written.Key = key
	return written, nil
}
