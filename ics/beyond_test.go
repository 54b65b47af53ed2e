package ics_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// differences lists the paths of the values that differ between two decoded JSON values.
func differences(at string, a, b any) []string {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		var found []string
		for name := range x {
			if _, ok := y[name]; !ok {
				found = append(found, at+"/"+name+" is gone")
				continue
			}
			found = append(found, differences(at+"/"+name, x[name], y[name])...)
		}
		for name := range y {
			if _, ok := x[name]; !ok {
				found = append(found, at+"/"+name+" is new")
			}
		}
		slices.Sort(found)
		return found
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			break
		}
		var found []string
		for i := range x {
			found = append(found, differences(at+"/"+string(rune('0'+i)), x[i], y[i])...)
		}
		return found
	}
	if reflect.DeepEqual(a, b) {
		return nil
	}
	return []string{at}
}

// Realms, users and policies have members that no type knows, at every level. Reading one, changing what is known and
// writing it back changes that and nothing else.
func TestField_readModifyWrite(t *testing.T) {
	server, client := setUp(t)
	realm := ics.Path{"users", "user-realms", "realm", "Branch"}
	user := ics.Path{"authentication", "auth-servers", "auth-server", "System Local", "local", "users", "user", "bob"}
	acl := ics.Path{"users", "resource-policies", "network-connect-policies", "network-connect-acls", "network-connect-acl", "db"}
	fixtures := map[string]string{
		realm.String(): `{
			"name": "Branch", "description": "", "x1": {"x2": {"x3": ["a", null, {"x4": "1"}]}}, "accounting": null,
			"role-mapping-rules": {"y1": {"y2": {"y3": null}}, "user-selects-roleset": "false", "rule": [
				{"name": "it", "roles": ["Contractors"], "stop-rules-processing": "true", "z1": {"z2": {"z3": "false"}},
				 "user-name": {"test": "is", "user-names": ["ann"], "w1": {"w2": {"w3": ""}}}},
				{"name": "cert", "roles": [], "stop-rules-processing": "false", "certificate": {"attribute": {"name": "ou"}}},
				{"name": "expr", "roles": ["Users"], "stop-rules-processing": "false", "custom-expression": {"expressions": "one", "v": null}}
			]}}`,
		user.String(): `{
			"username": "bob", "fullname": "", "enabled": "true", "one-time-use": "false", "password-encrypted": "ZW5j",
			"x1": {"x2": {"x3": {"x4": "false"}}}, "change-password-at-signin": null}`,
		acl.String(): `{
			"name": "db", "action": "allow", "apply": "selected", "description": "", "resource": ["tcp://192.0.2.10:5432"],
			"resources-fqdn": null, "resources-v6": {"x1": {"x2": {"x3": []}}}, "roles": [], "x": [{"y": {"z": "1"}}],
			"rules": {"rule": [{"name": "r1", "a": {"b": {"c": "d"}}}], "y1": null}}`,
	}
	before := map[string]any{}
	for _, path := range []ics.Path{realm, user, acl} {
		var value any
		if err := json.Unmarshal([]byte(fixtures[path.String()]), &value); err != nil {
			t.Fatal(err)
		}
		if err := server.SetConfiguration(path, value); err != nil {
			t.Fatal(err)
		}
		before[path.String()] = value
	}
	check := func(path ics.Path, want ...string) {
		t.Helper()
		var after any
		server.Configuration(path, &after)
		if got := differences("", before[path.String()], after); !slices.Equal(got, want) {
			t.Errorf("%s: what differs is %q, not %q", path, got, want)
		}
	}

	r, err := client.UserRealms.Get(t.Context(), "Branch")
	if err != nil {
		t.Fatal(err)
	}
	r.RoleMappingRules.Rules[0].UserName.UserNames = []string{"ann", "bob"}
	if _, err := client.UserRealms.Replace(t.Context(), "Branch", *r); err != nil {
		t.Fatal(err)
	}
	check(realm, "/role-mapping-rules/rule/0/user-name/user-names")

	u, err := client.LocalUsers.Get(t.Context(), "System Local", "bob")
	if err != nil || u.Enabled.Or(false) != true {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, err := client.LocalUsers.Disable(t.Context(), "System Local", "bob"); err != nil {
		t.Fatal(err)
	}
	check(user, "/enabled")
	// A local user is changed leaf by leaf, or whole through its path.
	u.FullName = secureaccess.Set("Bob Example")
	if _, err := client.Configuration.Update(t.Context(), user, u); err != nil {
		t.Fatal(err)
	}
	check(user, "/fullname")

	a, err := client.NetworkConnectACLs.Get(t.Context(), "db")
	if err != nil {
		t.Fatal(err)
	}
	a.Action = ics.ACLActionDeny
	a.Roles = secureaccess.Set([]string{"Contractors"})
	if _, err := client.NetworkConnectACLs.Replace(t.Context(), "db", *a); err != nil {
		t.Fatal(err)
	}
	check(acl, "/action", "/roles")
}

// The fake merges what is written. That nothing is left out shows in the very bytes.
func TestUserRealms_Replace_whole(t *testing.T) {
	const realm = `{"name":"Branch","role-mapping-rules":{"rule":[{"name":"it","roles":["C"],"stop-rules-processing":"true",` +
		`"user-name":{"test":"is","user-names":["ann"],"w":{"v":null}},"z":{"y":"1"}}],"u":[]},"accounting":null,"x":{"w":{"v":["1"]}}}`
	var sent string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			respond(w, 200, realm)
			return
		}
		sent = body(r)
		w.WriteHeader(http.StatusNoContent)
	})
	got, err := client.UserRealms.Get(t.Context(), "Branch")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.UserRealms.Replace(t.Context(), "Branch", *got); err != nil || sent != realm {
		t.Errorf("sent\n%s\nnot\n%s\n%v", sent, realm, err)
	}
}

