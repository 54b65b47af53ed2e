package spstest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// program signs in as a program without this SDK does, with a cookie jar, and returns what asks for a path.
func program(t *testing.T, s *spstest.Server) func(method, path, contentType, body string) (int, string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := s.HTTPClient()
	client.Jar = jar
	send := func(req *http.Request) (int, string) {
		t.Helper()
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b strings.Builder
		if _, err := io.Copy(&b, resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, b.String()
	}
	req, _ := http.NewRequest("GET", s.URL()+"/api/authentication", nil)
	req.SetBasicAuth(s.Credentials()["user"], s.Credentials()["password"])
	if status, body := send(req); status != 200 {
		t.Fatalf("sign-in: %d %s", status, body)
	}
	return func(method, path, contentType, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if contentType != "" {
			req.Header.Set("Content-Type", contentType)
		}
		return send(req)
	}
}

// The guide signs in with "curl -c cookies" and goes on with "curl --cookie cookies".
func TestField_LoginWithAJar(t *testing.T) {
	for name, s := range map[string]*spstest.Server{"HTTP": spstest.NewServer(t), "TLS": spstest.NewTLSServer(t)} {
		ask := program(t, s)
		if status, body := ask("GET", "/api/info", "", ""); status != 200 {
			t.Errorf("%s: %d %s", name, status, body)
		}
		s.Advance(20 * time.Minute)
		if status, _ := ask("GET", "/api/info", "", ""); status != 401 {
			t.Errorf("%s: after 20 idle minutes: %d", name, status)
		}
	}
}

// The guides from 7.0 on have health_status alone.
func TestField_HealthPath(t *testing.T) {
	ask := program(t, spstest.NewServer(t))
	for _, path := range []string{"/api/health_status", "/api/health-status"} {
		if status, body := ask("GET", path, "", ""); status != 200 || !strings.Contains(body, "sessions_total") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// The guide of 8.0 has ?start= and ?end= with the list of sessions.
func TestField_StartAndEnd(t *testing.T) {
	s := spstest.NewServer(t)
	begin := s.Clock().Now().Add(-24 * time.Hour)
	s.SetAuditSessions(24, func(n int) sps.AuditSession {
		var session sps.AuditSession
		_ = json.Unmarshal([]byte(`{"start_time": "`+begin.Add(time.Duration(n)*time.Hour).Format(time.RFC3339)+
			`", "end_time": "`+begin.Add(time.Duration(n)*time.Hour+time.Minute).Format(time.RFC3339)+`"}`), &session)
		return session
	})
	ask := program(t, s)
	at := func(hours int) string { return begin.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04") }
	for query, want := range map[string]int{
		"":                                       24,
		"?start=" + at(20):                       4,
		"?end=" + at(3):                          4,
		"?start=" + at(3) + "&end=" + at(5):      3,
		"?start=2017-01-25T10:00&end=2100-01-25": 24,
		"?start=2100-01-25":                      0,
	} {
		status, body := ask("GET", "/api/audit/sessions"+query, "", "")
		var list struct {
			Items []struct{ Key string }
			Meta  struct {
				Count int `json:"match_count"`
			}
		}
		if status != 200 || json.Unmarshal([]byte(body), &list) != nil || len(list.Items) != want || list.Meta.Count != want {
			t.Errorf("%s: %d with %d of %d items, want %d", query, status, len(list.Items), list.Meta.Count, want)
		}
	}
	if status, body := ask("GET", "/api/audit/sessions?start=yesterday", "", ""); status != 400 || !strings.Contains(body, "yesterday") {
		t.Errorf("no time: %d %s", status, body)
	}
}

// What the search does not understand it refuses; what it understands it finds.
func TestField_SearchLanguage(t *testing.T) {
	s := spstest.NewServer(t)
	s.SetAuditSessions(100, nil)
	s.SetEvents(spstest.AuditSessionID(1), sps.Event{Content: "sudo rm important"}, sps.Event{Content: "ls"})
	ask := program(t, s)
	for query, want := range map[string]int{
		`protocol:RDP`:                               25,
		`protocol:RDP OR protocol:HTTP`:              50,
		`NOT protocol:SSH`:                           50,
		`user.name:ann*`:                             20,
		`user.name:(anna OR bela) AND client.port:*`: 40,
		`user.name:nobody`:                           0,
		`user.name:[a TO b]`:                         -1,
		`anna`:                                       -1,
		`user.color:red`:                             -1,
	} {
		status, body := ask("GET", "/api/audit/sessions?limit=1&q="+url.QueryEscape(query), "", "")
		var list struct {
			Meta struct {
				Count int `json:"match_count"`
			}
		}
		if want < 0 {
			if status != 400 || !strings.Contains(body, "InvalidQuery") {
				t.Errorf("%s: %d %s", query, status, body)
			}
			continue
		}
		if status != 200 || json.Unmarshal([]byte(body), &list) != nil || list.Meta.Count != want {
			t.Errorf("%s: %d, %d matches, want %d", query, status, list.Meta.Count, want)
		}
	}
	for query, want := range map[string]string{
		`sudo`: "important", `"sudo rm"`: "important", `imp* AND NOT ls`: "important", `ls OR none`: `"ls"`,
		`user:x`: "InvalidQuery", `[a TO b]`: "InvalidQuery", `*x`: "InvalidQuery",
	} {
		if _, body := ask("GET", "/api/audit/sessions/svc-1/content?q="+url.QueryEscape(query), "", ""); !strings.Contains(body, want) {
			t.Errorf("content %s: %s", query, body)
		}
	}
	s.SetSearchLimit(50)
	for order, first := range map[string]string{"": `"svc-99"`, "-start_time": `"svc-99"`, "start_time": `"svc-0"`, "user": "InvalidQuery"} {
		if _, body := ask("GET", "/api/audit/sessions?limit=1&sort="+order, "", ""); !strings.Contains(body, first) {
			t.Errorf("sort=%s: %s", order, body)
		}
	}
}

// Clients of .NET and PowerShell name a charset and ask for JSON whatever they download.
func TestField_HeadersOfOtherClients(t *testing.T) {
	ask := program(t, spstest.NewServer(t))
	if status, body := ask("POST", "/api/transaction", "", ""); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	status, body := ask("POST", "/api/configuration/policies/time_policies/", "application/json; charset=utf-8", `{"name": "nights"}`)
	if status != 201 {
		t.Errorf("with a charset and a slash: %d %s", status, body)
	}
	if status, body := ask("GET", "/api/audit/sessions/svc-1/audit_trail", "", ""); status != 200 || body != "audit trail of svc-1" {
		t.Errorf("content without Accept: %d %s", status, body)
	}
	if status, body := ask("GET", "/api/audit/sessions/svc-1", "", ""); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if _, body := ask("GET", "/api/info", "", ""); !strings.Contains(body, `"nickname":null`) {
		t.Errorf("the document prints nickname: null; got %s", body)
	}
}

// The lines that safeguard-ps sends: JSON whatever it downloads, firmware as it is, jobs without a transaction.
func TestField_SafeguardPS(t *testing.T) {
	s := spstest.NewServer(t)
	ask := program(t, s)
	for _, step := range []struct{ method, path, contentType, body, want string }{
		{"GET", "/api", "", "", `"key":"configuration"`},
		{"GET", "/api/configuration", "", "", `"key":"policies"`},
		{"GET", "/api/setup", "", "", `"completed"`},
		{"GET", "/api/user/info", "", "", `"token"`},
		{"POST", "/api/upload/firmware", "application/x-iso9660-image", "ISO", `"key":"2"`},
		{"GET", "/api/firmware/slots", "", "", `"version":"8.0.2"`},
		{"POST", "/api/firmware/test", "application/json; charset=utf-8", `{"slot_id": 2}`, "test_summary"},
		{"POST", "/api/firmware/test", "application/json", `{"slot_id": "3"}`, "ResourceNotFound"},
		{"POST", "/api/firmware/upgrade", "application/json", `{"slot_id": "2", "message": null}`, "test_summary"},
		{"GET", "/api/firmware/slots/2", "", "", `"current":true`},
		{"GET", "/api/configuration/management/email", "", "", "admin_address"},
		{"GET", "/api/configuration/network/nics", "", "", `"key":"nic1"`},
		{"GET", "/api/configuration/network/nics/nic1", "", "", `"@order":["ff75"]`},
		{"POST", "/api/starling/join", "application/json", `{}`, "meta"},
		{"GET", "/api/cluster/status", "", "", "{"},
		{"POST", "/api/cluster/promote", "", "", "{"},
		{"GET", "/api/audit/users?limit=3&sort=name", "", "", `"key":"anna"`},
		{"GET", "/api/audit/users/_count", "", "", `"count":5`},
		{"GET", "/api/audit/sessions/svc-1/indexer", "", "", "config"},
		{"POST", "/api/troubleshooting/support-bundle", "", "", `"key"`},
		{"GET", "/api/troubleshooting/support-bundle", "", "", `"status":"running"`},
	} {
		status, body := ask(step.method, step.path, step.contentType, step.body)
		if status == 401 || status >= 500 || !strings.Contains(body, step.want) {
			t.Errorf("%s %s: %d %.300s, want %s", step.method, step.path, status, body, step.want)
		}
	}
}

// SafeguardDotNet names a charset with every body, and SafeguardJava changes an object that it has read whole.
func TestField_SafeguardDotNetAndJava(t *testing.T) {
	s := spstest.NewServer(t)
	ask := program(t, s)
	const email = "/api/configuration/management/email"
	if status, body := ask("POST", "/api/transaction", "application/json; charset=utf-8", ""); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	_, read := ask("GET", email, "", "")
	var object struct{ Body map[string]any }
	if err := json.Unmarshal([]byte(read), &object); err != nil {
		t.Fatal(err)
	}
	object.Body["admin_address"] = "other@example.com"
	written, _ := json.Marshal(object.Body)
	if status, body := ask("PUT", email, "application/json; charset=utf-8", string(written)); status != 201 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := ask("PUT", "/api/transaction", "application/json; charset=utf-8", `{"status": "commit"}`); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if got := string(s.Object("management", "email")); !strings.Contains(got, "other@example.com") {
		t.Errorf("stored %s", got)
	}
}
