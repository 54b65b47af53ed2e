package pulseone_test

import (
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func TestPermissions(t *testing.T) {
	p := pulseone.Permissions{
		ActionMap: map[string][]string{
			"WRITE_ACTIONS": {"CREATE", "READ", "UPDATE"},
			"NESTED":        {"WRITE_ACTIONS"}, // the map is not recursive
			"READ":          {"LIST"},          // an action that is mapped is replaced, even if it is a plain one
		},
		Namespaces: map[string][]string{
			"admin.appliances.appliance": {"WRITE_ACTIONS", "DELETE"},
			"admin.settings.*":           {"WRITE_ACTIONS"},
			"admin.users":                {"READ"},
			"admin.nested":               {"NESTED"},
		},
	}
	tests := []struct {
		action, namespace string
		want              bool
	}{
		{"READ", "admin.appliances.appliance", true},
		{"DELETE", "admin.appliances.appliance", true},
		{"WRITE_ACTIONS", "admin.appliances.appliance", false},
		{"READ", "admin.appliances", false},
		{"READ", "admin.appliances.appliance.operations", false},
		{"UPDATE", "admin.settings.mail", true},
		{"UPDATE", "admin.settings.mail.server", true},
		{"UPDATE", "admin.settings", false},
		{"UPDATE", "admin.settingsx", false},
		{"READ", "admin.users", false},
		{"LIST", "admin.users", true},
		{"CREATE", "admin.nested", false},
		{"WRITE_ACTIONS", "admin.nested", true},
		{"READ", "", false},
	}
	for _, test := range tests {
		if got := p.Allows(test.action, test.namespace); got != test.want {
			t.Errorf("%s on %q: got %v", test.action, test.namespace, got)
		}
	}
	if got := p.Actions("admin.appliances.appliance"); !slices.Equal(got, []string{"CREATE", "DELETE", "READ", "UPDATE"}) {
		t.Errorf("got %v", got)
	}
	if (pulseone.Permissions{}).Allows("READ", "admin") {
		t.Error("no permissions allow nothing")
	}
}

func TestSession(t *testing.T) {
	server, client := connect(t)
	session := must(client.Session(t.Context()))(t)
	if session.User.Username != server.Credentials()["user"] || session.APIURL != server.URL() || session.User.SessionTimeout != 1200 {
		t.Errorf("got %+v", session)
	}
	if !session.User.Permissions.Allows("DELETE", "admin.appliances.appliance") {
		t.Error("the administrator may delete appliances")
	}
	if session.Credentials == nil || session.Credentials.Expires.Sub(server.Clock().Now()).Minutes() != 20 {
		t.Errorf("got %+v", session.Credentials)
	}
}
