package sps_test

import (
	"context"
	"encoding/json"
	"errors"
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
func change(t *testing.T, server *spstest.Server, client *sps.Client, do func(*sps.ChannelPolicy) error) string {
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

func TestCreate_keysAndEmptyLists(t *testing.T) {
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
		// What was copied out of a response is made sendable, at any depth.
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

func TestCreate_unknownMembers(t *testing.T) {
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

func TestAll(t *testing.T) {
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

func TestAll_brokenOff(t *testing.T) {
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
	if err != nil || len(directory.Items) != 2 || directory.Items[1].Key != "timezone" || directory.Items[1].Loaded() {
		t.Errorf("%+v, %v", directory, err)
	}
}

func TestGet_odd(t *testing.T) {
	responses := map[string]struct {
		body string
		ok   bool
	}{
		"an object":            {`{"key":"1","meta":{"href":"/x"},"body":{"name":"n","rules":[]}}`, true},
		"a number for a key":   {`{"key":-100,"meta":{},"body":{"name":"n"}}`, true},
		"no meta":              {`{"body":{"name":"n"}}`, true},
		"more than is known":   {`{"key":"1","meta":{"href":"/x","new":[1]},"body":{"name":"n","x":{}},"other":1}`, true},
		"no body":              {`{"key":"1","meta":{}}`, false},
		"a body that is null":  {`{"key":"1","meta":{},"body":null}`, false},
		"another body":         {`{"body":["n"]}`, false},
		"an empty body":        {`{"key":"1","meta":{},"body":{}}`, false},
		"somebody else's body": {`{"key":"1","meta":{},"body":{"status":"UP"}}`, false},
		"somebody else's rule": {`{"key":"1","meta":{},"body":{"name":"n","rules":[{"status":"UP"}]}}`, false},
		"a list":               {`[]`, false},
		"text":                 {`OK`, false},
		"nothing":              {``, false},
		"another member":       {`{"body":{"name":"n","rules":{}}}`, false},
		"a reference of lists": {`{"body":{"name":"n","rules":[{"actions":{"content_policy":[]}}]}}`, true},
		"a reference alone":    {`{"body":{"name":"n","rules":[{"actions":{"content_policy":{"key":"1"}}}]}}`, true},
	}
	for name, answer := range responses {
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

func TestList_null(t *testing.T) {
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
		`{"key":"1"}`:                                                         {Key: "1"},
		`{"key":"1","meta":{"href":"/x"},"more":1}`:                           {Key: "1", Href: "/x"},
		`{"meta":{"href":"/x"}}`:                                              {Href: "/x"},
		`{}`:                                                                  {},
		`[]`:                                                                  {},
		`{"key":{},"meta":{"href":""}}`:                                       {},
	}
	for text, want := range tests {
		var ref sps.Ref
		if err := json.Unmarshal([]byte(text), &ref); err != nil || ref != want {
			t.Errorf("%s became %+v, %v", text, ref, err)
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

func TestFlatten(t *testing.T) {
	got, err := sps.Flatten(json.RawMessage(`{"a":[{"key":"1","meta":{"href":"/x"}},{"key":"2","meta":{"href":"/x"},"b":1.0}]}`))
	if want := `{"a":["1",{"key":"2","meta":{"href":"/x"},"b":1.0}]}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := sps.Flatten(json.RawMessage(`{`)); err == nil {
		t.Error("broken JSON was flattened")
	}
}
