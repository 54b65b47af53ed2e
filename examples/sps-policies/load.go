package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/sps"
)

// object is what a file wants.
type object struct {
	endpoint, name string
	setting        bool // of which there is one; name is the last element of its path
	body           any
	needs          []string // paths of the objects it refers to by name
}

func (o *object) path() string { return o.endpoint + "/" + o.name }

// load reads the files of a folder, in an order in which they can be made: what others refer to comes first.
func load(folder fs.FS) ([]*object, error) {
	all := map[string]*object{}
	err := fs.WalkDir(folder, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".json" {
			return err
		}
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			return err
		}
		o := &object{endpoint: path.Dir(file)}
		if err := decode(data, &o.body); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := o.locate(strings.TrimSuffix(file, ".json")); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if all[o.path()] != nil {
			return fmt.Errorf("%s: another file has an object of that name", file)
		}
		_, err = resolve(o.body, func(name string) (string, error) {
			o.needs = append(o.needs, name)
			return "", nil
		})
		all[o.path()] = o
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("the folder holds no JSON file")
	}
	var ordered []*object
	state := map[string]int{} // 1: on the way, 2: in ordered
	var visit func(name string) error
	visit = func(name string) error {
		o := all[name]
		switch {
		case o == nil || state[name] == 2:
			return nil // it has to be on the appliance, or was there before
		case state[name] == 1:
			return fmt.Errorf("%s refers to itself, over others perhaps", name)
		}
		state[name] = 1
		for _, needed := range o.needs {
			if err := visit(needed); err != nil {
				return err
			}
		}
		state[name] = 2
		ordered = append(ordered, o)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

// locate finds out what kind of object stands at a path.
func (o *object) locate(file string) error {
	if rule, _ := sps.RuleOf(file); rule == sps.RuleSetting {
		o.setting, o.name = true, path.Base(file)
		return nil
	}
	if rule, _ := sps.RuleOf(o.endpoint); rule != sps.RuleCollection {
		return fmt.Errorf("%s takes no objects: it is %s", o.endpoint, rule)
	}
	members, _ := o.body.(map[string]any)
	if o.name, _ = members["name"].(string); o.name == "" || o.endpoint == "." {
		return errors.New("it has no name, or is not in the folder of an endpoint")
	}
	return nil
}

// decode reads JSON and keeps the digits of numbers.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more after the JSON object")
	}
	return nil
}

// resolve replaces references by name with what key returns for them.
func resolve(v any, key func(name string) (string, error)) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, ok := v["@name"].(string); ok && len(v) == 1 {
			return key(name)
		}
		resolved := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			member, err := resolve(v[name], key)
			if err != nil {
				return nil, err
			}
			resolved[name] = member
		}
		return resolved, nil
	case []any:
		resolved := make([]any, len(v))
		for i := range v {
			var err error
			if resolved[i], err = resolve(v[i], key); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	}
	return v, nil
}
