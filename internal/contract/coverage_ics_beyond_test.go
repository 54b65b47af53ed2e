package contract_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() {
	covers("ics-beyond", icsUsersBeyond)
	covers("ics-beyond", icsSystemBeyond)
}

// icsEntry is an entry of a collection with the names that it has on the wire.
type icsEntry struct {
	Name string `json:"name"`
	Href string `json:"href"`
}

// icsEntries returns the references of a collection as they were on the wire.
func icsEntries[T any](list *ics.EntryList[T], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	entries := []icsEntry{}
	for _, entry := range list.Items {
		entries = append(entries, icsEntry{entry.Name, entry.Href})
	}
	return entries, nil
}

// icsObjects returns the objects of an expanded collection.
func icsObjects[T any](list *ics.EntryList[T], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	objects := []T{}
	for _, entry := range list.Items {
		objects = append(objects, *entry.Object)
	}
	return objects, nil
}

// icsBody decodes the documented body of an operation as a client reads it, unknown members included.
func icsBody[T any](t *testing.T, id string) T {
	t.Helper()
	raw := example[json.RawMessage](t, id)
	delete(bodyTypes[id], rawMessage)
	body := example[T](t, id)
	if err := secureaccess.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func icsUsersBeyond(t *testing.T, r *recorder) []call {
	c := icsClient(t, r)
	var (
		realm   = ics.UserRealm{Name: "Users"}
		role    = ics.UserRole{Name: "Contractors"}
		server  = ics.AuthServer{Name: "Corp SAML"}
		rules   = icsBody[ics.RoleMappingRules](t, "ics.user_realms.set_role_mapping_rules")
		newRole = icsBody[ics.UserRoleCreate](t, "ics.user_roles.create")
		newACL  = icsBody[ics.NetworkConnectACLCreate](t, "ics.network_connect_acls.create")
		acl     = icsBody[ics.NetworkConnectACL](t, "ics.network_connect_acls.update")
		user    = icsBody[ics.LocalUserCreate](t, "ics.local_users.create")
		policy  = icsBody[ics.HostCheckerPolicyCreate](t, "ics.host_checker_policies.create")
		expand  = &ics.ConfigurationOptions{Expand: true}
	)
	return []call{
		{id: "ics.user_realms.list", at: "/realm", do: func(ctx context.Context) (any, error) { return icsEntries(c.UserRealms.List(ctx, nil)) }},
		{id: "ics.user_realms.get", do: func(ctx context.Context) (any, error) { return c.UserRealms.Get(ctx, "Users") }},
		{id: "ics.user_realms.update", at: "/result", do: func(ctx context.Context) (any, error) { return c.UserRealms.Replace(ctx, "Users", realm) }},
		{id: "ics.user_realms.set_role_mapping_rules", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.UserRealms.ReplaceRoleMappingRules(ctx, "Users", rules)
		}},

		{id: "ics.user_roles.list", at: "/user-role", do: func(ctx context.Context) (any, error) { return icsEntries(c.UserRoles.List(ctx, nil)) }},
		{id: "ics.user_roles.get", do: func(ctx context.Context) (any, error) {
			return icsClient(t, r, saying(r, `{"name": "Users"}`)).UserRoles.Get(ctx, "Users")
		}},
		{id: "ics.user_roles.get_default_options", do: func(ctx context.Context) (any, error) {
			return icsClient(t, r, saying(r, `{}`)).UserRoles.GetDefaultOptions(ctx)
		}},
		{id: "ics.user_roles.create", at: "/result", do: func(ctx context.Context) (any, error) { return c.UserRoles.Create(ctx, newRole) }},
		{id: "ics.user_roles.update", at: "/result", do: func(ctx context.Context) (any, error) { return c.UserRoles.Replace(ctx, "Contractors", role) }},
		{id: "ics.user_roles.delete", do: func(ctx context.Context) (any, error) { return c.UserRoles.Delete(ctx, "Contractors") }},

		{id: "ics.network_connect_acls.list", at: "/network-connect-acl", do: func(ctx context.Context) (any, error) {
			return icsObjects(c.NetworkConnectACLs.List(ctx, expand))
		}},
		{id: "ics.network_connect_acls.get", do: func(ctx context.Context) (any, error) { return c.NetworkConnectACLs.Get(ctx, "db") }},
		{id: "ics.network_connect_acls.create", at: "/result", do: func(ctx context.Context) (any, error) { return c.NetworkConnectACLs.Create(ctx, newACL) }},
		{id: "ics.network_connect_acls.update", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.NetworkConnectACLs.Replace(ctx, "db", acl)
		}},
		{id: "ics.network_connect_acls.delete", do: func(ctx context.Context) (any, error) { return c.NetworkConnectACLs.Delete(ctx, "db") }},

		{id: "ics.auth_servers.list", at: "/auth-server", do: func(ctx context.Context) (any, error) { return icsEntries(c.AuthServers.List(ctx, nil)) }},
		{id: "ics.auth_servers.get", do: func(ctx context.Context) (any, error) { return c.AuthServers.Get(ctx, "Corp SAML") }},
		{id: "ics.auth_servers.update", at: "/result", do: func(ctx context.Context) (any, error) { return c.AuthServers.Replace(ctx, "Corp SAML", server) }},

		{id: "ics.local_users.create", at: "/result", do: func(ctx context.Context) (any, error) { return c.LocalUsers.Create(ctx, "System Local", user) }},
		{id: "ics.local_users.get", do: func(ctx context.Context) (any, error) {
			return icsClient(t, r, saying(r, `{"username": "ann"}`)).LocalUsers.Get(ctx, "System Local", "ann")
		}},
		{id: "ics.local_users.set_enabled", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.LocalUsers.Disable(ctx, "System Local", "ann")
		}},
		{id: "ics.local_users.set_password", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.LocalUsers.ReplacePassword(ctx, "System Local", "ann", secureaccess.NewSecret("secret"))
		}},
		{id: "ics.local_users.delete", do: func(ctx context.Context) (any, error) { return c.LocalUsers.Delete(ctx, "System Local", "ann") }},
		{id: "ics.totp.unlock", at: "/result", do: func(ctx context.Context) (any, error) { return c.TOTP.Unlock(ctx, "Tokens", "ann") }},
		{id: "ics.totp.reset", at: "/result", do: func(ctx context.Context) (any, error) { return c.TOTP.Reset(ctx, "Tokens", "ann") }},

		{id: "ics.host_checker_policies.create", at: "/result", do: func(ctx context.Context) (any, error) { return c.HostChecker.CreatePolicy(ctx, policy) }},
		{id: "ics.host_checker_policies.list", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, saying(r, `{"policy": [{"policy-name": "HC", "href": "/api/v1/configuration/x"}]}`))
			return client.HostChecker.ListPolicies(ctx, nil)
		}},
		{id: "ics.host_checker_policies.get", do: func(ctx context.Context) (any, error) { return c.HostChecker.GetPolicy(ctx, "HC") }},
		{id: "ics.host_checker_policies.delete", do: func(ctx context.Context) (any, error) { return c.HostChecker.DeletePolicy(ctx, "HC") }},
	}
}

