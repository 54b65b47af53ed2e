package sps_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestAMillionSessionsInFlatMemory(t *testing.T) {
	count := 1_000_000
	if underRace {
		count = 50_000
	}
	server, client := start(t)
	server.SetAuditSessions(count, nil)
	snapshot, err := client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	begin, most, seen := heap(), uint64(0), 0
	for session, err := range snapshot.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if want := spstest.AuditSessionID(count - 1 - seen); session.Key != want {
			t.Fatalf("session %d is %s, want %s", seen, session.Key, want)
		}
		if seen++; seen%(count/10) == 0 {
			most = max(most, heap())
		}
	}
	if seen != count {
		t.Errorf("%d sessions, want %d", seen, count)
	}
	if most > begin+8<<20 {
		t.Errorf("the heap grew from %d to %d KiB", begin>>10, most>>10)
	}
	t.Logf("%d sessions; heap %d KiB at first, %d KiB at most", seen, begin>>10, most>>10)
}

func TestListsWithoutASnapshotAreLimited(t *testing.T) {
	server, client := start(t)
	server.SetAuditSessions(3000, nil)
	server.SetSearchLimit(1200)
	count := 0
	for _, err := range client.AuditSessions.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 1200 {
		t.Errorf("%d sessions", count)
	}
	snapshot, err := client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.AddAuditSessions(5) // not in the snapshot
	count = 0
	for _, err := range snapshot.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 3000 {
		t.Errorf("%d sessions in the snapshot", count)
	}
}

func TestPagesAreFollowedByTheirLinks(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetAuditSessions(1000, nil)
	opts := &sps.AuditSessionListOptions{AuditListOptions: sps.AuditListOptions{Limit: 400, Offset: 100}, Fields: []string{"protocol", "user"}}
	var got []*sps.Object[sps.AuditSession]
	for session, err := range client.AuditSessions.All(t.Context(), opts) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, session)
	}
	if len(got) != 900 || got[0].Key != "svc-899" || got[899].Key != "svc-0" {
		t.Fatalf("%d sessions", len(got))
	}
	if s := got[899]; !s.Loaded() || s.Body.Protocol != "SSH" || s.Body.User.Name != "anna" || !s.Body.StartTime.IsZero() {
		t.Errorf("the fields that were asked for: %+v", s.Body)
	}
	if lines := w.lines()[1:]; len(lines) != 3 || !strings.Contains(lines[2], "offset=900") || !strings.Contains(lines[2], "fields=protocol%2Cuser") {
		t.Errorf("requests %q", lines)
	}

	sent := len(w.lines())
	for range client.AuditSessions.All(t.Context(), nil) {
		break
	}
	if now := len(w.lines()); now != sent+1 {
		t.Errorf("%d requests after the loop was broken off", now-sent)
	}
	page, err := client.AuditSessions.List(t.Context(), nil)
	if err != nil || len(page.Items) != 500 || page.Meta.MatchCount != 1000 || page.Meta.Next == "" || page.Items[0].Loaded() {
		t.Errorf("%d items, %+v, %v", len(page.Items), page.Meta, err)
	}
}

func TestAListThatMovesShowsNothingTwice(t *testing.T) {
	server, client := start(t)
	server.SetAuditSessions(1500, nil)
	seen := map[string]bool{}
	for session, err := range client.AuditSessions.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if seen[session.Key] {
			t.Fatalf("%s came twice", session.Key)
		}
		seen[session.Key] = true
		if len(seen)%500 == 250 {
			server.AddAuditSessions(20) // in the middle of a page
		}
	}
	for n := range 1500 {
		if !seen[spstest.AuditSessionID(n)] {
			t.Fatalf("session %d is missing", n)
		}
	}
}

