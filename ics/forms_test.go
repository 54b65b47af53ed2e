package ics_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	internaljson "github.com/secureaccess-go/secureaccess/internal/json"
)

// TestClient_otherForms decodes responses as appliances that know no lists and no types write them: they have to mean what the
// documented form means.
func TestClient_otherForms(t *testing.T) {
	get := map[string]func(*ics.Client) (any, error){
		"sessions": func(c *ics.Client) (any, error) { return c.Sessions.List(t.Context(), nil) },
		"info":     func(c *ics.Client) (any, error) { return c.Sessions.Info(t.Context(), secureaccess.NewSecret("dsid")) },
		"cluster":  func(c *ics.Client) (any, error) { return c.Cluster.Info(t.Context()) },
		"system":   func(c *ics.Client) (any, error) { return c.System.Info(t.Context()) },
		"esap":     func(c *ics.Client) (any, error) { return c.HostChecker.GetESAP(t.Context(), nil) },
		"ad":       func(c *ics.Client) (any, error) { return c.ADGroups.List(t.Context(), "AD") },
		"leases":   func(c *ics.Client) (any, error) { return c.Licenses.ListServerLeases(t.Context()) },
		"named":    func(c *ics.Client) (any, error) { return c.NamedUsers.List(t.Context()) },
		"server":   func(c *ics.Client) (any, error) { return c.NamedUsers.ListServer(t.Context()) },
		"result":   func(c *ics.Client) (any, error) { return c.Sessions.End(t.Context(), "sid") },
		"failover": func(c *ics.Client) (any, error) { return c.Cluster.FailOverVIP(t.Context()) },
		"rules": func(c *ics.Client) (any, error) {
			return ics.GetConfiguration[ics.RoleMappingRules](t.Context(), c.Configuration, ics.Path{"x"}, nil)
		},
	}
	for _, c := range []struct{ call, documented, other string }{
		{"sessions", `{"active-users":{"active-user-records":{"active-user-record":[{"session-id":"a","sign-in-time-micro":"1.5","events":0}]},"total-matched-record-number":1}}`,
			`{"active-users":{"active-user-records":{"active-user-record":{"session-id":"a","sign-in-time-micro":1.5,"events":""}},"total-matched-record-number":"1"}}`},
		{"sessions", `{"active-users":{"active-user-records":{"active-user-record":[]}}}`, `{"active-users":{"active-user-records":{"active-user-record":""}}}`},
		{"sessions", `{"active-users":{"active-user-records":{}}}`, `{"active-users":{"active-user-records":""}}`},
		{"sessions", `{"active-users":{"active-user-records":{"active-user-record":null}}}`, `{"active-users":[{"active-user-records":[]}]}`},
		{"info", `{"username":"jack","roles":["Users"]}`, `{"username":"jack","roles":"Users"}`},
		{"cluster", `{"name":"c","members":[{"name":"a","external-network":"255.0.0.0","status-code":"19004"}]}`,
			`{"name":"c","members":{"name":"a","external-network":"255.0.0.0","status-code":19004}}`},
		{"system", `{"software-inventory":{"software":{"build":"6087"}},"system-information":{"cluster-node":null}}`,
			`{"software-inventory":{"software":[{"build":6087}]},"system-information":[{"cluster-node":null}]}`},
		{"esap", `{"esap":[{"esap-version":"3.3.5"}],"x":[1]}`, `{"esap":{"esap-version":"3.3.5"},"x":[1]}`},
		{"ad", `{"ad-group":[{"name":"a","group":"a","x":{}}]}`, `{"ad-group":{"name":"a","group":"a","x":{}}}`},
		{"leases", `{"leased-license-counts":{"features":{"feature":[{"name":"f","clients":{"client-info":[]}}]}}}`,
			`{"leased-license-counts":{"features":{"feature":{"name":"f","clients":""}}}}`},
		{"leases", `{"leased-license-counts":{"features":{"feature":[{"clients":{"client-info":[{"name":"c","leased-count":2}]}}]}}}`,
			`{"leased-license-counts":{"features":{"feature":{"clients":{"client-info":{"name":"c","leased-count":"2"}}}}}}`},
		{"named", `{"named-users":[{"User":"a","Last Role":["r"]}]}`, `{"named-users":{"User":"a","Last Role":"r"}}`},
		{"named", `{"named-users":[]}`, `{"named-users":""}`},
		{"server", `{"pcs":{"named-users":[{"User":"a"}]},"pps":{"named-users":[]}}`, `{"pcs":{"named-users":{"User":"a"}},"pps":""}`},
		{"result", `{"result":{"info":[{"message":"done"}],"warnings":[{"message":"but"}]}}`, `{"result":{"info":{"message":"done"},"warnings":"but"}}`},
		{"result", `{"result":{}}`, `{"result":""}`},
		{"failover", `{"result":{"info":[{"message":"VIP fail-over initiated"}]}}`, `{"result":{"info":{"message":"VIP fail-over initiated"}}}`},
		{"rules", `{"rule":[{"name":"a","roles":["r"],"group":{"group-names":["g"]}}]}`, `{"rule":{"name":"a","roles":"r","group":{"group-names":"g"}}}`},
	} {
		var got [2]any
		for i, body := range []string{c.documented, c.other} {
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
			var err error
			if got[i], err = get[c.call](client); err != nil {
				t.Errorf("%s: %v", body, err)
			}
		}
		documented, _ := internaljson.Marshal(got[0], internaljson.EmptyLists)
		other, _ := internaljson.Marshal(got[1], internaljson.EmptyLists)
		if string(documented) != string(other) {
			t.Errorf("%s\nmeans %s\nand not %s", c.other, other, documented)
		}
	}

	// An empty list is written back as it came.
	empty := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, `{"ad-group":""}`) })
	if catalog, err := empty.ADGroups.List(t.Context(), "AD"); err != nil || len(catalog.Items) != 0 {
		t.Errorf("%+v, %v", catalog, err)
	}

	// What has none of these forms stays an error, and what is read as it is stays as it is.
	for _, c := range []struct{ call, body string }{
		{"sessions", `{}`}, {"sessions", `{"error":"busy"}`}, {"sessions", `[]`}, {"sessions", `{"active-users":[{},{}]}`},
		{"sessions", `{"active-users":{"active-user-records":{"active-user-record":[1]}}}`},
		{"cluster", `[]`}, {"cluster", `""`}, {"named", `{"named-users":7}`}, {"result", `[]`},
		{"ad", `[{"ad-group":[]}]`},
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, c.body) })
		if got, err := get[c.call](client); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %s gives %+v, %v", c.call, c.body, got, err)
		}
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, `{"rule":{"name":1}}`) })
	if raw, err := client.Configuration.Get(t.Context(), ics.Path{"x"}, nil); err != nil || string(raw) != `{"rule":{"name":1}}` {
		t.Errorf("%s, %v", raw, err)
	}
	type entry struct{ Name string }
	if list, err := ics.GetConfiguration[[]entry](t.Context(), client.Configuration, ics.Path{"x"}, nil); err == nil {
		t.Errorf("an object is taken for a list: %v", *list)
	}
}

