package pulseone_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestOrchestration_life(t *testing.T) {
	_, client, id := office(t)
	ctx := t.Context()
	if _, err := client.Orchestration.Get(ctx, id); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	created := must(client.Orchestration.Create(ctx, id, pulseone.OrchestrationConfigCreate{
		ServiceAccountID: "bec7ed0a-7dcd-49d6-aa6c-ae5eaf47167f",
		ApplianceConfig: &pulseone.OrchestrationApplianceConfig{
			AdminUsername: "admin", AdminPassword: secureaccess.NewSecret("hunter2hunter2"), InternalFQDN: "internal.example.com", PrimaryDNS: "10.0.0.53",
		},
		DeploymentConfig: &pulseone.OrchestrationDeploymentConfig{
			AWSConfig: &pulseone.OrchestrationAWSConfig{Region: "eu-central-1", ManagementSubnetID: "subnet-1"},
		},
	}))(t)
	if created.ServiceAccountID != "bec7ed0a-7dcd-49d6-aa6c-ae5eaf47167f" || created.DeploymentConfig.ID == "" || !created.ApplianceConfig.AdminPassword.IsZero() {
		t.Errorf("got %+v", created)
	}
	// Only what is named changes.
	check(t, client.Orchestration.Update(ctx, id, pulseone.OrchestrationConfigUpdate{
		ApplianceConfig:  &pulseone.OrchestrationApplianceConfigUpdate{InternalFQDN: new("new.example.com"), PrimaryDNS: new("")},
		DeploymentConfig: &pulseone.OrchestrationDeploymentConfigUpdate{ID: created.DeploymentConfig.ID, AWSConfig: &pulseone.OrchestrationAWSConfigUpdate{Region: new("eu-west-1")}},
	}))
	got := must(client.Orchestration.Get(ctx, id))(t)
	if got.ID != created.ServiceAccountID || got.ServiceAccountID != "" || got.ApplianceConfig.AdminUsername != "admin" || got.ApplianceConfig.InternalFQDN != "new.example.com" ||
		got.ApplianceConfig.PrimaryDNS != "" || got.DeploymentConfig.AWSConfig.Region != "eu-west-1" || got.DeploymentConfig.AWSConfig.ManagementSubnetID != "subnet-1" {
		t.Errorf("got %+v, %+v", got, got.ApplianceConfig)
	}
	// A deployment configuration without its id is not sent.
	err := client.Orchestration.Update(ctx, id, pulseone.OrchestrationConfigUpdate{DeploymentConfig: &pulseone.OrchestrationDeploymentConfigUpdate{}})
	if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != "deployment_config.id" {
		t.Errorf("got %v", err)
	}
}

// The vendor's spelling goes out, and both are read. The id of a result is not sent back: the update has no such field.
func TestOrchestration_Update_wire(t *testing.T) {
	sent := ""
	server, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		if req.Method == http.MethodPut {
			data, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			sent = string(data)
			return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}
		return next.RoundTrip(req)
	}))
	check(t, client.Orchestration.Update(t.Context(), "a", pulseone.OrchestrationConfigUpdate{
		ApplianceConfig: &pulseone.OrchestrationApplianceConfigUpdate{AdminPassword: secureaccess.NewSecret("hunter2hunter2"), CompanyName: new("")},
		DeploymentConfig: &pulseone.OrchestrationDeploymentConfigUpdate{
			ID: "d", AWSConfig: &pulseone.OrchestrationAWSConfigUpdate{ManagementSubnetID: new("subnet-1")},
		},
	}))
	want := `{"appliance_config":{"admin_password":"hunter2hunter2","company_name":""},"deployment_config":{"id":"d","aws_config":{"managment_subnet_id":"subnet-1"}}}`
	if sent != want {
		t.Errorf("sent %s, want %s", sent, want)
	}
	for _, name := range []string{"managment_subnet_id", "management_subnet_id"} {
		server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/a/orchestration", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
			Body: `{"appliance_id":"a","deployment_config":{"aws_config":{"` + name + `":"subnet-1"}}}`})
		if got := must(client.Orchestration.Get(t.Context(), "a"))(t); got.DeploymentConfig.AWSConfig.ManagementSubnetID != "subnet-1" {
			t.Errorf("%s is not read", name)
		}
	}
}

