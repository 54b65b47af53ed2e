package rest

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

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
	Rest     map[string]json.RawMessage
}

func (s sealed) MarshalJSON() ([]byte, error) {
	members := map[string]any{"password": s.Password}
	for name, value := range s.Rest {
		members[name] = value
	}
	return json.Marshal(members)
}

// viaPointer writes itself too, and only through a pointer.
type viaPointer struct{ Password secureaccess.Secret }

func (v *viaPointer) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"pw": v.Password})
}

// embedded points to a struct that reflect would not replace.
type embedded struct{ *base }

func TestEncodeWritesSecretsAtAnyDepth(t *testing.T) {
	secret := secureaccess.NewSecret
	key := secret("S-pointer")
	shared := &request{Password: secret("S-shared")}
	tests := map[string]struct {
		value   any
		want    string
		secrets []string
	}{
		"itself":          {secret("S-1"), `"S-1"`, []string{"S-1"}},
		"pointer":         {&key, `"S-pointer"`, []string{"S-pointer"}},
		"slice":           {[]secureaccess.Secret{secret("S-1"), {}}, `["S-1",""]`, []string{"S-1"}},
		"map":             {map[string]any{"a": secret("S-1"), "b": nil, "c": 1}, `{"a":"S-1","b":null,"c":1}`, []string{"S-1"}},
		"nested any":      {map[string]any{"a": []any{map[string]secureaccess.Secret{"b": secret("S-1")}}}, `{"a":[{"b":"S-1"}]}`, []string{"S-1"}},
		"marshaler":       {sealed{secret("S-1"), map[string]json.RawMessage{"x": json.RawMessage(`1`)}}, `{"password":"S-1","x":1}`, []string{"S-1"}},
		"marshalers":      {[]*sealed{{Password: secret("S-1")}}, `[{"password":"S-1"}]`, []string{"S-1"}},
		"pointer method":  {&viaPointer{secret("S-1")}, `{"pw":"S-1"}`, []string{"S-1"}},
		"embedded":        {embedded{&base{secret("S-1")}}, `{"token":"S-1"}`, []string{"S-1"}},
		"nothing embeded": {embedded{}, `{}`, nil},
		"nil pointer":     {(*request)(nil), `null`, nil},
		"nil":             {nil, `null`, nil},
		"html":            {map[string]string{"a": "<b>&"}, `{"a":"<b>&"}`, nil},
		"html secret":     {secret("<S>&"), `"<S>&"`, []string{"<S>&"}},
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
			[]string{"S-array", "S-key", "S-l1", "S-l2", "S-map", "S-password", "S-pointer", "S-shared", "S-skipped", "S-token"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before, err := json.Marshal(test.value)
			if err != nil {
				t.Fatal(err)
			}
			data, secrets, err := encode(test.value)
			if err != nil || string(data) != test.want {
				t.Errorf("%v\n%s\nwant\n%s", err, data, test.want)
			}
			slices.Sort(secrets)
			if secrets = slices.Compact(secrets); !slices.Equal(secrets, test.secrets) {
				t.Errorf("found %q, want %q", secrets, test.secrets)
			}
			after, err := json.Marshal(test.value)
			if err != nil || string(after) != string(before) || strings.Contains(string(after), "S-") {
				t.Errorf("the original encodes as %s, %v, before as %s", after, err, before)
			}
		})
	}
}

func TestEncodeDoesNotCopyWhatHoldsNoSecret(t *testing.T) {
	v := &thing{ID: "a"}
	var e exposer
	if got := e.expose(v); got != any(v) {
		t.Errorf("%p became %p", v, got)
	}
}

func TestEncodeReportsWhatCannotBeEncoded(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	type ring struct {
		Next     *ring
		Password secureaccess.Secret
	}
	r := &ring{Password: secureaccess.NewSecret("S-ring")}
	r.Next = r
	for name, v := range map[string]any{"channel": make(chan int), "cycle of maps": cycle, "cycle of pointers": r} {
		if data, err := Encode(v); err == nil {
			t.Errorf("%s: %.80s", name, data)
		} else if strings.Contains(err.Error(), "S-ring") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHoldsSecret(t *testing.T) {
	type tree struct{ Children []*tree }
	type mutual struct {
		Back  *mutual
		Other *struct {
			M *mutual
			S secureaccess.Secret
		}
	}
	for want, values := range map[bool][]any{
		true:  {secureaccess.Secret{}, &key{}, []any{}, mutual{}, map[string][]Base{}, embedded{}},
		false: {"", 1, tree{}, map[string]string{}, json.RawMessage{}, []byte{}, thing{}, struct{ s secureaccess.Secret }{}},
	} {
		for _, v := range values {
			if got := holdsSecret(reflect.TypeOf(v)); got != want {
				t.Errorf("%T: %t", v, got)
			}
		}
	}
}

type key struct{ Inner struct{ Base } }
