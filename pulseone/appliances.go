package pulseone

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AppliancesService manages appliances. Document: Appliance API.
type AppliancesService struct{ rest *rest.Client }

// List returns one page of the appliances that match, 10 of them unless opts say otherwise.
//
// GET /api/v1/sa
func (s *AppliancesService) List(ctx context.Context, opts *ApplianceListOptions) (*secureaccess.Page[Appliance], error) {
	return list[Appliance](ctx, s.rest, rest.GET("/api/v1/sa"), opts, pageSize)
}

// All iterates over the appliances that match, 100 at a time unless opts say less, and shows none twice.
//
// GET /api/v1/sa
//
// It ends with [secureaccess.ErrListIncomplete] when the server announced more appliances than it gave.
func (s *AppliancesService) All(ctx context.Context, opts *ApplianceListOptions) iter.Seq2[Appliance, error] {
	return all(ctx, opts, func(a *Appliance) string { return a.ID }, s.List)
}

// Get returns one appliance.
//
// GET /api/v1/sa/{appliance_id}
func (s *AppliancesService) Get(ctx context.Context, id string) (*Appliance, error) {
	return rest.Do[Appliance](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}", id))
}

// Create creates an appliance that is going to register by itself, and returns the code for that.
//
// POST /api/v1/sa
//
// An SDP role that is not possible is [CodeSDPApplianceInvalid]: there is a controller already, or a gateway is wanted
// before there is one.
func (s *AppliancesService) Create(ctx context.Context, body ApplianceCreate) (*Registration, error) {
	return rest.Do[Registration](ctx, s.rest, rest.POST("/api/v1/sa").JSON(body).Require("name", body.Name).BringsSecrets())
}

// CreateOrchestrated has Pulse One create an appliance in a cloud or on a hypervisor.
//
// POST /api/v1/sa
//
// An SDP role that is not possible is [CodeSDPApplianceInvalid]; SDP controllers cannot run in AWS.
func (s *AppliancesService) CreateOrchestrated(ctx context.Context, body OrchestratedApplianceCreate) (*Appliance, error) {
	op := rest.POST("/api/v1/sa").JSON(body).
		Require("name", body.Name).
		Require("orchestration.type", string(body.Orchestration.Type))
	return rest.Do[Appliance](ctx, s.rest, op.BringsSecrets()) // one path: it may respond as to Create
}

// Update changes name, group or SDP role; what is empty is not sent. The document leaves open what a server makes of
// members that are missing.
//
// PUT /api/v1/sa/{appliance_id}
//
// A role that the appliance cannot take is [CodeSDPApplianceInvalid].
func (s *AppliancesService) Update(ctx context.Context, id string, body ApplianceUpdate) (*Appliance, error) {
	return rest.Do[Appliance](ctx, s.rest, rest.PUT("/api/v1/sa/{appliance_id}", id).JSON(body))
}

// Delete deletes an appliance.
//
// DELETE /api/v1/sa/{appliance_id}
func (s *AppliancesService) Delete(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/{appliance_id}", id))
}

// RenewRegistrationCode gives a new code to an appliance whose code expired before it registered.
//
// POST /api/v1/sa/{appliance_id}/commands/renew-registration-code
func (s *AppliancesService) RenewRegistrationCode(ctx context.Context, id string) (*Registration, error) {
	return rest.Do[Registration](ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/commands/renew-registration-code", id).BringsSecrets())
}

// Reboot reboots an appliance.
//
// POST /api/v1/sa/{appliance_id}/commands/reboot
func (s *AppliancesService) Reboot(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/commands/reboot", id))
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
	return send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/commands/{action}", id, action))
}

// ApplianceListOptions choose appliances and the page of them. Zero values are not sent.
type ApplianceListOptions struct {
	PageOptions
	Search            string                  `url:"search,omitempty"` // part of name, model or version
	SDPMode           SDPModeFilter           `url:"sdp_mode,omitempty"`
	OrchestrationType OrchestrationTypeFilter `url:"orchestration_type,omitempty"`
}

// SDPModeFilter chooses appliances by their role in a software-defined perimeter.
type SDPModeFilter string

// Values of SDPModeFilter.
const (
	SDPModeFilterController SDPModeFilter = "controller"
	SDPModeFilterGateway    SDPModeFilter = "gateway"
	SDPModeFilterAny        SDPModeFilter = "all"  // all that have a role
	SDPModeFilterNone       SDPModeFilter = "none" // all that have none
)

// OrchestrationTypeFilter chooses appliances by where Pulse One runs them.
type OrchestrationTypeFilter string

// Values of OrchestrationTypeFilter.
const (
	OrchestrationTypeFilterAWS     OrchestrationTypeFilter = "aws"
	OrchestrationTypeFilterVSphere OrchestrationTypeFilter = "vsphere"
	OrchestrationTypeFilterAny     OrchestrationTypeFilter = "all"  // all that are orchestrated
	OrchestrationTypeFilterNone    OrchestrationTypeFilter = "none" // all that are not
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
	ConfigSize                int64             `json:"config_size,omitzero"`         // uncompressed
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
	Username  string              `json:"username,omitzero"`
	Password  secureaccess.Secret `json:"password,omitzero"` // sent, never returned
	IPAddress string              `json:"ip_address,omitzero"`
	Port      int64               `json:"port,string,omitzero"`
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

// Values of ApplianceState.
const (
	ApplianceStateUnregistered ApplianceState = "unregistered"
	ApplianceStateRegistered   ApplianceState = "registered"
	ApplianceStateDeleted      ApplianceState = "deleted"
)

// ApplianceType is what an appliance is for. The vendor compares it without regard to case.
type ApplianceType string

// Values of ApplianceType.
const (
	ApplianceTypeVPN ApplianceType = "VPN" // Connect Secure
	ApplianceTypeNAC ApplianceType = "NAC" // Policy Secure
)

// ChannelStatus is the state of an appliance's websocket.
type ChannelStatus string

// Values of ChannelStatus. An unregistered appliance is always offline.
const (
	ChannelStatusOnline  ChannelStatus = "online"
	ChannelStatusOffline ChannelStatus = "offline"
)

// SDPMode is an appliance's role in a software-defined perimeter.
type SDPMode string

// Values of SDPMode.
const (
	SDPModeController SDPMode = "controller"
	SDPModeGateway    SDPMode = "gateway"
)

// OrchestrationType is where Pulse One runs an appliance.
type OrchestrationType string

// Values of OrchestrationType.
const (
	OrchestrationTypeAWS     OrchestrationType = "aws"
	OrchestrationTypeVSphere OrchestrationType = "vsphere"
)

// OrchestrationState is the state of an orchestrated appliance. The document shows two and says that there are more.
type OrchestrationState string

// Values of OrchestrationState.
const (
	OrchestrationStateCreated OrchestrationState = "created"
	OrchestrationStateStarted OrchestrationState = "started"
)
