package ics

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	internaljson "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Entry is an entry of a collection of the configuration. Without [ConfigurationOptions.Expand] most collections give
// names and references only.
type Entry[T any] struct {
	Name string
	Href string // for [ParsePath]; "" where the appliance gives none

	// Object is the entry itself; nil where only the reference came. Releases are known that leave members out of it even
	// in an expanded collection: what is to be written back is read by itself first.
	Object *T
}

// EntryList is a collection of the configuration.
type EntryList[T any] struct {
	Items []Entry[T]
	Total int // the number of Items: collections do not page
}

// entryNames are the members that entries are known by: most have a name, local users a username, entries of cluster
// members a node, policies of the host checker a policy-name.
var entryNames = []string{"name", "username", "node", "policy-name", "rule-name", "address"}

// nameOf returns what an entry is known by, "" for nothing.
func nameOf(entry rawObject) string {
	for _, member := range entryNames {
		var name string
		if json.Unmarshal(entry[member], &name) == nil && name != "" {
			return name
		}
	}
	return ""
}

// isReference reports whether an entry is a reference to an object and not the object: an href, and what the object is
// known by.
func isReference[T any](entry map[string]T) bool {
	if _, ok := entry["href"]; !ok || len(entry) > 2 {
		return false
	}
	for member := range entry {
		if member != "href" && !slices.Contains(entryNames, member) {
			return false
		}
	}
	return true
}

// list reads a collection, whose list has the name key. An empty one may lack it, or come as "" or null.
func list[T any](ctx context.Context, c *rest.Client, op *rest.Op, key string, opts *ConfigurationOptions) (*EntryList[T], error) {
	fail := func(reason string) (*EntryList[T], error) {
		method, template := op.Template()
		return nil, badResponse(method, template, reason)
	}
	response, err := rest.Do[rawObject](ctx, c, opts.apply(op))
	if err != nil {
		return nil, err
	}
	data, ok := (*response)[key]
	if !ok && len(*response) > 0 {
		return fail("it has no list " + key)
	}
	entries, ok := entriesOf(data)
	if !ok {
		return fail("its list is none")
	}
	result := &EntryList[T]{Items: make([]Entry[T], 0, len(entries)), Total: len(entries)}
	for _, data := range entries {
		var members rawObject
		var entry Entry[T]
		switch {
		case internaljson.IsNothing(data):
			return fail("its list has an entry that is nothing")
		case json.Unmarshal(data, &entry.Name) == nil: // a name alone
		case json.Unmarshal(data, &members) != nil:
			return fail("its list has an entry that is no object")
		default:
			entry.Name = nameOf(members)
			_ = json.Unmarshal(members["href"], &entry.Href)
			if !isReference(members) {
				var object []T
				if err := decodeList(data, &object); err != nil {
					return fail("its list has an entry of another kind")
				}
				toWriteBack(&object[0], data)
				entry.Object = &object[0]
			}
		}
		result.Items = append(result.Items, entry)
	}
	return result, nil
}

// entriesOf returns the entries of a list, also of one that is written as its only entry, as "" or as null.
func entriesOf(data json.RawMessage) (entries []json.RawMessage, ok bool) {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0, string(data) == "null", string(data) == `""`, string(data) == "{}":
		return nil, true
	case data[0] == '{':
		return []json.RawMessage{data}, true
	}
	return entries, json.Unmarshal(data, &entries) == nil
}
