package contract_test

import (
	"context"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() { covers("sps-beyond", spsServices) }

func spsServices(t *testing.T, r *recorder) []call {
	shared := spsReader(t, r)
	other := spsClientWith(t, r, sps.Password("admin", "secret"), spsMissing{spsUnread{r}, []string{"/api/user/info"}})
	node := example[sps.ClusterNodeAdd](t, "sps.cluster_nodes.create")
	roles := example[sps.ClusterNodeUpdate](t, "sps.cluster_nodes.update")
	const (
		sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		plugin = "2080160955734bb2a1ddf9"
	)
	image := func() secureaccess.Upload { return secureaccess.Upload{Reader: strings.NewReader("content")} }
	return []call{
		{id: "sps.firmware.list", do: func(ctx context.Context) (any, error) { return shared.Firmware.List(ctx) }},
		{id: "sps.firmware_slots.list", do: func(ctx context.Context) (any, error) { return shared.Firmware.ListSlots(ctx) }},
		{id: "sps.firmware_slots.get", do: func(ctx context.Context) (any, error) { return shared.Firmware.GetSlot(ctx, "1") }},
		{id: "sps.firmware_slots.delete", do: func(ctx context.Context) (any, error) { return nothing(shared.Firmware.DeleteSlot(ctx, "3")) }},
		{id: "sps.firmware.upload", do: func(ctx context.Context) (any, error) { return shared.Firmware.Upload(ctx, image()) }},
		{id: "sps.firmware.test", do: func(ctx context.Context) (any, error) { return shared.Firmware.Test(ctx, "2") }},
		{id: "sps.firmware.upgrade", do: func(ctx context.Context) (any, error) { return shared.Firmware.Upgrade(ctx, "1", "") }},
		{id: "sps.firmware.upgrade", ownBody: true, do: func(ctx context.Context) (any, error) { return shared.Firmware.Upgrade(ctx, "1", "why") }},
		{id: "sps.firmware_fetches.create", do: func(ctx context.Context) (any, error) {
			return shared.Firmware.Fetch(ctx, "https://example.com/sps.iso", sha256)
		}},
		{id: "sps.firmware_fetches.list", do: func(ctx context.Context) (any, error) { return shared.Firmware.ListFetches(ctx) }},
		{id: "sps.firmware_fetches.get", do: func(ctx context.Context) (any, error) { return shared.Firmware.GetFetch(ctx, "1") }},
		{id: "sps.firmware_fetches.delete", do: func(ctx context.Context) (any, error) { return nothing(shared.Firmware.DeleteFetch(ctx, "1")) }},

		{id: "sps.plugins.upload", do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) { return sps.UploadPlugin(ctx, tx, image()) })},
		{id: "sps.plugins.kinds", do: func(ctx context.Context) (any, error) { return sps.List(ctx, shared, sps.PluginsDirectory) }},
		{id: "sps.plugins.integrity", do: func(ctx context.Context) (any, error) {
			return shared.System.PluginIntegrity(ctx, "aa", plugin, "zip_checksum", "zip_content")
		}},

		{id: "sps.cluster.list", do: func(ctx context.Context) (any, error) { return shared.Cluster.List(ctx) }},
		{id: "sps.cluster.join_request", at: "/body", without: map[string]string{
			"/meta": "the links are those of every resource",
		}, do: func(ctx context.Context) (any, error) {
			node, err := shared.Cluster.RequestJoin(ctx, "192.0.2.10")
			if err != nil {
				return nil, err
			}
			return node.Body, nil
		}},
		{id: "sps.cluster.join_status", do: func(ctx context.Context) (any, error) { return shared.Cluster.JoinStatus(ctx) }},
		{id: "sps.cluster_nodes.create", do: func(ctx context.Context) (any, error) { return nothing(shared.Cluster.AddNode(ctx, node)) }},
		{id: "sps.cluster_nodes.update", do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return nothing(shared.Cluster.UpdateNode(ctx, tx, node.NodeID, roles))
		})},
		{id: "sps.cluster.promote", do: spsWrite(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) { return nothing(shared.Cluster.Promote(ctx, tx)) })},
		{id: "sps.cluster.status", do: func(ctx context.Context) (any, error) { return shared.Cluster.Status(ctx) }},
		{id: "sps.cluster.configuration_sync_plugin", do: func(ctx context.Context) (any, error) {
			sync, err := shared.Cluster.DisableConfigurationSync(ctx)
			if err != nil {
				return nil, err
			}
			return map[string]any{"plugin": spsRef(sync.Plugin)}, nil
		}},

		{id: "sps.tools.list", do: func(ctx context.Context) (any, error) { return shared.System.ListTools(ctx) }},
		{id: "sps.tools.hosts_by_name", do: func(ctx context.Context) (any, error) {
			return shared.System.ResolveHost(ctx, "example.org", sps.NetworkProtocolTCP)
		}},
		{id: "sps.ssh_host_keys.list", do: func(ctx context.Context) (any, error) { return shared.System.ListSSHHostKeys(ctx) }},
		{id: "sps.ssh_host_keys.get", do: func(ctx context.Context) (any, error) {
			return shared.System.GetSSHHostKey(ctx, "ssh-rsa-192.0.2.1:22")
		}},
		{id: "sps.audit_data_acls.list", do: func(ctx context.Context) (any, error) { return shared.System.ListAuditDataACLs(ctx) }},
		{id: "sps.audit_data_acls.get", do: func(ctx context.Context) (any, error) { return shared.System.GetAuditDataACL(ctx, "autogenerated-1") }},
		{id: "sps.active_sessions.terminate", do: func(ctx context.Context) (any, error) {
			return nothing(shared.AuditSessions.Terminate(ctx, "svc/rpokH8fD9kx6CaxNLznKx2/test:12"))
		}},
		{id: "sps.user_info.get", do: func(ctx context.Context) (any, error) { return other.System.User(ctx) }},
		{id: "sps.audit_session_channels.get", do: func(ctx context.Context) (any, error) { return shared.AuditSessions.GetChannel(ctx, "1", "1") }},
		{id: "sps.audit_session_indexing.list", do: func(ctx context.Context) (any, error) { return shared.AuditSessions.GetIndexing(ctx, "1") }},
		{id: "sps.passwords.get", do: func(ctx context.Context) (any, error) { return sps.Get(ctx, shared, sps.Passwords, "1") }},
		{id: "sps.private_keys.get", do: func(ctx context.Context) (any, error) { return sps.Get(ctx, shared, sps.PrivateKeys, "1") }},
	}
}
