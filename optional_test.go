package secureaccess_test

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

type update struct {
	Name  secureaccess.Optional[string]              `json:"name,omitzero"`
	Count secureaccess.Optional[int]                 `json:"count,omitzero"`
	Until secureaccess.Optional[secureaccess.Time]   `json:"until,omitzero"`
	Key   secureaccess.Optional[secureaccess.Secret] `json:"key,omitzero"`
	List  secureaccess.Optional[[]string]            `json:"list,omitzero"`
}

func TestOptional(t *testing.T) {
	for _, test := range []struct {
		value update
		want  string
	}{
		{update{}, `{}`},
		{update{Name: secureaccess.Set("")}, `{"name":""}`},
		{update{Name: secureaccess.Null[string](), Count: secureaccess.Set(0)}, `{"name":null,"count":0}`},
		{update{Name: secureaccess.Set("<&>"), Until: secureaccess.Set(secureaccess.At(time.Unix(0, 0).UTC()))}, `{"name":"<&>","until":"1970-01-01T00:00:00Z"}`},
		{update{Key: secureaccess.Set(secureaccess.NewSecret("S-1")), List: secureaccess.Set([]string{})}, `{"key":"[redacted]","list":[]}`},
	} {
		data, err := secureaccess.Marshal(test.value)
		if err != nil || string(data) != test.want {
			t.Errorf("%s, %v, want %s", data, err, test.want)
		}
		v1, err := stdjson.Marshal(test.value)
		var one, two any
		if _ = stdjson.Unmarshal(v1, &one); err != nil || stdjson.Unmarshal(data, &two) != nil || fmt.Sprint(one) != fmt.Sprint(two) {
			t.Errorf("encoding/json writes %s, %v", v1, err)
		}
		var back, backV1 update
		if err := secureaccess.Unmarshal(data, &back); err != nil {
			t.Error(err)
		}
		if err := stdjson.Unmarshal(data, &backV1); err != nil {
			t.Error(err)
		}
		for _, got := range []update{back, backV1} {
			again, err := secureaccess.Marshal(got)
			if err != nil || string(again) != test.want {
				t.Errorf("%s was read and written as %s, %v", test.want, again, err)
			}
		}
	}
	if data, err := secureaccess.Marshal(struct{ A secureaccess.Optional[int] }{}); err != nil || string(data) != `{"A":null}` {
		t.Errorf("unset without omitzero: %s, %v", data, err)
	}
}

func TestOptional_states(t *testing.T) {
	set, null, unset := secureaccess.Set(5), secureaccess.Null[int](), secureaccess.Optional[int]{}
	for _, test := range []struct {
		o              secureaccess.Optional[int]
		text           string
		or             int
		ok, null, zero bool
	}{{set, "5", 5, true, false, false}, {null, "null", 7, false, true, false}, {unset, "unset", 7, false, false, true}} {
		value, ok := test.o.Get()
		if ok != test.ok || ok && value != 5 || !ok && value != 0 || test.o.Or(7) != test.or || test.o.IsNull() != test.null || test.o.IsZero() != test.zero || test.o.String() != test.text {
			t.Errorf("%+v: %v, %v", test, value, ok)
		}
	}
	if got := fmt.Sprintf("%v %s", secureaccess.Set(secureaccess.NewSecret("S-1")), secureaccess.Set(secureaccess.NewSecret("S-1"))); got != "[redacted] [redacted]" {
		t.Errorf("%s", got)
	}
	if set != secureaccess.Set(5) || set == null || null == unset {
		t.Error("equality")
	}
}

