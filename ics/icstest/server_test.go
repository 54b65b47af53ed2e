package icstest

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// send makes a plain request, with a key unless it is "".
func send(t *testing.T, s *Server, key, method, path, contentType, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.SetBasicAuth(key, "")
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

const jsonType = "application/json"

// TestServer_refuses sends what the document or the contract forbids.
func TestServer_refuses(t *testing.T) {
	s := NewServer(t)
	key := s.Credentials()["api_key"]
	for name, c := range map[string]struct {
		key, method, path, contentType, body string
		status                               int
		says                                 string
	}{
		"negative number":   {key, "GET", "/api/v1/system/active-users?number=-1", jsonType, "", 400, "number"},
		"negative start":    {key, "GET", "/api/v1/system/active-users?start=-1", jsonType, "", 400, "start"},
		"no key":            {"", "GET", "/api/v1/cluster", jsonType, "", 401, "Invalid credentials"},
		"wrong key":         {"x", "GET", "/api/v1/cluster", jsonType, "", 401, "Invalid credentials"},
		"unknown path":      {key, "GET", "/api/v1/nothing", jsonType, "", 404, "does not exist"},
		"wrong method":      {key, "POST", "/api/v1/cluster", jsonType, "{}", 405, "not allowed"},
		"no all":            {key, "DELETE", "/api/v1/system/active-users", jsonType, "", 400, "all"},
		"unknown parameter": {key, "GET", "/api/v1/system/active-users?count=1", jsonType, "", 400, "count"},
		"no number":         {key, "GET", "/api/v1/system/active-users?number=many", jsonType, "", 400, "number"},
		"no content type":   {key, "PUT", "/api/v1/cluster", "", `{"action": "vip-failover"}`, 400, "Content-Type"},
		"unknown member":    {key, "PUT", "/api/v1/cluster", jsonType, `{"action": "vip-failover", "force": true}`, 400, "force"},
		"unknown action":    {key, "PUT", "/api/v1/cluster", jsonType, `{"action": "dissolve"}`, 400, "action"},
		"no body":           {key, "PUT", "/api/v1/license/license-client-lease-state", jsonType, "", 400, "body"},
		"unknown mode":      {key, "PUT", "/api/v1/system/binary-configuration?import=half", "text/html", "UEsDBA==", 200, "Invalid import mode"},
		"no credentials":    {"", "POST", "/api/v1/realm_auth", jsonType, `{"realm": "Admin Users"}`, 401, "Invalid credentials"},
		"unknown realm":     {"rest-admin", "POST", "/api/v1/realm_auth", jsonType, `{"realm": "x"}`, 401, "Invalid credentials"},
		"no realm":          {"rest-admin", "POST", "/api/v1/realm_auth", jsonType, `{}`, 400, "realm"},
		"unknown part":      {key, "PUT", "/api/v1/configuration/users/x/y", jsonType, `{}`, 404, "does not exist"},
		"attribute":         {key, "PUT", "/api/v1/configuration/users/user-roles/user-role", jsonType, `{"x": 1}`, 422, "user-role is missing"},
		"no collection":     {key, "POST", "/api/v1/configuration/users/user-roles", jsonType, `{}`, 201, "no collection"},
		"nothing to delete": {key, "DELETE", "/api/v1/configuration/users/x", jsonType, "", 404, "does not exist"},
	} {
		status, answer := send(t, s, c.key, c.method, c.path, c.contentType, c.body)
		if status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
		var envelope struct {
			Result ics.Result `json:"result"`
		}
		if json.Unmarshal([]byte(answer), &envelope) != nil || len(envelope.Result.Errors) == 0 {
			t.Errorf("%s: the answer is %s", name, answer)
		}
	}
}

// TestServer_Advance_keys follows a key through the idle timeout that the configuration gives it.
func TestServer_Advance_keys(t *testing.T) {
	s := NewServer(t)
	client, err := s.Client()
	if err != nil {
		t.Fatal(err)
	}
	use := func() int {
		t.Helper()
		if _, err := client.System.Info(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s.KeysIssued()
	}
	for range 3 {
		if n := use(); n != 1 {
			t.Fatalf("%d keys, although the key is in use", n)
		}
		s.Advance(9 * time.Minute)
	}
	s.Advance(time.Minute)
	if n := use(); n != 2 {
		t.Errorf("%d keys after 10 idle minutes", n)
	}
	path := ics.Path{"administrators", "admin-roles", "admin-role", ".Administrators", "general", "session-options"}
	if err := s.SetConfiguration(path, ics.SessionOptions{IdleTimeout: 60}); err != nil {
		t.Fatal(err)
	}
	s.Advance(59 * time.Minute)
	if n := use(); n != 2 {
		t.Errorf("%d keys, with a timeout of an hour", n)
	}
}

func TestConfigurationTree(t *testing.T) {
	s := NewServer(t)
	for _, path := range []ics.Path{
		{"administrators", "admin-realms", "realm", "Admin Users", "role-mapping-rules"},
		{"authentication", "auth-servers", "auth-server", "ADServer", "ad", "server-catalog", "groups"},
		{"authentication", "endpoint", "host-checker", "esaps", "esap"},
		{"users", "user-roles", "user-role", "Users", "general", "session-options", "idle-timeout"},
		{"system"}, {"uac"},
	} {
		if !s.Configuration(path, new(any)) {
			t.Errorf("there is nothing at %q", path)
		}
	}
	if err := s.SetConfiguration(ics.Path{"users", "new", "list"}, []map[string]string{{"name": "a"}, {"name": "b", "x": "1"}}); err != nil {
		t.Fatal(err)
	}
	var x string
	if !s.Configuration(ics.Path{"users", "new", "list", "b", "x"}, &x) || x != "1" {
		t.Errorf("x is %q", x)
	}
	if s.Configuration(ics.Path{"users", "new", "list", "b"}, new(int)) {
		t.Error("an object passes for a number")
	}
	for _, path := range []ics.Path{{"users", "new", "list", "c"}, {"users", "new", "list", "b", "x", "y"}, {"nothing"}} {
		if s.Configuration(path, &x) {
			t.Errorf("there is something at %q", path)
		}
	}
	if err := s.SetConfiguration(ics.Path{"users"}, func() {}); err == nil {
		t.Error("what has no JSON is taken")
	}
	if err := s.SetConfiguration(ics.Path{"users", "new", "list", "c", "x"}, 1); err == nil {
		t.Error("an entry that does not exist is changed")
	}

	// What is written over HTTP merges objects, replaces lists, and makes and changes single values.
	key := s.Credentials()["api_key"]
	for _, c := range []struct{ method, path, body, reads, want string }{
		{"PUT", "users/user-roles/user-role/Users", `{"general": {"new": "1"}}`, "users/user-roles/user-role/Users/general", `{"new":"1","session-options":{"idle-timeout":"10"}}`},
		{"PUT", "users/user-roles/user-role/Users/general/new", `{"new": "2"}`, "users/user-roles/user-role/Users/general/new", `{"new":"2"}`},
		{"PUT", "users/user-roles/user-role/Users/general/other", `{"other": "3"}`, "users/user-roles/user-role/Users/general/other", `{"other":"3"}`},
		{"PUT", "users/user-roles/user-role/Made", `{"x": "1"}`, "users/user-roles/user-role/Made", `{"name":"Made","x":"1"}`},
		{"PUT", "users/new/list", `{"list": [{"name": "z"}]}`, "users/new", `{"list":[{"name":"z"}]}`},
		{"POST", "users/new/sub/item", `{"name": "i"}`, "users/new/sub/item/i", `{"name":"i"}`},
		{"DELETE", "users/new/sub/item/i", ``, "users/new/sub/item", `{"item":[]}`},
		{"DELETE", "users/new/sub", ``, "users/new", `{"list":[{"name":"z"}]}`},
	} {
		if status, answer := send(t, s, key, c.method, configurationPrefix+c.path, jsonType, c.body); status/100 != 2 || strings.Contains(answer, "errors") {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, answer)
		}
		if _, answer := send(t, s, key, "GET", configurationPrefix+c.reads, jsonType, ""); answer != c.want {
			t.Errorf("after %s %s there is %s, not %s", c.method, c.path, answer, c.want)
		}
	}
}

func TestSessions(t *testing.T) {
	s := NewServer(t)
	s.AddSessions(3)
	s.InsertSession(1, ics.Session{User: "between"})
	s.InsertSession(99, ics.Session{User: "last"})
	s.InsertSession(-1, ics.Session{User: "first", ID: "sid1"})
	users := func() []string {
		var list []string
		for _, session := range s.Sessions() {
			list = append(list, session.User)
		}
		return list
	}
	if got := users(); !slices.Equal(got, []string{"first", "user-1", "between", "user-2", "user-3", "last"}) {
		t.Errorf("the users are %v", got)
	}
	if s.RemoveSessionAt(2) == "" || s.RemoveSessionAt(5) != "" || s.RemoveSessionAt(-1) != "" || !s.RemoveSession("sid1") || s.RemoveSession("sid1") {
		t.Error("the wrong ones were removed")
	}
	if got := users(); !slices.Equal(got, []string{"user-1", "user-2", "user-3", "last"}) || s.SessionCount() != 4 {
		t.Errorf("the users are %v", got)
	}
	ids := map[string]bool{}
	s.AddSessions(1000)
	for _, session := range s.Sessions() {
		ids[session.ID] = true
		if session.SignedIn().IsZero() || session.SignInTime.IsZero() {
			t.Fatalf("%+v has no time", session)
		}
	}
	if len(ids) != 1004 {
		t.Errorf("%d ids for 1004 sessions", len(ids))
	}
}

// TestServer_Close_removesFiles checks that what is imported does not outlive the server.
func TestServer_Close_removesFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := New()
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	client, err := s.Client()
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"PK\x03\x04", "no archive"} {
		_, _ = client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader(content)}, nil)
	}
	count := func() int {
		files, err := filepath.Glob(filepath.Join(os.TempDir(), "icstest-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if count() == 0 {
		t.Error("no file is there: nothing is proved")
	}
	s.Close()
	if n := count(); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestServer_Fail(t *testing.T) {
	s := NewServer(t)
	client, err := s.Client()
	if err != nil {
		t.Fatal(err)
	}
	before := s.Clock().Now()
	s.Fail(Fault{Path: "/api/v1/system/system-information", Times: 2, Status: 503})
	var info secureaccess.Exchange
	if _, err := client.System.Info(secureaccess.Capture(t.Context(), &info)); err != nil || info.Attempts != 3 {
		t.Errorf("%d attempts, %v", info.Attempts, err)
	}
	if !s.Clock().Now().After(before) {
		t.Error("the pauses took no time on the server's clock")
	}
}

func TestServer_SetInfo(t *testing.T) {
	s := NewServer(t)
	client, err := s.Client()
	if err != nil {
		t.Fatal(err)
	}
	s.SetInfo(ics.SystemInfo{System: ics.System{HostName: "node7"}})
	s.SetHealthFigures(ics.HealthFigures{CPU: 93, Users: 12, LicensedUsersInFull: true})
	information, err := client.System.Info(t.Context())
	if err != nil || information.System.HostName != "node7" {
		t.Errorf("%+v, %v", information, err)
	}
	load, err := client.System.HealthFigures(t.Context())
	if err != nil || load.CPU != 93 || load.Users != 12 || !load.LicensedUsersInFull {
		t.Errorf("%+v, %v", load, err)
	}
}