func TestSearch(t *testing.T) {
	server, client := start(t)
	server.SetAuditSessions(100, nil)
	opts := &sps.AuditSessionListOptions{Search: "protocol:RDP AND user.name:bela", Sort: "start_time"}
	var keys []string
	for session, err := range client.AuditSessions.All(t.Context(), opts) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, session.Key)
	}
	if !slices.Equal(keys, []string{"svc-81", "svc-61", "svc-41", "svc-21", "svc-1"}) {
		t.Errorf("found %q", keys)
	}
	opts.Search = "nonsense"
	if _, err := client.AuditSessions.List(t.Context(), opts); !errors.Is(err, sps.Code("InvalidQuery")) {
		t.Errorf("got %v", err)
	}
	if _, err := client.AuditSessions.List(t.Context(), &sps.AuditSessionListOptions{AuditListOptions: sps.AuditListOptions{Limit: -1}}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a negative limit: %v", err)
	}
}

// pages is an appliance whose lists have the links of next.
func pages(t *testing.T, next func(page int) string) (*sps.Client, *int) {
	t.Helper()
	page := 0
	appliance := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/authentication" {
			w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
			return
		}
		page++
		fmt.Fprintf(w, `{"items":[{"key":"%d","meta":{}}],"meta":{"next":%s}}`, page, next(page))
	}))
	t.Cleanup(appliance.Close)
	client, err := sps.New(appliance.URL, sps.Password("a", "b"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	return client, &page
}

func TestLinksOfListsThatAreNotFollowed(t *testing.T) {
	for _, link := range []string{
		"/api/configuration/policies/time_policies", "/api/transaction", "/api/audit/../configuration/x", "/api/auditors/x",
		"https://evil.example.com/api/audit/sessions", "//evil.example.com/api/audit/sessions", "relative", "/api/audit/%2e%2e/info",
	} {
		client, asked := pages(t, func(int) string { return strconv.Quote(link) })
		items, failed := 0, 0
		for _, err := range client.AuditSessions.All(t.Context(), nil) {
			if err != nil {
				failed++
				continue
			}
			items++
		}
		if items != 1 || failed != 1 || *asked != 1 {
			t.Errorf("%s: %d items, %d errors, %d requests", link, items, failed, *asked)
		}
	}
}

func TestLinksThatLeadInACircle(t *testing.T) {
	for name, offset := range map[string]func(page int) int{
		"to itself":    func(int) int { return 0 },
		"round three":  func(page int) int { return page % 3 },
		"after a lead": func(page int) int { return min(page, 10+page%7) },
	} {
		client, asked := pages(t, func(page int) string {
			if page == 500 {
				return "null" // it was not noticed
			}
			return fmt.Sprintf(`"/api/audit/sessions?offset=%d"`, offset(page))
		})
		var last error
		for _, err := range client.AuditSessions.All(t.Context(), nil) {
			last = err
		}
		if !errors.Is(last, secureaccess.ErrBadResponse) || *asked > 50 {
			t.Errorf("%s: %v after %d pages", name, last, *asked)
		}
	}
}

func TestAnEmptyPageIsTheLast(t *testing.T) {
	asked := 0
	appliance := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
		if asked++; asked < 10 {
			fmt.Fprintf(w, `{"items":[],"meta":{"next":"/api/audit/sessions?offset=%d"}}`, asked)
		}
	}))
	t.Cleanup(appliance.Close)
	client, err := sps.New(appliance.URL, sps.Password("a", "b"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range client.AuditSessions.All(t.Context(), nil) {
		t.Errorf("an item, or %v", err)
	}
	if asked != 2 {
		t.Errorf("%d requests, want the login and one page", asked)
	}
}

func TestASnapshotIsKeptAlive(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetAuditSessions(1200, nil)
	server.SetIdleTimeout(24 * time.Hour)
	snapshot, err := client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, err := range snapshot.All(t.Context(), nil) {
		if err != nil {
			t.Fatalf("after %d: %v", count, err)
		}
		count++
		server.Advance(10 * time.Second) // slow work: 83 minutes for a page
	}
	if count != 1200 {
		t.Errorf("%d sessions", count)
	}
	agents := map[string]bool{}
	kept := 0
	for i, r := range w.requests {
		agents[r.UserAgent()] = true
		if strings.Contains(w.lines()[i], "limit=1&") {
			kept++
		}
	}
	if len(agents) != 1 {
		t.Errorf("User-Agents: %v", agents)
	}
	if kept < 80 || kept > 110 {
		t.Errorf("%d queries to keep it alive in 200 minutes, want one about every two", kept)
	}
}

func TestASnapshotThatExpires(t *testing.T) {
	server, client := start(t)
	server.SetIdleTimeout(24 * time.Hour)
	snapshot, err := client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.Advance(4 * time.Minute)
	if err := snapshot.KeepAlive(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Advance(4 * time.Minute)
	if _, err := snapshot.List(t.Context(), nil); err != nil {
		t.Errorf("eight minutes after the snapshot and four after the last query: %v", err)
	}
	server.Advance(5 * time.Minute)
	if _, err := snapshot.List(t.Context(), nil); !errors.Is(err, sps.ErrSnapshotExpired) || !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("five minutes after the last query: %v", err)
	}

	fresh, err := client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var last error
	count := 0
	for _, last = range fresh.All(t.Context(), nil) {
		if count++; count == 500 {
			server.Advance(6 * time.Minute) // on one item
		}
	}
	if !errors.Is(last, sps.ErrSnapshotExpired) || count != 501 {
		t.Errorf("after %d: %v", count, last)
	}

	// Another program's is refused, which is not expiry.
	fresh, err = client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := another(t, server).AuditSessions.Snapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.List(t.Context(), nil); !errors.Is(err, secureaccess.ErrNotFound) || errors.Is(err, sps.ErrSnapshotExpired) {
		t.Errorf("a snapshot that another one replaced: %v", err)
	}
}

func TestDialectOfSearches(t *testing.T) {
	var w wire
	_, client := start(t, w.option())
	client.Dialect.Snapshot, client.Dialect.Search = "snapshot_id", "query"
	snapshot, err := client.AuditSessions.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The fake knows the default names only.
	if _, err := snapshot.List(t.Context(), &sps.AuditSessionListOptions{Search: "protocol:SSH"}); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("got %v", err)
	}
	if got := w.lines()[2]; got != "GET /api/audit/sessions?query=protocol%3ASSH&snapshot_id=snapshot-1" {
		t.Errorf("sent %s", got)
	}
}

