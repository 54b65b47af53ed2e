package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// RADIUSClientsService manages the network devices that ask Policy Secure by RADIUS. Their model is known in part: the
// rest is in Extra, and goes back as it came.
type RADIUSClientsService struct{ rest *rest.Client }

// Get returns one RADIUS client.
//
// GET /api/v1/configuration/uac/network-access/radius-clients/radius-client/{name}
func (s *RADIUSClientsService) Get(ctx context.Context, name string) (*RADIUSClient, error) {
	return read[RADIUSClient](ctx, s.rest, rest.GET("/api/v1/configuration/uac/network-access/radius-clients/radius-client/{name}", name))
}

// Replace writes a client back that was read whole and changed.
//
// PUT /api/v1/configuration/uac/network-access/radius-clients/radius-client/{name}
func (s *RADIUSClientsService) Replace(ctx context.Context, name string, body RADIUSClient) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/uac/network-access/radius-clients/radius-client/{name}", name)
	return write(ctx, s.rest, send(op, body))
}

// RADIUSClient is a network device that asks by RADIUS. Numbers are text, as on the wire.
type RADIUSClient struct {
	IPAddress         string                                         `json:"ip-address,omitzero"`
	IPAddressRange    secureaccess.Optional[string]                  `json:"ip-address-range,omitzero"`
	Enabled           secureaccess.Optional[secureaccess.QuotedBool] `json:"enable,omitzero"`
	Description       secureaccess.Optional[string]                  `json:"description,omitzero"`
	CoASupport        secureaccess.Optional[secureaccess.QuotedBool] `json:"coa-support,omitzero"` // change of authorization
	DisconnectSupport secureaccess.Optional[secureaccess.QuotedBool] `json:"disconnect-support,omitzero"`
	DynamicAuthPort   secureaccess.Optional[string]                  `json:"dynamic-auth-port,omitzero"`
	GatewayID         secureaccess.Optional[string]                  `json:"gatewayid,omitzero"`
	KEKEncrypted      secureaccess.Optional[secureaccess.Secret]     `json:"kek-encrypted,omitzero"`
	KeyWrapFormat     secureaccess.Optional[string]                  `json:"key-wrap-format,omitzero"` // "HEX"

	Extra secureaccess.Extra `json:",embed"`
}
