package pulseone_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestAppliances_All(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	var want []string
	for i := range 250 {
		want = append(want, server.AddAppliance(pulseone.Appliance{Name: fmt.Sprintf("appliance %d", i)}))
	}
	ids := func(opts *pulseone.ApplianceListOptions) (ids []string) {
		for a, err := range client.Appliances.All(t.Context(), opts) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, a.ID)
		}
		return ids
	}
	if got := ids(nil); !slices.Equal(got, want) {
		t.Errorf("got %d appliances, want %d in order", len(got), len(want))
	}
	if n := tap.count("GET", "/api/v1/sa"); n != 3 {
		t.Errorf("%d requests, want 3 pages of 100", n)
	}
	if got := ids(&pulseone.ApplianceListOptions{PageOptions: pulseone.PageOptions{Start: 200, Limit: 20}}); !slices.Equal(got, want[200:]) {
		t.Errorf("from 200: got %d, want 50", len(got))
	}
	before := tap.count("GET", "/api/v1/sa")
	for range client.Appliances.All(t.Context(), nil) {
		break
	}
	if n := tap.count("GET", "/api/v1/sa") - before; n != 1 {
		t.Errorf("%d requests after a break at the first item, want 1", n)
	}
}

func TestAppliances_All_error(t *testing.T) {
	server, client := connect(t)
	for i := range 150 {
		server.AddAppliance(pulseone.Appliance{Name: fmt.Sprint(i)})
	}
	must(client.Appliances.List(t.Context(), nil))(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/sa", After: 1, Times: -1, Status: 400, Body: `{"code": 40001}`})
	var seen int
	var last error
	for _, err := range client.Appliances.All(t.Context(), nil) {
		if err != nil {
			last = err
			continue
		}
		seen++
	}
	if seen != 100 || !errors.Is(last, pulseone.CodeTooManyItems) {
		t.Errorf("got %d appliances and %v, want the first page and the error", seen, last)
	}
}

func TestAppliances_List(t *testing.T) {
	server, client := connect(t)
	server.AddAppliance(pulseone.Appliance{Name: "plain"})
	server.AddAppliance(pulseone.Appliance{Name: "controller", SDPMode: pulseone.SDPModeController})
	server.AddAppliance(pulseone.Appliance{Name: "cloud", Orchestration: &pulseone.Orchestration{Type: pulseone.OrchestrationTypeAWS}})
	for _, test := range []struct {
		opts pulseone.ApplianceListOptions
		want []string
	}{
		{pulseone.ApplianceListOptions{}, []string{"plain", "controller", "cloud"}},
		{pulseone.ApplianceListOptions{Search: "LAIN"}, []string{"plain"}},
		{pulseone.ApplianceListOptions{SDPMode: pulseone.SDPModeFilterAny}, []string{"controller"}},
		{pulseone.ApplianceListOptions{SDPMode: pulseone.SDPModeFilterNone}, []string{"plain", "cloud"}},
		{pulseone.ApplianceListOptions{OrchestrationType: pulseone.OrchestrationTypeFilterAWS}, []string{"cloud"}},
		{pulseone.ApplianceListOptions{PageOptions: pulseone.PageOptions{Start: 1, Limit: 1}}, []string{"controller"}},
	} {
		page := must(client.Appliances.List(t.Context(), &test.opts))(t)
		var names []string
		for _, a := range page.Items {
			names = append(names, a.Name)
		}
		if !slices.Equal(names, test.want) {
			t.Errorf("%+v: got %v, want %v", test.opts, names, test.want)
		}
	}
}

func TestAppliances_life(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	registration := must(client.Appliances.Create(ctx, pulseone.ApplianceCreate{
		Name: "new", DMI: &pulseone.DMI{Username: "admindb", Password: secureaccess.NewSecret("pw & more"), IPAddress: "10.0.0.1", Port: 830},
	}))(t)
	if registration.RegistrationCode.Reveal() == "" || registration.APIURL == "" {
		t.Errorf("got %+v", registration)
	}
	id := server.Appliances()[0].ID
	again := must(client.Appliances.RenewRegistrationCode(ctx, id))(t)
	if again.RegistrationCode.Reveal() == registration.RegistrationCode.Reveal() {
		t.Error("the renewed code is the old one")
	}
	got := must(client.Appliances.Get(ctx, id))(t)
	if got.State != pulseone.ApplianceStateUnregistered || got.DMI.Port != 830 || !got.DMI.Password.IsZero() || got.Created.IsZero() {
		t.Errorf("got %+v", got)
	}
	updated := must(client.Appliances.Update(ctx, id, pulseone.ApplianceUpdate{Name: "renamed"}))(t)
	if updated.Name != "renamed" {
		t.Errorf("got %+v", updated)
	}
	check(t, client.Appliances.Reboot(ctx, id))
	check(t, client.Appliances.Delete(ctx, id))
	if _, err := client.Appliances.Get(ctx, id); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestAppliances_orchestrated(t *testing.T) {
	_, client := connect(t)
	ctx := t.Context()
	create := func(mode pulseone.SDPMode) (*pulseone.Appliance, error) {
		return client.Appliances.CreateOrchestrated(ctx, pulseone.OrchestratedApplianceCreate{
			Name: string(mode), SDPMode: mode, Orchestration: pulseone.Orchestration{Type: pulseone.OrchestrationTypeVSphere},
		})
	}
	if _, err := create(pulseone.SDPModeGateway); !errors.Is(err, pulseone.CodeSDPApplianceInvalid) {
		t.Errorf("a gateway without a controller: %v", err)
	}
	controller := must(create(pulseone.SDPModeController))(t)
	gateway := must(create(pulseone.SDPModeGateway))(t)
	if err := client.Appliances.Start(ctx, controller.ID); !errors.Is(err, pulseone.CodeOrchestrationConfigMissing) {
		t.Errorf("started without a configuration: %v", err)
	}
	must(client.Orchestration.Create(ctx, controller.ID, pulseone.OrchestrationConfigCreate{ApplianceConfig: &pulseone.OrchestrationApplianceConfig{AdminUsername: "admin"}}))(t)
	check(t, client.Appliances.Start(ctx, controller.ID))
	if err := client.Appliances.Start(ctx, controller.ID); !errors.Is(err, pulseone.CodeOrchestrationStateTransitionInvalid) {
		t.Errorf("started twice: %v", err)
	}
	check(t, client.Appliances.UpdateOrchestrated(ctx, controller.ID))
	check(t, client.Appliances.Stop(ctx, controller.ID))
	if err := client.Appliances.Destroy(ctx, controller.ID); !errors.Is(err, pulseone.CodeOrchestrationActionInvalid) {
		t.Errorf("destroyed under its gateway: %v", err)
	}
	check(t, client.Appliances.Destroy(ctx, gateway.ID))
	check(t, client.Appliances.Destroy(ctx, controller.ID))
}

func TestClient_badInput(t *testing.T) {
	tap := &wiretap{}
	_, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"empty id":          func() error { _, err := client.Appliances.Get(ctx, ""); return err },
		"dots":              func() error { _, err := client.Groups.Get(ctx, ".."); return err },
		"another resource":  func() error { _, err := client.Appliances.Get(ctx, "groups"); return err },
		"delete a resource": func() error { return client.Appliances.Delete(ctx, "groups") },
		"limit over 100": func() error {
			_, err := client.Appliances.List(ctx, &pulseone.ApplianceListOptions{PageOptions: pulseone.PageOptions{Limit: 101}})
			return err
		},
		"negative start": func() error {
			_, err := client.Appliances.List(ctx, &pulseone.ApplianceListOptions{PageOptions: pulseone.PageOptions{Start: -1}})
			return err
		},
		"create, no name": func() error { _, err := client.Appliances.Create(ctx, pulseone.ApplianceCreate{}); return err },
		"orchestrated where": func() error {
			_, err := client.Appliances.CreateOrchestrated(ctx, pulseone.OrchestratedApplianceCreate{Name: "x"})
			return err
		},
		"not UTF-8":       func() error { _, err := client.Groups.Get(ctx, "a\xff"); return err },
		"text not UTF-8":  func() error { _, err := client.Groups.Create(ctx, pulseone.GroupCreate{Name: "\xff"}); return err },
		"group, no name":  func() error { _, err := client.Groups.Create(ctx, pulseone.GroupCreate{}); return err },
		"no members":      func() error { return client.Groups.AddMembers(ctx, "id") },
		"empty member":    func() error { return client.Groups.AddMembers(ctx, "id", "a", "") },
		"empty target":    func() error { return client.Groups.PublishTo(ctx, "id", "") },
		"no targets":      func() error { return client.Groups.PublishTo(ctx, "id", []string{}...) },
		"update, no name": func() error { _, err := client.Groups.Update(ctx, "id", pulseone.GroupUpdate{}); return err },
		"config, no master": func() error {
			return client.Groups.UpdateConfig(ctx, "id", pulseone.GroupConfigUpdate{BlockTypes: []string{"a"}})
		},
		"config, no types": func() error {
			return client.Groups.UpdateConfig(ctx, "id", pulseone.GroupConfigUpdate{MasterApplianceID: "a"})
		},
		"report nothing":  func() error { return client.Configs.ReportHead(ctx, "id", "") },
		"roll back to ''": func() error { return client.Configs.Rollback(ctx, "id", "a", "") },
		"promote ''":      func() error { return client.Configs.Promote(ctx, "id", "a", "") },
		"diff to ''":      func() error { _, err := client.Configs.Diff(ctx, "a", ""); return err },
	} {
		if err := call(); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want ErrInvalidArgument", name, err)
		}
	}
	if len(tap.requests) != 0 {
		t.Errorf("%d requests were sent", len(tap.requests))
	}
}

