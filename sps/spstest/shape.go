package spstest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// shape is what an appliance knows of the members of an object.
type shape struct {
	members  map[string]*shape
	required map[string]bool
	open     bool // nothing is known: everything is taken
}

// documented makes the shape of an entity of the contract.
func documented(c *contract.Contract, name string) *shape {
	known := &shape{members: map[string]*shape{}, required: map[string]bool{}}
	for _, e := range c.Entities {
		if e.Name != name {
			continue
		}
		for _, f := range e.Fields {
			inner := f.Entity
			if f.Items != "" {
				inner = f.Items
			}
			known.members[f.Name] = documented(c, inner)
			known.required[f.Name] = true
		}
	}
	known.open = len(known.members) == 0
	return known
}

// learn adds the members of an object to what is known.
func (k *shape) learn(n *jsontree.Node) {
	for _, item := range n.Items() {
		k.learn(item)
	}
	if k.open || !n.IsObject() {
		return
	}
	for _, m := range n.Members() {
		if k.members[m.Name] == nil {
			k.members[m.Name] = &shape{open: true}
		}
		k.members[m.Name].learn(m.Value)
	}
}

// filter drops what is not known and names what is missing.
func (k *shape) filter(at string, n *jsontree.Node) (*jsontree.Node, []string) {
	var missing []string
	switch {
	case k.open:
		return n, nil
	case n.IsList():
		items := make([]*jsontree.Node, len(n.Items()))
		for i, item := range n.Items() {
			filtered, lacks := k.filter(fmt.Sprintf("%s[%d]", at, i), item)
			items[i], missing = filtered, append(missing, lacks...)
		}
		return jsontree.List(items...), missing
	case !n.IsObject():
		return n, nil
	}
	for _, m := range n.Members() {
		inner := k.members[m.Name]
		if inner == nil {
			n = n.Without(m.Name)
			continue
		}
		filtered, lacks := inner.filter(at+"."+m.Name, m.Value)
		n, missing = n.With(m.Name, filtered), append(missing, lacks...)
	}
	for _, name := range slices.Sorted(maps.Keys(k.required)) {
		if n.Get(name) == nil {
			missing = append(missing, at+"."+name)
		}
	}
	return n, missing
}
