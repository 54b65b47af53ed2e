package ics

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SystemService reports system information, health and load.
type SystemService struct {
	rest   *rest.Client
	open   *rest.Client // without credentials
	closed *atomic.Bool
}

// Info returns versions, model, host name, serial number and, where the release has it, the machine id.
//
// GET /api/v1/system/system-information
//
// Document: Getting System Information, Retrieving Serial Number and Machine ID.
func (s *SystemService) Info(ctx context.Context) (*SystemInfo, error) {
	return rest.Do[SystemInfo](ctx, s.rest, rest.GET("/api/v1/system/system-information"))
}

// ListNTPServers returns the state of the appliance's time servers by their address.
//
// GET /api/v1/system/status/ntp
func (s *SystemService) ListNTPServers(ctx context.Context) (map[string]NTPServer, error) {
	envelope, err := rest.Do[struct {
		Servers map[string]NTPServer `json:"ntp-server-status"`
	}](ctx, s.rest, rest.GET("/api/v1/system/status/ntp"))
	if err != nil {
		return nil, err
	}
	return envelope.Servers, nil
}

// GetSAMLFQDN returns the name under which the appliance offers SAML, "" for none.
//
// GET /api/v1/configuration/system/configuration/saml-configuration/settings/saml-fqdn
func (s *SystemService) GetSAMLFQDN(ctx context.Context) (string, error) {
	leaf, err := rest.Do[struct {
		FQDN string `json:"saml-fqdn"`
	}](ctx, s.rest, rest.GET("/api/v1/configuration/system/configuration/saml-configuration/settings/saml-fqdn"))
	if err != nil {
		return "", err
	}
	return leaf.FQDN, nil
}

// Health asks whether the gateway responds. It needs no credentials and sends none.
//
// GET /api/v1/system/healthcheck
//
// Document: Getting Health Check Status.
func (s *SystemService) Health(ctx context.Context) (*Health, error) {
	return rest.Do[Health](ctx, s.open, s.unlessClosed(rest.GET("/api/v1/system/healthcheck")).KnownBy("message"))
}

// HealthFigures returns the load figures of the gateway. It needs no credentials and sends none.
//
// GET /api/v1/system/healthcheck?status=all
//
// Document: Getting Health Check Status.
func (s *SystemService) HealthFigures(ctx context.Context) (*HealthFigures, error) {
	return rest.Do[HealthFigures](ctx, s.open, s.unlessClosed(rest.GET("/api/v1/system/healthcheck")).Param("status", "all"))
}

// RADIUSHealth asks whether the built-in RADIUS service (SBR) is available. It needs no credentials and sends none.
//
// GET /api/v1/system/healthcheck?status=sbr
//
// Document: Getting Health Check Status.
func (s *SystemService) RADIUSHealth(ctx context.Context) (*RADIUSHealth, error) {
	return rest.Do[RADIUSHealth](ctx, s.open, s.unlessClosed(rest.GET("/api/v1/system/healthcheck")).Param("status", "sbr"))
}

// unlessClosed refuses what is sent without credentials once the client is closed; the session refuses the rest.
func (s *SystemService) unlessClosed(op *rest.Op) *rest.Op {
	if s.closed.Load() {
		op.Refuse(secureaccess.ErrClosed)
	}
	return op
}

// SystemInfo is what an appliance reports about itself.
type SystemInfo struct {
	Rollback  RollbackPartition `json:"rollback-partition-information"`
	Inventory SoftwareInventory `json:"software-inventory"`
	System    System            `json:"system-information"`
}

// RollbackPartition is the release on the other partition, which the appliance can go back to.
type RollbackPartition struct {
	Build     string `json:"build"`
	OSName    string `json:"os-name"`
	OSVersion string `json:"os-version"`
}

// SoftwareInventory holds the software that runs.
type SoftwareInventory struct {
	Software Software `json:"software"`
}

// Software is the software that runs.
type Software struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Version string `json:"version"`
	Build   string `json:"build"`
}

// System identifies an appliance.
type System struct {
	HostName      string                     `json:"host-name"`
	HardwareModel string                     `json:"hardware-model"`
	SerialNumber  string                     `json:"serial-number"`
	MachineID     string                     `json:"machine-id,omitzero"` // newer releases only
	OSName        string                     `json:"os-name"`
	OSVersion     string                     `json:"os-version"`
	ClusterNode   map[string]json.RawMessage `json:"cluster-node,omitzero"` // empty outside a cluster, its members are not documented
}

// Health is the response of a gateway that works.
type Health struct {
	Message string `json:"message"`
}

// HealthFigures holds the load figures of a gateway. A figure that the gateway does not know is -1.
type HealthFigures struct {
	// The document prints the name of the processor figure with a digit that looks like a slip.
	CPU int64 `json:"CPU-UTILIZATION4" alias:"CPU-UTILIZATION"` // percent

	SSLConnections      int64 `json:"SSL-CONNECTION-COUNT"`
	LicensedUsersInFull bool  `json:"MAX-LICENSED-USERS-REACHED"` // the licensed number of users is reached; "YES" or "NO"
	Swap                int64 `json:"SWAP-UTILIZATION"`           // percent
	Disk                int64 `json:"DISK-UTILIZATION"`           // percent
	Users               int64 `json:"USER-COUNT"`                 // signed in
	VPNTunnels          int64 `json:"VPN-TUNNEL-COUNT"`

	Extra secureaccess.Extra `json:",embed"`
}

// RADIUSHealth reports whether the built-in RADIUS service is available.
type RADIUSHealth struct {
	Available bool `json:"SBR-AVAILABLE"` // 1 or 0
}

// NTPServer is the state of a time server, all of it text as ntpq prints it.
type NTPServer struct {
	Remote  string `json:"remote NTP Server"`
	RefID   string `json:"refid"`
	Stratum string `json:"stratum"`
	Type    string `json:"type"`
	When    string `json:"when"` // seconds since the last packet, "-" for never
	Poll    string `json:"pool"` // seconds between packets; the name is the appliance's
	Reach   string `json:"reach"`
	Delay   string `json:"delay"`
	Offset  string `json:"offset"`
	Jitter  string `json:"jitter"`

	Extra secureaccess.Extra `json:",embed"`
}
