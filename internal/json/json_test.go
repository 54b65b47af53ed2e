package json_test

import (
	"errors"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

type door struct {
	Name   string              `json:"name"`
	Locked bool                `json:"locked,omitzero"`
	Code   secureaccess.Secret `json:"code,omitzero"`
	Hidden int                 `json:"-"`
	Extra  secureaccess.Extra  `json:",embed"`
}

func TestUnmarshal_Extra(t *testing.T) {
	for _, test := range []struct{ in, out string }{
		{`{"name":"a"}`, `{"name":"a"}`},
		{`{"colour":"<red & blue>","name":"a","size":1.50}`, `{"name":"a","colour":"<red & blue>","size":1.50}`},
		{`{"Name":"capital","name":"small"}`, `{"name":"small","Name":"capital"}`}, // two members, told apart
		{`{"-":1,"name":"a"}`, `{"name":"a","-":1}`},
		{`{"name":null,"x":null}`, `{"name":"","x":null}`},
		{`{"url":"http:\/\/a\u0026b","name":"a"}`, `{"name":"a","url":"http:\/\/a\u0026b"}`},
		{`{"n":123456789012345678901234567890,"name":"a"}`, `{"name":"a","n":123456789012345678901234567890}`},
		{`{}`, `{"name":""}`},
		{`null`, `{"name":""}`},
	} {
		var d door
		if odd, err := json.Unmarshal([]byte(test.in), &d, json.Limits{}); err != nil || odd != nil {
			t.Errorf("%s: %v, %v", test.in, odd, err)
			continue
		}
		if out, err := json.Marshal(d); err != nil || string(out) != test.out {
			t.Errorf("%s became %s, %v; want %s", test.in, out, err, test.out)
		}
	}
}

func TestMarshal(t *testing.T) {
	twice := door{Name: "field", Extra: secureaccess.Extra{"name": raw(`"other"`)}}
	if out, err := json.Marshal(twice); !errors.Is(err, json.ErrDuplicateName) || strings.Contains(err.Error(), "other") {
		t.Errorf("a member stands twice: %s, %v", out, err)
	}
	for _, test := range []struct {
		value any
		want  string
	}{
		{door{Code: secureaccess.NewSecret("4711")}, `{"name":"","code":"[redacted]"}`},
		{door{Extra: secureaccess.Extra{"b": raw("2"), "a": raw("1")}}, `{"name":"","a":1,"b":2}`},
		{door{Extra: secureaccess.Extra{"name": raw(`{"odd":1}`)}}, `{"name":{"odd":1}}`},
		{door{Extra: secureaccess.Extra{"name": raw(`null`), "x": raw(`null`)}}, `{"name":null,"x":null}`},
		{door{Name: "set", Extra: secureaccess.Extra{"name": raw(`null`), "x": raw(`null`)}}, `{"name":"set","x":null}`},
		{door{Name: "set", Locked: true, Extra: secureaccess.Extra{"name": raw(`""`), "locked": raw(`{ }`)}}, `{"name":"set","locked":true}`},
		{[]door{{Locked: true, Extra: secureaccess.Extra{"name": raw(`1`), "z": nil}}}, `[{"name":1,"locked":true,"z":null}]`},
		{struct {
			A []int          `json:"a"`
			B map[string]int `json:"b"`
			C int            `json:"c,omitempty"`
		}{}, `{"a":null,"b":null}`},
		{map[string]string{"b": "<&>", "a": "\u2028"}, `{"a":"` + "\u2028" + `","b":"<&>"}`},
	} {
		if out, err := json.Marshal(test.value); err != nil || string(out) != test.want {
			t.Errorf("%s, %v; want %s", out, err, test.want)
		}
	}
	if out, _ := json.Marshal(map[string]any{"a": []int(nil), "b": map[string]int(nil)}, json.EmptyLists); string(out) != `{"a":[],"b":{}}` {
		t.Errorf("%s", out)
	}
	cycle := map[string]any{}
	cycle["self"] = cycle
	for name, test := range map[string]struct {
		value any
		want  error
	}{
		"channel":      {make(chan int), json.ErrNotEncodable},
		"cycle":        {cycle, json.ErrNotEncodable},
		"text":         {map[string]string{"S-key": "S-\xff"}, json.ErrInvalidUTF8},
		"secret":       {secureaccess.NewSecret("S-\xff").Exposed(), json.ErrInvalidUTF8},
		"raw":          {door{Extra: secureaccess.Extra{"S-a": raw(`S-b`)}}, json.ErrSyntax},
		"raw text":     {door{Extra: secureaccess.Extra{"S-a": raw("\"S-\xff\"")}}, json.ErrInvalidUTF8},
		"extra twice":  {door{Name: "S-a", Extra: secureaccess.Extra{"name": raw(`"S-b"`)}}, json.ErrDuplicateName},
		"two raw ones": {raw(`{"S-a":1,"S-a":2}`), json.ErrDuplicateName},
	} {
		out, err := json.Marshal(test.value)
		if !errors.Is(err, test.want) || out != nil {
			t.Errorf("%s: %s, %v", name, out, err)
		} else if strings.Contains(err.Error(), "S-") || len(err.Error()) > 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnmarshal_errors(t *testing.T) {
	long := strings.Repeat("S-", 5000)
	for in, want := range map[string]error{
		``:                    json.ErrTruncated,
		`{"name":"S-1"`:       json.ErrTruncated,
		`{"name":"S-1"} S-`:   json.ErrSyntax,
		`{"name":S-1}`:        json.ErrSyntax,
		`{"S-key":[1,}}`:      json.ErrSyntax,
		`<html>S-</html>`:     json.ErrSyntax,
		`"S-1"`:               json.ErrKind,
		`["S-1"]`:             json.ErrKind,
		`"` + long + `"`:      json.ErrKind,
		"\x00\xff\xfe":        json.ErrSyntax,
		`{"` + long + `":S-}`: json.ErrSyntax,
	} {
		odd, err := json.Unmarshal([]byte(in), new(door), json.Limits{})
		own, ok := errors.AsType[*json.Error](err)
		if !ok || !errors.Is(err, want) || odd != nil {
			t.Errorf("%.40s: %v, %v", in, odd, err)
			continue
		}
		if text := err.Error(); strings.Contains(text, "S-") || len(text) > 300 || strings.Contains(text, "jsontext") || strings.Contains(text, "Go ") {
			t.Errorf("%.40s: %s", in, text)
		}
		if want == json.ErrTruncated && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s is not an unexpected end", in)
		}
		_ = own
	}
	// The path is told as far as it is ours.
	_, err := json.Unmarshal([]byte(`{"appliances":[{},{"cluster":{"S-key":x}}]}`), new(Page), json.Limits{})
	if own, _ := errors.AsType[*json.Error](err); own == nil || own.Path != "/appliances/1/cluster/..." {
		t.Errorf("%v", err)
	}
	for _, v := range []any{nil, door{}, (*door)(nil), new(chan int)} {
		if _, err := json.Unmarshal([]byte(`{}`), v, json.Limits{}); err == nil {
			t.Errorf("%T was read into", v)
		}
	}
	type bad struct {
		A int `json:"a,embed"` // a number has no members
	}
	if _, err := json.Unmarshal([]byte(`{}`), new(bad), json.Limits{}); !errors.Is(err, json.ErrGoType) {
		t.Errorf("a type that cannot be read: %v", err)
	}
}

func TestUnmarshal_encodingThatIsNone(t *testing.T) {
	var d door
	if _, err := json.Unmarshal([]byte("\xef\xbb\xbf{\"name\":\"a\xff\"}"), &d, json.Limits{}); err != nil || d.Name != "a\ufffd" {
		t.Errorf("%q, %v", d.Name, err)
	}
}

func TestUnmarshal_pageAllocatesWhatItHolds(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	data := page(100, 4)
	n := testing.AllocsPerRun(20, func() {
		var p Page
		if _, err := json.Unmarshal(data, &p, json.Limits{}); err != nil {
			t.Fatal(err)
		}
		if err := (json.Shape{}).Check(data, &p); err != nil {
			t.Fatal(err)
		}
	})
	var p Page
	_, _ = json.Unmarshal(data, &p, json.Limits{})
	held := 0
	for _, a := range p.Appliances {
		for _, text := range []string{a.ID, a.Name, string(a.State), a.Model, a.SerialNumber, a.Version, a.GroupID} {
			if text != "" {
				held++
			}
		}
		if a.Cluster != nil {
			held += 6
		}
	}
	if n > float64(held+20) {
		t.Errorf("%v allocations for %d texts and objects", n, held)
	}
	if n := testing.AllocsPerRun(20, func() { _ = json.Check(data, json.Limits{MaxDepth: -1}) }); n != 0 {
		t.Errorf("a check of an honest page allocates %v times", n)
	}
}

func TestRead(t *testing.T) {
	text := strings.Repeat("0123456789", 100_000)
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "halves": iotest.HalfReader(strings.NewReader(text)), "data with the end": iotest.DataErrReader(strings.NewReader(text)),
	} {
		b, err := json.Read(r, int64(len(text)))
		if err != nil || string(b.Bytes()) != text {
			t.Errorf("%s: %d bytes, %v", name, len(b.Bytes()), err)
		}
		b.Release()
	}
	b, err := json.Read(strings.NewReader(text), 99)
	if !errors.Is(err, json.ErrTooLarge) || string(b.Bytes()) != text[:99] {
		t.Errorf("%d bytes, %v", len(b.Bytes()), err)
	}
	b.Release()
	broken := errors.New("broken")
	b, err = json.Read(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), -1)
	if err != broken || string(b.Bytes()) != "abc" {
		t.Errorf("%q, %v", b.Bytes(), err)
	}
	b.Release()
	(*json.Buffer)(nil).Release()
}

