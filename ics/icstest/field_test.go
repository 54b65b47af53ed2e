package icstest

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
)

// Local users are entries by their username: made once, read, removed.
func TestField_LocalUserByName(t *testing.T) {
	s := NewServer(t)
	key := s.Credentials()["api_key"]
	const users = "/api/v1/configuration/authentication/auth-servers/auth-server/System%20Local/local/users/user"
	body := `{"username": "user0001", "fullname": "User One", "enabled": "true", "password-cleartext": "x"}`
	if status, said := send(t, s, key, "POST", users, jsonType, body); status != 201 || !strings.Contains(said, succeeded) {
		t.Fatalf("POST: %d %s", status, said)
	}
	if status, said := send(t, s, key, "GET", users+"/user0001", "", ""); status != 200 || !strings.Contains(said, "User One") {
		t.Errorf("GET: %d %s", status, said)
	}
	if _, said := send(t, s, key, "POST", users, jsonType, body); !strings.Contains(said, "already exists") {
		t.Errorf("POST of a user that exists: %s", said)
	}
	if status, said := send(t, s, key, "DELETE", users+"/user0001", "", ""); status != 204 {
		t.Errorf("DELETE: %d %s", status, said)
	}
	path := ics.Path{"authentication", "auth-servers", "auth-server", "System Local", "local", "users", "user"}
	var list []any
	if s.Configuration(path, &list); len(list) != 0 {
		t.Errorf("left: %v", list)
	}
}

func TestConfiguration_entriesByNodeAndAddress(t *testing.T) {
	s := NewServer(t)
	key := s.Credentials()["api_key"]
	if err := s.SetConfiguration(ics.Path{"system", "network"}, map[string]any{
		"port":  []any{map[string]any{"node": "node-1", "settings": map[string]any{"mtu": "1500"}}},
		"hosts": []any{map[string]any{"address": "192.0.2.1", "alias": "one"}},
	}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"port/node-1/settings": `"mtu":"1500"`,
		"hosts/192.0.2.1":      `"alias":"one"`,
		"":                     `{"href":"/api/v1/configuration/system/network/port/node-1","name":"node-1"}`,
	} {
		status, said := send(t, s, key, "GET", "/api/v1/configuration/system/network/"+path, "", "")
		if status != 200 || !strings.Contains(said, want) {
			t.Errorf("%s: %d %s", path, status, said)
		}
	}
}

// The vendor's page posts to ".../user-role/".
func TestField_TrailingSlashPost(t *testing.T) {
	s := NewServer(t)
	key := s.Credentials()["api_key"]
	status, said := send(t, s, key, "POST", "/api/v1/configuration/users/user-roles/user-role/", jsonType, `{"name":"New"}`)
	var list []map[string]any
	if status != 201 || !s.Configuration(ics.Path{"users", "user-roles", "user-role"}, &list) || len(list) != 2 || list[1]["name"] != "New" {
		t.Errorf("%d %s; the roles are %v", status, said, list)
	}
}

// A public program reads the configuration from its root.
func TestField_ConfigurationRoot(t *testing.T) {
	s := NewServer(t)
	for path, parts := range map[string][]string{
		"/api/v1/configuration":         {`"administrators"`, `"href":"/api/v1/configuration/users/user-roles/user-role/Users"`},
		"/api/v1/configuration/":        {`"administrators"`},
		"/api/v1/configuration?expand=": {`"administrators"`, `"idle-timeout"`},
	} {
		status, said := send(t, s, s.Credentials()["api_key"], "GET", path, "", "")
		for _, part := range parts {
			if status != 200 || !strings.Contains(said, part) {
				t.Errorf("%s: %d without %s: %s", path, status, part, said)
			}
		}
	}
}

