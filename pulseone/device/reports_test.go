package device_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// recording returns a client of a server that takes everything and keeps the bodies, unpacked.
func recording(t *testing.T) (client *device.Client, bodies *[]string, headers *[]http.Header) {
	t.Helper()
	bodies, headers = new([]string), new([]http.Header)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			packed, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = packed
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Error(err)
		}
		*bodies, *headers = append(*bodies, string(data)), append(*headers, r.Header)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	client, err := device.New(credentials(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	return client, bodies, headers
}

func credentials(url string) device.Credentials {
	return device.Credentials{Hawk: device.HawkCredentials{ID: "h", Secret: secureaccess.NewSecret("werxhqb98rpa")}, DeviceID: "d", APIURL: url}
}

// at is a time of the fake's clock.
func at(minute int) secureaccess.Time {
	return secureaccess.At(time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC))
}

func samples(n int) []device.HealthSample {
	list := make([]device.HealthSample, n)
	for i := range list {
		list[i] = device.HealthSample{Timestamp: secureaccess.At(time.Unix(int64(i), 0)), ConcurrentUsers: new(int64(i))}
	}
	return list
}

func TestStats_SubmitHealth_batches(t *testing.T) {
	server, client := newClient(t)
	all := samples(250)
	if err := client.Stats.SubmitHealth(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	got := server.HealthSamples(client.DeviceID())
	if len(got) != 250 || *got[0].ConcurrentUsers != 0 || *got[249].ConcurrentUsers != 249 {
		t.Errorf("%d samples arrived", len(got))
	}
}

// TestStats_SubmitHealth_left breaks the second of three batches in several ways: what arrived and what is left is all
// that there was, each sample once.
func TestStats_SubmitHealth_left(t *testing.T) {
	for name, test := range map[string]struct {
		fault pulseonetest.Fault
		left  []int // first and last
	}{
		"refused":     {pulseonetest.Fault{After: 1, Status: http.StatusBadRequest, Body: `{"code":40001}`}, []int{100, 199}},
		"out of use":  {pulseonetest.Fault{After: 1, Status: http.StatusBadGateway}, []int{100, 249}},
		"not allowed": {pulseonetest.Fault{After: 1, Status: http.StatusUnauthorized}, []int{100, 249}},
		"reset":       {pulseonetest.Fault{After: 1, Reset: true}, []int{100, 249}},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := newClient(t)
			server.Fail(test.fault)
			all := samples(250)
			err := client.Stats.SubmitHealth(t.Context(), all)
			unsent, ok := errors.AsType[*device.BatchError[device.HealthSample]](err)
			if !ok {
				t.Fatalf("the error is %v", err)
			}
			if _, ok := errors.AsType[*secureaccess.Error](err); !ok {
				t.Errorf("the cause is lost: %v", err)
			}
			if !slices.Equal(unsent.Left, all[test.left[0]:test.left[1]+1]) {
				t.Errorf("%d are left, from %d on", len(unsent.Left), *unsent.Left[0].ConcurrentUsers)
			}
			if err := client.Stats.SubmitHealth(t.Context(), unsent.Left); err != nil {
				t.Fatal(err)
			}
			if got := server.HealthSamples(client.DeviceID()); len(got) != 250 {
				t.Errorf("%d samples arrived in the end", len(got))
			}
		})
	}
}

