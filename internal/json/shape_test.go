package json_test

import (
	stdjson "encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

type result struct {
	Message string `json:"message"`
	Code    int    `json:"code"`
	ID      string `json:"id,omitzero" alias:"uuid"`
}

type named struct {
	envelope
	Data  []result           `json:"data"`
	Links map[string]result  `json:"links"`
	Extra secureaccess.Extra `json:",embed"`
}

type envelope struct {
	ItemsTotal int `json:"itemsTotal"`
}

type holder struct {
	ID    string   `json:"id"`
	Inner []result `json:"inner"`
	*envelope
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		value any
		want  []string
	}{
		{result{}, []string{"code", "id", "message", "uuid"}},
		{&named{}, []string{"data", "itemsTotal", "links"}},
		{holder{}, []string{"id", "inner", "itemsTotal"}},
		{1, nil}, {secureaccess.Time{}, nil}, {[]result{}, nil},
	} {
		if got := json.Names(reflect.TypeOf(test.value)); !slices.Equal(got, test.want) {
			t.Errorf("%T: %q", test.value, got)
		}
	}
}

func TestShape_Check(t *testing.T) {
	message := json.Shape{Required: []string{"message"}}
	bare, empty := json.Shape{BareArray: true}, json.Shape{EmptyObject: true}
	for _, test := range []struct {
		data  string
		into  any
		shape json.Shape
		want  error
	}{
		{`{"id":""}`, new(result), json.Shape{}, nil},
		{`{"x":1,"uuid":"a"}`, new(result), json.Shape{}, nil},
		{"\xef\xbb\xbf {\"\\u0069d\":null}", new(result), json.Shape{}, nil},
		{`{"message":"timed out","code":0}`, new(result), json.Shape{}, json.ErrNoKnownMember},
		{`{"message":"done"}`, new(result), message, nil},
		{`{"code":3}`, new(result), message, json.ErrNoKnownMember},
		{`{"ID":"a"}`, new(result), json.Shape{}, json.ErrNoKnownMember},
		{`{}`, new(result), json.Shape{}, json.ErrNoKnownMember},
		{` { } `, new(result), empty, nil},
		{`{"errorMessage":"busy"}`, new(result), empty, json.ErrNoKnownMember},
		{`null`, new(result), json.Shape{}, json.ErrNull},
		{`null`, new(map[string]int), json.Shape{}, json.ErrNull},
		{`{}`, new(map[string]int), json.Shape{}, nil},
		{`{}`, new(struct{}), json.Shape{}, nil},
		{`null`, new(stdjson.RawMessage), json.Shape{}, nil},
		{`null`, new(any), json.Shape{}, nil},
		{`{"itemsTotal":0}`, new(named), json.Shape{}, nil},
		{`{"other":0}`, new(named), json.Shape{}, json.ErrNoKnownMember},
		{`{"data":null}`, new(named), json.Shape{}, nil},
		{`{"data":[]}`, new(named), json.Shape{}, nil},
		{`{"data":[{"id":""},{"x":1,"uuid":""}]}`, new(named), json.Shape{}, nil},
		{`{"data":[{"id":"a"},{}]}`, new(named), json.Shape{}, json.ErrNoKnownMember},
		{`{"data":[{"message":"busy","code":1}]}`, new(named), json.Shape{}, json.ErrNoKnownMember},
		{`{"data":[{"message":"busy"}]}`, new(named), message, nil},
		{`{"data":[null]}`, new(named), json.Shape{}, json.ErrNull},
		{`{"data":["a"]}`, new(named), json.Shape{}, json.ErrNoKnownMember},
		{`{"data":[[]]}`, new(named), json.Shape{}, json.ErrNoKnownMember},
		{`{"itemsTotal":0,"links":{"a":{}}}`, new(named), json.Shape{}, nil},
		{`[]`, new([]result), json.Shape{}, json.ErrKind},
		{`[]`, new([]result), bare, nil},
		{`null`, new([]result), bare, nil},
		{`null`, new([]result), json.Shape{}, json.ErrNull},
		{`[{"id":"a"},{}]`, new([]result), bare, json.ErrNoKnownMember},
		{`[{"id":"a"},null]`, new([]*result), bare, json.ErrNull},
		{`[{"id":"a"},{"id":""}]`, new([]*result), bare, nil},
		{`[1,0]`, new([]int), bare, nil},
		{`[{"id":"a","inner":[{},null]}]`, new([]holder), bare, nil}, // one odd member spoils no list
		{`{"id":"a","inner":[{}]}`, new(holder), json.Shape{}, json.ErrNoKnownMember},
	} {
		if _, err := json.Unmarshal([]byte(test.data), test.into, json.Limits{}); err != nil {
			t.Errorf("%s: %v", test.data, err)
		}
		if err := test.shape.Check([]byte(test.data), test.into); !errors.Is(err, test.want) || test.want == nil && err != nil {
			t.Errorf("%s into %T: %v, want %v", test.data, test.into, err, test.want)
		}
	}
	for _, data := range []string{`[]`, `"a"`, `1`, `true`, ``} {
		if err := (json.Shape{}).Check([]byte(data), new(result)); !errors.Is(err, json.ErrKind) {
			t.Errorf("%s: %v", data, err)
		}
		if err := (json.Shape{}).Check([]byte(data), new(map[string]int)); !errors.Is(err, json.ErrKind) {
			t.Errorf("%s: %v", data, err)
		}
	}
	one := []byte(`{"data":{"message":"busy"}}`)
	var got named
	if _, err := json.Unmarshal(one, &got, json.Limits{}, json.OneAsList); err != nil || len(got.Data) != 1 {
		t.Fatal(got, err)
	}
	if err := (json.Shape{}).Check(one, &got, json.OneAsList); !errors.Is(err, json.ErrNoKnownMember) {
		t.Errorf("an element that came as the list: %v", err)
	}
	if err := (json.Shape{}).Check([]byte(`{"ID":"a"}`), new(result), json.Foreign); err != nil {
		t.Errorf("a name in another case: %v", err)
	}
}

