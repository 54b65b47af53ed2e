package ics_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// TestPath_escaped checks how names travel: each in one segment, as the document writes a leading dot.
func TestPath_escaped(t *testing.T) {
	var uri string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		uri = r.RequestURI
		respond(w, 200, `{}`)
	})
	role := "/api/v1/configuration/administrators/admin-roles/admin-role/"
	for name, want := range map[string]string{
		".Administrators": "%2EAdministrators",
		"a/b":             "a%2Fb",
		"..a":             "%2E.a",
		"v1.2":            "v1.2",
		"50% off? #1":     "50%25%20off%3F%20%231",
		"Rôle":            "R%C3%B4le",
		"a;b=c+d&e":       "a;b=c+d&e",
	} {
		if _, err := client.AdminRoles.ReplaceSessionOptions(t.Context(), name, ics.SessionOptions{}); err != nil {
			t.Fatal(err)
		}
		if uri != role+want+"/general/session-options" {
			t.Errorf("%q travels as %s", name, uri)
		}
		if _, err := client.Configuration.Get(t.Context(), ics.Path{"administrators", "admin-roles", "admin-role", name}, nil); err != nil {
			t.Fatal(err)
		}
		if uri != role+want {
			t.Errorf("as part of a path %q travels as %s", name, uri)
		}
		path, err := ics.ParsePath(uri)
		if err != nil || !slices.Equal(path, ics.Path{"administrators", "admin-roles", "admin-role", name}) {
			t.Errorf("%s is parsed as %q, %v", uri, path, err)
		}
	}
	uri = ""
	for _, path := range []ics.Path{{"users", ""}, {"users", ".."}, {"."}} {
		_, err := client.Configuration.Get(t.Context(), path, nil)
		_, deleteErr := client.Configuration.Delete(t.Context(), path)
		if !errors.Is(err, secureaccess.ErrInvalidArgument) || !errors.Is(deleteErr, secureaccess.ErrInvalidArgument) || uri != "" {
			t.Errorf("the path %q gives %v, after %q", path, err, uri)
		}
	}
}

func TestParsePath_refuses(t *testing.T) {
	for _, href := range []string{"", "/api/v1/configurations", "/api/v1/system/x", "://", "/api/v1/configuration/a//b", "/api/v1/configuration/%zz"} {
		if path, err := ics.ParsePath(href); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q is parsed as %q, %v", href, path, err)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add("/api/v1/configuration/users/user-roles/user-role/a%2Fb")
	f.Add("/api/v1/configuration/%2E%2E/x")
	var uri string
	client, err := ics.New("http://localhost", ics.APIKey("a2V5"), secureaccess.WithTransport(roundTripFunc(func(r *http.Request) (*http.Response, error) {
		uri = r.URL.EscapedPath()
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
	})))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, href string) {
		path, err := ics.ParsePath(href)
		if err != nil {
			return
		}
		uri = ""
		if _, err := client.Configuration.Get(t.Context(), path, nil); err != nil {
			return // a segment that a path would swallow
		}
		again, err := ics.ParsePath(uri)
		if err != nil || !slices.Equal(again, path) {
			t.Errorf("%q became %q became %q, %v", path, uri, again, err)
		}
	})
}

// TestConfiguration makes, reads, changes, lists and removes a role that no typed method knows.
func TestConfiguration(t *testing.T) {
	server, client := setUp(t)
	roles := ics.Path{"users", "user-roles", "user-role"}
	role := ics.Path{"users", "user-roles", "user-role", "Contractors/EU"}

	if _, err := client.Configuration.Create(t.Context(), roles, map[string]any{"name": "Contractors/EU", "general": map[string]any{"session-options": ics.SessionOptions{IdleTimeout: 15}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Configuration.Create(t.Context(), roles, map[string]any{"name": "Contractors/EU"}); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("a role of the same name gives %v", err)
	}
	type list struct {
		Roles []struct{ Name, Href string } `json:"user-role"`
	}
	all, err := ics.GetConfiguration[list](t.Context(), client.Configuration, roles, nil)
	if err != nil || len(all.Roles) != 2 || all.Roles[1].Name != "Contractors/EU" {
		t.Fatalf("the roles are %v, %v", all, err)
	}
	path, err := ics.ParsePath(all.Roles[1].Href)
	if err != nil || !slices.Equal(path, role) {
		t.Fatalf("the reference leads to %q, %v", path, err)
	}
	session := append(path, "general", "session-options")
	if _, err := client.Configuration.Update(t.Context(), session, map[string]any{"max-timeout": "60"}); err != nil {
		t.Fatal(err)
	}
	options, err := ics.GetConfiguration[ics.SessionOptions](t.Context(), client.Configuration, session, nil)
	if err != nil || options.IdleTimeout != 15 || string(options.Extra["max-timeout"]) != `"60"` {
		t.Fatalf("the options are %v, %v", options, err)
	}
	raw, err := client.Configuration.Get(t.Context(), roles, &ics.ConfigurationOptions{Expand: true})
	if err != nil || !strings.Contains(string(raw), "max-timeout") || strings.Contains(string(raw), "href") {
		t.Errorf("expanded, the roles are %s, %v", raw, err)
	}
	if _, err := client.Configuration.Delete(t.Context(), role); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Configuration.Get(t.Context(), role, nil); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("what was removed gives %v", err)
	}
	if server.Configuration(role, new(any)) {
		t.Error("the role is still there")
	}
}

func TestConfiguration_Get_flags(t *testing.T) {
	var query string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		query = r.URL.RawQuery
		respond(w, 200, `{}`)
	})
	for want, opts := range map[string]*ics.ConfigurationOptions{
		"":                            nil,
		"expand":                      {Expand: true},
		"expand&excludePulsePackages": {Expand: true, ExcludePackages: true},
		"excludePulsePackages&a+b":    {ExcludePackages: true, Flags: []string{"a b"}},
	} {
		if _, err := client.Configuration.Get(t.Context(), ics.Path{"users"}, opts); err != nil || query != want {
			t.Errorf("the query is %q, not %q, %v", query, want, err)
		}
	}
}

