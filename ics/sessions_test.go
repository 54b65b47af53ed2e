package ics_test

import (
	"errors"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// TestSessions_All_whileTheyMove lists 100,000 sessions while up to 60 end and 60 begin after every page, anywhere in the
// list: none may come twice, and none that was there throughout may be missed. At its end the walk may hold on to
// fingerprints of what it saw, not to records.
func TestSessions_All_whileTheyMove(t *testing.T) {
	n := 100_000
	if ics.RaceDetector {
		n = 10_000 // which takes as long then
	}
	server, client := setUp(t)
	server.AddSessions(n)
	before := make(map[string]int, n)
	for i, session := range server.Sessions() {
		before[session.ID] = i
	}
	server.Churn(60, 60, 42)

	seen, begun := make([]bool, n), map[string]bool{}
	start, growth := heap(), int64(0)
	count := 0
	for session, err := range client.Sessions.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		i, old := before[session.ID]
		if begun[session.ID] || old && seen[i] {
			t.Fatalf("session %s came twice", session.ID)
		}
		if old {
			seen[i] = true
		} else {
			begun[session.ID] = true
		}
		if count++; count == n-1000 {
			growth = heap() - start
		}
	}

	throughout := 0
	for _, session := range server.Sessions() {
		if i, old := before[session.ID]; old {
			throughout++
			if !seen[i] {
				t.Fatalf("session %s was missed", session.ID)
			}
		}
	}
	pages := server.PagesAsked()
	back := 0
	for i := 1; i < len(pages); i++ {
		if pages[i].Start < pages[i-1].Start {
			back++
		} else if pages[i].Start >= pages[i-1].Start+200 {
			t.Errorf("the page from %d does not overlap the one from %d", pages[i].Start, pages[i-1].Start)
		}
	}
	t.Logf("%d sessions listed with %d requests, %d steps back; %d were there throughout, %d ended meanwhile; the heap grew by %d KiB, with what the test notes",
		count, len(pages), back, throughout, n-throughout, growth>>10)
	if throughout < n/2 || n-throughout < n/10 || back < 5 {
		t.Error("the list did not move enough to prove anything")
	}
	if growth == 0 || growth > 8<<20 {
		t.Errorf("the heap grew by %d bytes", growth)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestSessions_All_stopsWithTheLoop(t *testing.T) {
	server, client := setUp(t)
	server.AddSessions(1000)
	for range client.Sessions.All(t.Context(), nil) {
		break
	}
	if got := len(server.PagesAsked()); got != 1 {
		t.Errorf("%d pages were asked for", got)
	}
}

// TestSessions_All_otherReleases goes through the ways in which releases page.
func TestSessions_All_otherReleases(t *testing.T) {
	for name, paging := range map[string]icstest.Paging{
		"current":       {},
		"older":         {NoLastRecord: true},
		"zero-based":    {ZeroBased: true},
		"smaller pages": {MaxPage: 50, NoLastRecord: true},
	} {
		server, client := setUp(t)
		server.SetPaging(paging)
		for _, n := range []int{0, 1, 199, 200, 201, 380, 381, 1000} {
			server.AddSessions(n - server.SessionCount())
			got := 0
			for _, err := range client.Sessions.All(t.Context(), nil) {
				if err != nil {
					t.Fatalf("%s, %d sessions: %v", name, n, err)
				}
				got++
			}
			if got != n {
				t.Errorf("%s: %d of %d sessions", name, got, n)
			}
		}
	}

	server, client := setUp(t)
	server.SetPaging(icstest.Paging{IgnoreStart: true, NoLastRecord: true})
	server.AddSessions(300)
	var failed error
	for _, err := range client.Sessions.All(t.Context(), nil) {
		failed = err
	}
	if !errors.Is(failed, secureaccess.ErrListIncomplete) {
		t.Errorf("an appliance that ignores start, and gives 200 at most, gives %v", failed)
	}
}

// A page that fails ends the loop with its error, and what came before stands.
func TestSessions_All_error(t *testing.T) {
	server, client := setUp(t, secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	server.AddSessions(500)
	server.Fail(icstest.Fault{Path: "/api/v1/system/active-users", After: 2, Status: http.StatusBadGateway})
	got := 0
	var failed error
	for _, err := range client.Sessions.All(t.Context(), nil) {
		if err != nil {
			failed = err
			continue
		}
		got++
	}
	if got != 380 || !errors.Is(failed, secureaccess.ErrServer) {
		t.Errorf("%d sessions, then %v", got, failed)
	}
}

func TestSessions(t *testing.T) {
	server, client := setUp(t)
	server.AddSessions(250)
	mine := server.AddSession(ics.Session{User: "jack", Roles: "Users, Admins"})

	page, err := client.Sessions.List(t.Context(), nil)
	if err != nil || len(page.Items) != 200 || page.Total != 251 || page.Returned != 200 || !page.LoginAllowed || page.Last == nil || *page.Last {
		t.Fatalf("the first page is %d of %d, %v", len(page.Items), page.Total, err)
	}
	page, err = client.Sessions.List(t.Context(), &ics.SessionListOptions{PageOptions: ics.PageOptions{Start: 201, Number: 10}})
	if err != nil || len(page.Items) != 10 || page.Items[0].User != "user-201" {
		t.Fatalf("a page in the middle is %v, %v", page, err)
	}
	if _, err := client.Sessions.List(t.Context(), &ics.SessionListOptions{PageOptions: ics.PageOptions{Start: -1}}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a negative start gives %v", err)
	}

	found, err := client.Sessions.Find(t.Context(), "jack")
	if err != nil || len(found.Items) != 1 || found.Items[0].ID != mine.ID || found.Items[0].Roles != "Users, Admins" {
		t.Fatalf("jack's sessions are %v, %v", found, err)
	}
	if found, err := client.Sessions.Find(t.Context(), "nobody"); err != nil || len(found.Items) != 0 || found.Total != 0 {
		t.Errorf("nobody's sessions are %v, %v", found, err)
	}

	if _, err := client.Sessions.End(t.Context(), mine.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Sessions.End(t.Context(), mine.ID); !errors.Is(err, secureaccess.ErrNotFound) || !errors.Is(err, ics.ErrRefused) {
		t.Errorf("ending what has ended gives %v", err)
	}
	if got := server.SessionCount(); got != 250 {
		t.Errorf("%d sessions are left", got)
	}
	for _, id := range []string{"", ".."} {
		if _, err := client.Sessions.End(t.Context(), id); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("the id %q gives %v", id, err)
		}
	}
	if _, err := client.Sessions.EndAll(t.Context()); err != nil || server.SessionCount() != 0 {
		t.Errorf("%d sessions are left, %v", server.SessionCount(), err)
	}
}

func TestSessionInfo(t *testing.T) {
	server, client := setUp(t)
	server.AddSessionCookie("d2b32c2a1f3b", ics.SessionInfo{Username: "user1", Roles: []string{"Users", "SecondRole"}})
	info, err := client.Sessions.Info(t.Context(), secureaccess.NewSecret("d2b32c2a1f3b"))
	if err != nil || info.Username != "user1" || !slices.Equal(info.Roles, []string{"Users", "SecondRole"}) {
		t.Fatalf("%v, %v", info, err)
	}
	_, err = client.Sessions.Info(t.Context(), secureaccess.NewSecret("d2b32c2a1f3"))
	failure, _ := errors.AsType[*secureaccess.Error](err)
	if !errors.Is(err, secureaccess.ErrNotFound) || failure == nil || !slices.Equal(failure.Messages, []string{"Invalid session"}) {
		t.Errorf("an unknown cookie gives %v", err)
	}
}

// The document names is-last-record and does not show where it stands, or how it is written.
func TestSessions_List_lastRecordAnywhere(t *testing.T) {
	for _, body := range []string{
		`{"active-users": {"active-user-records": {"active-user-record": []}, "is-last-record": true}}`,
		`{"active-users": {"active-user-records": {"active-user-record": [], "is-last-record": "true"}}}`,
		`{"active-users": {"active-user-records": {"active-user-record": []}}, "is-last-record": "True"}`,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		if page, err := client.Sessions.List(t.Context(), nil); err != nil || page.Last == nil || !*page.Last {
			t.Errorf("%s: %v, %v", body, page, err)
		}
	}
	for _, body := range []string{`{"active-users": {}}`, `{"active-users": null}`, `{"active-users": {"active-user-records": null}}`} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		if page, err := client.Sessions.List(t.Context(), nil); err != nil || page.Last != nil || len(page.Items) != 0 {
			t.Errorf("%s: %v, %v", body, page, err)
		}
	}
	for _, body := range []string{`{"is-last-record": true}`, `{}`, `null`, `{"message": "timed out"}`} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		if page, err := client.Sessions.List(t.Context(), nil); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v, %v", body, page, err)
		}
	}
}

