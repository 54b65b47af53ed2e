package ics

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ClusterService manages clusters of appliances.
type ClusterService struct{ rest *rest.Client }

// Info returns the state of the cluster and of its members.
//
// GET /api/v1/cluster
//
// Document: Getting Cluster Status.
func (s *ClusterService) Info(ctx context.Context) (*ClusterInfo, error) {
	return rest.Do[ClusterInfo](ctx, s.rest, rest.GET("/api/v1/cluster"))
}

// Create makes a cluster with this appliance as its first member.
//
// PUT /api/v1/cluster
//
// It is never retried. Document: Creating a Cluster.
func (s *ClusterService) Create(ctx context.Context, cluster ClusterCreate) (*Result, error) {
	op := rest.PUT("/api/v1/cluster").Once().
		Require("name", cluster.Name).Require("password", cluster.Password.Reveal()).Require("member name", cluster.MemberName)
	return write(ctx, s.rest, op.JSON(struct {
		ClusterCreate
		Action string `json:"action"`
	}{cluster, "create"}))
}

// Join makes this appliance a member of a cluster, which has been told of it with [ClusterService.AddMember].
//
// PUT /api/v1/cluster
//
// It is never retried. Document: Joining a Cluster.
func (s *ClusterService) Join(ctx context.Context, join ClusterJoin) (*Result, error) {
	op := rest.PUT("/api/v1/cluster").Once().
		Require("name", join.Name).Require("password", join.Password.Reveal()).Require("member address", join.MemberAddress)
	return write(ctx, s.rest, op.JSON(struct {
		ClusterJoin
		Action string `json:"action"`
	}{join, "join"}))
}

// AddMember announces a new member to the cluster that this appliance is in.
//
// POST /api/v1/cluster/members
//
// Document: Adding a Member to Cluster.
func (s *ClusterService) AddMember(ctx context.Context, member ClusterMemberCreate) (*Result, error) {
	return write(ctx, s.rest, rest.POST("/api/v1/cluster/members").Require("member name", member.Name).JSON(member))
}

// RemoveMember removes a member from the cluster.
//
// DELETE /api/v1/cluster/members/{member_name}
//
// Document: Deleting Cluster Member.
func (s *ClusterService) RemoveMember(ctx context.Context, name string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE("/api/v1/cluster/members/{member_name}", name))
}

// FailOverVIP moves the virtual address of an active/passive cluster to the other node. Elsewhere it fails with
// [CodeNotActivePassiveCluster].
//
// PUT /api/v1/cluster
//
// The appliance reports a refusal as it reports success, with 200 and a text among the information. A response whose
// text does not say that the failover was begun is therefore an error that matches [ErrRefused], and one without a text
// matches [secureaccess.ErrBadResponse], except for a 204, which says that all went well: look at [ClusterService.Info]
// before a failover is repeated. It is never retried: a second one would move the address back. Document: VIP Failover.
func (s *ClusterService) FailOverVIP(ctx context.Context) (*Result, error) {
	op := rest.PUT("/api/v1/cluster").Once().JSON(struct {
		Action string `json:"action"`
	}{"vip-failover"})
	var body []byte
	envelope, err := rest.Checked(ctx, s.rest, op.RefusedIf(failoverRefused).MayBeNoContent().Keep(&body), func(response *resultEnvelope, _ http.Header) error {
		if body != nil && len(texts(response.Result.Info)) == 0 {
			return errFailoverUnknown
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &envelope.Result, nil
}

var errFailoverUnknown = errors.New("it does not say that the failover was begun")

// failoverRefused reports whether the response to a failover is none of those that mean it was begun.
func failoverRefused(body []byte) bool {
	var response resultEnvelope
	if decode(body, &response) != nil {
		return false // what it is then, the decoder says
	}
	messages := texts(response.Result.Info)
	for _, message := range messages {
		message = strings.ToLower(message)
		for _, word := range []string{"initiated", "started", "success"} {
			if strings.Contains(message, word) && !strings.Contains(message, "not "+word) && !strings.Contains(message, "un"+word) {
				return false
			}
		}
	}
	return len(messages) > 0
}

// ClusterCreate is a cluster to create.
type ClusterCreate struct {
	Name       string              `json:"cluster-name"`
	Password   secureaccess.Secret `json:"cluster-password"`
	MemberName string              `json:"member-name"` // of this appliance
}

// ClusterJoin says which cluster to join.
type ClusterJoin struct {
	Name          string              `json:"cluster-name"`
	Password      secureaccess.Secret `json:"cluster-password"`
	MemberAddress string              `json:"member-address"` // of an appliance that is a member already
}

// ClusterMemberCreate is a member to announce. The external addresses are for appliances that use that port.
type ClusterMemberCreate struct {
	Name            string `json:"member-name"`
	IP              string `json:"member-ip"`
	Netmask         string `json:"member-netmask"`
	Gateway         string `json:"member-gateway"`
	ExternalIP      string `json:"member-external-ip,omitzero"`
	ExternalNetmask string `json:"member-external-netmask,omitzero"`
	ExternalGateway string `json:"member-external-gateway,omitzero"`
}

// ClusterMode is the kind of a cluster.
type ClusterMode string

// Values of ClusterMode.
const (
	ClusterModeActiveActive  ClusterMode = "Active/Active"
	ClusterModeActivePassive ClusterMode = "Active/Passive"
)

// ClusterInfo is the state of a cluster. Only active/passive clusters have virtual addresses.
type ClusterInfo struct {
	Name             string          `json:"name"`
	Mode             ClusterMode     `json:"mode"`
	Members          []ClusterMember `json:"members"`
	InternalVIP      string          `json:"internal-vip-ipv4,omitzero"`
	InternalVIPOwner string          `json:"internal-vip-owner,omitzero"` // name of the member that has it
	ExternalVIP      string          `json:"external-vip-ipv4,omitzero"`
	ExternalVIPOwner string          `json:"external-vip-owner,omitzero"`
}

// ClusterMember is an appliance in a cluster.
type ClusterMember struct {
	Name            string `json:"name"`
	Enabled         bool   `json:"enabled"`
	InternalIP      string `json:"internal-ip"`
	InternalNetmask string `json:"internal-netmask"`
	ExternalIP      string `json:"external-ip"` // "" without one
	ExternalNetmask string `json:"external-netmask" alias:"external-network"`
	Notes           string `json:"notes"`       // the state in words: "Leader", "Enabled, Unreachable"
	StatusCode      string `json:"status-code"` // bits, in hexadecimal: "0x19004"
}
