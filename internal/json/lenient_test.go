package json_test

import (
	stdjson "encoding/json"
	"errors"
	"math/rand"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

type item struct {
	Name  string `json:"name"`
	Count int    `json:"count,omitzero"`
}

type forms struct {
	Int      int                                `json:"int,omitzero"`
	Small    int8                               `json:"small,omitzero"`
	Uint     uint64                             `json:"uint,omitzero"`
	Float    float64                            `json:"float,omitzero"`
	Bool     bool                               `json:"bool,omitzero"`
	Text     string                             `json:"text,omitzero"`
	State    State                              `json:"state,omitzero"`
	Quoted   int64                              `json:"quoted,omitzero,string"`
	Pointer  *int                               `json:"pointer,omitzero"`
	List     []int                              `json:"list,omitzero"`
	Texts    []string                           `json:"texts,omitzero"`
	Item     item                               `json:"item,omitzero"`
	Ptr      *item                              `json:"ptr,omitzero"`
	Items    []item                             `json:"items,omitzero"`
	Map      map[string]int                     `json:"map,omitzero"`
	Numbers  map[int]string                     `json:"numbers,omitzero"`
	Array    [2]int                             `json:"array,omitzero"`
	Bytes    []byte                             `json:"bytes,omitzero"`
	Addr     netip.Addr                         `json:"addr,omitzero"`
	Time     secureaccess.Time                  `json:"time,omitzero"`
	Yes      secureaccess.QuotedBool            `json:"yes,omitzero"`
	Optional secureaccess.Optional[int]         `json:"optional,omitzero"`
	Nested   secureaccess.Optional[[]item]      `json:"nested,omitzero"`
	Raw      stdjson.RawMessage                 `json:"raw,omitzero"`
	Any      any                                `json:"any,omitzero"`
	Deep     map[string]map[string][]*item      `json:"deep,omitzero"`
	Extra    secureaccess.Extra                 `json:",embed"`
	Hidden   int                                `json:"-"`
	Secret   secureaccess.Secret                `json:"secret,omitzero"`
	Opt      secureaccess.Optional[State]       `json:"opt,omitzero"`
	Opts     []secureaccess.Optional[int]       `json:"opts,omitzero"`
	Mapped   map[string]secureaccess.QuotedBool `json:"mapped,omitzero"`
}

// The other form has to mean what the documented one means.
func TestUnmarshal_otherForms(t *testing.T) {
	for _, test := range []struct{ documented, other string }{
		{`{"int":1389}`, `{"int":"1389"}`},
		{`{"int":-7}`, `{"int":" -7 "}`},
		{`{"int":1000}`, `{"int":1e3}`},
		{`{"int":12}`, `{"int":12.0}`},
		{`{"int":12}`, `{"int":"12.0"}`},
		{`{"int":0}`, `{"int":""}`},
		{`{"int":9223372036854775807}`, `{"int":"9223372036854775807"}`},
		{`{"small":-128}`, `{"small":"-128"}`},
		{`{"uint":18446744073709551615}`, `{"uint":"18446744073709551615"}`},
		{`{"uint":3}`, `{"uint":3.0}`},
		{`{"float":1.5}`, `{"float":"1.5"}`},
		{`{"bool":true}`, `{"bool":"True"}`},
		{`{"bool":true}`, `{"bool":1}`},
		{`{"bool":true}`, `{"bool":" enabled "}`},
		{`{"bool":false}`, `{"bool":"no"}`},
		{`{"text":"1389"}`, `{"text":1389}`},
		{`{"text":"1.50"}`, `{"text":1.50}`},
		{`{"text":"true"}`, `{"text":true}`},
		{`{"state":"7"}`, `{"state":7}`},
		{`{"quoted":"830"}`, `{"quoted":830}`},
		{`{"pointer":5}`, `{"pointer":"5"}`},
		{`{"list":[1,2]}`, `{"list":["1",2]}`},
		{`{"items":[{"name":"a","count":1},{"name":"2"}]}`, `{"items":[{"name":"a","count":"1"},{"name":2}]}`},
		{`{"map":{"a":1}}`, `{"map":{"a":"1"}}`},
		{`{"ptr":{"name":"a","count":2}}`, `{"ptr":{"name":"a","count":"2"}}`},
		{`{"optional":7}`, `{"optional":"7"}`},
		{`{"optional":null}`, `{"optional":null,"int":""}`},
		{`{"nested":[{"name":"a","count":1}]}`, `{"nested":[{"name":"a","count":"1"}]}`},
		{`{"deep":{"a":{"b":[{"name":"c","count":1}]}}}`, `{"deep":{"a":{"b":[{"name":"c","count":"1"}]}}}`},
		{`{"int":1,"time":1457526645,"yes":"true"}`, `{"int":"1","time":1457526645,"yes":"true"}`},
		{`{"int":1,"unknown":{"a":[1,"2"]}}`, `{"int":"1","unknown":{"a":[1,"2"]}}`},
		{`{"int":1,"any":{"a":["1",2,true,null]},"raw":[1, 2]}`, `{"int":"1","any":{"a":["1",2,true,null]},"raw":[1, 2]}`},
		{`{"int":1,"numbers":{"1":"a"},"array":[1,2],"bytes":"AAE=","addr":"10.0.0.1"}`, `{"int":"1","numbers":{"1":"a"},"array":[1,"2"],"bytes":"AAE=","addr":"10.0.0.1"}`},
		{`{"int":2}`, `{"int":1,"int":"2"}`},
	} {
		var documented, other forms
		if odd, err := json.Unmarshal([]byte(test.documented), &documented, json.Limits{}); err != nil || odd != nil {
			t.Fatalf("%s: %v, %v", test.documented, odd, err)
		}
		odd, err := json.Unmarshal([]byte(test.other), &other, json.Limits{})
		if err != nil || odd != nil || !reflect.DeepEqual(documented, other) {
			t.Errorf("%s: %v, %v\n%+v\n%+v", test.other, odd, err, other, documented)
		}
	}
}

// One member that cannot be read is left zero, reported and kept; the rest is whole, and goes back as it came.
func TestUnmarshal_unreadableMember(t *testing.T) {
	for member, values := range map[string][]string{
		"int":      {`"abc"`, `1.5`, `true`, `{}`, `[1]`, `"0x1p4"`, `"Inf"`, `1e30`, `9007199254740993.0`, `"9223372036854775808"`, `"1_000"`},
		"small":    {`128`, `"-129"`},
		"uint":     {`-1`, `"-1"`, `1.5`, `18446744073709551616`},
		"float":    {`"NaN"`, `{}`, `true`, `1e400`},
		"bool":     {`2`, `"maybe"`, `{}`, `[]`, `1.0`, `"null"`},
		"text":     {`{}`, `["a"]`},
		"quoted":   {`"1x"`, `[]`},
		"pointer":  {`"x"`, `{}`},
		"list":     {`{}`, `"1"`, `1`},
		"item":     {`"a"`, `[]`, `[{"name":"a"}]`, `1`},
		"ptr":      {`"a"`, `[]`},
		"items":    {`{"name":"a"}`, `""`},
		"map":      {`[]`, `"a"`},
		"numbers":  {`{"a":"b"}`, `[]`},
		"array":    {`[1]`, `[1,2,3]`, `[1,"x"]x`},
		"bytes":    {`"*"`, `["a"]`},
		"addr":     {`"nowhere"`, `1`},
		"time":     {`{}`, `["2016-03-09"]`},
		"yes":      {`"maybe"`, `[]`},
		"optional": {`"x"`, `{}`},
		"nested":   {`{"name":"a"}`},
		"secret":   {`1`, `["S-1"]`},
	} {
		for _, value := range values {
			if strings.HasSuffix(value, "x") && !strings.HasSuffix(value, `"`) {
				continue
			}
			in := `{"` + member + `":` + value + `,"deep":{"k":{"l":[{"name":"last"}]}}}`
			var got forms
			odd, err := json.Unmarshal([]byte(in), &got, json.Limits{})
			if err != nil || !slices.Equal(odd, []string{"/" + member}) {
				t.Errorf("%s: %v, %v", in, odd, err)
				continue
			}
			want := forms{Extra: secureaccess.Extra{member: raw(value)}, Deep: map[string]map[string][]*item{"k": {"l": {{Name: "last"}}}}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v", in, got)
			}
			back, err := json.Marshal(got)
			var before, after any
			_ = stdjson.Unmarshal([]byte(in), &before)
			if _ = stdjson.Unmarshal(back, &after); err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("%s goes back as %s, %v", in, back, err)
			}
		}
	}
}

