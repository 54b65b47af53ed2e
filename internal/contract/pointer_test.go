package contract_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTake(t *testing.T) {
	for _, test := range []struct{ value, pointer, taken, remains string }{
		{`{"items":[1],"total":2}`, "/items", `[1]`, `{"total":2}`},
		{`{"body":{"token":"a"}}`, "/body/token", `"a"`, `{}`},
		{`{"body":{"token":"a","name":"b"}}`, "/body/token", `"a"`, `{"body":{"name":"b"}}`},
		{`{"a/b":1}`, "/a~1b", `1`, `{}`},
		{`{"a":1}`, "/b", `null`, `{"a":1}`},
	} {
		var value any
		if err := json.Unmarshal([]byte(test.value), &value); err != nil {
			t.Fatal(err)
		}
		taken, remains, ok := take(value, test.pointer)
		a, _ := json.Marshal(taken)
		b, _ := json.Marshal(remains)
		if string(a) != test.taken || string(b) != test.remains || ok != (test.taken != "null") {
			t.Errorf("%s at %s: %s and %s remain, %t", test.value, test.pointer, a, b, ok)
		}
	}
}

func TestRemove(t *testing.T) {
	for _, test := range []struct{ value, pointer, left string }{
		{`{"items":[{"a":1,"b":2},{"a":3}]}`, "/items/*/a", `{"items":[{"b":2},{}]}`},
		{`{"x":{"a":1},"y":{"a":2}}`, "/*/a", `{"x":{},"y":{}}`},
		{`{"a":1}`, "/b/c", `{"a":1}`},
	} {
		var value any
		if err := json.Unmarshal([]byte(test.value), &value); err != nil {
			t.Fatal(err)
		}
		found := has(value, test.pointer)
		if removed := remove(value, test.pointer); removed != found || has(value, test.pointer) {
			t.Errorf("%s at %s: has %t, removed %t", test.value, test.pointer, found, removed)
		}
		if left, _ := json.Marshal(value); string(left) != test.left {
			t.Errorf("%s without %s is %s", test.value, test.pointer, left)
		}
	}
}

func TestApart(t *testing.T) {
	request := func(body, scheme string) recorded {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Authorization", scheme+" secret-of-"+body)
		return recorded{request: r, body: []byte(strings.TrimSpace(body))}
	}
	pin, bearer := request(`{"pin":1}`, "Basic"), request(`{"pin":1}`, "Bearer")
	for _, test := range []struct {
		name string
		a, b []recorded
		want bool
	}{
		{"same", []recorded{pin}, []recorded{request(`{"pin":1} `, "Basic")}, false},
		{"header", []recorded{pin}, []recorded{bearer}, true},
		{"body", []recorded{pin}, []recorded{request(`{"pin":2}`, "Basic")}, true},
		{"one sends both", []recorded{pin, bearer}, []recorded{pin}, false},
	} {
		if got := apart(test.a, test.b); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
