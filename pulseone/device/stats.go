package device

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// StatsService submits samples and statistics. Any number of them goes up in batches of at most 100; what a batch that
// fails leaves to be submitted is in the [BatchError]. Documents: Appliance Health Stats, Appliance Endpoint Stats,
// Appliance CloudSecure Stats.
type StatsService struct{ appliance }

// SubmitHealth submits samples of the appliance's health, every 30 minutes, or at once after a [HealthPullNotification].
// Without samples nothing is sent.
//
// POST /api/v1/sa/{appliance_id}/health-stats
//
// Samples without their time are refused before anything is sent. When it fails after that, the error is a *[BatchError]
// of [HealthSample].
func (s *StatsService) SubmitHealth(ctx context.Context, samples []HealthSample) error {
	for i, sample := range samples {
		if sample.Timestamp.IsZero() {
			return incomplete("samples", i, "timestamp")
		}
	}
	return submit(ctx, samples, func(ctx context.Context, batch []HealthSample) error {
		return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/health-stats", s.id).JSON(healthBatch{batch}))
	})
}

// SubmitEndpoints submits counts of the endpoints that signed in, every two minutes. Without samples nothing is sent.
//
// POST /api/v1/sa/{appliance_id}/stats/endpoint
//
// Samples without their times are refused before anything is sent. When it fails after that, the error is a *[BatchError]
// of [EndpointSample].
func (s *StatsService) SubmitEndpoints(ctx context.Context, samples []EndpointSample) error {
	for i, sample := range samples {
		switch {
		case sample.TimestampStart.IsZero():
			return incomplete("samples", i, "timestamp_start")
		case sample.TimestampEnd.IsZero():
			return incomplete("samples", i, "timestamp_end")
		}
	}
	return submit(ctx, samples, func(ctx context.Context, batch []EndpointSample) error {
		return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/stats/endpoint", s.id).JSON(endpointBatch{batch}))
	})
}

type healthBatch struct {
	Stats []HealthSample `json:"stats"`
}

type endpointBatch struct {
	Stats []EndpointSample `json:"stats"`
}

// HealthSample is the appliance's health at one instant. What is nil was not available then; 0 is a measurement. A sample
// of nothing but its timestamp is dropped by the server.
type HealthSample struct {
	Timestamp         secureaccess.Time `json:"timestamp"`
	ConcurrentUsers   *int64            `json:"concurrent_users,omitzero"`
	ActiveSyncUsers   *int64            `json:"activesync_users,omitzero"`
	CPUUtilization    *float64          `json:"cpu_utilization,omitzero"` // percent, as the next two
	DiskUtilization   *float64          `json:"disk_utilization,omitzero"`
	MemoryUtilization *float64          `json:"memory_utilization,omitzero"`
	NetworkThroughput *int64            `json:"network_throughput,omitzero"` // the document gives no unit
}

// EndpointSample counts what happened between two instants. A set that is nil was not available; one that is there is
// sent with all its counts. A sample of nothing but its timestamps is dropped by the server.
type EndpointSample struct {
	TimestampStart  secureaccess.Time             `json:"timestamp_start"`
	TimestampEnd    secureaccess.Time             `json:"timestamp_end"`
	AuthResult      *pulseone.AuthResultCounts    `json:"auth_result,omitzero" alias:"auth_results"`
	AuthMechanism   *pulseone.AuthMechanismCounts `json:"auth_mechanism,omitzero"` // of Policy Secure
	Compliance      *pulseone.ComplianceCounts    `json:"compliance,omitzero"`
	DeviceOS        map[string]int64              `json:"device_os,omitzero"`         // by operating system: "windows_10", "mac_os", "unknown"
	HCFailureReason map[string]int64              `json:"hc_failure_reason,omitzero"` // by reason: "hc_failure_0" to "hc_failure_41"
	UserRoles       map[string]int64              `json:"user_roles,omitzero" alias:"user_role"`
}