// Nothing that was read points into the buffer, which serves the next response.
func TestRead_nothingPointsIntoTheBuffer(t *testing.T) {
	in := `{"text":"plain","int":"1","raw":{"a":"b"},"any":{"k":["v"]},"time":"no time at all","unknown":{"c":"d"},"item":"odd","map":{"key":1},` +
		`"secret":"S-1","bytes":"AAEC","deep":{"x":{"y":[{"name":"z"}]}},"nested":[{"name":"n"}]}`
	data := []byte(in)
	var got, want forms
	odd, err := json.Unmarshal(data, &got, json.Limits{})
	if err != nil || len(odd) != 1 {
		t.Fatal(odd, err)
	}
	for i := range data {
		data[i] = '#'
	}
	if _, err := json.Unmarshal([]byte(in), &want, json.Limits{}); err != nil || !reflect.DeepEqual(got, want) || odd[0] != "/item" {
		t.Errorf("%+v\n%+v\n%q, %v", got, want, odd, err)
	}
}

func TestRead_reservesWhatArrives(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 50 {
		b, err := json.Read(io.LimitReader(strings.NewReader("{}"), 64<<20), 64<<20)
		if err != nil || string(b.Bytes()) != "{}" {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 2<<20 {
		t.Errorf("%d KiB for 50 small responses", grown>>10)
	}
}
