package pulseonetest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// succeed sends a request of the console, which has to succeed, and returns the response's body.
func succeed(t *testing.T, server *pulseonetest.Server, method, target, body string) string {
	t.Helper()
	resp, answer := signed(t, server, method, target, body)
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %s", method, target, resp.Status, answer)
	}
	return answer
}

// An appliance leaves nothing behind, however it goes: its group goes on without it.
func TestServer_removedAppliance(t *testing.T) {
	for name, remove := range map[string]func(id string) (method, target string){
		"deleted":   func(id string) (string, string) { return "DELETE", "/api/v1/sa/" + id },
		"destroyed": func(id string) (string, string) { return "POST", "/api/v1/sa/" + id + "/commands/destroy" },
	} {
		t.Run(name, func(t *testing.T) {
			server := pulseonetest.NewServer(t)
			orchestrated := func(name string) string {
				id := server.AddAppliance(pulseone.Appliance{Name: name, Orchestration: &pulseone.Orchestration{Type: "vsphere"}})
				succeed(t, server, "POST", "/api/v1/sa/"+id+"/orchestration", `{"appliance_config":{}}`)
				return id
			}
			master := server.AddAppliance(pulseone.Appliance{Name: "master"})
			gone, stays := orchestrated("gone"), server.AddAppliance(pulseone.Appliance{Name: "stays"})
			group := server.AddGroup("offices", master, gone, stays)
			own := server.DeviceCredentials(gone)

			method, target := remove(gone)
			succeed(t, server, method, target, "")
			if resp, body := signedByDevice(t, server, own, "GET", "/api/v1/sa/"+gone+"/tasks/next", ""); resp.StatusCode != http.StatusUnauthorized {
				t.Errorf("with the credentials of an appliance that is gone: %s %s", resp.Status, body)
			}
			if body := succeed(t, server, "GET", "/api/v1/sa/groups/"+group+"/members", ""); strings.Contains(body, gone) || !strings.Contains(body, stays) {
				t.Errorf("members: %s", body)
			}
			succeed(t, server, "POST", "/api/v1/sa/groups/"+group+"/commands/publish", "")
			succeed(t, server, "DELETE", "/api/v1/sa/groups/"+group, "")
		})
	}
}

// The document calls the list of a publish items here and item there.
func TestServer_publish_bodies(t *testing.T) {
	server := pulseonetest.NewServer(t)
	master, one, two := server.AddAppliance(pulseone.Appliance{}), server.AddAppliance(pulseone.Appliance{}), server.AddAppliance(pulseone.Appliance{})
	group := server.AddGroup("offices", master, one, two)
	path := "/api/v1/sa/groups/" + group + "/commands/publish"
	states := func() (found []pulseone.ConfigState) {
		for _, a := range server.Appliances()[1:] {
			found = append(found, a.ConfigState)
		}
		return found
	}
	for _, name := range []string{"item", "items"} {
		if got := states(); got[1] != pulseone.ConfigStatePublishRequired {
			t.Fatalf("before: %v", got)
		}
		succeed(t, server, "POST", path, `{"`+name+`":["`+one+`"]}`)
		if got := states(); got[0] != pulseone.ConfigStateRendering || got[1] != pulseone.ConfigStatePublishRequired {
			t.Errorf("%s with one member: %v", name, got)
		}
	}
	// No length is known of this body, which has none.
	req, _ := http.NewRequest("POST", server.URL()+path, struct{ io.Reader }{strings.NewReader("")})
	req.Header.Set("Content-Type", "application/json")
	if resp, body := send(t, server, server.IssueCredentials(), req); resp.StatusCode != http.StatusNoContent {
		t.Errorf("an empty body: %s %s", resp.Status, body)
	}
	if got := states(); got[1] != pulseone.ConfigStateRendering {
		t.Errorf("to everybody: %v", got)
	}
}

// A group and its appliances say the same of a configuration, and a commit that an appliance runs is not run anew.
func TestServer_publish_states(t *testing.T) {
	server := pulseonetest.NewServer(t)
	master, member := server.AddAppliance(pulseone.Appliance{}), server.AddAppliance(pulseone.Appliance{})
	group := server.AddGroup("offices", master, member)
	compare := func(want pulseone.ConfigState) {
		t.Helper()
		own, seen := server.Appliances()[1].ConfigState, server.Groups()[0].Members[0].ConfigState
		if own != want || seen != want {
			t.Errorf("the appliance says %q, the group %q, want %q", own, seen, want)
		}
	}
	compare(pulseone.ConfigStatePublishRequired)
	for range 2 {
		succeed(t, server, "POST", "/api/v1/sa/groups/"+group+"/commands/publish", "")
		compare(pulseone.ConfigStateRendering)
		server.Advance(20 * time.Second)
		compare(pulseone.ConfigStateInSync)
	}
	if body := succeed(t, server, "GET", "/api/v1/sa/"+member+"/configs/commits", ""); strings.Count(body, `"date"`) != 2 {
		t.Errorf("one configuration of its own and one that was published: %s", body)
	}
	server.ChangeConfig(member)
	compare(pulseone.ConfigStateConflict)
	server.KeepLocal(group, member)
	compare(pulseone.ConfigStateIgnore)
	server.ChangeConfig(master)
	server.Advance(20 * time.Second)
	compare(pulseone.ConfigStateIgnore)
	succeed(t, server, "DELETE", "/api/v1/sa/groups/"+group+"/members/"+member, "")
	if got := server.Appliances()[1]; got.ConfigState != pulseone.ConfigStateInSync || got.GroupID != "" {
		t.Errorf("on its own: %q, %q", got.ConfigState, got.GroupID)
	}
}
