package pulseone_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// ago is so long before the server's clock.
func ago(server *pulseonetest.Server, d time.Duration) secureaccess.Time {
	return secureaccess.At(server.Clock().Now().UTC().Add(-d))
}

func TestStats_Health_pushedByADevice(t *testing.T) {
	server, client := connect(t) // at 09:30
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	if none := must(client.Stats.Health(t.Context(), id))(t); none.Available() {
		t.Errorf("before the first report: %+v", none)
	}
	check(t, must(server.Device(id))(t).Stats.SubmitHealth(t.Context(), []device.HealthSample{
		{Timestamp: ago(server, 5*time.Minute), CPUUtilization: new(0.0), NetworkThroughput: new(int64(76533456345))},
		{Timestamp: ago(server, 10*time.Minute), CPUUtilization: new(50.0), ConcurrentUsers: new(int64(3))},
		{Timestamp: ago(server, 40*time.Minute), CPUUtilization: new(10.0)},
		{Timestamp: ago(server, 48*time.Hour), CPUUtilization: new(90.0)},
		{Timestamp: ago(server, 0)}, // measures nothing: dropped
	}))
	last := must(client.Stats.Health(t.Context(), id))(t)
	if !last.Available() || last.CPUUtilization == nil || *last.CPUUtilization != 0 || *last.NetworkThroughput != 76533456345 || last.ConcurrentUsers != nil {
		t.Errorf("got %+v: 0 is measured, nil is not available", last)
	}
	hours := must(client.Stats.AggregateHealth(t.Context(), 1, pulseone.ResolutionHour, nil))(t)
	if len(hours.Stats) != 2 || hours.Days != 1 || hours.Resolution != pulseone.ResolutionHour {
		t.Fatalf("got %+v", hours)
	}
	if first := hours.Stats[0]; !first.Timestamp.Equal(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) || *first.CPUUtilization != 25 || *first.ConcurrentUsers != 3 {
		t.Errorf("got %+v", first)
	}
	if hours.Latest == nil || *hours.Latest.CPUUtilization != 20 || hours.Latest.DiskUtilization != nil {
		t.Errorf("the last hour: %+v", hours.Latest)
	}
	days := must(client.Stats.AggregateHealth(t.Context(), 30, pulseone.ResolutionDay, &pulseone.StatsOptions{ApplianceIDs: []string{id}}))(t)
	if len(days.Stats) != 2 || *days.Stats[1].CPUUtilization != 90 {
		t.Errorf("got %+v", days.Stats)
	}
	before := must(client.Stats.AggregateHealth(t.Context(), 3, pulseone.ResolutionWeek, &pulseone.StatsOptions{To: ago(server, 24*time.Hour).Time}))(t)
	if len(before.Stats) != 1 || *before.Stats[0].CPUUtilization != 90 || before.Latest == nil {
		t.Errorf("got %+v", before)
	}
	other := must(client.Stats.AggregateHealth(t.Context(), 30, pulseone.ResolutionMonth, &pulseone.StatsOptions{ApplianceIDs: []string{"another"}}))(t)
	if len(other.Stats) != 0 || other.Latest != nil {
		t.Errorf("got %+v", other)
	}
}

func TestStats_Health_empty(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/", ``, `{"id":"1","result":null}`, `{"id":"1","result":{"timestamp":"2015-03-13T13:34:52Z"}}`,
		`{"id":"1","result":{"timestamp":"2015-03-13T13:34:52Z","cpu_utilization":0}}`)
	for _, want := range []bool{false, false, false, true} {
		if got := must(client.Stats.Health(t.Context(), "a"))(t); got.Available() != want {
			t.Errorf("got %+v", got)
		}
	}
}

// An aggregate has no latest sample where nothing was reported, and that can be asked too.
func TestHealthSample_Available_nil(t *testing.T) {
	var aggregate pulseone.HealthAggregate
	if aggregate.Latest.Available() {
		t.Error("there is a sample")
	}
}

