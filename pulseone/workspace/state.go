package workspace

import (
	"context"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// maxAppStates is the documented limit of one report.
const maxAppStates = 100

// UpdateState reports which apps are installed, and what the workspace is in.
//
// POST /api/v1/afw/spaces/{workspace_id}/state
//
// At most 100 states of apps go into one report. More are refused before anything is sent, and never split: a report
// that is not a delta says what all apps are in, so that only a caller who sends deltas can send several.
//
// Document: AFW - Workspace State, Update State.
func (c *Android) UpdateState(ctx context.Context, body StateUpdate) error {
	if body.AppStates == nil {
		body.AppStates = []AppState{} // the list is always sent
	}
	op := rest.POST("/api/v1/afw/spaces/{workspace_id}/state", c.id).JSON(body)
	return rest.Send(ctx, c.rest, rest.Between(op, "app states", len(body.AppStates), 0, maxAppStates))
}

// StateUpdate is a report of a workspace about its apps and itself.
type StateUpdate struct {
	AppStates []AppState     `json:"app_states"`
	Delta     bool           `json:"delta"`                    // what the document leaves open; presumably: AppStates has only what changed
	State     WorkspaceState `json:"workspace_state,omitzero"` // only when it changed
}

// AppState is the state of one app.
type AppState struct {
	Action      AppAction     `json:"action"`
	PackageName string        `json:"package_name"`
	State       AppStateValue `json:"state"`
}

// AppAction is what a workspace found out has to be done with an app. It follows from the rule and from what is on the
// device; the document has the logic under Policy Processing Rules.
type AppAction string

// Values of AppAction.
const (
	AppActionNone          AppAction = "no_action"
	AppActionClientEnable  AppAction = "client_enable"
	AppActionServerInstall AppAction = "server_install"
	AppActionServerEnable  AppAction = "server_enable"
)

// AppStateValue is what an app is in.
type AppStateValue string

// Values of AppStateValue.
const (
	AppStateValueInstalled     AppStateValue = "installed"
	AppStateValueInstalling    AppStateValue = "installing"
	AppStateValueSystemEnabled AppStateValue = "system_enabled"
)

// WorkspaceState is what a workspace is in.
type WorkspaceState string

// Values of WorkspaceState.
const (
	WorkspaceStateLocked WorkspaceState = "locked"
	WorkspaceStateWiped  WorkspaceState = "wiped"
)
