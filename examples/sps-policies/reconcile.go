package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/sps"
)

// tally counts objects.
type tally struct{ create, change, same int }

// inventory is what there is on an appliance, endpoint by endpoint, by name.
type inventory struct {
	from      sps.Reader
	endpoints map[string]map[string]*sps.Object[json.RawMessage]
	created   map[string]string // keys by path; "" for what would be made
}

// find returns an object by its name, nil if there is none.
func (i *inventory) find(ctx context.Context, endpoint, name string) (*sps.Object[json.RawMessage], error) {
	known, ok := i.endpoints[endpoint]
	if !ok {
		known = map[string]*sps.Object[json.RawMessage]{}
		for o, err := range sps.All(ctx, i.from, sps.Endpoint[json.RawMessage](endpoint)) {
			if err != nil {
				return nil, err
			}
			var named struct {
				Name *string `json:"name"`
			}
			if json.Unmarshal(o.Body, &named) != nil || string(o.Body) == "null" {
				return nil, fmt.Errorf("%s/%s cannot be read, so that nobody knows its name", endpoint, o.Key)
			}
			if named.Name == nil {
				continue
			}
			if _, twice := known[*named.Name]; twice {
				o = nil // which one is meant?
			}
			known[*named.Name] = o
		}
		i.endpoints[endpoint] = known
	}
	o, ok := known[name]
	if ok && o == nil {
		return nil, fmt.Errorf("there is more than one %s/%s", endpoint, name)
	}
	return o, nil
}

// current returns what there is of an object, nil if there is nothing.
func (i *inventory) current(ctx context.Context, o *object) (*sps.Object[json.RawMessage], error) {
	if o.setting {
		return sps.GetSetting(ctx, i.from, sps.Setting[json.RawMessage](o.path()))
	}
	return i.find(ctx, o.endpoint, o.name)
}

// key returns the key of an object by its path: endpoint and name.
func (i *inventory) key(ctx context.Context, name string) (string, error) {
	if key, ok := i.created[name]; ok {
		return cmp.Or(key, "the new "+name), nil
	}
	o, err := i.find(ctx, path.Dir(name), path.Base(name))
	if err != nil {
		return "", err
	}
	if o == nil {
		return "", fmt.Errorf("there is no %s to refer to", name)
	}
	return o.Key, nil
}

// reconcile compares what is wanted with what is there, shows the differences, and makes them if there is a
// transaction.
func reconcile(ctx context.Context, from sps.Reader, tx *sps.Tx, wanted []*object, out io.Writer) (tally, error) {
	var count tally
	there := &inventory{from, map[string]map[string]*sps.Object[json.RawMessage]{}, map[string]string{}}
	for _, o := range wanted {
		resolved, err := resolve(o.body, func(name string) (string, error) { return there.key(ctx, name) })
		if err != nil {
			return count, fmt.Errorf("%s: %w", o.path(), err)
		}
		current, err := there.current(ctx, o)
		if err != nil {
			return count, err
		}
		if current == nil {
			_, _ = fmt.Fprintf(out, "+ %s\n", quote.Cell(o.path()))
			count.create++
			there.created[o.path()] = ""
			if tx != nil {
				written, err := sps.Create(ctx, tx, sps.Endpoint[any](o.endpoint), resolved)
				if err != nil {
					return count, fmt.Errorf("%s: %w", o.path(), err)
				}
				there.created[o.path()] = written.Key
			}
			continue
		}
		flat, err := sps.Flatten(current.Body)
		if err != nil {
			return count, err
		}
		var have any
		if err := decode(flat, &have); err != nil {
			return count, err
		}
		differences := compare("", have, resolved)
		if len(differences) == 0 {
			count.same++
			continue
		}
		_, _ = fmt.Fprintf(out, "~ %s\n    %s\n", quote.Cell(o.path()), strings.Join(differences, "\n    "))
		count.change++
		if tx != nil {
			_, err := sps.Update(ctx, tx, current, func(body *json.RawMessage) error {
				*body, err = json.Marshal(overlay(have, resolved))
				return err
			})
			if err != nil {
				return count, fmt.Errorf("%s: %w", o.path(), err)
			}
		}
	}
	return count, nil
}

// compare describes where something is not as wanted.
func compare(at string, have, want any) []string {
	h, isObject := have.(map[string]any)
	w, wantObject := want.(map[string]any)
	if isObject && wantObject {
		var differences []string
		for _, name := range slices.Sorted(maps.Keys(w)) {
			where := strings.TrimPrefix(at+"."+name, ".")
			if value, ok := h[name]; ok {
				differences = append(differences, compare(where, value, w[name])...)
			} else {
				differences = append(differences, fmt.Sprintf("%s: nothing -> %s", where, text(w[name])))
			}
		}
		return differences
	}
	hl, isList := have.([]any)
	wl, wantList := want.([]any)
	if isList && wantList && len(hl) == len(wl) {
		var differences []string
		for i := range hl {
			differences = append(differences, compare(fmt.Sprintf("%s[%d]", at, i), hl[i], wl[i])...)
		}
		return differences
	}
	if reflect.DeepEqual(have, want) {
		return nil
	}
	return []string{quote.Cell(fmt.Sprintf("%s: %s -> %s", at, text(have), text(want)))}
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// overlay returns what is there with what is wanted laid over it. Lists of the same length are gone through, so that
// what a file does not say about their elements is kept too.
func overlay(have, want any) any {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return want
		}
		merged := maps.Clone(h)
		for name, value := range w {
			merged[name] = overlay(h[name], value)
		}
		return merged
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(w) {
			return want
		}
		merged := make([]any, len(w))
		for i := range w {
			merged[i] = overlay(h[i], w[i])
		}
		return merged
	}
	return want
}
