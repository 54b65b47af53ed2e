package sps

import "github.com/secureaccess-go/secureaccess"

// ChannelPolicy says which channels of connections may be opened, by whom and when. Policies of all protocols have this
// form; which channels there are differs. The order of the rules matters: the first one that fits counts.
type ChannelPolicy struct {
	Name  string               `json:"name"`
	Rules []*ChannelPolicyRule `json:"rules"`

	Extra secureaccess.Extra `json:",embed"`
}

// ChannelPolicyRule is a rule of a channel policy. Some channels have members of their own, which are left out where
// they are nil. No public source shows a whole rule with one: that they stand in the rule follows from the guide's words.
type ChannelPolicyRule struct {
	Actions    ChannelPolicyActions    `json:"actions"`
	AllowedFor ChannelPolicyAllowedFor `json:"allowed_for"`
	Channel    ChannelKind             `json:"channel"`

	Networks       []*AddressSelection `json:"networks,omitzero"`        // of SSH x11: addresses of clients
	LocalForwards  []*LocalForward     `json:"local_forwards,omitzero"`  // of SSH local-forwards
	RemoteForwards []*RemoteForward    `json:"remote_forwards,omitzero"` // of SSH remote-forwards
	Execs          []string            `json:"execs,omitzero"`           // of SSH session-exec: permitted commands, regular expressions
	Customs        []string            `json:"customs,omitzero"`         // of RDP customs: names of channels

	Extra secureaccess.Extra `json:",embed"`
}

// ChannelKind is a kind of channel, as channel policies write it. Recorded channels have other names: "session exec"
// there is "session-exec" here.
type ChannelKind string

// Values of ChannelKind, as far as public sources show them; there are more, of SSH for instance those of a shell.
const (
	ChannelKindRDPDrawing   ChannelKind = "#drawing" // the desktop itself
	ChannelKindRDPClipboard ChannelKind = "cliprdr"
	ChannelKindRDPDevices   ChannelKind = "rdpdr"
	ChannelKindRDPSound     ChannelKind = "rdpsnd"
	ChannelKindRDPCustoms   ChannelKind = "customs"
	ChannelKindRDPSeamless  ChannelKind = "seamrdp"
	ChannelKindRDPDynamic   ChannelKind = "drdynvc"

	ChannelKindSSHAgent          ChannelKind = "auth-agent"
	ChannelKindSSHX11            ChannelKind = "x11"
	ChannelKindSSHLocalForwards  ChannelKind = "local-forwards"
	ChannelKindSSHRemoteForwards ChannelKind = "remote-forwards"
	ChannelKindSSHExec           ChannelKind = "session-exec"

	ChannelKindICADrawing ChannelKind = "CTXTW"
)

// ChannelPolicyActions is what happens when a rule of a channel policy matches.
type ChannelPolicyActions struct {
	Audit         bool `json:"audit"`          // record the session
	ContentPolicy Ref  `json:"content_policy"` // zero for none
	FourEyes      bool `json:"four_eyes"`      // ask a second person
	IDS           bool `json:"ids"`            // hand on to an intrusion detection system

	Extra secureaccess.Extra `json:",embed"`
}

// ChannelPolicyAllowedFor says whom a rule of a channel policy is for. Empty lists stand for everyone; they are sent.
type ChannelPolicyAllowedFor struct {
	Clients       []string `json:"clients"`
	GatewayGroups []string `json:"gateway_groups"`
	RemoteGroups  []string `json:"remote_groups"`
	Servers       []string `json:"servers"`
	TimePolicy    Ref      `json:"time_policy"` // "-100" is built in

	Extra secureaccess.Extra `json:",embed"`
}

// AddressSelection is an address or network in a rule for forwarded ports: {"address", "10.0.0.0/8"}.
type AddressSelection struct {
	Selection string `json:"selection"` // "address" seen
	Value     string `json:"value"`

	Extra secureaccess.Extra `json:",embed"`
}

// LocalForward is a port forward that an SSH client may ask for.
type LocalForward struct {
	HostAddress       *AddressSelection `json:"host_address,omitzero"`
	HostPort          int64             `json:"host_port,omitzero"`
	OriginatorAddress *AddressSelection `json:"originator_address,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RemoteForward is a port forward from the server's side.
type RemoteForward struct {
	ConnectedAddress  *AddressSelection `json:"connected_address,omitzero"`
	ConnectedPort     int64             `json:"connected_port,omitzero"`
	OriginatorAddress *AddressSelection `json:"originator_address,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
