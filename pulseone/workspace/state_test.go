package workspace_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// The list and delta are always sent; what the workspace is in, when it changed.
func TestStateUpdate_onTheWire(t *testing.T) {
	var tap wiretap
	server, client := android(t, tap.option())
	for _, test := range []struct {
		body workspace.StateUpdate
		want string
	}{
		{workspace.StateUpdate{}, `{"app_states":[],"delta":false}`},
		{workspace.StateUpdate{AppStates: []workspace.AppState{}, Delta: true, State: workspace.WorkspaceStateLocked}, `{"app_states":[],"delta":true,"workspace_state":"locked"}`},
		{workspace.StateUpdate{AppStates: []workspace.AppState{{Action: workspace.AppActionNone, PackageName: "a", State: workspace.AppStateValueInstalled}}},
			`{"app_states":[{"action":"no_action","package_name":"a","state":"installed"}],"delta":false}`},
	} {
		check(t, client.UpdateState(t.Context(), test.body))
		if request := tap.last(t); request.Method != http.MethodPost || request.body != test.want {
			t.Errorf("sent %s %s; want %s", request.Method, request.body, test.want)
		}
	}
	if known := server.Workspaces()[0]; known.State != workspace.WorkspaceStateLocked || len(known.Apps) != 1 {
		t.Errorf("the server has %+v", known)
	}
}

// A report is never split: cut in two, the second half of a whole would forget the first.
func TestStateUpdate_limit(t *testing.T) {
	var tap wiretap
	server, client := android(t, tap.option())
	for _, delta := range []bool{false, true} {
		var apps []workspace.AppState
		for i := range 101 {
			apps = append(apps, workspace.AppState{Action: workspace.AppActionNone, PackageName: fmt.Sprint("app", i), State: workspace.AppStateValueInstalled})
		}
		before := len(tap.all())
		if err := client.UpdateState(t.Context(), workspace.StateUpdate{AppStates: apps, Delta: delta}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("101 apps, delta %v: %v", delta, err)
		}
		if len(tap.all()) != before {
			t.Error("something was sent")
		}
		check(t, client.UpdateState(t.Context(), workspace.StateUpdate{AppStates: apps[:100], Delta: delta}))
		if len(tap.all()) != before+1 || len(server.Workspaces()[0].Apps) != 100 {
			t.Errorf("%d requests, %d apps", len(tap.all())-before, len(server.Workspaces()[0].Apps))
		}
	}
}