func TestIsHTML(t *testing.T) {
	for want, pages := range map[bool][]string{
		true:  {"<!DOCTYPE html><html>", " \r\n<HTML lang=en>", "<html>", "\xef\xbb\xbf<head>", "<!-- login --><html>", "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC", "<body\n>", "<!-- cut", "<title>", "<h1>502</h1>", "<script/>"},
		false: {"", "{}", `"<html>"`, "<", "<?xml version='1.0'?><config/>", "<?xml", "<htmlx>", "<header>", "html", "<!DOCTYPE plist", "PK\x03\x04<html>"},
	} {
		for _, page := range pages {
			if got := json.IsHTML([]byte(page)); got != want {
				t.Errorf("%q: %t", page, got)
			}
		}
	}
}

func TestKindOf(t *testing.T) {
	for in, want := range map[string]byte{` {}`: '{', "\xef\xbb\xbf[": '[', `"a"`: '"', `-1`: '0', `true`: 't', `false`: 'f', `null`: 'n', ``: 0, `<`: 0} {
		if got := json.KindOf([]byte(in)); byte(got) != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// FuzzShape: the quick look and the walk agree with names looked up in every object.
func FuzzShape(f *testing.F) {
	for _, seed := range []string{`{"data":[{"id":"a"},{}]}`, `{"data":[{"code":1}]}`, `{"x":{"data":1},"itemsTotal":0}`, `{"message":"a"}`, `{"data":[null]}`, `{"data":[{"uuid":[]}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got named
		if _, err := json.Unmarshal(data, &got, json.Limits{}); err != nil {
			return
		}
		var members map[string]stdjson.RawMessage
		if stdjson.Unmarshal(data, &members) != nil || members == nil {
			return
		}
		ok := false
		for _, name := range []string{"data", "links", "itemsTotal"} {
			if _, has := members[name]; has {
				ok = true
			}
		}
		var list []stdjson.RawMessage
		if stdjson.Unmarshal(members["data"], &list) == nil && len(got.Data) > 0 {
			for _, one := range list {
				var element map[string]stdjson.RawMessage
				_ = stdjson.Unmarshal(one, &element)
				_, id := element["id"]
				_, uuid := element["uuid"]
				ok = ok && (id || uuid)
			}
		}
		if err := (json.Shape{}).Check(data, &got); (err == nil) != ok && !duplicates(data) {
			t.Fatalf("%q: %v", data, err)
		}
	})
}

// duplicates reports whether an object of data has two members of one name: the walk sees both.
func duplicates(data []byte) bool {
	_, err := json.Marshal(stdjson.RawMessage(data))
	return err != nil
}

// An object of which nothing that is known could be read is not what was asked for.
func TestShape_Check_unread(t *testing.T) {
	type group struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Tag  string `json:"a/b"`
	}
	for text, want := range map[string]bool{
		`{"id":{"x":1},"name":["y"],"total":1}`: false,
		`{"a/b":[]}`:                            false,
		`{"id":{"x":1},"name":"y"}`:             true,
		`{"name":"y","id":{"x":1}}`:             true,
		`{"id":"x"}`:                            true,
	} {
		var g group
		unread, err := json.Unmarshal([]byte(text), &g, json.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := (json.Shape{Unread: unread}).Check([]byte(text), &g); (err == nil) != want {
			t.Errorf("%s, %q not read: %v", text, unread, err)
		}
	}
}
