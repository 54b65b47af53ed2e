package contract_test

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// call is a typed method called for one documented operation. One file a service holds them.
type call struct {
	id string

	// responses are the numbers of the documented responses that the call is made for; nil is all of them.
	responses []int

	// body is the number of the documented body that the call sends: 0 is the printed one. ownBody says that it sends
	// another: other calls send those.
	body    int
	ownBody bool

	// at is the JSON pointer of the value in the documented response that the method returns; "" is all of it.
	at string

	// without names what the documented response has and the result deliberately does not, by JSON pointer ("*" for each
	// element of a list), with the reason. What stands beside the value at the pointer at has to be named as well.
	without map[string]string

	// do calls the method, with the arguments of the documented example, and returns what it decoded, or nil where the
	// operation returns nothing. It never adds what the method did not return.
	do func(ctx context.Context) (any, error)
}

// calls say how to make the calls for the operations of each contract against a recorder.
var calls = map[string][]func(t *testing.T, r *recorder) []call{}

// covers registers the calls of one service.
func covers(name string, setUp func(t *testing.T, r *recorder) []call) {
	calls[name] = append(calls[name], setUp)
}

// nothing is the result of a method that returns an error alone.
func nothing(err error) (any, error) { return nil, err }

// bodyTypes are the types that bodies were decoded into, by operation.
var bodyTypes = map[string]map[reflect.Type]bool{}

// example decodes the documented body of an operation, that of the given number where there are several, as the type
// that the method takes.
func example[T any](t *testing.T, id string, number ...int) T {
	t.Helper()
	var body T
	e, ok := contract.Find(id)
	if !ok || e.Request == nil {
		t.Fatalf("%s has no request", id)
	}
	n := 0
	if len(number) > 0 {
		n = number[0]
	}
	if err := secureaccess.Unmarshal(e.Request.Examples()[n], &body); err != nil {
		t.Fatalf("the documented body of %s does not fit %T: %v", id, body, err)
	}
	if bodyTypes[id] == nil {
		bodyTypes[id] = map[reflect.Type]bool{}
	}
	bodyTypes[id][reflect.TypeFor[T]()] = true
	return body
}

// compare holds what a call returned against a documented body of the response. It notes in used which members the call
// rightly leaves out.
func (c call) compare(t *testing.T, e *contract.Endpoint, response, variant int, result any, used map[string]bool) {
	t.Helper()
	documented := e.Responses[response]
	body := documented.Examples()[variant]
	if !strings.Contains(documented.ContentType, "json") || len(body) == 0 || string(body) == "null" {
		return // files have tests of their own
	}
	encoded, err := rest.Encode(result)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatalf("the documented response is not JSON: %v", err)
	}
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatalf("the result is not JSON: %v", err)
	}
	shape := e.ResponseShape(response)
	want = documented.Canonical(want)
	if c.at == "" {
		got = documented.Canonical(got)
	}
	for _, pointer := range slices.Sorted(maps.Keys(c.without)) {
		reason := c.without[pointer]
		if reason == "" {
			t.Errorf("%s is left out without a reason", pointer)
		}
		if !remove(want, pointer) {
			continue
		}
		used[pointer] = true
		if inner, below := strings.CutPrefix(pointer, c.at); below && has(got, inner) {
			t.Errorf("%s is in the result: it need not be excused", pointer)
		}
		omitted[c.id+" "+pointer] = reason
	}
	if c.at != "" {
		value, rest, ok := take(want, c.at)
		if !ok {
			t.Fatalf("the documented response has nothing at %s", c.at)
		}
		for _, problem := range (contract.Shape{}).Lost(rest, map[string]any{}) {
			t.Errorf("beside %s: %s", c.at, problem)
		}
		want, shape = value, shape.At(c.at)
	}
	for _, problem := range shape.Lost(want, got) {
		t.Errorf("result: %s", problem)
	}
}

// omitted are the members that results deliberately do not have.
var omitted = map[string]string{}

// tokens splits a JSON pointer.
func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	return strings.Split(strings.TrimPrefix(pointer, "/"), "/")
}

func token(t string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(t) }

// visit calls f for every object that holds the last member of the pointer.
func visit(value any, pointer []string, f func(object map[string]any, name string)) {
	switch v := value.(type) {
	case []any:
		if len(pointer) > 0 && pointer[0] == "*" {
			for _, element := range v {
				visit(element, pointer[1:], f)
			}
		}
	case map[string]any:
		if len(pointer) == 0 {
			return
		}
		names := []string{token(pointer[0])}
		if pointer[0] == "*" {
			names = slices.Collect(maps.Keys(v))
		}
		for _, name := range names {
			member, ok := v[name]
			switch {
			case !ok:
			case len(pointer) == 1:
				f(v, name)
			default:
				visit(member, pointer[1:], f)
			}
		}
	}
}

// remove takes what is at the pointer out of a value and reports whether there was something.
func remove(value any, pointer string) bool {
	found := false
	visit(value, tokens(pointer), func(object map[string]any, name string) {
		delete(object, name)
		found = true
	})
	return found
}

func has(value any, pointer string) bool {
	found := false
	visit(value, tokens(pointer), func(object map[string]any, name string) { found = found || object[name] != nil })
	return found
}

// take splits a value into what is at the pointer and what remains; objects that the pointer alone led through are no
// remains.
func take(value any, pointer string) (taken, remains any, ok bool) {
	visit(value, tokens(pointer), func(object map[string]any, name string) {
		taken, ok = object[name], true
		delete(object, name)
	})
	return taken, prune(value), ok
}

func prune(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	for name, member := range object {
		if inner, ok := prune(member).(map[string]any); ok && len(inner) == 0 {
			delete(object, name)
		}
	}
	return object
}
