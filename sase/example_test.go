package sase_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// newFakeClient stands for sase.New with a region and a key, so that the examples run anywhere.
func newFakeClient() (*sase.Client, *sasetest.Server) {
	server := sasetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	return client, server
}

func ExampleNew() {
	client, err := sase.New(sase.RegionEU, sase.APIKey(os.Getenv("SASE_API_KEY")),
		sase.WithRateLimit(500, 5*time.Minute))
	if err != nil {
		fmt.Println(err) // no key in the environment of this example
		return
	}
	defer client.Close(context.Background())
	// Output:
	// secureaccess: API key is empty
}

func ExampleUsersService_All() {
	client, server := newFakeClient()
	defer server.Close()
	server.AddUser(sase.User{Email: "grace@example.com", LastName: "Hopper"})
	server.AddUser(sase.User{Email: "ada@example.com", LastName: "Lovelace"})

	opts := &sase.UserListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{sase.Desc("lastName"), sase.Asc("email")}}, Q: "example.com", QType: sase.SearchTypePartial}
	for user, err := range client.Users.All(context.Background(), opts) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Email)
	}
	// Output:
	// ada@example.com
	// grace@example.com
}

func ExampleUsersService_Create() {
	client, server := newFakeClient()
	defer server.Close()
	server.AddUser(sase.User{Email: "ada@example.com"})

	_, err := client.Users.Create(context.Background(), sase.UserCreate{
		Email:         "ada@example.com",
		InviteMessage: "Welcome aboard",
		IDPType:       sase.IDPTypeOkta,
		ProfileData:   sase.Profile{FirstName: "Ada", LastName: "Lovelace"},
	})
	switch {
	case errors.Is(err, secureaccess.ErrConflict):
		fmt.Println("is there already")
	case errors.Is(err, secureaccess.ErrPaymentRequired):
		fmt.Println("buy licenses first")
	case err != nil:
		log.Fatal(err)
	}
	// Output:
	// is there already
}

func ExampleNetworksService_Reports() {
	client, server := newFakeClient()
	defer server.Close()
	server.AddNetwork(sase.Network{Name: "office", Regions: []sase.NetworkRegion{
		{Name: "Frankfurt", Instances: []sase.NetworkInstance{{ID: "gw-1"}, {ID: "gw-2"}}},
	}})
	server.FailGateway("gw-2")

	for report, err := range client.Networks.Reports(context.Background()) {
		if err != nil {
			log.Print(report.Network.Name, ": ", err)
			continue
		}
		for _, gateway := range report.Down() {
			fmt.Printf("%s: gateway %s in %s is down\n", report.Network.Name, gateway.InstanceID, gateway.Region)
		}
	}
	// Output:
	// office: gateway gw-2 in Frankfurt is down
}
