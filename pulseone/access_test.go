package pulseone_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// scripted returns a client whose requests below a path get these responses, one after the other, and what they asked.
func scripted(t *testing.T, path string, bodies ...string) (*pulseone.Client, *wiretap) {
	t.Helper()
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	for _, body := range bodies {
		server.Fail(pulseonetest.Fault{
			Path: path, Status: http.StatusOK, Body: body, Header: http.Header{"Content-Type": {"application/json"}},
		})
	}
	return client, tap
}

// query is the query of the last request.
func (w *wiretap) query() url.Values { return w.last().URL.Query() }

func (w *wiretap) last() *http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[len(w.requests)-1]
}

// signIn is a sign-in that lasted a minute, so long ago.
func signIn(server *pulseonetest.Server, id, username string, ago time.Duration, change func(*device.AccessRecord)) device.AccessRecord {
	began := server.Clock().Now().UTC().Add(-ago).Truncate(time.Second)
	record := device.AccessRecord{
		ID: id, Username: username, Realm: "Users", Roles: []string{"Users"}, MACAddress: "12:23:34:12:23:32",
		LoginTime: secureaccess.At(began), LogoutTime: secureaccess.At(began.Add(time.Minute)),
		AuthenticationMechanism: pulseone.AccessMechanismL3, AuthenticationSucceeded: true, DeviceOS: "Windows_10",
		Compliance: new(pulseone.AccessComplianceYes),
	}
	if change != nil {
		change(&record)
	}
	return record
}

func failed(r *device.AccessRecord) {
	r.AuthenticationSucceeded, r.AuthenticationFailureReason, r.LogoutTime = false, new("Max Sessions"), secureaccess.Time{}
	r.Compliance = new(pulseone.AccessComplianceNo)
}

