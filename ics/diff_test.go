package ics_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func described(changes []ics.Change) []string {
	var list []string
	for _, c := range changes {
		list = append(list, string(c.Kind)+" "+c.Path.String())
	}
	return list
}

// What changed since last night: in an appliance, read in references and read whole.
func TestDiff_appliance(t *testing.T) {
	for _, opts := range []*ics.ConfigurationOptions{nil, {Expand: true}} {
		server, client := setUp(t)
		for _, role := range []string{"B", "C", "Gone"} {
			if _, err := client.UserRoles.Create(t.Context(), ics.UserRoleCreate{Name: role, General: &ics.RoleGeneral{}}); err != nil {
				t.Fatal(err)
			}
		}
		before := tree(t, client, nil, opts)
		if changes := ics.Diff(before, tree(t, client, nil, opts)); len(changes) != 0 {
			t.Fatalf("nothing changed, and there are %q", described(changes))
		}

		must := func(_ any, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(client.UserRoles.Delete(t.Context(), "Gone"))
		must(client.UserRoles.Create(t.Context(), ics.UserRoleCreate{Name: "New", General: &ics.RoleGeneral{}}))
		must(client.LocalUsers.Create(t.Context(), "System Local", ics.LocalUserCreate{Username: "ann", Password: secureaccess.NewSecret("x")}))
		must(client.Configuration.Update(t.Context(), ics.Path{"users", "user-roles", "user-role", "Users", "general", "session-options"}, ics.SessionOptions{IdleTimeout: 30}))
		realm, err := client.UserRealms.Get(t.Context(), "Users")
		must(realm, err)
		rules := &realm.RoleMappingRules.Rules
		*rules = append([]ics.RoleMappingRule{{Name: "first", Roles: []string{"B"}}}, *rules...)
		must(client.UserRealms.Replace(t.Context(), "Users", *realm))

		got := described(ics.Diff(before, tree(t, client, nil, opts)))
		want := []string{
			"added /authentication/auth-servers/auth-server/System Local/local/users/user/ann",
			"added /users/user-realms/realm/Users/role-mapping-rules/rule/first",
			"removed /users/user-roles/user-role/Gone",
			"added /users/user-roles/user-role/New",
			"changed /users/user-roles/user-role/Users/general/session-options/idle-timeout",
		}
		if !slices.Equal(got, want) {
			t.Errorf("expanded %t:\n%s\nnot\n%s", opts != nil, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		_ = server
	}
}

func TestDiff_forms(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{`{"a": "1", "b": "2"}`, `{"b": "2", "a": "1"}`, ""},
		{`{"a": null}`, `{}`, ""},
		{`{"a": ""}`, `{"a": null}`, ""},
		{`{"a": []}`, `{"a": [{"name": "x"}]}`, "added /p/a/x"},
		{`{"a": {"b": "1"}}`, `{}`, "removed /p/a"},
		{`{"a": {"b": "1"}}`, `{"a": {"b": "2", "c": "3"}}`, "changed /p/a/b, added /p/a/c"},
		{`{"a": ["x", "y"]}`, `{"a": ["y", "x"]}`, "changed /p/a"},
		{`{"a": [{"name": "x"}, {"name": "y"}]}`, `{"a": [{"name": "y"}, {"name": "x"}]}`, "reordered /p/a"},
		{`{"a": [{"name": "x"}, {"name": "y"}]}`, `{"a": [{"name": "y"}]}`, "removed /p/a/x"},
		{`{"a": [{"policy-name": "x", "v": "1"}]}`, `{"a": [{"policy-name": "x", "v": "2"}]}`, "changed /p/a/x/v"},
		{`{"a": [{"v": "1"}]}`, `{"a": [{"v": "2"}]}`, "changed /p/a"},
		{`{"a": [{"name": "x"}, {"name": "x"}]}`, `{"a": [{"name": "x"}]}`, "changed /p/a"},
		{`{"a": {"b": "1"}}`, `{"a": "1"}`, "changed /p/a"},
		{`{"a": 9007199254740993}`, `{"a": 9007199254740992}`, "changed /p/a"},
		{`{"a": [{"name": "x", "href": "/1"}, {"name": "y", "href": "/2"}]}`, `{"a": [{"name": "y", "href": "/2"}, {"name": "x", "href": "/9"}]}`, "reordered /p/a"},
		{`{"a": [{"username": "x", "href": "/1"}, {"username": "y", "href": "/2"}]}`, `{"a": [{"username": "x", "href": "/1"}]}`, ""}, // the object itself tells
		{`{"a": [{"policy-name": "x", "href": "/1"}]}`, `{"a": []}`, ""},
		{`{"a": [{"username": "x", "href": "/1", "v": "1"}]}`, `{"a": []}`, "removed /p/a/x"},
	} {
		object := func(value string) []ics.Object {
			return []ics.Object{{Path: ics.Path{"p"}, Value: json.RawMessage(value)}}
		}
		if got := strings.Join(described(ics.Diff(object(c.before), object(c.after))), ", "); got != c.want {
			t.Errorf("%s to %s: %q, not %q", c.before, c.after, got, c.want)
		}
	}
}

// Users and policies are referred to by other members than a name, and read like all others.
func TestWalk_references(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch below := strings.TrimPrefix(r.URL.Path, "/api/v1/configuration/"); below {
		case "users":
			respond(w, 200, `{"user": [{"username": "ann", "href": "/api/v1/configuration/users/user/ann"}], "policy": {"policy-name": "hc", "href": "/api/v1/configuration/users/policy/hc"}}`)
		default:
			respond(w, 200, `{"x": "`+below+`"}`)
		}
	})
	var paths []string
	for object, err := range ics.Walk(t.Context(), client.Configuration, ics.Path{"users"}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, object.Path.String())
	}
	if want := []string{"/users", "/users/policy/hc", "/users/user/ann"}; !slices.Equal(paths, want) {
		t.Errorf("%q", paths)
	}
	list := serve(t, fixed(200, "application/json", `{"policy": [{"policy-name": "hc", "href": "/api/v1/configuration/x/hc"}, {"policy-name": "full", "href": "/y", "regular": {}}]}`))
	entries, err := list.HostChecker.ListPolicies(t.Context(), nil)
	if err != nil || entries.Items[0].Object != nil || entries.Items[0].Name != "hc" || entries.Items[1].Object == nil {
		t.Errorf("%+v, %v", entries, err)
	}
}

// An export of a tree, as an appliance writes it, against one with a few changes.
func TestDiff_export(t *testing.T) {
	read := func(name string) []ics.Object {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return []ics.Object{{Value: data}}
	}
	before := read("export.json")
	if changes := ics.Diff(before, read("export.json")); len(changes) != 0 {
		t.Errorf("an export differs from itself: %q", described(changes))
	}
	edited := strings.NewReplacer(`"default-vlan-interface": "false"`, `"default-vlan-interface": "true"`, `"vlan-int-1"`, `"vlan-int-2"`, `"select-specific-vendor": "true"`, `"select-specific-vendor": "false"`).
		Replace(string(before[0].Value))
	got := described(ics.Diff(before, []ics.Object{{Value: json.RawMessage(edited)}}))
	want := []string{
		"changed /authentication/endpoint/host-checker/policies/policy/HC/regular/platforms/windows/rules/firewall-rules/firewall-rule/rule1/select-specific-vendor",
		"removed /system/network/vlans/node1/vlan/vlan-int-1",
		"added /system/network/vlans/node1/vlan/vlan-int-2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
