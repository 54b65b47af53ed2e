package pulseone_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// What is read to be written again keeps the members that the SDK does not know.
func TestAppConfig_unknownMembers(t *testing.T) {
	for _, model := range []any{
		&pulseone.AppConfig{}, &pulseone.AppConfigSchema{}, &pulseone.AppPermissions{}, &pulseone.AppPermissionsSchema{}, &pulseone.AppPermission{},
		&pulseone.MobileApp{}, &pulseone.MobileAppUpdate{}, &pulseone.MobileAppCreate{},
		&pulseone.Policy{}, &pulseone.PolicyUpdate{}, &pulseone.GeofencingArea{},
		&pulseone.Schedule{}, &pulseone.ScheduleUpdate{}, &pulseone.ScheduledTask{}, &pulseone.ScheduledTaskParams{},
	} {
		name := reflect.TypeOf(model).Elem().Name()
		check(t, secureaccess.Unmarshal([]byte(`{"new":{"one":1}}`), model))
		written := must(secureaccess.Marshal(model))(t)
		var members map[string]json.RawMessage
		check(t, json.Unmarshal(written, &members))
		if string(members["new"]) != `{"one":1}` {
			t.Errorf("%s: written as %s", name, written)
		}
	}
}

// A list or map that is not set is left out: null is none.
func TestAppConfig_unset(t *testing.T) {
	tap := &bodytap{path: "/api/v1/afw/apps/"}
	_, client := connect(t, secureaccess.WithTransport(tap))
	must(client.AFWApps.Create(t.Context(), pulseone.MobileAppCreate{PackageName: "com.cisco.webex"}))(t)
	check(t, client.AFWApps.Update(t.Context(), "com.cisco.webex", pulseone.MobileAppUpdate{
		Config: &pulseone.AppConfig{Schema: &pulseone.AppConfigSchema{Version: "2"}},
		Permissions: &pulseone.AppPermissions{
			Schema: &pulseone.AppPermissionsSchema{Version: "2", Schema: []pulseone.AppPermission{{Name: "camera"}}},
			Values: map[string]pulseone.AppPermissionState{},
		},
	}))
	if strings.Contains(tap.body, "null") || !strings.Contains(tap.body, `"values":{}`) {
		t.Errorf("sent %s", tap.body)
	}
}
