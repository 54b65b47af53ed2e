package sps_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestFirmware(t *testing.T) {
	server, client := start(t)
	slots, err := client.Firmware.ListSlots(t.Context())
	if err != nil || len(slots.Items) != 4 || !slots.Items[0].Body.Current || slots.Items[1].Body.Version != "" {
		t.Fatalf("%+v, %v", slots, err)
	}
	uploaded, err := client.Firmware.Upload(t.Context(), secureaccess.Upload{Reader: strings.NewReader("an image"), Name: "sps.iso"})
	if err != nil || uploaded.Key != "2" || uploaded.Body.UpgradeNotes != "8 bytes" {
		t.Fatalf("%+v, %v", uploaded, err)
	}
	if test, err := client.Firmware.Test(t.Context(), uploaded.Key); err != nil || !strings.Contains(test.Body.TestSummary, "HA check finished") {
		t.Errorf("%+v, %v", test, err)
	}
	if _, err := client.Firmware.Test(t.Context(), "4"); !errors.Is(err, sps.CodeResourceNotFound) {
		t.Errorf("an empty slot: %v", err)
	}
	server.RequireCommitMessage(true)
	if _, err := client.Firmware.Upgrade(t.Context(), uploaded.Key, ""); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("without a message: %v", err)
	}
	if _, err := client.Firmware.Upgrade(t.Context(), uploaded.Key, "a fix"); err != nil {
		t.Error(err)
	}
	if slot, err := client.Firmware.GetSlot(t.Context(), "2"); err != nil || !slot.Body.Current {
		t.Errorf("%+v, %v", slot, err)
	}
	if err := client.Firmware.DeleteSlot(t.Context(), "2"); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("the current slot: %v", err)
	}
	if err := client.Firmware.DeleteSlot(t.Context(), "1"); err != nil {
		t.Error(err)
	}
}

func TestFirmware_WaitFetch(t *testing.T) {
	server, client := start(t)
	begun, err := client.Firmware.Fetch(t.Context(), "https://example.com/sps.iso", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	fetch, err := client.Firmware.WaitFetch(t.Context(), begun.Key, &secureaccess.WaitOptions{Progress: func(state string) { states = append(states, state) }})
	if err != nil || fetch.Body.Status != sps.FirmwareFetchStatusFinished || len(states) < 2 || states[0] != "in-progress" {
		t.Errorf("%+v, %q, %v", fetch, states, err)
	}
	if err := client.Firmware.DeleteFetch(t.Context(), begun.Key); err != nil {
		t.Error(err)
	}
	if list, err := client.Firmware.ListFetches(t.Context()); err != nil || len(list.Items) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if begun, err = client.Firmware.Fetch(t.Context(), "https://example.com/sps.iso", ""); err != nil {
		t.Fatal(err)
	}
	if err := client.Firmware.DeleteFetch(t.Context(), begun.Key); err != nil {
		t.Error(err)
	}
	if _, err := client.Firmware.WaitFetch(t.Context(), begun.Key, nil); !errors.Is(err, sps.ErrFirmwareFetchFailed) {
		t.Errorf("a canceled download: %v", err)
	}
	if _, err := client.Firmware.Fetch(t.Context(), "", ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no address: %v", err)
	}
	// The end of the context says what was waited for.
	if begun, err = client.Firmware.Fetch(t.Context(), "https://example.com/sps.iso", ""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = client.Firmware.WaitFetch(ctx, begun.Key, &secureaccess.WaitOptions{Progress: func(string) { cancel() }})
	if wait, ok := errors.AsType[*secureaccess.WaitError](err); !ok || wait.Object != "firmware download "+begun.Key || wait.State != "in-progress" {
		t.Errorf("got %v", err)
	}
	_ = server
}

func TestUploadPlugin(t *testing.T) {
	server, client := start(t)
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		plugin, err := sps.UploadPlugin(ctx, tx, secureaccess.Upload{Reader: strings.NewReader("a ZIP file")})
		if err != nil {
			return err
		}
		if plugin.Body.Name != "plugin" {
			t.Errorf("%+v", plugin)
		}
		list, err := sps.List(ctx, tx, sps.PluginsAA)
		if err == nil && (len(list.Items) != 1 || list.Items[0].Key != plugin.Key) {
			t.Errorf("%+v", list)
		}
		_, err = sps.Delete(ctx, tx, sps.PluginsAA, plugin.Key)
		return err
	})
	if err != nil || len(server.Keys("plugins/aa")) != 0 {
		t.Error(err)
	}
}

