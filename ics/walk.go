package ics

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Object is a part of the configuration that has a path of its own.
type Object struct {
	Path Path

	// Value is the object as the appliance writes it. Objects below it stand in it as references, with name and href.
	Value json.RawMessage
}

// configurationParts are what stands below the root. Releases that cannot be read from the root are read by them.
var configurationParts = []string{"administrators", "authentication", "system", "uac", "users"}

// Walk iterates over the configuration from path down, an object at a time: the one at path first, then those that it
// refers to, and so on. The empty path is the root, and with it the whole configuration. Members are followed in the
// order of their names and the entries of a list in its own, so that two walks over the same configuration are alike.
//
// GET /api/v1/configuration/{path}
//
// GET /api/v1/configuration
//
// With [ConfigurationOptions.Expand] whatever lies below comes within the object at path, if the appliance gives it so.
// An object that cannot be read comes with the error and its path alone; the walk goes on with the others, unless
// the loop ends or ctx does. References that lead out of the configuration, above path, or to what was read already are
// not followed.
func Walk(ctx context.Context, s *ConfigurationService, path Path, opts *ConfigurationOptions) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		w := &treeWalk{service: s, opts: opts, root: path, seen: map[string]bool{}, yield: yield}
		w.from(ctx, slices.Clone(path))
	}
}

type treeWalk struct {
	service *ConfigurationService
	opts    *ConfigurationOptions
	root    Path
	seen    map[string]bool
	yield   func(Object, error) bool
}

// key tells paths apart, whatever their names hold.
func (p Path) key() string {
	escaped := make([]string, len(p))
	for i, segment := range p {
		escaped[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(segment)
	}
	return strings.Join(escaped, "/")
}

// from reads the object at path and what is below it; false ends the walk.
func (w *treeWalk) from(ctx context.Context, path Path) bool {
	if w.seen[path.key()] {
		return true
	}
	w.seen[path.key()] = true
	value, err := w.service.Get(ctx, path, w.opts)
	if err == nil {
		err = isObject(value)
	}
	if len(path) == 0 && errors.Is(err, secureaccess.ErrNotFound) {
		return w.parts(ctx)
	}
	if err != nil {
		return w.yield(Object{Path: path}, err) && ctx.Err() == nil
	}
	if !w.yield(Object{Path: path, Value: value}, nil) {
		return false
	}
	for _, below := range references(value, path) {
		if w.leads(below) && !w.from(ctx, below) {
			return false
		}
	}
	return true
}

// parts reads what stands below the root, as far as the appliance has it.
func (w *treeWalk) parts(ctx context.Context) bool {
	for _, part := range configurationParts {
		more := true
		sub := &treeWalk{service: w.service, opts: w.opts, seen: w.seen, yield: func(o Object, err error) bool {
			if len(o.Path) == 1 && errors.Is(err, secureaccess.ErrNotFound) {
				return true // Connect Secure has no uac
			}
			more = w.yield(o, err)
			return more
		}}
		if !sub.from(ctx, Path{part}) || !more {
			return false
		}
	}
	return true
}

// leads reports whether a reference leads to what is below the beginning of the walk.
func (w *treeWalk) leads(path Path) bool {
	return len(path) > len(w.root) && slices.Equal(path[:len(w.root)], w.root)
}

// isObject refuses what is no part of a configuration, such as the notice of a gateway.
func isObject(value json.RawMessage) error {
	var members rawObject
	if json.Unmarshal(value, &members) != nil {
		return badResponse("GET", configurationPath, "it is no object")
	}
	for _, notice := range []string{"message", "errorMessage", "error"} {
		if _, ok := members[notice]; ok && len(members) == 1 {
			return badResponse("GET", configurationPath, "it is no part of the configuration")
		}
	}
	return nil
}

// references returns the paths that a value refers to, in order, without those behind other references.
func references(value json.RawMessage, path Path) []Path {
	var list []json.RawMessage
	var object rawObject
	var found []Path
	switch {
	case json.Unmarshal(value, &object) == nil:
		if isReference(object) {
			var href string
			if json.Unmarshal(object["href"], &href) == nil {
				if below, err := ParsePath(href); err == nil {
					return []Path{below}
				}
			}
			return nil
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			found = append(found, references(object[name], path)...)
		}
	case json.Unmarshal(value, &list) == nil:
		for _, item := range list {
			found = append(found, references(item, path)...)
		}
	}
	return found
}