func TestAccess_pushedByADevice(t *testing.T) {
	server, client := connect(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	agent := must(server.Device(id))(t)
	check(t, agent.Profiler.Push(t.Context(), []device.ProfiledEndpoint{{
		MACAddr: "122334122332", FirstSeen: secureaccess.At(server.Clock().Now()), LastSeen: secureaccess.At(server.Clock().Now()),
	}}))
	check(t, agent.Access.PushHistory(t.Context(), []device.AccessRecord{
		signIn(server, "1", "joe", time.Hour, nil),
		signIn(server, "2", "joe", 2*time.Hour, failed),
		signIn(server, "3", "ann", time.Hour, func(r *device.AccessRecord) { r.MACAddress = "00:00:00:00:00:01" }),
	}))
	summaries := must(client.Access.ListSummaries(t.Context(), nil))(t)
	if len(summaries.Items) != 2 || summaries.Items[0].Username != "ann" || summaries.Items[1].Username != "joe" {
		t.Fatalf("got %+v, want ann and joe in that order", summaries.Items)
	}
	joe := summaries.Items[1]
	if joe.SuccessfulLogins != 1 || joe.FailedLogins != 1 || joe.CompliantSessions != 1 || joe.TotalSessionsLength != 60 || joe.LastApplianceID != id {
		t.Errorf("got %+v", joe)
	}
	history := must(client.Access.ListHistory(t.Context(), "joe", nil))(t)
	if len(history.Items) != 2 || history.Total != 2 {
		t.Fatalf("got %+v", history)
	}
	first, second := history.Items[0], history.Items[1]
	if first.ID != "1" || first.ApplianceID != id || !first.DeviceProfiledStatus || first.AuthenticationFailureReason != "" {
		t.Errorf("got %+v", first)
	}
	if second.AuthenticationFailureReason != pulseone.AccessFailureReasonMaxSessions || !second.LogoutTime.IsZero() {
		t.Errorf("got %+v", second)
	}
	if ann := must(client.Access.ListHistory(t.Context(), "ann", nil))(t); len(ann.Items) != 1 || ann.Items[0].DeviceProfiledStatus {
		t.Errorf("got %+v", ann.Items)
	}
}

func TestAccess_ListHistory_filters(t *testing.T) {
	server, client := connect(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	server.AddAccessRecords(id,
		signIn(server, "plain", "joe", time.Hour, nil),
		signIn(server, "failed", "joe", 2*time.Hour, failed),
		signIn(server, "mac", "joe", 3*time.Hour, func(r *device.AccessRecord) {
			r.MACAddress, r.AuthenticationMechanism = "00:00:00:00:00:01", pulseone.AccessMechanismMAC
		}),
		signIn(server, "guest", "joe", 4*time.Hour, func(r *device.AccessRecord) { r.Realm = "Guests" }),
		signIn(server, "old", "joe", 48*time.Hour, nil),
	)
	for _, test := range []struct {
		opts *pulseone.AccessHistoryOptions
		want string
	}{
		{nil, "plain failed mac guest"},
		{&pulseone.AccessHistoryOptions{Duration: pulseone.AccessDurationWeek}, "plain failed mac guest old"},
		{&pulseone.AccessHistoryOptions{Result: pulseone.AccessResultAll}, "plain failed mac guest"},
		{&pulseone.AccessHistoryOptions{Result: pulseone.AccessResultFail}, "failed"},
		{&pulseone.AccessHistoryOptions{Result: pulseone.AccessResultSuccess, Realm: "Users"}, "plain mac"},
		{&pulseone.AccessHistoryOptions{Mechanism: pulseone.AccessMechanismMAC}, "mac"},
		{&pulseone.AccessHistoryOptions{Compliance: pulseone.AccessComplianceNo}, "failed"},
		{&pulseone.AccessHistoryOptions{MACAddress: "00-00-00-00-00-01"}, "mac"},
		{&pulseone.AccessHistoryOptions{PageOptions: pulseone.PageOptions{Start: 1, Limit: 2}}, "failed mac"},
	} {
		var got []string
		for _, record := range must(client.Access.ListHistory(t.Context(), "joe", test.opts))(t).Items {
			got = append(got, record.ID)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: got %s, want %s", test.opts, got, test.want)
		}
	}
}

// A list without matches is documented as a bare [].
func TestAccess_bareList(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/access", "[]", "[]", `{"total":0,"items":[]}`, `[{"username":"joe"}]`)
	for _, want := range []int{0, 0, 0, 1} {
		got := must(client.Access.ListSummaries(t.Context(), nil))(t)
		if len(got.Items) != want {
			t.Errorf("got %+v, want %d", got, want)
		}
	}
	client, _ = scripted(t, "/api/v1/sa/access", `{}`)
	if _, err := client.Access.ListHistory(t.Context(), "joe", nil); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("{} in place of a list: %v", err)
	}
}

// Some servers count the page instead of the list, and give less than they are asked for: the walk goes on until a page
// is empty.
func TestAccess_AllSummaries_totalOfThePage(t *testing.T) {
	page := func(names ...string) string {
		var items []string
		for _, name := range names {
			items = append(items, fmt.Sprintf(`{"username":%q}`, name))
		}
		return fmt.Sprintf(`{"total":%d,"items":[%s]}`, len(names), strings.Join(items, ","))
	}
	client, tap := scripted(t, "/api/v1/sa/access", page("a", "b"), page("c", "d"), page("e"), page())
	var got []string
	for user, err := range client.Access.AllSummaries(t.Context(), &pulseone.AccessSummaryOptions{PageOptions: pulseone.PageOptions{Limit: 3}}) {
		check(t, err)
		got = append(got, user.Username)
	}
	if strings.Join(got, "") != "abcde" || tap.query().Get("start") != "5" {
		t.Errorf("got %s, last from %s", got, tap.query().Get("start"))
	}
}

// Appliances make the ids of records by themselves: only with the appliance's they tell records apart.
func TestAccess_AllHistory_keys(t *testing.T) {
	client, tap := scripted(t, "/api/v1/sa/access",
		`{"total":2,"items":[{"user_access_record_id":"1","appliance_id":"a"},{"user_access_record_id":"1","appliance_id":"b"}]}`,
		`{"total":2,"items":[{"user_access_record_id":"1","appliance_id":"b"},{"user_access_record_id":"2","appliance_id":"b"}]}`,
		`[]`,
	)
	var got []string
	opts := &pulseone.AccessHistoryOptions{PageOptions: pulseone.PageOptions{Limit: 2}, Duration: pulseone.AccessDurationMonth}
	for record, err := range client.Access.AllHistory(t.Context(), "joe", opts) {
		check(t, err)
		got = append(got, record.ApplianceID+record.ID)
	}
	if strings.Join(got, " ") != "a1 b1 b2" {
		t.Errorf("got %s", got)
	}
	if tap.query().Get("duration") != "30d" {
		t.Errorf("the duration is lost on the way: %s", tap.query())
	}
}

// Usernames hold what separates paths, domains and words.
func TestAccess_ListHistory_usernames(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	for i, username := range []string{`corp\joe`, "joe@example.com", "joe/admin", "Joe Ellis", "message", "error", "50%", "jöe?x=#1", "summary"} {
		server.AddAccessRecords(id, signIn(server, fmt.Sprint(i), username, time.Hour, nil))
		got := must(client.Access.ListHistory(t.Context(), username, nil))(t)
		if len(got.Items) != 1 || got.Items[0].Username != username {
			t.Errorf("%q: got %+v by %s", username, got.Items, tap.last().URL.EscapedPath())
		}
		summary := must(client.Access.ListSummaries(t.Context(), &pulseone.AccessSummaryOptions{Username: username}))(t)
		if len(summary.Items) != 1 || summary.Items[0].Username != username {
			t.Errorf("%q: got %+v", username, summary.Items)
		}
	}
	if _, err := client.Access.ListHistory(t.Context(), "", nil); !isArgument(err) {
		t.Errorf("the history of nobody: %v", err)
	}
}

func isArgument(err error) bool {
	_, ok := errors.AsType[*secureaccess.ArgumentError](err)
	return ok
}

func TestAccess_rankings(t *testing.T) {
	server, client := connect(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "edge"})
	n := 0
	add := func(username string, times int, change func(*device.AccessRecord)) {
		for range times {
			n++
			server.AddAccessRecords(id, signIn(server, fmt.Sprint(n), username, time.Hour, change))
		}
	}
	add("zoe", 3, nil)
	add("error", 2, func(r *device.AccessRecord) {
		r.Roles, r.DeviceOS = []string{"Users", "HR"}, "Windows"
		r.AuthenticationMechanism, r.Compliance = pulseone.AccessMechanism8021X, new(pulseone.AccessComplianceRemediated)
		r.LogoutTime = secureaccess.At(r.LoginTime.Add(time.Hour))
	})
	add("ann", 1, failed)
	access, ctx := client.Access, t.Context()
	ranked := func(got pulseone.Ranking[int64], err error) func(name, want string) {
		return func(name, want string) {
			t.Helper()
			check(t, err)
			var list []string
			for _, entry := range got {
				list = append(list, fmt.Sprintf("%s:%d", entry.Name, entry.Value))
			}
			if text := strings.Join(list, " "); text != want {
				t.Errorf("%s: got %s, want %s", name, text, want)
			}
		}
	}
	ranked(access.TopSessions(ctx, nil))("TopSessions", "zoe:3 error:2")
	ranked(access.TopSuccesses(ctx, &pulseone.AccessTopOptions{Count: 4}))("TopSuccesses", "zoe:3 error:2")
	ranked(access.TopFailures(ctx, nil))("TopFailures", "ann:1")
	ranked(access.TopRoles(ctx, &pulseone.AccessTopRolesOptions{Count: 15}))("TopRoles", "Users:5 HR:2")
	ranked(access.TopCompliance(ctx, nil))("TopCompliance", "zoe:3")
	ranked(access.TopCompliance(ctx, &pulseone.AccessTopComplianceOptions{Compliance: pulseone.AccessComplianceRemediated}))("TopCompliance", "error:2")
	ranked(access.TopMechanisms(ctx, nil))("TopMechanisms", "zoe:3 ann:1")
	ranked(access.TopMechanisms(ctx, &pulseone.AccessTopMechanismsOptions{Mechanism: pulseone.AccessMechanism8021X}))("TopMechanisms", "error:2")
	ranked(access.TopOSTypes(ctx, nil))("TopOSTypes", "error:2")
	ranked(access.TopOSTypes(ctx, &pulseone.AccessTopOSTypesOptions{OSType: pulseone.OSTypeWindows10}))("TopOSTypes", "zoe:3")
	times := must(access.TopSessionTimes(ctx, nil))(t)
	if !slices.Equal(times, pulseone.Ranking[float64]{{Name: "error", Value: 3600}, {Name: "zoe", Value: 60}}) {
		t.Errorf("got %v", times)
	}
	server.Advance(25 * time.Hour)
	ranked(access.TopSessions(ctx, nil))("a day later", "")
	ranked(access.TopSessions(ctx, &pulseone.AccessTopOptions{Duration: pulseone.AccessDurationWeek}))("of a week", "zoe:3 error:2")
}

