package ics_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func TestCluster(t *testing.T) {
	server, client := setUp(t)
	password := secureaccess.NewSecret("dana123")
	if _, err := client.Cluster.Info(t.Context()); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("outside a cluster: %v", err)
	}
	if result, err := client.Cluster.Create(t.Context(), ics.ClusterCreate{Name: "cluster1", Password: password, MemberName: "nodeA"}); err != nil || result.Info[0].Text != "Created cluster 'cluster1' successfully" {
		t.Fatalf("%v, %v", result, err)
	}
	if _, err := client.Cluster.AddMember(t.Context(), ics.ClusterMemberCreate{Name: "node225", IP: "192.0.2.25", Netmask: "255.255.255.0", Gateway: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	status, err := client.Cluster.Info(t.Context())
	if err != nil || status.Name != "cluster1" || status.Mode != ics.ClusterModeActiveActive || len(status.Members) != 2 || status.Members[1].InternalIP != "192.0.2.25" || !status.Members[1].Enabled {
		t.Fatalf("%+v, %v", status, err)
	}
	if _, err := client.Cluster.FailOverVIP(t.Context()); !errors.Is(err, ics.CodeNotActivePassiveCluster) {
		t.Errorf("a failover of an active/active cluster gives %v", err)
	}
	if _, err := client.Cluster.RemoveMember(t.Context(), "node225"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Cluster.RemoveMember(t.Context(), "node225"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a member that is gone gives %v", err)
	}

	server.SetCluster(&ics.ClusterInfo{
		Name: "TEST", Mode: ics.ClusterModeActivePassive, InternalVIP: "192.0.2.100", InternalVIPOwner: "a",
		Members: []ics.ClusterMember{{Name: "a", Notes: "Leader"}, {Name: "b"}},
	})
	if result, err := client.Cluster.FailOverVIP(t.Context()); err != nil || result.Info[0].Text != "VIP fail-over initiated" {
		t.Errorf("%v, %v", result, err)
	}
	if got := server.Cluster().InternalVIPOwner; got != "b" {
		t.Errorf("%q has the address", got)
	}

	server.SetCluster(nil)
	server.AddJoinableCluster(ics.ClusterInfo{Name: "far", Mode: ics.ClusterModeActiveActive, Members: []ics.ClusterMember{{Name: "x"}}}, "secret")
	join := ics.ClusterJoin{Name: "far", Password: password, MemberAddress: "192.0.2.7"}
	if _, err := client.Cluster.Join(t.Context(), join); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("a wrong password gives %v", err)
	}
	join.Password = secureaccess.NewSecret("secret")
	if _, err := client.Cluster.Join(t.Context(), join); err != nil || len(server.Cluster().Members) != 2 {
		t.Errorf("%v, %v", server.Cluster(), err)
	}
	if _, err := client.Cluster.Join(t.Context(), join); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("joining a second cluster gives %v", err)
	}
}

// TestCluster_FailOverVIP_responses has the appliance say different things with 200: what is not a beginning is an error.
func TestCluster_FailOverVIP_responses(t *testing.T) {
	for body, want := range map[string]error{
		`{"result": {"info": [{"message": "VIP fail-over initiated"}]}}`:                                            nil,
		`{"result": {"info": [{"message": "Failover successfully started."}]}}`:                                     nil,
		`{"result": {"info": [{"message": "VIP fail-over initiated"}], "warnings": [{"message": "peer is slow"}]}}`: nil,
		`{}`:                         secureaccess.ErrBadResponse,
		``:                           secureaccess.ErrBadResponse,
		`null`:                       secureaccess.ErrBadResponse,
		`{"result": {}}`:             secureaccess.ErrBadResponse,
		`{"result": ""}`:             secureaccess.ErrBadResponse,
		`{"result": {"info": []}}`:   secureaccess.ErrBadResponse,
		`{"result": {"info": [{}]}}`: secureaccess.ErrBadResponse,
		`{"result": {"warnings": [{"message": "peer is slow"}]}}`:                                               secureaccess.ErrBadResponse,
		`{"result": {"info": [{"message": "Node not part of an Active-Passive cluster. Invalid operation."}]}}`: ics.ErrRefused,
		`{"result": {"info": [{"message": "VIP fail-over could not be carried out"}]}}`:                         ics.ErrRefused,
		`{"result": {"info": [{"message": "Unsuccessful"}]}}`:                                                   ics.ErrRefused,
		`{"result": {"info": [{"message": "VIP fail-over initiated"}], "errors": [{"message": "no peer"}]}}`:    ics.ErrRefused,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		if _, err := client.Cluster.FailOverVIP(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if result, err := client.Cluster.FailOverVIP(t.Context()); err != nil || result == nil {
		t.Errorf("204: %v, %v", result, err)
	}
}

// What does not bear repetition is sent once, however the attempt ends.
func TestCluster_notRepeated(t *testing.T) {
	var requests atomic.Int32
	retry := secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3})
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		requests.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}, retry)
	secret := secureaccess.NewSecret("dana123")
	for name, call := range map[string]func() error{
		"failover": func() error { return second(client.Cluster.FailOverVIP(t.Context())) },
		"create": func() error {
			return second(client.Cluster.Create(t.Context(), ics.ClusterCreate{Name: "a", Password: secret, MemberName: "b"}))
		},
		"join": func() error {
			return second(client.Cluster.Join(t.Context(), ics.ClusterJoin{Name: "a", Password: secret, MemberAddress: "b"}))
		},
		"full import": func() error {
			return second(client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader("PK")}, &ics.ImportOptions{Mode: ics.ImportModeFull}))
		},
	} {
		requests.Store(0)
		if err := call(); !errors.Is(err, secureaccess.ErrServer) || requests.Load() != 1 {
			t.Errorf("%s: %d requests, %v", name, requests.Load(), err)
		}
	}
	requests.Store(0)
	if _, err := client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader("PK")}, nil); err == nil || requests.Load() != 4 {
		t.Errorf("a normal import: %d requests, %v", requests.Load(), err)
	}
}

func TestClusterArguments(t *testing.T) {
	client := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	for _, err := range []error{
		second(client.Cluster.Create(t.Context(), ics.ClusterCreate{})),
		second(client.Cluster.Create(t.Context(), ics.ClusterCreate{Name: "a", MemberName: "b"})),
		second(client.Cluster.Join(t.Context(), ics.ClusterJoin{Name: "a", Password: secureaccess.NewSecret("x")})),
		second(client.Cluster.AddMember(t.Context(), ics.ClusterMemberCreate{})),
		second(client.Cluster.RemoveMember(t.Context(), "")),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%v", err)
		}
	}
}

// The external netmask has two names in the document.
func TestClusterMember_names(t *testing.T) {
	for _, name := range []string{"external-netmask", "external-network"} {
		text := `{"enabled":"true","` + name + `":"255.255.255.0","name":"a"}`
		var member ics.ClusterMember
		if err := secureaccess.Unmarshal([]byte(text), &member); err != nil || member.ExternalNetmask != "255.255.255.0" || !member.Enabled {
			t.Fatalf("%+v, %v", member, err)
		}
	}
}
