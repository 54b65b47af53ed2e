package sps_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestSystem_InfoAndUser(t *testing.T) {
	_, client := start(t)
	info, err := client.System.Info(t.Context())
	if err != nil || info.Key != "about_info" || info.Body.FirmwareVersion != "8.0.0" || info.Body.BuildDate.Year() != 2025 || info.Body.PluginSDKVersion.Full != "1.4.4" {
		t.Errorf("%+v, %v", info, err)
	}
	user, err := client.System.User(t.Context())
	if err != nil || user.User.Name != "admin" || len(user.Endpoints) == 0 || user.Token().IsZero() {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestSystem_Health(t *testing.T) {
	server, client := start(t)
	health, err := client.System.Health(t.Context())
	if err != nil || health.CPU != 1 || health.Load15 != 4 || health.Sessions["ssh"] != 5 || health.SessionsTotal != 10 {
		t.Errorf("%+v, %v", health, err)
	}
	server.Fail(spstest.Fault{Path: "/api/health_status", Status: http.StatusNotFound, Times: -1})
	server.Fail(spstest.Fault{Path: "/api/health-status", Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"cpu":7,"sessions":"many"}`})
	health, err = client.System.Health(t.Context())
	if err != nil || health.CPU != 7 || health.Sessions != nil || string(health.Extra["sessions"]) != `"many"` {
		t.Errorf("%+v, %v", health, err)
	}
	server.Fail(spstest.Fault{Path: "/api/health-status", Status: http.StatusForbidden})
	if _, err := client.System.Health(t.Context()); !errors.Is(err, secureaccess.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

func TestSupportBundles(t *testing.T) {
	server, client := start(t)
	before := server.Clock().Now()
	created, err := client.SupportBundles.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	job := created.Key
	if _, err := client.SupportBundles.Download(t.Context(), job); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("before it is finished: %v", err)
	}
	bundle, err := client.SupportBundles.Wait(t.Context(), job, nil)
	if err != nil || bundle.Body.Status != sps.SupportBundleStatusFinished || bundle.Key != job {
		t.Fatalf("%+v, %v", bundle, err)
	}
	if waited := server.Clock().Now().Sub(before); waited.Seconds() < 10 {
		t.Errorf("it waited %v", waited)
	}
	d, err := client.SupportBundles.Download(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(d)
	if err != nil || string(data) != "support bundle "+job {
		t.Errorf("%q, %v", data, err)
	}
	_ = d.Close()
	if err := client.SupportBundles.Delete(t.Context(), job); err != nil {
		t.Error(err)
	}
	if _, err := client.SupportBundles.Get(t.Context(), job); !errors.Is(err, sps.CodeNotFound) {
		t.Errorf("after the deletion: %v", err)
	}

	server.Fail(spstest.Fault{Path: "/api/troubleshooting", Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"key":"1","meta":{},"body":{"status":"failed"}}`})
	if _, err := client.SupportBundles.Wait(t.Context(), "1", nil); !errors.Is(err, sps.ErrSupportBundleFailed) {
		t.Errorf("a job that fails: %v", err)
	}
	server.Fail(spstest.Fault{Path: "/api/troubleshooting", Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"meta":{}}`})
	if _, err := client.SupportBundles.Create(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a job without an id: %v", err)
	}
}