func TestAccess_rankings_count(t *testing.T) {
	client, tap := scripted(t, "/api/v1/sa/access")
	for _, count := range []int{-1, 1, 3, 16} {
		_, err := client.Access.TopSessions(t.Context(), &pulseone.AccessTopOptions{Count: count})
		_, roles := client.Access.TopRoles(t.Context(), &pulseone.AccessTopRolesOptions{Count: count})
		if !isArgument(err) || !isArgument(roles) {
			t.Errorf("%d: %v, %v", count, err, roles)
		}
	}
	must(client.Access.TopCompliance(t.Context(), &pulseone.AccessTopComplianceOptions{AccessTopOptions: pulseone.AccessTopOptions{Count: 15}}))(t)
	if got := tap.query().Encode(); got != "top-users-count=15" {
		t.Errorf("sent %s", got)
	}
}

// The same filter has two names.
func TestAccess_mechanismFilter(t *testing.T) {
	client, tap := scripted(t, "/api/v1/sa/access")
	must(client.Access.ListHistory(t.Context(), "joe", &pulseone.AccessHistoryOptions{Mechanism: pulseone.AccessMechanismOther}))(t)
	if got := tap.query().Encode(); got != "auth-mechanism=Other_Method" {
		t.Errorf("sent %s", got)
	}
	must(client.Access.TopMechanisms(t.Context(), &pulseone.AccessTopMechanismsOptions{Mechanism: pulseone.AccessMechanismOther}))(t)
	if got := tap.query().Encode(); got != "authentication-mechanism=Other_Method" {
		t.Errorf("sent %s", got)
	}
}