func TestOptional_odd(t *testing.T) {
	var got update
	odd, err := json.Unmarshal([]byte(`{"name":7,"count":"x","until":5,"list":{}}`), &got, json.Limits{})
	if err != nil || len(odd) != 2 || odd[0] != "/count" || odd[1] != "/list" || got.Name.Or("") != "7" || !got.Count.IsZero() || !got.List.IsZero() || got.Until.Or(secureaccess.Time{}).Unix() != 5 {
		t.Errorf("%+v, %q, %v", got, odd, err)
	}
	before := secureaccess.Set(3)
	if err := stdjson.Unmarshal([]byte(`{}`), &before); err == nil || before != secureaccess.Set(3) {
		t.Errorf("%v, %v", before, err)
	}
}

func TestExtra(t *testing.T) {
	type model struct {
		ID    string              `json:"id"`
		Port  int64               `json:"port,string"`
		Key   secureaccess.Secret `json:"key,omitzero"`
		Extra secureaccess.Extra  `json:",embed"`
	}
	const in = `{"id":"a","port":"830","key":"S-1","b":{"z":1,"a":[1.50,"\/"]},"a":null}`
	var m model
	if err := secureaccess.Unmarshal([]byte(in), &m); err != nil || m.Port != 830 || len(m.Extra) != 2 || m.Key.Reveal() != "S-1" {
		t.Fatalf("%+v, %v", m, err)
	}
	if out, err := secureaccess.Marshal(m); err != nil || string(out) != `{"id":"a","port":"830","key":"[redacted]","a":null,"b":{"z":1,"a":[1.50,"\/"]}}` {
		t.Errorf("%s, %v", out, err)
	}
	m.Key = m.Key.Exposed()
	stored, err := secureaccess.Marshal(m)
	var back model
	if err != nil || secureaccess.Unmarshal(stored, &back) != nil || back.Key.Reveal() != "S-1" || string(back.Extra["b"]) != string(m.Extra["b"]) {
		t.Errorf("%s, %v", stored, err)
	}
	m.Extra["id"] = stdjson.RawMessage(`"other"`)
	if out, err := secureaccess.Marshal(m); !errors.Is(err, json.ErrDuplicateName) {
		t.Errorf("%s, %v", out, err)
	}
	// A member that could not be read goes back as it came, until its field is set.
	m = model{}
	if err := secureaccess.Unmarshal([]byte(`{"id":"a","port":{"n":830}}`), &m); err != nil || m.Port != 0 {
		t.Fatal(m, err)
	}
	if out, err := secureaccess.Marshal(m); err != nil || string(out) != `{"id":"a","port":{"n":830}}` {
		t.Errorf("%s, %v", out, err)
	}
	m.Port = 831
	if out, err := secureaccess.Marshal(m); err == nil {
		t.Errorf("the field was set, and the old value is written beside it: %s", out)
	}
	delete(m.Extra, "port")
	if out, err := secureaccess.Marshal(m); err != nil || string(out) != `{"id":"a","port":"831"}` {
		t.Errorf("%s, %v", out, err)
	}
}

func TestSecret_v2(t *testing.T) {
	s := secureaccess.NewSecret(password)
	data, err := secureaccess.Marshal(map[string]any{"a": account{Password: s}, "p": &s, "s": []secureaccess.Secret{s}})
	if err != nil {
		t.Fatal(err)
	}
	checkSilent(t, "v2", string(data))
	if data, err := secureaccess.Marshal(s.Exposed()); err != nil || string(data) != `"hunter2&<\"\\>"` {
		t.Errorf("%s, %v", data, err)
	}
	var back secureaccess.Secret
	if err := secureaccess.Unmarshal([]byte(`"hunter2\u0026"`), &back); err != nil || back.Reveal() != "hunter2&" {
		t.Errorf("%q, %v", back.Reveal(), err)
	}
	if err := secureaccess.Unmarshal([]byte(`null`), &back); err != nil || !back.IsZero() {
		t.Errorf("%v", err)
	}
	for _, in := range []string{`{"hunter2":1}`, `["hunter2"]`, `true`} {
		if err := secureaccess.Unmarshal([]byte(in), &back); err == nil {
			t.Errorf("%s was read", in)
		} else {
			checkSilent(t, in, err.Error())
		}
	}
}
