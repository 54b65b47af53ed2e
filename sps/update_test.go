package sps_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func TestUpdate_nothingElse(t *testing.T) {
	var w wire
	server, client := newer(t, w.option())
	policy, err := sps.Get(t.Context(), client, sps.RDPChannelPolicies, "700")
	if err != nil {
		t.Fatal(err)
	}
	first := policy.Body.Rules[0]
	if ref := first.AllowedFor.TimePolicy; ref.Key != "-100" || ref.Href != "/api/configuration/policies/time_policies/-100" {
		t.Fatalf("the appliance embeds no references, so that nothing is shown: %+v", ref)
	}

	got := change(t, server, client, func(p *sps.ChannelPolicy) error {
		p.Rules[0].Actions.Audit = true
		return nil
	})
	want := strings.Replace(newerPolicy, `"audit":false`, `"audit":true`, 1)
	if got != want {
		t.Errorf("stored:\n%s\nwant:\n%s", got, want)
	}
	sent := w.bodies[slices.IndexFunc(w.lines(), func(l string) bool { return strings.HasPrefix(l, "PUT /api/configuration") })]
	if sent != want {
		t.Errorf("sent:\n%s\nwant:\n%s", sent, want)
	}
}

// untagged is a model as somebody writes it who relies on encoding/json.
type untagged struct {
	Name  string
	Deep  *struct{ OnOff bool }
	List  []*struct{ A int }
	Map   map[string]*struct{ A int }
	Ref   sps.Ref
	Level int `json:",omitempty"`
}