// TestGetConfiguration_keepsUnknownMembers decodes objects with members that no release has yet, and encodes them again.
func TestGetConfiguration_keepsUnknownMembers(t *testing.T) {
	for _, c := range []struct {
		model any
		text  string
	}{
		{new(ics.ADGroupCatalog), `{"ad-group":[{"group":"a","name":"a","new":{"x":[1]},"Name":"other"}],"more":1.50}`},
		{new(ics.LDAPGroupCatalog), `{"more":true,"user-group":[{"dn":"<a&b>","group-type":"dynamic","name":"a","new":null}]}`},
		{new(ics.RoleMappingRules), `{"more":"x","rule":[{"group":{"group-names":["g"],"is":"not"},"name":"r","roles":[".Administrators"],"stop-rules-processing":"true","username":{"names":["*"]}}],"user-selects-role":"false","user-selects-roleset":"true"}`},
		{new(ics.SessionOptions), `{"idle-timeout":"5","max-timeout":"60"}`},
		{new(ics.SourceIP), `{"access":"deny","address":"192.0.2.0","comment":"c","netmask":"255.255.255.0"}`},
		{new(ics.CSRCreate), `{"country":"DE","key-length":"2048","key-type":"RSA","subject-common-name":"vpn.example.com"}`},
		{new(ics.ESAPConfiguration), `{"active-version":"1","default-version":"1","esap":[],"force-same-esap":"false","more":1,"opswat-sdk-version":"4"}`},
	} {
		if err := secureaccess.Unmarshal([]byte(c.text), c.model); err != nil {
			t.Fatal(err)
		}
		got, err := secureaccess.Marshal(c.model)
		if err != nil {
			t.Fatal(err)
		}
		var want, have any
		if json.Unmarshal([]byte(c.text), &want) != nil || json.Unmarshal(got, &have) != nil {
			t.Fatalf("%s is not JSON", got)
		}
		if a, b := mustJSON(t, want), mustJSON(t, have); a != b {
			t.Errorf("%T became\n%s, not\n%s", c.model, b, a)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := secureaccess.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Null is no part of a configuration.
func TestConfiguration_Update_nil(t *testing.T) {
	client := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	for _, value := range []any{nil, (*ics.UserRole)(nil)} {
		for _, err := range []error{
			second(client.Configuration.Update(t.Context(), ics.Path{"x"}, value)),
			second(client.Configuration.Create(t.Context(), ics.Path{"x"}, value)),
		} {
			if !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Errorf("%T: %v", value, err)
			}
		}
	}
}

// An empty list says "none" on the wire, where null would say nothing.
func TestConfiguration_Update_emptyLists(t *testing.T) {
	var body string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		body = string(data)
		w.WriteHeader(http.StatusNoContent)
	})
	for want, model := range map[string]any{
		`{"ad-group":[]}`:        ics.ADGroupCatalog{},
		`{"user-group":[]}`:      ics.LDAPGroupCatalog{},
		`{"rule":[]}`:            ics.RoleMappingRules{},
		`{"name":"","roles":[]}`: ics.RoleMappingRule{},
		`{"group-names":[]}`:     ics.GroupTest{},
		`{}`:                     ics.SessionOptions{},
	} {
		if _, err := client.Configuration.Update(t.Context(), ics.Path{"x"}, model); err != nil || body != want {
			t.Errorf("%T is sent as %s, not %s; %v", model, body, want, err)
		}
	}
	if _, err := client.ADGroups.ReplaceAll(t.Context(), "AD", ics.ADGroupCatalog{}); err != nil || body != `{"ad-group":[]}` {
		t.Errorf("an empty catalog is sent as %s, %v", body, err)
	}
}
