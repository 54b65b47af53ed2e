package pulseone

import "github.com/secureaccess-go/secureaccess"

// HealthSample is an appliance's health at one instant, or over the span of an aggregated sample. What is nil was not
// available; 0 is a measurement.
type HealthSample struct {
	Timestamp              secureaccess.Time `json:"timestamp"`
	ConcurrentUsers        *int64            `json:"concurrent_users,omitzero"`
	ActiveSyncUsers        *int64            `json:"activesync_users,omitzero"`
	AuthenticationFailures *int64            `json:"authentication_failures,omitzero"`
	CPUUtilization         *float64          `json:"cpu_utilization,omitzero"` // percent, as the next two
	DiskUtilization        *float64          `json:"disk_utilization,omitzero"`
	MemoryUtilization      *float64          `json:"memory_utilization,omitzero"`
	NetworkThroughput      *int64            `json:"network_throughput,omitzero"` // the document gives no unit
}

// Available reports whether the appliance had measured anything. A time alone says that it had not; so does a nil
// sample, such as a [HealthAggregate] without a latest one.
func (h *HealthSample) Available() bool {
	if h == nil {
		return false
	}
	measured := *h
	measured.Timestamp = secureaccess.Time{}
	return measured != HealthSample{}
}

// EndpointSample counts what happened at the appliances over a span of time. A set that is nil was not available.
type EndpointSample struct {
	TimestampStart  secureaccess.Time    `json:"timestamp_start,omitzero"` // of the latest sample only
	TimestampEnd    secureaccess.Time    `json:"timestamp_end"`
	AuthResult      *AuthResultCounts    `json:"auth_result,omitzero" alias:"auth_results"`
	AuthMechanism   *AuthMechanismCounts `json:"auth_mechanism,omitzero"` // of Policy Secure
	Compliance      *ComplianceCounts    `json:"compliance,omitzero"`
	DeviceOS        map[string]int64     `json:"device_os,omitzero"`                    // by operating system: "windows_10", "mac_os", "unknown"
	HCFailureReason map[string]int64     `json:"hc_failure_reason,omitzero"`            // by reason: "hc_failure_0" to "hc_failure_41"
	UserRoles       map[string]int64     `json:"user_roles,omitzero" alias:"user_role"` // never aggregated
}

// AuthResultCounts counts how authentications ended.
type AuthResultCounts struct {
	Success int64 `json:"success"`
	Failed  int64 `json:"failed" alias:"failure"`
}

// AuthMechanismCounts counts how endpoints authenticated.
type AuthMechanismCounts struct {
	L3    int64 `json:"l3"`
	MAC   int64 `json:"mac"`
	EAP   int64 `json:"eap"`
	Other int64 `json:"other"` // browsers, too
}

// ComplianceCounts counts the results of compliance checks.
type ComplianceCounts struct {
	Compliant   int64 `json:"compliant"`
	Failed      int64 `json:"failed"`
	Remediated  int64 `json:"remediated"`
	NotAssessed int64 `json:"not_assessed"`
}

// HealthAggregate is health over a span of time.
type HealthAggregate struct {
	TimestampStart secureaccess.Time `json:"timestamp_start"`
	TimestampEnd   secureaccess.Time `json:"timestamp_end" alias:"timestart_end"`
	Resolution     Resolution        `json:"resolution"`
	Days           int64             `json:"limit"`
	Latest         *HealthSample     `json:"latest_stats,omitzero"` // over the last span of the resolution; nil where there is none
	Stats          []HealthSample    `json:"stats"`                 // cut at full minutes, hours and so on
}

// EndpointAggregate is what endpoints did over a span of time.
type EndpointAggregate struct {
	TimestampStart secureaccess.Time `json:"timestamp_start"`
	TimestampEnd   secureaccess.Time `json:"timestamp_end" alias:"timestart_end"`
	Resolution     Resolution        `json:"resolution"`
	Days           int64             `json:"limit"`
	Latest         *EndpointSample   `json:"latest_stats,omitzero"` // over the last span of the resolution; nil where there is none
	Stats          []EndpointSample  `json:"stats"`                 // cut at full minutes, hours and so on
}

