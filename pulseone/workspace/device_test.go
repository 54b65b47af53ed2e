package workspace_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// A report has what was set, zero and the empty list included, and nothing else.
func TestAndroidDeviceUpdate_partial(t *testing.T) {
	var tap wiretap
	_, client := android(t, tap.option())
	for _, test := range []struct {
		body workspace.AndroidDeviceUpdate
		want string
	}{
		{workspace.AndroidDeviceUpdate{}, `{}`},
		{workspace.AndroidDeviceUpdate{Model: "LG-G3", OSVersion: "5.1"}, `{"os_version":"5.1","model":"LG-G3"}`},
		{workspace.AndroidDeviceUpdate{
			ClientVersionCode: secureaccess.Set[int64](0), SupportedFeatures: []any{}, OwnerMode: secureaccess.Set(workspace.OwnerModePersonal),
		}, `{"client_versioncode":0,"supported_features":[],"owner_mode":0}`},
	} {
		if stored := must(client.UpdateDevice(t.Context(), test.body))(t); !stored {
			t.Errorf("%+v is not stored", test.body)
		}
		if request := tap.last(t); request.Method != http.MethodPut || request.body != test.want {
			t.Errorf("sent %s %s; want %s", request.Method, request.body, test.want)
		}
	}
	device := must(client.GetDevice(t.Context()))(t)
	mode, ok := device.OwnerMode.Get()
	if device.Model != "LG-G3" || !ok || mode != workspace.OwnerModePersonal || device.PolicyID == "" {
		t.Errorf("got %+v", device)
	}
}

// 202 stands among the errors of the document: the caller has to know.
func TestAndroid_UpdateDevice_unknownToGoogle(t *testing.T) {
	server, client := android(t)
	server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{DeviceUnknown: true})
	body := workspace.AndroidDeviceUpdate{GoogleDeviceID: "3f1", Model: "LG-G3"}
	if stored := must(client.UpdateDevice(t.Context(), body))(t); stored {
		t.Error("stored, under 202")
	}
	if device := must(client.GetDevice(t.Context()))(t); device.Model != "" {
		t.Errorf("the server has %+v", device)
	}
	server.Fail(pulseonetest.Fault{Method: http.MethodPut, Status: http.StatusNotFound, Body: `{"code": 40410}`})
	stored, err := client.UpdateDevice(t.Context(), body)
	if stored || !errors.Is(err, pulseone.CodeGoogleDeviceNotFound) {
		t.Errorf("got %v, %v", stored, err)
	}
	server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{})
	if stored := must(client.UpdateDevice(t.Context(), body))(t); !stored {
		t.Error("not stored, under 204")
	}
	server.Fail(pulseonetest.Fault{Method: http.MethodPut, Status: http.StatusOK, Body: "<html>sign in</html>"})
	if stored, err := client.UpdateDevice(t.Context(), body); stored || !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a page: got %v, %v", stored, err)
	}
}

// A policy's id is a number elsewhere, and the version of the system has another name in the workflow.
func TestAndroidDevice_otherForms(t *testing.T) {
	client := must(workspace.NewAndroid(canned(t, http.StatusOK, "application/json", `{"policy_id": 12, "os_number": "5.1", "owner_mode": "1"}`)))(t)
	device := must(client.GetDevice(t.Context()))(t)
	if mode := device.OwnerMode.Or(-1); device.PolicyID != "12" || device.OSVersion != "5.1" || mode != workspace.OwnerModeCompany {
		t.Errorf("got %+v", device)
	}
	check(t, client.Close(t.Context()))
}

func TestIOS_UpdateDevice(t *testing.T) {
	var tap wiretap
	server, client := ios(t, tap.option())
	check(t, client.UpdateDevice(t.Context(), workspace.IOSDeviceUpdate{APNsToken: secureaccess.NewSecret("94e4bd60")}))
	if body := tap.last(t).body; body != `{"ios_apns_device_token":"94e4bd60"}` {
		t.Errorf("sent %s", body)
	}
	check(t, client.UpdateDevice(t.Context(), workspace.IOSDeviceUpdate{APNsToken: secureaccess.NewSecret("94e4bd60"), Model: "iphone 9.1"}))
	if known := server.Workspaces()[0].IOS; known.Model != "iphone 9.1" || known.APNsToken.Reveal() != "94e4bd60" {
		t.Errorf("the server has %+v", known)
	}
	check(t, client.Unenroll(t.Context()))
	if stage := server.Workspaces()[0].Stage; stage != pulseonetest.WorkspaceStageUnenrolled {
		t.Errorf("the workspace is %s", stage)
	}
}

func TestAndroid_UploadDebugData(t *testing.T) {
	var tap wiretap
	server, client := android(t, tap.option())
	archive := "PK\x05\x06" + strings.Repeat("\x00", 18)
	check(t, client.UploadDebugData(t.Context(), secureaccess.Upload{Reader: strings.NewReader(archive)}))
	if request := tap.last(t); request.Header.Get("Content-Type") != "application/zip" || request.ContentLength != int64(len(archive)) {
		t.Errorf("sent %s, %d bytes", request.Header.Get("Content-Type"), request.ContentLength)
	}
	if known := server.Workspaces()[0].Debug; string(known) != archive {
		t.Errorf("the server has %q", known)
	}
	if err := client.UploadDebugData(t.Context(), secureaccess.Upload{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("nothing to upload: %v", err)
	}
}

// A device that Google does not know is told by status, or by status and code; another code is a failure.
func TestAndroid_UpdateDevice_codes(t *testing.T) {
	for body, fails := range map[string]bool{"": false, `{"code": 40410, "message": "not found"}`: false, `{"code": 50000, "message": "x"}`: true} {
		client := must(workspace.NewAndroid(canned(t, http.StatusAccepted, "application/json", body)))(t)
		if stored, err := client.UpdateDevice(t.Context(), workspace.AndroidDeviceUpdate{Model: "m"}); stored || (err != nil) != fails {
			t.Errorf("%q: got %v, %v", body, stored, err)
		}
		check(t, client.Close(t.Context()))
	}
}
