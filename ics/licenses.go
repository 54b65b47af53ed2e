package ics

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// LicensesService tells what a license server leases, and has license clients ask for their share.
type LicensesService struct{ rest *rest.Client }

// ServerLeases returns what a license server has leased, by feature and client. It is for license servers.
//
// GET /api/v1/license/license-server-lease-information
//
// Document: Querying Set of Leased Licenses in the License Server System.
func (s *LicensesService) ServerLeases(ctx context.Context) (*LeaseInformation, error) {
	return read[LeaseInformation](ctx, s.rest, rest.GET("/api/v1/license/license-server-lease-information"))
}

// PullLeaseState makes a license client fetch its state from its license server. It is for license clients.
//
// PUT /api/v1/license/license-client-lease-state
//
// Document: Pulling State from a License Server on a License Client.
func (s *LicensesService) PullLeaseState(ctx context.Context) (*Result, error) {
	return write(ctx, s.rest, rest.PUT("/api/v1/license/license-client-lease-state").JSON(struct{}{}))
}

// LeaseInformation is the state of a license server.
type LeaseInformation struct {
	Features     LicenseFeatures            `json:"features"`
	MachineID    string                     `json:"machine-id"`
	QuerySummary map[string]json.RawMessage `json:"query-summary,omitzero"`
	Release      LicenseRelease             `json:"release-info"`
	SerialNumber string                     `json:"serial-number,omitzero"`
	Signature    string                     `json:"signature"`  // base64, over the answer
	Timestamp    string                     `json:"time-stamp"` // "Fri Aug 24 14:43:00 2018", in the server's zone
}

// UnmarshalJSON reads the answer with its wrapper.
func (l *LeaseInformation) UnmarshalJSON(data []byte) error {
	type plain LeaseInformation
	var wire struct {
		Counts plain `json:"leased-license-counts"`
	}
	if err := decode(data, &wire); err != nil {
		return err
	}
	*l = LeaseInformation(wire.Counts)
	return nil
}

// MarshalJSON writes the answer as the appliance does.
func (l LeaseInformation) MarshalJSON() ([]byte, error) {
	type plain LeaseInformation
	return rest.Encode(map[string]plain{"leased-license-counts": plain(l)})
}

// LicenseFeatures are the features that a license server has licences for.
type LicenseFeatures []LicenseFeature

// UnmarshalJSON reads the list with its wrapper.
func (f *LicenseFeatures) UnmarshalJSON(data []byte) error {
	return unwrap(data, "feature", (*[]LicenseFeature)(f))
}

// MarshalJSON writes the list with its wrapper.
func (f LicenseFeatures) MarshalJSON() ([]byte, error) { return wrap("feature", f) }

// LicenseFeature is a feature with the clients that lease licences for it.
type LicenseFeature struct {
	Name    string           `json:"name"`
	Clients LicenseClients   `json:"clients"`
	Total   secureaccess.Int `json:"total-count"` // licences leased to all clients
}

// LicenseClients are the clients of a license server.
type LicenseClients []LicenseClient

// UnmarshalJSON reads the list with its wrapper.
func (c *LicenseClients) UnmarshalJSON(data []byte) error {
	return unwrap(data, "client-info", (*[]LicenseClient)(c))
}

// MarshalJSON writes the list with its wrapper.
func (c LicenseClients) MarshalJSON() ([]byte, error) { return wrap("client-info", c) }

// LicenseClient is an appliance that leases licences.
type LicenseClient struct {
	Name   string           `json:"name"`
	Leased secureaccess.Int `json:"leased-count"`
}

// LicenseRelease is the software release of a license server.
type LicenseRelease struct {
	Build   string `json:"build-number"`
	Version string `json:"version"`
}
