package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ClustersService reads clusters: those of the appliances, and the one that Pulse One itself runs on.
type ClustersService struct{ rest *rest.Client }

// List returns the clusters of the appliances. Document: Appliance Clusters.
//
// GET /api/v1/sa/clusters
func (s *ClustersService) List(ctx context.Context) ([]Cluster, error) {
	return items[Cluster](ctx, s.rest, rest.GET("/api/v1/sa/clusters"))
}

// Info returns the state of the Pulse One servers themselves, which need the cluster.info capability for it. Where
// there is none to tell, the result is empty: see [ClusterInfo.Available]. Document: Cluster Info.
//
// GET /api/v1/cluster/info
func (s *ClustersService) Info(ctx context.Context) (*ClusterInfo, error) {
	return rest.Do[ClusterInfo](ctx, s.rest, rest.GET("/api/v1/cluster/info").MayBeEmpty())
}

// Cluster is a cluster of appliances.
type Cluster struct {
	ID          string      `json:"id"`           // Pulse One's
	IntrinsicID string      `json:"intrinsic_id"` // the appliances' own
	Name        string      `json:"name"`
	Type        ClusterType `json:"type"`
}

// ClusterType is how the nodes of a cluster share the work.
type ClusterType string

// Values of ClusterType.
const (
	ClusterTypeActiveActive  ClusterType = "active-active"
	ClusterTypeActivePassive ClusterType = "active-passive"
)

// ClusterInfo is the state of the Pulse One servers.
type ClusterInfo struct {
	Node    ClusterNode   `json:"node"` // the one that responded
	Cluster ClusterStatus `json:"cluster"`
}

// Available reports whether the server had anything to tell.
func (i *ClusterInfo) Available() bool { return i.Node.ID != "" || len(i.Cluster.Nodes) > 0 }

// ClusterNode is a Pulse One server.
type ClusterNode struct {
	ID       string           `json:"id"`
	IP       string           `json:"ip"`
	Hostname string           `json:"hostname"`
	Mode     NodeMode         `json:"mode"`
	History  []NodeModeChange `json:"history"` // oldest first, the last is now; ten at most
}

// NodeModeChange is a change of a node's mode.
type NodeModeChange struct {
	Mode    NodeMode          `json:"mode"`
	Trigger NodeTrigger       `json:"trigger,omitzero"` // "" for the first one
	Time    secureaccess.Time `json:"time"`             // without a zone on the wire; taken as UTC
}

// ClusterStatus is the cluster as a whole.
type ClusterStatus struct {
	Nodes        []string      `json:"nodes"`           // addresses
	Health       ClusterHealth `json:"health,omitzero"` // "" when not known
	AutoFailover int64         `json:"auto_failover"`   // timeout, in a unit that the document does not name; 0 is off
}

// NodeMode is what a node does.
type NodeMode string

// Values of NodeMode.
const (
	NodeModeStandalone NodeMode = "standalone"
	NodeModeActive     NodeMode = "active"
)

// NodeTrigger is why a node's mode changed.
type NodeTrigger string

// Values of NodeTrigger.
const (
	NodeTriggerManual       NodeTrigger = "manual"
	NodeTriggerAutoFailover NodeTrigger = "auto_failover"
)

// ClusterHealth is the health of the cluster as a whole.
type ClusterHealth string

// Values of ClusterHealth.
const (
	ClusterHealthRed    ClusterHealth = "red"    // the passive node cannot be reached
	ClusterHealthYellow ClusterHealth = "yellow" // changing; green is expected within minutes
	ClusterHealthGreen  ClusterHealth = "green"
)
