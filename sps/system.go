package sps

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/secureaccess-go/secureaccess"
	engine "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SystemService tells about the appliance and the client's user.
type SystemService struct {
	client *Client
	rest   *rest.Client
}

// Info returns the name and the version of the appliance.
//
// GET /api/info
func (s *SystemService) Info(ctx context.Context) (*Object[Info], error) {
	return read[Info](ctx, s.client, rest.GET("/api/info"))
}

// Health returns the load of the appliance and the number of sessions.
//
// GET /api/health_status
//
// GET /api/health-status
//
// The first path is that of every guide, the second one is named by a tool of the vendor's, and asked when the first is
// not found.
func (s *SystemService) Health(ctx context.Context) (*Health, error) {
	health, err := rest.Do[healthDocument](ctx, s.rest, rest.GET("/api/health_status"))
	if errors.Is(err, secureaccess.ErrNotFound) {
		health, err = rest.Do[healthDocument](ctx, s.rest, rest.GET("/api/health-status"))
	}
	if err != nil {
		return nil, err
	}
	return &health.Health, nil
}

// User returns what the appliance says about the client's user.
//
// GET /api/user/info
//
// GET /api/user_info
//
// The guide has the second path, which is asked when the first one, of the vendor's tools, is not found.
func (s *SystemService) User(ctx context.Context) (*User, error) {
	user, err := rest.Do[User](ctx, s.rest, rest.GET("/api/user/info").BringsSecrets())
	if errors.Is(err, secureaccess.ErrNotFound) {
		user, err = rest.Do[User](ctx, s.rest, rest.GET("/api/user_info").BringsSecrets())
	}
	return user, err
}

// Info is what an appliance is.
type Info struct {
	AnalyticsEnabled bool              `json:"analytics_enabled"`
	BuildDate        secureaccess.Time `json:"build_date,omitzero"`
	ConfigHash       string            `json:"config_hash,omitzero"`
	DomainName       string            `json:"domainname"`
	FirmwareVersion  string            `json:"firmware_version,omitzero"` // "5.7.0"
	HostName         string            `json:"hostname"`
	Nickname         string            `json:"nickname,omitzero"`
	PluginSDKVersion PluginSDKVersion  `json:"plugin_sdk_version,omitzero"`
	Roles            []string          `json:"roles,omitzero"`
	SupportLink      string            `json:"support_link,omitzero"`
	Version          string            `json:"version,omitzero"` // "5 F7"

	Extra secureaccess.Extra `json:",embed"`
}

// PluginSDKVersion is the version of the interface to plug-ins.
type PluginSDKVersion struct {
	Feature string `json:"feature"`
	Full    string `json:"full"`
}

// Health is how an appliance does. Members differ by release.
type Health struct {
	CPU           float64          `json:"cpu"`      // percent
	Disk          float64          `json:"disk"`     // percent
	Memory        float64          `json:"memory"`   // percent
	Swap          float64          `json:"swap"`     // percent
	Load1         float64          `json:"load1"`    // average over a minute
	Load5         float64          `json:"load5"`    // over five minutes
	Load15        float64          `json:"load15"`   // over fifteen minutes
	Sessions      map[string]int64 `json:"sessions"` // active ones by protocol: "rdp", "ssh", ...
	SessionsTotal int64            `json:"sessions_total" alias:"total_sessions"`

	Firmware       *HealthFirmware    `json:"firmware,omitzero"`
	Indexer        *HealthIndexer     `json:"indexer,omitzero"`
	PipelineQueues map[string]float64 `json:"pipeline_queues,omitzero"` // percent, by queue: "session_events"
	RAID           *HealthRAID        `json:"raid,omitzero"`
	SystemDetails  json.RawMessage    `json:"system_details,omitzero"` // as the release has it
	Issues         json.RawMessage    `json:"issues,omitzero"`         // named by the guide, which does not show them

	Extra secureaccess.Extra `json:",embed"`
}

