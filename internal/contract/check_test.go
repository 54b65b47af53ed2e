package contract_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

func TestCheckRequest_rules(t *testing.T) {
	states := strings.Repeat(`{"app_identifier":"a"},`, 101)
	for _, test := range []struct{ name, id, target, body, want string }{
		{"alias", "pulseone.activities.upload", "/", `{"activity_type":"a","message":"m","severity":"notice","timestamp":"2015-06-23T05:59:03Z"}`, ""},
		{"name", "pulseone.activities.upload", "/", `{"activity_type":"a","message":"m","severity":"notice","time":"2015-06-23T05:59:03Z"}`, ""},
		{"neither", "pulseone.activities.upload", "/", `{"activity_type":"a","message":"m","severity":"notice"}`, "time is missing"},
		{"ignored record", "pulseone.cloudsecure.submit", "/", `{"total":1,"items":[{}]}`, ""},
		{"case", "pulseone.registration.register", "/", `{"type":"pcs"}`, ""},
		{"max", "pulseone.access.stats_login_sessions", "/?top-users-count=16", "", "more than 15"},
		{"min", "pulseone.access.stats_login_sessions", "/?top-users-count=3", "", "less than 4"},
		{"no time", "pulseone.profiler.stats_states", "/?timestamp_start=yesterday", "", `is "yesterday", not a time`},
		{"no number of seconds", "pulseone.cloudsecure.stats", "/?timestamp_start=NaN", "", "not a time"},
		{"time", "pulseone.profiler.stats_states", "/?timestamp_start=2016-11-24T07:37:41%2B01:00&timestamp_end=2016-11-24T07:37:41", "", ""},
		{"seconds", "pulseone.cloudsecure.stats", "/?timestamp_start=1480479200.834", "", ""},
		{"less than nothing", "pulseone.activities.list", "/?start=-1", "", "less than 0"},
		{"in range", "pulseone.access.stats_login_sessions", "/?top-users-count=4", "", ""},
		{"a number for a text", "pulseone.appliances.create", "/", `{"name":7}`, "body.name is a number, not string"},
		{"a list for an object", "pulseone.appliances.create", "/", `{"name":"x","dmi":[]}`, "body.dmi is a list, not object"},
		{"an object for a list", "pulseone.appliance_groups.publish", "/", `{"items":{}}`, "body.items is an object, not array"},
		{"a text for a list", "pulseone.appliance_groups.publish", "/", `{"item":"a"}`, "body.item is a text, not array"},
		{"a text for a truth value", "pulseone.ios_spaces.set_lost_mode", "/", `{"lost":"yes"}`, "body.lost is a text"},
		{"elements", "pulseone.appliance_groups.publish", "/", `{"items":["a",7]}`, "body.items[1] is a number, not string"},
		{"no element", "pulseone.appliance_groups.publish", "/", `{"items":[null]}`, "body.items[0] is null"},
		{"no object", "pulseone.health_stats.submit", "/", `{"stats":["a"]}`, "body.stats[0] is not an object"},
		{"values of a map", "pulseone.endpoint_stats.submit", "/", `{"stats":[{"timestamp_end":"2015-06-23T05:59:03Z","device_os":{"windows":"many"}}]}`, "device_os.windows is a text, not int"},
		{"null where a value is required", "pulseone.appliances.create", "/", `{"name":null}`, "body.name is missing"},
		{"null where none is", "pulseone.appliances.create", "/", `{"name":"x","dmi":null}`, ""},
		{"null for everything", "pulseone.appliances.create", "/", `null`, "body is not an object"},
		{"another kind that is documented", "pulseone.appliances.create", "/", `{"name":"x","dmi":{"port":"830"}}`, ""},
		{"max items", "pulseone.afw_spaces.update_state", "/", `{"app_states":[` + strings.TrimSuffix(states, ",") + `]}`, "more than 100"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, ok := contract.Find(test.id)
			if !ok {
				t.Fatalf("no %s", test.id)
			}
			r := httptest.NewRequest(e.Method, test.target, nil)
			r.Header.Set("Content-Type", "application/json")
			var got []string
			for _, problem := range e.CheckRequest(r, []byte(test.body)) {
				if test.want != "" || strings.Contains(problem, "type") || !strings.Contains(problem, "is missing") {
					got = append(got, problem)
				}
			}
			all := strings.Join(got, "; ")
			if test.want == "" && all != "" || !strings.Contains(all, test.want) {
				t.Errorf("got %q, want %q", all, test.want)
			}
		})
	}
}

