package sps

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// ErrAmbiguous is how [Update] fails when it cannot tell which elements of a list were removed or moved, and members
// that the Go type does not know hang on it.
var ErrAmbiguous = errors.New("elements of a list cannot be told apart; make them pointers")

// An edit is a body on its way through a change. Three trees tell what the change did: the body as it came, what the Go
// type makes of it before the change, and what it makes of it after. The difference of the last two is carried over to
// the first.
type edit[T any] struct {
	body   *T
	raw    *jsontree.Node
	before *jsontree.Node
	known  map[any]origin // the elements of lists that are pointers

	// structs are the objects in before and after that are structs. Where the type is not one of ours their members were
	// matched without regard to case, and go back under the names that they came with; nil for models of ours.
	structs map[*jsontree.Node]bool
}

// origin is where an element of a list comes from.
type origin struct{ raw, before *jsontree.Node }

func newEdit[T any](object *Object[T]) (*edit[T], error) {
	raw, err := jsontree.Parse(object.raw)
	if err != nil {
		return nil, err
	}
	e := &edit[T]{body: new(T), known: map[any]origin{}}
	if err := decodeBody(object.raw, e.body); err != nil {
		return nil, err
	}
	fold := foreign[T]()
	e.raw = plainReferences(e.body, flatten(raw), fold)
	if e.before, _, err = encodeBody(e.body); err != nil {
		return nil, err
	}
	held, _, err := encodeBody(&object.Body)
	if err != nil {
		return nil, err
	}
	if !jsontree.Equal(held, e.before) {
		return nil, &secureaccess.ArgumentError{Argument: "object", Reason: "has a Body that was changed outside of the function"}
	}
	raws := map[any]*jsontree.Node{}
	if fold {
		e.structs = map[*jsontree.Node]bool{}
		leftOut(e.body, e.before, e.structs)
	}
	walkPointers(e.body, e.raw, fold, func(element any, node *jsontree.Node) { raws[element] = node })
	walkPointers(e.body, e.before, false, func(element any, node *jsontree.Node) {
		if raw := raws[element]; raw != nil {
			e.known[element] = origin{raw, node}
		}
	})
	return e, nil
}

// result returns the whole body after the change.
func (e *edit[T]) result() (*jsontree.Node, []secureaccess.Secret, error) {
	after, secrets, err := encodeBody(e.body)
	if err != nil {
		return nil, nil, err
	}
	m := merger{recognized: map[*jsontree.Node]bool{}, from: map[*jsontree.Node]origin{}, zeros: leftOut(e.body, after, e.structs), structs: e.structs}
	for _, o := range e.known {
		m.recognized[o.before] = true
	}
	walkPointers(e.body, after, false, func(element any, node *jsontree.Node) {
		if o, ok := e.known[element]; ok {
			m.from[node] = o
		}
	})
	node := m.value("", e.raw, e.before, after)
	if m.err != nil {
		return nil, nil, m.err
	}
	return node, secrets, nil
}

// merger carries the difference of two trees over to a third that has more members than they.
type merger struct {
	recognized map[*jsontree.Node]bool   // elements, before the change, that are found again by their pointer
	from       map[*jsontree.Node]origin // elements, after the change, that were there before

	// zeros are the members, after the change, that their type leaves out since they are zero.
	zeros map[*jsontree.Node]map[string]*jsontree.Node

	structs map[*jsontree.Node]bool // see edit

	err error
}

func (m *merger) value(at string, raw, before, after *jsontree.Node) *jsontree.Node {
	switch {
	case raw.IsObject() && before.IsObject() && after.IsObject():
		return m.object(at, raw, before, after)
	case raw.IsList() && before.IsList() && after.IsList() && len(raw.Items()) == len(before.Items()):
		return m.list(at, raw, before, after)
	case jsontree.Equal(before, after):
		return raw
	}
	return after
}