func TestLocalUsers(t *testing.T) {
	server, client := setUp(t)
	yes := secureaccess.Set[secureaccess.QuotedBool](true)
	create := ics.LocalUserCreate{Username: "carol", Password: secureaccess.NewSecret("s3cr3t-word"), Enabled: yes}
	if _, err := client.LocalUsers.Create(t.Context(), "System Local", create); err != nil {
		t.Fatal(err)
	}
	user, err := client.LocalUsers.Get(t.Context(), "System Local", "carol")
	first, ok := user.PasswordEncrypted.Get()
	if err != nil || !ok || first.IsZero() || !user.Password.IsZero() {
		t.Fatalf("%+v, %v", user, err)
	}
	if _, err := client.LocalUsers.ReplacePassword(t.Context(), "System Local", "carol", secureaccess.NewSecret("other")); err != nil {
		t.Fatal(err)
	}
	user, err = client.LocalUsers.Get(t.Context(), "System Local", "carol")
	if second, _ := user.PasswordEncrypted.Get(); err != nil || second.Reveal() == first.Reveal() {
		t.Errorf("the password is the same, %v", err)
	}
	if _, err := client.LocalUsers.Create(t.Context(), "System Local", create); !errors.Is(err, ics.ErrRefused) || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("a user who exists gives %v", err)
	}
	if _, err := client.LocalUsers.Delete(t.Context(), "System Local", "carol"); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		second(client.LocalUsers.Create(t.Context(), "System Local", ics.LocalUserCreate{})),
		second(client.LocalUsers.Get(t.Context(), "System Local", "")),
		second(client.LocalUsers.ReplacePassword(t.Context(), "System Local", "ann", secureaccess.Secret{})),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%v", err)
		}
	}

	server.SetTOTPUser("Tokens", "ann", icstest.TOTPUser{Locked: true, Enrolled: true})
	if _, err := client.TOTP.Unlock(t.Context(), "Tokens", "ann"); err != nil {
		t.Fatal(err)
	}
	if got, _ := server.TOTPUser("Tokens", "ann"); got != (icstest.TOTPUser{Enrolled: true}) {
		t.Errorf("%+v", got)
	}
	if _, err := client.TOTP.Reset(t.Context(), "Tokens", "ann"); err != nil {
		t.Fatal(err)
	}
	if got, _ := server.TOTPUser("Tokens", "ann"); got != (icstest.TOTPUser{}) {
		t.Errorf("%+v", got)
	}
	if _, err := client.TOTP.Reset(t.Context(), "Tokens", "nobody"); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("nobody: %v", err)
	}
}

