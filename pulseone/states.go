package pulseone

import "strings"

// GroupState is the state of a group towards its members. The document spells some states in several ways: compare with
// [GroupState.Is]. Unknown states count as under way.
type GroupState string

// Values of GroupState, as the document's list has them.
const (
	GroupStateUnknown           GroupState = "unknown" // the master has not reported a configuration
	GroupStateInSync            GroupState = "in_sync"
	GroupStateRendering         GroupState = "group_rendering" // configurations are being computed
	GroupStatePublishRequired   GroupState = "publish_required"
	GroupStatePublishInProgress GroupState = "publish_in-progress"
	GroupStatePublishConflict   GroupState = "publish_conflict"
	GroupStatePublishFailed     GroupState = "publish_failed"
)

// Is reports whether two states are the same, whichever way they are spelled.
func (s GroupState) Is(other GroupState) bool { return sameState(string(s), string(other)) }

// ConfigState is the state of a member's configuration, or of an appliance's. The document spells some states in
// several ways: compare with [ConfigState.Is] and the other methods.
type ConfigState string

// Values of ConfigState, as the document's list has them.
const (
	ConfigStateInSync          ConfigState = "in_sync"
	ConfigStateRenderingGroup  ConfigState = "rendering_group"
	ConfigStateRendering       ConfigState = "rendering"
	ConfigStatePublishRequired ConfigState = "publish_required"
	ConfigStatePublishing      ConfigState = "publishing"
	ConfigStateConflict        ConfigState = "conflict"
	ConfigStateIgnore          ConfigState = "ignore" // its own configuration was kept on purpose
	ConfigStatePublishFailed   ConfigState = "publish_failed"
	ConfigStateUnknown         ConfigState = "unknown"
)

// Is reports whether two states are the same, whichever way they are spelled.
func (s ConfigState) Is(other ConfigState) bool { return sameState(string(s), string(other)) }

// Conflict reports whether the member runs something else than the group wants, and will not change it by itself.
func (s ConfigState) Conflict() bool { return s.Is(ConfigStateConflict) || s.Is("publish_conflict") }

// Failed reports whether publishing to the member failed.
func (s ConfigState) Failed() bool { return s.Is(ConfigStatePublishFailed) }

// Settled reports whether there is nothing left to do: the member is in sync, or was told to keep what it has.
func (s ConfigState) Settled() bool {
	return s.Is(ConfigStateInSync) || s.Is(ConfigStateIgnore) || s.Is("publish_ignore")
}

// sameState compares states as the document has them: "publish_in-progress" in one place, "publish-in-progress" and
// "publish_in_progress" in others.
func sameState(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "-", "_"), strings.ReplaceAll(b, "-", "_"))
}
