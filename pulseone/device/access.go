package device

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// AccessService uploads who signed in at the appliance. Document: User Access History.
type AccessService struct{ appliance }

// PushHistory uploads records. One whose id is known replaces the record that the server has. The body is compressed.
// Without records nothing is sent.
//
// POST /api/v1/sa/{appliance_id}/access/history
//
// The document gives no limit for their number. It has the compression announced with Transfer-Encoding, which neither
// net/http nor HTTP/2 can send; Content-Encoding is used.
func (s *AccessService) PushHistory(ctx context.Context, records []AccessRecord) error {
	for i, record := range records {
		switch {
		case record.ID == "":
			return incomplete("records", i, "user_access_record_id")
		case record.LoginTime.IsZero():
			return incomplete("records", i, "login_time")
		}
	}
	if len(records) == 0 {
		return nil
	}
	body := accessHistory{Total: len(records), Items: records}
	return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/access/history", s.id).JSON(body).Gzip())
}

type accessHistory struct {
	Total int            `json:"total"`
	Items []AccessRecord `json:"items"`
}

// AccessRecord is a sign-in at the appliance, successful or not. What the document shows as null or false is sent as
// such.
type AccessRecord struct {
	ID                          string                     `json:"user_access_record_id"` // made by the appliance
	LoginTime                   secureaccess.Time          `json:"login_time"`
	LogoutTime                  secureaccess.Time          `json:"logout_time"` // zero while the session lasts, and after a failure
	AuthenticationMechanism     pulseone.AccessMechanism   `json:"authentication_mechanism"`
	AuthenticationSucceeded     bool                       `json:"authentication_succeeded"`
	AuthenticationFailureReason *string                    `json:"authentication_failure_reason"` // "Max Sessions"; nil after a success
	Roles                       []string                   `json:"roles,omitzero"`
	Username                    string                     `json:"username"` // "" where a device signed in
	Realm                       string                     `json:"realm,omitzero"`
	AuthenticationServerName    string                     `json:"authentication_server_name"`
	SourceIP                    string                     `json:"source_ip,omitzero"`
	MACAddress                  string                     `json:"mac_address"`
	DeviceID                    string                     `json:"device_id,omitzero"` // of the endpoint
	DeviceOS                    string                     `json:"device_os,omitzero"` // "Windows_10", "Mac_OS_10_13", "Unknown"
	Compliance                  *pulseone.AccessCompliance `json:"compliance"`
	FirstHostCheckSucceeded     *bool                      `json:"first_host_check_succeeded,omitzero"` // nil: there was none

	FirstHostCheckTime           secureaccess.Time `json:"first_host_check_time"`
	FirstHostCheckFailedPolicies []string          `json:"first_host_check_failed_policies"`
	FirstHostCheckFailureReasons []string          `json:"first_host_check_failure_reasons"`

	MDMInfo any `json:"mdm_info"` // always null where the document shows it
}
