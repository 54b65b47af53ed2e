package ics_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// The cases of this file come from the field. Each stands for a kind of fault.

func input(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "field", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// fixed gives every call the same.
func fixed(status int, mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Local users are entries by their username: made once, read, removed.
func TestField_Configuration_localUserByName(t *testing.T) {
	server, client := setUp(t)
	users := ics.Path{"authentication", "auth-servers", "auth-server", "System Local", "local", "users", "user"}
	user := map[string]string{"username": "user0001", "fullname": "User One", "enabled": "true", "password-cleartext": "x"}
	if _, err := client.Configuration.Create(t.Context(), users, user); err != nil {
		t.Fatal(err)
	}
	one := slices.Concat(users, ics.Path{"user0001"})
	if _, err := client.Configuration.Get(t.Context(), one, nil); err != nil {
		t.Errorf("GET: %v", err)
	}
	_, err := client.Configuration.Create(t.Context(), users, user)
	var list []map[string]any
	if server.Configuration(users, &list); len(list) != 1 {
		t.Errorf("POST of a user that exists: %d users of that name, %v", len(list), err)
	}
	if _, err := client.Configuration.Delete(t.Context(), one); err != nil {
		t.Errorf("DELETE: %v", err)
	}
}

// Flask, which the REST server is made with, puts the reason of a 400 into an object; what stands in front of it writes
// what it likes.
func TestField_Reasons(t *testing.T) {
	const reason = "The realm is required"
	for name, body := range map[string]string{
		"message object": input(t, "message-object.json"),
		"error object":   input(t, "error-object.json"),
		"message":        `{"message": "The realm is required"}`,
		"messages":       `{"message": ["The realm is required"]}`,
		"error":          `{"error": "The realm is required"}`,
		"errors":         `{"errors": [{"message": "The realm is required"}]}`,
		"errors by name": `{"errors": {"realm": ["The realm is required"]}}`,
		"result errors":  `{"result": {"errors": [{"message": "The realm is required"}]}}`,
		"result error":   `{"result": {"errors": "The realm is required"}}`,
		"result info":    `{"result": {"info": [{"message": "The realm is required"}]}}`,
		"result list":    `{"result": [{"errors": [{"message": "The realm is required"}]}]}`,
		"result text":    `{"result": "The realm is required"}`,
		"Message":        `{"Message": "The realm is required"}`,
		"text":           `The realm is required`,
	} {
		mediaType := "application/json"
		if name == "text" {
			mediaType = "text/plain; charset=utf-8"
		}
		client := serve(t, fixed(400, mediaType, body))
		_, err := client.Configuration.Create(t.Context(), ics.Path{"users"}, map[string]string{})
		if err == nil || !errors.Is(err, secureaccess.ErrBadRequest) || strings.Count(err.Error(), reason) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whose request is it? Nobody's, without an error, is the wrong response. The same goes for whatever else is asked.
func TestField_OtherShapes(t *testing.T) {
	calls := map[string]func(c *ics.Client) error{
		"Sessions.Info": func(c *ics.Client) error { return second(c.Sessions.Info(t.Context(), secureaccess.NewSecret("d5a8"))) },
		"Sessions.List": func(c *ics.Client) error { return second(c.Sessions.List(t.Context(), nil)) },
		"Sessions.Find": func(c *ics.Client) error { return second(c.Sessions.Find(t.Context(), "jack")) },
		"Sessions.End":  func(c *ics.Client) error { return second(c.Sessions.End(t.Context(), "sid")) },
		"System.Info":   func(c *ics.Client) error { return second(c.System.Info(t.Context())) },
		"System.HealthFigures": func(c *ics.Client) error {
			return second(c.System.HealthFigures(t.Context()))
		},
		"System.RADIUSHealth": func(c *ics.Client) error { return second(c.System.RADIUSHealth(t.Context())) },
		"Cluster.Info":        func(c *ics.Client) error { return second(c.Cluster.Info(t.Context())) },
		"Cluster.FailOverVIP": func(c *ics.Client) error { return second(c.Cluster.FailOverVIP(t.Context())) },
		"NamedUsers.List":     func(c *ics.Client) error { return second(c.NamedUsers.List(t.Context())) },
		"NamedUsers.ListServer": func(c *ics.Client) error {
			return second(c.NamedUsers.ListServer(t.Context()))
		},
		"Licenses.ListServerLeases": func(c *ics.Client) error { return second(c.Licenses.ListServerLeases(t.Context())) },
		"ADGroups.List":             func(c *ics.Client) error { return second(c.ADGroups.List(t.Context(), "AD")) },
		"LDAPGroups.List":           func(c *ics.Client) error { return second(c.LDAPGroups.List(t.Context(), "LDAP")) },
		"HostChecker.GetESAP":       func(c *ics.Client) error { return second(c.HostChecker.GetESAP(t.Context(), nil)) },
		"GetConfiguration": func(c *ics.Client) error {
			return second(ics.GetConfiguration[ics.RoleMappingRules](t.Context(), c.Configuration, ics.Path{"x"}, nil))
		},
	}
	for _, body := range []string{input(t, "other-answer.json"), "null", `{"errorMessage": "timed out"}`, `[]`, `"text"`, `<html></html>`} {
		for name, call := range calls {
			if body == "null" && name == "Sessions.End" {
				continue // nothing to say
			}
			if err := call(serve(t, fixed(200, "application/json", body))); !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("%s of %s: %v", name, strings.TrimSpace(body), err)
			}
		}
	}
	for _, name := range []string{"Sessions.Info", "Sessions.List", "System.Info", "Cluster.Info", "NamedUsers.List"} {
		if err := calls[name](serve(t, fixed(200, "application/json", `{}`))); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s of {}: %v", name, err)
		}
	}
	if err := calls["Sessions.Info"](serve(t, fixed(200, "application/json", `{"username": "", "roles": []}`))); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("nobody: %v", err)
	}
}

// Releases up to 9.1 know "number" alone. Programs for them ask for the whole number that the first page tells.
func TestField_Sessions_All_oldRelease(t *testing.T) {
	for _, sessions := range []int{0, 1, 199, 200, 201, 450, 1500} {
		server, client := setUp(t)
		server.SetPaging(icstest.Paging{MaxPage: 100000, IgnoreStart: true, NoLastRecord: true})
		server.AddSessions(sessions)
		n := 0
		for _, err := range client.Sessions.All(t.Context(), nil) {
			if err != nil {
				t.Errorf("after %d of %d: %v", n, sessions, err)
				break
			}
			n++
		}
		if n != sessions || len(server.PagesAsked()) > 5 {
			t.Errorf("%d of %d sessions, with %d requests", n, sessions, len(server.PagesAsked()))
		}
	}
}

// A public program reads the configuration from its root.
func TestField_Configuration_Get_root(t *testing.T) {
	_, client := setUp(t)
	for _, path := range []ics.Path{nil, {}} {
		root, err := client.Configuration.Get(t.Context(), path, nil)
		if err != nil || !strings.Contains(string(root), `"administrators"`) {
			t.Errorf("%s, %v", root, err)
		}
	}
	for _, err := range []error{
		second(client.Configuration.Delete(t.Context(), nil)),
		second(client.Configuration.Update(t.Context(), nil, map[string]string{})),
		second(client.Configuration.Create(t.Context(), nil, map[string]string{})),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("a change of the root gives %v", err)
		}
	}
}

