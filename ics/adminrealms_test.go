package ics_test

import (
	"errors"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func TestAdminRealms(t *testing.T) {
	_, client := setUp(t)
	no := secureaccess.Set[secureaccess.QuotedBool](false)
	rules := ics.RoleMappingRules{UserSelectsRole: no, UserSelectsRoleSet: no, Rules: []ics.RoleMappingRule{{
		Name: "admins", Roles: []string{".Administrators"}, StopRulesProcessing: secureaccess.Set[secureaccess.QuotedBool](true), Group: &ics.GroupTest{GroupNames: []string{"CORP/admins"}},
	}}}
	if _, err := client.AdminRealms.ReplaceRoleMappingRules(t.Context(), "Admin Users", rules); err != nil {
		t.Fatal(err)
	}
	path := ics.Path{"administrators", "admin-realms", "realm", "Admin Users", "role-mapping-rules"}
	got, err := ics.GetConfiguration[ics.RoleMappingRules](t.Context(), client.Configuration, path, nil)
	if err != nil || mustJSON(t, got) != mustJSON(t, rules) {
		t.Errorf("the rules are %s, %v", mustJSON(t, got), err)
	}
	if _, err := client.AdminRealms.ReplaceRoleMappingRules(t.Context(), "No such realm", rules); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a realm that does not exist gives %v", err)
	}
	if _, err := client.AdminRealms.ReplaceSourceIPMode(t.Context(), "Admin Users", ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no mode gives %v", err)
	}
	if _, err := client.AdminRealms.AddSourceIP(t.Context(), "Admin Users", ics.SourceIP{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no address gives %v", err)
	}
}
