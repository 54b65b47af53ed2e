package ics

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	internaljson "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ErrConcurrentChange says that somebody else changed the list between its reading and its writing. Nothing was
// written: read again, and decide anew. It matches [secureaccess.ErrConflict].
var ErrConcurrentChange error = conflict("was changed by somebody else meanwhile")

// ErrExists says that the list has an entry of that name. It matches [secureaccess.ErrConflict].
var ErrExists error = conflict("is there already")

type conflict string

func (c conflict) Error() string        { return string(c) }
func (c conflict) Is(target error) bool { return target == secureaccess.ErrConflict }

// EditError is why a list was left as it was: [ErrConcurrentChange], [ErrExists], or [secureaccess.ErrNotFound] for
// an entry that is not there.
type EditError struct {
	List string // its name on the wire: "ad-group"
	Name string // of the entry; "" where the whole list is meant
	Err  error
}

// Error names the list and the entry.
func (e *EditError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("%s: the list %s %v", product, e.List, e.Err)
	}
	return fmt.Sprintf("%s: %s %q %v", product, e.List, e.Name, e.Err)
}

// Unwrap returns the cause.
func (e *EditError) Unwrap() error { return e.Err }

// Edit reads the object at path, has change work on the entries of one of its lists, and writes the object back. The
// API has no smaller change to a list than to replace it: Edit keeps every member of the object and of its entries as
// it is.
//
// GET /api/v1/configuration/{path}
//
// PUT /api/v1/configuration/{path}
//
// Before it writes it reads once more, and fails with [ErrConcurrentChange] where the object is not what it was. What
// changes in the moment between that and the write goes unnoticed: the appliance has no means against it. Where
// change returns the entries as they were, nothing is written and the result is empty.
//
//	_, err := client.Configuration.Edit(ctx, path, "user-group", func(groups []json.RawMessage) ([]json.RawMessage, error) {
//		return slices.DeleteFunc(groups, isStale), nil
//	})
func (s *ConfigurationService) Edit(ctx context.Context, path Path, list string, change func(entries []json.RawMessage) ([]json.RawMessage, error)) (*Result, error) {
	return edit{list: list, change: change}.run(ctx, s.rest,
		func() *rest.Op { return at(rest.GET(configurationPath), path) },
		func() *rest.Op { return at(rest.PUT(configurationPath), path) })
}

type rawObject = map[string]json.RawMessage

// edit is a change to a list in an object.
type edit struct {
	list     string
	change   func([]json.RawMessage) ([]json.RawMessage, error)
	required []string // names that are empty in no valid change
}

// run carries out the change: get and put begin the operations that read and write the object.
func (e edit) run(ctx context.Context, c *rest.Client, get, put func() *rest.Op) (*Result, error) {
	first := get().Require("list", e.list)
	if e.change == nil {
		first.Refuse(&secureaccess.ArgumentError{Argument: "change", Reason: "is nil"})
	}
	for _, name := range e.required {
		first.Require("name", name)
	}
	object, err := e.fetch(ctx, c, first)
	if err != nil {
		return nil, err
	}
	var entries []json.RawMessage
	if data, ok := object[e.list]; ok {
		if err := json.Unmarshal(data, &entries); err != nil {
			return nil, &EditError{List: e.list, Err: fmt.Errorf("%w: it is no list", secureaccess.ErrBadResponse)}
		}
	}
	before, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	changed, err := e.change(entries)
	if err != nil {
		return nil, err
	}
	if _, ok := object[e.list]; !ok && len(changed) == 0 {
		return &Result{}, nil // there is no list, and there shall be nothing in it
	}
	if object[e.list], err = encode(changed); err != nil {
		return nil, &secureaccess.ArgumentError{Argument: "change", Reason: "returned what is no JSON", Err: err}
	}
	if after, err := json.Marshal(object); err != nil || sameJSON(before, after) {
		return &Result{}, err
	}
	current, err := e.fetch(ctx, c, get())
	if err != nil {
		return nil, err
	}
	now, err := json.Marshal(current)
	if err != nil {
		return nil, err
	}
	if !sameJSON(before, now) {
		return nil, &EditError{List: e.list, Err: ErrConcurrentChange}
	}
	return write(ctx, c, send(put(), object))
}

// fetch reads the object, whose list is one from then on, also where the appliance writes a list of one without
// brackets and an empty one as "".
func (e edit) fetch(ctx context.Context, c *rest.Client, op *rest.Op) (rawObject, error) {
	response, err := rest.Do[rawObject](ctx, c, op)
	if err != nil {
		return nil, err
	}
	object := *response
	switch data := object[e.list]; {
	case bytes.HasPrefix(data, []byte("{")):
		object[e.list] = slices.Concat([]byte("["), data, []byte("]"))
	case string(data) == `""`, string(data) == "null":
		object[e.list] = json.RawMessage("[]")
	}
	return object, nil
}

// sameJSON compares values, not texts: the appliance need not write the members of an object in the same order twice.
func sameJSON(a, b []byte) bool {
	var values [2]any
	for i, data := range [][]byte{a, b} {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if dec.Decode(&values[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}

// entryEdit makes the changes of named entries: add, replace, remove.
type entryEdit[T any] struct {
	list string
	name func(*T) string
}

// find returns the place of the entry with that name, -1 if there is none.
func (e entryEdit[T]) find(entries []json.RawMessage, name string) int {
	for i, data := range entries {
		var entry T
		if decode(data, &entry) == nil && e.name(&entry) == name {
			return i
		}
	}
	return -1
}

func (e entryEdit[T]) add(entry T) edit {
	return edit{list: e.list, required: []string{e.name(&entry)}, change: func(entries []json.RawMessage) ([]json.RawMessage, error) {
		if e.find(entries, e.name(&entry)) >= 0 {
			return nil, &EditError{List: e.list, Name: e.name(&entry), Err: ErrExists}
		}
		data, err := encode(entry)
		return append(entries, data), err
	}}
}

// replace puts entry in the place of the one called name. Members of the old one that T does not know stay, unless
// entry brings its own.
func (e entryEdit[T]) replace(name string, entry T) edit {
	return edit{list: e.list, required: []string{name, e.name(&entry)}, change: func(entries []json.RawMessage) ([]json.RawMessage, error) {
		i := e.find(entries, name)
		if i < 0 {
			return nil, &EditError{List: e.list, Name: name, Err: secureaccess.ErrNotFound}
		}
		if renamed := e.name(&entry); renamed != name && e.find(entries, renamed) >= 0 {
			return nil, &EditError{List: e.list, Name: renamed, Err: ErrExists}
		}
		var old, fresh rawObject
		data, err := encode(entry)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(entries[i], &old); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, &fresh); err != nil {
			return nil, err
		}
		for _, known := range internaljson.Names(reflect.TypeFor[T]()) {
			delete(old, known)
		}
		for member, value := range fresh {
			old[member] = value
		}
		entries[i], err = encode(old)
		return entries, err
	}}
}

func (e entryEdit[T]) remove(name string) edit {
	return edit{list: e.list, required: []string{name}, change: func(entries []json.RawMessage) ([]json.RawMessage, error) {
		i := e.find(entries, name)
		if i < 0 {
			return nil, &EditError{List: e.list, Name: name, Err: secureaccess.ErrNotFound}
		}
		return append(entries[:i], entries[i+1:]...), nil
	}}
}
