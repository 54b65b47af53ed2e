package spstest_test

import (
	"context"
	"fmt"
	"log"

	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// In a test, NewServer(t) does what New, Start and Close do here.
func Example() {
	server := spstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	err = client.Transact(context.Background(), "move to New York", func(ctx context.Context, tx *sps.Tx) error {
		zone, err := sps.Get[string](ctx, tx, "datetime", "timezone")
		if err != nil {
			return err
		}
		_, err = sps.Update(ctx, tx, zone, func(z *string) error { *z = "America/New_York"; return nil })
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %s\n", server.Object("datetime", "timezone"), server.Commits()[0].Message)
	// Output: "America/New_York", move to New York
}

func ExampleServer_AddReference() {
	server := spstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	// A kind of object that this package does not know, and who refers to it.
	server.AddObject("policies/audit_policies", "7", map[string]any{"name": "encrypted"})
	server.AddReference("audit_policy", "policies/audit_policies")
	server.AddObject("rdp/connections", "1", map[string]any{"name": "office", "audit_policy": "7"})

	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	connection, err := sps.Get[struct {
		Policy sps.Ref `json:"audit_policy"`
	}](context.Background(), client, "rdp/connections", "1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(connection.Body.Policy.Href)
	// Output: /api/configuration/policies/audit_policies/7
}
