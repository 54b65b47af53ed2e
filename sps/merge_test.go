package sps

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// partial is a model that knows some of what the fuzzer makes up.
type partial struct {
	A string             `json:"a"`
	B []partial          `json:"b"`
	C *partial           `json:"c,omitempty"`
	D []*partial         `json:"d"`
	E map[string]partial `json:"e,omitzero"`
	F float64            `json:"f"`
	R Ref                `json:"r"`
	S Secretive          `json:"s,omitzero"`
}

// Secretive encodes itself, so that its shape is nobody else's business.
type Secretive string

func (s Secretive) MarshalJSON() ([]byte, error) { return json.Marshal("<" + string(s) + ">") }

func objectOf[T any](data []byte) (*Object[T], error) {
	o := &Object[T]{raw: data, endpoint: "x", Key: "1"}
	return o, decodeBody(data, &o.Body)
}

// FuzzUpdateWithoutAChange: a body that is read and put back is the body, with its references as keys.
func FuzzUpdateWithoutAChange(f *testing.F) {
	for _, seed := range []string{
		`{"a":"x","z":1.10,"b":[{"a":"y","q":{}},{"a":"y","q":2}],"c":{"zz":[]},"d":[{"f":1e2,"u":null},null]}`,
		`{"e":{"k":{"a":"1","more":1}},"r":{"key":"1","meta":{"href":"/api/x"}},"s":"t","f":-0.0}`,
		`{"b":null,"d":null,"c":null,"e":null,"r":null}`, `{}`, `null`, `{"A":"upper","b":[{}]}`, `{"d":[{"b":[{"d":[{}]}]}]}`,
		`{"r":{"key":{"key":1,"meta":{"href":1}},"meta":{"href":1}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		check[partial](t, data)
		check[any](t, data)
		check[json.RawMessage](t, data)
		check[map[string]json.RawMessage](t, data)
		check[Ordered[json.RawMessage]](t, data)
	})
}

func check[T any](t *testing.T, data []byte) {
	t.Helper()
	o, err := objectOf[T](data)
	if err != nil {
		return
	}
	e, err := newEdit(o)
	if err != nil {
		return // a model that does not encode what it decodes
	}
	got, _, err := e.result()
	if err != nil {
		t.Fatalf("%T: %s: %v", o.Body, data, err)
	}
	raw, err := jsontree.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if want := flatten(raw); !jsontree.Equal(got, want) {
		t.Fatalf("%T: %s became %s, want %s", o.Body, data, got.Bytes(), want.Bytes())
	}
}

func TestUpdate_pointers(t *testing.T) {
	const stored = `{"d":[{"a":"1","x":1},{"a":"1","x":2},{"a":"1","x":3,"d":[{"a":"i","x":4}]}]}`
	tests := map[string]struct {
		do   func(p *partial)
		want string
	}{
		"the first of three that look alike goes": {func(p *partial) { p.D = p.D[1:] }, `{"d":[{"a":"1","x":2},{"a":"1","x":3,"d":[{"a":"i","x":4}]}]}`},
		"the second goes":                         {func(p *partial) { p.D = []*partial{p.D[0], p.D[2]} }, `{"d":[{"a":"1","x":1},{"a":"1","x":3,"d":[{"a":"i","x":4}]}]}`},
		"one from further down comes up":          {func(p *partial) { p.D = p.D[2].D }, `{"d":[{"a":"i","x":4}]}`},
		"one is there twice":                      {func(p *partial) { p.D = []*partial{p.D[0], p.D[0]} }, `{"d":[{"a":"1","x":1},{"a":"1","x":1}]}`},
		"one is changed as a whole":               {func(p *partial) { *p.D[0] = partial{A: "2"}; p.D = p.D[:1] }, `{"d":[{"a":"2","x":1}]}`},
		"one becomes null":                        {func(p *partial) { p.D = []*partial{nil, p.D[1]} }, `{"d":[null,{"a":"1","x":2}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o, err := objectOf[partial]([]byte(stored))
			if err != nil {
				t.Fatal(err)
			}
			e, err := newEdit(o)
			if err != nil {
				t.Fatal(err)
			}
			test.do(e.body)
			got, _, err := e.result()
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Bytes()) != test.want {
				t.Errorf("got %s, want %s", got.Bytes(), test.want)
			}
		})
	}
}

// The models leave zeros out when they create something. A change to zero is a change.
func TestUpdate_zeros(t *testing.T) {
	o, err := objectOf[WebLogin]([]byte(`{"access_restriction":{"enabled":true,"allowed_from":["10.0.0.0/8"]},"bruteforce_protection":true,"listen":[{"address":"a","http_port":1,"https_port":2,"x":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEdit(o)
	if err != nil {
		t.Fatal(err)
	}
	e.body.BruteforceProtection = false
	e.body.AccessRestriction.AllowedFrom = nil
	got, _, err := e.result()
	if want := `{"access_restriction":{"enabled":true},"bruteforce_protection":false,"listen":[{"address":"a","http_port":1,"https_port":2,"x":1}]}`; err != nil || string(got.Bytes()) != want {
		t.Errorf("got %s, %v", got.Bytes(), err)
	}

	archive, err := objectOf[ArchiveCleanupPolicy]([]byte(`{"name":"n","notification_event":{"type":"all","send_filelist":true,"file_count_limit":7},"start_times":[],` +
		`"target":{"type":"rsync","path":"p","auth_key":{"key":"9","meta":{"href":"/api/x"}},"port":22},"template":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	change, err := newEdit(archive)
	if err != nil {
		t.Fatal(err)
	}
	b := change.body
	b.NotificationEvent.SendFilelist, b.NotificationEvent.FileCountLimit, b.Template = false, 0, ""
	b.Target.Path, b.Target.AuthKey, b.Target.Port = "", Ref{}, 0
	got, _, err = change.result()
	if want := `{"name":"n","notification_event":{"type":"all","send_filelist":false,"file_count_limit":0},"start_times":[],` +
		`"target":{"type":"rsync","path":"","auth_key":null,"port":0},"template":""`; err != nil || !strings.HasPrefix(string(got.Bytes()), want) {
		t.Errorf("got %s, %v", got.Bytes(), err)
	}
}

func TestUpdate_pointersToNothing(t *testing.T) {
	// All of them are the same pointer.
	o, err := objectOf[struct {
		L []*struct{} `json:"l"`
	}]([]byte(`{"l":[{"x":1},{"x":2}]}`))
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEdit(o)
	if err != nil {
		t.Fatal(err)
	}
	e.body.L = e.body.L[1:]
	if got, _, err := e.result(); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestUpdate_longList(t *testing.T) {
	// 20,000 users, many of whom look alike.
	var b strings.Builder
	b.WriteString(`{"name":"db","users":[`)
	for i := range 20_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"username":"user` + string(rune('a'+i%26)) + strings.Repeat("x", i%7) + `","certificates":[],"passwords":[],"public_keys":[],"more":` + string(rune('0'+i%10)) + `}`)
	}
	b.WriteString(`]}`)
	o, err := objectOf[LocalUserDatabase]([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEdit(o)
	if err != nil {
		t.Fatal(err)
	}
	e.body.Users = append(e.body.Users[:10_000], e.body.Users[10_001:]...)
	got, _, err := e.result()
	if err != nil {
		t.Fatal(err)
	}
	users := got.Get("users").Items()
	if len(users) != 19_999 || users[10_000].Get("more") == nil || string(users[10_000].Get("more").Bytes()) != "1" {
		t.Errorf("%d users, the one after the removed is %s", len(users), users[10_000].Bytes())
	}
}