// Roles, VLANs, policies, enforcers, syslog and RADIUS clients go from the making to the end.
func TestClient_beyond(t *testing.T) {
	server, client := setUp(t)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	must(client.UserRoles.Create(t.Context(), ics.UserRoleCreate{Name: "Contractors", Web: &ics.RoleWeb{Bookmarks: &ics.WebBookmarks{Items: []ics.WebBookmark{{Name: "wiki"}}}}}))
	role, err := client.UserRoles.Get(t.Context(), "Contractors")
	if err != nil || role.Web.Bookmarks.Items[0].Name != "wiki" {
		t.Fatalf("%+v, %v", role, err)
	}
	must(client.UserRoles.Create(t.Context(), ics.UserRoleCreate{Name: "Copy of Contractors", Web: role.Web}))
	roles, err := client.UserRoles.List(t.Context(), nil)
	if err != nil || roles.Total != 3 || roles.Items[1].Name != "Contractors" || roles.Items[1].Object != nil || roles.Items[1].Href == "" {
		t.Errorf("%+v, %v", roles, err)
	}
	roles, err = client.UserRoles.List(t.Context(), &ics.ConfigurationOptions{Expand: true})
	if err != nil || roles.Items[1].Object == nil || roles.Items[1].Object.Web.Bookmarks.Items[0].Name != "wiki" {
		t.Errorf("%+v, %v", roles, err)
	}
	must(client.UserRoles.Delete(t.Context(), "Contractors"))
	must(client.UserRoles.GetDefaultOptions(t.Context()))

	node := "localhost2"
	must(client.VLANs.Create(t.Context(), node, ics.VLANCreate{Name: "v1", Settings: ics.VLANSettings{ID: "2", IPAddress: secureaccess.Set("192.0.2.2")}}))
	if vlan, err := client.VLANs.Get(t.Context(), node, "v1"); err != nil || vlan.Settings.ID != "2" {
		t.Errorf("%+v, %v", vlan, err)
	}
	if list, err := client.VLANs.List(t.Context(), node, nil); err != nil || list.Total != 1 || list.Items[0].Name != "v1" {
		t.Errorf("%+v, %v", list, err)
	}
	must(client.VLANs.Delete(t.Context(), node, "v1"))

	setting, err := client.SyslogSettings.Get(t.Context(), node)
	if err != nil {
		t.Fatal(err)
	}
	setting.Servers.Items = append(setting.Servers.Items, ics.SyslogServer{Name: "192.0.2.200"})
	must(client.SyslogSettings.Replace(t.Context(), *setting))
	if again, err := client.SyslogSettings.Get(t.Context(), node); err != nil || len(again.Servers.Items) != 1 {
		t.Errorf("%+v, %v", again, err)
	}

	must(client.HostChecker.CreatePolicy(t.Context(), ics.HostCheckerPolicyCreate{Name: "HC", Regular: &ics.HostCheckerRegular{Platforms: map[string]ics.HostCheckerPlatform{"windows": {}}}}))
	if list, err := client.HostChecker.ListPolicies(t.Context(), nil); err != nil || list.Total != 1 || list.Items[0].Name != "HC" {
		t.Errorf("%+v, %v", list, err)
	}
	must(client.HostChecker.GetPolicy(t.Context(), "HC"))
	must(client.HostChecker.DeletePolicy(t.Context(), "HC"))

	must(client.InfranetEnforcers.Create(t.Context(), ics.InfranetEnforcerCreate{Name: "SRX"}))
	must(client.InfranetEnforcers.Get(t.Context(), "SRX"))
	server.SetNTPServers(map[string]ics.NTPServer{"192.0.2.123": {Stratum: "16", Reach: "0"}})
	if servers, err := client.System.ListNTPServers(t.Context()); err != nil || servers["192.0.2.123"].Stratum != "16" {
		t.Errorf("%v, %v", servers, err)
	}
	if fqdn, err := client.System.GetSAMLFQDN(t.Context()); err != nil || fqdn != "vpn.example.com" {
		t.Errorf("%q, %v", fqdn, err)
	}
	server2 := ics.Path{"authentication", "auth-servers", "auth-server", "LDAPServer"}
	auth, err := client.AuthServers.Get(t.Context(), "LDAPServer")
	if err != nil || auth.Extra["ldap"] == nil {
		t.Fatalf("%+v, %v", auth, err)
	}
	auth.Extra["note"] = json.RawMessage(`"checked"`)
	must(client.AuthServers.Replace(t.Context(), "LDAPServer", *auth))
	var note string
	if !server.Configuration(append(server2, "note"), &note) || note != "checked" {
		t.Errorf("%q", note)
	}
}

// A collection comes with references, whole, with one entry in place of the list, or with none in several ways.
func TestEntryList_forms(t *testing.T) {
	for body, want := range map[string]string{
		`{"network-connect-acl": [{"name": "a", "href": "/x"}]}`:                  "a /x -",
		`{"network-connect-acl": {"name": "a", "href": "/x"}}`:                    "a /x -",
		`{"network-connect-acl": {"name": "a", "action": "deny", "roles": "r"}}`:  "a  deny",
		`{"network-connect-acl": [{"name": "a", "action": "deny", "href": "x"}]}`: "a x deny",
		`{"network-connect-acl": ["a", "b"]}`:                                     "a  -,b  -",
		`{"network-connect-acl": []}`:                                             "",
		`{"network-connect-acl": null}`:                                           "",
		`{"network-connect-acl": ""}`:                                             "",
		`{}`:                                                                      "",
		`{"network-connect-acl": [1]}`:                                            "error",
		`{"network-connect-acl": [{"x": 1}]}`:                                     "error",
		`{"network-connect-acl": [null]}`:                                         "error",
		`{"network-connect-acl": [""]}`:                                           "error",
		`{"message": "busy"}`:                                                     "error",
		`[]`:                                                                      "error",
	} {
		client := serve(t, fixed(200, "application/json", body))
		list, err := client.NetworkConnectACLs.List(t.Context(), &ics.ConfigurationOptions{Expand: true})
		if want == "error" {
			if !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("%s: %+v, %v", body, list, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		var got []string
		for _, e := range list.Items {
			action := "-"
			if e.Object != nil {
				action = string(e.Object.Action)
			}
			got = append(got, e.Name+" "+e.Href+" "+action)
		}
		if strings.Join(got, ",") != want || list.Total != len(got) {
			t.Errorf("%s: %q, not %q", body, got, want)
		}
	}
}