func (m *merger) object(at string, raw, before, after *jsontree.Node) *jsontree.Node {
	var members []jsontree.Member
	for _, member := range raw.Members() {
		was, is := m.member(before, raw, member.Name), m.member(after, raw, member.Name)
		switch {
		case was != nil && is == nil:
			// What has become zero is said: left out, the appliance would choose. The rest was taken away.
			if member.Value = m.zero(after, member.Name); member.Value == nil {
				continue
			}
		case was == nil && is != nil:
			member.Value = is // it was zero, and left out
		case was != nil:
			member.Value = m.value(at+"/"+member.Name, member.Value, was, is)
		}
		members = append(members, member)
	}
	for _, member := range after.Members() {
		if raw.Get(member.Name) != nil || m.spelt(after, before, raw, member.Name) {
			continue
		}
		if was := before.Get(member.Name); was != nil && jsontree.Equal(was, member.Value) {
			continue // the type has a member that this appliance does not
		}
		members = append(members, member)
	}
	return jsontree.Object(members...)
}

// member finds the member of an object, before or after the change, that has a name in raw.
func (m *merger) member(n, raw *jsontree.Node, name string) *jsontree.Node {
	if found := n.Get(name); found != nil || !m.structs[n] {
		return found
	}
	for _, member := range n.Members() {
		if strings.EqualFold(member.Name, name) && raw.Get(member.Name) == nil {
			return member.Value
		}
	}
	return nil
}

// zero returns what a change to zero is sent as, nil where the member was taken away.
func (m *merger) zero(after *jsontree.Node, name string) *jsontree.Node {
	if zero := m.zeros[after][name]; zero != nil || !m.structs[after] {
		return zero
	}
	for field, zero := range m.zeros[after] {
		if strings.EqualFold(field, name) {
			return zero
		}
	}
	return nil
}

// spelt reports whether raw has a member after the change under a name in another case.
func (m *merger) spelt(after, before, raw *jsontree.Node, name string) bool {
	return m.structs[after] && slices.ContainsFunc(raw.Members(), func(member jsontree.Member) bool {
		return strings.EqualFold(member.Name, name) && after.Get(member.Name) == nil && before.Get(member.Name) == nil
	})
}

func (m *merger) list(at string, raw, before, after *jsontree.Node) *jsontree.Node {
	byPointer := true
	for _, item := range before.Items() {
		byPointer = byPointer && (item.IsNull() || m.recognized[item])
	}
	if !byPointer {
		return m.values(at, raw.Items(), before.Items(), after.Items())
	}
	items := make([]*jsontree.Node, len(after.Items()))
	for i, item := range after.Items() {
		items[i] = item
		if o, ok := m.from[item]; ok {
			items[i] = m.value(at+"/"+strconv.Itoa(i), o.raw, o.before, item)
		}
	}
	return jsontree.List(items...)
}

// values carries over a list whose elements have no identity of their own.
func (m *merger) values(at string, raw, before, after []*jsontree.Node) *jsontree.Node {
	// Elements that look alike, by their looks.
	alike := map[string][]int{}
	for i, item := range before {
		looks := string(item.Bytes())
		alike[looks] = append(alike[looks], i)
	}
	wanted := map[string]int{}
	for _, item := range after {
		wanted[string(item.Bytes())]++
	}
	used := make([]bool, len(before))
	items := make([]*jsontree.Node, len(after))
	for i, item := range after {
		looks := string(item.Bytes())
		candidates := alike[looks]
		if len(candidates) == 0 {
			continue
		}
		if len(candidates) > wanted[looks] {
			for _, other := range candidates[1:] {
				if !jsontree.Equal(raw[candidates[0]], raw[other]) {
					return m.ambiguous(at)
				}
			}
		}
		items[i], used[candidates[0]] = raw[candidates[0]], true
		alike[looks] = candidates[1:]
		wanted[looks]--
	}
	hidden := false // an element that is not found again has members that the type does not know
	for i := range before {
		if used[i] {
			continue
		}
		if len(before) == len(after) && items[i] == nil {
			items[i] = m.value(at+"/"+strconv.Itoa(i), raw[i], before[i], after[i])
			continue
		}
		hidden = hidden || !jsontree.Equal(raw[i], before[i])
	}
	for i, item := range items {
		if item != nil {
			continue
		}
		if hidden && (after[i].IsObject() || after[i].IsList()) {
			return m.ambiguous(at)
		}
		items[i] = after[i]
	}
	return jsontree.List(items...)
}

func (m *merger) ambiguous(at string) *jsontree.Node {
	if m.err == nil {
		m.err = &secureaccess.ArgumentError{Argument: "change", Reason: "of the list at " + at + " is not clear", Err: ErrAmbiguous}
	}
	return jsontree.List()
}
