package sps_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestSnapshot_All_million(t *testing.T) {
	count := 1_000_000
	if underRace {
		count = 20_000
	}
	server, client := start(t)
	server.SetAuditSessions(count, nil)
	snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
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

func TestSnapshot_All_circle(t *testing.T) {
	asked := 0
	client := respond(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "_snapshot") {
			fmt.Fprint(w, `{"snapshot":"s"}`)
			return
		}
		asked++
		fmt.Fprintf(w, `{"items":[{"key":"%d","meta":{}}],"meta":{"match_count":9,"next":"/api/audit/sessions?n=%d"}}`, asked%3, asked)
	})
	snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	items := 0
	var last error
	for _, last = range snapshot.All(t.Context(), nil) {
		items++
	}
	if items != 4 || asked != 4 || !errors.Is(last, secureaccess.ErrListIncomplete) {
		t.Errorf("%d items in %d pages, %v", items, asked, last)
	}
}

func TestSnapshot_All_keptAlive(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetAuditSessions(1200, nil)
	server.SetIdleTimeout(24 * time.Hour)
	snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
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

func TestSnapshot_expires(t *testing.T) {
	server, client := start(t)
	server.SetIdleTimeout(24 * time.Hour)
	snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
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

	fresh, err := client.AuditSessions.TakeSnapshot(t.Context())
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
	fresh, err = client.AuditSessions.TakeSnapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := another(t, server).AuditSessions.TakeSnapshot(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.List(t.Context(), nil); !errors.Is(err, secureaccess.ErrNotFound) || errors.Is(err, sps.ErrSnapshotExpired) {
		t.Errorf("a snapshot that another one replaced: %v", err)
	}
}

func TestDialect_Search(t *testing.T) {
	var w wire
	_, client := start(t, w.option())
	client.Dialect.Snapshot, client.Dialect.Search = "snapshot_id", "query"
	snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
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

func TestAuditSessions_TakeSnapshot_forms(t *testing.T) {
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
		snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
		switch {
		case want == "" && !errors.Is(err, secureaccess.ErrBadResponse):
			t.Errorf("%s: %v, %v", body, snapshot, err)
		case want != "" && (err != nil || snapshot.ID != want):
			t.Errorf("%s: %v, %v", body, snapshot, err)
		}
		appliance.Close()
	}
}

func BenchmarkAuditSessions(b *testing.B) {
	server, client := start(b)
	server.SetAuditSessions(1_000_000, nil)
	snapshot, err := client.AuditSessions.TakeSnapshot(b.Context())
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