func TestAuditSessions_Terminate(t *testing.T) {
	server, client := start(t)
	server.SetAuditSessions(3, func(n int) sps.AuditSession {
		return sps.AuditSession{Active: n == 1, Recording: sps.Recording{SessionID: "svc/x/y:29"}}
	})
	if err := client.AuditSessions.Terminate(t.Context(), "svc/x/y:29"); err != nil {
		t.Error(err)
	}
	if session, err := client.AuditSessions.Get(t.Context(), spstest.AuditSessionID(1)); err != nil || session.Body.Active {
		t.Errorf("%+v, %v", session, err)
	}
	if err := client.AuditSessions.Terminate(t.Context(), "svc/x/y:29"); !errors.Is(err, sps.CodeSessionCouldNotBeFound) {
		t.Errorf("again: %v", err)
	}
}

// Settings are read and written whole, with the members that the model does not know.
func TestGetSetting(t *testing.T) {
	server, client := start(t)
	if err := server.AddSetting("management/email", map[string]any{
		"admin_address": "a@example.com", "sender_address": nil, "smtp_server": map[string]any{"selection": "ip", "value": "192.0.2.25", "port": 25}, "new": []int{1},
	}); err != nil {
		t.Fatal(err)
	}
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		email, err := sps.GetSetting(ctx, tx, sps.EmailSetting)
		if err != nil {
			return err
		}
		if email.Key != "email" || email.Href != "/api/configuration/management/email" || email.Body.SMTPServer.Value != "192.0.2.25" {
			t.Errorf("%+v", email)
		}
		_, err = sps.Update(ctx, tx, email, func(m *sps.MailSettings) error {
			sender := "sps@example.com"
			m.SenderAddress = &sender
			return nil
		})
		return err
	})
	want := `{"admin_address":"a@example.com","new":[1],"sender_address":"sps@example.com","smtp_server":{"port":25,"selection":"ip","value":"192.0.2.25"}}`
	if got := string(server.Object("management", "email")); err != nil || got != want {
		t.Errorf("stored %s, %v", got, err)
	}
	for _, setting := range []sps.Setting[string]{"", "/", "timezone", "datetime//x"} {
		if _, err := sps.GetSetting(t.Context(), client, setting); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", setting, err)
		}
	}
	zone, err := sps.GetSetting[string](t.Context(), client, "datetime/timezone")
	if err != nil || zone.Body != "Europe/Budapest" {
		t.Errorf("%+v, %v", zone, err)
	}
}

// The appliance writes connection policies of RDP and SSH only: nothing is sent for others.
func TestConnectionPolicy_readOnly(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	for _, path := range []string{"http/connections", "ssh/connections"} {
		if err := server.AddObject(path, "1", map[string]any{"name": "office", "active": true, "target": map[string]any{"deep": 1}}); err != nil {
			t.Fatal(err)
		}
	}
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		policy, err := sps.Get(ctx, tx, sps.HTTPConnections, "1")
		if err != nil {
			return err
		}
		sent := len(w.lines())
		rename := func(p *sps.ConnectionPolicy) error { p.Name = "other"; return nil }
		_, updated := sps.Update(ctx, tx, policy, rename)
		_, made := sps.Create(ctx, tx, sps.HTTPConnections, sps.ConnectionPolicy{Name: "x"})
		_, deleted := sps.Delete(ctx, tx, sps.VNCConnections, "1")
		for _, err := range []error{updated, made, deleted} {
			if !errors.Is(err, secureaccess.ErrInvalidArgument) || !strings.Contains(err.Error(), "RDP and SSH only") {
				t.Errorf("got %v", err)
			}
		}
		if now := len(w.lines()); now != sent {
			t.Errorf("%d requests were sent", now-sent)
		}
		policy, err = sps.Get(ctx, tx, sps.SSHConnections, "1")
		if err != nil {
			return err
		}
		_, err = sps.Update(ctx, tx, policy, rename)
		return err
	})
	if got := string(server.Object("ssh/connections", "1")); err != nil || got != `{"active":true,"name":"other","target":{"deep":1}}` {
		t.Errorf("stored %s, %v", got, err)
	}
}

func TestRuleOf(t *testing.T) {
	for path, want := range map[string]sps.Rule{
		"policies/time_policies": sps.RuleCollection, "/network/dns/": sps.RuleSetting, "http/connections": sps.RuleReadOnly, "policies": sps.RuleReadOnly,
	} {
		if rule, known := sps.RuleOf(path); rule != want || !known {
			t.Errorf("%s: %s, %v", path, rule, known)
		}
	}
	if rule, known := sps.RuleOf("policies/of_another_release"); rule != sps.RuleCollection || known {
		t.Errorf("%s, %v", rule, known)
	}
}

// A network card keeps the order of its interfaces.
func TestNIC(t *testing.T) {
	_, client := start(t)
	nic, err := sps.Get(t.Context(), client, sps.NICs, "nic1")
	if err != nil {
		t.Fatal(err)
	}
	for id, face := range nic.Body.Interfaces.All() {
		if address, ok := face.Addresses.Get("2553"); id != "ff75" || !ok || address != "192.0.2.10/24" {
			t.Errorf("%s: %+v", id, face)
		}
	}
}