func TestStats_AggregateEndpoints(t *testing.T) {
	server, client := connect(t)
	one := server.AddAppliance(pulseone.Appliance{Name: "one"})
	two := server.AddAppliance(pulseone.Appliance{Name: "two"})
	check(t, must(server.Device(one))(t).Stats.SubmitEndpoints(t.Context(), []device.EndpointSample{{
		TimestampStart: ago(server, 4*time.Minute), TimestampEnd: ago(server, 2*time.Minute),
		AuthResult: &pulseone.AuthResultCounts{Success: 4, Failed: 2}, DeviceOS: map[string]int64{"mac_os": 4}, UserRoles: map[string]int64{"Users": 4},
	}}))
	server.AddEndpointSamples(two, device.EndpointSample{
		TimestampEnd: ago(server, 3*time.Minute), AuthResult: &pulseone.AuthResultCounts{Success: 1},
		DeviceOS: map[string]int64{"mac_os": 1, "linux": 0}, Compliance: &pulseone.ComplianceCounts{NotAssessed: 6},
	})
	got := must(client.Stats.AggregateEndpoints(t.Context(), 7, pulseone.ResolutionHour, nil))(t)
	if len(got.Stats) != 1 || got.Latest == nil {
		t.Fatalf("got %+v", got)
	}
	e := got.Stats[0]
	if *e.AuthResult != (pulseone.AuthResultCounts{Success: 5, Failed: 2}) || !maps.Equal(e.DeviceOS, map[string]int64{"mac_os": 5, "linux": 0}) {
		t.Errorf("got %+v", e)
	}
	if e.UserRoles != nil || e.AuthMechanism != nil || e.Compliance.NotAssessed != 6 {
		t.Errorf("got %+v", e)
	}
}

func TestStats_aggregates_query(t *testing.T) {
	const body = `{"timestamp_start":"2015-03-06T13:34:52Z","timestart_end":"2015-03-13T13:34:52Z","limit":7,"stats":[]}`
	client, tap := scripted(t, "/api/v1/sa/stats", body, body)
	until := &pulseone.StatsOptions{ApplianceIDs: []string{"a", "b"}, To: time.Date(2015, 3, 13, 13, 34, 52, 0, time.UTC)}
	health := must(client.Stats.AggregateHealth(t.Context(), 7, pulseone.ResolutionHour, until))(t)
	if health.TimestampEnd.IsZero() || health.Days != 7 {
		t.Errorf("got %+v", health)
	}
	const want = "appliance_ids=a%2Cb&limit=7&resolution=hour&timestamp_end=2015-03-13T13%3A34%3A52Z"
	if got := tap.query().Encode(); got != want {
		t.Errorf("sent %s", got)
	}
	if got := must(client.Stats.AggregateEndpoints(t.Context(), 7, pulseone.ResolutionHour, until))(t); got.TimestampEnd.IsZero() || tap.query().Encode() != want {
		t.Errorf("got %+v, sent %s", got, tap.query())
	}
	_, none := client.Stats.AggregateHealth(t.Context(), 0, pulseone.ResolutionHour, nil)
	_, unresolved := client.Stats.AggregateEndpoints(t.Context(), 7, "", nil)
	if !isArgument(none) || !isArgument(unresolved) {
		t.Errorf("got %v and %v", none, unresolved)
	}
}