// CloudSecureStats is which cloud applications endpoints used over a span of time, and which endpoints these were. It is
// empty where there is nothing.
type CloudSecureStats struct {
	TimestampStart secureaccess.Time       `json:"timestamp_start,omitzero"`
	TimestampEnd   secureaccess.Time       `json:"timestamp_end,omitzero" alias:"timestart_end"`
	Resolution     Resolution              `json:"resolution,omitzero"`
	Limit          int64                   `json:"limit,omitzero"`    // as asked for
	Days           int64                   `json:"duration,omitzero"` // as asked for
	Applications   CloudSecureApplications `json:"applications,omitzero"`
	Devices        map[string]int64        `json:"devices,omitzero"`
	Compliance     map[string]int64        `json:"compliance,omitzero"` // "compliant", "not_compliant", "not_assessed", "not_applicable"; the document has others, too
	Roles          map[string]int64        `json:"roles,omitzero"`
}

// CloudSecureApplications counts sign-ins to applications, by their names.
type CloudSecureApplications struct {
	Successful      map[string]int64   `json:"successful,omitzero"`
	Failed          map[string]int64   `json:"failed,omitzero"`
	TotalSuccessful int64              `json:"total_successful"` // of all applications, whatever the limit
	TotalFailed     int64              `json:"total_failed"`
	Stats           []CloudSecureTrend `json:"stats,omitzero"`
}

// CloudSecureTrend counts sign-ins to applications in one span of the resolution.
type CloudSecureTrend struct {
	AppsCount map[string]int64  `json:"apps_count"`
	Timestamp secureaccess.Time `json:"timestamp"`
}

// ApplianceMetric is the metric of an appliance that [StatsService.FindAppliances] found.
type ApplianceMetric struct {
	Appliance ApplianceName     `json:"appliance"`
	Value     float64           `json:"value"`
	Timestamp secureaccess.Time `json:"timestamp,omitzero"` // often left out
}

// ApplianceName names an appliance.
type ApplianceName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// StatsInfo counts the appliances of a customer.
type StatsInfo struct {
	Clusters   int64                `json:"clusters"`
	Appliances []ApplianceTypeStats `json:"appliances"` // one for each type
}

// ApplianceTypeStats counts appliances of one type, their users and licenses. What is nil was not reported.
type ApplianceTypeStats struct {
	Type                           string                          `json:"type"` // "pcs" or "pps", unlike [ApplianceType]
	Count                          int64                           `json:"count"`
	ConcurrentUsers                int64                           `json:"concurrent_users"` // connected, or licenses in use
	ConcurrentUserLicenses         int64                           `json:"concurrent_user_licenses"`
	ConcurrentUserLicenseBreakdown *ConcurrentUserLicenseBreakdown `json:"concurrent_user_license_breakdown,omitzero"`
	NamedUserLicenses              *NamedUserLicenses              `json:"named_user_licenses,omitzero"`
	LicenseMode                    *LicenseModeCounts              `json:"license_mode,omitzero"`
	LicenseRole                    *LicenseRoleCounts              `json:"license_role,omitzero"`
	ApplianceVersions              map[string]int64                `json:"appliance_versions"`
}

// LicenseModeCounts counts appliances by license mode.
type LicenseModeCounts struct {
	ConcurrentUsers int64 `json:"concurrent_users,omitzero"`
	NamedUsers      int64 `json:"named_users,omitzero"`
}

// LicenseRoleCounts counts appliances by license role.
type LicenseRoleCounts struct {
	Client     int64 `json:"client,omitzero"`
	Server     int64 `json:"server,omitzero"`
	Standalone int64 `json:"standalone,omitzero"`
}
