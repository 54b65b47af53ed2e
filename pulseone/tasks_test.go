package pulseone_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// office prepares an appliance.
func office(t *testing.T, opts ...secureaccess.Option) (server *pulseonetest.Server, client *pulseone.Client, appliance string) {
	t.Helper()
	server, client = connect(t, opts...)
	return server, client, server.AddAppliance(pulseone.Appliance{Name: "office"})
}

// A task that the console creates reaches the appliance's own client, and comes back done.
func TestTasks_device(t *testing.T) {
	server, client, id := office(t)
	ctx := t.Context()
	appliance := must(server.Device(id))(t)
	t.Cleanup(func() { appliance.Close(context.Background()) })

	task := must(client.Tasks.CreateBackup(ctx, id, pulseone.BackupTaskCreate{Name: "before the move", Description: "weekly"}))(t)
	if task.Type != pulseone.TaskTypeConfigBackup || task.Status != pulseone.TaskStatusPending || task.ApplianceID != id || task.Params.BackupID == "" || task.Created.IsZero() {
		t.Errorf("got %+v", task)
	}
	if _, err := client.Tasks.CreateBackup(ctx, id, pulseone.BackupTaskCreate{}); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("a second backup: %v", err)
	}
	next := must(appliance.Tasks.Next(ctx))(t)
	if next == nil || next.ID != task.ID || next.Params.BackupID != task.Params.BackupID {
		t.Fatalf("the appliance gets %+v", next)
	}
	check(t, appliance.Tasks.UpdateStatus(ctx, next.ID, pulseone.TaskStatusInProgressCancelable))
	open := must(client.Tasks.List(ctx, id))(t)
	if len(open) != 1 || open[0] != (pulseone.TaskSummary{ID: task.ID, Type: task.Type, Status: pulseone.TaskStatusInProgressCancelable}) {
		t.Errorf("open are %+v", open)
	}
	content := "the configuration"
	check(t, appliance.Backups.Upload(ctx, next.Params.BackupID, device.BackupMetadata{ActiveESAPVersion: "5635"}, secureaccess.Upload{Reader: strings.NewReader(content)}))
	check(t, appliance.Tasks.UpdateStatus(ctx, next.ID, pulseone.TaskStatusSuccess))

	done := must(client.Tasks.Wait(ctx, task.ID, nil))(t)
	if done.Status != pulseone.TaskStatusSuccess || done.Completed.IsZero() {
		t.Errorf("got %+v", done)
	}
	if open := must(client.Tasks.List(ctx, id))(t); len(open) != 0 {
		t.Errorf("open are %+v", open)
	}
	backup := must(client.Backups.Get(ctx, done.Params.BackupID))(t)
	if backup.Name != "before the move" || backup.ContentSize != int64(len(content)) || backup.ActiveESAPVersion != "5635" || backup.ApplianceID != id {
		t.Errorf("got %+v", backup)
	}
	restore := must(client.Tasks.CreateRestore(ctx, id, pulseone.RestoreTaskCreate{BackupID: backup.ID}))(t)
	if next := must(appliance.Tasks.Next(ctx))(t); next == nil || next.ID != restore.ID || next.Type != pulseone.TaskTypeConfigRestore {
		t.Errorf("the appliance gets %+v", next)
	}
	download := must(appliance.Backups.Download(ctx, backup.ID))(t)
	got, err := io.ReadAll(download)
	if err != nil || string(got) != content {
		t.Errorf("downloaded %q, %v", got, err)
	}
	check(t, download.Close())
	check(t, appliance.Tasks.UpdateStatus(ctx, restore.ID, pulseone.TaskStatusFailed))
	ended, err := client.Tasks.Wait(ctx, restore.ID, nil)
	if failure, ok := errors.AsType[*pulseone.TaskError](err); !ok || failure.TaskID != restore.ID || failure.ApplianceID != id ||
		!errors.Is(err, pulseone.ErrTaskFailed) || errors.Is(err, pulseone.ErrTaskCanceled) || ended.Status != pulseone.TaskStatusFailed {
		t.Errorf("got %+v, %v", ended, err)
	}
}

