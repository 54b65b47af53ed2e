package sps

import (
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	engine "github.com/secureaccess-go/secureaccess/internal/json"
)

// AuditSession is a recorded session. The members differ by release, protocol and what the session came from;
// Extra has those that are missing here. The public sample breaks off after the recording: Server, StartTime,
// User and Verdict are named after the fields of the product's search.
type AuditSession struct {
	Active       bool              `json:"active"`
	Alerts       Link              `json:"alerts,omitzero"`
	Analytics    *SessionAnalytics `json:"analytics,omitzero"`
	Channels     Link              `json:"channels,omitzero"`
	Client       Peer              `json:"client,omitzero"`
	CreationTime secureaccess.Time `json:"creation_time,omitzero"`
	Duration     int64             `json:"duration,omitzero"` // seconds
	EndTime      secureaccess.Time `json:"end_time,omitzero"` // zero while active
	Events       Link              `json:"events,omitzero"`
	Hidden       bool              `json:"hidden"`
	Indexing     Link              `json:"indexing,omitzero"`
	NodeID       string            `json:"node_id,omitzero"`
	Origin       string            `json:"origin,omitzero"` // "RECORDING", ...
	Phantom      bool              `json:"phantom"`
	Protocol     string            `json:"protocol,omitzero"` // "SSH", "RDP", ...
	Recording    Recording         `json:"recording,omitzero"`
	Server       Peer              `json:"server,omitzero"`
	StartTime    secureaccess.Time `json:"start_time,omitzero"`
	User         SessionUser       `json:"user,omitzero"`
	Verdict      string            `json:"verdict,omitzero"` // "ACCEPT", ...

	Extra secureaccess.Extra `json:",embed"`
}

// selected is for lists, which have the members that were asked for, also such as are not here.
func (*AuditSession) selected() {}

// Peer is an end of a session.
type Peer struct {
	IP   string `json:"ip,omitzero"`
	Name string `json:"name,omitzero"`
	Port int64  `json:"port,omitzero"`
}

// UnmarshalJSON reads an object, or a text, which is the name then: no public source shows the server of a session.
func (p *Peer) UnmarshalJSON(data []byte) error {
	type plain Peer
	return objectOrName(data, (*plain)(p), &p.Name)
}

func objectOrName(data []byte, object any, name *string) error {
	into := object
	if engine.KindOf(data) == '"' {
		into = name
	}
	_, err := engine.Unmarshal(data, into, unlimited)
	return err
}

// SessionUser is who a session belongs to.
type SessionUser struct {
	Name            string `json:"name,omitzero"`
	GatewayUsername string `json:"gateway_username,omitzero"`
	ServerUsername  string `json:"server_username,omitzero"`
}

// UnmarshalJSON reads an object, or a text, which is the name then.
func (u *SessionUser) UnmarshalJSON(data []byte) error {
	type plain SessionUser
	return objectOrName(data, (*plain)(u), &u.Name)
}

// SessionAnalytics is what analytics found out about a session.
type SessionAnalytics struct {
	InterestingEvents []string                   `json:"interesting_events"`
	Scripted          bool                       `json:"scripted"`
	ScriptedResults   map[string]json.RawMessage `json:"scripted_results,omitzero"`
	SimilarSessions   []json.RawMessage          `json:"similar_sessions,omitzero"`
	Tags              []string                   `json:"tags"`

	Extra secureaccess.Extra `json:",embed"`
}

// Recording is the recorded side of a session.
type Recording struct {
	Archived           bool       `json:"archived"`
	AuditTrail         AuditTrail `json:"audit_trail,omitzero"`
	AuthMethod         string     `json:"auth_method,omitzero"` // "password", ...
	ChannelPolicy      string     `json:"channel_policy,omitzero"`
	CommandExtracted   bool       `json:"command_extracted"`
	ConnectionPolicy   string     `json:"connection_policy,omitzero"`    // its name
	ConnectionPolicyID string     `json:"connection_policy_id,omitzero"` // its key
	ContentReferenceID int64      `json:"content_reference_id,omitzero"`
	HasAcceptedChannel bool       `json:"has_accepted_channel,omitzero"`
	IndexStatus        string     `json:"index_status,omitzero"` // "INDEXED", ...
	ServerLocal        Peer       `json:"server_local,omitzero"` // the appliance's own side towards the server
	SessionID          string     `json:"session_id,omitzero"`   // what [AuditSessionsService.Terminate] takes
	Target             Peer       `json:"target,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// AuditTrail is where the recording itself is; see [AuditSessionsService.DownloadTrail].
type AuditTrail struct {
	Archive  json.RawMessage `json:"archive,omitzero"` // null until archived; no public source shows more
	Download Link            `json:"download,omitzero"`
}

// Alert is something in a session that a content policy looks for.
type Alert struct {
	AlertType      string            `json:"alert_type"` // "adp.event.command", ...
	ChannelID      string            `json:"channel_id"`
	MatchedAction  string            `json:"matched_action"`
	MatchedContent string            `json:"matched_content"`
	MatchedRegexp  string            `json:"matched_regexp"`
	RecordID       int64             `json:"record_id"`
	RuleName       string            `json:"rule_name"`
	Time           secureaccess.Time `json:"time"` // without a zone: UTC
}

// Event is something that happened in a session.
type Event struct {
	Action    string            `json:"action"` // the command
	ChannelID string            `json:"channels_id"`
	Content   string            `json:"content"`
	RecordID  int64             `json:"record_id"`
	Time      secureaccess.Time `json:"time"` // without a zone: UTC
	Type      string            `json:"type"` // "command", ...
}

// Channel is a channel of a session. What it has depends on its type.
type Channel struct {
	Type          string            `json:"type"` // "session shell", "session exec scp", ...
	Verdict       string            `json:"verdict"`
	StartTime     secureaccess.Time `json:"start_time,omitzero"`
	EndTime       secureaccess.Time `json:"end_time,omitzero"`
	Duration      int64             `json:"duration,omitzero"` // seconds
	Command       string            `json:"command,omitzero"`
	SCPPath       string            `json:"scp_path,omitzero"`
	SubsystemName string            `json:"subsystem_name,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// TrailDownload is a download of an audit trail.
type TrailDownload struct {
	FromAPI   bool              `json:"from_api"`
	IPAddress string            `json:"ip_address"`
	Time      secureaccess.Time `json:"time"`
	Username  string            `json:"username"`
}
