package spstest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestNewServer(t *testing.T) {
	server := spstest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Error(err)
	}
}

// raw sends a request as no client of ours would.
type raw struct {
	t      *testing.T
	server *spstest.Server
	cookie string
}

func newRaw(t *testing.T, server *spstest.Server) *raw {
	t.Helper()
	r := &raw{t: t, server: server}
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL()+"/api/authentication", nil)
	if err != nil {
		t.Fatal(err)
	}
	credentials := server.Credentials()
	req.SetBasicAuth(credentials["user"], credentials["password"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil || len(resp.Cookies()) != 1 {
		t.Fatalf("login: %v, %v", resp, err)
	}
	_ = resp.Body.Close()
	r.cookie = resp.Cookies()[0].Value
	return r
}

func (r *raw) do(method, path, body string, header ...string) (int, string) {
	r.t.Helper()
	content := io.Reader(strings.NewReader(body))
	if len(header) > 0 && header[0] == "Transfer-Encoding" {
		content = io.MultiReader(strings.NewReader("{}")) // of a length that is not known
		header = nil
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.server.URL()+path, content)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Cookie", "session_id="+r.cookie)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func TestServer_refuses(t *testing.T) {
	server := spstest.NewServer(t)
	r := newRaw(t, server)
	embedded := `{"name":"x","rules":[{"actions":{"audit":true,"content_policy":null,"four_eyes":false,"ids":false},"allowed_for":{"clients":[],"gateway_groups":[],` +
		`"remote_groups":[],"servers":[],"time_policy":{"key":"-100","meta":{"href":"/api/configuration/policies/time_policies/-100"}}},"channel":"#drawing"}]}`
	if status, body := r.do("POST", "/api/configuration/rdp/channel_policies", "{}"); status != 409 || !strings.Contains(body, `"resource":"/api/configuration/rdp/channel_policies"`) {
		t.Errorf("a write outside of a transaction: %d %s", status, body)
	}
	if status, body := r.do("POST", "/api/transaction", ""); status != 200 {
		t.Fatalf("opening: %d %s", status, body)
	}
	tests := map[string]struct {
		method, path, body string
		header             []string
		status             int
		says               string
	}{
		"not JSON":                {"POST", "/api/configuration/rdp/channel_policies", "{", nil, 400, "properly formatted"},
		"a member that must be":   {"POST", "/api/configuration/policies/user_databases", `{"name":"x"}`, nil, 400, ".users"},
		"one further down":        {"POST", "/api/configuration/policies/user_databases", `{"name":"x","users":[{"username":"a"}]}`, nil, 400, ".users[0].passwords"},
		"an embedded reference":   {"POST", "/api/configuration/rdp/channel_policies", embedded, nil, 400, "not the key"},
		"a dangling reference":    {"POST", "/api/configuration/rdp/channel_policies", strings.Replace(embedded, embedded[strings.Index(embedded, `{"key"`):strings.Index(embedded, `},"channel"`)], `"12"`, 1), nil, 400, "no object"},
		"a new setting":           {"POST", "/api/configuration/datetime", `"x"`, nil, 405, ""},
		"a deletion of a setting": {"DELETE", "/api/configuration/datetime/timezone", "", nil, 405, ""},
		"a change of a secret":    {"PUT", "/api/configuration/passwords/1", `{}`, nil, 404, ""},
		"no such collection":      {"POST", "/api/configuration/rdp/nothing", `{}`, nil, 404, ""},
		"no such object":          {"GET", "/api/configuration/rdp/channel_policies/1", "", nil, 404, "NotFound"},
		"no such path":            {"GET", "/api/nothing", "", nil, 404, "NotFound"},
		"another commit":          {"PUT", "/api/transaction", `{"status":"abort"}`, nil, 400, "status"},
		"no length":               {"POST", "/api/transaction", "", []string{"Transfer-Encoding", "chunked"}, 411, ""},
		"a browser":               {"DELETE", "/api/transaction", "", []string{"User-Agent", "Mozilla/5.0"}, 403, "X-Token"},
		"an unknown parameter":    {"GET", "/api/audit/sessions?serach=x", "", nil, 400, "serach"},
		"a member of no session":  {"GET", "/api/audit/sessions?fields=user,usr", "", nil, 400, "usr"},
		"users by another order":  {"GET", "/api/audit/users?sort=age", "", nil, 400, "-name"},
		"users that match":        {"GET", "/api/audit/users?q=a", "", nil, 400, "q="},
		"a page of no number":     {"GET", "/api/audit/users?limit=all", "", nil, 400, "limit="},
		"users of a day, counted": {"GET", "/api/audit/users/_count?start=2026-01-01", "", nil, 400, "start="},
		"an end with a reason":    {"DELETE", "/api/active-sessions?id=x&why=y", "", nil, 400, "why="},
		"an unknown snapshot":     {"GET", "/api/audit/sessions?snapshot=x", "", nil, 404, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, body := r.do(test.method, test.path, test.body, test.header...)
			if status != test.status || !strings.Contains(body, test.says) {
				t.Errorf("%d %s, want %d with %q", status, body, test.status, test.says)
			}
			var answer struct {
				Error struct{ Type, Message string }
			}
			if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Error.Type == "" || answer.Error.Message == "" {
				t.Errorf("%s is no error of the appliance: %v", body, err)
			}
		})
	}
	r.cookie = "x"
	if status, body := r.do("GET", "/api/configuration/rdp", ""); status != 401 || !strings.Contains(body, "Unauthenticated") {
		t.Errorf("without a session: %d %s", status, body)
	}
}

