package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SyslogSettingsService manages the syslog servers that the nodes of a cluster, or an appliance on its own, send their
// logs to.
type SyslogSettingsService struct{ rest *rest.Client }

// Get returns the settings of a node.
//
// GET /api/v1/configuration/system/log/syslog-settings/syslog-setting/{node}
func (s *SyslogSettingsService) Get(ctx context.Context, node string) (*SyslogSetting, error) {
	return read[SyslogSetting](ctx, s.rest, rest.GET("/api/v1/configuration/system/log/syslog-settings/syslog-setting/{node}", node))
}

// Replace replaces the settings of the node that body names.
//
// PUT /api/v1/configuration/system/log/syslog-settings/syslog-setting
//
// The node stands in the body only: so the guide has it, twice.
func (s *SyslogSettingsService) Replace(ctx context.Context, body SyslogSetting) (*Result, error) {
	op := rest.PUT("/api/v1/configuration/system/log/syslog-settings/syslog-setting").Require("node", body.Node)
	return write(ctx, s.rest, send(op, body))
}

// SyslogSetting holds the syslog servers of a node.
type SyslogSetting struct {
	Node    string        `json:"node"`
	Servers SyslogServers `json:"syslog-servers"`

	Extra secureaccess.Extra `json:",embed"`
}

// SyslogServers lists syslog servers.
type SyslogServers struct {
	Items []SyslogServer `json:"syslog-server"`

	Extra secureaccess.Extra `json:",embed"`
}

// SyslogServer is a syslog server. Facility, filter and port, which the administrator's console has, are in Extra.
type SyslogServer struct {
	Name              string                                         `json:"name"` // address or host name
	CommunicationType secureaccess.Optional[string]                  `json:"communication-type,omitzero"`
	FaultTolerant     secureaccess.Optional[secureaccess.QuotedBool] `json:"fault-tolerant,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
