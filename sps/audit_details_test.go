package sps_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestAuditSessions_details(t *testing.T) {
	server, client := start(t)
	id := spstest.AuditSessionID(42)
	at := time.Date(2017, 4, 25, 13, 26, 39, 144356000, time.UTC)
	server.SetAlerts(id, sps.Alert{AlertType: "adp.event.command", MatchedAction: "ls", RecordID: 94, Time: secureaccess.At(at)})
	server.SetChannels(id, sps.Channel{Type: "session shell", Verdict: "accept", Duration: 157}, sps.Channel{Type: "session exec", Command: "ls"})
	var events []sps.Event
	for i := range 1200 {
		events = append(events, sps.Event{Action: "ls", Content: fmt.Sprintf("$ ls %d", i), RecordID: int64(i)})
	}
	server.SetEvents(id, events...)

	session, err := client.AuditSessions.Get(t.Context(), id)
	if err != nil || session.Body.Protocol != "SSH" || session.Body.StartTime.Year() != 2026 || session.Body.Channels.Href != "/api/audit/sessions/svc-42/channels" {
		t.Errorf("%+v, %v", session, err)
	}
	if _, err := client.AuditSessions.Get(t.Context(), "svc-99999"); !errors.Is(err, sps.CodeNotFound) {
		t.Errorf("a session that there is not: %v", err)
	}

	alerts, err := client.AuditSessions.ListAlerts(t.Context(), id, nil)
	if err != nil || len(alerts.Items) != 1 || !alerts.Items[0].Time.Equal(at) || alerts.Items[0].RecordID != 94 {
		t.Errorf("%+v, %v", alerts, err)
	}
	for alert, err := range client.AuditSessions.AllAlerts(t.Context(), id, nil) {
		if err != nil || alert.MatchedAction != "ls" {
			t.Errorf("%+v, %v", alert, err)
		}
	}
	channels, err := client.AuditSessions.ListChannels(t.Context(), id, &sps.AuditDetailListOptions{PageOptions: sps.PageOptions{Limit: 1, Offset: 1}})
	if err != nil || len(channels.Items) != 1 || channels.Items[0].Body.Command != "ls" || channels.Total != 2 {
		t.Errorf("%+v, %v", channels, err)
	}
	var types []string
	for channel, err := range client.AuditSessions.AllChannels(t.Context(), id, nil) {
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, channel.Body.Type)
	}
	if !slices.Equal(types, []string{"session shell", "session exec"}) {
		t.Errorf("channels %q", types)
	}
	page, err := client.AuditSessions.ListEvents(t.Context(), id, &sps.AuditDetailListOptions{PageOptions: sps.PageOptions{Limit: 10}})
	if err != nil || len(page.Items) != 10 || page.Meta.Next == "" {
		t.Errorf("%+v, %v", page, err)
	}
	count := 0
	for event, err := range client.AuditSessions.AllEvents(t.Context(), id, nil) {
		if err != nil || int(event.RecordID) != count {
			t.Fatalf("event %d: %+v, %v", count, event, err)
		}
		count++
	}
	if count != 1200 {
		t.Errorf("%d events", count)
	}

	hits, err := client.AuditSessions.ListContent(t.Context(), id, `"ls 77"`, nil)
	if err != nil || len(hits.Items) != 11 || !strings.Contains(string(hits.Items[0]), `"content":"$ ls 77"`) {
		t.Errorf("%+v, %v", hits, err)
	}
	for _, query := range []string{"", "*ls"} {
		if _, err := client.AuditSessions.ListContent(t.Context(), id, query, nil); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("query %q: %v", query, err)
		}
	}
}

func TestAuditSessions_DownloadTrail(t *testing.T) {
	server, client := start(t)
	server.SetTrail("svc-3", []byte("frame by frame"))
	session, err := client.AuditSessions.Get(t.Context(), "svc-3")
	if err != nil {
		t.Fatal(err)
	}
	d, err := client.AuditSessions.DownloadTrail(t.Context(), session, sps.TrailFormatZAT)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(d)
	if err != nil || string(data) != "frame by frame" || d.Size != 14 {
		t.Errorf("%q, %v", data, err)
	}
	_ = d.Close()
	downloads, err := client.AuditSessions.ListTrailDownloads(t.Context(), "svc-3", nil)
	if err != nil || len(downloads.Items) != 1 || !downloads.Items[0].FromAPI || downloads.Items[0].Username != "admin" {
		t.Errorf("%+v, %v", downloads, err)
	}

	session.Body.Recording.AuditTrail.Download.Href = "/api/configuration/passwords"
	for _, s := range []*sps.Object[sps.AuditSession]{nil, {}, session} {
		if _, err := client.AuditSessions.DownloadTrail(t.Context(), s, sps.TrailFormatZAT); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
