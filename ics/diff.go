package ics

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// Change is a difference between two configurations.
type Change struct {
	Kind   ChangeKind
	Path   Path            // of the object, member or entry
	Before json.RawMessage // what was there; nil for what was added
	After  json.RawMessage // what is there; nil for what was removed
}

// ChangeKind is a kind of difference.
type ChangeKind string

// Values of ChangeKind.
const (
	ChangeKindAdded     ChangeKind = "added"
	ChangeKindRemoved   ChangeKind = "removed"
	ChangeKindChanged   ChangeKind = "changed"
	ChangeKindReordered ChangeKind = "reordered" // the entries of a list stand in another order, which decides for rules
)

// Diff returns what changed between two configurations, each the outcome of a [Walk] or parts of one, in the order of the
// paths. Objects are compared member by member, lists whose entries have names entry by entry, wherever these stand,
// and other lists and values as a whole. What was added or removed is one change, with all that is below it; an order of
// members, and the difference between null, "" and nothing, is none.
//
// Values can hold encrypted passwords. An appliance that encrypts anew at every reading shows them as changed.
func Diff(before, after []Object) []Change {
	a, b := byPath(before), byPath(after)
	keys := map[string]Path{}
	for key, object := range a {
		keys[key] = object.Path
	}
	for key, object := range b {
		keys[key] = object.Path
	}
	d := &differ{}
	for _, key := range slices.SortedFunc(maps.Keys(keys), func(x, y string) int { return slices.Compare(keys[x], keys[y]) }) {
		path := keys[key]
		old, was := a[key]
		fresh, is := b[key]
		switch {
		case d.covered(path):
		case !was:
			d.note(ChangeKindAdded, path, nil, decoded(fresh.Value))
		case !is:
			d.note(ChangeKindRemoved, path, decoded(old.Value), nil)
		default:
			d.compare(path, decoded(old.Value), decoded(fresh.Value))
		}
	}
	slices.SortStableFunc(d.changes, func(x, y Change) int { return slices.Compare(x.Path, y.Path) })
	return d.changes
}

func byPath(objects []Object) map[string]Object {
	index := make(map[string]Object, len(objects))
	for _, object := range objects {
		index[object.Path.key()] = object
	}
	return index
}

func decoded(data json.RawMessage) any {
	var value any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if dec.Decode(&value) != nil {
		return string(data)
	}
	return value
}

// differ collects changes.
type differ struct {
	changes []Change
	whole   []Path // what was added or removed with all that is below it
}

// covered reports whether an object is below one that was added or removed.
func (d *differ) covered(path Path) bool {
	return slices.ContainsFunc(d.whole, func(above Path) bool {
		return len(path) > len(above) && slices.Equal(path[:len(above)], above)
	})
}

func (d *differ) note(kind ChangeKind, path Path, before, after any) {
	change := Change{Kind: kind, Path: slices.Clone(path)}
	if kind != ChangeKindAdded {
		change.Before, _ = json.Marshal(before)
	}
	if kind != ChangeKindRemoved {
		change.After, _ = json.Marshal(after)
	}
	if kind == ChangeKindAdded || kind == ChangeKindRemoved {
		d.whole = append(d.whole, change.Path)
	}
	d.changes = append(d.changes, change)
}

func (d *differ) compare(path Path, before, after any) {
	if reflect.DeepEqual(before, after) || isNothing(before) && isNothing(after) {
		return
	}
	switch a := before.(type) {
	case map[string]any:
		if b, ok := after.(map[string]any); ok {
			d.members(path, a, b)
			return
		}
	case []any:
		if b, ok := after.([]any); ok {
			d.lists(path, a, b)
			return
		}
	}
	d.note(ChangeKindChanged, path, before, after)
}

func isNothing(value any) bool { return value == nil || value == "" }

func (d *differ) members(path Path, a, b map[string]any) {
	if isReference(a) && isReference(b) {
		return // the objects themselves are compared
	}
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		below := append(slices.Clone(path), name)
		old, was := a[name]
		fresh, is := b[name]
		switch {
		case was && is:
			d.compare(below, old, fresh)
		case is && !isNothing(fresh):
			d.note(ChangeKindAdded, below, nil, fresh)
		case was && !isNothing(old):
			d.note(ChangeKindRemoved, below, old, nil)
		}
	}
}

// lists compares lists by the names of their entries, where all have one.
func (d *differ) lists(path Path, a, b []any) {
	namesA, entriesA, okA := named(a)
	namesB, entriesB, okB := named(b)
	if !okA || !okB {
		d.note(ChangeKindChanged, path, a, b)
		return
	}
	var stayedA, stayedB []string
	for _, name := range namesA {
		below := append(slices.Clone(path), name)
		old := entriesA[name]
		fresh, is := entriesB[name]
		switch {
		case is:
			stayedA = append(stayedA, name)
			d.compare(below, old, fresh)
		case !isReference(old): // or it is missing among the objects
			d.note(ChangeKindRemoved, below, old, nil)
		}
	}
	for _, name := range namesB {
		if _, was := entriesA[name]; was {
			stayedB = append(stayedB, name)
		} else if !isReference(entriesB[name]) {
			d.note(ChangeKindAdded, append(slices.Clone(path), name), nil, entriesB[name])
		}
	}
	if !slices.Equal(stayedA, stayedB) {
		d.note(ChangeKindReordered, path, namesA, namesB)
	}
}

// named returns the entries of a list by their names, and the names in order; false where not each has one of its own.
func named(list []any) (names []string, entries map[string]map[string]any, ok bool) {
	entries = make(map[string]map[string]any, len(list))
	for _, item := range list {
		entry, ok := item.(map[string]any)
		if !ok {
			return nil, nil, false
		}
		name := ""
		for _, member := range entryNames {
			if text, ok := entry[member].(string); ok && text != "" {
				name = text
				break
			}
		}
		if _, twice := entries[name]; twice || name == "" {
			return nil, nil, false
		}
		names = append(names, name)
		entries[name] = entry
	}
	return names, entries, true
}
