package contract_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { products["ics"] = icsCalls }

func icsCalls(t *testing.T, r *recorder) []call {
	key := ics.APIKey("MjUwOGQyNzAyOWU3MWQ2MzNiMTM2Njg2MzAwNDg3MjU=")
	client := icsClient(t, r, key)
	example := func(id string, into any) {
		t.Helper()
		e, ok := r.contract.Endpoint(id)
		if !ok || e.Request == nil {
			t.Fatalf("%s has no request", id)
		}
		if err := json.Unmarshal(e.Request.Example, into); err != nil {
			t.Fatal(err)
		}
	}
	exampleContainer := func() []byte {
		var body struct{ Cert []byte }
		example("ics.certificates.import_device_certificate", &body)
		return body.Cert
	}
	setAD := func(id string) call {
		var catalog ics.ADGroupCatalog
		example(id, &catalog)
		return call{id: id, do: func(ctx context.Context) (any, error) {
			return enveloped(client.ADGroups.Set(ctx, "ADServer", catalog))
		}}
	}
	setLDAP := func(id string) call {
		var catalog ics.LDAPGroupCatalog
		example(id, &catalog)
		return call{id: id, do: func(ctx context.Context) (any, error) {
			return enveloped(client.LDAPGroups.Set(ctx, "LDAPServer", catalog))
		}}
	}
	var rules ics.RoleMappingRules
	example("ics.admin_realms.set_role_mapping_rules", &rules)
	var member ics.NewClusterMember
	example("ics.cluster.add_member", &member)

	return []call{
		{id: "ics.auth.realm_auth", do: func(ctx context.Context) (any, error) {
			c := icsClient(t, r, ics.Password("admin1", "dana123", "<realm-name>"))
			if err := c.Login(ctx); err != nil {
				return nil, err
			}
			return keyInUse(ctx, c, r)
		}},
		{id: "ics.auth.resume", do: func(ctx context.Context) (any, error) {
			c := icsClient(t, r, ics.Password("jack", "juniper", "RadiusAdminRealm"))
			factor := &ics.SecondFactorError{Realm: "RadiusAdminRealm", ResumeID: secureaccess.NewSecret("b7c1f2")}
			if err := c.Resume(ctx, factor, secureaccess.NewSecret("123456")); err != nil {
				return nil, err
			}
			return keyInUse(ctx, c, r)
		}},
		{id: "ics.auth.legacy", do: func(ctx context.Context) (any, error) {
			c := icsClient(t, r, ics.LegacyPassword("admin1", "dana123"))
			if err := c.Login(ctx); err != nil {
				return nil, err
			}
			return keyInUse(ctx, c, r)
		}},

		{id: "ics.active_users.list", do: func(ctx context.Context) (any, error) {
			return client.Sessions.List(ctx, &ics.SessionListOptions{Start: 0, Number: 200})
		}},
		{id: "ics.active_users.find", do: func(ctx context.Context) (any, error) { return client.Sessions.Find(ctx, "user2") }},
		{id: "ics.active_users.delete_session", do: func(ctx context.Context) (any, error) {
			return client.Sessions.End(ctx, "sid6dc167193b66fef812ef3fdba62729e53f8499f0c25df3be")
		}},
		{id: "ics.active_users.delete_all", do: func(ctx context.Context) (any, error) { return client.Sessions.EndAll(ctx) }},

		{id: "ics.licenses.get_server_lease_information", do: func(ctx context.Context) (any, error) { return client.Licenses.ServerLeases(ctx) }},
		{id: "ics.licenses.pull_client_lease_state", do: func(ctx context.Context) (any, error) {
			return enveloped(client.Licenses.PullLeaseState(ctx))
		}},

		{id: "ics.certificates.import_device_certificate", do: func(ctx context.Context) (any, error) {
			return enveloped(client.Certificates.Import(ctx, exampleContainer(), secureaccess.NewSecret("<certificate_password>"), ics.CertificateBinding{
				Internal: []string{ics.InternalPort, "vport1"}, External: []string{ics.ExternalPort}, Management: true,
			}))
		}},
		{id: "ics.certificates.create_csr", do: func(ctx context.Context) (any, error) {
			created, err := client.Certificates.CreateCSR(ctx, ics.CSR{CommonName: "QA.pcs.company.com", KeyType: ics.KeyECDSA, Curve: ics.CurveP384})
			if err != nil {
				return nil, err
			}
			if created.Name != "CSR_164" {
				return nil, fmt.Errorf("the request is called %q", created.Name)
			}
			return enveloped(&created.Result, nil)
		}},
		{id: "ics.certificates.upload_signed_certificate", do: func(ctx context.Context) (any, error) {
			return enveloped(client.Certificates.UploadSigned(ctx, "CSR_164", secureaccess.Upload{Reader: bytes.NewReader([]byte("PEM"))}, "application/x-pem-file"))
		}},
		{id: "ics.certificates.delete_device_certificate", do: func(ctx context.Context) (any, error) {
			return client.Certificates.Delete(ctx, "srikrsa.test.saqacertserv.com")
		}},

		{id: "ics.system.get_information", do: func(ctx context.Context) (any, error) { return client.System.Information(ctx) }},
		{id: "ics.system.healthcheck", do: func(ctx context.Context) (any, error) { return client.System.Health(ctx) }},
		{id: "ics.system.healthcheck_all", do: func(ctx context.Context) (any, error) { return client.System.Load(ctx) }},
		{id: "ics.system.healthcheck_sbr", do: func(ctx context.Context) (any, error) { return client.System.RADIUSHealth(ctx) }},

		{id: "ics.admin_realms.set_source_ip_mode", do: func(ctx context.Context) (any, error) {
			return enveloped(client.AdminRealms.SetSourceIPMode(ctx, "AdminLocalAuthRealm", ics.SourceIPSelected))
		}},
		{id: "ics.admin_realms.add_source_ip", do: func(ctx context.Context) (any, error) {
			return enveloped(client.AdminRealms.AddSourceIP(ctx, "AdminLocalAuthRealm", ics.SourceIP{
				Access: ics.SourceIPAllow, Address: "<IP Address>", Netmask: "255.255.255.255",
			}))
		}},
		{id: "ics.admin_realms.set_role_mapping_rules", do: func(ctx context.Context) (any, error) {
			return enveloped(client.AdminRealms.SetRoleMappingRules(ctx, "AdminADRealm", rules))
		}},
		{id: "ics.admin_roles.set_session_options", do: func(ctx context.Context) (any, error) {
			return enveloped(client.AdminRoles.SetSessionOptions(ctx, ".Administrators", ics.SessionOptions{IdleTimeout: 5}))
		}},

		{id: "ics.ad_groups.get", do: func(ctx context.Context) (any, error) { return client.ADGroups.List(ctx, "ADServer") }},
		setAD("ics.ad_groups.add"),
		setAD("ics.ad_groups.update"),
		setAD("ics.ad_groups.delete"),
		{id: "ics.ldap_groups.get", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, key, saying(r, `{"user-group": [{"dn": "CN=Users,DC=example,DC=com", "group-type": "static", "name": "Users"}]}`))
			catalog, err := client.LDAPGroups.List(ctx, "LDAPServer")
			if err == nil && (len(catalog.Groups) != 1 || catalog.Groups[0].DN != "CN=Users,DC=example,DC=com") {
				err = fmt.Errorf("the catalogue is %v", catalog.Groups)
			}
			return catalog, err
		}},
		setLDAP("ics.ldap_groups.add"),
		setLDAP("ics.ldap_groups.update"),
		setLDAP("ics.ldap_groups.delete"),

		{id: "ics.cluster.create", do: func(ctx context.Context) (any, error) {
			return enveloped(client.Cluster.Create(ctx, ics.NewCluster{Name: "cluster1", Password: secureaccess.NewSecret("dana123"), MemberName: "nodeA"}))
		}},
		{id: "ics.cluster.join", do: func(ctx context.Context) (any, error) {
			return enveloped(client.Cluster.Join(ctx, ics.ClusterJoin{Name: "cluster", Password: secureaccess.NewSecret("xxxxx"), MemberAddress: "<IP Address>"}))
		}},
		{id: "ics.cluster.add_member", do: func(ctx context.Context) (any, error) { return enveloped(client.Cluster.AddMember(ctx, member)) }},
		{id: "ics.cluster.get_status", do: func(ctx context.Context) (any, error) { return client.Cluster.Status(ctx) }},
		{id: "ics.cluster.delete_member", do: func(ctx context.Context) (any, error) { return enveloped(client.Cluster.RemoveMember(ctx, "node225")) }},
		{id: "ics.cluster.vip_failover", responses: []int{0}, do: func(ctx context.Context) (any, error) { return enveloped(client.Cluster.FailOverVIP(ctx)) }},
		{id: "ics.cluster.vip_failover", responses: []int{1}, do: func(ctx context.Context) (any, error) {
			_, err := client.Cluster.FailOverVIP(ctx)
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, ics.CodeNotActivePassiveCluster) || !errors.Is(err, ics.ErrRefused) || len(failure.Messages) != 1 {
				return nil, fmt.Errorf("the refusal is %v", err)
			}
			return enveloped(&ics.Result{Info: []ics.Message{{Text: failure.Messages[0]}}}, nil)
		}},

		{id: "ics.host_checker.get_esap_config", do: func(ctx context.Context) (any, error) { return client.HostChecker.ESAP(ctx, nil) }},

		{id: "ics.system.export_binary_configuration", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, key, saying(r, base64.StdEncoding.EncodeToString([]byte("PK\x03\x04system.cfg"))))
			download, err := client.BinaryConfiguration.Export(ctx, &ics.ExportOptions{Password: secureaccess.NewSecret("pass word")})
			if err != nil {
				return nil, err
			}
			defer download.Close()
			var content bytes.Buffer
			if _, err := content.ReadFrom(download); err != nil || content.String() != "PK\x03\x04system.cfg" {
				return nil, fmt.Errorf("%q came, with %v", content.String(), err)
			}
			return nil, nil
		}},
		{id: "ics.system.import_binary_configuration_normal", do: func(ctx context.Context) (any, error) {
			return enveloped(client.BinaryConfiguration.Import(ctx, secureaccess.Upload{Reader: bytes.NewReader([]byte("PK\x03\x04"))},
				&ics.ImportOptions{Password: secureaccess.NewSecret("pass word")}))
		}},
		{id: "ics.system.import_binary_configuration_full", do: func(ctx context.Context) (any, error) {
			return enveloped(client.BinaryConfiguration.Import(ctx, secureaccess.Upload{Reader: bytes.NewReader([]byte("PK\x03\x04"))},
				&ics.ImportOptions{Mode: ics.ImportFull, Password: secureaccess.NewSecret("pass word")}))
		}},

		{id: "ics.named_users.list", do: func(ctx context.Context) (any, error) {
			users, err := client.NamedUsers.List(ctx)
			return map[string]any{"named-users": users}, err
		}},
		{id: "ics.named_users.list_server", do: func(ctx context.Context) (any, error) { return client.NamedUsers.ListServer(ctx) }},
		{id: "ics.named_users.list_server_product", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, key, saying(r, `{"named-users": [{"User": "dev1", "Role": "Users"}]}`))
			users, err := client.NamedUsers.ListServerProduct(ctx, ics.ProductICS)
			if err == nil && (len(users) != 1 || users[0].User != "dev1") {
				err = fmt.Errorf("the users are %v", users)
			}
			return users, err
		}},
		{id: "ics.named_users.remove", do: func(ctx context.Context) (any, error) {
			return enveloped(client.NamedUsers.Remove(ctx, []string{"dev1", "dev2"}, true))
		}},
		{id: "ics.named_users.remove_all", do: func(ctx context.Context) (any, error) {
			return enveloped(client.NamedUsers.RemoveAll(ctx, false))
		}},
		{id: "ics.named_users.remove_server", do: func(ctx context.Context) (any, error) {
			return enveloped(client.NamedUsers.RemoveServer(ctx, ics.ProductICS, []string{"dev1", "dev3"}))
		}},
		{id: "ics.named_users.remove_all_server", do: func(ctx context.Context) (any, error) {
			return enveloped(client.NamedUsers.RemoveAllServer(ctx, ics.ProductICS))
		}},

		{id: "ics.configuration.get", do: func(ctx context.Context) (any, error) {
			return client.Configuration.Get(ctx, ics.Path{"users", "user-roles", "user-role"}, &ics.ConfigurationOptions{Expand: true, ExcludePackages: true})
		}},
		{id: "ics.configuration.put", do: func(ctx context.Context) (any, error) {
			path := ics.Path{"authentication", "auth-servers", "auth-server", "System Local", "local", "users", "user", "a/b", "enabled"}
			return enveloped(client.Configuration.Put(ctx, path, map[string]secureaccess.QuotedBool{"enabled": true}))
		}},
		{id: "ics.configuration.post", do: func(ctx context.Context) (any, error) {
			return enveloped(client.Configuration.Post(ctx, ics.Path{"users", "user-roles", "user-role"}, map[string]string{"name": "Contractors"}))
		}},
		{id: "ics.configuration.delete", do: func(ctx context.Context) (any, error) {
			return client.Configuration.Delete(ctx, ics.Path{"users", "user-roles", "user-role", "Contractors"})
		}},
	}
}

