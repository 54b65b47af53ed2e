package contract_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

func TestLoad(t *testing.T) {
	total := 0
	for _, product := range contract.Products {
		c, err := contract.Load(product)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, e := range c.Endpoints {
			if ids[e.ID] {
				t.Errorf("%s stands twice", e.ID)
			}
			ids[e.ID] = true
			if e.Documented() {
				total++
			}
		}
	}
	if total != 288 {
		t.Errorf("%d documented operations, not 288", total)
	}
	if _, err := contract.Load("nothing"); err == nil {
		t.Error("loaded a product that there is not")
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct{ product, method, path, want string }{
		{"pulseone", "GET", "/api/v1/sa/groups", "pulseone.appliance_groups.list"},
		{"pulseone", "GET", "/api/v1/sa/x", "pulseone.appliances.get"},
		{"pulseone", "GET", "/api/v1/sa/a%2Fb", "pulseone.appliances.get"},
		{"pulseone", "POST", "/api/v1/sa/x/commands/reboot", "pulseone.appliances.reboot"},
		{"pulseone", "POST", "/api/v1/sa/x/commands/start", "pulseone.appliances.command"},
		{"pulseone", "PATCH", "/api/v1/sa/x", ""},
		{"sase", "GET", "/api/rest/v1/users", "sase.users.list"},
		{"sase", "GET", "/v1/users", ""},
		{"sps", "DELETE", "/api/configuration/rdp/channel_policies/7", "sps.rdp_channel_policies.delete"},
		{"sps", "DELETE", "/api/configuration/policies/time/9", "sps.objects.delete"},
	} {
		got := ""
		if found := contract.MustLoad(test.product).Match(test.method, test.path); len(found) > 0 {
			got = found[0].ID
		}
		if got != test.want {
			t.Errorf("%s %s: got %q, want %q", test.method, test.path, got, test.want)
		}
	}
	if found := contract.MustLoad("pulseone").Match("PUT", "/api/v1/sa/x/configs/HEAD"); len(found) != 4 {
		t.Errorf("configs/HEAD has %d uses, not 4", len(found))
	}
}

func TestCheckRequest(t *testing.T) {
	c := contract.MustLoad("pulseone")
	for _, test := range []struct{ id, target, body, want string }{
		{"pulseone.appliances.list", "/?search=a&limit=100&sdp_mode=all", "", ""},
		{"pulseone.appliances.list", "/?colour=red", "", `"colour" is not documented`},
		{"pulseone.appliances.list", "/?sdp_mode=ALL", "", "none of"},
		{"pulseone.appliance_configs.diff_commits", "/?from=x", "", `"to" is missing`},
		{"pulseone.appliances.create", "/", `{"name": "x", "dmi": {"port": "830"}}`, ""},
		{"pulseone.appliances.create", "/", `{"name": "x", "dmi": {"colour": "red"}}`, "body.dmi.colour is not documented"},
		{"pulseone.appliances.create", "/", `{"name": "x", "sdp_mode": "boss"}`, "body.sdp_mode is \"boss\""},
		{"pulseone.appliances.create", "/", `{}`, "body.name is missing"},
		{"pulseone.appliances.create", "/", `[]`, "body is not an object"},
		{"pulseone.appliances.create", "/", `"text"`, "body is not an object"},
		{"pulseone.appliances.create", "/", `{`, "not JSON"},
		{"pulseone.appliances.reboot", "/", `{}`, "has no body"},
	} {
		e, ok := c.Endpoint(test.id)
		if !ok {
			t.Fatalf("no %s", test.id)
		}
		r := httptest.NewRequest(e.Method, test.target, nil)
		r.Header.Set("Content-Type", "application/json")
		got := strings.Join(e.CheckRequest(r, []byte(test.body)), "; ")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s %s %s: got %q, want %q", test.id, test.target, test.body, got, test.want)
		}
	}
	e, _ := c.Endpoint("pulseone.appliances.create")
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Content-Type", "text/plain")
	if got := strings.Join(e.CheckRequest(r, []byte(`{"name":"x"}`)), ""); !strings.Contains(got, "content type") {
		t.Errorf("a text for JSON: %q", got)
	}
}

func TestLost(t *testing.T) {
	for _, test := range []struct{ want, got, lost string }{
		{`{"a": 1}`, `{"a": 1, "b": 2}`, ""},
		{`{"a": "1389"}`, `{"a": 1389}`, ""},
		{`{"a": "True"}`, `{"a": true}`, ""},
		{`{"a": "2026-01-02T03:04:05Z"}`, `{"a": "2026-01-02T04:04:05+01:00"}`, ""},
		{`{"a": null, "b": [], "c": {}}`, `{}`, ""},
		{`{"a": false}`, `{}`, ".a is lost"},
		{`{"a": 0}`, `{}`, ".a is lost"},
		{`{"a": "x"}`, `{"a": "y"}`, `.a: string "x" became string "y"`},
		{`{"a": {"b": [1, 2]}}`, `{"a": {"b": [1]}}`, ".a.b: a list of 2 became a list of 1"},
		{`{"a": [{"b": 1}]}`, `{"a": [{}]}`, ".a[0].b is lost"},
		{`{"a": {"b": 1}}`, `{"a": "b"}`, `.a: an object became string "b"`},
		{`[1]`, `null`, "the body: a list of 1 became nothing"},
		{`{"a": 1}`, `{"a": {"b": 1}}`, ".a: float64 \"1\" became an object"},
	} {
		var want, got any
		if json.Unmarshal([]byte(test.want), &want) != nil || json.Unmarshal([]byte(test.got), &got) != nil {
			t.Fatal("the test's own JSON is broken")
		}
		if lost := strings.Join(contract.Lost(want, got), "; "); lost != test.lost {
			t.Errorf("%s after %s: got %q, want %q", test.want, test.got, lost, test.lost)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range contract.Names() {
		if c, err := contract.Load(name); err != nil || len(c.Endpoints) == 0 {
			t.Errorf("%s has no operations, %v", name, err)
		}
	}
	if _, err := contract.Load("pulse"); err == nil {
		t.Error("a name that no file has is loaded")
	}
	if e, ok := contract.Find("sase.networks_v23.get"); !ok || e.Contract().Name != "sase-2.3" {
		t.Error("an operation beyond the document is not found by its id")
	}
}

func TestEndpoint_MayBe(t *testing.T) {
	for _, test := range []struct {
		id           string
		empty, array bool
	}{
		{"pulseone.profiler.stats_devices", true, false},
		{"pulseone.profiler.list", false, true},
		{"pulseone.tasks.list", false, true},
		{"pulseone.appliances.get", false, false},
	} {
		e, ok := contract.Find(test.id)
		if !ok {
			t.Fatalf("no %s", test.id)
		}
		if e.MayBeEmptyObject() != test.empty || e.MayBeArray() != test.array {
			t.Errorf("%s: {} %t, [] %t", test.id, e.MayBeEmptyObject(), e.MayBeArray())
		}
	}
	empty, arrays := 0, 0
	for _, e := range contract.MustLoad("pulseone").Endpoints {
		if e.MayBeEmptyObject() {
			empty++
		}
		if e.MayBeArray() {
			arrays++
		}
	}
	t.Logf("of Pulse One: {} for %d operations, a bare list for %d", empty, arrays)
}
