package ics_test

import (
	"errors"
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
)

func TestLicenses(t *testing.T) {
	server, client := setUp(t)
	if _, err := client.Licenses.PullLeaseState(t.Context()); err != nil || server.LeaseStatePulls() != 1 {
		t.Errorf("%d pulls, %v", server.LeaseStatePulls(), err)
	}
	if _, err := client.Licenses.ListServerLeases(t.Context()); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("the leases of a client give %v", err)
	}
	server.SetLicenseServer(true)
	server.SetLeases(ics.LeaseInformation{
		MachineID: "VASPMVKIT1NJNFPPS",
		Features: ics.LicenseFeatures{Items: []ics.LicenseFeature{{
			Name: "Concurrent Users", Total: 200,
			Clients: ics.LicenseClients{Items: []ics.LicenseClient{{Name: "client1", Leased: 200}, {Name: "client2"}}},
		}}},
	})
	leases, err := client.Licenses.ListServerLeases(t.Context())
	if err != nil || leases.MachineID != "VASPMVKIT1NJNFPPS" || len(leases.Features.Items) != 1 || leases.Features.Items[0].Total != 200 ||
		len(leases.Features.Items[0].Clients.Items) != 2 || leases.Features.Items[0].Clients.Items[0].Leased != 200 {
		t.Errorf("%+v, %v", leases, err)
	}
	if _, err := client.Licenses.PullLeaseState(t.Context()); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("a pull on a server gives %v", err)
	}
}
