package sps_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// newerPolicy has what the model does not know, at every depth: members, numbers with digits that a float64 does not
// keep, an ordered map. Its references are three levels deep.
const newerPolicy = `{"zz_first":1.10,"name":"desktops","rules":[` +
	`{"log_transfers":{"to_db":true,"limit":12345678901234567890},"actions":{"audit":false,"content_policy":"500","four_eyes":false,"ids":false,"recording":{"fps":1.50}},` +
	`"allowed_for":{"clients":["10.0.0.0/8"],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100","weekdays":[1,2.0,3e0]},"channel":"#drawing"},` +
	`{"actions":{"audit":false,"content_policy":null,"four_eyes":true,"ids":false},` +
	`"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"600"},"channel":"#clipboard","formats":{"@order":["b","a"],"b":{},"a":{}}}` +
	`],"note":"<&>"}`

// newer returns an appliance with that policy.
func newer(t *testing.T, opts ...secureaccess.Option) (*spstest.Server, *sps.Client) {
	t.Helper()
	server, client := start(t, opts...)
	server.AddObject("policies/content_policies", "500", map[string]any{"name": "cards"})
	server.AddObject("policies/time_policies", "600", map[string]any{"name": "days"})
	server.AddObject("rdp/channel_policies", "700", json.RawMessage(newerPolicy))
	return server, client
}

// change applies a change to the policy and returns it as it is stored then.
func change(t *testing.T, server *spstest.Server, client *sps.Client, do func(*sps.RDPChannelPolicy) error) string {
	t.Helper()
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		policy, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, "700")
		if err != nil {
			return err
		}
		_, err = sps.Update(ctx, tx, policy, do)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(server.Object("rdp/channel_policies", "700"))
}