// Errors are errors, and are reported, in whatever form they come.
func TestErrRefused_otherForms(t *testing.T) {
	for _, status := range []int{200, 422} {
		for _, body := range []string{
			`{"result":{"errors":[{"message":"no such node"}]}}`,
			`{"result":{"errors":{"message":"no such node"}}}`,
			`{"result":{"errors":["no such node"]}}`,
			`{"result":{"errors":"no such node","info":""}}`,
			`{"result":[{"errors":{"message":"no such node"}}]}`,
		} {
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, status, body) })
			_, err := client.Cluster.RemoveMember(t.Context(), "a")
			own, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, ics.ErrRefused) || !reflect.DeepEqual(own.Messages, []string{"no such node"}) {
				t.Errorf("%d %s: %v", status, body, err)
			}
		}
	}
}

// A result with an error is no success under another name either; one that says that there is none is.
func TestErrRefused_error(t *testing.T) {
	for body, refused := range map[string]bool{
		`{"result":{"error":{"message":"no such node"}}}`: true,
		`{"result":{"error":"no such node"}}`:             true,
		`{"result":{"error":["no such node"],"info":[]}}`: true,
		`{"result":{"error":true}}`:                       true,
		`{"result":{"error":null}}`:                       false,
		`{"result":{"error":false}}`:                      false,
		`{"result":{"error":[ ],"errors":{ }}}`:           false,
		`{"result":{"info":[{"message":"\"error\""}]}}`:   false,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		_, err := client.Cluster.RemoveMember(t.Context(), "a")
		if errors.Is(err, ics.ErrRefused) != refused || (err != nil) != refused {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestConfiguration_Edit_listOfOne edits a list that came as its one entry; it goes back as a list.
func TestConfiguration_Edit_listOfOne(t *testing.T) {
	var written string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			body, _ := io.ReadAll(r.Body)
			written = string(body)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		respond(w, 200, `{"ad-group":{"group":"a","name":"a","x":1}}`)
	})
	if _, err := client.ADGroups.Add(t.Context(), "AD", ics.ADGroup{Group: "b", Name: "b"}); err != nil || !strings.Contains(written, `[{"group":"a","name":"a","x":1},{"group":"b","name":"b"}]`) {
		t.Errorf("%s was written, %v", written, err)
	}
	written = ""
	keep := func(entries []json.RawMessage) ([]json.RawMessage, error) { return entries, nil }
	if _, err := client.Configuration.Edit(t.Context(), ics.Path{"x"}, "ad-group", keep); err != nil || written != "" {
		t.Errorf("no change wrote %s, %v", written, err)
	}
}
