package contract_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() {
	covers("sps-beyond", spsPolicies)
	covers("sps-beyond", spsProtocols)
	covers("sps-beyond", spsManagement)
}

// spsUnread responds with an object, and a list, where no public source shows the response. Sessions and transactions,
// which another contract has, are its own.
type spsUnread struct{ next http.RoundTripper }

func (u spsUnread) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/api/transaction" || req.URL.Path == "/api/authentication" {
		header := http.Header{"Set-Cookie": {"session_id=a1f71d030e657634730b9e887cb59a5e56162860; Path=/; Secure"}}
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: http.NoBody, Request: req}, nil
	}
	resp, err := u.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	if len(body) == 0 {
		inner := `{"name":"n"}`
		if strings.Contains(req.URL.Path, "/channel_policies") {
			inner = `{"name":"n","rules":[]}`
		} else if strings.HasSuffix(req.URL.Path, "/options") {
			inner = `{"service":{"enabled":true}}`
		} else if strings.HasSuffix(req.URL.Path, "/firmware/test") {
			inner = `{"test_summary":"HA check finished"}`
		} else if strings.Contains(req.URL.Path, "/firmware/fetch/") {
			inner = `{"status":"queued"}`
		}
		body = []byte(`{"items":[],"body":` + inner + `,"key":"1","meta":{"href":"/api"}}`)
		resp.ContentLength = int64(len(body))
		resp.Header.Set("Content-Type", "application/json")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func spsReader(t *testing.T, r *recorder) *sps.Client {
	return spsClientWith(t, r, sps.Password("admin", "secret"), spsUnread{r})
}

// spsWrite makes a call in a transaction.
func spsWrite(t *testing.T, r *recorder, do func(ctx context.Context, tx *sps.Tx) (any, error)) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		tx, err := spsReader(t, r).Begin(ctx)
		if err != nil {
			return nil, err
		}
		return do(ctx, tx)
	}
}

// spsKey is the key of an object in the examples of a group.
func spsKey(t *testing.T, id string) string {
	e, ok := contract.Find(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	if _, after, ok := strings.Cut(string(e.Responses[0].Examples()[0]), `"key":"`); ok {
		key, _, _ := strings.Cut(after, `"`)
		return key
	}
	return "1"
}

// spsCollection makes the calls for a collection, as far as the guide has them.
func spsCollection[T any](t *testing.T, r *recorder, group string, endpoint sps.Endpoint[T]) []call {
	key := spsKey(t, group+".list")
	body, own := spsBody[T](t, group+".create")
	changed, ownChange := spsBody[T](t, group+".update")
	all := []call{
		{id: group + ".list", do: func(ctx context.Context) (any, error) { return sps.List(ctx, spsReader(t, r), endpoint) }},
		{id: group + ".get", do: func(ctx context.Context) (any, error) { return sps.Get(ctx, spsReader(t, r), endpoint, key) }},
		{id: group + ".create", ownBody: own, do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Create(ctx, tx, endpoint, body)
		})},
		{id: group + ".update", ownBody: ownChange, do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.Get(ctx, tx, endpoint, key)
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, func(b *T) error {
				if !ownChange {
					*b = changed
				}
				return nil
			})
		})},
		{id: group + ".delete", do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) { return sps.Delete(ctx, tx, endpoint, key) })},
	}
	return spsKnown(all)
}

// spsSetting makes the calls for a setting.
func spsSetting[T any](t *testing.T, r *recorder, group string, setting sps.Setting[T]) []call {
	return spsKnown([]call{
		{id: group + ".get", do: func(ctx context.Context) (any, error) { return sps.GetSetting(ctx, spsReader(t, r), setting) }},
		{id: group + ".update", do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.GetSetting(ctx, tx, setting)
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, func(*T) error { return nil })
		})},
	})
}

// spsBody returns the documented body of an operation; own says that there is none.
func spsBody[T any](t *testing.T, id string) (body T, own bool) {
	e, ok := contract.Find(id)
	if !ok || e.Request == nil || len(e.Request.Examples()[0]) == 0 {
		return body, true
	}
	return example[T](t, id), false
}

// spsRef is a reference in the form of responses, with what was decoded of it.
func spsRef(ref sps.Ref) any {
	if ref.Key == "" {
		return map[string]any{"key": nil, "meta": map[string]any{}}
	}
	return map[string]any{"key": ref.Key, "meta": map[string]any{"href": ref.Href}}
}

