package icstest_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// A program starts the appliance with New and Start; a test has NewServer, which needs no more than its *testing.T.
func ExampleServer() {
	server := icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.AddSession(ics.Session{User: "jack", SourceIP: "192.0.2.7"})

	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	for session, err := range client.Sessions.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(session.User, session.SourceIP)
	}
	// Output: jack 192.0.2.7
}

// Sessions come and go while they are listed.
func ExampleServer_Churn() {
	server := icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.AddSessions(5000)
	server.Churn(40, 40, 1)

	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	seen := map[string]bool{}
	for session, err := range client.Sessions.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		if seen[session.ID] {
			fmt.Println(session.ID, "came twice")
		}
		seen[session.ID] = true
	}
	fmt.Println("no session came twice")
	// Output: no session came twice
}

// A realm can ask for a second factor.
func ExampleServer_AddRealm() {
	server := icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.AddRealm(icstest.Realm{Name: "Tokens", Kind: icstest.RealmKindRADIUS, Users: []icstest.User{
		{Name: "jack", Password: "juniper", Code: "123456"},
	}})

	client, err := ics.New(server.URL(), ics.Password("jack", "juniper", "Tokens"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if factor, ok := errors.AsType[*ics.SecondFactorError](client.SignIn(ctx)); ok {
		fmt.Println(factor)
		err = client.Resume(ctx, factor, secureaccess.NewSecret("123456"))
	}
	fmt.Println(err)
	// Output:
	// realm "Tokens" asks for a second factor
	// <nil>
}
