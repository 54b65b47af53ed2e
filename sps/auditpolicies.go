package sps

import "github.com/secureaccess-go/secureaccess"

// AuditPolicy says how audit trails are protected. What encryption and signing have when they are on is in Extra.
type AuditPolicy struct {
	Name                           string        `json:"name"`
	Encryption                     *Switch       `json:"encryption,omitzero"`
	Signing                        *Switch       `json:"signing,omitzero"`
	SigningAndTimestampingInterval int64         `json:"signing_and_timestamping_interval,omitzero"` // seconds
	Timestamping                   *Timestamping `json:"timestamping,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// Timestamping says who dates audit trails.
type Timestamping struct {
	Enabled bool             `json:"enabled"`
	Server  *TimestampServer `json:"server,omitzero"` // nil when off

	Extra secureaccess.Extra `json:",embed"`
}

// TimestampServer is a timestamping authority.
type TimestampServer struct {
	Selection string        `json:"selection"` // "remote" seen; the appliance has one of its own too
	ServerURL string        `json:"server_url,omitzero"`
	OID       *TimestampOID `json:"oid,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// TimestampOID asks a timestamping authority for one of its policies.
type TimestampOID struct {
	Enabled   bool   `json:"enabled"`
	PolicyOID string `json:"policy_oid,omitzero"` // "1.2.3"

	Extra secureaccess.Extra `json:",embed"`
}

// SigningCA is an authority that signs certificates as they are needed. Public sources show its first member.
type SigningCA struct {
	Name string `json:"name,omitzero"`
	CA   Ref    `json:"ca,omitzero"` // certificate and key

	Extra secureaccess.Extra `json:",embed"`
}
