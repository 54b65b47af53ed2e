package pulseone_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// bodytap keeps the last body that went to a path.
type bodytap struct {
	path, body string
	header     http.Header
}

func (b *bodytap) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasPrefix(req.URL.Path, b.path) {
		b.body, b.header = "", req.Header.Clone()
		if req.GetBody != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			data, err := io.ReadAll(body)
			if err != nil {
				return nil, err
			}
			b.body = string(data)
		}
	}
	return http.DefaultTransport.RoundTrip(req)
}

func TestPolicies_life(t *testing.T) {
	tap := &bodytap{path: "/api/policies"}
	server, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	area := pulseone.GeofencingArea{ID: "eb493232", Name: "My Office", Radius: 1, Latitude: "+37.3908785", Longitude: "-121.9264253"}
	policy := must(client.Policies.Create(ctx, pulseone.PolicyCreate{ // 201
		Name: "Sales", Type: pulseone.PolicyTypeApps, Query: "tags: sales", LDAPGroups: []pulseone.LDAPGroupID{{ID: "0a04ce58"}},
		DeviceOwnerMode:             secureaccess.Set(pulseone.DeviceOwnerModeUser),
		InstallInsideGeofencingArea: secureaccess.Set(false), GeofencingArea: []pulseone.GeofencingArea{area},
	}))(t)
	if !strings.Contains(tap.body, `"device_owner_mode":0`) || !strings.Contains(tap.body, `"install_inside_geofencing_area":false`) {
		t.Errorf("sent %s", tap.body)
	}
	if tap.header.Get("Cookie") == "" || tap.header.Get("Authorization") != "" {
		t.Errorf("sent with %v", tap.header)
	}
	if policy.State != pulseone.PolicyStateEdited || policy.DeviceOwnerMode == nil || *policy.DeviceOwnerMode != pulseone.DeviceOwnerModeUser {
		t.Errorf("got %+v", policy)
	}
	changed := must(client.Policies.Update(ctx, policy.ID, pulseone.PolicyUpdate{ // 200
		Name: "Sales, all", Query: secureaccess.Set(""), LDAPGroups: []pulseone.LDAPGroupID{},
		DeviceOwnerMode: secureaccess.Set(pulseone.DeviceOwnerModeAll),
	}))(t)
	if want := `{"name":"Sales, all","query":"","ldap_groups":[],"device_owner_mode":99}`; tap.body != want {
		t.Errorf("sent %s", tap.body)
	}
	got := must(client.Policies.Get(ctx, policy.ID))(t)
	if got.Name != "Sales, all" || changed.Name != got.Name || got.Query != "" || len(got.LDAPGroups) > 0 || len(got.GeofencingArea) != 1 || !reflect.DeepEqual(got.GeofencingArea[0], area) {
		t.Errorf("got %+v", got)
	}
	check(t, client.Policies.Delete(ctx, policy.ID))
	if _, err := client.Policies.Get(ctx, policy.ID); !errors.Is(err, secureaccess.ErrNotFound) || len(server.Policies()) > 0 {
		t.Errorf("got %v", err)
	}
}

// A policy that the server reports without its mode is not one for the devices of users.
func TestPolicies_Get_unsaid(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{Path: "/api/policies/13", Status: http.StatusOK, Body: `{"id":13,"created_on":"2015-02-17T21:57:43.642524"}`})
	policy := must(client.Policies.Get(t.Context(), 13))(t)
	if policy.DeviceOwnerMode != nil || policy.CreatedOn.Nanosecond() != 642524000 {
		t.Errorf("got %+v", policy)
	}
}