func TestStats_CloudSecure_pushedByADevice(t *testing.T) {
	server, client := connect(t)
	if none := must(client.Stats.CloudSecure(t.Context(), nil))(t); !none.TimestampEnd.IsZero() || none.Devices != nil {
		t.Errorf("got %+v, want nothing", none)
	}
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	agent := must(server.Device(id))(t)
	check(t, agent.Stats.SubmitCloudSecureMappings(t.Context(), device.CloudSecureMappings{
		OSTypes: []device.IDName{{ID: 0, Name: "Unknown"}}, Applications: []device.IDName{{ID: 3, Name: "Dropbox"}, {ID: 4, Name: "error"}},
	}))
	check(t, agent.Stats.SubmitCloudSecure(t.Context(), []device.CloudSecureRecord{
		{ID: "1", SessionStartTime: ago(server, time.Hour), OSType: new(int64(0)), SuccessApplications: []int64{3, 4}, FailedApplications: []int64{9}, Roles: []string{"Finance"}, Compliance: device.CloudSecureComplianceNotAssessed},
		{ID: "2", SessionStartTime: ago(server, 48*time.Hour), SuccessApplications: []int64{3}},
	}))
	day := must(client.Stats.CloudSecure(t.Context(), nil))(t)
	apps := day.Applications
	if !maps.Equal(apps.Successful, map[string]int64{"Dropbox": 1, "error": 1}) || !maps.Equal(apps.Failed, map[string]int64{"9": 1}) || apps.TotalSuccessful != 2 || len(apps.Stats) != 1 {
		t.Errorf("got %+v", apps)
	}
	if day.Devices["Unknown"] != 1 || day.Roles["Finance"] != 1 || day.Compliance["not_assessed"] != 1 || day.Resolution != pulseone.ResolutionHour {
		t.Errorf("got %+v", day)
	}
	week := must(client.Stats.CloudSecure(t.Context(), &pulseone.CloudSecureOptions{Days: 7, Limit: 1, Resolution: pulseone.ResolutionDay}))(t)
	if !maps.Equal(week.Applications.Successful, map[string]int64{"Dropbox": 2}) || week.Applications.TotalSuccessful != 3 || week.Days != 7 || week.Limit != 1 || len(week.Applications.Stats) != 2 {
		t.Errorf("got %+v", week)
	}
	before := must(client.Stats.CloudSecure(t.Context(), &pulseone.CloudSecureOptions{To: ago(server, 24*time.Hour).Time}))(t)
	if before.Applications.TotalSuccessful != 1 {
		t.Errorf("got %+v", before)
	}
	_, err := client.Stats.CloudSecure(t.Context(), &pulseone.CloudSecureOptions{From: server.Clock().Now(), To: ago(server, time.Hour).Time})
	if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Status != http.StatusBadRequest {
		t.Errorf("a period that ends before it begins: %v", err)
	}
}

