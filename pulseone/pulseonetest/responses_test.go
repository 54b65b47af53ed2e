package pulseonetest_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// plain sends a request without a signature.
func plain(t *testing.T, client *http.Client, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return exchange(t, client, req)
}

func TestServer_heartbeat(t *testing.T) {
	server := pulseonetest.NewServer(t)
	server.AuthorizationCode("a key")
	sum := sha1.Sum([]byte("a key"))
	for _, test := range []struct {
		key, body string
		status    int
		says      string
	}{
		{hex.EncodeToString(sum[:]), `{"machineid":"m","mac":"5a:00:01:78:84:10","ipv4":"172.20.61.67"}`, 200, `"return_code":0`},
		{"none", `{"machineid":"m","mac":"5a:00:01:78:84:10","ipv6":"::1"}`, 401, `"return_code":10000`},
		{hex.EncodeToString(sum[:]), `{"machineid":"m","mac":"5a:00:01:78:84:10"}`, 400, "ipv4"},
	} {
		resp, body := plain(t, server.HTTPClient(), "POST", server.URL()+"/api/v1/pcls/heartbeat", test.body, "X-PCLS-AUTH", test.key)
		if resp.StatusCode != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s: %s %s", test.body, resp.Status, body)
		}
	}
}

func TestServer_tooManyItems(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{})
	items := strings.TrimSuffix(strings.Repeat(`{"id":"a"},`, 101), ",")
	resp, body := signedByDevice(t, server, server.DeviceCredentials(id), "POST", "/api/v1/sa/"+id+"/stats/cloudsecure", `{"total":101,"items":[`+items+`]}`)
	if resp.StatusCode != 400 || !strings.Contains(body, `"code":40001`) {
		t.Errorf("%s %s", resp.Status, body)
	}
}

// The total of an empty list is there, and a task that has not ended was completed at null.
func TestServer_membersWithoutValue(t *testing.T) {
	server := pulseonetest.NewServer(t)
	for _, target := range []string{"/api/v1/sa", "/api/v1/sa/firmwares", "/api/v1/sa/tasks/schedules"} {
		if body := succeed(t, server, "GET", target, ""); body != `{"items":[],"total":0}` {
			t.Errorf("%s: %s", target, body)
		}
	}
	task := server.AddTask(server.AddAppliance(pulseone.Appliance{}), device.Task{Type: pulseone.TaskTypeConfigBackup})
	if body := succeed(t, server, "GET", "/api/v1/sa/tasks/"+task, ""); !strings.Contains(body, `"completed":null`) {
		t.Error(body)
	}
	server.SetTaskStatus(task, pulseone.TaskStatusSuccess)
	if body := succeed(t, server, "GET", "/api/v1/sa/tasks/"+task, ""); !strings.Contains(body, `"completed":"`) {
		t.Error(body)
	}
}

// What registers here goes on here, and nowhere on the Internet.
func TestServer_ownAddresses(t *testing.T) {
	server := pulseonetest.NewServer(t)
	if body := succeed(t, server, "POST", "/api/v1/sa", `{"name":"edge"}`); !strings.Contains(body, `"api_url":"`+server.URL()+`"`) {
		t.Error(body)
	}
	_, body := plain(t, server.HTTPClient(), "POST", server.URL()+"/api/v1/afw/register", "", "Authorization", "bearer "+server.InviteBearer().Reveal())
	var got struct {
		APIURL       string `json:"api_url"`
		WebsocketURL string `json:"websocket_url"`
		APKURL       string `json:"sandbox_apk_url"`
	}
	_, host, _ := strings.Cut(server.URL(), "://")
	if json.Unmarshal([]byte(body), &got) != nil || got.APIURL != server.URL() || !strings.HasPrefix(got.WebsocketURL, "ws://"+host+"/") {
		t.Error(body)
	}
	if strings.Contains(body, ".net") || strings.Contains(body, ".com/") {
		t.Errorf("another host in %s", body)
	}
}

func TestServer_register_facts(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{State: pulseone.ApplianceStateUnregistered})
	resp, body := plain(t, server.HTTPClient(), "POST", server.URL()+"/api/v1/sa/register", fmt.Sprintf(
		`{"registration_code":%q,"type":"VPN","model":"PSA300","serial_number":"0332","appliance_version":"9.1R8"}`, server.RegistrationCode(id)))
	if a := server.Appliances()[0]; resp.StatusCode != 200 || a.SerialNumber != "0332" || a.Model != "PSA300" {
		t.Errorf("%s %s: %+v", resp.Status, body, a)
	}
}