// icsSessionCalls is the one operation of an appliance that the document of another product describes.
func icsSessionCalls(t *testing.T, r *recorder) []call {
	client := icsClient(t, r, ics.APIKey("MjUwOGQyNzAyOWU3MWQ2MzNiMTM2Njg2MzAwNDg3MjU="))
	dsid := secureaccess.NewSecret("d2b32c2a1f3bdbb7e1b2f7a9a0c1d2e3")
	return []call{
		{id: "pulseone.pcs_sessions.get_info", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			return client.Sessions.Info(ctx, dsid)
		}},
		{id: "pulseone.pcs_sessions.get_info", responses: []int{1}, do: func(ctx context.Context) (any, error) {
			_, err := client.Sessions.Info(ctx, dsid)
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, secureaccess.ErrNotFound) || len(failure.Messages) != 1 {
				return nil, fmt.Errorf("the refusal is %v", err)
			}
			return map[string]string{"error": failure.Messages[0]}, nil
		}},
	}
}

func icsClient(t *testing.T, r *recorder, auth ics.Auth, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	client, err := ics.New(r.URL, auth, append(r.options(), opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// saying has the recorder's answers say what the document leaves open.
func saying(r *recorder, body string) secureaccess.Option {
	return secureaccess.WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
		resp, err := r.RoundTrip(req)
		if err == nil {
			resp.Body.Close()
			resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
		return resp, err
	}))
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// enveloped puts a result back into the envelope that it came in.
func enveloped(result *ics.Result, err error) (any, error) {
	return map[string]any{"result": result}, err
}

// keyInUse makes a call and returns the answer to the sign-in as far as that call shows it: by the key it was made with.
func keyInUse(ctx context.Context, client *ics.Client, r *recorder) (any, error) {
	if _, err := client.System.Information(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key, password, ok := r.seen[len(r.seen)-1].request.BasicAuth()
	if !ok || password != "" {
		return nil, errors.New("the key is not a user name with an empty password")
	}
	return map[string]string{"api_key": key}, nil
}