func TestTasks_Wait(t *testing.T) {
	server, client, id := office(t)
	server.PlayAppliance(id, pulseone.TaskStatusSuccess)
	task := must(client.Tasks.CreateBackup(t.Context(), id, pulseone.BackupTaskCreate{Name: "nightly"}))(t)
	var states []string
	begin := server.Clock().Now()
	done := must(client.Tasks.Wait(t.Context(), task.ID, &secureaccess.WaitOptions{
		Interval: time.Second, MaxInterval: time.Second, Progress: func(state string) { states = append(states, state) },
	}))(t)
	want := []string{"pending", "in_progress_cancellable", "in_progress_not_cancellable", "success"}
	if !slices.Equal(slices.Compact(slices.Clone(states)), want) {
		t.Errorf("went through %q", states)
	}
	if took := server.Clock().Now().Sub(begin); took != 6*time.Second {
		t.Errorf("took %v on the server's clock", took)
	}
	if size := must(client.Backups.ContentSize(t.Context(), done.Params.BackupID))(t); size == 0 {
		t.Error("the backup has no content")
	}
}

// The states are recognized in the spellings that the document has, and a state that nobody knows is no end.
func TestTasks_Wait_spellings(t *testing.T) {
	server, client, id := office(t)
	for status, want := range map[pulseone.TaskStatus]error{
		"SUCCESS": nil, "successful": nil, "FAILED": pulseone.ErrTaskFailed, "Cancelled": pulseone.ErrTaskCanceled, "canceled": pulseone.ErrTaskCanceled,
	} {
		task := must(client.Tasks.CreateBackup(t.Context(), id, pulseone.BackupTaskCreate{}))(t)
		polls := 0
		_, err := client.Tasks.Wait(t.Context(), task.ID, &secureaccess.WaitOptions{Progress: func(string) {
			switch polls++; polls {
			case 1:
				server.SetTaskStatus(task.ID, "in-progress-cancellable")
			case 2:
				server.SetTaskStatus(task.ID, "verifying")
			case 3:
				server.SetTaskStatus(task.ID, status)
			}
		}})
		if !errors.Is(err, want) || (err == nil) != (want == nil) || polls < 3 {
			t.Errorf("%s: %v after %d polls", status, err, polls)
		}
		server.SetTaskStatus(task.ID, pulseone.TaskStatusSuccess) // for those that the server itself does not take for ended
	}
	if !pulseone.TaskStatus("in-progress_not-cancellable").Is(pulseone.TaskStatusInProgressNotCancelable) ||
		pulseone.TaskStatusCanceling.Final() || pulseone.TaskStatusCanceling.Is(pulseone.TaskStatusCanceled) || !pulseone.TaskStatus("canceling").Is(pulseone.TaskStatusCanceling) {
		t.Error("states are mixed up")
	}
}

