package ics_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func TestNamedUsers_client(t *testing.T) {
	server, client := setUp(t)
	for _, user := range []string{"dev1", "dev2", "dev3", "dev4"} {
		server.AddNamedUser(ics.NamedUser{User: user, IP: "192.0.2.1", Roles: []string{"Users"}})
		server.AddSession(ics.Session{User: user})
	}
	users, err := client.NamedUsers.List(t.Context())
	if err != nil || len(users) != 4 || users[0].User != "dev1" || users[0].IP != "192.0.2.1" {
		t.Fatalf("%v, %v", users, err)
	}
	if _, err := client.NamedUsers.ListServer(t.Context()); !errors.Is(err, ics.ErrOtherRole) {
		t.Errorf("the users of a server give %v", err)
	}
	if _, err := client.NamedUsers.Remove(t.Context(), []string{"dev1"}, false); err != nil || server.SessionCount() != 4 {
		t.Errorf("%d sessions, %v", server.SessionCount(), err)
	}
	if _, err := client.NamedUsers.Remove(t.Context(), []string{"dev2", "dev3"}, true); err != nil || server.SessionCount() != 2 {
		t.Errorf("%d sessions, %v", server.SessionCount(), err)
	}
	if got := server.NamedUsers(); len(got) != 1 || got[0].User != "dev4" {
		t.Errorf("%v are left", got)
	}
	if _, err := client.NamedUsers.Remove(t.Context(), nil, false); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("nobody to remove gives %v", err)
	}
	if _, err := client.NamedUsers.RemoveServer(t.Context(), ics.LicensedProductICS, []string{"dev4"}); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("the other role gives %v", err)
	}
	if _, err := client.NamedUsers.RemoveAll(t.Context(), true); err != nil || len(server.NamedUsers()) != 0 || server.SessionCount() != 1 {
		t.Errorf("%v, %d sessions, %v", server.NamedUsers(), server.SessionCount(), err)
	}
}

func TestNamedUsers_server(t *testing.T) {
	server, client := setUp(t)
	server.SetLicenseServer(true)
	for _, user := range []string{"dev1", "dev2", "dev3"} {
		server.AddServerNamedUser(ics.LicensedProductICS, ics.ServerNamedUser{User: user, Appliance: "ics_5"})
	}
	server.AddServerNamedUser(ics.LicensedProductIPS, ics.ServerNamedUser{User: "test1", Appliance: "ips_149"})

	users, err := client.NamedUsers.ListServer(t.Context())
	if err != nil || len(users.ICS.Items) != 3 || len(users.IPS.Items) != 1 || users.IPS.Items[0].Appliance != "ips_149" {
		t.Fatalf("%+v, %v", users, err)
	}
	if _, err := client.NamedUsers.List(t.Context()); !errors.Is(err, ics.ErrOtherRole) {
		t.Errorf("the users of a client give %v", err)
	}
	if list, err := client.NamedUsers.ListServerProduct(t.Context(), ics.LicensedProductICS); err != nil || len(list) != 3 {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := client.NamedUsers.RemoveServer(t.Context(), ics.LicensedProductICS, []string{"dev1", "dev3"}); err != nil {
		t.Fatal(err)
	}
	if got := server.ServerNamedUsers(ics.LicensedProductICS); len(got) != 1 || got[0].User != "dev2" {
		t.Errorf("%v are left", got)
	}
	if _, err := client.NamedUsers.RemoveAllServer(t.Context(), ics.LicensedProductIPS); err != nil || len(server.ServerNamedUsers(ics.LicensedProductIPS)) != 0 {
		t.Errorf("%v", err)
	}
	if _, err := client.NamedUsers.RemoveAll(t.Context(), false); !errors.Is(err, ics.ErrRefused) {
		t.Errorf("the other role gives %v", err)
	}
	if _, err := client.NamedUsers.ListServerProduct(t.Context(), ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no product gives %v", err)
	}
}

// TestNamedUsers_shapes covers what the document leaves open: the response for one product, and blanks around addresses.
func TestNamedUsers_shapes(t *testing.T) {
	var body string
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
	for _, body = range []string{
		`{"named-users": [{"User": "dev1", "Last Login IP": " 192.0.2.1 "}]}`,
		`{"pcs": {"named-users": [{"User": "dev1", "Last Login IP": " 192.0.2.1"}]}}`,
	} {
		users, err := client.NamedUsers.ListServerProduct(t.Context(), ics.LicensedProductICS)
		if err != nil || len(users) != 1 || users[0].User != "dev1" || users[0].IP != "192.0.2.1" {
			t.Errorf("%s: %v, %v", body, users, err)
		}
	}
	body = `{"named-users": [{"User": "dev1", "IP": " 192.0.2.1 ", "Last Role": ["Users"], "Last Sign in": "2021-07-16 19:05:51"}]}`
	users, err := client.NamedUsers.List(t.Context())
	if err != nil || users[0].IP != "192.0.2.1" || !slices.Equal(users[0].Roles, []string{"Users"}) || users[0].LastSignIn.Minute() != 5 {
		t.Errorf("%v, %v", users, err)
	}
	for _, body = range []string{`{}`, `{"named-users": "none"}`, `{"named-users": [1]}`} {
		for _, err := range []error{
			second(client.NamedUsers.List(t.Context())),
			second(client.NamedUsers.ListServerProduct(t.Context(), ics.LicensedProductIPS)),
		} {
			if !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("%s: %v", body, err)
			}
		}
	}
	body = `{}`
	if _, err := client.NamedUsers.ListServer(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a response of neither role gives %v", err)
	}
}

// That a license server is named does not make the role the reason.
func TestField_ErrOtherRole_words(t *testing.T) {
	for message, role := range map[string]bool{
		"Not applicable on license server":                                 true,
		"Not applicable to license client or independent ICS":              true,
		"This operation is not supported on a License Server.":             true,
		"The appliance is not a license client":                            true,
		"This device is a license server":                                  true,
		"Only allowed on a license server":                                 true,
		"The node is not configured as license server":                     true,
		"License servers only":                                             true,
		"Failed to connect to the license server":                          false,
		"The license server 192.0.2.1 is not reachable":                    false,
		"License server is not configured":                                 false,
		"No license client of that name":                                   false,
		"User joe was not found on the license server":                     false,
		"The lease of the license client expired":                          false,
		"Certificate of the license server is not valid":                   false,
		"The license server refused the request: too many license clients": false,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			text, _ := json.Marshal(message)
			respond(w, 400, `{"result": {"errors": [{"message": `+string(text)+`}]}}`)
		})
		if _, err := client.Licenses.PullLeaseState(t.Context()); errors.Is(err, ics.ErrOtherRole) != role || !errors.Is(err, ics.ErrRefused) {
			t.Errorf("%s: %v", message, err)
		}
	}
	// A license server without lists is no license client.
	client := serve(t, fixed(200, "application/json", `{"pcs": null, "pps": null}`))
	if _, err := client.NamedUsers.ListServer(t.Context()); errors.Is(err, ics.ErrOtherRole) || !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("%v", err)
	}
}