func TestStats_CloudSecure_query(t *testing.T) {
	client, tap := scripted(t, "/api/v1/sa/stats", `{}`, `{}`)
	now := time.Unix(1483747338, 9e8)
	must(client.Stats.CloudSecure(t.Context(), &pulseone.CloudSecureOptions{From: now.Add(-time.Hour), To: now, Limit: 3}))(t)
	if got := tap.query().Encode(); got != "limit=3&timestamp_end=1483747338&timestamp_start=1483743738" {
		t.Errorf("sent %s", got)
	}
	must(client.Stats.CloudSecure(t.Context(), &pulseone.CloudSecureOptions{Days: 2, Resolution: pulseone.ResolutionWeek, ApplianceIDs: []string{"a"}}))(t)
	if got := tap.query().Encode(); got != "appliance_ids=a&duration=2&resolution=week" {
		t.Errorf("sent %s", got)
	}
	for _, opts := range []pulseone.CloudSecureOptions{{Days: 1, From: now}, {Days: 1, To: now}, {Days: -1}, {Limit: -1}, {ApplianceIDs: []string{""}}} {
		if _, err := client.Stats.CloudSecure(t.Context(), &opts); !isArgument(err) {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}

func TestStats_FindAppliances(t *testing.T) {
	server, client := connect(t)
	busy := server.AddAppliance(pulseone.Appliance{Name: "busy"})
	idle := server.AddAppliance(pulseone.Appliance{Name: "idle"})
	server.AddAppliance(pulseone.Appliance{Name: "silent"})
	server.AddHealthSamples(busy, device.HealthSample{Timestamp: ago(server, 0), CPUUtilization: new(97.5)})
	server.AddHealthSamples(idle, device.HealthSample{Timestamp: ago(server, 0), CPUUtilization: new(0.0)})
	server.AddEndpointSamples(idle, device.EndpointSample{TimestampEnd: ago(server, 0), Compliance: &pulseone.ComplianceCounts{Failed: 2}})
	find := func(kind pulseone.ThresholdType, metric string, operation pulseone.ThresholdOperation, value int64) []pulseone.ApplianceMetric {
		return must(client.Stats.FindAppliances(t.Context(), pulseone.Threshold{Type: kind, Metric: metric, Operation: operation, Value: value}))(t)
	}
	if got := find(pulseone.ThresholdTypeHealth, "cpu_utilization", pulseone.ThresholdOperationGreater, 30); len(got) != 1 || got[0].Appliance.Name != "busy" || got[0].Value != 97.5 {
		t.Errorf("got %+v", got)
	}
	if got := find(pulseone.ThresholdTypeHealth, "cpu_utilization", pulseone.ThresholdOperationLessOrEqual, 0); len(got) != 1 || got[0].Appliance.ID != idle {
		t.Errorf("got %+v: 0 has to be sent", got)
	}
	if got := find(pulseone.ThresholdTypeEndpoint, "compliance.failed", pulseone.ThresholdOperationEqual, 2); len(got) != 1 || got[0].Appliance.ID != idle {
		t.Errorf("got %+v", got)
	}
	if got := find(pulseone.ThresholdTypeHealth, "disk_utilization", pulseone.ThresholdOperationGreaterOrEqual, 0); len(got) != 0 {
		t.Errorf("got %+v: nobody has measured it", got)
	}
	for _, by := range []pulseone.Threshold{{}, {Type: "health", Metric: "x"}, {Type: "health", Operation: "lt"}, {Metric: "x", Operation: "lt"}} {
		if _, err := client.Stats.FindAppliances(t.Context(), by); !isArgument(err) {
			t.Errorf("%+v: %v", by, err)
		}
	}
}

func TestStats_Info(t *testing.T) {
	server, client := connect(t)
	one := server.AddAppliance(pulseone.Appliance{Name: "one"})
	two := server.AddAppliance(pulseone.Appliance{Name: "two", ApplianceVersion: "8.3R3-39382"})
	server.AddAppliance(pulseone.Appliance{Name: "three", Type: pulseone.ApplianceTypeNAC})
	server.AddCluster(pulseone.Cluster{Name: "pair"})
	for _, id := range []string{one, two} {
		server.SetFacts(id, device.InfoUpdate{
			ConcurrentUserLicenses: new(int64(50)), LicenseMode: pulseone.LicenseModeNamedUsers,
			ConcurrentUserLicenseBreakdown: &pulseone.ConcurrentUserLicenseBreakdown{AccessLicenses: new(int64(50))},
			LicenseRole:                    secureaccess.Set(pulseone.LicenseRoleClient),
		})
	}
	server.AddHealthSamples(one, device.HealthSample{Timestamp: ago(server, 0), ConcurrentUsers: new(int64(3))})
	got := must(client.Stats.Info(t.Context()))(t)
	if got.Clusters != 1 || len(got.Appliances) != 2 {
		t.Fatalf("got %+v", got)
	}
	pcs, pps := got.Appliances[0], got.Appliances[1]
	if pcs.Type != "pcs" || pcs.Count != 2 || pcs.ConcurrentUsers != 3 || pcs.ConcurrentUserLicenses != 100 || pcs.ApplianceVersions["8.3R3-39382"] != 1 {
		t.Errorf("got %+v", pcs)
	}
	if *pcs.ConcurrentUserLicenseBreakdown.AccessLicenses != 100 || pcs.ConcurrentUserLicenseBreakdown.PolsecLicenses != nil || pcs.LicenseMode.NamedUsers != 2 || pcs.LicenseRole.Client != 2 {
		t.Errorf("got %+v", pcs)
	}
	if pps.Type != "pps" || pps.Count != 1 || pps.LicenseMode != nil || pps.NamedUserLicenses != nil {
		t.Errorf("got %+v", pps)
	}
}

func ExampleStatsService_FindAppliances() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	server.AddHealthSamples(id, device.HealthSample{Timestamp: secureaccess.At(server.Clock().Now()), CPUUtilization: new(97.5)})
	busy, err := client.Stats.FindAppliances(context.Background(), pulseone.Threshold{
		Type: pulseone.ThresholdTypeHealth, Metric: "cpu_utilization", Operation: pulseone.ThresholdOperationGreater, Value: 90,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range busy {
		fmt.Println(a.Appliance.Name, a.Value)
	}
	// Output: headquarters 97.5
}

func ExampleStatsService_AggregateHealth() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	server.AddHealthSamples(id, device.HealthSample{Timestamp: secureaccess.At(server.Clock().Now()), CPUUtilization: new(46.2)})
	week, err := client.Stats.AggregateHealth(context.Background(), 7, pulseone.ResolutionHour, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, hour := range week.Stats {
		if hour.CPUUtilization != nil { // nil: not measured
			fmt.Println(hour.Timestamp.Format(time.DateTime), *hour.CPUUtilization)
		}
	}
	// Output: 2026-03-02 09:00:00 46.2
}
