package pulseone

import (
	"context"
	"iter"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AppliancesService manages appliances. Document: Appliance API.
type AppliancesService struct{ rest *rest.Client }

// List returns one page of the appliances that match, 10 of them unless opts say otherwise.
//
// GET /api/v1/sa
func (s *AppliancesService) List(ctx context.Context, opts *ApplianceListOptions) (*secureaccess.Page[Appliance], error) {
	return rest.Do[secureaccess.Page[Appliance]](ctx, s.rest, opts.op())
}

// All goes through the appliances that match, page after page, as the loop asks for more. Limit is the size of the
// pages, 100 by default.
//
// GET /api/v1/sa
func (s *AppliancesService) All(ctx context.Context, opts *ApplianceListOptions) iter.Seq2[Appliance, error] {
	query := ApplianceListOptions{}
	if opts != nil {
		query = *opts
	}
	if query.Limit == 0 {
		query.Limit = 100
	}
	first := query.Start
	return rest.Pages(ctx, query.Limit, func(a *Appliance) string { return a.ID },
		func(ctx context.Context, offset, _ int) (rest.Batch[Appliance], error) {
			next := query
			next.Start = first + offset
			page, err := s.List(ctx, &next)
			if err != nil {
				return rest.Batch[Appliance]{}, err
			}
			return rest.Batch[Appliance]{Items: page.Items, Total: max(page.Total-first, 0)}, nil
		})
}

// Get returns one appliance.
//
// GET /api/v1/sa/{appliance_id}
func (s *AppliancesService) Get(ctx context.Context, id string) (*Appliance, error) {
	return rest.Do[Appliance](ctx, s.rest, applianceID(rest.GET("/api/v1/sa/{appliance_id}", id), id))
}

// Create creates an appliance that is going to register by itself, and returns the code for that.
//
// POST /api/v1/sa
//
// An SDP role that is not possible is [CodeSDPApplianceInvalid]: there is a controller already, or a gateway is wanted
// before there is one.
func (s *AppliancesService) Create(ctx context.Context, appliance *ApplianceCreate) (*Registration, error) {
	op := rest.POST("/api/v1/sa")
	if appliance == nil {
		return rest.Do[Registration](ctx, s.rest, op.Require("appliance", ""))
	}
	op = rest.OneOf(op.Require("name", appliance.Name).JSON(appliance), "sdp_mode", appliance.SDPMode, SDPController, SDPGateway)
	return rest.Do[Registration](ctx, s.rest, op)
}

// CreateOrchestrated has Pulse One create an appliance in a cloud or on a hypervisor.
//
// POST /api/v1/sa
//
// An SDP role that is not possible is [CodeSDPApplianceInvalid]; SDP controllers cannot run in AWS.
func (s *AppliancesService) CreateOrchestrated(ctx context.Context, appliance *OrchestratedApplianceCreate) (*Appliance, error) {
	op := rest.POST("/api/v1/sa")
	if appliance == nil {
		return rest.Do[Appliance](ctx, s.rest, op.Require("appliance", ""))
	}
	op = op.Require("name", appliance.Name).Require("orchestration.type", string(appliance.Orchestration.Type)).JSON(appliance)
	op = rest.OneOf(op, "orchestration.type", appliance.Orchestration.Type, OrchestrationAWS, OrchestrationVSphere)
	op = rest.OneOf(op, "sdp_mode", appliance.SDPMode, SDPController, SDPGateway)
	return rest.Do[Appliance](ctx, s.rest, op)
}

// Update changes name, group or SDP role; what is empty is not sent. The document leaves open what a server makes of
// members that are missing.
//
// PUT /api/v1/sa/{appliance_id}
//
// A role that the appliance cannot take is [CodeSDPApplianceInvalid].
func (s *AppliancesService) Update(ctx context.Context, id string, update *ApplianceUpdate) (*Appliance, error) {
	op := applianceID(rest.PUT("/api/v1/sa/{appliance_id}", id), id)
	if update == nil {
		return rest.Do[Appliance](ctx, s.rest, op.Require("update", ""))
	}
	return rest.Do[Appliance](ctx, s.rest, rest.OneOf(op.JSON(update), "sdp_mode", update.SDPMode, SDPController, SDPGateway))
}

// Delete deletes an appliance.
//
// DELETE /api/v1/sa/{appliance_id}
func (s *AppliancesService) Delete(ctx context.Context, id string) error {
	return rest.Send(ctx, s.rest, applianceID(rest.DELETE("/api/v1/sa/{appliance_id}", id), id))
}

// RenewRegistrationCode gives a new code to an appliance whose code expired before it registered.
//
// POST /api/v1/sa/{appliance_id}/commands/renew-registration-code
func (s *AppliancesService) RenewRegistrationCode(ctx context.Context, id string) (*Registration, error) {
	return rest.Do[Registration](ctx, s.rest, applianceID(rest.POST("/api/v1/sa/{appliance_id}/commands/renew-registration-code", id), id))
}

// Reboot reboots an appliance.
//
// POST /api/v1/sa/{appliance_id}/commands/reboot
func (s *AppliancesService) Reboot(ctx context.Context, id string) error {
	return rest.Send(ctx, s.rest, applianceID(rest.POST("/api/v1/sa/{appliance_id}/commands/reboot", id), id))
}

// Start starts an orchestrated appliance.
//
// POST /api/v1/sa/{appliance_id}/commands/{action}
//
// Errors of this and the next three: [CodeOrchestrationStateTransitionInvalid], [CodeOrchestrationActionInvalid],
// [CodeApplianceNotOrchestrated], [CodeOrchestrationConfigMissing].
func (s *AppliancesService) Start(ctx context.Context, id string) error {
	return s.command(ctx, id, "start")
}

// Stop stops an orchestrated appliance.
//
// POST /api/v1/sa/{appliance_id}/commands/{action}
func (s *AppliancesService) Stop(ctx context.Context, id string) error {
	return s.command(ctx, id, "stop")
}

// UpdateOrchestrated brings an orchestrated appliance up to date.
//
// POST /api/v1/sa/{appliance_id}/commands/{action}
func (s *AppliancesService) UpdateOrchestrated(ctx context.Context, id string) error {
	return s.command(ctx, id, "update")
}

// Destroy destroys an orchestrated appliance, with its machine. An SDP controller that still has gateways is refused
// with [CodeOrchestrationActionInvalid].
//
// POST /api/v1/sa/{appliance_id}/commands/{action}
func (s *AppliancesService) Destroy(ctx context.Context, id string) error {
	return s.command(ctx, id, "destroy")
}

func (s *AppliancesService) command(ctx context.Context, id, action string) error {
	return rest.Send(ctx, s.rest, applianceID(rest.POST("/api/v1/sa/{appliance_id}/commands/{action}", id, action), id))
}

// reserved are the words that stand where an appliance's id could: with one of them as an id another operation would
// be reached.
var reserved = []string{
	"access", "activities", "backups", "clusters", "configs", "firmwares", "groups", "profiler", "register", "sdp", "stats", "tasks",
}

// applianceID refuses what is no appliance's id.
func applianceID(op *rest.Op, id string) *rest.Op {
	if slices.Contains(reserved, id) {
		return op.Refuse(&secureaccess.ArgumentError{Argument: "appliance_id", Reason: "is the name of another resource"})
	}
	return op
}

// ApplianceListOptions filter and page appliances.
type ApplianceListOptions struct {
	Search            string                  `url:"search,omitempty"`             // part of name, model or version
	SDPMode           SDPModeFilter           `url:"sdp_mode,omitempty"`           //
	OrchestrationType OrchestrationTypeFilter `url:"orchestration_type,omitempty"` //
	Start             int                     `url:"start,omitempty"`              // offset of the first result
	Limit             int                     `url:"limit,omitempty"`              // at most 100; 10 when 0
}

func (o *ApplianceListOptions) op() *rest.Op {
	op := rest.GET("/api/v1/sa")
	if o == nil {
		return op
	}
	op = rest.OneOf(op.Query(o), "sdp_mode", o.SDPMode, SDPModeController, SDPModeGateway, SDPModeAny, SDPModeNone)
	op = rest.OneOf(op, "orchestration_type", o.OrchestrationType, OrchestratedAWS, OrchestratedVSphere, OrchestratedAny, OrchestratedNone)
	return pageOf(op, o.Start, o.Limit, 100)
}

// pageOf checks the window of a list.
func pageOf(op *rest.Op, start, limit, most int) *rest.Op {
	if start < 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "start", Reason: "is negative"})
	}
	return rest.Between(op, "limit", limit, 0, most)
}

