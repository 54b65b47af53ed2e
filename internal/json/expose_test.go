package json_test

import (
	stdjson "encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

var exposer = json.NewExposer(secureaccess.Secret.Reveal)

type base struct {
	Token secureaccess.Secret `json:"token"`
}

type Base struct {
	Key secureaccess.Secret `json:"key"`
}

type request struct {
	base
	*Base
	Name     string                         `json:"name"`
	Password secureaccess.Secret            `json:"password"`
	Pointer  *secureaccess.Secret           `json:"pointer,omitempty"`
	Empty    secureaccess.Secret            `json:"empty,omitzero"`
	List     []secureaccess.Secret          `json:"list,omitempty"`
	Array    [1]secureaccess.Secret         `json:"array"`
	Map      map[string]secureaccess.Secret `json:"map,omitempty"`
	Any      any                            `json:"any,omitempty"`
	Anys     map[string]any                 `json:"anys,omitempty"`
	Nested   *request                       `json:"nested,omitempty"`
	Requests []*request                     `json:"requests,omitempty"`
	Skipped  secureaccess.Secret            `json:"-"`
}

// sealed writes itself, with its secret.
type sealed struct {
	Password secureaccess.Secret
	Rest     map[string]stdjson.RawMessage
}

func (s sealed) MarshalJSONTo(enc *jsontext.Encoder) error {
	members := map[string]any{"password": s.Password}
	for name, value := range s.Rest {
		members[name] = value
	}
	return jsonv2.MarshalEncode(enc, members)
}

// viaPointer writes itself too, and only through a pointer.
type viaPointer struct{ Password secureaccess.Secret }

func (v *viaPointer) MarshalJSONTo(enc *jsontext.Encoder) error {
	return jsonv2.MarshalEncode(enc, map[string]any{"pw": v.Password})
}

// embedded points to a struct that is not exported.
type embedded struct{ *base }

func TestExposer_Marshal(t *testing.T) {
	secret := secureaccess.NewSecret
	key := secret("S-pointer")
	shared := &request{Password: secret("S-shared")}
	tests := map[string]struct {
		value   any
		want    string
		secrets []string
	}{
		"itself":           {secret("S-1"), `"S-1"`, []string{"S-1"}},
		"exposed":          {secret("S-1").Exposed(), `"S-1"`, []string{"S-1"}},
		"pointer":          {&key, `"S-pointer"`, []string{"S-pointer"}},
		"slice":            {[]secureaccess.Secret{secret("S-1"), {}}, `["S-1",""]`, []string{"S-1"}},
		"map":              {map[string]any{"a": secret("S-1"), "b": nil, "c": 1}, `{"a":"S-1","b":null,"c":1}`, []string{"S-1"}},
		"nested any":       {map[string]any{"a": []any{map[string]secureaccess.Secret{"b": secret("S-1")}}}, `{"a":[{"b":"S-1"}]}`, []string{"S-1"}},
		"marshaler":        {sealed{secret("S-1"), map[string]stdjson.RawMessage{"x": raw(`1`)}}, `{"password":"S-1","x":1}`, []string{"S-1"}},
		"marshalers":       {[]*sealed{{Password: secret("S-1")}}, `[{"password":"S-1"}]`, []string{"S-1"}},
		"pointer method":   {&viaPointer{secret("S-1")}, `{"pw":"S-1"}`, []string{"S-1"}},
		"embedded":         {embedded{&base{secret("S-1")}}, `{"token":"S-1"}`, []string{"S-1"}},
		"nothing embedded": {embedded{}, `{}`, nil},
		"nil pointer":      {(*request)(nil), `null`, nil},
		"nil":              {nil, `null`, nil},
		"html":             {map[string]string{"a": "<b>&"}, `{"a":"<b>&"}`, nil},
		"html secret":      {secret("<S>&"), `"<S>&"`, []string{"<S>&"}},
		"optional":         {map[string]any{"a": secureaccess.Set(secret("S-1"))}, `{"a":"S-1"}`, []string{"S-1"}},
		"beside odd":       {door{Code: secret("S-1"), Extra: secureaccess.Extra{"name": raw(`[]`)}}, `{"name":[],"code":"S-1"}`, []string{"S-1"}},
		"struct": {
			request{
				base: base{secret("S-token")}, Base: &Base{secret("S-key")},
				Name: "joe & <co>", Password: secret("S-password"), Pointer: &key,
				List: []secureaccess.Secret{secret("S-l1"), secret("S-l2")}, Array: [1]secureaccess.Secret{secret("S-array")},
				Map: map[string]secureaccess.Secret{"a": secret("S-map")}, Any: shared, Anys: map[string]any{"x": &key},
				Nested: shared, Requests: []*request{shared, nil}, Skipped: secret("S-skipped"),
			},
			`{"token":"S-token","key":"S-key","name":"joe & <co>","password":"S-password","pointer":"S-pointer","list":["S-l1","S-l2"],` +
				`"array":["S-array"],"map":{"a":"S-map"},"any":{"token":"","name":"","password":"S-shared","array":[""]},"anys":{"x":"S-pointer"},` +
				`"nested":{"token":"","name":"","password":"S-shared","array":[""]},` +
				`"requests":[{"token":"","name":"","password":"S-shared","array":[""]},null]}`,
			[]string{"S-array", "S-key", "S-l1", "S-l2", "S-map", "S-password", "S-pointer", "S-shared", "S-token"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data, secrets, err := exposer.Marshal(test.value)
			if err != nil || string(data) != test.want {
				t.Errorf("%v\n%s\nwant\n%s", err, data, test.want)
			}
			slices.Sort(secrets)
			if secrets = slices.Compact(secrets); !slices.Equal(secrets, test.secrets) {
				t.Errorf("found %q, want %q", secrets, test.secrets)
			}
			if after, err := json.Marshal(test.value); err != nil || strings.Contains(string(after), "S-") && name != "exposed" {
				t.Errorf("elsewhere it is written as %s, %v", after, err)
			}
		})
	}
}

func TestExposer_Marshal_whatCannotBeWritten(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	type ring struct {
		Next     *ring
		Password secureaccess.Secret
	}
	r := &ring{Password: secureaccess.NewSecret("S-ring")}
	r.Next = r
	for name, v := range map[string]any{"channel": make(chan int), "cycle of maps": cycle, "cycle of pointers": r} {
		if data, secrets, err := exposer.Marshal(v); err == nil || data != nil {
			t.Errorf("%s: %.80s", name, data)
		} else if strings.Contains(err.Error(), "S-ring") || name == "channel" && secrets != nil {
			t.Errorf("%s: %v, %q", name, err, secrets)
		}
	}
}

func TestExposer_Marshal_keepsCallsApart(t *testing.T) {
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			text := "S-" + string(rune('a'+i))
			for range 200 {
				data, secrets, err := exposer.Marshal(map[string]secureaccess.Secret{"x": secureaccess.NewSecret(text)})
				if err != nil || string(data) != `{"x":"`+text+`"}` || !slices.Equal(secrets, []string{text}) {
					t.Errorf("%s: %s, %q, %v", text, data, secrets, err)
				}
			}
		})
	}
	group.Wait()
}