// A backup in whose place a page comes must say so before a file is written.
func TestField_BinaryConfiguration_Export_page(t *testing.T) {
	signIn := `<html><body><form name="frmLogin" action="login.cgi"><input type="password" name="password"></form></body></html>`
	for name, c := range map[string]struct {
		body string
		err  error
	}{
		"sign-in page": {signIn, secureaccess.ErrUnauthorized},
		"other page":   {`<!DOCTYPE html><html><title>Maintenance</title></html>`, secureaccess.ErrBadResponse},
		"text":         {"Error: the export failed", secureaccess.ErrBadResponse},
		"message":      {`{"message": "busy"}`, ics.ErrRefused},
		"blanks":       {" \n \n", secureaccess.ErrBadResponse},
	} {
		client := serve(t, fixed(200, "text/html; charset=utf-8", c.body))
		download, err := client.BinaryConfiguration.Export(t.Context(), nil)
		if err == nil {
			_, err = io.ReadAll(download)
			if name != "blanks" {
				t.Errorf("%s: no error; reading: %v", name, err)
			}
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Oxidized strips each line of the backup before it decodes it.
func TestField_BinaryConfiguration_Export_blanks(t *testing.T) {
	for _, body := range []string{"UEsDBGhl \nbGxv \n", "  UEsDBGhl\r\n\tbGxv\r\n", "UEsDBGhlbGxv"} {
		client := serve(t, fixed(200, "text/html", body))
		download, err := client.BinaryConfiguration.Export(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(download); err != nil || string(data) != "PK\x03\x04hello" {
			t.Errorf("%q: %q, %v", body, data, err)
		}
	}
}

// One redirect is one attempt.
func TestField_Client_attemptsOfARedirect(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			http.Redirect(w, r, "/moved/welcome.cgi", http.StatusFound)
			return
		}
		fixed(200, "text/html", "<html></html>")(w, r)
	})
	if _, err := client.System.Info(t.Context()); err == nil || strings.Contains(err.Error(), "attempts") {
		t.Errorf("%v", err)
	}
}

// A key that expired is often not refused with 401: the appliance shows the page on which people sign in, with 200 or by
// a redirect. It means the same.
func TestField_Client_signInPage(t *testing.T) {
	const page = `<html><body><form name="frmLogin" action="login.cgi"><input type="password" name="password"></form></body></html>`
	for name, expired := range map[string]http.HandlerFunc{
		"page":    fixed(200, "text/html; charset=utf-8", page),
		"untyped": fixed(200, "", page),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/dana-na/auth/url_admin/welcome.cgi", http.StatusFound)
		},
	} {
		var signIns, calls atomic.Int32
		var good atomic.Bool
		url := mustServe(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/realm_auth"):
				signIns.Add(1)
				respond(w, 200, `{"api_key": "a2V5"}`)
			case r.URL.Path == "/dana-na/auth/url_admin/welcome.cgi":
				t.Errorf("%s: the redirect was followed", name)
			case calls.Add(1) == 1 || !good.Load():
				expired(w, r)
			case r.Method == http.MethodGet:
				respond(w, 200, `{"system-information": {"host-name": "a"}}`)
			default:
				w.WriteHeader(http.StatusNoContent)
			}
		})
		client := newClient(t, url, ics.Password("jack", "juniper", "Admins"))
		good.Store(true)
		if err := callOnce(t, client); err != nil || signIns.Load() != 2 || calls.Load() != 2 {
			t.Errorf("%s: %d sign-ins, %d calls, %v", name, signIns.Load(), calls.Load(), err)
		}
		calls.Store(0)
		if _, err := client.Sessions.EndAll(t.Context()); err != nil || signIns.Load() != 3 {
			t.Errorf("%s, a write: %d sign-ins, %v", name, signIns.Load(), err)
		}
		good.Store(false)
		err := callOnce(t, client)
		if !errors.Is(err, secureaccess.ErrUnauthorized) || signIns.Load() != 4 {
			t.Errorf("%s, for good: %d sign-ins, %v", name, signIns.Load(), err)
		}
		key := newClient(t, url, ics.APIKey("a2V5"))
		if err := callOnce(t, key); !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("%s, with a key: %v", name, err)
		}
	}
}

