package pulseone_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
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

// A session whose credentials are not new says where the API is all the same.
func TestSession_apiMoves(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var arrived [2]atomic.Int32
	var places [2]string
	for i := range places {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			arrived[i].Add(1)
			server.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		places[i] = s.URL
	}
	server.SetAPIURL(places[0])
	client := must(server.Client())(t)
	t.Cleanup(func() { _ = client.Close(t.Context()) })
	must(client.Groups.List(t.Context()))(t)
	server.SetAPIURL(places[1])
	if session := must(client.Session(t.Context()))(t); session.Credentials != nil || session.APIURL != places[1] {
		t.Errorf("got %+v", session)
	}
	must(client.Groups.List(t.Context()))(t)
	if arrived[0].Load() != 1 || arrived[1].Load() != 1 || server.Logins() != 1 || server.Issued() != 1 {
		t.Errorf("%d and %d requests, %d sign-ins", arrived[0].Load(), arrived[1].Load(), server.Logins())
	}
}
