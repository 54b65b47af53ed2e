package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// VLANsService manages the VLAN interfaces of the nodes of a cluster, or of the one node of an appliance on its own.
type VLANsService struct{ rest *rest.Client }

// List returns the VLANs of a node.
//
// GET /api/v1/configuration/system/network/vlans/{node}
func (s *VLANsService) List(ctx context.Context, node string, opts *ConfigurationOptions) (*EntryList[VLAN], error) {
	return list[VLAN](ctx, s.rest, rest.GET("/api/v1/configuration/system/network/vlans/{node}", node), "vlan", opts)
}

// Get returns one VLAN of a node.
//
// GET /api/v1/configuration/system/network/vlans/{node}/vlan/{vlan}
func (s *VLANsService) Get(ctx context.Context, node, vlan string) (*VLAN, error) {
	return read[VLAN](ctx, s.rest, rest.GET("/api/v1/configuration/system/network/vlans/{node}/vlan/{vlan}", node, vlan))
}

// Create adds a VLAN to a node.
//
// POST /api/v1/configuration/system/network/vlans/{node}/vlan/
func (s *VLANsService) Create(ctx context.Context, node string, body VLANCreate) (*Result, error) {
	op := rest.POST("/api/v1/configuration/system/network/vlans/{node}/vlan/", node)
	return write(ctx, s.rest, send(op.Require("name", body.Name), body))
}

// Delete removes a VLAN from a node.
//
// DELETE /api/v1/configuration/system/network/vlans/{node}/vlan/{vlan}
func (s *VLANsService) Delete(ctx context.Context, node, vlan string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE("/api/v1/configuration/system/network/vlans/{node}/vlan/{vlan}", node, vlan))
}

// VLAN is a VLAN interface of a node. The entries of its lists were not seen yet: they are kept as they come.
type VLAN struct {
	Name         string          `json:"name"`
	Settings     VLANSettings    `json:"settings"`
	ARPCache     json.RawMessage `json:"arp-cache,omitzero"`     // {"arp-entry": []}
	Routes       json.RawMessage `json:"routes,omitzero"`        // {"route": []}
	VirtualPorts json.RawMessage `json:"virtual-ports,omitzero"` // {"virtual-port": []}

	Extra secureaccess.Extra `json:",embed"`
}

// VLANCreate is a VLAN to add.
type VLANCreate VLAN

// VLANState says whether something of a VLAN is in use.
type VLANState string

// Values of VLANState.
const (
	VLANStateEnabled  VLANState = "enabled"
	VLANStateDisabled VLANState = "disabled"
)

// VLANSettings holds the settings of a VLAN interface. Numbers are text, as on the wire.
type VLANSettings struct {
	ID                 string                                         `json:"vlan-id,omitzero"`
	Parent             secureaccess.Optional[string]                  `json:"vlan-parent,omitzero"` // "0" in the document's example
	State              secureaccess.Optional[VLANState]               `json:"is-enabled,omitzero"`
	Default            secureaccess.Optional[secureaccess.QuotedBool] `json:"default-vlan-interface,omitzero"`
	IPAddress          secureaccess.Optional[string]                  `json:"ip-address,omitzero"`
	Netmask            secureaccess.Optional[string]                  `json:"netmask,omitzero"`
	DefaultGateway     secureaccess.Optional[string]                  `json:"default-gateway,omitzero"`
	IPv6State          secureaccess.Optional[VLANState]               `json:"enable-ipv6,omitzero"`
	IPv6Address        secureaccess.Optional[string]                  `json:"ipv6-address,omitzero"`
	IPv6PrefixLength   secureaccess.Optional[string]                  `json:"ipv6-prefix-length,omitzero"`
	IPv6DefaultGateway secureaccess.Optional[string]                  `json:"ipv6-default-gateway,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
