package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// TestModels holds every member that the contract describes against the fields of the types that the calls of the
// coverage return and send, also of members that no example shows. What today's models lack stands in
// models-missing.txt, a list that only shrinks.
func TestModels(t *testing.T) {
	missing := map[string]bool{}
	checked := 0
	for _, name := range contract.Names() {
		c := contract.MustLoad(name)
		r := newRecorder(t, name)
		for _, setUp := range calls[name] {
			for _, call := range setUp(t, r) {
				e, ok := c.Endpoint(call.id)
				if !ok {
					continue // TestCoverage says so
				}
				for _, response := range call.chosen(e) {
					if !strings.Contains(e.Responses[response].ContentType, "json") {
						continue
					}
					r.begin(e, response, 0)
					result, err := call.do(t.Context())
					if err != nil || result == nil {
						continue // TestCoverage says what is wrong
					}
					checked++
					m := models{missing: missing, product: name, without: call.without}
					m.check(e.ResponseShape(response).At(call.at), reflect.TypeOf(result), call.at, e.ID)
				}
			}
		}
		for _, e := range c.Endpoints {
			// Where an operation has several types of bodies, one of them has to have the member.
			lacks := map[string][]string{}
			for body := range bodyTypes[e.ID] {
				checked++
				m := models{missing: map[string]bool{}, product: name, sent: true}
				m.check(e.RequestShape(), body, "", e.ID)
				for line := range m.missing {
					member, _, _ := strings.Cut(line, " in ")
					lacks[member] = append(lacks[member], line)
				}
			}
			for _, lines := range lacks {
				if len(lines) == len(bodyTypes[e.ID]) {
					missing[slices.Min(lines)] = true
				}
			}
		}
	}
	known := readList(t, "models-missing.txt")
	for _, line := range slices.Sorted(maps.Keys(missing)) {
		if !known[line] {
			t.Errorf("no field: %s", line)
		}
	}
	for line := range known {
		if !missing[line] {
			t.Errorf("models-missing.txt: take out %q", line)
		}
	}
	if path := os.Getenv("MODELS_MISSING"); path != "" {
		text := "# Members of the contract that no field of the model has; types that write themselves take some off an envelope.\n# This list only shrinks.\n" +
			strings.Join(slices.Sorted(maps.Keys(missing)), "\n") + "\n"
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	summary = append(summary, fmt.Sprintf("models checked: %d, members without a field: %d", checked, len(missing)))
}

// models collects the members of the contract that types lack.
type models struct {
	missing map[string]bool
	product string
	sent    bool              // the type is sent: it need not have what the server alone writes
	without map[string]string // deliberately left out
}

var rawMessage = reflect.TypeFor[json.RawMessage]()

// check holds a type against a shape.
func (m models) check(s contract.Shape, t reflect.Type, at, what string) {
	m.walk(s, t, at, what, map[string]bool{})
}

func (m models) walk(s contract.Shape, t reflect.Type, at, what string, seen map[string]bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !s.Known() || t == rawMessage && s.Open {
		return
	}
	switch {
	case s.List != nil:
		if (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && t != rawMessage {
			m.walk(*s.List, t.Elem(), at+"/*", what, seen)
		}
		return
	case s.Map != nil:
		if t.Kind() == reflect.Map {
			m.walk(*s.Map, t.Elem(), at+"/*", what, seen)
		}
		return
	case s.Scalar != "":
		return
	}
	if s.Entity != "" {
		what = s.Entity
	}
	key := what + " " + t.String()
	if seen[key] {
		return
	}
	seen = maps.Clone(seen)
	seen[key] = true
	names, extra := fieldsOf(t)
	if len(names) == 0 {
		switch {
		case t.Kind() == reflect.Interface, t.Kind() == reflect.Map: // built by the call from what was decoded
		case t.Kind() != reflect.Struct || t == rawMessage || !opaque(t):
			m.missing[fmt.Sprintf("%s %s is %s", m.product, what, t)] = true
		}
		return
	}
	for _, f := range s.Fields {
		pointer := at + "/" + f.Name
		if m.without[pointer] != "" || m.sent && f.ReadOnly || f.SampleOnly {
			continue
		}
		field, ok := names[f.Name]
		if !ok && strings.Contains(f.Name, ".") {
			field, ok = below(t, f.Name)
		}
		for _, alias := range f.Aliases {
			if !ok {
				field, ok = names[alias]
			}
		}
		switch {
		case ok:
			m.walk(s.Of(f), field, pointer, what+"."+f.Name, seen)
		case f.Name == "body" && s.Open && len(s.Fields) == 1:
			m.walk(s.Of(f), t, pointer, what, seen) // the wrapper of an object of Safeguard, taken off
		case !extra || !s.Open:
			m.missing[fmt.Sprintf("%s %s.%s in %s", m.product, what, f.Name, t)] = true
		}
	}
}

// below finds the type of a member that is described with the operation by its path: "params.backup_id",
// "items[].enabled".
func below(t reflect.Type, path string) (reflect.Type, bool) {
	for name := range strings.SplitSeq(path, ".") {
		name, list := strings.CutSuffix(name, "[]")
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		names, extra := fieldsOf(t)
		field, ok := names[name]
		switch {
		case ok:
			t = field
		case t.Kind() == reflect.Map:
			t = t.Elem()
		default:
			return rawMessage, extra
		}
		if list {
			for t.Kind() == reflect.Pointer {
				t = t.Elem()
			}
			if t.Kind() != reflect.Slice {
				return nil, false
			}
			t = t.Elem()
		}
	}
	return t, true
}

// opaque reports whether a struct has no fields on the wire: it reads and writes itself.
func opaque(t reflect.Type) bool {
	names, _ := fieldsOf(t)
	return len(names) == 0
}

// fieldsOf returns the types of a struct's fields by their names on the wire, those of embedded structs included, and
// whether it keeps unknown members.
func fieldsOf(t reflect.Type) (names map[string]reflect.Type, extra bool) {
	names = map[string]reflect.Type{}
	if t.Kind() != reflect.Struct {
		return names, false
	}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Type.Kind() == reflect.Map && f.Type.Elem() == rawMessage && (name == "-" || strings.Contains(options, "embed")):
			extra = true
		case name == "-":
		case f.Anonymous && name == "":
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			embedded, more := fieldsOf(inner)
			maps.Copy(names, embedded)
			extra = extra || more
		case !f.IsExported():
		case name != "":
			names[name] = f.Type
		case len(f.Tag) > 0:
			names[f.Name] = f.Type
		default: // without a tag: a type that reads and writes itself
		}
	}
	return names, extra
}

func TestModels_walk(t *testing.T) {
	type group struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	type member struct {
		State string `json:"config_state"`
	}
	e, ok := contract.Find("pulseone.appliance_groups.get")
	if !ok {
		t.Fatal("no such operation")
	}
	m := models{missing: map[string]bool{}, product: "pulseone"}
	m.check(e.ResponseShape(0), reflect.TypeFor[*struct {
		group
		Members []*member `json:"members"`
	}](), "", e.ID)
	got := strings.Join(slices.Sorted(maps.Keys(m.missing)), "\n")
	for _, want := range []string{".description in", ".appliance_id in contract_test.member"} {
		if !strings.Contains(got, want) {
			t.Errorf("no line with %q in\n%s", want, got)
		}
	}
	for _, no := range []string{".name in", ".config_state in contract_test.member"} {
		if strings.Contains(got, no) {
			t.Errorf("a line with %q in\n%s", no, got)
		}
	}
}
