package ics

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SystemService tells what an appliance is and how it does.
type SystemService struct {
	rest *rest.Client
	open *rest.Client
}

// Information returns versions, model, host name, serial number and, where the release tells it, the machine id.
//
// GET /api/v1/system/system-information
//
// Document: Getting System Information, Retrieving Serial Number and Machine ID.
func (s *SystemService) Information(ctx context.Context) (*SystemInformation, error) {
	return read[SystemInformation](ctx, s.rest, rest.GET("/api/v1/system/system-information"))
}

// Health asks whether the gateway answers. It needs no credentials and sends none.
//
// GET /api/v1/system/healthcheck
//
// Document: Getting Health Check Status.
func (s *SystemService) Health(ctx context.Context) (*Health, error) {
	return read[Health](ctx, s.open, rest.GET("/api/v1/system/healthcheck"))
}

// Load returns the load figures of the gateway. It needs no credentials and sends none.
//
// GET /api/v1/system/healthcheck?status=all
//
// Document: Getting Health Check Status.
func (s *SystemService) Load(ctx context.Context) (*Load, error) {
	return read[Load](ctx, s.open, rest.GET("/api/v1/system/healthcheck").Param("status", "all"))
}

// RADIUSHealth asks whether the built-in RADIUS service (SBR) is available. It needs no credentials and sends none.
//
// GET /api/v1/system/healthcheck?status=sbr
//
// Document: Getting Health Check Status.
func (s *SystemService) RADIUSHealth(ctx context.Context) (*RADIUSHealth, error) {
	return read[RADIUSHealth](ctx, s.open, rest.GET("/api/v1/system/healthcheck").Param("status", "sbr"))
}

// SystemInformation is what an appliance says about itself.
type SystemInformation struct {
	Rollback RollbackPartition `json:"rollback-partition-information"`
	Software Software          `json:"software-inventory"`
	System   System            `json:"system-information"`
}

// RollbackPartition is the release on the other partition, which the appliance can go back to.
type RollbackPartition struct {
	Build     string `json:"build"`
	OSName    string `json:"os-name"`
	OSVersion string `json:"os-version"`
}

// Software is the software that runs.
type Software struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Version string `json:"version"`
	Build   string `json:"build"`
}

// UnmarshalJSON reads the software with its wrapper.
func (s *Software) UnmarshalJSON(data []byte) error {
	type plain Software
	var wire struct {
		Software plain `json:"software"`
	}
	if err := decode(data, &wire); err != nil {
		return err
	}
	*s = Software(wire.Software)
	return nil
}

// MarshalJSON writes the software with its wrapper.
func (s Software) MarshalJSON() ([]byte, error) {
	type plain Software
	return rest.Encode(map[string]plain{"software": plain(s)})
}

// System names an appliance.
type System struct {
	HostName      string                     `json:"host-name"`
	HardwareModel string                     `json:"hardware-model"`
	SerialNumber  string                     `json:"serial-number"`
	MachineID     string                     `json:"machine-id,omitzero"` // newer releases only
	OSName        string                     `json:"os-name"`
	OSVersion     string                     `json:"os-version"`
	ClusterNode   map[string]json.RawMessage `json:"cluster-node,omitzero"` // empty outside a cluster, its members are not documented
}

// Health is the answer of a gateway that is there.
type Health struct {
	Message string `json:"message"`
}

// Load has the load figures of a gateway. A figure that the gateway does not know is -1.
type Load struct {
	CPU                 int // percent
	Swap                int // percent
	Disk                int // percent
	SSLConnections      int
	VPNTunnels          int
	Users               int  // signed in
	LicensedUsersInFull bool // the licensed number of users is reached
	Extra               Extra

	cpu string // the name that CPU came under
}

// The document prints the name of the processor figure with a digit that looks like a slip.
const (
	cpuPrinted = "CPU-UTILIZATION4"
	cpuPlain   = "CPU-UTILIZATION"
)

// loadWire is a Load as it travels.
type loadWire struct {
	CPU            secureaccess.Int `json:"CPU-UTILIZATION4"`
	SSLConnections secureaccess.Int `json:"SSL-CONNECTION-COUNT"`
	Full           yesNo            `json:"MAX-LICENSED-USERS-REACHED"`
	Swap           secureaccess.Int `json:"SWAP-UTILIZATION"`
	Disk           secureaccess.Int `json:"DISK-UTILIZATION"`
	Users          secureaccess.Int `json:"USER-COUNT"`
	VPNTunnels     secureaccess.Int `json:"VPN-TUNNEL-COUNT"`
}

// UnmarshalJSON reads the processor figure with and without a digit behind its name.
func (l *Load) UnmarshalJSON(data []byte) error {
	var wire loadWire
	var extra Extra
	if err := openInto(data, &wire, &extra); err != nil {
		return err
	}
	*l = Load{
		CPU: int(wire.CPU), Swap: int(wire.Swap), Disk: int(wire.Disk),
		SSLConnections: int(wire.SSLConnections), VPNTunnels: int(wire.VPNTunnels), Users: int(wire.Users),
		LicensedUsersInFull: bool(wire.Full), cpu: cpuPrinted,
	}
	if value, ok := extra[cpuPlain]; ok {
		if err := json.Unmarshal(value, &wire.CPU); err != nil {
			return err
		}
		l.CPU, l.cpu = int(wire.CPU), cpuPlain
		delete(extra, cpuPlain)
	}
	if len(extra) > 0 {
		l.Extra = extra
	}
	return nil
}

// MarshalJSON writes the figures as the appliance does.
func (l Load) MarshalJSON() ([]byte, error) {
	data, err := open.Encode(loadWire{
		CPU: secureaccess.Int(l.CPU), Swap: secureaccess.Int(l.Swap), Disk: secureaccess.Int(l.Disk),
		SSLConnections: secureaccess.Int(l.SSLConnections), VPNTunnels: secureaccess.Int(l.VPNTunnels), Users: secureaccess.Int(l.Users),
		Full: yesNo(l.LicensedUsersInFull),
	}, l.Extra)
	if err == nil && l.cpu == cpuPlain {
		data = []byte(strings.Replace(string(data), `"`+cpuPrinted+`"`, `"`+cpuPlain+`"`, 1))
	}
	return data, err
}

// yesNo is a truth value that travels as "YES" or "NO".
type yesNo bool

func (b yesNo) MarshalJSON() ([]byte, error) {
	if b {
		return []byte(`"YES"`), nil
	}
	return []byte(`"NO"`), nil
}

func (b *yesNo) UnmarshalJSON(data []byte) error {
	return (*secureaccess.Bool)(b).UnmarshalJSON(data)
}

// RADIUSHealth tells whether the built-in RADIUS service is available.
type RADIUSHealth struct {
	Available bool
}

// UnmarshalJSON reads 1 and 0.
func (h *RADIUSHealth) UnmarshalJSON(data []byte) error {
	var wire struct {
		Available *secureaccess.Bool `json:"SBR-AVAILABLE"`
	}
	if err := decode(data, &wire); err != nil {
		return err
	}
	if wire.Available == nil {
		return fmt.Errorf("SBR-AVAILABLE is missing")
	}
	h.Available = bool(*wire.Available)
	return nil
}

// MarshalJSON writes 1 and 0.
func (h RADIUSHealth) MarshalJSON() ([]byte, error) {
	available := 0
	if h.Available {
		available = 1
	}
	return rest.Encode(map[string]int{"SBR-AVAILABLE": available})
}