func TestStats_absentAndZero(t *testing.T) {
	client, bodies, _ := recording(t)
	ctx := t.Context()
	err := errors.Join(
		client.Stats.SubmitHealth(ctx, []device.HealthSample{{Timestamp: at(1), CPUUtilization: new(0.0), NetworkThroughput: new(int64(76533456345))}}),
		client.Stats.SubmitEndpoints(ctx, []device.EndpointSample{{TimestampStart: at(1), TimestampEnd: at(2), AuthResult: &pulseone.AuthResultCounts{Failed: 2}}}),
		client.Stats.SubmitCloudSecure(ctx, nil),
		client.Stats.SubmitCloudSecure(ctx, []device.CloudSecureRecord{{ID: "1", SessionStartTime: at(1), OSType: new(int64(0)), FailedApplications: []int64{0}}}),
		client.Stats.SubmitCloudSecureMappings(ctx, device.CloudSecureMappings{OSTypes: []device.IDName{{ID: 0, Name: "Unknown"}}, Applications: []device.IDName{}}),
		client.Configs.UpdateStatus(ctx, device.ConfigStatusUpdate{Download: &pulseone.ConfigDownload{Status: pulseone.ConfigDownloadStatusRejected}}),
		client.Info.Update(ctx, device.InfoUpdate{
			Cluster: secureaccess.Null[pulseone.ApplianceInfoCluster](), ConcurrentUserLicenses: new(int64(0)), LicenseServer: new(false),
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"stats":[{"timestamp":"2026-03-02T09:01:00Z","cpu_utilization":0,"network_throughput":76533456345}]}`,
		`{"stats":[{"timestamp_start":"2026-03-02T09:01:00Z","timestamp_end":"2026-03-02T09:02:00Z","auth_result":{"success":0,"failed":2}}]}`,
		`{"total":0,"items":[]}`,
		`{"total":1,"items":[{"cloud_secure_record_id":"1","session_start_time":"2026-03-02T09:01:00Z","os_type":0,"failed_applications":[0]}]}`,
		`{"os_types":[{"id":0,"value":"Unknown"}],"applications":[]}`,
		`{"download":{"status":"rejected"}}`,
		`{"concurrent_user_licenses":0,"license_server":false,"cluster":null}`,
	}
	if !slices.Equal(*bodies, want) {
		t.Errorf("sent:\n%s\nwant:\n%s", strings.Join(*bodies, "\n"), strings.Join(want, "\n"))
	}
}

func TestStats_nothing(t *testing.T) {
	client, bodies, _ := recording(t)
	err := errors.Join(
		client.Stats.SubmitHealth(t.Context(), nil), client.Stats.SubmitEndpoints(t.Context(), nil),
		client.Access.PushHistory(t.Context(), nil), client.Profiler.Push(t.Context(), nil),
	)
	if err != nil || len(*bodies) != 0 {
		t.Errorf("sent %q, %v", *bodies, err)
	}
}

// TestStats_dropped: the server drops these under 204, so they are refused here.
func TestStats_dropped(t *testing.T) {
	client, bodies, _ := recording(t)
	ok := device.CloudSecureRecord{ID: "1", SessionStartTime: at(1)}
	for name, err := range map[string]error{
		"records[1] has no cloud_secure_record_id": client.Stats.SubmitCloudSecure(t.Context(), []device.CloudSecureRecord{ok, {SessionStartTime: at(1)}}),
		"records[0] has no session_start_time":     client.Stats.SubmitCloudSecure(t.Context(), []device.CloudSecureRecord{{ID: "1"}}),
		"records[0] has no user_access_record_id":  client.Access.PushHistory(t.Context(), []device.AccessRecord{{}}),
		"endpoints[0] has no macaddr":              client.Profiler.Push(t.Context(), []device.ProfiledEndpoint{{}}),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(*bodies) != 0 {
		t.Errorf("sent %q", *bodies)
	}
}

func TestAccess_PushHistory(t *testing.T) {
	client, bodies, headers := recording(t)
	err := client.Access.PushHistory(t.Context(), []device.AccessRecord{{ID: "1", LoginTime: at(1), AuthenticationMechanism: pulseone.AccessMechanismMAC, AuthenticationServerName: "AD", MACAddress: "12:23:34:12:23:32"}})
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Total int
		Items []map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte((*bodies)[0]), &body); err != nil || body.Total != 1 {
		t.Fatalf("sent %s", *bodies)
	}
	for name, want := range map[string]string{
		"logout_time": "null", "authentication_succeeded": "false", "authentication_failure_reason": "null", "compliance": "null",
		"first_host_check_time": "null", "mdm_info": "null", "username": `""`,
	} {
		if got := string(body.Items[0][name]); got != want {
			t.Errorf("%s is sent as %q, not %s", name, got, want)
		}
	}
	if h := (*headers)[0]; h.Get("Content-Encoding") != "gzip" || h.Get("Transfer-Encoding") != "" {
		t.Errorf("the header is %v", h)
	}
}

func TestProfiler_Push(t *testing.T) {
	server, client := newClient(t)
	endpoint := device.ProfiledEndpoint{
		MACAddr: "44:00:10:26:ec:f2", FirstSeen: at(1), LastSeen: at(2),
		DHCP:    &device.ProfilerDHCP{Type: "dhcp", MACAddr: "44001026ecf2", Timestamp: 1480479200.834099},
		History: &device.ProfilerHistory{IPAddress: []device.ProfilerHistoryIPAddress{{IP: "172.21.16.89", DetectedTime: at(1)}}},
	}
	later := endpoint
	later.FirstSeen, later.OS = at(2), "Windows"
	if err := errors.Join(client.Profiler.Push(t.Context(), []device.ProfiledEndpoint{endpoint}), client.Profiler.Push(t.Context(), []device.ProfiledEndpoint{later})); err != nil {
		t.Fatal(err)
	}
	got := server.ProfiledEndpoints(client.DeviceID())[endpoint.MACAddr]
	if !got.FirstSeen.Equal(endpoint.FirstSeen.Time) || got.OS != "Windows" || got.DHCP.Timestamp != 1480479200.834099 || got.History.IPAddress[0].IP != "172.21.16.89" {
		t.Errorf("the server has %+v", got)
	}

	recorded, bodies, headers := recording(t)
	if err := recorded.Profiler.Push(t.Context(), []device.ProfiledEndpoint{endpoint}); err != nil {
		t.Fatal(err)
	}
	if (*headers)[0].Get("Content-Encoding") != "gzip" || !strings.HasPrefix((*bodies)[0], `[{"macaddr"`) || !strings.Contains((*bodies)[0], `"history":{"ip_address"`) {
		t.Errorf("sent %s with %v", (*bodies)[0], (*headers)[0])
	}
}

func TestActivities_Upload(t *testing.T) {
	server, client := newClient(t)
	activity := device.Activity{
		ActivityType: pulseone.ActivityTypeOperationNotPerformed, Severity: pulseone.SeverityError,
		Message: "a <b> & c: José", Params: map[string]any{"z": 1, "conflicting_operation": "rsa_key"},
		Reference: (&device.Task{ID: "t1", Type: pulseone.TaskTypeConfigBackup}).Reference(),
		Time:      secureaccess.At(time.Date(2026, 3, 2, 11, 30, 0, 999, time.FixedZone("", 7200))),
	}
	first, err := client.Activities.Upload(t.Context(), activity)
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.Activities.Upload(t.Context(), activity)
	if err != nil || again != first || len(first) != 40 || strings.ToLower(first) != first {
		t.Errorf("the ids are %s and %s, %v", first, again, err)
	}
	got := server.Activities(client.DeviceID())
	if len(got) != 1 || got[0].Message != activity.Message || got[0].Time.Text() != "2026-03-02T09:30:00Z" {
		t.Errorf("the server has %+v", got)
	}
	if got[0].Reference.Type != "system.operations.appliance.task:system.operations.appliance.config.backup" {
		t.Errorf("the reference is %+v", got[0].Reference)
	}
	if _, err := client.Activities.Upload(t.Context(), device.Activity{ActivityType: "x", Severity: "debug", Message: "now"}); err != nil {
		t.Fatal(err)
	}
	if got := server.Activities(client.DeviceID()); !got[1].Time.Equal(server.Clock().Now()) {
		t.Errorf("the time is %s, not that of the client's clock", got[1].Time)
	}
}

func TestActivities_Upload_canonical(t *testing.T) {
	client, bodies, _ := recording(t)
	_, err := client.Activities.Upload(t.Context(), device.Activity{
		ActivityType: "a", Severity: "debug", Message: "<&>", Params: map[string]any{"b": true, "a": nil}, Time: at(5),
		Reference: device.NotificationHeader{ID: "n", Type: device.NotificationTypeReboot}.Reference(),
	})
	const want = `{"activity_type":"a","message":"<&>","params":{"a":null,"b":true},"reference":{"id":"n","type":"notification:system.operations.appliance.reboot"},"severity":"debug","time":"2026-03-02T09:05:00Z"}`
	if err != nil || (*bodies)[0] != want {
		t.Errorf("sent %s\nwant %s\n%v", (*bodies)[0], want, err)
	}
}

func TestInfo_Update(t *testing.T) {
	server, client := newClient(t)
	err := errors.Join(
		client.Info.Update(t.Context(), device.InfoUpdate{ApplianceVersion: "9.1R1", LicenseRole: secureaccess.Set(pulseone.LicenseRoleClient)}),
		client.Info.Update(t.Context(), device.InfoUpdate{LicenseRole: secureaccess.Null[pulseone.LicenseRole]()}),
	)
	facts := server.Facts(client.DeviceID())
	if err != nil || string(facts["appliance_version"]) != `"9.1R1"` || string(facts["license_role"]) != "null" {
		t.Errorf("the server has %s, %v", facts, err)
	}
}

func TestConfigs(t *testing.T) {
	server, client := newClient(t)
	const commit = "6962ca575e339134ea0ccf76720e13a7992ee0f8"
	if err := client.Configs.ReportHead(t.Context(), commit); err != nil {
		t.Fatal(err)
	}
	head, err := client.Configs.GetHead(t.Context())
	if err != nil || *head != (pulseone.HeadCommit{Commit: commit}) {
		t.Errorf("HEAD is %+v, %v", head, err)
	}
	if err := client.Configs.ReportHead(t.Context(), ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("an empty commit: %v", err)
	}
	err = errors.Join(
		client.Configs.UpdateStatus(t.Context(), device.ConfigStatusUpdate{Upload: &pulseone.ConfigUpload{Status: pulseone.ConfigUploadStatusExporting}}),
		client.Configs.UpdateStatus(t.Context(), device.ConfigStatusUpdate{Download: &pulseone.ConfigDownload{Status: pulseone.ConfigDownloadStatusApplying}}),
	)
	if status := server.ConfigStatus(client.DeviceID()); err != nil || status.Upload.Status != pulseone.ConfigUploadStatusExporting || status.Download == nil {
		t.Errorf("the status is %+v, %v", status, err)
	}
	initial, err := client.Configs.GetInitial(t.Context())
	if err != nil || len(initial.Config) != 1 || initial.Config[0].Type != "saml" {
		t.Errorf("the initial configuration is %+v, %v", initial, err)
	}
}

// TestClient_credentials: nothing renews what an appliance has.
func TestClient_credentials(t *testing.T) {
	server, client := newClient(t)
	counted := 0
	counting := secureaccess.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			counted++
			return next.RoundTrip(r)
		})
	})
	ended := server.DeviceCredentials(client.DeviceID())
	ended.Hawk.Expires = secureaccess.At(server.Clock().Now().Add(-time.Hour))
	late, err := device.New(ended, append(server.Options(), counting)...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Tasks.Next(t.Context()); err != nil || counted != 1 {
		t.Errorf("credentials past their end: %v after %d requests", err, counted)
	}
	for ago, want := range map[time.Duration]error{time.Minute: secureaccess.ErrUnauthorized, time.Hour: secureaccess.ErrForbidden} {
		server.ExpireDevice(client.DeviceID(), ago)
		counted = 0
		if _, err := late.Tasks.Next(t.Context()); !errors.Is(err, want) || counted != 1 {
			t.Errorf("%s after the end: %v after %d requests", ago, err, counted)
		}
	}
	if err := late.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := late.Tasks.Next(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestClient_Do_foreign: no way leads a signed request to an address that a task names.
func TestClient_Do_foreign(t *testing.T) {
	_, client := newClient(t)
	url, requests := respondWith(t, http.StatusOK, `{}`)
	for _, path := range []string{url + "/config/1", "//" + strings.TrimPrefix(url, "http://")} {
		if err := client.Do(t.Context(), secureaccess.Request{Method: http.MethodPut, Path: path}, nil); err == nil {
			t.Errorf("%s is a success", path)
		}
	}
	if len(*requests) != 0 {
		t.Errorf("%d requests went there", len(*requests))
	}
}

func TestTasks(t *testing.T) {
	server, client := newClient(t)
	ctx := t.Context()
	if task, err := client.Tasks.Next(ctx); task != nil || err != nil {
		t.Errorf("without a task: %v, %v", task, err)
	}
	id := server.AddTask(client.DeviceID(), device.Task{Type: pulseone.TaskTypeConfigBackup})
	for range 2 { // it stays until its end is reported
		if task, err := client.Tasks.Next(ctx); err != nil || task.ID != id || task.Params.BackupID == "" {
			t.Fatalf("the task is %+v, %v", task, err)
		}
	}
	server.Fail(pulseonetest.Fault{Method: http.MethodPut, Status: http.StatusInternalServerError, Times: 2})
	if err := client.Tasks.UpdateStatus(ctx, id, pulseone.TaskStatusInProgressCancelable); err != nil {
		t.Error(err)
	}
	server.Fail(pulseonetest.Fault{Method: http.MethodPut, Status: http.StatusBadGateway, Times: -1})
	if err := client.Tasks.UpdateStatus(ctx, id, pulseone.TaskStatusSuccess); !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("retries do not end: %v", err)
	}
}

func TestTasks_UpdateStatus_forgotten(t *testing.T) {
	server, client := newClient(t)
	id := server.AddTask(client.DeviceID(), device.Task{Type: pulseone.TaskTypeConfigReboot})
	server.ForgetTask(id)
	if err := client.Tasks.UpdateStatus(t.Context(), id, pulseone.TaskStatusInProgressCancelable); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("in progress: %v", err)
	}
	for _, status := range []pulseone.TaskStatus{pulseone.TaskStatusSuccess, pulseone.TaskStatusFailed, pulseone.TaskStatusCanceled} {
		if err := client.Tasks.UpdateStatus(t.Context(), id, status); err != nil {
			t.Errorf("%s: %v", status, err)
		}
	}
}

func TestTasks_UpdateStatus_anySuccess(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusAccepted, http.StatusNoContent} {
		url, _ := respondWith(t, status, "")
		client, err := device.New(credentials(url))
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Tasks.UpdateStatus(t.Context(), "t", pulseone.TaskStatusSuccess); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func ExampleStatsService_SubmitHealth() {
	server, client := exampleClient()
	defer server.Close()
	samples := []device.HealthSample{{Timestamp: at(1), ConcurrentUsers: new(int64(12))}, {Timestamp: at(2), ConcurrentUsers: new(int64(0))}}
	server.Fail(pulseonetest.Fault{Status: http.StatusBadGateway})
	err := client.Stats.SubmitHealth(exampleContext, samples)
	if unsent, ok := errors.AsType[*device.BatchError[device.HealthSample]](err); ok {
		fmt.Println(len(unsent.Left), "are left")
		err = client.Stats.SubmitHealth(exampleContext, unsent.Left)
	}
	fmt.Println(err)
	// Output:
	// 2 are left
	// <nil>
}

// What has no time would be dropped, or stand for the year 1.
func TestStatsService_withoutTime(t *testing.T) {
	client, bodies, _ := recording(t)
	for name, err := range map[string]error{
		"health":          client.Stats.SubmitHealth(t.Context(), append(samples(1), device.HealthSample{ConcurrentUsers: new(int64(1))})),
		"endpoint, start": client.Stats.SubmitEndpoints(t.Context(), []device.EndpointSample{{TimestampEnd: at(1)}}),
		"endpoint, end":   client.Stats.SubmitEndpoints(t.Context(), []device.EndpointSample{{TimestampStart: at(1)}}),
		"access":          client.Access.PushHistory(t.Context(), []device.AccessRecord{{ID: "r"}}),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(*bodies) != 0 {
		t.Errorf("%d requests were sent", len(*bodies))
	}
}

// A sample that JSON has no words for keeps its own batch from being sent, and no other.
func TestStats_SubmitHealth_notEncoded(t *testing.T) {
	client, bodies, _ := recording(t)
	list := samples(250)
	list[120].CPUUtilization = new(math.NaN())
	err := client.Stats.SubmitHealth(t.Context(), list)
	left, ok := errors.AsType[*device.BatchError[device.HealthSample]](err)
	if !ok || len(left.Left) != 100 || *left.Left[20].ConcurrentUsers != 120 || !errors.Is(err, secureaccess.ErrInvalidArgument) || len(*bodies) != 2 {
		t.Errorf("%v, and %d requests", err, len(*bodies))
	}
}

// A secret in an activity is sent, and appears nowhere else.
func TestActivities_Upload_secret(t *testing.T) {
	url, _ := respondWith(t, http.StatusBadRequest, `{"code":40000,"message":"params.psk is bad: swordfish"}`)
	client, err := device.New(credentials(url))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Activities.Upload(t.Context(), device.Activity{
		ActivityType: pulseone.ActivityTypeApplianceTask, Severity: pulseone.SeverityError, Message: "m",
		Params: map[string]any{"psk": secureaccess.NewSecret("swordfish")},
	})
	if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || strings.Contains(fmt.Sprintf("%v %q", err, failure.Messages), "swordfish") {
		t.Errorf("the error is %v", err)
	}
}

func TestConfigs_GetInitial_unusable(t *testing.T) {
	for _, body := range []string{`{"result":{"config":null}}`, `{"result":{}}`, `{"id":"x","result":null}`} {
		url, _ := respondWith(t, http.StatusOK, body)
		client, err := device.New(credentials(url))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := client.Configs.GetInitial(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

// A code of an error is a refusal under any status.
func TestTasks_UpdateStatus_refused(t *testing.T) {
	url, _ := respondWith(t, http.StatusOK, `{"code":50000,"message":"try again"}`)
	client, err := device.New(credentials(url))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Tasks.UpdateStatus(t.Context(), "t", pulseone.TaskStatusSuccess); err == nil {
		t.Error("the status counts as reported")
	}
}

// What has not been set up is not there a second later either.
func TestTasks_Next_permanent(t *testing.T) {
	url, requests := respondWith(t, http.StatusInternalServerError, `{"code":50031}`)
	client, err := device.New(credentials(url))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Tasks.Next(t.Context()); !errors.Is(err, secureaccess.Code("50031")) || len(*requests) != 1 {
		t.Errorf("%v, after %d requests", err, len(*requests))
	}
}

func TestTasks_Next_unusable(t *testing.T) {
	for _, body := range []string{`{"id":"t"}`, `{"type":"reboot"}`, `{}`, ` `, `null`} {
		url, _ := respondWith(t, http.StatusOK, body)
		client, err := device.New(credentials(url))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := client.Tasks.Next(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}
