package device

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ProfilerService uploads the endpoints that the appliance has profiled. Document: Profiler Data, Adding Profiled
// Endpoints.
type ProfilerService struct{ appliance }

// Push uploads endpoints. Pulse One knows them by their MAC address: of two uploads the later one counts, but for the
// first sighting and for the history of other appliances. The body is compressed, as the document demands. Without
// endpoints nothing is sent.
//
// POST /api/v1/sa/{appliance_id}/profiler/endpoints
//
// The document gives no limit for their number.
func (s *ProfilerService) Push(ctx context.Context, endpoints []ProfiledEndpoint) error {
	for i, endpoint := range endpoints {
		if endpoint.MACAddr == "" {
			return incomplete("endpoints", i, "macaddr")
		}
	}
	if len(endpoints) == 0 {
		return nil
	}
	return rest.Send(ctx, s.rest, rest.POST("/api/v1/sa/{appliance_id}/profiler/endpoints", s.id).JSON(endpoints).Gzip())
}

// ProfiledEndpoint is an endpoint and what the collectors of the appliance have found out about it.
type ProfiledEndpoint struct {
	MACAddr          string            `json:"macaddr"` // with or without colons
	ApplianceID      string            `json:"appliance_id,omitzero"`
	FirstSeen        secureaccess.Time `json:"first_seen" alias:"fist_seen"`
	LastSeen         secureaccess.Time `json:"last_seen"`
	Manufacturer     string            `json:"manufacturer,omitzero"`    // by the beginning of the MAC address
	ManufacturerID   *int64            `json:"manufacturer_id,omitzero"` // of FingerBank
	OS               string            `json:"os,omitzero"`
	Category         string            `json:"category,omitzero"`
	PreviousOS       string            `json:"previous_os"` // before a change of profile; "" for none
	PreviousCategory string            `json:"previous_category"`
	SID              string            `json:"sid,omitzero"` // session at the appliance
	IP               string            `json:"ip,omitzero"`
	Hostname         string            `json:"hostname,omitzero"`

	// What each collector found; nil for one that found nothing.

	Ports     *ProfilerPorts     `json:"ports,omitzero"`
	DHCP      *ProfilerDHCP      `json:"dhcp,omitzero"`
	SNMP      *ProfilerSNMP      `json:"snmp,omitzero"`
	CDP       *ProfilerCDP       `json:"cdp,omitzero"`  // better inside SNMP: the document leaves it open
	LLDP      *ProfilerLLDP      `json:"lldp,omitzero"` // likewise
	Nmap      *ProfilerNmap      `json:"nmap,omitzero"`
	WMI       *ProfilerWMI       `json:"wmi,omitzero"`
	Session   *ProfilerSession   `json:"session,omitzero"`
	UserAgent *ProfilerUserAgent `json:"user_agent,omitzero"`

	History *ProfilerHistory `json:"history,omitzero"` // as this appliance saw it
}

// ProfilerHistory is what has changed about an endpoint, the oldest first.
type ProfilerHistory struct {
	ApplianceID    string                     `json:"appliance_id,omitzero"` // left out in an upload
	IPAddress      []ProfilerHistoryIPAddress `json:"ip_address,omitzero"`
	Profile        []ProfilerHistoryProfile   `json:"profile,omitzero"`
	SessionDetails []ProfilerHistorySession   `json:"session_details,omitzero"`
}

// ProfilerHistoryIPAddress is an address that an endpoint got.
type ProfilerHistoryIPAddress struct {
	CollectorType string            `json:"collector_type,omitzero"` // "dhcp", "session"
	DetectedTime  secureaccess.Time `json:"detected_time,omitzero"`
	IP            string            `json:"ip"` // may be empty
	Hostname      string            `json:"hostname" alias:"host_name"`
	Timestamp     *float64          `json:"time_stamp,omitzero"` // Unix seconds
}

