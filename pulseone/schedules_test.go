package pulseone_test

import (
	"errors"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestSchedules_life(t *testing.T) {
	server, client, group, _, one, two := rollOut(t)
	ctx := t.Context()
	image := server.AddFirmware(pulseone.Firmware{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN}, []byte("image"))
	stage := pulseone.ScheduledTask{Type: pulseone.TaskTypeFirmwareStage, Params: pulseone.ScheduledTaskParams{FirmwareID: image}}
	night := server.Clock().Now().Add(8 * time.Hour)
	schedule := must(client.Schedules.Create(ctx, pulseone.ScheduleCreate{ApplianceID: one, Once: secureaccess.At(night), Task: stage, Comments: "first"}))(t)
	if !schedule.Enabled || schedule.ApplianceID != one || !schedule.Once.Equal(night) || !reflect.DeepEqual(schedule.Task, stage) || schedule.LastTask != nil {
		t.Errorf("got %+v", schedule)
	}
	check(t, client.Schedules.Update(ctx, schedule.ID, pulseone.ScheduleUpdate{GroupID: group, Once: secureaccess.At(night), Task: stage}))
	if got := must(client.Schedules.Get(ctx, schedule.ID))(t); got.GroupID != group || got.ApplianceID != "" {
		t.Errorf("got %+v", got)
	}
	server.PlayAppliance(one, pulseone.TaskStatusSuccess)
	server.PlayAppliance(two, pulseone.TaskStatusFailed)
	server.Advance(8 * time.Hour)
	running := must(client.Schedules.Get(ctx, schedule.ID))(t)
	if running.Enabled || running.LastTask == nil || !running.LastTask.Status.Is(pulseone.LastTaskStatusInProgress) {
		t.Errorf("while it runs: %+v", running)
	}
	if open := must(client.Tasks.List(ctx, one))(t); len(open) != 1 || open[0].Type != pulseone.TaskTypeFirmwareStage {
		t.Errorf("open are %+v", open)
	}
	if err := client.Schedules.Update(ctx, schedule.ID, pulseone.ScheduleUpdate{GroupID: group, Once: secureaccess.At(night), Task: stage}); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("changed while it runs: %v", err)
	}
	server.Advance(time.Minute)
	page := must(client.Schedules.List(ctx))(t)
	if page.Total != 1 || len(page.Items) != 1 || page.Items[0].LastTask == nil ||
		page.Items[0].LastTask.Status != pulseone.LastTaskStatusPartialSuccess || page.Items[0].LastTask.Completed.IsZero() {
		t.Errorf("got %+v", page)
	}
	check(t, client.Schedules.Delete(ctx, schedule.ID))
	if _, err := client.Schedules.Get(ctx, schedule.ID); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// The document prints "False" in quotes beside true.
func TestSchedules_List_quotedBool(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{
		Path: "/api/v1/sa/tasks/schedules", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: `{"items":[{"id":"a","enabled":true},{"id":"b","enabled":"False"},{"id":"c","enabled":"True"},{"id":"d","enabled":false}],"total":4}`,
	})
	page := must(client.Schedules.List(t.Context()))(t)
	for i, want := range []bool{true, false, true, false} {
		if page.Items[i].Enabled != want {
			t.Errorf("%s is %v", page.Items[i].ID, page.Items[i].Enabled)
		}
	}
}

func TestSchedules_Create_targets(t *testing.T) {
	tap := &wiretap{}
	_, client := connect(t, secureaccess.WithTransport(tap))
	for name, ids := range map[string][3]string{
		"none": {}, "two": {"a", "", "g"}, "other two": {"", "c", "g"}, "three": {"a", "c", "g"},
	} {
		_, err := client.Schedules.Create(t.Context(), pulseone.ScheduleCreate{ApplianceID: ids[0], ClusterID: ids[1], GroupID: ids[2]})
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != "target" {
			t.Errorf("%s: %v", name, err)
		}
		err = client.Schedules.Update(t.Context(), "id", pulseone.ScheduleUpdate{ApplianceID: ids[0], ClusterID: ids[1], GroupID: ids[2]})
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(tap.requests) > 0 {
		t.Errorf("%d requests", len(tap.requests))
	}
}

// Times are sent with their zone.
func TestSchedules_Create_zone(t *testing.T) {
	server, client := connect(t)
	id := server.AddAppliance(pulseone.Appliance{})
	once := time.Date(2026, 9, 4, 20, 55, 38, 0, time.FixedZone("", 2*60*60))
	_, err := client.Schedules.Create(t.Context(), pulseone.ScheduleCreate{
		ApplianceID: id, Once: secureaccess.At(once), Task: pulseone.ScheduledTask{
			Type: pulseone.TaskTypeFirmwareInstall, Params: pulseone.ScheduledTaskParams{FirmwareID: "f"},
		},
	})
	check(t, err)
	if got := must(client.Schedules.List(t.Context()))(t); !got.Items[0].Once.Equal(once) {
		t.Errorf("got %v", got.Items[0].Once)
	}
}

// States are known in the spellings of schedules and of tasks.
func TestLastTaskStatus_Is(t *testing.T) {
	for seen, want := range map[pulseone.LastTaskStatus]pulseone.LastTaskStatus{
		"success": pulseone.LastTaskStatusSuccessful, "Successful": pulseone.LastTaskStatusSuccessful,
		"in-progress": pulseone.LastTaskStatusInProgress, "partial-success": pulseone.LastTaskStatusPartialSuccess,
		"canceled": "cancelled", "IN-PROGRESS-CANCELABLE": "in_progress_cancellable", "in_progress_not-cancelable": "in_progress_not_cancellable",
	} {
		if !seen.Is(want) || !want.Is(seen) {
			t.Errorf("%s is not %s", seen, want)
		}
	}
	if pulseone.LastTaskStatusSuccessful.Is(pulseone.LastTaskStatusPartialSuccess) || pulseone.LastTaskStatusFailed.Is("cancelled") {
		t.Error("states are mixed up")
	}
}