// SDPModeFilter chooses appliances by their role in a software-defined perimeter.
type SDPModeFilter string

// The documented filters.
const (
	SDPModeController SDPModeFilter = "controller"
	SDPModeGateway    SDPModeFilter = "gateway"
	SDPModeAny        SDPModeFilter = "all"  // all that have a role
	SDPModeNone       SDPModeFilter = "none" // all that have none
)

// OrchestrationTypeFilter chooses appliances by where Pulse One runs them.
type OrchestrationTypeFilter string

// The documented filters.
const (
	OrchestratedAWS     OrchestrationTypeFilter = "aws"
	OrchestratedVSphere OrchestrationTypeFilter = "vsphere"
	OrchestratedAny     OrchestrationTypeFilter = "all"  // all that are orchestrated
	OrchestratedNone    OrchestrationTypeFilter = "none" // all that are not
)

// Appliance is a managed appliance.
type Appliance struct {
	ID                        string            `json:"id"` // a UUID, with or without dashes
	RegID                     string            `json:"reg_id,omitzero"`
	Name                      string            `json:"name"`
	State                     ApplianceState    `json:"state,omitzero"`
	Type                      ApplianceType     `json:"type,omitzero"`
	Model                     string            `json:"model,omitzero"`
	SerialNumber              string            `json:"serial_number,omitzero"` // not necessarily unique
	ApplianceVersion          string            `json:"appliance_version,omitzero"`
	Created                   secureaccess.Time `json:"created,omitzero"`
	Updated                   secureaccess.Time `json:"updated,omitzero"`
	GroupID                   string            `json:"group_id,omitzero"`
	ApplianceCommitID         string            `json:"appliance_commit_id,omitzero"` // what it is running, a SHA-1
	PendingCommitID           string            `json:"pending_commit_id,omitzero"`   // what waits for approval, "" if nothing
	ConfigSize                secureaccess.Int  `json:"config_size,omitzero"`         // uncompressed
	ConfigCreated             secureaccess.Time `json:"config_created,omitzero"`
	ConfigState               ConfigState       `json:"config_state,omitzero"`
	NotificationChannelStatus ChannelStatus     `json:"notification_channel_status,omitzero"`
	SDPMode                   SDPMode           `json:"sdp_mode,omitzero"` // "" for an ordinary appliance
	Cluster                   *ApplianceCluster `json:"cluster,omitzero"`
	DMI                       *DMI              `json:"dmi,omitzero"`
	Orchestration             *Orchestration    `json:"orchestration,omitzero"`
}