func TestEndpoint_Unpacked(t *testing.T) {
	zipped := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	}
	for _, test := range []struct{ name, id, coding, body, want string }{
		{"announced", "pulseone.profiler.push", "gzip", zipped(`[]`), ""},
		{"not announced", "pulseone.profiler.push", "", zipped(`[]`), ""},
		{"a wrong body, not announced", "pulseone.profiler.push", "", zipped(`{}`), "not a list"},
		{"not announced where none is documented", "pulseone.appliances.create", "", zipped(`{}`), "not JSON"},
		{"plain where gzip is due", "pulseone.profiler.push", "", `[]`, "not compressed"},
		{"plain where gzip may be", "pulseone.access.push_history", "", `{"total":0,"items":[]}`, ""},
		{"gzip where it may be", "pulseone.access.push_history", "gzip", zipped(`{"total":0,"items":[]}`), ""},
		{"a wrong body within", "pulseone.access.push_history", "gzip", zipped(`[]`), "not an object"},
		{"no gzip", "pulseone.profiler.push", "gzip", "text", "is not gzip"},
		{"another coding", "pulseone.profiler.push", "br", "text", `"br" is not documented`},
		{"gzip where none is documented", "pulseone.appliances.create", "gzip", zipped(`{"name":"x"}`), "not documented"},
		{"a bomb", "pulseone.profiler.push", "gzip", zipped(strings.Repeat(" ", 17<<20)), "unpacks to more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, ok := contract.Find(test.id)
			if !ok {
				t.Fatalf("no %s", test.id)
			}
			r := httptest.NewRequest(e.Method, "/", nil)
			r.Header.Set("Content-Type", e.Request.ContentType)
			if test.coding != "" {
				r.Header.Set("Content-Encoding", test.coding)
			}
			got := strings.Join(e.CheckRequest(r, []byte(test.body)), "; ")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestShape_Lost(t *testing.T) {
	e, _ := contract.Find("pulseone.activities.upload")
	for _, test := range []struct{ name, want, got, lost string }{
		{"to the name", `{"timestamp":"2015-06-23T05:59:03Z"}`, `{"time":"2015-06-23T05:59:03Z"}`, ""},
		{"to the alias", `{"time":"2015-06-23T05:59:03Z"}`, `{"timestamp":"2015-06-23T05:59:03Z"}`, ""},
		{"to another time", `{"timestamp":"2015-06-23T05:59:03Z"}`, `{"time":"2015-06-23T05:59:04Z"}`, `.timestamp: string "2015-06-23T05:59:03Z" became string "2015-06-23T05:59:04Z"`},
		{"no alias", `{"severity":"notice"}`, `{"level":"info"}`, ".severity is lost"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var want, got any
			if json.Unmarshal([]byte(test.want), &want) != nil || json.Unmarshal([]byte(test.got), &got) != nil {
				t.Fatal("the test's own JSON is broken")
			}
			if lost := strings.Join(e.RequestShape().Lost(want, got), "; "); lost != test.lost {
				t.Errorf("got %q, want %q", lost, test.lost)
			}
		})
	}
}

func TestResponse_Canonical(t *testing.T) {
	for _, test := range []struct{ id, body, want string }{
		{"pulseone.profiler.list", `[1]`, `{"data":[1]}`},
		{"pulseone.profiler.list", `{"data":[1],"total":1}`, `{"data":[1],"total":1}`},
		{"pulseone.tasks.create_group_add_esap", `{"id":"a"}`, `{"items":[{"id":"a"}]}`},
		{"pulseone.tasks.create_group_add_esap", `[{"id":"a"}]`, `{"items":[{"id":"a"}]}`},
		{"pulseone.tasks.list", `{"items":[1],"total":1}`, `[1]`},
		{"pulseone.registration.register", `{"device_id":"a"}`, `{"result":{"device_id":"a"}}`},
		{"pulseone.appliances.get", `{"id":"a"}`, `{"id":"a"}`},
	} {
		e, ok := contract.Find(test.id)
		if !ok {
			t.Fatalf("no %s", test.id)
		}
		var body any
		if err := json.Unmarshal([]byte(test.body), &body); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(e.Responses[0].Canonical(body))
		if err != nil || string(got) != test.want {
			t.Errorf("%s %s: got %s, %v, want %s", test.id, test.body, got, err, test.want)
		}
	}
}
