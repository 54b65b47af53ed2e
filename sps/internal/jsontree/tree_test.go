package jsontree

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

func mustParse(t testing.TB, text string) *Node {
	t.Helper()
	n, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNode_Append(t *testing.T) {
	for _, text := range []string{
		`{"z":1,"a":{"@order":["b","a"],"b":1.10,"a":1e3},"m":[]}`,
		`[12345678901234567890.0,-0,"A/\/",null,true,{}]`,
		`"Europe/Budapest"`, `0.30000000000000000001`, `{"a<&>":"<&>"}`, `{"":[[[]]]}`,
	} {
		if got := string(mustParse(t, text).Bytes()); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{``, `{`, `{"a":}`, `[1,]`, `01`, `"a`, `{"a":1} x`, `nul`} {
		if n, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q was read as %s", text, n.Bytes())
		}
	}
}

func TestParse_twice(t *testing.T) {
	n := mustParse(t, `{"a":1,"b":2,"\u0061":3}`)
	if got := string(n.Bytes()); got != `{"\u0061":3,"b":2}` {
		t.Error(got)
	}
}

func TestEqual(t *testing.T) {
	same := [][2]string{{`{"a":1,"b":[2]}`, `{"b":[2],"a":1}`}, {`"A"`, `"\u0041"`}, {`[]`, ` [ ] `}}
	for _, pair := range same {
		if !Equal(mustParse(t, pair[0]), mustParse(t, pair[1])) {
			t.Errorf("%s and %s should be the same", pair[0], pair[1])
		}
	}
	other := [][2]string{{`{"a":1}`, `{"a":1,"b":1}`}, {`{"a":1}`, `{"b":1}`}, {`[1,2]`, `[2,1]`}, {`1`, `"1"`}, {`null`, `[]`}, {`{}`, `[]`}}
	for _, pair := range other {
		if Equal(mustParse(t, pair[0]), mustParse(t, pair[1])) {
			t.Errorf("%s and %s should differ", pair[0], pair[1])
		}
	}
}

func TestNode_With_copies(t *testing.T) {
	n := mustParse(t, `{"a":1,"b":2}`)
	with, without := n.With("a", Text("x")), n.Without("b")
	if got := string(with.Bytes()) + string(without.Bytes()) + string(n.Bytes()); got != `{"a":"x","b":2}{"a":1}{"a":1,"b":2}` {
		t.Error(got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.0,"x\"y"],"b":null}`, `[[],{},""]`, `-1.5E+10`, `{"a":1,"a":2}`, "\"\\u00e9\"", " { } "} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse(data)
		if (err == nil) != json.Valid(data) {
			t.Fatalf("read: %v, valid: %v", err, json.Valid(data))
		}
		if err != nil {
			return
		}
		written := n.Bytes()
		var want, got any
		if json.Unmarshal(data, &want) != nil {
			return // a number out of range
		}
		if err := json.Unmarshal(written, &got); err != nil {
			t.Fatalf("%s is not JSON: %v", written, err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%s became %s", data, written)
		}
		again, err := Parse(written)
		if err != nil || !bytes.Equal(again.Bytes(), written) || !Equal(n, again) {
			t.Fatalf("%s became %s when read again", written, again.Bytes())
		}
	})
}