// ApplianceCluster is an appliance's place in a cluster. A single read gives the ID only.
type ApplianceCluster struct {
	ID         string `json:"id"` // Pulse One's own
	NodeName   string `json:"node_name,omitzero"`
	LeaderNode bool   `json:"leader_node"`
	ActiveNode bool   `json:"active_node"` // of an active/passive pair
}

// DMI is how Pulse One reaches an appliance for management.
type DMI struct {
	Username  string                 `json:"username,omitzero"`
	Password  secureaccess.Secret    `json:"password,omitzero"` // sent, never returned
	IPAddress string                 `json:"ip_address,omitzero"`
	Port      secureaccess.QuotedInt `json:"port,omitzero"`
}

// Orchestration is where Pulse One runs an appliance.
type Orchestration struct {
	Type  OrchestrationType  `json:"type"`
	State OrchestrationState `json:"state,omitzero"` // returned, never sent
}

// ApplianceCreate describes an appliance that registers by itself.
type ApplianceCreate struct {
	Name    string  `json:"name"`
	DMI     *DMI    `json:"dmi,omitzero"`
	SDPMode SDPMode `json:"sdp_mode,omitzero"`
}

// OrchestratedApplianceCreate describes an appliance that Pulse One makes.
type OrchestratedApplianceCreate struct {
	Name          string        `json:"name"`
	SDPMode       SDPMode       `json:"sdp_mode,omitzero"`
	Orchestration Orchestration `json:"orchestration"` // Type only
	DMI           *DMI          `json:"dmi,omitzero"`
}

// ApplianceUpdate is what can be changed of an appliance.
type ApplianceUpdate struct {
	Name    string  `json:"name,omitzero"`
	GroupID string  `json:"group_id,omitzero"`
	SDPMode SDPMode `json:"sdp_mode,omitzero"` // of a registered appliance
}

// Registration is what an administrator types into an appliance to register it.
type Registration struct {
	APIURL           string              `json:"api_url"` // a host name, without a scheme in the document's example
	RegistrationCode secureaccess.Secret `json:"registration_code"`
}

// ApplianceState is the state of an appliance's registration.
type ApplianceState string

// The documented states.
const (
	ApplianceUnregistered ApplianceState = "unregistered"
	ApplianceRegistered   ApplianceState = "registered"
	ApplianceDeleted      ApplianceState = "deleted"
)

// ApplianceType is what an appliance is for. The vendor compares it without regard to case.
type ApplianceType string

// The documented types.
const (
	ApplianceVPN ApplianceType = "VPN" // Connect Secure
	ApplianceNAC ApplianceType = "NAC" // Policy Secure
)

// ChannelStatus is the state of an appliance's websocket.
type ChannelStatus string

// The documented states. An unregistered appliance is always offline.
const (
	ChannelOnline  ChannelStatus = "online"
	ChannelOffline ChannelStatus = "offline"
)

// SDPMode is an appliance's role in a software-defined perimeter.
type SDPMode string

// The documented roles.
const (
	SDPController SDPMode = "controller"
	SDPGateway    SDPMode = "gateway"
)

// OrchestrationType is where Pulse One runs an appliance.
type OrchestrationType string

// The documented places.
const (
	OrchestrationAWS     OrchestrationType = "aws"
	OrchestrationVSphere OrchestrationType = "vsphere"
)

// OrchestrationState is the state of an orchestrated appliance. The document shows two and says that there are more.
type OrchestrationState string

// The states that the document shows.
const (
	OrchestrationCreated OrchestrationState = "created"
	OrchestrationStarted OrchestrationState = "started"
)