// No part of a response that may hold a registration code, or a URL that is as good as one, gets into an error.
func TestAppliances_CreateOrchestrated_secrets(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	check(t, client.SignIn(ctx))
	for name, call := range map[string]func() error{
		"orchestrated": func() error {
			_, err := client.Appliances.CreateOrchestrated(ctx, pulseone.OrchestratedApplianceCreate{
				Name: "one", Orchestration: pulseone.Orchestration{Type: pulseone.OrchestrationTypeAWS},
			})
			return err
		},
		"sign-up": func() error { _, err := client.AFWDomains.CreateSignupURL(ctx, "https://example.com"); return err },
		"delegation": func() error {
			_, err := client.AFWDomains.CreateAppPublishingDelegationURL(ctx, "https://example.com")
			return err
		},
		"approval": func() error { _, err := client.AFWProducts.GenerateApprovalURL(ctx, "app:one"); return err },
	} {
		respond(server, "/api/v1/", `{"api_uri":"api.example.com","registration_code":"JZTAet96L"}`)
		err := call()
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, secureaccess.ErrBadResponse) || strings.Contains(fmt.Sprintf("%v %s", err, failure.Body), "JZTAet96L") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A command that the server refuses under a good status was not carried out.
func TestAppliances_Reboot_refused(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	check(t, client.SignIn(ctx))
	for name, call := range map[string]func() error{
		"command": func() error { return client.Appliances.Reboot(ctx, "a") },
		"delete":  func() error { return client.Groups.Delete(ctx, "a") },
		"update":  func() error { return client.Firmwares.Update(ctx, "a", pulseone.FirmwareUpdate{Version: "9.1"}) },
		"console": func() error { return client.EmailDomains.Delete(ctx, 1, "a") },
	} {
		for body, want := range map[string]secureaccess.Code{
			`{"message":"it is offline","code":50000}`:   "50000",
			`{"message":"it is offline","code":"40907"}`: pulseone.CodeOrchestrationActionInvalid,
			`{"msg":"it is offline","success":false}`:    "",
		} {
			respond(server, "/api/", body)
			err := call()
			refusal, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, secureaccess.ErrBadResponse) || refusal.Code != want || !slices.Equal(refusal.Messages, []string{"it is offline"}) {
				t.Errorf("%s %s: %v", name, body, err)
			}
		}
		for _, body := range []string{``, `{}`, `{"code":0}`, `{"code":200}`, `{"code":20000}`, `{"code":400000}`, `{"success":true}`, `[]`, `queued`} {
			respond(server, "/api/", body)
			if err := call(); err != nil {
				t.Errorf("%s %s: %v", name, body, err)
			}
		}
	}
}

