package pulseone

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ErrNotInSync is what every [SyncError] matches.
var ErrNotInSync = errors.New("group is not in sync")

// SyncError says why a group does not come into sync by itself.
type SyncError struct {
	GroupID string
	State   GroupState

	// Conflict and Failed are the ids of the members that are in conflict, or that publishing failed for.
	Conflict, Failed []string
}

// Error names the group, its state and the members, the first ten of each kind.
func (e *SyncError) Error() string {
	return rest.Line("pulseone: group " + e.GroupID + " is " + string(e.State) + some("in conflict", e.Conflict) + some("failed", e.Failed))
}

// some names a few members.
func some(what string, ids []string) string {
	const most = 10
	switch {
	case len(ids) == 0:
		return ""
	case len(ids) > most:
		return ", " + what + ": " + strings.Join(ids[:most], ", ") + " and " + strconv.Itoa(len(ids)-most) + " more"
	}
	return ", " + what + ": " + strings.Join(ids, ", ")
}

// Is matches [ErrNotInSync].
func (e *SyncError) Is(target error) bool { return target == ErrNotInSync }

// WaitInSync polls a group until it is in sync, and returns it then. It returns a [SyncError] when the group is found
// twice in a row in a state that it does not leave by itself: a conflict, a failure, or one in which somebody has to
// publish. How long to wait in all is up to the context.
//
// GET /api/v1/sa/groups/{group_id}
//
// Document: State Transition Diagram for the Group.
func (s *GroupsService) WaitInSync(ctx context.Context, id string, opts *secureaccess.WaitOptions) (*Group, error) {
	stuck := false
	return rest.Poll(ctx, s.rest.Clock(), opts, "group "+id, func(ctx context.Context) (*Group, string, bool, error) {
		group, err := s.Get(ctx, id)
		if err != nil {
			return nil, "", false, err
		}
		state := group.ConfigState
		switch {
		case state.Is(GroupStateInSync):
			return group, string(state), true, nil
		case state.Is(GroupStatePublishConflict), state.Is(GroupStatePublishFailed), state.Is(GroupStatePublishRequired):
			// A publish that has just been asked for may not show yet: this can be what the one before it came to. The
			// second time it is the state.
			if stuck {
				return group, string(state), true, syncError(group)
			}
			stuck = true
		default:
			stuck = false
		}
		return group, string(state), false, nil
	})
}

func syncError(group *Group) *SyncError {
	e := &SyncError{GroupID: group.ID, State: group.ConfigState}
	for _, member := range group.Members {
		switch {
		case member.ConfigState.Conflict():
			e.Conflict = append(e.Conflict, member.ApplianceID)
		case member.ConfigState.Failed():
			e.Failed = append(e.Failed, member.ApplianceID)
		}
	}
	return e
}