func TestUnmarshal_oddPointers(t *testing.T) {
	in := `{"appliances":[{"id":"1","config_size":{}},{"id":"2","cluster":{"id":[],"leader_node":"yes"}},{"id":"3","cluster":"none"},7,` +
		`{"id":"5","dmi":{"port":830,"password":{"a":1}},"weird":[1]}],"total":"5"}`
	var p Page
	odd, err := json.Unmarshal([]byte(in), &p, json.Limits{})
	want := []string{"/appliances/0/config_size", "/appliances/1/cluster/id", "/appliances/2/cluster", "/appliances/3", "/appliances/4/dmi/password"}
	if err != nil || !slices.Equal(odd, want) {
		t.Errorf("%q, %v", odd, err)
	}
	if p.Total != 5 || len(p.Appliances) != 5 || !p.Appliances[1].Cluster.LeaderNode || p.Appliances[2].Cluster != nil || p.Appliances[4].DMI.Port != 830 {
		t.Errorf("%+v", p)
	}
	if extra := p.Appliances[0].Extra; string(extra["config_size"]) != "{}" || string(p.Appliances[2].Extra["cluster"]) != `"none"` || string(p.Appliances[4].Extra["weird"]) != "[1]" || len(p.Appliances[4].Extra) != 1 {
		t.Errorf("%v", p)
	}
	// Reports are bounded, however much is odd.
	var many map[string]int
	in = `{"` + strings.Repeat("k", 5000) + `":{}` + strings.Repeat(`,"a/b~c":[]`, 500) + `}`
	odd, err = json.Unmarshal([]byte(in), &many, json.Limits{})
	if err != nil || len(odd) != 100 || len(odd[0]) > 300 || odd[1] != "/a~1b~0c" {
		t.Errorf("%d, %.300q, %v", len(odd), odd[:2], err)
	}
}