func ExampleAccessService_TopFailures() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	for i := range 3 {
		server.AddAccessRecords(id, device.AccessRecord{
			ID: fmt.Sprint(i), Username: `corp\joe`, LoginTime: secureaccess.At(server.Clock().Now()),
			AuthenticationFailureReason: new("Account LockedOut"),
		})
	}
	top, err := client.Access.TopFailures(context.Background(), &pulseone.AccessTopOptions{Duration: pulseone.AccessDurationWeek})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range top {
		fmt.Println(user.Name, user.Value)
	}
	// Output: corp\joe 3
}

func ExampleAccessService_AllHistory() {
	server, client := memory()
	defer server.Close()
	id := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	server.AddAccessRecords(id, device.AccessRecord{
		ID: "1", Username: "joe@example.com", LoginTime: secureaccess.At(server.Clock().Now()),
		AuthenticationSucceeded: true, SourceIP: "203.0.113.7",
	})
	// Without a duration it would see the last 24 hours alone.
	opts := &pulseone.AccessHistoryOptions{Duration: pulseone.AccessDurationMonth}
	for record, err := range client.Access.AllHistory(context.Background(), "joe@example.com", opts) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(record.LoginTime.Format(time.DateOnly), record.SourceIP)
	}
	// Output: 2026-03-02 203.0.113.7
}
