package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestInMemory(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"log in", "renew credentials", "create group", "set master", "publish", "-> in_sync"} {
		if !strings.Contains(out.String(), step) {
			t.Errorf("no %q in\n%s", step, out.String())
		}
	}
}

// With an address in the environment it works there, here on a server that goes with the machine's clock.
func TestElsewhere(t *testing.T) {
	server := pulseonetest.New()
	server.Stage = 1 // a nanosecond: members are done when they are looked at
	if err := server.Start("127.0.0.1:0", nil); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	master := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	member := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	environment := map[string]string{
		"PULSEONE_URL": server.URL, "PULSEONE_USER": pulseonetest.Username, "PULSEONE_PASSWORD": pulseonetest.Password,
		"PULSEONE_MASTER": master, "PULSEONE_MEMBERS": member,
	}
	var out bytes.Buffer
	if err := run(t.Context(), &out, func(name string) string { return environment[name] }); err != nil {
		t.Fatal(err)
	}
	group := server.Groups()[0]
	if group.ConfigState != pulseone.GroupInSync || group.MasterApplianceID != master {
		t.Errorf("left %+v", group)
	}

	server.SetOutcome(member, pulseonetest.Conflicts)
	if err := run(t.Context(), &out, func(name string) string { return environment[name] }); err == nil || !strings.Contains(err.Error(), member) {
		t.Errorf("a conflict gave %v", err)
	}
	delete(environment, "PULSEONE_MEMBERS")
	if err := run(t.Context(), &out, func(name string) string { return environment[name] }); err == nil || !strings.Contains(err.Error(), "PULSEONE_MEMBERS") {
		t.Errorf("without members: %v", err)
	}
}
