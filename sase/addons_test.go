package sase_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// TestAddons_BuyMembers_neverRepeated: not even where a POST otherwise is, because the server says it did nothing.
func TestAddons_BuyMembers_neverRepeated(t *testing.T) {
	for name, fault := range map[string]sasetest.Fault{
		"429 with Retry-After": {Status: 429, Header: http.Header{"Retry-After": {"1"}}},
		"503 with Retry-After": {Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		"500":                  {Status: 500},
		"broken connection":    {Reset: true},
		"truncated response":   {Truncate: 20},
	} {
		for kind, buy := range map[string]func(*sase.Client, context.Context, int) (*sase.Subscription, error){
			"members": func(c *sase.Client, ctx context.Context, n int) (*sase.Subscription, error) {
				return c.Addons.BuyMembers(ctx, n)
			},
			"gateways": func(c *sase.Client, ctx context.Context, n int) (*sase.Subscription, error) {
				return c.Addons.BuyGateways(ctx, n)
			},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				server := sasetest.NewServer(t)
				client, seen := tapped(t, server)
				// A connection that has served before is the one that net/http itself might repeat a request on.
				if _, err := client.Addons.List(t.Context()); err != nil {
					t.Fatal(err)
				}
				fault.Path, fault.Times = "/api/rest/v1/addons/", -1
				server.Fail(fault)
				_, err := buy(client, t.Context(), 3)
				e, ok := errors.AsType[*secureaccess.Error](err)
				if !ok || e.Attempts != 1 {
					t.Errorf("%v, want an error after one attempt", err)
				}
				if got := seen.calls(); len(got) != 2 {
					t.Errorf("sent %q", got)
				}
			})
		}
	}
}

// A dead token is no purchase: it is renewed, and the request sent once more.
func TestAddons_BuyGateways_deadToken(t *testing.T) {
	server := sasetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.KillTokens()
	subscription, err := client.Addons.BuyGateways(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, addon := range subscription.Addons {
		want := map[string][2]int{"gateway": {3, 103}, "member": {0, 1000}}[addon.AdditionalType]
		if addon.Amount != want[0] || addon.Quantity != want[1] {
			t.Errorf("bought %d of %d %ss, want %v", addon.Amount, addon.Quantity, addon.AdditionalType, want)
		}
	}
	if subscription.Status != sase.SubscriptionStatusActive || subscription.CurrencyCode != "USD" {
		t.Errorf("subscription is %+v", subscription)
	}
}

func TestUsers_Create_licensesRunOut(t *testing.T) {
	server := sasetest.NewServer(t)
	server.SetMemberLicenses(1)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	create := func(email string) error {
		_, err := client.Users.Create(ctx, sase.UserCreate{Email: email, InviteMessage: "Welcome"})
		return err
	}
	if err := create("ada@example.com"); err != nil {
		t.Fatal(err)
	}
	if err := create("bob@example.com"); !errors.Is(err, secureaccess.ErrPaymentRequired) {
		t.Fatalf("without a license: %v", err)
	}
	if _, err := client.Addons.BuyMembers(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if err := create("bob@example.com"); err != nil {
		t.Errorf("with a license: %v", err)
	}
	addons, err := client.Addons.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := sase.AddonStatistics{AdditionalType: "member", Total: 3, Used: 2, Remaining: 1}
	if len(addons) != 2 || addons[0] != want {
		t.Errorf("licenses are %+v, want first %+v", addons, want)
	}
}