func TestServer_expect(t *testing.T) {
	server := spstest.NewServer(t)
	r := newRaw(t, server)
	if status, _ := r.do("PUT", "/api/transaction", `{"status":"commit"}`, "Expect", "200-ok"); status != 417 {
		t.Errorf("got %d", status)
	}
}

func TestServer_links(t *testing.T) {
	server := spstest.NewServer(t)
	r := newRaw(t, server)
	_, body := r.do("GET", "/api/configuration/policies/content_policies", "")
	for _, want := range []string{`"next":"/api/configuration/policies/credentialstores"`, `"previous":"/api/configuration/policies/backup_policies"`, `"items":[]`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %s", body, want)
		}
	}
	_, body = r.do("GET", "/api/configuration/policies", "")
	if !strings.Contains(body, `"next":"/api/configuration/private_keys"`) || !strings.Contains(body, `"key":"time_policies"`) {
		t.Errorf("a directory: %s", body)
	}
}

func TestServer_SetAutoOpen(t *testing.T) {
	server := spstest.NewServer(t)
	server.SetAutoOpen(true)
	r := newRaw(t, server)
	if status, body := r.do("PUT", "/api/configuration/datetime/timezone", `"UTC"`); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	if got := string(server.Object("datetime", "timezone")); got != `"Europe/Budapest"` {
		t.Errorf("committed: %s", got)
	}
	if _, body := r.do("GET", "/api/transaction", ""); !strings.Contains(body, `"status":"open"`) || !strings.Contains(body, `"changes":"/api/transaction/changes"`) {
		t.Error(body)
	}
	other := newRaw(t, server)
	if status, _ := other.do("PUT", "/api/configuration/datetime/timezone", `"UTC"`); status != 409 {
		t.Errorf("somebody else's write: %d", status)
	}
	if status, _ := r.do("PUT", "/api/transaction", `{"status":"commit"}`); status != 200 {
		t.Errorf("commit: %d", status)
	}
	if got := string(server.Object("datetime", "timezone")); got != `"UTC"` {
		t.Errorf("committed: %s", got)
	}
}

func TestServer_Advance_endsSession(t *testing.T) {
	server := spstest.NewServer(t)
	before := server.Dump()
	r := newRaw(t, server)
	r.do("POST", "/api/transaction", "")
	r.do("PUT", "/api/configuration/datetime/timezone", `"UTC"`)
	server.Advance(20 * time.Minute)
	other := newRaw(t, server)
	if status, body := other.do("POST", "/api/transaction", ""); status != 200 {
		t.Errorf("the lock outlives its session: %d %s", status, body)
	}
	if status, _ := r.do("GET", "/api/transaction", ""); status != 401 {
		t.Errorf("the session outlives its time: %d", status)
	}
	if !bytes.Equal(server.Dump(), before) {
		t.Error("the transaction left something behind")
	}
}

func TestServer_AddObject_insideATransaction(t *testing.T) {
	server := spstest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	err = client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		server.AddCollection("policies/ldap_servers")
		server.AddObject("policies/time_policies", "9", map[string]any{"name": "late"})
		if _, err := sps.Create(ctx, tx, "policies/ldap_servers", map[string]any{"name": "ad"}); err != nil {
			return err
		}
		_, err := sps.Get(ctx, tx, sps.TimePolicies, "9")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if server.Object("policies/time_policies", "9") == nil || len(server.Keys("policies/ldap_servers")) != 1 {
		t.Error("the commit dropped it")
	}
}

func TestServer_Start(t *testing.T) {
	server := spstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.AddUser("dora", "pw")
	credentials := server.Credentials()
	for user, password := range map[string]string{credentials["user"]: credentials["password"], "dora": "pw"} {
		client, err := sps.New(server.URL(), sps.Password(user, password))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.System.Info(t.Context()); err != nil {
			t.Error(err)
		}
	}
	taken := spstest.New()
	if err := taken.Start(strings.TrimPrefix(server.URL(), "http://")); err == nil {
		t.Error("an address that is taken was taken again")
	}
}

func TestServer_Fail(t *testing.T) {
	server := spstest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	server.Fail(spstest.Fault{Path: "/api/info", Status: 503, Times: 2})
	var info secureaccess.Exchange
	if _, err := client.System.Info(secureaccess.Capture(t.Context(), &info)); err != nil || info.Attempts != 3 {
		t.Errorf("%d attempts, %v", info.Attempts, err)
	}
	server.Fail(spstest.Fault{Path: "/api/info", Truncate: 20, Times: -1})
	if _, err := client.System.Info(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a truncated answer: %v", err)
	}
}

// What the guide says of searches without a query, and of the wizard that needs no session.
func TestServer_guide(t *testing.T) {
	server := spstest.NewServer(t)
	server.SetEvents(spstest.AuditSessionID(1), sps.Event{Content: "ls"})
	r := newRaw(t, server)
	for _, path := range []string{"content/", "content", "content/?q=", "content/?q=&limit=3"} {
		if status, body := r.do("GET", "/api/audit/sessions/svc-1/"+path, ""); status != 200 || !strings.Contains(body, `"items":[]`) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if _, body := r.do("GET", "/api/audit/users?sort=-name&limit=1", ""); !strings.Contains(body, `"key":"elek"`) {
		t.Errorf("the last user: %s", body)
	}
	r.cookie = ""
	for _, path := range []string{"/api/setup", "/api/setup/"} {
		if status, body := r.do("GET", path, ""); status != 200 || !strings.Contains(body, "completed") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, _ := r.do("GET", "/api/setup/../info", ""); status == 200 {
		t.Error("the wizard opens other doors")
	}
}
