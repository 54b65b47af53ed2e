package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// LostModeService sets iOS workspaces to lost mode. Document: iOS MDM Lost Mode.
//
// Success means that the device was asked to check in: the command goes out when it does. A device that is not supervised
// or too old does not obey it, which shows as an activity alone.
type LostModeService struct{ rest *rest.Client }

// Update puts the device of a workspace into lost mode or takes it out. It needs iOS 9.3.
//
// PUT /api/v1/ios/spaces/{workspace_id}/lost-mode
func (s *LostModeService) Update(ctx context.Context, workspaceID string, body LostModeUpdate) error {
	return send(ctx, s.rest, rest.PUT("/api/v1/ios/spaces/{workspace_id}/lost-mode", workspaceID).JSON(body))
}

// Act makes a device in lost mode do something. A device that is not in lost mode is [secureaccess.ErrBadRequest].
//
// POST /api/v1/ios/spaces/{workspace_id}/lost-mode/actions
func (s *LostModeService) Act(ctx context.Context, workspaceID string, action LostModeAction) error {
	body := struct {
		Action LostModeAction `json:"action"`
	}{action}
	op := rest.POST("/api/v1/ios/spaces/{workspace_id}/lost-mode/actions", workspaceID).JSON(body)
	return send(ctx, s.rest, op.Require("action", string(action)))
}

// LostModeUpdate says whether a device is lost, and what it shows then.
type LostModeUpdate struct {
	Lost        bool   `json:"lost"`
	Message     string `json:"message,omitzero"`      // "": the administrator's default
	PhoneNumber string `json:"phone_number,omitzero"` // on the home screen
}

// LostModeAction is what a device in lost mode can do.
type LostModeAction string

// Values of LostModeAction.
const (
	LostModeActionSendLocation LostModeAction = "send_location" // iOS 9.3 or later
	LostModeActionPlaySound    LostModeAction = "play_sound"    // iOS 10.3 or later
)