// A user has one id, however it is spelled, and every request of a session makes that last.
func TestServer_console(t *testing.T) {
	server := pulseonetest.NewServer(t)
	agreement := server.AddEULA("text")
	jar, _ := cookiejar.New(nil)
	client := server.HTTPClient()
	client.Jar = jar
	credentials := server.Credentials()
	var login struct{ ID string }
	_, body := plain(t, client, "POST", server.URL()+"/api/login", fmt.Sprintf(`{"username":%q,"password":%q}`, credentials["user"], credentials["password"]))
	_ = json.Unmarshal([]byte(body), &login)
	var session struct{ User struct{ ID string } }
	_, body = plain(t, client, "GET", server.URL()+"/api/session", "")
	if json.Unmarshal([]byte(body), &session) != nil || session.User.ID == "" || session.User.ID != login.ID {
		t.Errorf("the login says %q, the session %q", login.ID, session.User.ID)
	}
	for range 3 {
		server.Advance(15 * time.Minute)
		if resp, body := plain(t, client, "GET", server.URL()+"/api/properties", ""); resp.StatusCode != 200 {
			t.Errorf("a session in use: %s %s", resp.Status, body)
		}
	}
	succeed(t, server, "PUT", "/api/v1/users/"+login.ID+"/eulas/"+agreement, `{"agrees":true}`)
	other := strings.ToUpper(strings.ReplaceAll(login.ID, "-", ""))
	if body := succeed(t, server, "GET", "/api/v1/users/"+other+"/eulas/"+agreement, ""); !strings.Contains(body, `"agrees":"True"`) {
		t.Error(body)
	}
}

// The id of an activity is the SHA-1 of its canonical form, whatever blanks the body comes with.
func TestServer_activityID(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{})
	canonical := `{"activity_type":"config","message":"a <b>","severity":"notice","time":"2015-06-23T05:59:03Z"}`
	expanded := `{ "time": "2015-06-23T05:59:03Z", "severity": "notice", "message": "a <b>", "activity_type": "config" }`
	sum := sha1.Sum([]byte(canonical))
	for body, want := range map[string]int{canonical: 204, expanded: 204, strings.Replace(expanded, "notice", "error", 1): 400} {
		resp, answer := signedByDevice(t, server, server.DeviceCredentials(id), "PUT", "/api/v1/sa/"+id+"/activities/"+hex.EncodeToString(sum[:]), body)
		if resp.StatusCode != want {
			t.Errorf("%s: %s %s", body, resp.Status, answer)
		}
	}
	if got := server.Activities(id); len(got) != 1 {
		t.Errorf("%d activities", len(got))
	}
}

// An appliance sends the names that have changed.
func TestServer_cloudSecureNames(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{})
	for _, names := range [][]device.IDName{{{ID: 0, Name: "iOS"}, {ID: 1, Name: "Andriod"}}, {{ID: 1, Name: "Android"}, {ID: 2, Name: "macOS"}}} {
		server.AddCloudSecureRecords(id, device.CloudSecureMappings{OSTypes: names})
	}
	want := []device.IDName{{ID: 0, Name: "iOS"}, {ID: 1, Name: "Android"}, {ID: 2, Name: "macOS"}}
	if got := server.CloudSecureMappings(id).OSTypes; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// An endpoint that is pushed again is the same one, with what was known of its times and its history.
func TestServer_profiledAgain(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{})
	at := func(minute int) secureaccess.Time {
		return secureaccess.At(time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC))
	}
	entry := func(hostname string) *device.ProfilerHistory {
		return &device.ProfilerHistory{IPAddress: []device.ProfilerHistoryIPAddress{{Hostname: hostname}}}
	}
	server.AddProfiledEndpoints(id,
		device.ProfiledEndpoint{MACAddr: "44:00:10:26:EC:F2", FirstSeen: at(1), LastSeen: at(9), History: entry("a")},
		device.ProfiledEndpoint{MACAddr: "44001026ecf2", FirstSeen: at(2), LastSeen: at(8), History: entry("b")})
	got := server.ProfiledEndpoints(id)
	one := got["44001026ecf2"]
	if len(got) != 1 || !one.FirstSeen.Equal(at(1).Time) || !one.LastSeen.Equal(at(9).Time) || one.History == nil || len(one.History.IPAddress) != 2 {
		t.Errorf("got %+v", got)
	}
}