// HealthFirmware is whether the firmware is whole.
type HealthFirmware struct {
	TaintedFiles map[string]int64  `json:"tainted_files"` // their number by "boot", "core" and "ha_other"
	Integrity    map[string]string `json:"integrity"`     // "OK" or "CORRUPTED", by "boot" and "core"

	Extra secureaccess.Extra `json:",embed"`
}

// HealthIndexer is what the indexers are at.
type HealthIndexer struct {
	IndexerStatus   []*IndexerStatus  `json:"indexer_status"`
	ProcessingTasks []json.RawMessage `json:"processing_tasks"`
	RemainingTasks  []json.RawMessage `json:"remaining_tasks"`
	WorkerWarnings  []json.RawMessage `json:"worker_warnings"`

	Extra secureaccess.Extra `json:",embed"`
}

// IndexerStatus is what one indexer is at.
type IndexerStatus struct {
	Capabilities     []string `json:"capabilities"` // "index", "screenshot", "video"
	IdleWorkersCount int64    `json:"idle_workers_count"`
	IndexerJobs      int64    `json:"indexer_jobs"`
	IP               string   `json:"ip"`
	ScreenshotJobs   int64    `json:"screenshot_jobs"`
	VideoJobs        int64    `json:"video_jobs"`
	WorkersCount     int64    `json:"workers_count"`

	Extra secureaccess.Extra `json:",embed"`
}

// HealthRAID is the state of the disks.
type HealthRAID struct {
	Disks  map[string]HealthRAIDDisk `json:"disks"` // by slot
	Status HealthRAIDStatus          `json:"status"`

	Extra secureaccess.Extra `json:",embed"`
}

// HealthRAIDDisk is the state of one disk.
type HealthRAIDDisk struct {
	Status string `json:"status"`

	Extra secureaccess.Extra `json:",embed"`
}

// HealthRAIDStatus is the state of all disks together.
type HealthRAIDStatus struct {
	DetailedStatus    string `json:"detailed_status"`
	OperationProgress int64  `json:"operation_progress"`
	Status            string `json:"status"`

	Extra secureaccess.Extra `json:",embed"`
}

// healthDocument is the health with a wrapper or without.
type healthDocument struct{ Health Health }

// UnmarshalJSON takes the wrapper off.
func (d *healthDocument) UnmarshalJSON(data []byte) error {
	var wrapper struct {
		Health json.RawMessage `json:"health_status" alias:"body"`
	}
	if _, err := engine.Unmarshal(data, &wrapper, unlimited); err != nil {
		return err
	}
	if engine.KindOf(wrapper.Health) == '{' {
		data = wrapper.Health
	}
	if engine.KindOf(data) != '{' {
		return errors.New("it is no object")
	}
	if _, err := engine.Unmarshal(data, &d.Health, unlimited); err != nil {
		return err
	}
	return (engine.Shape{}).Check(data, &d.Health)
}

// User is the client's user.
type User struct {
	User      UserName       `json:"user"`
	Endpoints []UserEndpoint `json:"endpoints"` // what the user may do
	Meta      Meta           `json:"meta"`

	// Body is what releases from 7.5 on have for browsers, as the vendor's tools read it.
	Body *UserBody `json:"body,omitzero"`
}

// Token returns what a browser has to send with each write, from 7.5 on; zero where the appliance gives none. This
// client is no browser.
func (u *User) Token() secureaccess.Secret {
	if u.Body == nil {
		return secureaccess.Secret{}
	}
	return u.Body.Token
}

// UserBody is what newer releases tell beside the user.
type UserBody struct {
	Name  string              `json:"name,omitzero"`
	Token secureaccess.Secret `json:"token,omitzero"`
}

// UserName names a user.
type UserName struct {
	Name string `json:"name"`
}

// UserEndpoint is a place that a user may reach, and how.
type UserEndpoint struct {
	Methods []string `json:"methods"` // "GET", "PUT", ...
	URL     string   `json:"url"`
}
