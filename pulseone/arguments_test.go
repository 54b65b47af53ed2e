package pulseone_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// What is refused before anything is sent has the document's name, or that of the parameter in its spelling.
func TestArguments(t *testing.T) {
	tap := &wiretap{}
	_, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	secret, none := secureaccess.NewSecret("s"), secureaccess.Secret{}
	once := secureaccess.At(time.Date(2026, 9, 4, 0, 0, 0, 0, time.UTC))
	task := func(kind pulseone.TaskType, firmware string) pulseone.ScheduledTask {
		return pulseone.ScheduledTask{Type: kind, Params: pulseone.ScheduledTaskParams{FirmwareID: firmware}}
	}
	schedule := func(once secureaccess.Time, task pulseone.ScheduledTask) func() error {
		return func() error {
			_, err := client.Schedules.Create(ctx, pulseone.ScheduleCreate{ApplianceID: "a", Once: once, Task: task})
			if changed := client.Schedules.Update(ctx, "s", pulseone.ScheduleUpdate{ApplianceID: "a", Once: once, Task: task}); !isArgument(changed) {
				t.Errorf("Update: %v", changed)
			}
			return err
		}
	}
	upload := func(body pulseone.FirmwareCreate) func() error {
		return func() error {
			_, err := client.Firmwares.Upload(ctx, body, secureaccess.Upload{Reader: strings.NewReader("image")})
			return err
		}
	}
	for _, test := range []struct {
		argument string
		call     func() error
	}{
		{"once", schedule(secureaccess.Time{}, task(pulseone.TaskTypeFirmwareStage, "f"))},
		{"task.type", schedule(once, task("", "f"))},
		{"task.params.firmware_id", schedule(once, task(pulseone.TaskTypeFirmwareStage, ""))},
		{"version", upload(pulseone.FirmwareCreate{Type: pulseone.FirmwareTypeVPN})},
		{"type", upload(pulseone.FirmwareCreate{Version: "9.0R1"})},
		{"name", func() error { _, err := client.Policies.Update(ctx, 13, pulseone.PolicyUpdate{}); return err }},
		{"name", func() error { _, err := client.Policies.Create(ctx, pulseone.PolicyCreate{}); return err }},
		{"package_name", func() error { _, err := client.AFWApps.Create(ctx, pulseone.MobileAppCreate{}); return err }},
		{"package_name", func() error { _, err := client.IOSApps.Create(ctx, pulseone.MobileAppCreate{}); return err }},
		{"commit", func() error { return client.Configs.ReportHead(ctx, "a", "") }},
		{"prescribed_commit", func() error { return client.Configs.Promote(ctx, "a", "r", "") }},
		{"appliance_ids", func() error { return client.Groups.AddMembers(ctx, "g") }},
		{"appliance_ids", func() error { return client.Groups.PublishTo(ctx, "g") }},
		{"appliance_ids[1]", func() error { return client.Groups.PublishTo(ctx, "g", "a", "") }},
		{"email_domain", func() error { _, err := client.Domains.Lookup(ctx, ""); return err }},
		{"user_agent", func() error { _, err := client.Registration.Start(ctx, ""); return err }},
		{"sign_in_url", func() error { return client.DEP.UpdateSignInURL(ctx, "") }},
		{"approval_url", func() error { return client.AFWProducts.Approve(ctx, "p", "", nil) }},
		{"token_id", func() error { _, err := client.AFWDomains.SignupCallback(ctx, secret, none); return err }},
		{"developerAccount", func() error {
			_, err := client.AFWDomains.CustomAppDelegationCallback(ctx, pulseone.AppDelegation{})
			return err
		}},
	} {
		err := test.call()
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != test.argument {
			t.Errorf("%s: %v", test.argument, err)
		}
	}
	if len(tap.requests) > 0 {
		t.Errorf("%d requests", len(tap.requests))
	}
}
