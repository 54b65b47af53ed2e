package pulseone

import (
	"cmp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
)

// ProfilerBriefEndpoint is an endpoint in short. FirstSeen can be later than LastSeen.
type ProfilerBriefEndpoint struct {
	MACAddr          string            `json:"macaddr"`               // what tells endpoints apart, with colons or without
	ApplianceID      string            `json:"appliance_id,omitzero"` // that profiled it last
	FirstSeen        secureaccess.Time `json:"first_seen" alias:"fist_seen"`
	LastSeen         secureaccess.Time `json:"last_seen"`
	Manufacturer     string            `json:"manufacturer,omitzero"`    // by the beginning of the MAC address
	ManufacturerID   int64             `json:"manufacturer_id,omitzero"` // of FingerBank
	OS               string            `json:"os,omitzero"`
	Category         string            `json:"category,omitzero"`
	PreviousOS       string            `json:"previous_os"` // before a change of profile; "" for none
	PreviousCategory string            `json:"previous_category"`
	SID              string            `json:"sid,omitzero"` // session at the appliance
	IP               string            `json:"ip,omitzero"`
	Hostname         string            `json:"hostname,omitzero"`
	Notes            string            `json:"notes,omitzero"` // an administrator's
}

// ProfilerEndpoint is everything that is known of an endpoint.
type ProfilerEndpoint struct {
	ProfilerBriefEndpoint

	// What each collector found; nil for one that found nothing.

	Ports     *ProfilerPorts     `json:"ports,omitzero"` // found by Nmap
	DHCP      *ProfilerDHCP      `json:"dhcp,omitzero"`
	SNMP      *ProfilerSNMP      `json:"snmp,omitzero"`
	CDP       *ProfilerCDP       `json:"cdp,omitzero"`  // or in SNMP: the document leaves it open
	LLDP      *ProfilerLLDP      `json:"lldp,omitzero"` // likewise
	Nmap      *ProfilerNmap      `json:"nmap,omitzero"`
	WMI       *ProfilerWMI       `json:"wmi,omitzero"`
	Session   *ProfilerSession   `json:"session,omitzero"`
	UserAgent *ProfilerUserAgent `json:"user_agent,omitzero"`

	History ProfilerHistories `json:"history,omitzero"`
}

// ProfilerHistories is what has changed about an endpoint, by appliance; several entries may be of one appliance. The
// document has it in three forms, and all of them are read into this one: a list of objects, an object by appliance id,
// and one object alone.
type ProfilerHistories []ProfilerHistory

// UnmarshalJSONFrom reads any of the forms.
func (h *ProfilerHistories) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case '{':
	case 'n':
		*h = nil
		return dec.SkipValue()
	default:
		return json.UnmarshalDecode(dec, (*[]ProfilerHistory)(h))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	var read ProfilerHistories
	var alone ProfilerHistory
	single := false
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		name := token.String() // the token is void after the next read
		if member := alone.member(name); member != nil {
			single = true
			err = json.UnmarshalDecode(dec, member)
		} else {
			err = read.add(dec, name)
		}
		if err != nil {
			return err
		}
	}
	if single { // what else stands in it is no appliance
		read = ProfilerHistories{alone}
	}
	*h = read
	_, err := dec.ReadToken()
	return err
}

// add reads what an appliance saw.
func (h *ProfilerHistories) add(dec *jsontext.Decoder, applianceID string) error {
	var of []ProfilerHistory
	var err error
	switch dec.PeekKind() {
	case '{':
		of = make([]ProfilerHistory, 1)
		err = json.UnmarshalDecode(dec, &of[0])
	case '[':
		err = json.UnmarshalDecode(dec, &of)
	default:
		err = dec.SkipValue()
	}
	for _, one := range of {
		one.ApplianceID = cmp.Or(one.ApplianceID, applianceID)
		*h = append(*h, one)
	}
	return err
}

// ProfilerHistory is what has changed about an endpoint, as one appliance saw it.
type ProfilerHistory struct {
	ApplianceID    string                     `json:"appliance_id,omitzero"` // "" where the server does not say
	IPAddress      []ProfilerHistoryIPAddress `json:"ip_address,omitzero"`
	Profile        []ProfilerHistoryProfile   `json:"profile,omitzero"`
	SessionDetails []ProfilerHistorySession   `json:"session_details,omitzero"`
}

// member returns where a member of the history is read into, nil for a name that it does not have.
func (h *ProfilerHistory) member(name string) any {
	switch name {
	case "appliance_id":
		return &h.ApplianceID
	case "ip_address":
		return &h.IPAddress
	case "profile":
		return &h.Profile
	case "session_details":
		return &h.SessionDetails
	}
	return nil
}

// ProfilerHistoryIPAddress is an address that an endpoint got.
type ProfilerHistoryIPAddress struct {
	CollectorType string            `json:"collector_type,omitzero"` // "dhcp", "session"
	DetectedTime  secureaccess.Time `json:"detected_time,omitzero"`
	IP            string            `json:"ip"` // may be empty
	Hostname      string            `json:"hostname" alias:"host_name"`
	Timestamp     secureaccess.Time `json:"time_stamp,omitzero"`
}

// ProfilerHistoryProfile is what an endpoint was taken for.
type ProfilerHistoryProfile struct {
	CollectorType string            `json:"collector_type,omitzero"` // "dhcp", "session"
	DetectedTime  secureaccess.Time `json:"detected_time,omitzero"`
	OS            string            `json:"os"` // may be empty
	Category      string            `json:"category"`
	Timestamp     secureaccess.Time `json:"time_stamp,omitzero"`
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
	SwitchIP      string               `json:"switch_ip"`
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

// ProfilerManagedCounts counts endpoints by whether they are managed, by the server's words for it.
type ProfilerManagedCounts map[string]int64

// Managed counts managed endpoints. The document writes the word with and without a capital.
func (c ProfilerManagedCounts) Managed() int64 { return c.of("managed") }

// Unmanaged counts the others.
func (c ProfilerManagedCounts) Unmanaged() int64 { return c.of("unmanaged") }

func (c ProfilerManagedCounts) of(state string) int64 {
	var sum int64
	for name, n := range c {
		if strings.EqualFold(name, state) {
			sum += n
		}
	}
	return sum
}

// ProfilerStateCounts counts endpoints by whether they have a category.
type ProfilerStateCounts struct {
	Profiled    int64 `json:"profiled"`
	NotProfiled int64 `json:"not_profiled"`
}

// ProfilerChangeCounts counts endpoints by whether their profile changed.
type ProfilerChangeCounts struct {
	ProfileChanged int64 `json:"profile_changed"`
	Others         int64 `json:"others"`
}

// ProfilerSessionCounts counts endpoints by whether they have an active session.
type ProfilerSessionCounts struct {
	Sessions  int64 `json:"sessions"`
	NoSession int64 `json:"no_session" alias:"no_sessions"`
}
