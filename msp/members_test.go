package msp

import (
	"encoding/json"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestTenant_extra(t *testing.T) {
	const text = `{"sub_domain":"acme","user":{"username":"u","email":"e"},"name":"A & B","created":"2022-01-02 03:04:05",` +
		`"subscriptions":[{"id":"1","total_users":5,"expires":"2027-01-01"}],"login_url":"l","status":"suspended",` +
		`"id":"627d","tags":["<x>",1.50]}`
	var tenant Tenant
	if err := secureaccess.Unmarshal([]byte(text), &tenant); err != nil {
		t.Fatal(err)
	}
	if tenant.ID() != "627d" || len(tenant.Extra) != 2 || tenant.Status != "suspended" || tenant.Subscriptions[0].TotalUsers != 5 {
		t.Errorf("%+v", tenant)
	}
	got, err := secureaccess.Marshal(tenant)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != text {
		t.Errorf("it became %s", got)
	}

	// What goes back in an update keeps the rest of a subscription.
	update, err := secureaccess.Marshal(TenantUpdate{Subscriptions: tenant.Subscriptions})
	if err != nil || string(update) != `{"subscriptions":[{"id":"1","total_users":5,"expires":"2027-01-01"}]}` {
		t.Errorf("%s, %v", update, err)
	}
	if (&Tenant{}).ID() != "" || (&Tenant{Extra: secureaccess.Extra{"id": json.RawMessage("7"), "tenant_id": json.RawMessage(`"t"`)}}).ID() != "t" {
		t.Error("the id is not looked for as described")
	}
}

func FuzzTenant(f *testing.F) {
	f.Add(`{"sub_domain":"a","x":{"y":[1,2]},"subscriptions":[{"total_users":1,"":null}]}`)
	f.Add(`{"-":1,"NAME":"n","created":5}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		var first, second Tenant
		if secureaccess.Unmarshal([]byte(text), &first) != nil {
			t.Skip()
		}
		written, err := secureaccess.Marshal(first)
		if err != nil {
			t.Skip() // a member that could not be read is set twice
		}
		if err := secureaccess.Unmarshal(written, &second); err != nil {
			t.Fatalf("%s cannot be read again: %v", written, err)
		}
		again, err := secureaccess.Marshal(second)
		if err != nil || string(again) != string(written) {
			t.Errorf("%s became %s, %v", written, again, err)
		}
	})
}
