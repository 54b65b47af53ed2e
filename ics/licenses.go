package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// LicensesService reports what a license server leases, and makes license clients ask for their share.
type LicensesService struct{ rest *rest.Client }

// ListServerLeases returns what a license server has leased, by feature and client. It is for license servers.
//
// GET /api/v1/license/license-server-lease-information
//
// Document: Querying Set of Leased Licenses in the License Server System.
func (s *LicensesService) ListServerLeases(ctx context.Context) (*LeaseInformation, error) {
	envelope, err := rest.Do[struct {
		Leases LeaseInformation `json:"leased-license-counts"`
	}](ctx, s.rest, rest.GET("/api/v1/license/license-server-lease-information"))
	if err != nil {
		return nil, inOtherRole(err)
	}
	return &envelope.Leases, nil
}

// PullLeaseState makes a license client fetch its state from its license server. It is for license clients.
//
// PUT /api/v1/license/license-client-lease-state
//
// Document: Pulling State from a License Server on a License Client.
func (s *LicensesService) PullLeaseState(ctx context.Context) (*Result, error) {
	result, err := write(ctx, s.rest, rest.PUT("/api/v1/license/license-client-lease-state").JSON(struct{}{}))
	return result, inOtherRole(err)
}

// LeaseInformation is the state of a license server.
type LeaseInformation struct {
	Features     LicenseFeatures            `json:"features"`
	MachineID    string                     `json:"machine-id"`
	QuerySummary map[string]json.RawMessage `json:"query-summary,omitzero"`
	Release      LicenseRelease             `json:"release-info"`
	SerialNumber string                     `json:"serial-number,omitzero"`
	Signature    string                     `json:"signature"`  // base64, over the response
	Timestamp    string                     `json:"time-stamp"` // "Fri Aug 24 14:43:00 2018", in the server's zone
}

// LicenseFeatures lists the features that a license server has licenses for.
type LicenseFeatures struct {
	Items []LicenseFeature `json:"feature"`
}

// LicenseFeature is a feature with the clients that lease licenses for it.
type LicenseFeature struct {
	Name    string         `json:"name"`
	Clients LicenseClients `json:"clients"`
	Total   int64          `json:"total-count"` // licenses leased to all clients
}

// LicenseClients lists the clients of a license server.
type LicenseClients struct {
	Items []LicenseClient `json:"client-info"`
}

// LicenseClient is an appliance that leases licenses.
type LicenseClient struct {
	Name   string `json:"name"`
	Leased int64  `json:"leased-count"`
}

// LicenseRelease is the software release of a license server.
type LicenseRelease struct {
	Build   string `json:"build-number"`
	Version string `json:"version"`
}