func TestAnswersToASnapshot(t *testing.T) {
	for body, want := range map[string]string{
		`{"snapshot":"a"}`: "a", `{"snapshot_id":"b"}`: "b", `{"body":{"snapshot":"c"},"key":"_snapshot"}`: "c", `{"snapshot":{"id":"d"}}`: "d",
		`"e"`: "e", `{"body":"f","key":"_snapshot"}`: "f", `{"key":"g","meta":{}}`: "g", `{}`: "", `{"key":"_snapshot"}`: "", `[]`: "", `{"id":7}`: "",
	} {
		appliance := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
			_, _ = io.WriteString(w, body)
		}))
		client, err := sps.New(appliance.URL, sps.Password("a", "b"))
		if err != nil {
			t.Fatal(err)
		}
		snapshot, err := client.AuditSessions.Snapshot(t.Context())
		switch {
		case want == "" && !errors.Is(err, secureaccess.ErrBadResponse):
			t.Errorf("%s: %v, %v", body, snapshot, err)
		case want != "" && (err != nil || snapshot.ID != want):
			t.Errorf("%s: %v, %v", body, snapshot, err)
		}
		appliance.Close()
	}
}

func TestSessionDetails(t *testing.T) {
	server, client := start(t)
	id := spstest.AuditSessionID(42)
	at := time.Date(2017, 4, 25, 13, 26, 39, 144356000, time.UTC)
	server.SetAlerts(id, sps.Alert{AlertType: "adp.event.command", MatchedAction: "ls", RecordID: 94, Time: secureaccess.At(at)})
	server.SetChannels(id, sps.Channel{Type: "session shell", Verdict: "accept", Duration: 157}, sps.Channel{Type: "session exec", Command: "ls"})
	var events []sps.Event
	for i := range 1200 {
		events = append(events, sps.Event{Action: "ls", Content: fmt.Sprintf("$ ls %d", i), RecordID: secureaccess.Int(i)})
	}
	server.SetEvents(id, events...)

	session, err := client.AuditSessions.Get(t.Context(), id)
	if err != nil || session.Body.Protocol != "SSH" || session.Body.StartTime.Year() != 2026 || session.Body.Channels.Href != "/api/audit/sessions/svc-42/channels" {
		t.Errorf("%+v, %v", session, err)
	}
	if _, err := client.AuditSessions.Get(t.Context(), "svc-99999"); !errors.Is(err, sps.CodeNotFound) {
		t.Errorf("a session that there is not: %v", err)
	}

	alerts, err := client.AuditSessions.Alerts(t.Context(), id, nil)
	if err != nil || len(alerts.Items) != 1 || !alerts.Items[0].Time.Equal(at) || alerts.Items[0].RecordID != 94 {
		t.Errorf("%+v, %v", alerts, err)
	}
	for alert, err := range client.AuditSessions.AllAlerts(t.Context(), id) {
		if err != nil || alert.MatchedAction != "ls" {
			t.Errorf("%+v, %v", alert, err)
		}
	}
	channels, err := client.AuditSessions.Channels(t.Context(), id, &sps.AuditListOptions{Limit: 1, Offset: 1})
	if err != nil || len(channels.Items) != 1 || channels.Items[0].Body.Command != "ls" || channels.Meta.MatchCount != 2 {
		t.Errorf("%+v, %v", channels, err)
	}
	var types []string
	for channel, err := range client.AuditSessions.AllChannels(t.Context(), id) {
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, channel.Body.Type)
	}
	if !slices.Equal(types, []string{"session shell", "session exec"}) {
		t.Errorf("channels %q", types)
	}
	page, err := client.AuditSessions.Events(t.Context(), id, &sps.AuditListOptions{Limit: 10})
	if err != nil || len(page.Items) != 10 || page.Meta.Next == "" {
		t.Errorf("%+v, %v", page, err)
	}
	count := 0
	for event, err := range client.AuditSessions.AllEvents(t.Context(), id) {
		if err != nil || int(event.RecordID) != count {
			t.Fatalf("event %d: %+v, %v", count, event, err)
		}
		count++
	}
	if count != 1200 {
		t.Errorf("%d events", count)
	}

	hits, err := client.AuditSessions.Content(t.Context(), id, "ls 77", nil)
	if err != nil || len(hits.Items) != 11 || !strings.Contains(string(hits.Items[0]), `"content":"$ ls 77"`) {
		t.Errorf("%+v, %v", hits, err)
	}
	for _, query := range []string{"", "*ls"} {
		if _, err := client.AuditSessions.Content(t.Context(), id, query, nil); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("query %q: %v", query, err)
		}
	}
}