// spsKnown drops the calls for operations that the guide does not have.
func spsKnown(all []call) []call {
	var known []call
	for _, c := range all {
		if _, ok := contract.Find(c.id); ok {
			known = append(known, c)
		}
	}
	return known
}

func spsPolicies(t *testing.T, r *recorder) []call {
	var all []call
	add := func(calls []call) { all = append(all, calls...) }
	add(spsCollection(t, r, "sps.policies", sps.PoliciesDirectory))
	add(spsCollection(t, r, "sps.time_policies", sps.TimePolicies))
	add(spsCollection(t, r, "sps.archive_cleanup_policies", sps.ArchiveCleanupPolicies))
	add(spsCollection(t, r, "sps.backup_policies", sps.BackupPolicies))
	add(spsCollection(t, r, "sps.audit_policies", sps.AuditPolicies))
	add(spsCollection(t, r, "sps.content_policies", sps.ContentPolicies))
	add(spsCollection(t, r, "sps.user_databases", sps.LocalUserDatabases))
	add(spsCollection(t, r, "sps.userlists", sps.UserLists))
	add(spsCollection(t, r, "sps.usermapping_policies", sps.UserMappingPolicies))
	add(spsCollection(t, r, "sps.credentialstores", sps.CredentialStores))
	add(spsCollection(t, r, "sps.trusted_ca_lists", sps.TrustedCALists))
	add(spsCollection(t, r, "sps.signing_cas", sps.SigningCAs))
	add(spsCollection(t, r, "sps.indexing_policies", sps.IndexingPolicies))
	return all
}

func spsProtocols(t *testing.T, r *recorder) []call {
	var all []call
	add := func(calls []call) { all = append(all, calls...) }
	add(spsCollection(t, r, "sps.ssh", sps.SSHDirectory))
	add(spsCollection(t, r, "sps.rdp", sps.RDPDirectory))
	add(spsCollection(t, r, "sps.http", sps.HTTPDirectory))
	add(spsCollection(t, r, "sps.http_channel_policies", sps.HTTPChannelPolicies))
	add(spsCollection(t, r, "sps.ica_channel_policies", sps.ICAChannelPolicies))
	add(spsCollection(t, r, "sps.ssh_channel_policies", sps.SSHChannelPolicies))
	add(spsCollection(t, r, "sps.telnet_channel_policies", sps.TelnetChannelPolicies))
	add(spsCollection(t, r, "sps.vnc_channel_policies", sps.VNCChannelPolicies))
	add(spsCollection(t, r, "sps.ssh_connections", sps.SSHConnections))
	add(spsCollection(t, r, "sps.rdp_connections", sps.RDPConnections))
	add(spsCollection(t, r, "sps.ica_connections", sps.ICAConnections))
	add(spsCollection(t, r, "sps.vnc_connections", sps.VNCConnections))
	add(spsCollection(t, r, "sps.http_connections", sps.HTTPConnections))
	add(spsCollection(t, r, "sps.mssql_connections", sps.MSSQLConnections))
	add(spsCollection(t, r, "sps.ssh_authentication_policies", sps.SSHAuthenticationPolicies))
	add(spsCollection(t, r, "sps.http_authentication_policies", sps.HTTPAuthenticationPolicies))
	add(spsCollection(t, r, "sps.ssh_settings_policies", sps.SSHSettingsPolicies))
	add(spsCollection(t, r, "sps.http_settings_policies", sps.HTTPSettingsPolicies))
	add(spsCollection(t, r, "sps.ica_settings_policies", sps.ICASettingsPolicies))
	add(spsCollection(t, r, "sps.rdp_settings_policies", sps.RDPSettingsPolicies))
	add(spsCollection(t, r, "sps.vnc_settings_policies", sps.VNCSettingsPolicies))
	add(spsCollection(t, r, "sps.telnet_pattern_sets", sps.TelnetPatternSets))
	add(spsSetting(t, r, "sps.ssh_options", sps.SSHOptionsSetting))
	add(spsSetting(t, r, "sps.rdp_options", sps.RDPOptionsSetting))
	add(spsSetting(t, r, "sps.ica_options", sps.ICAOptionsSetting))
	add(spsSetting(t, r, "sps.telnet_options", sps.TelnetOptionsSetting))
	add(spsSetting(t, r, "sps.vnc_options", sps.VNCOptionsSetting))
	add(spsSetting(t, r, "sps.http_options", sps.HTTPOptionsSetting))
	add(spsSetting(t, r, "sps.mssql_options", sps.MSSQLOptionsSetting))
	add(spsSetting(t, r, "sps.rdp_domain_membership", sps.RDPDomainMembershipSetting))
	return all
}

