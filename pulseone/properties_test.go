package pulseone_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestPolicies_ListGlobalProperties(t *testing.T) {
	_, client := connect(t)
	list := must(client.Policies.ListGlobalProperties(t.Context()))(t)
	if len(list) != 1 || list[0].Name != "welcome_timeout_hours" || list[0].PropType != pulseone.PropertyTypeInt ||
		string(list[0].Value) != "48" || list[0].MaxValue == nil || *list[0].MaxValue != 720 || list[0].Choices != nil {
		t.Errorf("got %+v", list)
	}
}

// The document leaves open whether the one entry for all appliances comes alone or in a list.
func TestPolicies_ListGlobalProperties_choices(t *testing.T) {
	server, client := connect(t)
	for body, want := range map[string][]string{
		`"SAs"`:     {pulseone.ChoicesAppliances},
		`["SAs"]`:   {pulseone.ChoicesAppliances},
		`["a","b"]`: {"a", "b"},
		`[1, 2]`:    {"1", "2"},
		`[]`:        {},
		`null`:      nil,
	} {
		server.Fail(pulseonetest.Fault{Path: "/api/properties", Status: http.StatusOK, Body: `[{"id":1,"name":"gateway","choices":` + body + `}]`})
		list := must(client.Policies.ListGlobalProperties(t.Context()))(t)
		if len(list) != 1 || !slices.Equal(list[0].Choices, want) {
			t.Errorf("%s: got %q", body, list[0].Choices)
		}
	}
}

// The choices are read by encoding/json too, where a program keeps them.
func TestPropertyChoices(t *testing.T) {
	for body, want := range map[string][]string{`"SAs"`: {"SAs"}, `["a","b"]`: {"a", "b"}, `null`: nil} {
		var choices pulseone.PropertyChoices
		if err := json.Unmarshal([]byte(body), &choices); err != nil || !slices.Equal(choices, want) {
			t.Errorf("%s: got %q, %v", body, choices, err)
		}
	}
	var choices pulseone.PropertyChoices
	if err := json.Unmarshal([]byte(`{"a":"b"}`), &choices); err == nil {
		t.Errorf("got %q", choices)
	}
}

func TestDomainProperty_sensitive(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{
		Path: "/api/properties", Status: http.StatusOK,
		Body: `[{"id":1,"name":"bind_password","value":"hunter2","sensitive":true},{"id":2,"name":"port","value":636,"sensitive":false}]`,
	})
	list := must(client.Policies.ListGlobalProperties(t.Context()))(t)
	logger, log := logbook()
	logger.Info("read", slog.Any("first", list[0]), slog.Any("second", list[1]))
	shown := fmt.Sprintf("%v %+v %#v %s", list, list, list[0], &list[0]) + log.String()
	if strings.Contains(shown, "hunter2") || !strings.Contains(shown, "port=636") || string(list[0].Value) != `"hunter2"` {
		t.Errorf("shown are %s", shown)
	}
	// What cannot be read does not come into the error either.
	server.Fail(pulseonetest.Fault{Path: "/api/properties", Status: http.StatusOK, Body: `[{"id":1,"value":"hunter2","sensitive":true`})
	if _, err := client.Policies.ListGlobalProperties(t.Context()); err == nil || strings.Contains(fmt.Sprintf("%+v", err), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestPolicies_ListProperties(t *testing.T) {
	server, client := connect(t)
	got := must(client.Policies.ListProperties(t.Context(), 1))(t)
	if len(got.Properties) != 1 || got.Properties[0].Platform != pulseone.PropertyPlatformAll || got.Properties[0].Hidden || got.Properties[0].MinValue != nil ||
		len(got.Policies) != 1 || got.Policies[0] != (pulseone.PolicyGroup{PolicyGroupID: 1, Name: "Global"}) {
		t.Errorf("got %+v", got)
	}
	server.Fail(pulseonetest.Fault{
		Path: "/api/policies/", Status: http.StatusOK,
		Body: `{"properties":[{"id":1,"name":"pin","value":"hunter2","sensitive":true}],"policies":[{"id":13,"name":"Sales"}]}`,
	})
	got = must(client.Policies.ListProperties(t.Context(), 13))(t)
	if got.Policies[0].PolicyGroupID != 13 || strings.Contains(fmt.Sprintf("%+v", got), "hunter2") {
		t.Errorf("got %+v", got)
	}
}
