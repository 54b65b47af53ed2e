package sps

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ClusterService manages the appliances of a cluster. The user needs the right to write cluster management.
//
// A node joins in three steps: [ClusterService.RequestJoin] at the node, [ClusterService.AddNode] with its result at the
// central management node, and there [ClusterService.UpdateNode] in a transaction, for its roles.
type ClusterService struct {
	client *Client
	rest   *rest.Client
}

// List lists what can be done with the cluster, as links.
//
// GET /api/cluster
func (s *ClusterService) List(ctx context.Context) (*Collection[json.RawMessage], error) {
	return checked(ctx, s.client, rest.GET("/api/cluster"), (*Collection[json.RawMessage]).check)
}

// Status returns the state of the cluster, as the release has it: public sources do not show it. It fails where the
// node was not promoted.
//
// GET /api/cluster/status
func (s *ClusterService) Status(ctx context.Context) (json.RawMessage, error) {
	return anything(rest.Do[json.RawMessage](ctx, s.rest, rest.GET("/api/cluster/status").MayBeEmpty()))
}

// JoinStatus tells whether the appliance is in a cluster.
//
// GET /api/cluster/join_request
func (s *ClusterService) JoinStatus(ctx context.Context) (*ClusterJoinStatus, error) {
	return rest.Do[ClusterJoinStatus](ctx, s.rest, rest.GET("/api/cluster/join_request"))
}

// RequestJoin asks the appliance, the joining node, for what its central management node has to know of it. Releases
// before 7.0.5 want to be asked in a transaction: see [Tx.Do].
//
// POST /api/cluster/join_request
func (s *ClusterService) RequestJoin(ctx context.Context, centralManagementAddress string) (*Object[ClusterNode], error) {
	op := rest.POST("/api/cluster/join_request").Require("central management address", centralManagementAddress).
		JSON(clusterJoin{centralManagementAddress}).BringsSecrets()
	return read[ClusterNode](ctx, s.client, op)
}

// AddNode adds the node of a join request: sent to the central management node.
//
// POST /api/cluster/nodes
func (s *ClusterService) AddNode(ctx context.Context, node ClusterNodeAdd) error {
	return rest.Send(ctx, s.rest, rest.POST("/api/cluster/nodes").Require("node id", node.NodeID).JSON(node))
}

// UpdateNode gives a node its roles: sent to the central management node, in a transaction.
//
// PUT /api/cluster/nodes/{node_id}
func (s *ClusterService) UpdateNode(ctx context.Context, tx *Tx, node string, body ClusterNodeUpdate) error {
	_, err := do[json.RawMessage](ctx, tx, rest.PUT("/api/cluster/nodes/{node_id}", node).JSON(body).MayBeEmpty())
	return err
}

// Promote makes the appliance the central management node of a new cluster, in a transaction.
//
// POST /api/cluster/promote
func (s *ClusterService) Promote(ctx context.Context, tx *Tx) error {
	_, err := do[json.RawMessage](ctx, tx, rest.POST("/api/cluster/promote").MayBeEmpty())
	return err
}

// DisableConfigurationSync switches the plug-in off that synchronizes the configuration of the nodes. How one is switched
// on public sources do not show.
//
// POST /api/cluster/configuration_sync_plugin
func (s *ClusterService) DisableConfigurationSync(ctx context.Context) (*ConfigurationSync, error) {
	op := rest.POST("/api/cluster/configuration_sync_plugin").JSON(map[string]bool{"enabled": false})
	return rest.Do[ConfigurationSync](ctx, s.rest, op)
}

type clusterJoin struct {
	CentralManagementAddress string `json:"central_management_address"`
}

// ClusterRole is what a node does in its cluster. A node has one role of searching.
type ClusterRole string

// Values of ClusterRole.
const (
	ClusterRoleCentralManagement ClusterRole = "central-management"
	ClusterRoleManagedHost       ClusterRole = "managed-host"
	ClusterRoleSearchMaster      ClusterRole = "search-master"
	ClusterRoleSearchMinion      ClusterRole = "search-minion"
	ClusterRoleSearchLocal       ClusterRole = "search-local"
)

// ClusterNode is a node of a cluster, as it describes itself in a join request.
type ClusterNode struct {
	Address string              `json:"address"`
	NodeID  string              `json:"node_id"`
	PSK     secureaccess.Secret `json:"psk,omitzero"` // the pre-shared key of the nodes
	Roles   []ClusterRole       `json:"roles"`
}

// ClusterNodeAdd is a node to add: the body of a join request's result.
type ClusterNodeAdd struct {
	Address string              `json:"address"`
	NodeID  string              `json:"node_id"`
	PSK     secureaccess.Secret `json:"psk"`
	Roles   []ClusterRole       `json:"roles"`
}

// ClusterNodeUpdate is a node with other roles. Public sources show its address and roles; what is zero of the rest is
// not sent.
type ClusterNodeUpdate struct {
	Address string              `json:"address"`
	NodeID  string              `json:"node_id,omitzero"`
	PSK     secureaccess.Secret `json:"psk,omitzero"`
	Roles   []ClusterRole       `json:"roles"`
}

// ClusterJoinStatus tells whether an appliance is in a cluster.
type ClusterJoinStatus struct {
	Status  string             `json:"status"` // "in cluster"
	Details *ClusterJoinDetail `json:"details,omitzero"`
	Meta    Meta               `json:"meta"`
}

// ClusterJoinDetail is the cluster that an appliance is in.
type ClusterJoinDetail struct {
	CentralManagementAddress string `json:"central_management_address"`

	Extra secureaccess.Extra `json:",embed"`
}

// ConfigurationSync is the plug-in that synchronizes configurations.
type ConfigurationSync struct {
	Plugin Ref `json:"plugin"` // zero for none
}
