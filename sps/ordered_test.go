package sps_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func TestOrdered(t *testing.T) {
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

func TestOrdered_changes(t *testing.T) {
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

// A request carries the secrets of a map, a log does not.
func TestOrdered_secrets(t *testing.T) {
	var m sps.Ordered[secureaccess.Secret]
	m.Set("a", secureaccess.NewSecret("xyzzy"))
	if data, err := json.Marshal(m); err != nil || strings.Contains(string(data), "xyzzy") {
		t.Errorf("written %s, %v", data, err)
	}
	var w wire
	server, client := start(t, w.option())
	server.AddCollection("policies/vaults")
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		_, err := sps.Create(ctx, tx, sps.Endpoint[sps.Ordered[secureaccess.Secret]]("policies/vaults"), m)
		return err
	})
	if err != nil || !slices.Contains(w.bodies, `{"@order":["a"],"a":"xyzzy"}`) {
		t.Errorf("sent %q, %v", w.bodies, err)
	}
}
