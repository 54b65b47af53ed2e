package device

// Timestamps of collectors are Unix seconds with a fraction.

// ProfilerPorts are the ports that Nmap found.
type ProfilerPorts struct {
	TCP *ProfilerPortStates `json:"tcp,omitzero"`
	UDP *ProfilerPortStates `json:"udp,omitzero"`
}

// ProfilerPortStates are ports by state.
type ProfilerPortStates struct {
	Closed   []int64 `json:"closed,omitzero"`
	Filtered []int64 `json:"filtered,omitzero"`
	Open     []int64 `json:"open,omitzero"`
}

// ProfilerDHCP is what DHCP messages tell.
type ProfilerDHCP struct {
	Type                 string  `json:"type"` // "dhcp"
	MACAddr              string  `json:"mac_addr"`
	Timestamp            float64 `json:"timestamp"`
	ClassifiedOS         string  `json:"classified_os,omitzero"`
	ClassifiedCategory   string  `json:"classified_category,omitzero"`
	CombinationID        *int64  `json:"combination_id,omitzero"` // of FingerBank
	Hostname             string  `json:"hostname,omitzero"`
	MessageType          *int64  `json:"message_type,omitzero"`
	ParameterRequestList string  `json:"parameter_request_list,omitzero"` // "1,121,3,6"
	RequestedIP          string  `json:"requested_ip,omitzero"`
	SourceMAC            string  `json:"src_mac,omitzero"` // of the device that passed the message on
	VendorClass          string  `json:"vendor_class,omitzero"`
}

// ProfilerSNMP is what SNMP tells.
type ProfilerSNMP struct {
	Type               string            `json:"type"` // "poll", "trap"
	MACAddr            string            `json:"mac_addr"`
	Timestamp          float64           `json:"timestamp"`
	ClassifiedOS       string            `json:"classified_os,omitzero"`
	ClassifiedCategory string            `json:"classified_category,omitzero"`
	EndpointsCount     *int64            `json:"endpoints_count,omitzero"` // MAC addresses at the port of the switch
	IP                 string            `json:"ip,omitzero"`
	IsCDPLLDP          *bool             `json:"is_cdp_lldp,omitzero"`
	Port               string            `json:"port,omitzero"` // of the switch
	SNMPVersion        string            `json:"snmp_version,omitzero"`
	SwitchIP           string            `json:"switch_ip,omitzero"`
	SwitchName         string            `json:"switch_name,omitzero"`
	SwitchSupport      string            `json:"switch_support,omitzero"`
	SwitchVendor       string            `json:"switch_vendor,omitzero"`
	ValidPort          *bool             `json:"valid_port,omitzero"`
	Poll               *ProfilerSNMPPoll `json:"poll,omitzero"`
	Trap               *ProfilerSNMPTrap `json:"trap,omitzero"`
	CDP                *ProfilerCDP      `json:"cdp,omitzero"`
	LLDP               *ProfilerLLDP     `json:"lldp,omitzero"`
	ConnectTime        *float64          `json:"con_time,omitzero" alias:"conn_time"` // Unix seconds, as the next
	DisconnectTime     *float64          `json:"discon_time,omitzero"`
	IfIndex            string            `json:"ifindex,omitzero"`
	TrapType           string            `json:"trap_type,omitzero"` // "mac_removed"
	Vendor             string            `json:"vendor,omitzero"`
	VLAN               string            `json:"vlan,omitzero"`
}

// ProfilerSNMPPoll is the last poll.
type ProfilerSNMPPoll struct {
	Type           string  `json:"type"` // "snmp"
	MACAddr        string  `json:"mac_addr"`
	Timestamp      float64 `json:"timestamp"`
	EndpointsCount *int64  `json:"endpoints_count,omitzero"`
	IP             string  `json:"ip,omitzero"`
	IsCDPLLDP      *bool   `json:"is_cdp_lldp,omitzero"`
	Port           string  `json:"port,omitzero"`
	SNMPVersion    string  `json:"snmp_version,omitzero"`
	SwitchIP       string  `json:"switch_ip,omitzero"`
	SwitchName     string  `json:"switch_name,omitzero"`
	SwitchSupport  string  `json:"switch_support,omitzero"`
	SwitchVendor   string  `json:"switch_vendor,omitzero"`
	ValidPort      *bool   `json:"valid_port,omitzero"`
	IfIndex        string  `json:"ifindex,omitzero"`
	Vendor         string  `json:"vendor,omitzero"`
	VLAN           string  `json:"vlan,omitzero"`
}

