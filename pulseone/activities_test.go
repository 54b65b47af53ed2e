package pulseone_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// report has an appliance report so many events, one a second.
func report(server *pulseonetest.Server, appliance string, n int, severity pulseone.Severity) {
	for i := range n {
		server.AddActivity(appliance, device.Activity{
			Message: fmt.Sprint("event ", i), Severity: severity, ActivityType: pulseone.ActivityTypeSystemEventLogged,
			Time: secureaccess.At(server.Clock().Now().Add(time.Duration(i) * time.Second)),
		})
	}
}

// messages collects what an iterator brings.
func messages[T any](t *testing.T, list func(yield func(T, error) bool), of func(T) string) []string {
	t.Helper()
	var texts []string
	for item, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, of(item))
	}
	return texts
}

func ownMessage(a pulseone.Activity) string { return a.Message }

// The server has no order of its own: without one that the client asks for, pages would not fit together.
func TestActivities_All(t *testing.T) {
	server, client, id := office(t)
	report(server, id, 250, pulseone.SeverityNotice)
	got := messages(t, client.Activities.All(t.Context(), id, nil), ownMessage)
	if len(got) != 250 || got[0] != "event 0" || got[249] != "event 249" {
		t.Errorf("%d came, from %q to %q", len(got), got[0], got[len(got)-1])
	}
	newest := messages(t, client.Activities.All(t.Context(), id, &pulseone.ActivityListOptions{Direction: pulseone.DirectionDescending}), ownMessage)
	if slices.Reverse(newest); !slices.Equal(got, newest) {
		t.Error("the newest first are others")
	}
	page := must(client.Activities.List(t.Context(), id, &pulseone.ActivityListOptions{
		PageOptions: pulseone.PageOptions{Start: 100, Limit: 2}, Sort: "message", Direction: pulseone.DirectionDescending, Fields: []string{"message", "severity"},
	}))(t)
	if page.Total != 250 || len(page.Items) != 2 || page.Items[0].Severity != pulseone.SeverityNotice || !page.Items[0].Time.IsZero() || page.Items[0].Target != "" {
		t.Errorf("got %+v", page)
	}
	if all := must(client.Activities.List(t.Context(), id, nil))(t); len(all.Items) != 250 {
		t.Errorf("%d without a limit", len(all.Items))
	}
}

// What arrives while the newest first are read shows others twice, and is no failure; what nothing tells apart is not
// dropped.
func TestActivities_AllBySeverity_moving(t *testing.T) {
	server, client, id := office(t)
	report(server, id, 150, pulseone.SeverityCritical)
	report(server, id, 3, pulseone.SeverityDebug)
	server.Advance(time.Hour)
	n := 0
	for activity, err := range client.Activities.AllBySeverity(t.Context(), &pulseone.ActivityListBySeverityOptions{Severity: pulseone.SeverityCritical}) {
		check(t, err)
		if activity.Appliance.ID != id || activity.Appliance.Name != "office" || activity.Severity != pulseone.SeverityCritical {
			t.Fatalf("got %+v", activity)
		}
		if n++; n == 50 {
			report(server, id, 1, pulseone.SeverityCritical)
		}
	}
	if n != 151 {
		t.Errorf("%d came", n)
	}
	page := must(client.Activities.ListBySeverity(t.Context(), nil))(t)
	if len(page.Items) != 20 || page.Total != 154 || page.Items[0].Message != "event 0" {
		t.Errorf("%d of %d, first %+v", len(page.Items), page.Total, page.Items[0])
	}
	_, err := client.Activities.ListBySeverity(t.Context(), &pulseone.ActivityListBySeverityOptions{PageOptions: pulseone.PageOptions{Limit: 101}})
	if !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}

