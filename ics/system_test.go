package ics_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func TestSystem(t *testing.T) {
	_, client := setUp(t)
	information, err := client.System.Info(t.Context())
	if err != nil || information.System.HardwareModel != "ISA-4000" || information.Inventory.Software.Build != "6087" || information.Rollback.OSVersion != "22.6R2" {
		t.Errorf("%+v, %v", information, err)
	}

	// Health needs no credentials, and so no key is asked for.
	server, client := setUp(t)
	server.AddSessions(3)
	server.SetRADIUSAvailable(false)
	if health, err := client.System.Health(t.Context()); err != nil || health.Message != "Security Gateway is accessible." {
		t.Errorf("%v, %v", health, err)
	}
	if load, err := client.System.HealthFigures(t.Context()); err != nil || load.CPU != 8 || load.Disk != -1 || load.Users != 3 || load.LicensedUsersInFull {
		t.Errorf("%v, %v", load, err)
	}
	if radius, err := client.System.RADIUSHealth(t.Context()); err != nil || radius.Available {
		t.Errorf("%v, %v", radius, err)
	}
	if got := server.KeysIssued(); got != 0 {
		t.Errorf("%d keys were issued", got)
	}
}

func TestHealthFigures_forms(t *testing.T) {
	for text, want := range map[string]ics.HealthFigures{
		`{"CPU-UTILIZATION4":"8","MAX-LICENSED-USERS-REACHED":"YES"}`: {CPU: 8, LicensedUsersInFull: true},
		`{"CPU-UTILIZATION":9,"MAX-LICENSED-USERS-REACHED":"NO"}`:     {CPU: 9},
		`{"CPU-UTILIZATION4":7,"FAN-SPEED":1200}`:                     {CPU: 7, Extra: secureaccess.Extra{"FAN-SPEED": json.RawMessage("1200")}},
	} {
		var load ics.HealthFigures
		if err := secureaccess.Unmarshal([]byte(text), &load); err != nil {
			t.Fatal(err)
		}
		if load.CPU != want.CPU || load.LicensedUsersInFull != want.LicensedUsersInFull || len(load.Extra) != len(want.Extra) {
			t.Errorf("%s: %+v", text, load)
		}
		var before, after map[string]any
		if json.Unmarshal([]byte(text), &before) != nil || json.Unmarshal([]byte(mustJSON(t, load)), &after) != nil {
			t.Fatal("no JSON")
		}
		delete(before, "CPU-UTILIZATION") // an alias, written as documented
		for name := range before {
			if _, ok := after[name]; !ok {
				t.Errorf("%s: %s is lost in %v", text, name, after)
			}
		}
	}
}

func TestRADIUSHealth_forms(t *testing.T) {
	for body, want := range map[string]bool{`{"SBR-AVAILABLE": 1}`: true, `{"SBR-AVAILABLE": "0"}`: false} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		if radius, err := client.System.RADIUSHealth(t.Context()); err != nil || radius.Available != want {
			t.Errorf("%s: %v, %v", body, radius, err)
		}
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, `{}`) })
	if _, err := client.System.RADIUSHealth(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a response without the figure gives %v", err)
	}
}