func TestSession_SignedIn(t *testing.T) {
	for _, c := range []struct{ session, want string }{
		{`{"sign-in-time-micro": "1699317427.743783", "user-sign-in-time": "2023/11/07 06:07:09"}`, "2023-11-07T00:37:07.743783Z"},
		{`{"sign-in-time-micro": "1699317427.5"}`, "2023-11-07T00:37:07.5Z"},
		{`{"sign-in-time-micro": "1699317427"}`, "2023-11-07T00:37:07Z"},
		{`{"sign-in-time-micro": "1699317427.x"}`, "2023-11-07T00:37:07Z"},
		{`{"sign-in-time-micro": null, "user-sign-in-time": "2023/11/07 06:07:09"}`, "2023-11-07T06:07:09Z"},
		{`{"sign-in-time-micro": "0.000000", "user-sign-in-time": "2023/11/07 06:07:09"}`, "2023-11-07T06:07:09Z"},
		{`{"sign-in-time-micro": "0"}`, "0001-01-01T00:00:00Z"},
		{`{"sign-in-time-micro": "-1.5"}`, "0001-01-01T00:00:00Z"},
		{`{}`, "0001-01-01T00:00:00Z"},
	} {
		var session ics.Session
		if err := secureaccess.Unmarshal([]byte(c.session), &session); err != nil {
			t.Fatal(err)
		}
		if got := session.SignedIn().Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s: %s, not %s", c.session, got, c.want)
		}
	}
}