func TestReadModifyWriteChangesWhatIsMeantAndNothingElse(t *testing.T) {
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

	got := change(t, server, client, func(p *sps.RDPChannelPolicy) error {
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

func TestReadModifyWriteOfLists(t *testing.T) {
	rule := func(i int) string {
		var p struct{ Rules []json.RawMessage }
		if err := json.Unmarshal([]byte(newerPolicy), &p); err != nil {
			t.Fatal(err)
		}
		return string(p.Rules[i])
	}
	plain := `{"actions":{"audit":false,"content_policy":null,"four_eyes":false,"ids":false},` +
		`"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},"channel":"#sound"}`
	sound := func() *sps.RDPChannelPolicyRule {
		return &sps.RDPChannelPolicyRule{Channel: "#sound", AllowedFor: sps.ChannelPolicyAllowedFor{TimePolicy: sps.Ref{Key: "-100"}}}
	}
	tests := map[string]struct {
		do   func(p *sps.RDPChannelPolicy) error
		want []string
	}{
		"remove":  {func(p *sps.RDPChannelPolicy) error { p.Rules = slices.Delete(p.Rules, 0, 1); return nil }, []string{rule(1)}},
		"append":  {func(p *sps.RDPChannelPolicy) error { p.Rules = append(p.Rules, sound()); return nil }, []string{rule(0), rule(1), plain}},
		"insert":  {func(p *sps.RDPChannelPolicy) error { p.Rules = slices.Insert(p.Rules, 0, sound()); return nil }, []string{plain, rule(0), rule(1)}},
		"reverse": {func(p *sps.RDPChannelPolicy) error { slices.Reverse(p.Rules); return nil }, []string{rule(1), rule(0)}},
		"replace": {func(p *sps.RDPChannelPolicy) error { p.Rules[0] = sound(); return nil }, []string{plain, rule(1)}},
		"empty":   {func(p *sps.RDPChannelPolicy) error { p.Rules = nil; return nil }, nil},
		"all at once": {func(p *sps.RDPChannelPolicy) error {
			p.Rules[1].Channel = "#disk"
			p.Rules = []*sps.RDPChannelPolicyRule{p.Rules[1], sound()}
			return nil
		}, []string{strings.Replace(rule(1), "#clipboard", "#disk", 1), plain}},
		"a list inside": {func(p *sps.RDPChannelPolicy) error {
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

func TestUpdateWithAModelOfOnesOwn(t *testing.T) {
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

func TestElementsThatLookAlike(t *testing.T) {
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

func TestUpdateOfAnyShape(t *testing.T) {
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
		"members that become zero":  {`{"x":1,"on":true,"level":5,"extra":{}}`, `{"x":1,"extra":{}}`, modify(func(b *optional) { *b = optional{Extra: b.Extra} })},
		"members that are new":      {`{"x":1}`, `{"x":1,"level":7}`, modify(func(b *optional) { b.Level = 7 })},
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

func TestUpdateAgainWithTheSameObject(t *testing.T) {
	server, client := newer(t)
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		policy, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, "700")
		if err != nil {
			return err
		}
		boom := errors.New("boom")
		_, err = sps.Update(ctx, tx, policy, func(p *sps.RDPChannelPolicy) error { p.Name = "never"; return boom })
		if !errors.Is(err, boom) || policy.Body.Name != "desktops" {
			t.Errorf("a change that fails: %v, and the object has %q", err, policy.Body.Name)
		}
		if _, err := sps.Update(ctx, tx, policy, func(p *sps.RDPChannelPolicy) error { p.Name = "first"; return nil }); err != nil {
			return err
		}
		if policy.Body.Name != "first" {
			t.Errorf("the object has %q", policy.Body.Name)
		}
		written, err := sps.Update(ctx, tx, policy, func(p *sps.RDPChannelPolicy) error { p.Rules[1].Actions.IDS = true; return nil })
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

func TestUpdateRefuses(t *testing.T) {
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
	for name, object := range map[string]*sps.Object[sps.RDPChannelPolicy]{
		"nil": nil, "never read": {Key: "700"}, "read without its body": list.Items[0], "changed outside of the function": changed,
	} {
		_, err := sps.Update(t.Context(), tx, object, func(*sps.RDPChannelPolicy) error { t.Errorf("%s: the function was called", name); return nil })
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCreateSendsKeysAndEmptyLists(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.AddObject("passwords", "p1", map[string]any{})
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		written, err := sps.Create(ctx, tx, sps.LocalUserDatabases, sps.LocalUserDatabase{
			Name:  "<gateway & co>",
			Users: []*sps.LocalUser{{Username: "anna", Passwords: []sps.Ref{{Key: "p1", Href: "/api/configuration/passwords/p1"}}}},
		})
		if err != nil {
			return err
		}
		if ref := written.Ref(); ref.Key == "" || ref.Href != "/api/configuration/policies/user_databases/"+ref.Key {
			t.Errorf("the new object is %+v", ref)
		}
		// What was copied out of an answer is made sendable, at any depth.
		_, err = sps.Create(ctx, tx, "policies/content_policies", json.RawMessage(
			`{"a":{"b":{"time_policy":{"key":"-100","meta":{"href":"/api/configuration/policies/time_policies/-100"},"body":{"name":"7x24"}}}},"meta":{"key":"x"},"n":1.0}`))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for i, line := range w.lines() {
		if strings.HasPrefix(line, "POST /api/configuration") {
			bodies = append(bodies, w.bodies[i])
		}
	}
	want := []string{
		`{"name":"<gateway & co>","users":[{"certificates":[],"passwords":["p1"],"public_keys":[],"username":"anna"}]}`,
		`{"a":{"b":{"time_policy":"-100"}},"meta":{"key":"x"},"n":1.0}`,
	}
	if !slices.Equal(bodies, want) {
		t.Errorf("sent %q, want %q", bodies, want)
	}
}

func TestUnknownMembersAreIgnoredByTheAppliance(t *testing.T) {
	server, client := start(t)
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		_, err := sps.Create(ctx, tx, "policies/user_databases", map[string]any{"name": "db", "users": []any{}, "usres": []any{1}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	key := server.Keys("policies/user_databases")[0]
	if got := string(server.Object("policies/user_databases", key)); got != `{"name":"db","users":[]}` {
		t.Errorf("stored %s", got)
	}
}

func TestDelete(t *testing.T) {
	server, client := newer(t)
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		for key, what := range map[string]string{"-20100": "built in", "": "an empty key", "..": "a key that climbs"} {
			if _, err := sps.Delete(ctx, tx, sps.RDPChannelPolicies, key); err == nil {
				t.Errorf("%s was deleted", what)
			}
		}
		if _, err := sps.Delete(ctx, tx, sps.TimePolicies, "600"); !errors.Is(err, secureaccess.ErrBadRequest) {
			t.Errorf("an object in use: %v", err)
		}
		if _, err := sps.Delete(ctx, tx, sps.TimePolicies, "601"); !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("an object that there is not: %v", err)
		}
		written, err := sps.Delete(ctx, tx, sps.RDPChannelPolicies, "700")
		if err != nil {
			return err
		}
		if written.Key != "700" || written.Meta.Previous != "/api/configuration/rdp/channel_policies/-20100" {
			t.Errorf("%+v", written)
		}
		_, err = sps.Delete(ctx, tx, sps.TimePolicies, "600") // nobody uses it any more
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if keys := server.Keys("rdp/channel_policies"); !slices.Equal(keys, []string{"-20100"}) {
		t.Errorf("left: %q", keys)
	}
}

func TestAllReadsEveryBodyAndFollowsNoLink(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		var w wire
		server, client := newer(t, w.option())
		server.SetLegacy(legacy)
		var names []string
		for policy, err := range sps.All(t.Context(), client, sps.RDPChannelPolicies) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, policy.Body.Name)
			if !policy.Loaded() || policy.Href != "/api/configuration/rdp/channel_policies/"+policy.Key {
				t.Errorf("%+v", policy)
			}
		}
		if !slices.Equal(names, []string{"all", "desktops"}) {
			t.Errorf("legacy %v: %q", legacy, names)
		}
		want := []string{"GET /api/authentication", "GET /api/configuration/rdp/channel_policies"}
		if legacy {
			want = append(want, want[1]+"/-20100", want[1]+"/700")
		}
		if got := w.lines(); !slices.Equal(got, want) {
			t.Errorf("legacy %v: requests %q", legacy, got)
		}
	}
}

func TestAllCanBeBrokenOff(t *testing.T) {
	var w wire
	server, client := newer(t, w.option())
	server.SetLegacy(true)
	for range sps.All(t.Context(), client, sps.RDPChannelPolicies) {
		break
	}
	if n := len(w.lines()); n != 3 {
		t.Errorf("%d requests, want the login, the list and one object", n)
	}
}

func TestGet(t *testing.T) {
	_, client := newer(t)
	zone, err := sps.Get[string](t.Context(), client, "datetime", "timezone")
	if err != nil || zone.Body != "Europe/Budapest" || zone.Key != "timezone" || zone.Href != "/api/configuration/datetime/timezone" {
		t.Errorf("%+v, %v", zone, err)
	}
	raw, err := sps.Get[json.RawMessage](t.Context(), client, "/rdp/channel_policies/", "700")
	if err != nil || string(raw.Raw()) != string(raw.Body) || !strings.Contains(string(raw.Body), `"limit":12345678901234567890`) {
		t.Errorf("%s, %v", raw.Body, err)
	}
	// A list is no object.
	if _, err := sps.Get[json.RawMessage](t.Context(), client, "rdp", "channel_policies"); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a list read as an object: %v", err)
	}
	for _, path := range []string{"", "/", "rdp//x", "rdp/../x"} {
		if _, err := sps.Get(t.Context(), client, sps.Endpoint[json.RawMessage](path), "1"); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("endpoint %q: %v", path, err)
		}
	}
	directory, err := sps.List[json.RawMessage](t.Context(), client, "datetime")
	if err != nil || len(directory.Items) != 1 || directory.Items[0].Key != "timezone" || directory.Items[0].Loaded() {
		t.Errorf("%+v, %v", directory, err)
	}
}

func TestOddAnswers(t *testing.T) {
	answers := map[string]struct {
		body string
		ok   bool
	}{
		"an object":            {`{"key":"1","meta":{"href":"/x"},"body":{"name":"n","rules":[]}}`, true},
		"a number for a key":   {`{"key":-100,"meta":{},"body":{"name":"n"}}`, true},
		"no meta":              {`{"body":{"name":"n"}}`, true},
		"more than is known":   {`{"key":"1","meta":{"href":"/x","new":[1]},"body":{"name":"n","x":{}},"other":1}`, true},
		"no body":              {`{"key":"1","meta":{}}`, false},
		"another shape":        {`{"body":{"rules":{}}}`, false},
		"a list":               {`[]`, false},
		"text":                 {`OK`, false},
		"nothing":              {``, false},
		"a reference of lists": {`{"body":{"rules":[{"actions":{"content_policy":[]}}]}}`, false},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			login := httpmock.NewStringResponse(200, `{}`)
			login.Header.Set("Set-Cookie", "session_id=0123456789abcdef")
			mock.RegisterResponder("GET", "https://sps.example.com/api/authentication", httpmock.ResponderFromResponse(login))
			mock.RegisterResponder("GET", "https://sps.example.com/api/configuration/rdp/channel_policies/1", httpmock.NewStringResponder(200, answer.body))
			client, err := sps.New("https://sps.example.com", sps.Password("a", "b"), secureaccess.WithTransport(mock))
			if err != nil {
				t.Fatal(err)
			}
			policy, err := sps.Get(t.Context(), client, sps.RDPChannelPolicies, "1")
			if (err == nil) != answer.ok {
				t.Fatalf("got %v", err)
			}
			if err != nil && !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("got %v", err)
			}
			if err == nil && (policy.Body.Name != "n" || policy.Key == "" || policy.Href == "") {
				t.Errorf("got %+v", policy)
			}
		})
	}
}

func TestAListOfNull(t *testing.T) {
	mock := httpmock.NewMockTransport()
	login := httpmock.NewStringResponse(200, `{}`)
	login.Header.Set("Set-Cookie", "session_id=0123456789abcdef")
	mock.RegisterResponder("GET", "https://sps.example.com/api/authentication", httpmock.ResponderFromResponse(login))
	mock.RegisterResponder("GET", "https://sps.example.com/api/configuration/rdp/channel_policies", httpmock.NewStringResponder(200, `{"items":[null]}`))
	client, err := sps.New("https://sps.example.com", sps.Password("a", "b"), secureaccess.WithTransport(mock))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sps.List(t.Context(), client, sps.RDPChannelPolicies); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("got %v", err)
	}
}

func TestRef(t *testing.T) {
	tests := map[string]sps.Ref{
		`"-100"`: {Key: "-100"}, `-100`: {Key: "-100"}, `null`: {},
		`{"key":"-100","meta":{"href":"/api/x/-100"}}`:                        {Key: "-100", Href: "/api/x/-100"},
		`{"meta":{"href":"/api/x/-100"},"key":"-100","body":{"name":"7x24"}}`: {Key: "-100", Href: "/api/x/-100"},
		`{"key":null,"meta":{"href":"/api/x"}}`:                               {Href: "/api/x"},
	}
	for text, want := range tests {
		var ref sps.Ref
		if err := json.Unmarshal([]byte(text), &ref); err != nil || ref != want {
			t.Errorf("%s became %+v, %v", text, ref, err)
		}
	}
	for _, text := range []string{`{}`, `[]`, `{"key":"1"}`, `{"key":{},"meta":{"href":""}}`, `{"key":"1","meta":{"href":""},"x":1}`} {
		var ref sps.Ref
		if err := json.Unmarshal([]byte(text), &ref); err == nil {
			t.Errorf("%s was read as %+v", text, ref)
		}
	}
	for want, ref := range map[string]sps.Ref{`"a<b"`: {Key: "a<b", Href: "/x"}, `null`: {}} {
		if got, err := ref.MarshalJSON(); err != nil || string(got) != want {
			t.Errorf("%+v is written %s, %v", ref, got, err)
		}
	}
	if !(sps.Ref{Href: "/x"}).IsZero() || (sps.Ref{Key: "1"}).IsZero() {
		t.Error("a reference is zero when it has no key")
	}
}

func TestWritesHaveTheirOwnStatus(t *testing.T) {
	// The document has 201 for a change; 200 is as good.
	w := wire{after: func(req *http.Request, resp *http.Response) {
		if req.Method == http.MethodPut && resp.StatusCode == http.StatusCreated {
			resp.StatusCode = http.StatusOK
		}
	}}
	server, client := newer(t, w.option())
	change(t, server, client, func(p *sps.RDPChannelPolicy) error { p.Name = "x"; return nil })
}

func TestFlatten(t *testing.T) {
	got, err := sps.Flatten(json.RawMessage(`{"a":[{"key":"1","meta":{"href":"/x"}},{"key":"2","meta":{"href":"/x"},"b":1.0}]}`))
	if want := `{"a":["1",{"key":"2","meta":{"href":"/x"},"b":1.0}]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := sps.Flatten(json.RawMessage(`{`)); err == nil {
		t.Error("broken JSON was flattened")
	}
}
