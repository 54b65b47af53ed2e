package sps

import "github.com/secureaccess-go/secureaccess"

// ConnectionPolicy says which clients may reach which servers over a protocol, and by which policies. Public sources
// show the first half of its members, by the alphabet; the others, its policies and target among them, are in Extra.
//
// The appliance takes writes for RDP and SSH only; those of other protocols are refused here, before anything is sent,
// since what it would make of them is not known.
type ConnectionPolicy struct {
	Name                        string                  `json:"name"`
	Active                      bool                    `json:"active"` // false suspends the policy
	AccessControl               []*AccessControl        `json:"access_control"`
	ChannelDatabaseCleanup      *ChannelDatabaseCleanup `json:"channel_database_cleanup,omitzero"`       // of MSSQL
	ClientSideTransportSecurity *TransportSecurity      `json:"client_side_transport_security,omitzero"` // of Telnet or VNC
	Indexing                    *ConnectionIndexing     `json:"indexing,omitzero"`
	LogAuditTrailDownloads      bool                    `json:"log_audit_trail_downloads"`
	Network                     ConnectionNetwork       `json:"network"`
	OverrideLogLevel            *Switch                 `json:"override_log_level,omitzero"` // off for the level of the protocol's options

	Extra secureaccess.Extra `json:",embed"`
}

// Permission is what a group may do with the connections of a policy.
type Permission string

// Values of Permission.
const (
	PermissionAudit             Permission = "audit"
	PermissionAuthorize         Permission = "authorize"
	PermissionAuditAndAuthorize Permission = "audit_and_authorize"
)

// AccessControl says who may authorize and audit the connections of a policy.
type AccessControl struct {
	Authorizer               string                `json:"authorizer"` // a group of users, local or LDAP
	Permission               Permission            `json:"permission"`
	RequireDifferentIP       bool                  `json:"require_different_ip"` // authorizer and subject at different addresses
	RequireDifferentUsername bool                  `json:"require_different_username"`
	Subject                  *AccessControlSubject `json:"subject,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// AccessControlSubject is whom an [AccessControl] is about. There may be more ways to name them than a group.
type AccessControlSubject struct {
	Group string `json:"group,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// ConnectionNetwork is from where and to where a connection policy applies.
type ConnectionNetwork struct {
	Clients []string `json:"clients"` // addresses or networks
	Ports   []int64  `json:"ports"`
	Targets []string `json:"targets"` // addresses that clients go to

	Extra secureaccess.Extra `json:",embed"`
}

// ConnectionIndexing is how the sessions of a connection policy are indexed.
type ConnectionIndexing struct {
	Enabled  bool  `json:"enabled"`
	Policy   Ref   `json:"policy,omitzero"`
	Priority int64 `json:"priority,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// ChannelDatabaseCleanup deletes old entries of the database of channels.
type ChannelDatabaseCleanup struct {
	Enabled bool  `json:"enabled"`
	Days    int64 `json:"days,omitzero"` // only when enabled

	Extra secureaccess.Extra `json:",embed"`
}

// TransportSecurity is how a side of a connection is encrypted. Public sources show no other selection than the one
// below.
type TransportSecurity struct {
	Selection string `json:"selection"` // "disabled"

	Extra secureaccess.Extra `json:",embed"`
}

// Switch is a part that can be on or off. What else it has when it is on is in Extra.
type Switch struct {
	Enabled bool `json:"enabled"`

	Extra secureaccess.Extra `json:",embed"`
}
