package pulseone_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// Null is a value of some facts, and not the same as a fact that was not reported.
func TestAppliances_Info(t *testing.T) {
	server, client := connect(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	none := must(client.Appliances.Info(t.Context(), id))(t)
	if none.Cluster.IsNull() || !none.Cluster.IsZero() || none.ConcurrentUserLicenses != nil {
		t.Errorf("before the first report: %+v", none)
	}
	agent := must(server.Device(id))(t)
	check(t, agent.Info.Update(t.Context(), device.InfoUpdate{
		ApplianceVersion: "8.1R3.0-19864", ConcurrentUserLicenses: new(int64(0)), LicenseServer: new(false),
		LicenseRole: secureaccess.Null[pulseone.LicenseRole](), Cluster: secureaccess.Set(pulseone.ApplianceInfoCluster{ID: "2348-323-453", NodeName: "one"}),
	}))
	got := must(client.Appliances.Info(t.Context(), id))(t)
	cluster, ok := got.Cluster.Get()
	if got.ApplianceVersion != "8.1R3.0-19864" || *got.ConcurrentUserLicenses != 0 || *got.LicenseServer || !got.LicenseRole.IsNull() || !ok || cluster.NodeName != "one" || cluster.ActiveNode != nil {
		t.Errorf("got %+v", got)
	}
	check(t, agent.Info.Update(t.Context(), device.InfoUpdate{Cluster: secureaccess.Null[pulseone.ApplianceInfoCluster]()}))
	if got = must(client.Appliances.Info(t.Context(), id))(t); !got.Cluster.IsNull() || got.ApplianceVersion == "" {
		t.Errorf("got %+v", got)
	}
}

func TestAppliances_SDPControllerLogin(t *testing.T) {
	server, client := connect(t)
	if _, err := client.Appliances.SDPControllerLogin(t.Context()); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("without a controller: %v", err)
	}
	id := server.AddAppliance(pulseone.Appliance{Name: "controller", SDPMode: pulseone.SDPModeController})
	server.SetFacts(id, device.InfoUpdate{AdminURL: "https://sdp.example.com"})
	if got := must(client.Appliances.SDPControllerLogin(t.Context()))(t); got != "https://sdp.example.com" {
		t.Errorf("got %s", got)
	}
}

func TestConfigs_Status(t *testing.T) {
	server, client := connect(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	if none := must(client.Configs.Status(t.Context(), id))(t); none.Upload != nil || none.Download != nil {
		t.Errorf("before the first report: %+v", none)
	}
	agent := must(server.Device(id))(t)
	check(t, agent.Configs.UpdateStatus(t.Context(), device.ConfigStatusUpdate{Upload: &pulseone.ConfigUpload{Status: pulseone.ConfigUploadStatusInProgress}}))
	check(t, agent.Configs.UpdateStatus(t.Context(), device.ConfigStatusUpdate{Download: &pulseone.ConfigDownload{Status: pulseone.ConfigDownloadStatusRejected}}))
	got := must(client.Configs.Status(t.Context(), id))(t)
	if got.Upload == nil || got.Upload.Status != pulseone.ConfigUploadStatusInProgress || got.Download.Status != pulseone.ConfigDownloadStatusRejected {
		t.Errorf("got %+v", got)
	}
}

func ExampleAppliancesService_Info() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	server.SetFacts(id, device.InfoUpdate{ApplianceVersion: "8.1R3.0-19864", Cluster: secureaccess.Null[pulseone.ApplianceInfoCluster]()})
	info, err := client.Appliances.Info(context.Background(), id)
	if err != nil {
		fmt.Println(err)
		return
	}
	if info.Cluster.IsNull() { // IsZero: it has not said
		fmt.Println(info.ApplianceVersion, "stands alone")
	}
	// Output: 8.1R3.0-19864 stands alone
}