func spsManagement(t *testing.T, r *recorder) []call {
	var all []call
	add := func(calls []call) { all = append(all, calls...) }
	add(spsCollection(t, r, "sps.aaa", sps.AAADirectory))
	add(spsCollection(t, r, "sps.local_groups", sps.LocalUserGroups))
	add(spsCollection(t, r, "sps.local_users", sps.LocalUsers))
	add(spsCollection(t, r, "sps.datetime", sps.DatetimeDirectory))
	add(spsCollection(t, r, "sps.management", sps.ManagementDirectory))
	add(spsCollection(t, r, "sps.nics", sps.NICs))
	add(spsCollection(t, r, "sps.reporting", sps.ReportingDirectory))
	add(spsCollection(t, r, "sps.plugins_aa", sps.PluginsAA))
	add(spsCollection(t, r, "sps.plugins_credentialstore", sps.PluginsCredentialstore))
	add(spsSetting(t, r, "sps.acls", sps.ACLsSetting))
	add(spsSetting(t, r, "sps.aaa_settings", sps.AAASettingsSetting))
	add(spsSetting(t, r, "sps.aaa_login_methods", sps.AAALoginMethodsSetting))
	add(spsSetting(t, r, "sps.aaa_ldap_servers", sps.AAALDAPServersSetting))
	add(spsSetting(t, r, "sps.aaa_saml2", sps.AAASAML2Setting))
	add(spsSetting(t, r, "sps.dns", sps.DNSSetting))
	add(spsSetting(t, r, "sps.timezone", sps.TimezoneSetting))
	add(spsSetting(t, r, "sps.ntp_servers", sps.NTPServersSetting))
	add(spsSetting(t, r, "sps.disk_fillup_prevention", sps.DiskFillupPreventionSetting))
	add(spsSetting(t, r, "sps.email", sps.EmailSetting))
	add(spsSetting(t, r, "sps.system_backup", sps.SystemBackupSetting))
	add(spsSetting(t, r, "sps.web_gateway_authentication", sps.WebGatewayAuthenticationSetting))
	add([]call{{id: "sps.certificates.get", do: func(ctx context.Context) (any, error) {
		o, err := sps.GetSetting(ctx, spsReader(t, r), sps.CertificatesSetting)
		if err != nil {
			return nil, err
		}
		ca := map[string]any{"selection": o.Body.CA.Selection, "x509_identity": spsRef(o.Body.CA.X509Identity)}
		return map[string]any{"body": map[string]any{"ca": ca, "server": spsRef(o.Body.Server), "tsa": spsRef(o.Body.TSA)}, "key": o.Key, "meta": o.Meta}, nil
	}}})
	add(spsSetting(t, r, "sps.health_monitoring", sps.HealthMonitoringSetting))
	add(spsSetting(t, r, "sps.license", sps.LicenseSetting))
	add(spsSetting(t, r, "sps.root_password", sps.RootPasswordSetting))
	add(spsSetting(t, r, "sps.snmp", sps.SNMPSetting))
	add(spsSetting(t, r, "sps.soap", sps.SOAPSetting))
	add(spsSetting(t, r, "sps.splunk_forwarder", sps.SplunkForwarderSetting))
	add(spsSetting(t, r, "sps.support_info", sps.SupportInfoSetting))
	add(spsSetting(t, r, "sps.syslog", sps.SyslogSetting))
	add(spsSetting(t, r, "sps.universal_siem_forwarder", sps.UniversalSIEMForwarderSetting))
	add(spsSetting(t, r, "sps.webinterface", sps.WebinterfaceSetting))
	add(spsSetting(t, r, "sps.exported_configuration_encryption", sps.ExportedConfigurationEncryptionSetting))
	add(spsSetting(t, r, "sps.accounting", sps.AccountingSetting))
	add(spsSetting(t, r, "sps.local_services_cluster", sps.LocalServicesClusterSetting))
	add(spsSetting(t, r, "sps.local_services_user_web", sps.LocalServicesUserWebSetting))
	add(spsSetting(t, r, "sps.local_services_indexer", sps.LocalServicesIndexerSetting))
	add(spsSetting(t, r, "sps.traffic_alerts", sps.TrafficAlertsSetting))
	add(spsSetting(t, r, "sps.troubleshooting", sps.TroubleshootingSetting))
	return all
}
