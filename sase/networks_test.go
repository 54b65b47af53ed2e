package sase_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// addNetwork adds a network with one region for each list of instances.
func addNetwork(server *sasetest.Server, name string, regions map[string][]string) sase.Network {
	network := sase.Network{ID: "id-of-" + name, Name: name}
	for _, region := range []string{"Berlin", "Lagos"} {
		instances := []sase.NetworkInstance{}
		for _, id := range regions[region] {
			instances = append(instances, sase.NetworkInstance{ID: id, Tunnels: "t"})
		}
		network.Regions = append(network.Regions, sase.NetworkRegion{Name: region, Instances: instances})
	}
	return server.AddNetwork(network)
}

func TestNetworks_Reports(t *testing.T) {
	server := sasetest.NewServer(t)
	addNetwork(server, "office", map[string][]string{"Berlin": {"b1", "b2"}, "Lagos": {"l1"}})
	addNetwork(server, "plant", map[string][]string{"Lagos": {"p1"}})
	addNetwork(server, "lab", map[string][]string{"Berlin": {"x1"}})
	server.FailGateway("b2")
	server.FailGateway("p1")
	client, seen := tapped(t, server)
	server.Fail(sasetest.Fault{Path: "/api/rest/v1/networks/id-of-lab", Status: 403})

	var lines []string
	for report, err := range client.Networks.Reports(t.Context()) {
		line := report.Network.Name + ":"
		if err != nil {
			if !errors.Is(err, secureaccess.ErrForbidden) {
				t.Error(err)
			}
			line += " unreadable,"
		}
		for _, g := range report.Gateways {
			line += fmt.Sprintf(" %s/%s %s", g.Region, g.InstanceID, g.State)
		}
		for _, g := range report.Down() {
			line += " !" + g.InstanceID
		}
		lines = append(lines, line)
	}
	want := "office: Berlin/b1 up Berlin/b2 down Lagos/l1 up !b2\n" +
		"plant: Lagos/p1 down !p1\n" +
		"lab: unreadable, Berlin/x1 unknown"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("read\n%s\nwant\n%s", got, want)
	}

	server.RestoreGateway("b2")
	for report, err := range client.Networks.Reports(t.Context()) {
		if err != nil || len(report.Down()) != 0 {
			t.Errorf("after the repair: %+v, %v", report.Down(), err)
		}
		break
	}
	if got := seen.calls(); len(got) != 4+2 {
		t.Errorf("sent %q, want no request after the loop was left", got)
	}
}

func TestNetworks_Reports_end(t *testing.T) {
	server := sasetest.NewServer(t)
	addNetwork(server, "office", nil)
	addNetwork(server, "plant", nil)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rounds := 0
	for range client.Networks.Reports(ctx) {
		rounds++
		cancel()
	}
	if rounds != 1 {
		t.Errorf("%d reports after the context's end", rounds)
	}
	server.Fail(sasetest.Fault{Path: "/api/rest/v1/networks", Status: 403})
	rounds = 0
	for _, err := range client.Networks.Reports(t.Context()) {
		if !errors.Is(err, secureaccess.ErrForbidden) {
			t.Errorf("%v, want the list's error", err)
		}
		rounds++
	}
	if rounds != 1 {
		t.Errorf("%d rounds for a list that cannot be read", rounds)
	}
}

// What a health response can hold besides one line for each gateway.
func TestNetworks_Reports_joins(t *testing.T) {
	const networks = `{"data":[{"id":"n","name":"office","regions":[
		{"name":"Berlin","instances":[{"id":"a","tunnels":"t"},{"id":"b","tunnels":null},{"id":"c","tunnels":[{"id":1}]}]},
		{"name":"empty","instances":null}]}]}`
	const health = `{"health":[
		{"type":"gateway","meta":{"networkId":"n","instanceId":"stray"},"status":false},
		{"type":"gateway","meta":{"networkId":"n","instanceId":"a"},"status":false},
		{"type":"gateway","meta":{"networkId":"n","instanceId":"a"},"status":true},
		{"type":"tunnel","meta":{"networkId":"n","instanceId":"b"},"status":false},
		{"type":"gateway","meta":null,"status":true}]}`
	client, err := sase.New(sase.RegionUS, sase.APIKey("k"), secureaccess.WithTransport(serving(func(req *http.Request) *http.Response {
		if strings.HasSuffix(req.URL.Path, "/networks") {
			return respond(req, 200, "application/json", networks)
		}
		return respond(req, 200, "application/json", health)
	})))
	if err != nil {
		t.Fatal(err)
	}
	for report, err := range client.Networks.Reports(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want := "[{a Berlin down} {b Berlin unknown} {c Berlin unknown} {stray  down} {  up}]"
		if got := fmt.Sprint(report.Gateways); got != want {
			t.Errorf("joined %s, want %s", got, want)
		}
		var tunnels []sase.Tunnels
		for _, instance := range report.Network.Regions[0].Instances {
			tunnels = append(tunnels, instance.Tunnels)
		}
		if got := fmt.Sprintf("%q", tunnels); got != `["t" "" "[{\"id\":1}]"]` {
			t.Errorf("tunnels are %s", got)
		}
	}
}

func TestNetworks_List_bareArray(t *testing.T) {
	networks, err := odd(t, 200, "application/json", ` [{"id":"n","name":"office","isDefault":true,"geoPoint":{"latitude":52.5,"longitude":13.4}}]`).Networks.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(networks) != 1 || networks[0].Name != "office" || !networks[0].IsDefault || networks[0].GeoPoint.Latitude != 52.5 {
		t.Errorf("read %+v", networks)
	}
}

func TestNetworks_Health_unknownNetwork(t *testing.T) {
	client, err := sasetest.NewServer(t).Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Networks.Health(t.Context(), "n"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("%v, want not found", err)
	}
}
