package sps

import (
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// Ref refers to another object. Responses have it as a key or as {"key", "meta"}, some without meta; requests always
// have the key alone, or null for the zero Ref.
type Ref struct {
	Key  string
	Href string // "" when the response had the key alone
}

// IsZero reports whether the reference leads nowhere.
func (r Ref) IsZero() bool { return r.Key == "" }

// MarshalJSON writes the key, or null.
func (r Ref) MarshalJSON() ([]byte, error) {
	if r.Key == "" {
		return []byte("null"), nil
	}
	return jsontree.Text(r.Key).Bytes(), nil
}

// UnmarshalJSON reads a key, an embedded {"key", "meta"} or {"key"}, or null. What has another form leads nowhere, and
// is put back as it came unless it is changed.
func (r *Ref) UnmarshalJSON(data []byte) error {
	*r = Ref{}
	node, err := jsontree.Parse(data)
	if err != nil {
		return err
	}
	if node.IsObject() {
		if meta := node.Get("meta"); meta != nil {
			if href := meta.Get("href"); href != nil {
				r.Href, _ = href.String()
			}
		}
		if node = node.Get("key"); node == nil {
			return nil
		}
	}
	if node.IsNull() || node.IsObject() || node.IsList() {
		return nil
	}
	if text, ok := node.String(); ok {
		r.Key = text
		return nil
	}
	r.Key = string(node.Bytes()) // a number
	return nil
}

// reference takes apart {"key", "meta"}. A body beside them is that of the object referred to.
func reference(n *jsontree.Node) (key, meta *jsontree.Node, ok bool) {
	if !n.IsObject() {
		return nil, nil, false
	}
	for _, m := range n.Members() {
		switch m.Name {
		case "key":
			key = m.Value
		case "meta":
			meta = m.Value
		case "body":
		default:
			return nil, nil, false
		}
	}
	ok = key != nil && !key.IsObject() && !key.IsList() && meta != nil && meta.IsObject() && meta.Get("href") != nil
	return key, meta, ok
}

// flatten replaces embedded references by their keys, at any depth.
func flatten(n *jsontree.Node) *jsontree.Node {
	return n.Map(func(n *jsontree.Node) *jsontree.Node {
		if key, _, ok := reference(n); ok {
			return key
		}
		return n
	})
}

// Flatten returns a body as requests have it: embedded references replaced by their keys, at any depth. [Create] and
// [Update] do so by themselves; it is for comparing what is there with what should be.
func Flatten(body json.RawMessage) (json.RawMessage, error) {
	node, err := jsontree.Parse(body)
	if err != nil {
		return nil, err
	}
	return flatten(node).Bytes(), nil
}