func icsSystemBeyond(t *testing.T, r *recorder) []call {
	c := icsClient(t, r)
	var (
		vlan     = icsBody[ics.VLANCreate](t, "ics.vlans.create")
		setting  = icsBody[ics.SyslogSetting](t, "ics.syslog_settings.update")
		enforcer = icsBody[ics.InfranetEnforcerCreate](t, "ics.infranet_enforcers.create")
		radius   = ics.RADIUSClient{IPAddress: "192.0.2.12"}
		named    = func() *ics.Client { return icsClient(t, r, saying(r, `{"name": "p"}`)) }
	)
	return []call{
		{id: "ics.vlans.list", at: "/vlan", do: func(ctx context.Context) (any, error) { return icsEntries(c.VLANs.List(ctx, "node1", nil)) }},
		{id: "ics.vlans.get", do: func(ctx context.Context) (any, error) { return c.VLANs.Get(ctx, "node1", "vlan-int-1") }},
		{id: "ics.vlans.create", at: "/result", do: func(ctx context.Context) (any, error) { return c.VLANs.Create(ctx, "node1", vlan) }},
		{id: "ics.vlans.delete", do: func(ctx context.Context) (any, error) { return c.VLANs.Delete(ctx, "node1", "vlan-int-1") }},

		{id: "ics.syslog_settings.get", do: func(ctx context.Context) (any, error) { return c.SyslogSettings.Get(ctx, "node1") }},
		{id: "ics.syslog_settings.update", at: "/result", do: func(ctx context.Context) (any, error) { return c.SyslogSettings.Replace(ctx, setting) }},
		{id: "ics.system.ntp_status", at: "/ntp-server-status", do: func(ctx context.Context) (any, error) { return c.System.ListNTPServers(ctx) }},
		{id: "ics.saml.get_fqdn", at: "/saml-fqdn", do: func(ctx context.Context) (any, error) { return c.System.GetSAMLFQDN(ctx) }},

		{id: "ics.infranet_enforcers.create", at: "/result", do: func(ctx context.Context) (any, error) { return c.InfranetEnforcers.Create(ctx, enforcer) }},
		{id: "ics.infranet_enforcers.get", do: func(ctx context.Context) (any, error) { return c.InfranetEnforcers.Get(ctx, "SRX") }},
		{id: "ics.radius_clients.get", do: func(ctx context.Context) (any, error) { return c.RADIUSClients.Get(ctx, "Radius Client") }},
		{id: "ics.radius_clients.update", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.RADIUSClients.Replace(ctx, "Radius Client", radius)
		}},
		{id: "ics.resource_access_policies.get", do: func(ctx context.Context) (any, error) {
			return named().InfranetEnforcers.GetResourceAccessPolicy(ctx, "p")
		}},
		{id: "ics.auth_table_mapping_policies.get", do: func(ctx context.Context) (any, error) {
			return named().InfranetEnforcers.GetAuthTableMappingPolicy(ctx, "p")
		}},
		{id: "ics.ipsec_routing_policies.get", do: func(ctx context.Context) (any, error) {
			return named().InfranetEnforcers.GetIPsecRoutingPolicy(ctx, "p")
		}},
		{id: "ics.ip_address_pools_policies.get", do: func(ctx context.Context) (any, error) {
			return named().InfranetEnforcers.GetIPAddressPoolsPolicy(ctx, "p")
		}},
	}
}
