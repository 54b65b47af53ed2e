package sps_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// A list that the appliance cuts says so; a snapshot has no limit.
func TestField_ListIsCut(t *testing.T) {
	server, client := start(t)
	server.SetAuditSessions(10_100, nil)
	opts := &sps.AuditSessionListOptions{PageOptions: sps.PageOptions{Limit: 5000}}
	for offset, want := range map[int]int{0: 10_000, 9_000: 1_000} {
		opts.Offset = offset
		count := 0
		var last error
		for _, last = range client.AuditSessions.All(t.Context(), opts) {
			if last == nil {
				count++
			}
		}
		if count != want || !errors.Is(last, secureaccess.ErrListIncomplete) {
			t.Errorf("from %d on: %d sessions, %v", offset, count, last)
		}
	}
	snapshot, err := client.AuditSessions.TakeSnapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.AddAuditSessions(5) // not in the snapshot
	count := 0
	for _, err := range snapshot.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 10_100 {
		t.Errorf("%d sessions in the snapshot", count)
	}
	server.SetAuditSessions(9_999, nil)
	count = 0
	for _, err := range client.AuditSessions.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 9_999 {
		t.Errorf("%d sessions of a list that is whole", count)
	}
}

func TestAuditSessions_All_links(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetAuditSessions(1000, nil)
	opts := &sps.AuditSessionListOptions{PageOptions: sps.PageOptions{Limit: 400, Offset: 100}, Fields: []string{"protocol", "user"}}
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
	if err != nil || len(page.Items) != 500 || page.Total != 1000 || page.Meta.Next == "" || page.Items[0].Loaded() {
		t.Errorf("%d items, %+v, %v", len(page.Items), page.Meta, err)
	}
}

func TestAuditSessions_All_changes(t *testing.T) {
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

func TestAuditSessions_List_search(t *testing.T) {
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
	if !slices.Equal(keys, []string{"svc-1", "svc-21", "svc-41", "svc-61", "svc-81"}) {
		t.Errorf("found %q", keys)
	}
	opts.Search = "nonsense"
	if _, err := client.AuditSessions.List(t.Context(), opts); !errors.Is(err, secureaccess.Code("InvalidQuery")) {
		t.Errorf("got %v", err)
	}
	if _, err := client.AuditSessions.List(t.Context(), &sps.AuditSessionListOptions{PageOptions: sps.PageOptions{Limit: -1}}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
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

func TestAuditSessions_All_foreignLinks(t *testing.T) {
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

// A server that ignores the offset shows the same again, whatever its links say.
func TestAuditSessions_All_circle(t *testing.T) {
	for name, offset := range map[string]func(page int) int{
		"to itself":      func(int) int { return 0 },
		"round three":    func(page int) int { return page % 3 },
		"ever new links": func(page int) int { return page },
	} {
		asked := 0
		client := respond(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			fmt.Fprintf(w, `{"items":[{"key":"%s","meta":{}}],"meta":{"next":"/api/audit/sessions?offset=%d&n=%d"}}`,
				strings.Repeat("k", asked%3+1), offset(asked), asked)
		})
		items := 0
		for _, err := range client.AuditSessions.All(t.Context(), nil) {
			if err != nil {
				t.Error(err)
			}
			items++
		}
		if items != 3 || asked != 4 {
			t.Errorf("%s: %d items in %d pages", name, items, asked)
		}
	}
}

// respond returns a client of an appliance that hands out a session and responds with a function to everything else.
func respond(t *testing.T, handle http.HandlerFunc) *sps.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/authentication" {
			w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
			return
		}
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := sps.New(server.URL, sps.Password("admin", "password"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestAuditSessions_All_emptyPage(t *testing.T) {
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
