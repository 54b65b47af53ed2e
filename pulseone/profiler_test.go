package pulseone_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// endpoint is an endpoint that was seen so long ago.
func endpoint(server *pulseonetest.Server, mac, os string, ago time.Duration) device.ProfiledEndpoint {
	seen := server.Clock().Now().UTC().Add(-ago).Truncate(time.Second)
	return device.ProfiledEndpoint{
		MACAddr: mac, OS: os, Category: os, Manufacturer: "VMware, Inc.", Hostname: "pc-" + mac,
		FirstSeen: secureaccess.At(seen.Add(-time.Hour)), LastSeen: secureaccess.At(seen),
	}
}

func macs(endpoints []pulseone.ProfilerBriefEndpoint) string {
	var list []string
	for _, e := range endpoints {
		list = append(list, e.MACAddr)
	}
	return strings.Join(list, " ")
}

func TestProfiler_pushedByADevice(t *testing.T) {
	server, client := connect(t)
	one := server.AddAppliance(pulseone.Appliance{Name: "one"})
	two := server.AddAppliance(pulseone.Appliance{Name: "two"})
	first, again := endpoint(server, "00:50:56:bf:6d:30", "Windows", 2*time.Hour), endpoint(server, "00:50:56:bf:6d:30", "Windows 7", time.Hour)
	first.History = &device.ProfilerHistory{Profile: []device.ProfilerHistoryProfile{{OS: "Windows"}}}
	again.FirstSeen, again.PreviousOS = again.LastSeen, "Windows"
	again.History = &device.ProfilerHistory{Profile: []device.ProfilerHistoryProfile{{OS: "Windows 7"}}}
	again.Session = &device.ProfilerSession{State: device.ProfilerSessionStateActive, MDM: &device.ProfilerMDM{UDID: "1"}}
	check(t, must(server.Device(one))(t).Profiler.Push(t.Context(), []device.ProfiledEndpoint{first, endpoint(server, "005056864be6", "", 30*time.Minute)}))
	check(t, must(server.Device(two))(t).Profiler.Push(t.Context(), []device.ProfiledEndpoint{again}))

	page := must(client.Profiler.List(t.Context(), nil))(t)
	if macs(page.Items) != "005056864be6 00:50:56:bf:6d:30" || page.Total != 2 {
		t.Fatalf("got %s", macs(page.Items))
	}
	if e := page.Items[1]; e.ApplianceID != two || e.OS != "Windows 7" || !e.FirstSeen.Equal(first.FirstSeen.Time) || !e.LastSeen.Equal(again.LastSeen.Time) {
		t.Errorf("got %+v", e)
	}
	whole := must(client.Profiler.Get(t.Context(), "00:50:56:bf:6d:30"))(t)
	if len(whole.History) != 2 || whole.History[0].ApplianceID != one || whole.History[1].ApplianceID != two {
		t.Errorf("got %+v", whole.History)
	}
	if _, err := client.Profiler.Get(t.Context(), "00:00:00:00:00:00"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("an unknown endpoint: %v", err)
	}

	of := func(ids ...string) *pulseone.ProfilerStatsOptions {
		return &pulseone.ProfilerStatsOptions{ApplianceIDs: ids}
	}
	equal := func(got map[string]int64, err error) func(want map[string]int64) {
		return func(want map[string]int64) {
			t.Helper()
			check(t, err)
			if !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}
	equal(client.Profiler.CountByOS(t.Context(), nil))(map[string]int64{"Others": 1, "Windows 7": 1})
	equal(client.Profiler.CountByOS(t.Context(), of(one)))(map[string]int64{"Others": 1, "Windows": 1})
	equal(client.Profiler.CountByManufacturer(t.Context(), nil))(map[string]int64{"VMware, Inc.": 2})
	equal(client.Profiler.CountByCategory(t.Context(), of(two)))(map[string]int64{"Windows 7": 1})
	managed := must(client.Profiler.CountByManagedState(t.Context(), nil))(t)
	if managed.Managed() != 1 || managed.Unmanaged() != 1 {
		t.Errorf("got %v", managed)
	}
	if got := *must(client.Profiler.CountByState(t.Context(), nil))(t); got != (pulseone.ProfilerStateCounts{Profiled: 1, NotProfiled: 1}) {
		t.Errorf("got %+v", got)
	}
	if got := *must(client.Profiler.CountProfileChanges(t.Context(), nil))(t); got != (pulseone.ProfilerChangeCounts{ProfileChanged: 1, Others: 1}) {
		t.Errorf("got %+v", got)
	}
	if got := *must(client.Profiler.CountSessions(t.Context()))(t); got != (pulseone.ProfilerSessionCounts{Sessions: 1, NoSession: 1}) {
		t.Errorf("got %+v", got)
	}
	if got := *must(client.Profiler.CountSessions(t.Context(), one))(t); got != (pulseone.ProfilerSessionCounts{NoSession: 2}) {
		t.Errorf("got %+v", got)
	}
	recent := &pulseone.ProfilerStatsOptions{From: server.Clock().Now().Add(-45 * time.Minute), To: server.Clock().Now()}
	equal(client.Profiler.CountByOS(t.Context(), recent))(map[string]int64{"Others": 1})
	later := &pulseone.ProfilerStatsOptions{From: server.Clock().Now().Add(time.Minute)}
	equal(client.Profiler.CountByManufacturer(t.Context(), later))(map[string]int64{})
}

func TestProfiler_List_filters(t *testing.T) {
	server, client := connect(t)
	one := server.AddAppliance(pulseone.Appliance{Name: "one"})
	two := server.AddAppliance(pulseone.Appliance{Name: "two"})
	scanned := endpoint(server, "b", "Linux", 2*time.Minute)
	scanned.Nmap = &device.ProfilerNmap{Type: "nmap"}
	server.AddProfiledEndpoints(one, endpoint(server, "a", "Windows", time.Minute), scanned)
	server.AddProfiledEndpoints(two, endpoint(server, "c", "Linux", 3*time.Minute))
	for _, test := range []struct {
		opts *pulseone.ProfilerListOptions
		want string
	}{
		{nil, "a b c"},
		{&pulseone.ProfilerListOptions{Search: "linux"}, "b c"},
		{&pulseone.ProfilerListOptions{CollectorType: pulseone.ProfilerCollectorNmap}, "b"},
		{&pulseone.ProfilerListOptions{ApplianceIDs: []string{two}}, "c"},
		{&pulseone.ProfilerListOptions{ApplianceIDs: []string{two, one}}, "a b c"},
		{&pulseone.ProfilerListOptions{PageOptions: pulseone.PageOptions{Start: 1, Limit: 1}}, "b"},
		{&pulseone.ProfilerListOptions{Search: "nothing"}, ""},
	} {
		if got := macs(must(client.Profiler.List(t.Context(), test.opts))(t).Items); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.opts, got, test.want)
		}
	}
	if _, err := client.Profiler.List(t.Context(), &pulseone.ProfilerListOptions{ApplianceIDs: []string{one, ""}}); !isArgument(err) {
		t.Errorf("an empty id: %v", err)
	}
}

