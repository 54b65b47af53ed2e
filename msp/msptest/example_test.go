package msptest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// A program starts the portal with New and Start; a test has NewServer, which needs no more than its *testing.T.
func ExampleServer() {
	server := msptest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme"})

	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	for tenant, err := range client.Tenants.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tenant.Name, tenant.Status)
	}
	// Output: Acme active
}

// A session that ends between two calls goes unnoticed: the client signs in again.
func ExampleServer_EndSessions() {
	server := msptest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	for range 2 {
		schedule, err := client.Schedule.Replace(ctx, msp.Weekly(time.Sunday))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(schedule.Frequency, schedule.StartDay)
		server.EndSessions()
	}
	fmt.Println("signed in", server.SignIns(), "times")
	// Output:
	// weekly 6
	// weekly 6
	// signed in 2 times
}
