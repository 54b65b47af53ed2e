package sps

import "github.com/secureaccess-go/secureaccess"

// ProtocolOptions are the settings of a protocol for all of its connections, in both generations: releases up to 6.9
// have Audit, later ones ChannelDatabaseCleanup.
type ProtocolOptions struct {
	Audit                  *ProtocolAudit          `json:"audit,omitzero"`
	ChannelDatabaseCleanup *ChannelDatabaseCleanup `json:"channel_database_cleanup,omitzero"`
	GSSAPI                 *Switch                 `json:"gssapi,omitzero"` // of SSH
	Service                ProtocolService         `json:"service"`

	Extra secureaccess.Extra `json:",embed"`
}

// ProtocolService says whether connections of a protocol are taken, and how much is logged about them.
type ProtocolService struct {
	Enabled  bool  `json:"enabled"`
	LogLevel int64 `json:"log_level"` // 4 by default; more is more

	Extra secureaccess.Extra `json:",embed"`
}

// ProtocolAudit is how releases up to 6.9 clean up and date what they record.
type ProtocolAudit struct {
	Cleanup      *ProtocolCleanup      `json:"cleanup,omitzero"`
	Timestamping *ProtocolTimestamping `json:"timestamping,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// ProtocolCleanup deletes old entries of the database of channels, in releases up to 6.9.
type ProtocolCleanup struct {
	Enabled                    bool  `json:"enabled"`
	ChannelDatabaseCleanupDays int64 `json:"channel_database_cleanup_days,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// ProtocolTimestamping dates audit trails, in releases up to 6.9.
type ProtocolTimestamping struct {
	Selection       string `json:"selection"` // "local"
	SigningInterval int64  `json:"signing_interval,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// SSHSettingsPolicy is how SSH is spoken. Public sources show the members below; a banner, an inactivity timeout and
// others are in Extra.
type SSHSettingsPolicy struct {
	Name                   string         `json:"name"`
	ClientSideAlgorithms   *SSHAlgorithms `json:"client_side_algorithms,omitzero"`
	ServerSideAlgorithms   *SSHAlgorithms `json:"server_side_algorithms,omitzero"`
	Greeting               string         `json:"greeting,omitzero"`
	PreconnectChannelCheck bool           `json:"preconnect_channel_check"` // look at policies before the server is asked

	Extra secureaccess.Extra `json:",embed"`
}

// SSHAlgorithms are the algorithms that may be agreed on.
type SSHAlgorithms struct {
	Cipher      []string `json:"cipher"`
	Compression []string `json:"compression"`
	KEX         []string `json:"kex"`
	MAC         []string `json:"mac"`

	Extra secureaccess.Extra `json:",embed"`
}

// VNCSettingsPolicy is how VNC is spoken. The public sample goes on behind the members below; those are in Extra.
type VNCSettingsPolicy struct {
	Name                      string               `json:"name"`
	ClientTLSSecuritySettings *TLSSecuritySettings `json:"client_tls_security_settings,omitzero"`
	InactivityTimeout         *Switch              `json:"inactivity_timeout,omitzero"`
	PreconnectChannelCheck    bool                 `json:"preconnect_channel_check"`

	Extra secureaccess.Extra `json:",embed"`
}

// TLSSecuritySettings bound what TLS may agree on.
type TLSSecuritySettings struct {
	CipherStrength    *CipherStrength `json:"cipher_strength,omitzero"`
	MinimumTLSVersion string          `json:"minimum_tls_version,omitzero"` // "TLSv1_2"

	Extra secureaccess.Extra `json:",embed"`
}

// CipherStrength names a set of ciphers. Public sources show no other selection than the one below.
type CipherStrength struct {
	Selection string `json:"selection"` // "recommended"

	Extra secureaccess.Extra `json:",embed"`
}

// TelnetPatternSet is how the username is found in a Telnet session. "-8000" to "-8002" are built in.
type TelnetPatternSet struct {
	Name string `json:"name"`

	Extra secureaccess.Extra `json:",embed"`
}