// A list that is missing although there are items is not an empty one.
func TestAppliances_List_missing(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	for body, want := range map[string]error{
		`{"total":3}`:                secureaccess.ErrBadResponse,
		`{"items":null,"total":3}`:   secureaccess.ErrBadResponse,
		`{"data":null,"total":3}`:    secureaccess.ErrBadResponse,
		`{"items":null,"total":0}`:   nil,
		`{"backups":[],"total":"3"}`: nil, // a page behind the end
	} {
		for name, list := range map[string]func() (int, error){
			"page": func() (int, error) {
				page, err := client.Appliances.List(ctx, nil)
				if err != nil {
					return 0, err
				}
				return len(page.Items), nil
			},
			"whole": func() (int, error) {
				page, err := client.Schedules.List(ctx)
				if err != nil {
					return 0, err
				}
				return len(page.Items), nil
			},
			"items": func() (int, error) {
				list, err := client.Backups.List(ctx)
				return len(list), err
			},
		} {
			respond(server, "/api/v1/sa", body)
			if n, err := list(); n != 0 || !errors.Is(err, want) {
				t.Errorf("%s %s: %d, %v", name, body, n, err)
			}
		}
	}
}

// Ids of any kind arrive as they are: one segment, signed as it is sent.
func TestAppliances_Get_oddIDs(t *testing.T) {
	server, client := connect(t)
	for _, id := range []string{"a b", "a/b", "a%2Fb", "日本", "a+b", "a?b", "a#b", "a;b", "~!'()*", `a"b`} {
		server.AddAppliance(pulseone.Appliance{ID: id, Name: id})
		if got := must(client.Appliances.Get(t.Context(), id))(t); got.ID != id {
			t.Errorf("asked for %q, got %q", id, got.ID)
		}
	}
}