// A single record calls its time "timestamp", lists "time". What the appliance uploads is found by the id that it got.
func TestActivities_Get(t *testing.T) {
	server, client, id := office(t)
	appliance := must(server.Device(id))(t)
	t.Cleanup(func() { _ = appliance.Close(t.Context()) })
	at := time.Date(2026, 3, 9, 5, 59, 3, 987654321, time.UTC)
	activity := must(appliance.Activities.Upload(t.Context(), device.Activity{
		Message: "Could not reboot & more", Severity: pulseone.SeverityError, ActivityType: pulseone.ActivityTypeOperationNotPerformed, Time: secureaccess.At(at),
		Params:    map[string]any{"conflicting_operation": "rsa_key"},
		Reference: &pulseone.ActivityReference{ID: "abka7890v", Type: "notification:system.operations.appliance.reboot"},
	}))(t)
	got := must(client.Activities.Get(t.Context(), id, activity))(t)
	kind, ok := got.Reference.Notification()
	if _, task := got.Reference.Task(); !ok || task || kind != "system.operations.appliance.reboot" || got.Reference.ID != "abka7890v" || got.Actor != "notification-abka7890v" {
		t.Errorf("got %+v", got.Reference)
	}
	if !got.Time.Equal(at.Truncate(time.Second)) || got.Message != "Could not reboot & more" || string(got.Params["conflicting_operation"]) != `"rsa_key"` {
		t.Errorf("got %+v", got)
	}
	if _, err := client.Activities.Get(t.Context(), id, "da39a3ee5e6b4b0d3255bfef95601890afd80709"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestActivities_task(t *testing.T) {
	server, client, id := office(t)
	server.PlayAppliance(id, pulseone.TaskStatusFailed)
	task := must(client.Tasks.CreateBackup(t.Context(), id, pulseone.BackupTaskCreate{}))(t)
	if _, err := client.Tasks.Wait(t.Context(), task.ID, nil); !errors.Is(err, pulseone.ErrTaskFailed) {
		t.Errorf("got %v", err)
	}
	page := must(client.Activities.List(t.Context(), id, nil))(t)
	if len(page.Items) != 1 || page.Items[0].Type != pulseone.ActivityTypeApplianceTask || page.Items[0].Severity != pulseone.SeverityError ||
		page.Items[0].Reference == nil || *page.Items[0].Reference != pulseone.TaskReference(pulseone.TaskTypeConfigBackup, task.ID) {
		t.Fatalf("got %+v", page)
	}
	if kind, ok := page.Items[0].Reference.Task(); !ok || kind != pulseone.TaskTypeConfigBackup {
		t.Errorf("it belongs to %q", kind)
	}
	if other := pulseone.NotificationReference("system.operations.appliance.reboot", "a"); other.Type != "notification:system.operations.appliance.reboot" {
		t.Errorf("got %+v", other)
	}
}

// Records that have but a message, or none of the members that are wanted, are records. What is no list is none.
func TestActivities_List_fields(t *testing.T) {
	server, client, id := office(t)
	report(server, id, 3, pulseone.SeverityNotice)
	for _, fields := range [][]string{{"message"}, {"message", "time"}, {"reference"}} {
		page := must(client.Activities.List(t.Context(), id, &pulseone.ActivityListOptions{Fields: fields}))(t)
		if len(page.Items) != 3 || (page.Items[2].Message == "event 2") != slices.Contains(fields, "message") {
			t.Errorf("%v: got %+v", fields, page)
		}
	}
	for path, list := range map[string]func() (int, error){
		"/api/v1/sa/" + id + "/activities": func() (int, error) {
			page, err := client.Activities.List(t.Context(), id, nil)
			if err != nil {
				return 0, err
			}
			return len(page.Items), nil
		},
		"/api/v1/sa/activities": func() (int, error) {
			page, err := client.Activities.ListBySeverity(t.Context(), nil)
			if err != nil {
				return 0, err
			}
			return len(page.Items), nil
		},
	} {
		respond(server, path, `{"items":[{"message":"Rebooted."}],"total":1}`)
		if n, err := list(); n != 1 || err != nil {
			t.Errorf("%s: %d, %v", path, n, err)
		}
		respond(server, path, `{"items":[{}],"total":1}`)
		if n, err := list(); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %d, %v", path, n, err)
		}
	}
	respond(server, "/api/v1/sa/"+id, `{"message":"try again"}`)
	_, err := client.Activities.List(t.Context(), id, &pulseone.ActivityListOptions{Fields: []string{"message"}})
	if !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a message for a list: %v", err)
	}
}

// A record that has but a message is one, since the message is what it is about.
func TestActivities_Get_message(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/a/activities/", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"message":"Rebooted."}`})
	if got := must(client.Activities.Get(t.Context(), "a", "b"))(t); got.Message != "Rebooted." || got.Reference != nil {
		t.Errorf("got %+v", got)
	}
}
