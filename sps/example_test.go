package sps_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// appliance is one to try things on.
func appliance() (*spstest.Server, *sps.Client) {
	server := spstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}

func ExampleUpdate() {
	server, client := appliance()
	defer server.Close()
	server.AddObject("rdp/channel_policies", "655555", json.RawMessage(`{"name":"desktops","rules":[{
		"actions":{"audit":false,"content_policy":null,"four_eyes":false,"ids":false},
		"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},
		"channel":"#drawing","a_member_of_the_next_release":42}]}`))

	err := client.Transact(context.Background(), "record every desktop", func(ctx context.Context, tx *sps.Tx) error {
		policy, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, "655555")
		if err != nil {
			return err
		}
		_, err = sps.Update(ctx, tx, policy, func(p *sps.ChannelPolicy) error {
			p.Rules[0].Actions.Audit = true
			return nil
		})
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(server.Object("rdp/channel_policies", "655555")))
	// Output: {"name":"desktops","rules":[{"actions":{"audit":true,"content_policy":null,"four_eyes":false,"ids":false},"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},"channel":"#drawing","a_member_of_the_next_release":42}]}
}

func ExampleClient_Transact() {
	server, client := appliance()
	defer server.Close()

	err := client.Transact(context.Background(), "a user for the gateway", func(ctx context.Context, tx *sps.Tx) error {
		password, err := sps.CreatePassword(ctx, tx, secureaccess.NewSecret("from a vault"))
		if err != nil {
			return err
		}
		_, err = sps.Create(ctx, tx, sps.LocalUserDatabases, sps.LocalUserDatabase{
			Name:  "gateway",
			Users: []*sps.LocalUser{{Username: "anna", Passwords: []sps.Ref{password.Ref()}}},
		})
		return err
	})
	fmt.Println(err, len(server.Keys("policies/user_databases")))
	// Output: <nil> 1
}

func ExampleAuditSessionsService_TakeSnapshot() {
	server, client := appliance()
	defer server.Close()
	server.SetAuditSessions(25_000, nil) // more than a list shows

	ctx := context.Background()
	snapshot, err := client.AuditSessions.TakeSnapshot(ctx)
	if err != nil {
		log.Fatal(err)
	}
	count := 0
	for _, err := range snapshot.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		count++
	}
	fmt.Println(count)
	// Output: 25000
}