// A request to cancel removes no task: one that is not there when it is repeated has never been.
func TestTasks_Cancel_repeated(t *testing.T) {
	server, client := connect(t)
	fail(server, "/api/v1/sa/tasks/", http.StatusBadGateway, http.StatusNotFound)
	if err := client.Tasks.Cancel(t.Context(), "56e23b8d"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestTasks_Wait_ended(t *testing.T) {
	server, client, id := office(t)
	task := must(client.Tasks.CreateBackup(t.Context(), id, pulseone.BackupTaskCreate{}))(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := client.Tasks.Wait(ctx, task.ID, &secureaccess.WaitOptions{Progress: func(string) { cancel() }})
	if wait, ok := errors.AsType[*secureaccess.WaitError](err); !ok || wait.State != "pending" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// An appliance that does not make its backup within 90 minutes fails.
	server.Advance(89 * time.Minute)
	if task := must(client.Tasks.Get(t.Context(), task.ID))(t); task.Status.Final() {
		t.Errorf("got %+v", task)
	}
	if _, err := client.Tasks.Wait(t.Context(), task.ID, nil); !errors.Is(err, pulseone.ErrTaskFailed) || !strings.Contains(err.Error(), task.ID) {
		t.Errorf("got %v", err)
	}
	if _, err := client.Tasks.Wait(t.Context(), "no-such-task", nil); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// That canceling was accepted is not the end: the appliance decides.
func TestTasks_Cancel(t *testing.T) {
	server, client, id := office(t)
	ctx := t.Context()
	create := func() string {
		return must(client.Tasks.CreateBackup(ctx, id, pulseone.BackupTaskCreate{}))(t).ID
	}
	late := create()
	server.SetTaskStatus(late, pulseone.TaskStatusInProgressCancelable)
	check(t, client.Tasks.Cancel(ctx, late))
	if task := must(client.Tasks.Get(ctx, late))(t); task.Status.Final() {
		t.Errorf("it is %s at once", task.Status)
	}
	server.SetTaskStatus(late, pulseone.TaskStatusInProgressNotCancelable)
	if err := client.Tasks.Cancel(ctx, late); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("canceled too late: %v", err)
	}
	server.SetTaskStatus(late, pulseone.TaskStatusSuccess)
	if _, err := client.Tasks.Wait(ctx, late, nil); err != nil {
		t.Errorf("it succeeded in spite of it, and %v", err)
	}

	server.PlayAppliance(id, pulseone.TaskStatusSuccess)
	obeyed := create()
	var states []string
	_, err := client.Tasks.Wait(ctx, obeyed, &secureaccess.WaitOptions{Interval: time.Second, MaxInterval: time.Second, Progress: func(state string) {
		if states = append(states, state); state == "in_progress_cancellable" {
			check(t, client.Tasks.Cancel(ctx, obeyed))
		}
	}})
	if !errors.Is(err, pulseone.ErrTaskCanceled) || !slices.Contains(states, "cancelling") {
		t.Errorf("got %v by way of %q", err, states)
	}
}

func TestTasks_CreateGroupESAP(t *testing.T) {
	server, client, group, _, one, two := rollOut(t)
	ctx := t.Context()
	pack := server.AddFirmware(pulseone.Firmware{Version: "3.4.5", Type: pulseone.FirmwareTypeESAP}, []byte("package"))
	tasks := must(client.Tasks.CreateGroupESAP(ctx, group, pulseone.ESAPTaskCreate{FirmwareID: pack, Activate: true}))(t)
	if len(tasks) != 1 || tasks[0].ApplianceID != "" || tasks[0].GroupID != group || tasks[0].Type != pulseone.TaskTypeConfigXMLImport ||
		tasks[0].Params.Activate == nil || !*tasks[0].Params.Activate || tasks[0].Expires.IsZero() {
		t.Fatalf("got %+v", tasks)
	}
	server.PlayAppliance(one, pulseone.TaskStatusSuccess)
	server.PlayAppliance(two, pulseone.TaskStatusFailed)
	if _, err := client.Tasks.Wait(ctx, tasks[0].ID, nil); !errors.Is(err, pulseone.ErrTaskFailed) {
		t.Errorf("one of two failed: %v", err)
	}
	if _, err := client.Tasks.CreateESAP(ctx, one, pulseone.ESAPTaskCreate{FirmwareID: "none"}); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	task := must(client.Tasks.CreateESAP(ctx, one, pulseone.ESAPTaskCreate{FirmwareID: pack}))(t)
	if task.Params.Activate == nil || *task.Params.Activate {
		t.Errorf("activate is %v: false has to be sent", task.Params.Activate)
	}
	download := must(client.Tasks.DownloadContent(ctx, task.ID))(t)
	defer download.Close()
	if data, err := io.ReadAll(download); err != nil || download.ContentType != "application/xml" || !strings.Contains(string(data), pack) {
		t.Errorf("got %s %q, %v", download.ContentType, data, err)
	}
}

func TestTasks_CreateGroupUpgrade(t *testing.T) {
	server, client, group, _, one, two := rollOut(t)
	ctx := t.Context()
	image := server.AddFirmware(pulseone.Firmware{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN}, []byte("image"))
	tasks := must(client.Tasks.CreateGroupUpgrade(ctx, group, pulseone.UpgradeTaskCreate{FirmwareID: image}))(t)
	if len(tasks) != 2 || tasks[0].ApplianceID != one || tasks[1].ApplianceID != two || tasks[1].Params.FirmwareID != image {
		t.Fatalf("got %+v", tasks)
	}
	if _, err := client.Tasks.CreateUpgrade(ctx, one, pulseone.UpgradeTaskCreate{FirmwareID: image}); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("while another is pending: %v", err)
	}
	server.PlayAppliance(two, pulseone.TaskStatusSuccess)
	must(client.Tasks.Wait(ctx, tasks[1].ID, nil))(t)
}

// The document prints the tasks of a group in three forms. What is none of them is no success.
func TestTasks_CreateGroupUpgrade_forms(t *testing.T) {
	server, client := connect(t)
	for body, want := range map[string]int{
		`{"items":[{"id":"a"},{"id":"b"}],"total":2}`: 2,
		`{"items":[],"total":0}`:                      0,
		`[{"id":"a"},{"id":"b"},{"id":"c"}]`:          3,
		`[]`:                                          0,
		`{"id":"a","appliance_id":null,"group_id":"g","status":"pending"}`: 1,
		`{"items":"later","total":2}`:                                      -1,
		`{"message":"accepted"}`:                                           -1,
		`{}`:                                                               -1,
	} {
		server.Fail(pulseonetest.Fault{Method: http.MethodPost, Path: "/api/v1/sa/g/tasks/", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
		tasks, err := client.Tasks.CreateGroupUpgrade(t.Context(), "g", pulseone.UpgradeTaskCreate{FirmwareID: "f"})
		if want < 0 && !errors.Is(err, secureaccess.ErrBadResponse) || want >= 0 && (err != nil || len(tasks) != want) {
			t.Errorf("%s: %d tasks, %v", body, len(tasks), err)
		}
	}
}

func TestTasks_List_forms(t *testing.T) {
	server, client := connect(t)
	for body, want := range map[string]int{
		`[{"id":"a","type":"system.operations.appliance.config.reboot","status":"pending"}]`: 1,
		`[]`:                               0,
		`{"items":[{"id":"a"}],"total":1}`: 1,
		`{"items":{},"total":1}`:           -1,
		`{"total":1}`:                      -1,
		`{"error":"no"}`:                   -1,
	} {
		server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/a/tasks", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body})
		tasks, err := client.Tasks.List(t.Context(), "a")
		if want < 0 && !errors.Is(err, secureaccess.ErrBadResponse) || want >= 0 && (err != nil || len(tasks) != want) {
			t.Errorf("%s: %d tasks, %v", body, len(tasks), err)
		}
	}
}

// Empty ids, and one that would make another operation of the path, are refused before anything is sent.
func TestTasks_arguments(t *testing.T) {
	tap := &wiretap{}
	_, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"schedules":  func() error { _, err := client.Tasks.Get(ctx, "schedules"); return err },
		"no task":    func() error { return client.Tasks.Cancel(ctx, "") },
		"no backup":  func() error { _, err := client.Tasks.CreateRestore(ctx, "a", pulseone.RestoreTaskCreate{}); return err },
		"no package": func() error { _, err := client.Tasks.CreateESAP(ctx, "a", pulseone.ESAPTaskCreate{}); return err },
		"no image":   func() error { _, err := client.Tasks.CreateUpgrade(ctx, "a", pulseone.UpgradeTaskCreate{}); return err },
		"no group": func() error {
			_, err := client.Tasks.CreateGroupESAP(ctx, "", pulseone.ESAPTaskCreate{FirmwareID: "f"})
			return err
		},
		"backups": func() error { _, err := client.Tasks.List(ctx, ".."); return err },
	} {
		if err := call(); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(tap.requests) > 0 {
		t.Errorf("%d requests", len(tap.requests))
	}
}