// Software without lists writes other shapes. Only where they are asked for.
func TestUnmarshal_OneAsList(t *testing.T) {
	for _, test := range []struct{ documented, other string }{
		{`{"items":[{"name":"a","count":1}]}`, `{"items":{"name":"a","count":"1"}}`},
		{`{"items":[]}`, `{"items":""}`},
		{`{"texts":["a"]}`, `{"texts":"a"}`},
		{`{"texts":["1"]}`, `{"texts":1}`},
		{`{"list":[7]}`, `{"list":"7"}`},
		{`{"item":{}}`, `{"item":""}`},
		{`{"item":{}}`, `{"item":[]}`},
		{`{"item":{"name":"a"}}`, `{"item":[{"name":"a"}]}`},
		{`{"item":{"count":2}}`, `{"item":[ {"count":"2"} ]}`},
		{`{"ptr":{"name":"a"}}`, `{"ptr":[{"name":"a"}]}`},
		{`{"nested":[{"name":"a"}]}`, `{"nested":{"name":"a"}}`},
		{`{"deep":{"a":{"b":[{"name":"c"}]}}}`, `{"deep":{"a":[{"b":{"name":"c"}}]}}`},
	} {
		var documented, other, strict forms
		if odd, err := json.Unmarshal([]byte(test.documented), &documented, json.Limits{}); err != nil || odd != nil {
			t.Fatalf("%s: %v, %v", test.documented, odd, err)
		}
		odd, err := json.Unmarshal([]byte(test.other), &other, json.Limits{}, json.OneAsList)
		if err != nil || odd != nil || !reflect.DeepEqual(documented, other) {
			t.Errorf("%s: %v, %v\n%+v\n%+v", test.other, odd, err, other, documented)
		}
		if odd, err := json.Unmarshal([]byte(test.other), &strict, json.Limits{}); err != nil || len(odd) == 0 {
			t.Errorf("%s without being asked for: %v, %v", test.other, odd, err)
		}
	}
	for _, in := range []string{`{"item":[{},{}]}`, `{"item":7}`, `{"list":{}}`, `{"items":7}`, `{"item":[[{}]]}`} {
		var got forms
		if odd, err := json.Unmarshal([]byte(in), &got, json.Limits{}, json.OneAsList); err != nil || len(odd) != 1 {
			t.Errorf("%s: %q, %v, %+v", in, odd, err, got)
		}
	}
	for _, in := range []string{`[{"name":"a"}]`, `""`, `[]`} {
		if _, err := json.Unmarshal([]byte(in), new(item), json.Limits{}, json.OneAsList); !errors.Is(err, json.ErrKind) {
			t.Errorf("%s at the top: %v", in, err)
		}
	}
	if _, err := json.Unmarshal([]byte(`{"name":"a"}`), new([]item), json.Limits{}, json.OneAsList); !errors.Is(err, json.ErrKind) {
		t.Errorf("an object is taken for a list: %v", err)
	}
}

type own struct{ Name string }