func TestUpdate_lists(t *testing.T) {
	rule := func(i int) string {
		var p struct{ Rules []json.RawMessage }
		if err := json.Unmarshal([]byte(newerPolicy), &p); err != nil {
			t.Fatal(err)
		}
		return string(p.Rules[i])
	}
	plain := `{"actions":{"audit":false,"content_policy":null,"four_eyes":false,"ids":false},` +
		`"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},"channel":"#sound"}`
	sound := func() *sps.ChannelPolicyRule {
		return &sps.ChannelPolicyRule{Channel: "#sound", AllowedFor: sps.ChannelPolicyAllowedFor{TimePolicy: sps.Ref{Key: "-100"}}}
	}
	tests := map[string]struct {
		do   func(p *sps.ChannelPolicy) error
		want []string
	}{
		"remove":  {func(p *sps.ChannelPolicy) error { p.Rules = slices.Delete(p.Rules, 0, 1); return nil }, []string{rule(1)}},
		"append":  {func(p *sps.ChannelPolicy) error { p.Rules = append(p.Rules, sound()); return nil }, []string{rule(0), rule(1), plain}},
		"insert":  {func(p *sps.ChannelPolicy) error { p.Rules = slices.Insert(p.Rules, 0, sound()); return nil }, []string{plain, rule(0), rule(1)}},
		"reverse": {func(p *sps.ChannelPolicy) error { slices.Reverse(p.Rules); return nil }, []string{rule(1), rule(0)}},
		"replace": {func(p *sps.ChannelPolicy) error { p.Rules[0] = sound(); return nil }, []string{plain, rule(1)}},
		"empty":   {func(p *sps.ChannelPolicy) error { p.Rules = nil; return nil }, nil},
		"all at once": {func(p *sps.ChannelPolicy) error {
			p.Rules[1].Channel = "#disk"
			p.Rules = []*sps.ChannelPolicyRule{p.Rules[1], sound()}
			return nil
		}, []string{strings.Replace(rule(1), "#clipboard", "#disk", 1), plain}},
		"a list inside": {func(p *sps.ChannelPolicy) error {
			p.Rules[0].AllowedFor.Clients = nil
			p.Rules[0].AllowedFor.TimePolicy = sps.Ref{Key: "600"}
			p.Rules[0].Actions.ContentPolicy = sps.Ref{}
			return nil
		}, []string{strings.NewReplacer(`["10.0.0.0/8"]`, `[]`, `"time_policy":"-100"`, `"time_policy":"600"`, `"content_policy":"500"`, `"content_policy":null`).Replace(rule(0)), rule(1)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, client := newer(t)
			got := change(t, server, client, test.do)
			want := `{"zz_first":1.10,"name":"desktops","rules":[` + strings.Join(test.want, ",") + `],"note":"<&>"}`
			if got != want {
				t.Errorf("stored:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// ownPolicy is somebody's own model, which knows little and has values in its lists.
type ownPolicy struct {
	Name  string    `json:"name"`
	Rules []ownRule `json:"rules"`
}

type ownRule struct {
	Channel string `json:"channel"`
}

func TestUpdate_ownModel(t *testing.T) {
	const endpoint = "rdp/channel_policies"
	cut := strings.Index(newerPolicy, `,{"actions"`)
	first, second := newerPolicy[strings.Index(newerPolicy, `{"log`):cut], newerPolicy[cut+1:strings.Index(newerPolicy, `],"note"`)]
	tests := map[string]struct {
		do        func(p *ownPolicy) error
		ambiguous bool
		old, new  string
	}{
		"at its place":         {func(p *ownPolicy) error { p.Rules[1].Channel = "#disk"; return nil }, false, `"#clipboard"`, `"#disk"`},
		"beside the list":      {func(p *ownPolicy) error { p.Name = "all desktops"; return nil }, false, `"desktops"`, `"all desktops"`},
		"removed":              {func(p *ownPolicy) error { p.Rules = p.Rules[1:]; return nil }, false, first + ",", ""},
		"moved":                {func(p *ownPolicy) error { slices.Reverse(p.Rules); return nil }, false, first + "," + second, second + "," + first},
		"removed and replaced": {func(p *ownPolicy) error { p.Rules = append(p.Rules[1:], ownRule{"#sound"}); return nil }, true, "", ""},
		"removed and changed":  {func(p *ownPolicy) error { p.Rules = []ownRule{{"#disk"}}; return nil }, true, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, client := newer(t)
			err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
				policy, err := sps.Get[ownPolicy](ctx, tx, endpoint, "700")
				if err != nil {
					return err
				}
				_, err = sps.Update(ctx, tx, policy, test.do)
				return err
			})
			want := newerPolicy
			if test.ambiguous {
				if !errors.Is(err, sps.ErrAmbiguous) || !errors.Is(err, secureaccess.ErrInvalidArgument) {
					t.Errorf("got %v", err)
				}
			} else {
				want = strings.Replace(newerPolicy, test.old, test.new, 1)
				// The documented literal endpoint serves any model.
				if err != nil {
					t.Fatal(err)
				}
			}
			if got := string(server.Object(endpoint, "700")); got != want {
				t.Errorf("stored:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestUpdate_alike(t *testing.T) {
	const endpoint, key = "policies/lists", "1"
	type item struct {
		Name string `json:"name"`
	}
	type body struct {
		Items []item `json:"items"`
	}
	const stored = `{"items":[{"name":"a","secret":1},{"name":"a","secret":2},{"name":"b","secret":3}]}`
	tests := map[string]struct {
		do        func(*body)
		ambiguous bool
		want      string
	}{
		"one of the two goes":   {func(b *body) { b.Items = b.Items[1:] }, true, stored},
		"the other goes":        {func(b *body) { b.Items = b.Items[:2] }, false, `{"items":[{"name":"a","secret":1},{"name":"a","secret":2}]}`},
		"both go":               {func(b *body) { b.Items = b.Items[2:] }, false, `{"items":[{"name":"b","secret":3}]}`},
		"both move to the end":  {func(b *body) { b.Items = []item{{"b"}, {"a"}, {"a"}} }, false, `{"items":[{"name":"b","secret":3},{"name":"a","secret":1},{"name":"a","secret":2}]}`},
		"a third one joins":     {func(b *body) { b.Items = append(b.Items, item{"a"}) }, false, strings.Replace(stored, "3}]", `3},{"name":"a"}]`, 1)},
		"all change their name": {func(b *body) { b.Items = []item{{"x"}, {"y"}, {"z"}} }, false, `{"items":[{"name":"x","secret":1},{"name":"y","secret":2},{"name":"z","secret":3}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, client := start(t)
			server.AddObject(endpoint, key, json.RawMessage(stored))
			err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
				o, err := sps.Get[body](ctx, tx, endpoint, key)
				if err != nil {
					return err
				}
				_, err = sps.Update(ctx, tx, o, func(b *body) error { test.do(b); return nil })
				return err
			})
			if errors.Is(err, sps.ErrAmbiguous) != test.ambiguous || err != nil && !test.ambiguous {
				t.Errorf("got %v", err)
			}
			if got := string(server.Object(endpoint, key)); got != test.want {
				t.Errorf("stored %s, want %s", got, test.want)
			}
		})
	}
}

func TestUpdate_anyShape(t *testing.T) {
	type optional struct {
		On    bool           `json:"on,omitzero"`
		Level int            `json:"level,omitempty"`
		Extra map[string]any `json:"extra"`
	}
	type embedding struct {
		optional
		Ref   sps.Ref  `json:"time_policy"`
		Other *sps.Ref `json:"content_policy"`
	}
	tests := map[string]struct {
		stored, want string
		do           func(ctx context.Context, tx *sps.Tx) error
	}{
		"a scalar": {`"old"`, `"new"`, modify(func(b *string) { *b = "new" })},
		"a number": {`1.10`, `1.10`, modify(func(*float64) {})},
		"raw JSON": {`{"a":1.10,"b":[1,{}]}`, `{"a":1.10,"b":[]}`, modify(func(b *json.RawMessage) { *b = json.RawMessage(`{"b":[],"a":1.10}`) })},
		"a map": {`{"a":1.10,"b":{"c":1e2}}`, `{"a":1.10,"b":{"c":1e2,"d":true}}`,
			modify(func(b *map[string]any) { (*b)["b"].(map[string]any)["d"] = true })},
		"a map that loses a member": {`{"a":1.10,"b":2}`, `{"a":1.10}`, modify(func(b *map[string]any) { delete(*b, "b") })},
		"members that are left out": {`{"x":1,"on":false,"extra":null}`, `{"x":1,"on":true,"extra":null}`, modify(func(b *optional) { b.On = true })},
		"members that become zero":  {`{"x":1,"on":true,"level":5,"extra":{}}`, `{"x":1,"on":false,"level":0,"extra":{}}`, modify(func(b *optional) { *b = optional{Extra: b.Extra} })},
		"members in another case": {`{"name":"n","x":1,"deep":{"onoff":true,"y":1},"list":[{"a":1,"z":2},{"a":1,"z":3}],"map":{"K":{"a":1,"z":2}},"ref":{"key":"1","meta":{"href":"/api/x"}},"level":3}`,
			`{"name":"m","x":1,"deep":{"onoff":false,"y":1},"list":[{"a":5,"z":3}],"map":{"k":{"A":7}},"ref":"1","level":0}`,
			modify(func(b *untagged) {
				b.Name, b.Deep.OnOff, b.Level = "m", false, 0
				b.List = b.List[1:]
				b.List[0].A = 5
				delete(b.Map, "K")
				b.Map["k"] = &struct{ A int }{7}
			})},
		"members that are new": {`{"x":1}`, `{"x":1,"level":7}`, modify(func(b *optional) { b.Level = 7 })},
		"embedded structs and pointers": {`{"x":1,"on":false,"time_policy":"-100","content_policy":null,"extra":{}}`, `{"x":1,"on":true,"time_policy":"-100","content_policy":"500","extra":{}}`,
			modify(func(b *embedding) { b.On, b.Other = true, &sps.Ref{Key: "500"} })},
		"an ordered map": {`{"@order":["b","a"],"b":{"x":1.0},"a":{"x":2.0}}`, `{"@order":["a","b"],"b":{"x":1.0},"a":{"x":2.0}}`,
			modify(func(b *sps.Ordered[struct{}]) { b.Move("a", 0) })},
		"a reference in a map of the caller's": {`{"deep":{"deeper":{"time_policy":"-100"}},"n":1}`, `{"deep":{"deeper":{"time_policy":"-100"}},"n":2}`,
			modify(func(b *map[string]any) { (*b)["n"] = 2 })},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, client := start(t)
			server.AddObject("policies/content_policies", "500", map[string]any{"name": "cards"})
			server.AddObject("policies/things", "1", json.RawMessage(test.stored))
			if err := client.Transact(t.Context(), "", test.do); err != nil {
				t.Fatal(err)
			}
			if got := string(server.Object("policies/things", "1")); got != test.want {
				t.Errorf("stored %s, want %s", got, test.want)
			}
		})
	}
}

func modify[T any](do func(*T)) func(context.Context, *sps.Tx) error {
	return func(ctx context.Context, tx *sps.Tx) error {
		o, err := sps.Get[T](ctx, tx, "policies/things", "1")
		if err != nil {
			return err
		}
		_, err = sps.Update(ctx, tx, o, func(b *T) error { do(b); return nil })
		return err
	}
}

func TestUpdate_again(t *testing.T) {
	server, client := newer(t)
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		policy, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, "700")
		if err != nil {
			return err
		}
		boom := errors.New("boom")
		_, err = sps.Update(ctx, tx, policy, func(p *sps.ChannelPolicy) error { p.Name = "never"; return boom })
		if !errors.Is(err, boom) || policy.Body.Name != "desktops" {
			t.Errorf("a change that fails: %v, and the object has %q", err, policy.Body.Name)
		}
		if _, err := sps.Update(ctx, tx, policy, func(p *sps.ChannelPolicy) error { p.Name = "first"; return nil }); err != nil {
			return err
		}
		if policy.Body.Name != "first" {
			t.Errorf("the object has %q", policy.Body.Name)
		}
		written, err := sps.Update(ctx, tx, policy, func(p *sps.ChannelPolicy) error { p.Rules[1].Actions.IDS = true; return nil })
		if err == nil && (written.Key != "700" || written.Meta.Parent != "/api/configuration/rdp/channel_policies") {
			t.Errorf("%+v", written)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(strings.Replace(newerPolicy, "desktops", "first", 1), `true,"ids":false`, `true,"ids":true`, 1)
	if got := string(server.Object("rdp/channel_policies", "700")); got != want {
		t.Errorf("stored:\n%s\nwant:\n%s", got, want)
	}
}

func TestUpdate_refuses(t *testing.T) {
	server, client := newer(t)
	server.SetLegacy(true)
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := sps.List(t.Context(), tx, sps.RDPChannelPolicies)
	if err != nil || list.Items[0].Loaded() {
		t.Fatalf("%v, %v", list, err)
	}
	changed, err := sps.Get(t.Context(), tx, sps.RDPChannelPolicies, "700")
	if err != nil {
		t.Fatal(err)
	}
	changed.Body.Rules[0].Actions.Audit = true
	for name, object := range map[string]*sps.Object[sps.ChannelPolicy]{
		"nil": nil, "never read": {Key: "700"}, "read without its body": list.Items[0], "changed outside of the function": changed,
	} {
		_, err := sps.Update(t.Context(), tx, object, func(*sps.ChannelPolicy) error { t.Errorf("%s: the function was called", name); return nil })
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUpdate_status(t *testing.T) {
	// The document has 201 for a change; 200 is as good.
	w := wire{after: func(req *http.Request, resp *http.Response) {
		if req.Method == http.MethodPut && resp.StatusCode == http.StatusCreated {
			resp.StatusCode = http.StatusOK
		}
	}}
	server, client := newer(t, w.option())
	change(t, server, client, func(p *sps.ChannelPolicy) error { p.Name = "x"; return nil })
}
