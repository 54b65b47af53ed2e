package pulseone_test

import (
	"context"
	"fmt"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// memory starts a Pulse One in memory, with a client of it.
func memory() (*pulseonetest.Server, *pulseone.Client) {
	server := pulseonetest.NewStill()
	if err := server.Start("127.0.0.1:0"); err != nil {
		panic(err)
	}
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	return server, client
}

func ExampleNew() {
	auth := pulseone.PasswordFrom("admin", secureaccess.EnvSecret("PULSEONE_PASSWORD"))
	client, err := pulseone.New("https://customer.pulseone.net", auth)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close(context.Background())
	// Nothing is sent before the first call.
}

func ExampleClient_Session() {
	server, client := memory()
	defer server.Close()
	session, err := client.Session(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.User.Username, session.User.Permissions.Allows("UPDATE", "admin.appliances.configdist"))
	// Output: admin true
}

func ExampleAppliancesService_All() {
	server, client := memory()
	defer server.Close()
	for i := range 250 {
		server.AddAppliance(pulseone.Appliance{Name: fmt.Sprint("branch ", i)})
	}
	n := 0
	for appliance, err := range client.Appliances.All(context.Background(), &pulseone.ApplianceListOptions{Search: "branch"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if appliance.State == pulseone.ApplianceStateRegistered {
			n++
		}
	}
	fmt.Println(n)
	// Output: 250
}

func ExampleGroupsService_WaitInSync() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	master := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	group := server.AddGroup("branch offices", master, server.AddAppliance(pulseone.Appliance{Name: "branch"}))
	if err := client.Groups.Publish(ctx, group); err != nil {
		fmt.Println(err)
		return
	}
	done, err := client.Groups.WaitInSync(ctx, group, nil)
	if err != nil {
		fmt.Println(err) // a SyncError names the members
		return
	}
	fmt.Println(done.ConfigState)
	// Output: in_sync
}

func ExampleConfigsService_Diff() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	server.ChangeConfig(id)
	commits, err := client.Configs.ListCommits(ctx, id)
	if err != nil {
		fmt.Println(err)
		return
	}
	changes, err := client.Configs.Diff(ctx, commits[1].ID, commits[0].ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range changes {
		fmt.Println(change.Type, len(change.Blocks))
	}
	// Output:
	// user-roles.user-role 1
	// system.configuration.security 1
	// system.resource.xyz 1
}

func ExampleClustersService_List() {
	server, client := memory()
	defer server.Close()
	server.AddCluster(pulseone.Cluster{Name: "pair", Type: pulseone.ClusterTypeActivePassive})
	clusters, err := client.Clusters.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(clusters[0].Name, clusters[0].Type)
	// Output: pair active-passive
}