var errOwn = errors.New("s-own says no")

func (*own) UnmarshalJSON([]byte) error { return errOwn }

func TestUnmarshal_Foreign(t *testing.T) {
	var got struct {
		Name     string
		HostName int `json:"host-name"`
	}
	in := []byte(`{"NAME":"a","Host-Name":"1","host_name":2}`)
	if odd, err := json.Unmarshal(in, &got, json.Limits{}, json.Foreign); err != nil || odd != nil || got.Name != "a" || got.HostName != 1 {
		t.Errorf("%+v, %v, %v", got, odd, err)
	}
	got.Name = ""
	if _, err := json.Unmarshal(in, &got, json.Limits{}); err != nil || got.Name != "" {
		t.Errorf("%+v, %v", got, err)
	}
	var with struct{ A own }
	_, err := json.Unmarshal([]byte(`{"a":1}`), &with, json.Limits{}, json.Foreign)
	if !errors.Is(err, errOwn) || strings.Contains(err.Error(), "s-own") {
		t.Errorf("what a type of the caller's said is lost or told: %v", err)
	}
	if odd, err := json.Unmarshal([]byte(`{"A":1}`), &with, json.Limits{}); err != nil || len(odd) != 1 {
		t.Errorf("%v, %v", odd, err)
	}
}

type aliased struct {
	ID      string             `json:"id"`
	Created secureaccess.Time  `json:"created,omitzero" alias:"timestamp,time"`
	Role    string             `json:"rolename,omitzero,case:ignore"`
	Next    *aliased           `json:"next,omitzero"`
	Inner   embeddedAlias      `json:"inner,omitzero"`
	Extra   secureaccess.Extra `json:",embed"`
}

type embeddedAlias struct{ count }

type count struct {
	N int `json:"n,omitzero" alias:"number"`
}

func TestUnmarshal_aliases(t *testing.T) {
	for in, want := range map[string]string{
		`{"id":"a","time":5}`:                                        `{"id":"a","created":5}`,
		`{"timestamp":5,"id":"a","x":1}`:                             `{"id":"a","created":5,"x":1}`,
		`{"id":"a","time":5,"timestamp":6}`:                          `{"id":"a","created":5,"timestamp":6}`,
		`{"id":"a","created":7,"time":5}`:                            `{"id":"a","created":7,"time":5}`,
		`{"id":"a","next":{"id":"b","time":5}}`:                      `{"id":"a","next":{"id":"b","created":5}}`,
		`{"id":"time","inner":{"number":"3"}}`:                       `{"id":"time","inner":{"n":3}}`,
		`{"id":"a","roleName":"r"}`:                                  `{"id":"a","rolename":"r"}`,
		`{ "id" : "a" , "time" : "2016-03-09" , "next" : null }`:     `{"id":"a","created":"2016-03-09"}`,
		`{"id":"a","time":{"odd":1}}`:                                `{"id":"a","created":{"odd":1}}`,
		`{"id":7,"next":{"timestamp":1,"next":{"inner":{"n":"4"}}}}`: `{"id":"7","next":{"id":"","created":1,"next":{"id":"","inner":{"n":4}}}}`,
	} {
		var got aliased
		if _, err := json.Unmarshal([]byte(in), &got, json.Limits{}); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if back, err := json.Marshal(got); err != nil || string(back) != want {
			t.Errorf("%s became %s, %v", in, back, err)
		}
	}
}

// Whatever number stands in a text is the number that is read, and no neighbor of it.
func TestUnmarshal_lenientIsExact(t *testing.T) {
	property := func(f forms) bool {
		type numbers struct {
			Int   int64   `json:"int,string"`
			Small int8    `json:"small,string"`
			Uint  uint64  `json:"uint,string"`
			Float float64 `json:"float,string"`
		}
		data, err := json.Marshal(numbers{int64(f.Int), f.Small, f.Uint, f.Float})
		var back forms
		odd, rerr := json.Unmarshal(data, &back, json.Limits{})
		return err == nil && rerr == nil && odd == nil && back.Int == f.Int && back.Small == f.Small && back.Uint == f.Uint && back.Float == f.Float
	}
	values := func(args []reflect.Value, r *rand.Rand) {
		args[0] = reflect.ValueOf(forms{Int: int(r.Uint64()), Small: int8(r.Uint64()), Uint: r.Uint64(), Float: r.NormFloat64() * 1e10})
	}
	if err := quick.Check(property, &quick.Config{Values: values}); err != nil {
		t.Error(err)
	}
}