// ProfilerSNMPTrap is the last trap.
type ProfilerSNMPTrap struct {
	Type           string   `json:"type"` // "trap"
	MACAddr        string   `json:"mac_addr"`
	Timestamp      float64  `json:"timestamp"`
	DisconnectTime *float64 `json:"discon_time,omitzero"` // Unix seconds, as the next
	ConnectTime    *float64 `json:"conn_time,omitzero" alias:"con_time"`
	IfIndex        string   `json:"ifindex,omitzero"`
	Port           string   `json:"port,omitzero"`
	SNMPVersion    string   `json:"snmp_version,omitzero"`
	SwitchIP       string   `json:"switch_ip,omitzero"`
	SwitchName     string   `json:"switch_name,omitzero"`
	SwitchSupport  string   `json:"switch_support,omitzero"`
	SwitchVendor   string   `json:"switch_vendor,omitzero"`
	ValidPort      *bool    `json:"valid_port,omitzero"`
	Vendor         string   `json:"vendor,omitzero"`
	VLAN           string   `json:"vlan,omitzero"`
	TrapType       string   `json:"trap_type,omitzero"` // "mac_removed"
}

// ProfilerCDP is what the Cisco Discovery Protocol tells.
type ProfilerCDP struct {
	Type               string `json:"type,omitzero"`
	Capability         *int64 `json:"capability,omitzero"`
	ClassifiedCategory string `json:"classified_category,omitzero"`
	ClassifiedOS       string `json:"classified_os,omitzero"`
	Duplex             string `json:"duplex,omitzero"`
	IP                 string `json:"ip,omitzero"`
	Platform           string `json:"platform,omitzero"`
	SysName            string `json:"sys_name,omitzero"`
	Version            string `json:"version,omitzero"` // of the platform
}

// ProfilerLLDP is what the Link Layer Discovery Protocol tells.
type ProfilerLLDP struct {
	Type                  string `json:"type,omitzero"`
	MACAddr               string `json:"mac_addr,omitzero"`
	CapabilitiesEnabled   *int64 `json:"capability_e,omitzero"`
	CapabilitiesSupported *int64 `json:"capability_s,omitzero"`
	ClassifiedOS          string `json:"classified_os,omitzero"`
	ClassifiedCategory    string `json:"classified_category,omitzero"`
	SysName               string `json:"sys_name,omitzero"`
	Version               string `json:"version,omitzero"` // of the operating system
}

// ProfilerNmap is what Nmap found.
type ProfilerNmap struct {
	Type               string                `json:"type"` // "nmap"
	MACAddr            string                `json:"mac_addr"`
	Timestamp          float64               `json:"timestamp"`
	ClassifiedOS       string                `json:"classified_os,omitzero"`
	ClassifiedCategory string                `json:"classified_category,omitzero"`
	IP                 string                `json:"ip,omitzero"`
	Hostname           string                `json:"hostname,omitzero" alias:"host_name"`
	SNMPSysDescr       string                `json:"snmp_sysdescr,omitzero"` // of the endpoint's own SNMP agent
	Status             ProfilerStatus        `json:"status,omitzero"`
	OSFingerprinted    *bool                 `json:"os_fingerprinted,omitzero"` // whether Nmap could tell the system
	Distance           *int64                `json:"distance,omitzero"`         // hops from the appliance
	Ports              *ProfilerPorts        `json:"ports,omitzero"`
	OSMatches          []ProfilerNmapOSMatch `json:"os_matches,omitzero"`
}

// ProfilerStatus is whether an endpoint responds.
type ProfilerStatus string

// Values of ProfilerStatus.
const (
	ProfilerStatusUp   ProfilerStatus = "up"
	ProfilerStatusDown ProfilerStatus = "down"
)

// ProfilerNmapOSMatch is a system that Nmap considers.
type ProfilerNmapOSMatch struct {
	Name    string                `json:"name,omitzero"`
	Line    *int64                `json:"line,omitzero"` // in the database of Nmap
	Classes []ProfilerNmapOSClass `json:"classes,omitzero"`
}

// ProfilerNmapOSClass is a class of systems that Nmap considers.
type ProfilerNmapOSClass struct {
	Accuracy *int64   `json:"accuracy,omitzero"`
	CPEs     []string `json:"cpe_list,omitzero"`
	OSFamily string   `json:"osfamily,omitzero"`
	OSGen    string   `json:"osgen,omitzero"` // text, "7" too
	Type     string   `json:"type,omitzero"`  // "general purpose"
	Vendor   string   `json:"vendor,omitzero"`
}

// ProfilerWMI is what Windows Management Instrumentation tells.
type ProfilerWMI struct {
	Type               string         `json:"type"` // "wmi"
	MACAddr            string         `json:"mac_addr"`
	Timestamp          float64        `json:"timestamp"`
	Category           string         `json:"category,omitzero"`
	Status             ProfilerStatus `json:"status,omitzero"`
	ClassifiedOS       string         `json:"classified_os,omitzero"`
	ClassifiedCategory string         `json:"classified_category,omitzero"`
	Hostname           string         `json:"hostname,omitzero"`
	OS                 string         `json:"os,omitzero"`
	Username           string         `json:"username,omitzero"`
}

// ProfilerUserAgent is what the user agent of a browser tells.
type ProfilerUserAgent struct {
	Type               string `json:"type"` // "user-agent"
	ClassifiedOS       string `json:"classified_os,omitzero"`
	ClassifiedCategory string `json:"classified_category,omitzero"`
	UserAgent          string `json:"user_agent,omitzero"`
}
