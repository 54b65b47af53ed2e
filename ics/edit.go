package ics

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/open"
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

// Edit reads the object at path, has change work on the entries of one of its lists, and puts the object back. The
// wire knows no smaller change to a list than to replace it: Edit keeps every member of the object and of its entries
// as it is.
//
// Before it writes it reads once more, and fails with [ErrConcurrentChange] where the object is not what it was. What
// changes in the moment between that and the write goes unnoticed: the appliance has no means against it. Where
// change returns the entries as they were, nothing is written and the result is empty.
//
//	_, err := client.Configuration.Edit(ctx, path, "user-group", func(groups []json.RawMessage) ([]json.RawMessage, error) {
//		return slices.DeleteFunc(groups, isStale), nil
//	})
func (s *ConfigurationService) Edit(ctx context.Context, path Path, list string, change func(entries []json.RawMessage) ([]json.RawMessage, error)) (*Result, error) {
	return editList(ctx, list, change,
		func(ctx context.Context) (map[string]json.RawMessage, error) {
			object, err := GetConfiguration[map[string]json.RawMessage](ctx, s, path, nil)
			if err != nil {
				return nil, err
			}
			return *object, nil
		},
		func(ctx context.Context, object map[string]json.RawMessage) (*Result, error) {
			return s.Put(ctx, path, object)
		},
	)
}

type rawObject = map[string]json.RawMessage

func editList(
	ctx context.Context,
	list string,
	change func([]json.RawMessage) ([]json.RawMessage, error),
	get func(context.Context) (rawObject, error),
	put func(context.Context, rawObject) (*Result, error),
) (*Result, error) {
	fetch := func() (rawObject, error) {
		object, err := get(ctx)
		if object == nil {
			object = rawObject{}
		}
		if data := object[list]; bytes.HasPrefix(data, []byte("{")) {
			object[list] = slices.Concat([]byte("["), data, []byte("]")) // a list of one, as some releases write it
		}
		return object, err
	}
	object, err := fetch()
	if err != nil {
		return nil, err
	}
	var entries []json.RawMessage
	if data, ok := object[list]; ok {
		if err := json.Unmarshal(data, &entries); err != nil {
			return nil, &EditError{List: list, Err: fmt.Errorf("%w: it is no list", secureaccess.ErrBadResponse)}
		}
	}
	before, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	changed, err := change(entries)
	if err != nil {
		return nil, err
	}
	if changed == nil {
		changed = []json.RawMessage{} // the empty list, which null is not
	}
	if object[list], err = rest.Encode(changed); err != nil {
		return nil, err
	}
	if after, err := json.Marshal(object); err != nil || sameJSON(before, after) {
		return &Result{}, err
	}
	current, err := fetch()
	if err != nil {
		return nil, err
	}
	now, err := json.Marshal(current)
	if err != nil {
		return nil, err
	}
	if !sameJSON(before, now) {
		return nil, &EditError{List: list, Err: ErrConcurrentChange}
	}
	return put(ctx, object)
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
		if json.Unmarshal(data, &entry) == nil && e.name(&entry) == name {
			return i
		}
	}
	return -1
}

func (e entryEdit[T]) add(entry T) func([]json.RawMessage) ([]json.RawMessage, error) {
	return func(entries []json.RawMessage) ([]json.RawMessage, error) {
		if e.find(entries, e.name(&entry)) >= 0 {
			return nil, &EditError{List: e.list, Name: e.name(&entry), Err: ErrExists}
		}
		data, err := rest.Encode(entry)
		return append(entries, data), err
	}
}

// replace puts entry in the place of the one called name. Members of the old one that T does not know stay, unless
// entry brings its own.
func (e entryEdit[T]) replace(name string, entry T) func([]json.RawMessage) ([]json.RawMessage, error) {
	return func(entries []json.RawMessage) ([]json.RawMessage, error) {
		i := e.find(entries, name)
		if i < 0 {
			return nil, &EditError{List: e.list, Name: name, Err: secureaccess.ErrNotFound}
		}
		if renamed := e.name(&entry); renamed != name && e.find(entries, renamed) >= 0 {
			return nil, &EditError{List: e.list, Name: renamed, Err: ErrExists}
		}
		var old, fresh rawObject
		data, err := rest.Encode(entry)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(entries[i], &old); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, &fresh); err != nil {
			return nil, err
		}
		for _, known := range open.Names(reflect.TypeFor[T]()) {
			delete(old, known)
		}
		for member, value := range fresh {
			old[member] = value
		}
		entries[i], err = rest.Encode(old)
		return entries, err
	}
}

func (e entryEdit[T]) remove(name string) func([]json.RawMessage) ([]json.RawMessage, error) {
	return func(entries []json.RawMessage) ([]json.RawMessage, error) {
		i := e.find(entries, name)
		if i < 0 {
			return nil, &EditError{List: e.list, Name: name, Err: secureaccess.ErrNotFound}
		}
		return append(entries[:i], entries[i+1:]...), nil
	}
}
