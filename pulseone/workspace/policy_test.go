package workspace_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// The two examples of the document write the criteria of a rule in two ways.
func TestVPNCriteria_objectOrList(t *testing.T) {
	for name, test := range map[string]struct {
		criteria string
		want     int
	}{
		"list":   {`[{"criteria_type": "DNSDomainMatch", "value": ["a.example"]}, {"criteria_type": "new", "value": []}]`, 2},
		"object": {`{"criteria_type": "DNSDomainMatch", "value": ["a.example"]}`, 1},
		"null":   {`null`, 0},
		"empty":  {`[]`, 0},
	} {
		client := must(workspace.NewIOS(canned(t, http.StatusOK, "application/json",
			`{"enabled": "true", "items": [{"id": "1", "seq": "7", "criteria": `+test.criteria+`}, {"id": "2"}]}`)))(t)
		onDemand := must(client.GetVPNOnDemand(t.Context()))(t)
		if len(onDemand.Items) != 2 || !onDemand.Enabled || onDemand.Items[0].Seq != 7 {
			t.Fatalf("%s: got %+v", name, onDemand)
		}
		criteria := onDemand.Items[0].Criteria
		if len(criteria) != test.want || test.want > 0 && (criteria[0].Type != workspace.VPNCriterionTypeDNSDomainMatch || criteria[0].Value[0] != "a.example") {
			t.Errorf("%s: got %+v", name, criteria)
		}
		check(t, client.Close(t.Context()))
	}
}

func TestIOS_GetPolicy(t *testing.T) {
	server, client := ios(t)
	policy := must(client.GetPolicy(t.Context()))(t)
	if criteria := policy.VPNOnDemand.Items[0].Criteria; len(criteria) != 1 || criteria[0].Value[0] != "example.com" {
		t.Errorf("the one object for a list of one: %+v", criteria)
	}
	if rule := policy.AppRules[1]; rule.Command != "" || rule.PackageName == "" {
		t.Errorf("the rule without a command: %+v", rule)
	}
	server.SetPolicy(client.WorkspaceID(), workspace.Policy{Version: "2", Settings: workspace.PolicySettings{IsLocked: true}})
	if settings := must(client.GetPolicySettings(t.Context()))(t); !settings.IsLocked || settings.IsWiped {
		t.Errorf("got %+v", settings)
	}
	if onDemand := must(client.GetVPNOnDemand(t.Context()))(t); len(onDemand.Items) != 0 || onDemand.Enabled {
		t.Errorf("got %+v", onDemand)
	}
}

// Properties are open: what has no field is kept, and so is the configuration of an app.
func TestAndroid_GetPolicy_openProperties(t *testing.T) {
	client := must(workspace.NewAndroid(canned(t, http.StatusOK, "application/json", `{
		"policy_version": 123, "settings": {"location_enabled": "False", "later": 1},
		"properties": {"vpn_enabled": true, "device_owner_mode": 0, "camera": {"allow": false}},
		"app_rules": [
			{"package_name": "a", "app_permissions": {"values": {"CAMERA": "denied", "NEW": "ask"}},
			 "app_restrictions": {"vpn_default": true, "port": 12345678901234567890}},
			{"package_name": "b", "command": "later", "version_code": "12"}
		]}`)))(t)
	policy := must(client.GetPolicy(t.Context()))(t)
	if policy.Version != "123" || !policy.Properties.VPNEnabled || string(policy.Properties.Extra["device_owner_mode"]) != "0" ||
		string(policy.Properties.Extra["camera"]) != `{"allow": false}` || string(policy.Settings.Extra["later"]) != "1" {
		t.Errorf("got %+v", policy)
	}
	first, second := policy.AppRules[0], policy.AppRules[1]
	if first.Permissions.Values["CAMERA"] != pulseone.AppPermissionStateDenied || first.Permissions.Values["NEW"] != "ask" ||
		string(first.Restrictions["port"]) != "12345678901234567890" {
		t.Errorf("got %+v", first)
	}
	if second.Command != "later" || second.VersionCode != 12 {
		t.Errorf("got %+v", second)
	}
	check(t, client.Close(t.Context()))
}

// What is no policy is not taken for an empty one.
func TestAndroid_GetPolicy_notAPolicy(t *testing.T) {
	for _, body := range []string{`{}`, `{"message": "timed out"}`, `<html>sign in</html>`, `null`, `[]`} {
		client := must(workspace.NewAndroid(canned(t, http.StatusOK, "application/json", body)))(t)
		if policy, err := client.GetPolicy(t.Context()); err == nil {
			t.Errorf("%s: got %+v", body, policy)
		} else if !strings.Contains(err.Error(), "unusable response") {
			t.Errorf("%s: %v", body, err)
		}
		check(t, client.Close(t.Context()))
	}
}