func TestDownloadTrail(t *testing.T) {
	server, client := start(t)
	server.SetTrail("svc-3", []byte("frame by frame"))
	session, err := client.AuditSessions.Get(t.Context(), "svc-3")
	if err != nil {
		t.Fatal(err)
	}
	d, err := client.AuditSessions.DownloadTrail(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(d)
	if err != nil || string(data) != "frame by frame" || d.Size != 14 {
		t.Errorf("%q, %v", data, err)
	}
	_ = d.Close()
	downloads, err := client.AuditSessions.TrailDownloads(t.Context(), "svc-3", nil)
	if err != nil || len(downloads.Items) != 1 || !downloads.Items[0].FromAPI || downloads.Items[0].Username != "admin" {
		t.Errorf("%+v, %v", downloads, err)
	}

	session.Body.Recording.AuditTrail.Download.Href = "/api/configuration/passwords"
	for _, s := range []*sps.Object[sps.AuditSession]{nil, {}, session} {
		if _, err := client.AuditSessions.DownloadTrail(t.Context(), s); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func BenchmarkAuditSessions(b *testing.B) {
	server, client := start(b)
	server.SetAuditSessions(1_000_000, nil)
	snapshot, err := client.AuditSessions.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		page, err := snapshot.List(b.Context(), nil)
		if err != nil || len(page.Items) != 500 {
			b.Fatal(err)
		}
	}
}