// An endpoint that is seen again goes to the front: it comes once more, and another one is missed, which is no error.
func TestProfiler_All_moves(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/profiler",
		`{"total":4,"data":[{"macaddr":"a"},{"macaddr":"b"}]}`,
		`{"total":4,"data":[{"macaddr":"b"},{"macaddr":"c"}]}`,
		`{"total":9,"data":[{"macaddr":"c"}]}`,
	)
	var got []string
	for e, err := range client.Profiler.All(t.Context(), &pulseone.ProfilerListOptions{PageOptions: pulseone.PageOptions{Limit: 2}}) {
		check(t, err)
		got = append(got, e.MACAddr)
	}
	if strings.Join(got, " ") != "a b c" {
		t.Errorf("got %s", got)
	}
}

func TestProfiler_List_bare(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/profiler", `[]`, `[{"macaddr":"a","fist_seen":"2016-11-30T09:40:39Z"}]`)
	if got := must(client.Profiler.List(t.Context(), nil))(t); len(got.Items) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := must(client.Profiler.List(t.Context(), nil))(t); len(got.Items) != 1 || got.Items[0].FirstSeen.Year() != 2016 {
		t.Errorf("got %+v", got)
	}
}

// The document has the history in three forms: one decoder for all of them, which loses none.
func TestProfiler_Get_history(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`[{"appliance_id":"a","profile":[{"os":"1"}]},{"appliance_id":"a","profile":[{"os":"2"}]},{"profile":[{"os":"3"}]}]`, "a:1 a:2 :3"},
		{`{"b":{"profile":[{"os":"1"}]},"a":{"profile":[{"os":"2"}]},"c":{"appliance_id":"d","profile":[{"os":"3"}]}}`, "b:1 a:2 d:3"},
		{`{"a":[{"profile":[{"os":"1"}]},{"profile":[{"os":"2"}]}]}`, "a:1 a:2"},
		{`{"profile":[{"os":"1"},{"os":"2"}],"ip_address":[{"ip":"10.0.0.1"}]}`, ":12"},
		{`{"appliance_id":"a","session_details":[]}`, "a:"},
		{`{"profile":[{"os":7}],"unknown":true}`, ":7"},
		{`{"new":{"os":"1"},"profile":[{"os":"2"}],"list":[{"os":"3"}]}`, ":2"},
		{`{}`, ""}, {`[]`, ""}, {`null`, ""}, {`{"a":null}`, ""},
	} {
		client, _ := scripted(t, "/api/v1/sa/profiler", `{"macaddr":"a","history":`+test.body+`,"os":"Linux"}`)
		got := must(client.Profiler.Get(t.Context(), "a"))(t)
		var list []string
		for _, h := range got.History {
			text := h.ApplianceID + ":"
			for _, p := range h.Profile {
				text += p.OS
			}
			list = append(list, text)
		}
		if strings.Join(list, " ") != test.want || got.OS != "Linux" {
			t.Errorf("%s: got %s, want %s", test.body, list, test.want)
		}
	}
}

