package contract_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsAdmins) }

func icsAdmins(t *testing.T, r *recorder) []call {
	c := icsClient(t, r)
	rules := example[ics.RoleMappingRules](t, "ics.admin_realms.set_role_mapping_rules")
	source := ics.SourceIP{Access: ics.SourceIPAccessAllow, Address: "<IP Address>", Netmask: "255.255.255.255"}
	setAD := func(id string) call {
		catalog := example[ics.ADGroupCatalog](t, id)
		return call{id: id, at: "/result", do: func(ctx context.Context) (any, error) { return c.ADGroups.ReplaceAll(ctx, "ADServer", catalog) }}
	}
	setLDAP := func(id string) call {
		catalog := example[ics.LDAPGroupCatalog](t, id)
		return call{id: id, at: "/result", do: func(ctx context.Context) (any, error) { return c.LDAPGroups.ReplaceAll(ctx, "LDAPServer", catalog) }}
	}
	return []call{
		{id: "ics.admin_realms.set_source_ip_mode", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.AdminRealms.ReplaceSourceIPMode(ctx, "AdminLocalAuthRealm", ics.SourceIPModeSelected)
		}},
		{id: "ics.admin_realms.add_source_ip", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.AdminRealms.AddSourceIP(ctx, "AdminLocalAuthRealm", source)
		}},
		{id: "ics.admin_realms.set_role_mapping_rules", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.AdminRealms.ReplaceRoleMappingRules(ctx, "AdminADRealm", rules)
		}},
		{id: "ics.admin_roles.set_session_options", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.AdminRoles.ReplaceSessionOptions(ctx, ".Administrators", ics.SessionOptions{IdleTimeout: 5})
		}},

		{id: "ics.ad_groups.get", do: func(ctx context.Context) (any, error) { return c.ADGroups.List(ctx, "ADServer") }},
		setAD("ics.ad_groups.add"), setAD("ics.ad_groups.update"), setAD("ics.ad_groups.delete"),
		{id: "ics.ldap_groups.get", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, saying(r, `{"user-group": [{"dn": "CN=Users,DC=example,DC=com", "group-type": "static", "name": "Users"}]}`))
			catalog, err := client.LDAPGroups.List(ctx, "LDAPServer")
			if err == nil && (len(catalog.Items) != 1 || catalog.Items[0].DN != "CN=Users,DC=example,DC=com") {
				err = fmt.Errorf("the catalog is %v", catalog.Items)
			}
			return catalog, err
		}},
		setLDAP("ics.ldap_groups.add"), setLDAP("ics.ldap_groups.update"), setLDAP("ics.ldap_groups.delete"),
	}
}