// ProfilerHistoryProfile is what an endpoint was taken for.
type ProfilerHistoryProfile struct {
	CollectorType string            `json:"collector_type,omitzero"` // "dhcp", "session"
	DetectedTime  secureaccess.Time `json:"detected_time,omitzero"`
	OS            string            `json:"os"` // may be empty
	Category      string            `json:"category"`
	Timestamp     *float64          `json:"time_stamp,omitzero"` // Unix seconds
}

// ProfilerHistorySession is a session that an endpoint had. The dots in the names on the wire belong to them.
type ProfilerHistorySession struct {
	CollectorType string               `json:"collector_type,omitzero"`
	DetectedTime  secureaccess.Time    `json:"detected_time,omitzero"`
	LoginHost     string               `json:"session.login_host"`
	SessionType   string               `json:"session.session_type"` // "local", "remote" or "pps"
	State         ProfilerSessionState `json:"session.state"`
}

// ProfilerSession is the session of an endpoint at an appliance.
type ProfilerSession struct {
	Type          string               `json:"type,omitzero"` // "session"
	LoginHost     string               `json:"login_host,omitzero"`
	LoginHostAddr string               `json:"login_host_addr,omitzero"`
	MACAddr       string               `json:"mac_addr,omitzero"`
	SessionType   string               `json:"session_type,omitzero"` // "local", "remote" or "pps"
	SID           string               `json:"sid,omitzero"`
	SourceIP      string               `json:"source_ip,omitzero"`
	State         ProfilerSessionState `json:"state,omitzero"`
	SwitchIP      string               `json:"switch_ip,omitzero"`
	UserAgent     string               `json:"user_agent,omitzero"` // text, unlike that of the endpoint
	MDM           *ProfilerMDM         `json:"MDM,omitzero"`
}

// ProfilerSessionState is whether a session lasts. More values occur.
type ProfilerSessionState string

// Values of ProfilerSessionState.
const (
	ProfilerSessionStateActive   ProfilerSessionState = "active"
	ProfilerSessionStateInactive ProfilerSessionState = "inactive"
)

// ProfilerMDM is what a system for managing mobile devices says of an endpoint. Which members there are depends on the
// system; truth values are text.
type ProfilerMDM struct {
	CompromisedStatus      string `json:"CompromisedStatus,omitzero"`
	EnrollmentStatus       string `json:"EnrollmentStatus,omitzero"`
	IMEI                   string `json:"IMEI,omitzero"`
	IsPasscodeCompliant    string `json:"IsPasscodeCompliant,omitzero"`
	IsPasscodePresent      string `json:"IsPasscodePresent,omitzero"`
	LastComplianceCheckOn  string `json:"LastComplianceCheckOn,omitzero"`
	LastCompromisedCheckOn string `json:"LastCompromisedCheckOn,omitzero"`
	LocationGroupName      string `json:"LocationGroupName,omitzero"`
	Manufacturer           string `json:"Manufacturer,omitzero"` // some systems have this one
	MakerName              string `json:"manufacturer,omitzero"` // and some this
	UDID                   string `json:"UDID,omitzero"`
	ClassifiedCategory     string `json:"classified_category,omitzero"`
	ClassifiedOS           string `json:"classified_os,omitzero"`
	ComplianceReason       string `json:"complianceReason,omitzero"`
	EndpointName           string `json:"endpointName,omitzero"`
	IsCompliant            string `json:"isCompliant,omitzero"`
	IsCompromised          string `json:"isCompromised,omitzero"`
	IsEnrolled             string `json:"isEnrolled,omitzero"`
	LastSeen               string `json:"lastSeen,omitzero"`
	MACAddress             string `json:"macAddress,omitzero"`
	Model                  string `json:"model,omitzero"`
	OSVersion              string `json:"osVersion,omitzero"`
	Ownership              string `json:"ownership,omitzero"`
	Platform               string `json:"platform,omitzero"`
	SerialNumber           string `json:"serialNumber,omitzero"`
	Type                   string `json:"type,omitzero"`
	UserEmail              string `json:"userEmail,omitzero"`
	UserName               string `json:"userName,omitzero"`
}
