package sps_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func TestOrderedKeepsItsOrder(t *testing.T) {
	tests := map[string]struct {
		read, written string
		keys          []string
	}{
		"as listed":              {`{"@order":["c","a","b"],"a":1,"b":2,"c":3}`, `{"@order":["c","a","b"],"c":3,"a":1,"b":2}`, []string{"c", "a", "b"}},
		"without an order":       {`{"b":1,"a":2}`, `{"@order":["b","a"],"b":1,"a":2}`, []string{"b", "a"}},
		"an order that is short": {`{"a":1,"@order":["b"],"b":2}`, `{"@order":["b","a"],"b":2,"a":1}`, []string{"b", "a"}},
		"an order that lies":     {`{"@order":["x","a","a","@order"],"a":1}`, `{"@order":["a"],"a":1}`, []string{"a"}},
		"empty":                  {`{}`, `{"@order":[]}`, nil},
		"null":                   {`null`, `{"@order":[]}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var m sps.Ordered[int]
			if err := json.Unmarshal([]byte(test.read), &m); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(m.Keys(), test.keys) || m.Len() != len(test.keys) {
				t.Errorf("keys %q", m.Keys())
			}
			written, err := json.Marshal(m)
			if err != nil || string(written) != test.written {
				t.Errorf("written %s, %v", written, err)
			}
		})
	}
	for _, text := range []string{`[]`, `1`, `{"@order":1}`, `{"a":"x"}`} {
		var m sps.Ordered[int]
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func TestOrderedChanges(t *testing.T) {
	var m sps.Ordered[string]
	for _, key := range []string{"a", "b", "c"} {
		m.Set(key, key+"1")
	}
	m.Set("a", "a2")
	m.Move("c", 0)
	m.Move("b", 99)
	m.Move("nobody", 0)
	m.Delete("nobody")
	if value, ok := m.Get("a"); !ok || value != "a2" || !slices.Equal(m.Keys(), []string{"c", "a", "b"}) {
		t.Errorf("%q, %q", m.Keys(), value)
	}
	m.Delete("c")
	if _, ok := m.Get("c"); ok || !maps.Equal(maps.Collect(m.All()), map[string]string{"a": "a2", "b": "b1"}) {
		t.Errorf("%v", maps.Collect(m.All()))
	}
	for range m.All() {
		break
	}
}

func TestOrderedRefusesSecrets(t *testing.T) {
	var m sps.Ordered[secureaccess.Secret]
	m.Set("a", secureaccess.NewSecret("x"))
	if data, err := json.Marshal(m); err == nil {
		t.Errorf("written %s", data)
	}
}