// Public programs get the key of old releases with a slash at the end, or with POST.
func TestField_LegacyLoginForms(t *testing.T) {
	s := NewServer(t)
	c := s.Credentials()
	for _, way := range [][2]string{{"GET", "/api/v1/auth"}, {"GET", "/api/v1/auth/"}, {"POST", "/api/v1/auth"}, {"POST", "/api/v1/auth/"}} {
		for _, password := range []string{c["password"], "wrong"} {
			req, _ := http.NewRequest(way[0], s.URL()+way[1], nil)
			req.SetBasicAuth(c["user"], password)
			resp, err := s.HTTPClient().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			right := password == c["password"]
			if (resp.StatusCode == 200) != right || right == strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Basic realm=") {
				t.Errorf("%v with %q: %s, WWW-Authenticate %q", way, password, resp.Status, resp.Header.Get("WWW-Authenticate"))
			}
		}
	}
}

// Programs open the backup with whatever reads ZIP.
func TestField_BackupIsAnArchive(t *testing.T) {
	s := NewServer(t)
	for _, size := range []int64{0, 64 << 10, 400, 1<<20 + 1} {
		if size > 0 {
			s.SetBinaryConfigurationSize(size)
		} else {
			size = 64 << 10 // what every server begins with
		}
		status, text := send(t, s, s.Credentials()["api_key"], "GET", "/api/v1/system/binary-configuration", "", "")
		data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
		if status != 200 || err != nil || int64(len(data)) != size {
			t.Fatalf("%d: %d, %d bytes, %v", size, status, len(data), err)
		}
		archive, err := zip.NewReader(bytes.NewReader(data), size)
		if err != nil {
			t.Fatalf("%d: %v", size, err)
		}
		if users, err := fs.ReadFile(archive, "user.cfg"); err != nil || len(users) == 0 {
			t.Errorf("%d: %q, %v", size, users, err)
		}
		file, err := archive.Open("system.cfg")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, file); err != nil || n >= size || n < size-400 {
			t.Errorf("%d: %d bytes of content, %v", size, n, err)
		}
	}
	s.SetBinaryConfigurationSize(10) // too small for an archive: the beginning of one
	if _, text := send(t, s, s.Credentials()["api_key"], "GET", "/api/v1/system/binary-configuration", "", ""); !strings.HasPrefix(text, "UEsDB") {
		t.Errorf("got %q", text)
	}
}

// The requests of Oxidized's model: a key for the user's name and password, then the backup with the key as the user's
// name, whose lines it strips and joins before it decodes them.
func TestField_Oxidized(t *testing.T) {
	s := NewServer(t)
	said := s.Credentials()
	request := func(method, path, user, password, body string) []byte {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(user, password)
		if body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s, %s, %v", method, path, resp.Status, data, err)
		}
		return data
	}
	var login struct {
		Key string `json:"api_key"`
	}
	if err := json.Unmarshal(request("POST", "/api/v1/realm_auth", said["user"], said["password"], `{"realm":"Admin Users"}`), &login); err != nil {
		t.Fatal(err)
	}
	var joined strings.Builder
	for line := range strings.Lines(string(request("GET", "/api/v1/system/binary-configuration", login.Key, "", ""))) {
		joined.WriteString(strings.TrimSpace(line))
	}
	data, err := base64.StdEncoding.DecodeString(joined.String())
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"system.cfg", "user.cfg"} {
		if content, err := fs.ReadFile(archive, name); err != nil || len(content) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(content), err)
		}
	}
}

// The document prints null for what a session does not have.
func TestField_NullMembers(t *testing.T) {
	s := NewServer(t)
	s.AddSessions(2)
	_, said := send(t, s, s.Credentials()["api_key"], "GET", "/api/v1/system/active-users", "", "")
	var list struct {
		Users struct {
			Records struct {
				Record []map[string]json.RawMessage `json:"active-user-record"`
			} `json:"active-user-records"`
		} `json:"active-users"`
	}
	if err := json.Unmarshal([]byte(said), &list); err != nil || len(list.Users.Records.Record) != 2 {
		t.Fatalf("%v: %s", err, said)
	}
	for _, record := range list.Users.Records.Record {
		if string(record["network-connect-ip"]) != "null" || string(record["device-id"]) != "null" {
			t.Errorf("got %s", said)
		}
	}
}