func TestPolicies_Delete_refused(t *testing.T) {
	server, client := connect(t)
	for body, want := range map[string]string{
		`{"msg":"policy 13 is being published","success":false}`:   "policy 13 is being published",
		`{"msg":"policy 13 is being published","success":"False"}`: "policy 13 is being published",
		`{"success":false}`: "",
	} {
		server.Fail(pulseonetest.Fault{Path: "/api/policies/13", Status: http.StatusOK, Body: body})
		err := client.Policies.Delete(t.Context(), 13)
		refusal, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, pulseone.ErrNotDeleted) || refusal.Status != http.StatusOK {
			t.Fatalf("%s: %v", body, err)
		}
		if strings.Join(refusal.Messages, "") != want || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A deletion is believed when the console says so.
func TestPolicies_Delete_said(t *testing.T) {
	server, client := connect(t)
	for body, want := range map[string]error{
		`{"msg":"done","success":true}`:     nil,
		`{"msg":"done","success":"True"}`:   nil,
		`{"success":"true"}`:                nil,
		`{"msg":"done"}`:                    secureaccess.ErrBadResponse,
		`{"msg":"done","success":null}`:     secureaccess.ErrBadResponse,
		`{}`:                                secureaccess.ErrBadResponse,
		`[]`:                                secureaccess.ErrBadResponse,
		`<html><body>Sign in</body></html>`: secureaccess.ErrBadResponse,
	} {
		server.Fail(pulseonetest.Fault{Path: "/api/policies/13", Status: http.StatusOK, Body: body})
		if err := client.Policies.Delete(t.Context(), 13); !errors.Is(err, want) || errors.Is(err, pulseone.ErrNotDeleted) {
			t.Errorf("%s: %v", body, err)
		}
	}
	server.Fail(pulseonetest.Fault{Path: "/api/policies/13", Status: http.StatusNoContent})
	if err := client.Policies.Delete(t.Context(), 13); err != nil {
		t.Errorf("204: %v", err)
	}
}

// What a deletion of unknown outcome deleted is not found when it is repeated.
func TestPolicies_Delete_repeated(t *testing.T) {
	server, client := connect(t)
	fail(server, "/api/policies/13", http.StatusBadGateway, http.StatusNotFound)
	check(t, client.Policies.Delete(t.Context(), 13))
	fail(server, "/api/policies/13", http.StatusNotFound)
	if err := client.Policies.Delete(t.Context(), 13); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// Policies in the way come as a list, in the document without a code.
func TestPolicies_Delete_inUse(t *testing.T) {
	server, client := connect(t)
	for body, code := range map[string]secureaccess.Code{
		`{"items":[{"id":1,"name":"Global"},{"id":7,"name":"Sales"}]}`:                                 "",
		`{"items":[{"id":"1","name":"Global"},{"id":"7","name":"Sales"}]}`:                             "",
		`{"items":[{"id":1,"name":"Global"},{"id":7,"name":"Sales"}],"code":40000,"message":"in use"}`: "40000",
	} {
		server.Fail(pulseonetest.Fault{Path: "/api/policies/13", Status: http.StatusBadRequest, Body: body})
		err := client.Policies.Delete(t.Context(), 13)
		inUse, ok := errors.AsType[*pulseone.InUseError](err)
		if !ok || !errors.Is(err, secureaccess.ErrBadRequest) || len(inUse.Policies) != 2 || inUse.Policies[1] != (pulseone.PolicyReference{ID: 7, Name: "Sales"}) {
			t.Errorf("%s: got %v", body, err)
		}
		if code != "" && !errors.Is(err, code) {
			t.Errorf("%s: the code is lost: %v", body, err)
		}
	}
	for _, body := range []string{`{"items":[]}`, `{"items":[{"field":"name"}],"code":40000}`, `{"items":"many"}`, `nothing`} {
		server.Fail(pulseonetest.Fault{Path: "/api/policies/13", Status: http.StatusBadRequest, Body: body})
		if err := client.Policies.Delete(t.Context(), 13); !errors.Is(err, secureaccess.ErrBadRequest) {
			t.Errorf("%s: got %v", body, err)
		} else if _, ok := errors.AsType[*pulseone.InUseError](err); ok {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

// What cannot be sent is refused, and ready credentials have no console.
func TestPolicies_arguments(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	ready := must(pulseone.New(server.URL(), pulseone.Hawk(hawk.Credentials{ID: "id", Key: secureaccess.NewSecret("key")}), secureaccess.WithTransport(tap)))(t)
	_, none := client.Policies.Get(t.Context(), 0)
	_, nameless := client.Policies.Create(t.Context(), pulseone.PolicyCreate{})
	_, cookieless := ready.Policies.Get(t.Context(), 13)
	for name, err := range map[string]error{
		"no id": none, "no name": nameless, "no console": cookieless, "delete": client.Policies.Delete(t.Context(), 0),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(tap.requests) > 0 {
		t.Errorf("%d requests", len(tap.requests))
	}
}
