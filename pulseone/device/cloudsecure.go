package device

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SubmitCloudSecure submits the sessions of endpoints at cloud services that changed since the last time, every two
// minutes. Without any, an empty list is sent, which says that nothing changed.
//
// POST /api/v1/sa/{appliance_id}/stats/cloudsecure
//
// Records without an id or a start are refused before anything is sent: the server would drop them without a word. When
// it fails after that, the error is a *[BatchError] of [CloudSecureRecord].
func (s *StatsService) SubmitCloudSecure(ctx context.Context, records []CloudSecureRecord) error {
	for i, record := range records {
		switch {
		case record.ID == "":
			return incomplete("records", i, "cloud_secure_record_id")
		case record.SessionStartTime.IsZero():
			return incomplete("records", i, "session_start_time")
		}
	}
	send := func(ctx context.Context, batch []CloudSecureRecord) error {
		body := cloudSecureBatch{Total: len(batch), Items: batch}
		return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/stats/cloudsecure", s.id).JSON(body))
	}
	if len(records) == 0 {
		return send(ctx, []CloudSecureRecord{})
	}
	return submit(ctx, records, send)
}

// SubmitCloudSecureMappings names the ids that the records of [StatsService.SubmitCloudSecure] hold. A list that is nil
// is unchanged.
//
// POST /api/v1/sa/{appliance_id}/stats/cloudsecure/mappings
func (s *StatsService) SubmitCloudSecureMappings(ctx context.Context, mappings CloudSecureMappings) error {
	return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/stats/cloudsecure/mappings", s.id).JSON(mappings))
}

type cloudSecureBatch struct {
	Total int                 `json:"total"`
	Items []CloudSecureRecord `json:"items"`
}

// CloudSecureRecord is the session of an endpoint at cloud services. Ids that are nil are not known; 0 is an id.
type CloudSecureRecord struct {
	ID                  string                `json:"cloud_secure_record_id" alias:"id"` // a number joined with the appliance's machine id
	SessionStartTime    secureaccess.Time     `json:"session_start_time"`
	SessionUpdateTime   secureaccess.Time     `json:"session_update_time,omitzero"`
	SessionEndTime      secureaccess.Time     `json:"session_end_time,omitzero"`
	AuthResult          *bool                 `json:"auth_result,omitzero"`
	OSType              *int64                `json:"os_type,omitzero"`
	OSVersion           *int64                `json:"os_version,omitzero"`
	Compliance          CloudSecureCompliance `json:"compliance,omitzero"`
	EndpointModel       *int64                `json:"endpoint_model,omitzero"`
	EndpointPlatform    *int64                `json:"endpoint_platform,omitzero"`
	UserAccessRecordID  string                `json:"user_access_record_id,omitzero"` // of [AccessRecord]; not used yet
	FailedApplications  []int64               `json:"failed_applications,omitzero"`
	SuccessApplications []int64               `json:"success_applications,omitzero"`
	Roles               []string              `json:"roles,omitzero"`
}

// CloudSecureCompliance is whether an endpoint is as it should be. More values occur.
type CloudSecureCompliance string

// Values of CloudSecureCompliance.
const (
	CloudSecureComplianceCompliant    CloudSecureCompliance = "Compliant"
	CloudSecureComplianceNonCompliant CloudSecureCompliance = "Non-Compliant"
	CloudSecureComplianceRemediated   CloudSecureCompliance = "Remediated"
	CloudSecureComplianceNotAssessed  CloudSecureCompliance = "Not-Assessed"
)

// CloudSecureMappings name ids. A list that is nil is not sent.
type CloudSecureMappings struct {
	OSTypes           []IDName `json:"os_types,omitzero"`
	OSVersions        []IDName `json:"os_versions,omitzero"`
	EndpointModels    []IDName `json:"endpoint_models,omitzero"`
	EndpointPlatforms []IDName `json:"endpoint_platforms,omitzero"`
	Applications      []IDName `json:"applications,omitzero"`
}

// IDName is an id with its name.
type IDName struct {
	ID   int64  `json:"id"` // 0 is one
	Name string `json:"value"`
}
