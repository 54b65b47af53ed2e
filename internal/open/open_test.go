package open_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/open"
)

type door struct {
	Name   string              `json:"name"`
	Locked bool                `json:"locked,omitzero"`
	Code   secureaccess.Secret `json:"code,omitzero"`
	Hidden int                 `json:"-"`
}

func TestRoundTrip(t *testing.T) {
	for _, test := range []struct{ in, out string }{
		{`{"name":"a"}`, `{"name":"a"}`},
		{`{"colour":"<red & blue>","name":"a","size":1.50}`, `{"name":"a","colour":"<red & blue>","size":1.50}`},
		{`{"Name":"capital","name":"small"}`, `{"name":"small","Name":"capital"}`}, // two members, told apart
		{`{"-":1,"name":"a"}`, `{"name":"a","-":1}`},
		{`{"name":null,"x":null}`, `{"name":"","x":null}`},
		{`{}`, `{"name":""}`},
		{`null`, `{"name":""}`},
	} {
		var d door
		others, err := open.Decode([]byte(test.in), &d)
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
			continue
		}
		out, err := open.Encode(d, others)
		if err != nil || string(out) != test.out {
			t.Errorf("%s became %s, %v; want %s", test.in, out, err, test.out)
		}
	}
}

func TestEncode(t *testing.T) {
	out, err := open.Encode(door{Name: "field"}, map[string]json.RawMessage{"name": json.RawMessage(`"other"`)})
	if err != nil || string(out) != `{"name":"field"}` {
		t.Errorf("a member came in the place of a field: %s, %v", out, err)
	}
	out, _ = open.Encode(door{Code: secureaccess.NewSecret("4711")}, nil)
	if string(out) != `{"name":"","code":"[redacted]"}` {
		t.Errorf("got %s", out)
	}
	out, _ = open.Encode(struct{}{}, map[string]json.RawMessage{"a": json.RawMessage("1"), "b": json.RawMessage("2")})
	if string(out) != `{"a":1,"b":2}` {
		t.Errorf("got %s", out)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, in := range []string{`[]`, `"text"`, `{`, `{"name":1}`} {
		if _, err := open.Decode([]byte(in), &door{}); err == nil {
			t.Errorf("%s was taken", in)
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(`{"name":"a","x":{"y":[1,2]},"":null}`)
	f.Add(`{"name":"a","name":"b","NAME":"c"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var first, second door
		others, err := open.Decode([]byte(text), &first)
		if err != nil {
			t.Skip()
		}
		written, err := open.Encode(first, others)
		if err != nil {
			t.Fatalf("%s cannot be written again: %v", text, err)
		}
		again, err := open.Decode(written, &second)
		if err != nil || !reflect.DeepEqual(first, second) || !reflect.DeepEqual(others, again) {
			t.Errorf("%s became %s, %v", text, written, err)
		}
	})
}