func TestOrchestration_InitConfig(t *testing.T) {
	server, client, id := office(t)
	ctx := t.Context()
	if _, err := client.Orchestration.InitConfig(ctx, id); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	must(client.Orchestration.Create(ctx, id, pulseone.OrchestrationConfigCreate{
		ApplianceConfig: &pulseone.OrchestrationApplianceConfig{AdminPassword: secureaccess.NewSecret("hunter2hunter2")},
	}))(t)
	text := must(client.Orchestration.InitConfig(ctx, id))(t)
	if !strings.Contains(text.Reveal(), ";vaAdminPassword=hunter2hunter2;") || !strings.Contains(text.Reveal(), "?t="+server.InitialConfigToken(id)) {
		t.Errorf("got %s", text.Reveal())
	}
	if shown := fmt.Sprint(text); strings.Contains(shown, "hunter2") {
		t.Errorf("printed as %s", shown)
	}
	for name, fault := range map[string]pulseonetest.Fault{
		"page":    {Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!DOCTYPE html><html>sign in</html>"},
		"nothing": {Status: http.StatusOK},
		"204":     {Status: http.StatusNoContent},
		"JSON":    {Status: http.StatusOK, Body: `{"message":"later","text":"vaAdminPassword=hunter2hunter2"}`},
	} {
		fault.Path = "/api/v1/sa/" + id + "/orchestration/init-config"
		server.Fail(fault)
		_, err := client.Orchestration.InitConfig(ctx, id)
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || strings.Contains(fmt.Sprintf("%v %s", err, failure.Body), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What an update carries as a secret is in no error.
func TestOrchestration_Update_secrets(t *testing.T) {
	server, client, id := office(t)
	server.Fail(pulseonetest.Fault{Method: http.MethodPut, Status: http.StatusBadRequest, Body: `{"code":40000,"message":"hunter2hunter2 and license-code are too short"}`})
	err := client.Orchestration.Update(t.Context(), id, pulseone.OrchestrationConfigUpdate{
		ApplianceConfig: &pulseone.OrchestrationApplianceConfigUpdate{AdminPassword: secureaccess.NewSecret("hunter2hunter2"), AuthCode: secureaccess.NewSecret("license-code")},
	})
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Fatalf("got %v", err)
	}
	if shown := fmt.Sprintf("%v %s", err, failure.Body); strings.Contains(shown, "hunter2") || strings.Contains(shown, "license-code") {
		t.Errorf("got %s", shown)
	}
}

// A 500 is retried unless its code says that something has not been set up, which no retry changes.
func TestOrchestration_Get_missingSetup(t *testing.T) {
	for body, want := range map[string]int{
		`{"code":50031,"message":"not orchestrated"}`: 1,
		`{"code":"50032"}`:                            1,
		`{"code":50002}`:                              1,
		`{"code":50001}`:                              3,
		`{"message":"broken"}`:                        3,
		`<html>50031</html>`:                          3,
	} {
		tap := &wiretap{}
		server, client := connect(t, secureaccess.WithTransport(tap), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 2}))
		check(t, client.SignIn(t.Context()))
		before := len(tap.requests)
		server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/", Status: http.StatusInternalServerError, Body: body, Times: 9})
		_, err := client.Orchestration.Get(t.Context(), "4711")
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, secureaccess.ErrServer) || failure.Attempts != want || len(tap.requests)-before != want {
			t.Errorf("%s: %v after %d requests", body, err, len(tap.requests)-before)
		}
		if strings.Contains(body, "50031") && strings.Contains(body, "code") && !errors.Is(err, pulseone.CodeApplianceNotOrchestrated) {
			t.Errorf("the code is lost: %v", err)
		}
	}
}