func TestProfiler_Get_unreadableHistory(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/profiler", `{"macaddr":"a","history":"none"}`)
	if _, err := client.Profiler.Get(t.Context(), "a"); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a history that is none: %v", err)
	}
}

// Names that differ by case or hold dots, and one name for two things.
func TestProfiler_Get_names(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/profiler", `{
		"macaddr":"6c:88:14:e2:3b:3c","user_agent":{"type":"user-agent","user_agent":"Pulse-Secure/8.2"},
		"session":{"user_agent":"Pulse/5.2","MDM":{"Manufacturer":"A","manufacturer":"b"}},
		"snmp":{"mac_addr":"005056bf5c98","snmp_version":2,"conn_time":1478618593.161855,"timestamp":1478618934,"vlan":5,
			"trap":{"snmp_version":"2","con_time":1478618593.5}},
		"nmap":{"host_name":"pc","timestamp":1480670326.509235,"os_fingerprinted":false},
		"history":[{"ip_address":[{"host_name":"pc","time_stamp":1496108933.592008}],
			"session_details":[{"session.login_host":"10.0.0.1","session.session_type":"pps","session.state":"active"}]}]}`)
	got := must(client.Profiler.Get(t.Context(), "6c:88:14:e2:3b:3c"))(t)
	mdm := got.Session.MDM
	if got.UserAgent.UserAgent != "Pulse-Secure/8.2" || got.Session.UserAgent != "Pulse/5.2" || mdm.Manufacturer != "A" || mdm.MakerName != "b" {
		t.Errorf("got %+v, %+v", got.UserAgent, got.Session)
	}
	if got.SNMP.MACAddr != "005056bf5c98" || got.SNMP.SNMPVersion != "2" || got.SNMP.Trap.SNMPVersion != "2" || got.SNMP.VLAN != "5" {
		t.Errorf("got %+v", got.SNMP)
	}
	if at := got.SNMP.ConnectTime.UnixMicro(); at != 1478618593161855 {
		t.Errorf("connected at %d", at)
	}
	if !got.SNMP.Trap.ConnectTime.Equal(time.Unix(1478618593, 5e8)) || got.Nmap.Timestamp.UnixMicro() != 1480670326509235 {
		t.Errorf("got %v and %v", got.SNMP.Trap.ConnectTime, got.Nmap.Timestamp)
	}
	history := got.History[0]
	if history.IPAddress[0].Hostname != "pc" || history.IPAddress[0].Timestamp.UnixMicro() != 1496108933592008 || got.Nmap.Hostname != "pc" {
		t.Errorf("got %+v", history)
	}
	if s := history.SessionDetails[0]; s.LoginHost != "10.0.0.1" || s.SessionType != "pps" || s.State != pulseone.ProfilerSessionStateActive {
		t.Errorf("got %+v", s)
	}
}

func TestProfiler_counts(t *testing.T) {
	client, tap := scripted(t, "/api/v1/sa/profiler", `{}`, `{"message":3,"error":1}`, `{"Managed":2,"managed":1,"Unmanaged":4}`, `{"sessions":1,"no_sessions":2}`)
	zone := time.FixedZone("", 2*60*60)
	opts := &pulseone.ProfilerStatsOptions{
		ApplianceIDs: []string{"a", "b"}, From: time.Date(2017, 1, 6, 2, 0, 0, 5e8, zone), To: time.Date(2017, 1, 7, 2, 0, 0, 0, zone),
	}
	if got := must(client.Profiler.CountByOS(t.Context(), opts))(t); got == nil || len(got) != 0 {
		t.Errorf("got %#v, want an empty map", got)
	}
	if got := tap.query().Encode(); got != "appliance_ids=a%2Cb&timestamp_end=2017-01-07T00%3A00%3A00Z&timestamp_start=2017-01-06T00%3A00%3A00.5Z" {
		t.Errorf("sent %s", got)
	}
	if got := must(client.Profiler.CountByManufacturer(t.Context(), nil))(t); got["message"] != 3 || got["error"] != 1 {
		t.Errorf("got %v", got)
	}
	if got := must(client.Profiler.CountByManagedState(t.Context(), nil))(t); got.Managed() != 3 || got.Unmanaged() != 4 {
		t.Errorf("got %v", got)
	}
	if got := must(client.Profiler.CountSessions(t.Context()))(t); got.NoSession != 2 {
		t.Errorf("got %+v", got)
	}
}

func ExampleProfilerService_CountByOS() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	server.AddProfiledEndpoints(id, device.ProfiledEndpoint{MACAddr: "00:50:56:bf:6d:30", OS: "Ubuntu", LastSeen: secureaccess.At(server.Clock().Now())})
	counts, err := client.Profiler.CountByOS(context.Background(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(counts["Ubuntu"])
	// Output: 1
}

func ExampleProfilerService_All() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	now := secureaccess.At(server.Clock().Now())
	server.AddProfiledEndpoints(id, device.ProfiledEndpoint{MACAddr: "00:50:56:bf:6d:30", Hostname: "admin2-PC", OS: "Windows", LastSeen: now})
	for brief, err := range client.Profiler.All(context.Background(), &pulseone.ProfilerListOptions{Search: "admin"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(brief.MACAddr, brief.Hostname, brief.OS)
	}
	// Output: 00:50:56:bf:6d:30 admin2-PC Windows
}