// The vendor's examples end in "?expand".
func TestField_ParsePath_query(t *testing.T) {
	for _, href := range []string{
		"/api/v1/configuration/users/user-roles?expand", "/api/v1/configuration/users/user-roles/?expand&&excludePulsePackages",
		"https://vpn.example.com/api/v1/configuration/users/user-roles?expand", "/api/v1/configuration/users/user-roles#x",
	} {
		if path, err := ics.ParsePath(href); err != nil || !slices.Equal(path, ics.Path{"users", "user-roles"}) {
			t.Errorf("%s: %q, %v", href, path, err)
		}
	}
	for _, href := range []string{"/api/v1/configuration", "/api/v1/configuration/?expand"} {
		if path, err := ics.ParsePath(href); err != nil || len(path) != 0 {
			t.Errorf("%s: %q, %v", href, path, err)
		}
	}
}

// An appliance in the other license role says so, in one way or another, for every method that is about the role.
func TestField_ErrOtherRole(t *testing.T) {
	server, client := setUp(t)
	asClient := map[string]error{
		"ListServer":        second(client.NamedUsers.ListServer(t.Context())),
		"ListServerProduct": second(client.NamedUsers.ListServerProduct(t.Context(), ics.LicensedProductICS)),
		"RemoveServer":      second(client.NamedUsers.RemoveServer(t.Context(), ics.LicensedProductICS, []string{"a"})),
		"RemoveAllServer":   second(client.NamedUsers.RemoveAllServer(t.Context(), ics.LicensedProductICS)),
		"ListServerLeases":  second(client.Licenses.ListServerLeases(t.Context())),
	}
	server.SetLicenseServer(true)
	asServer := map[string]error{
		"List":           second(client.NamedUsers.List(t.Context())),
		"Remove":         second(client.NamedUsers.Remove(t.Context(), []string{"a"}, false)),
		"RemoveAll":      second(client.NamedUsers.RemoveAll(t.Context(), false)),
		"PullLeaseState": second(client.Licenses.PullLeaseState(t.Context())),
	}
	for _, errs := range []map[string]error{asClient, asServer} {
		for name, err := range errs {
			if _, ok := errors.AsType[*secureaccess.Error](err); !ok || !errors.Is(err, ics.ErrOtherRole) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What a model does not know can be set after decoding, whatever was there, at every level.
func TestField_Extra_usable(t *testing.T) {
	var sent string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			respond(w, 200, `{"rule": [{"name": "a", "roles": ["r"], "group": {"group-names": ["g"]}}]}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		w.WriteHeader(http.StatusNoContent)
	})
	rules, err := ics.GetConfiguration[ics.RoleMappingRules](t.Context(), client.Configuration, ics.Path{"x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rules.Extra["one"] = json.RawMessage("1")
	rules.Rules[0].Extra["two"] = json.RawMessage("2")
	rules.Rules[0].Group.Extra["three"] = json.RawMessage("3")
	if _, err := client.AdminRealms.ReplaceRoleMappingRules(t.Context(), "Admins", *rules); err != nil {
		t.Fatal(err)
	}
	want := `{"rule":[{"name":"a","roles":["r"],"group":{"group-names":["g"],"three":3},"two":2}],"one":1}`
	if sent != want {
		t.Errorf("sent %s, not %s", sent, want)
	}
	if _, err := ics.GetConfiguration[map[string]json.RawMessage](t.Context(), client.Configuration, ics.Path{"x"}, nil); err != nil {
		t.Error(err)
	}
}
