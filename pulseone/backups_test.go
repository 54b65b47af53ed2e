package pulseone_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestBackups_life(t *testing.T) {
	server, client, appliance := office(t)
	ctx := t.Context()
	task := must(client.Tasks.CreateBackup(ctx, appliance, pulseone.BackupTaskCreate{Name: "nightly", Description: "before the move"}))(t)
	id := task.Params.BackupID
	// The backup is there before its content, and before the appliance's part of the metadata.
	backup := must(client.Backups.Get(ctx, id))(t)
	if backup.Name != "nightly" || backup.Description != "before the move" || backup.ApplianceID != appliance || backup.Type != pulseone.ApplianceTypeVPN ||
		backup.ContentHash != "" || !backup.Created.IsZero() {
		t.Errorf("got %+v", backup)
	}
	server.PlayAppliance(appliance, pulseone.TaskStatusSuccess)
	must(client.Tasks.Wait(ctx, task.ID, nil))(t)
	list := must(client.Backups.List(ctx))(t)
	if len(list) != 1 || list[0].ID != id || len(list[0].ContentHash) != 40 || list[0].Created.IsZero() {
		t.Fatalf("got %+v", list)
	}
	// HEAD of the metadata has the length of the content.
	if size := must(client.Backups.ContentSize(ctx, id))(t); size != list[0].ContentSize || size == 0 {
		t.Errorf("its size is %d, not %d", size, list[0].ContentSize)
	}
	check(t, client.Backups.Delete(ctx, id))
	for name, call := range map[string]func() error{
		"Get":         func() error { _, err := client.Backups.Get(ctx, id); return err },
		"ContentSize": func() error { _, err := client.Backups.ContentSize(ctx, id); return err },
		"Delete":      func() error { return client.Backups.Delete(ctx, id) },
	} {
		if err := call(); !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The list stands under a name of its own, its sizes are numbers or texts, and its times have no zone.
func TestBackups_List_forms(t *testing.T) {
	server, client := connect(t)
	answer := func(body string) {
		server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/backups", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
	}
	answer(`{"backups":[{"backup_id":"a","content_size":"368263","created":"2017-09-04T18:55:38"},{"backup_id":"b","content_size":5000000000,"created":null}]}`)
	list := must(client.Backups.List(t.Context()))(t)
	if len(list) != 2 || list[0].ContentSize != 368263 || list[1].ContentSize != 5_000_000_000 || list[0].Created.Unix() != 1504551338 || !list[1].Created.IsZero() {
		t.Errorf("got %+v", list)
	}
	answer(`{"backups":[]}`)
	if list, err := client.Backups.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("got %+v, %v", list, err)
	}
	for _, body := range []string{`{}`, `{"message":"no"}`, `{"backups":"none"}`} {
		answer(body)
		if list, err := client.Backups.List(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %+v, %v", body, list, err)
		}
	}
}
