package sps

import "github.com/secureaccess-go/secureaccess"

// DNSServers are the name servers of the appliance.
type DNSServers struct {
	Primary   string  `json:"primary"`
	Secondary *string `json:"secondary"` // nil for none

	Extra secureaccess.Extra `json:",embed"`
}

// MailSettings are how the appliance sends mail, and to whom. What authentication and encryption have when they are on
// is in Extra.
type MailSettings struct {
	AdminAddress     string             `json:"admin_address"`
	AlertingAddress  string             `json:"alerting_address"`
	ReportingAddress string             `json:"reporting_address"`
	SenderAddress    *string            `json:"sender_address"` // nil for none
	SMTPAuth         *Switch            `json:"smtp_auth,omitzero"`
	SMTPEncryption   *TransportSecurity `json:"smtp_encryption,omitzero"`
	SMTPServer       *HostAddress       `json:"smtp_server,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// DiskFillupPrevention says from which use of the disk on connections are refused.
type DiskFillupPrevention struct {
	Enabled             bool  `json:"enabled"`
	UsedSpaceRatioLimit int64 `json:"used_space_ratio_limit"` // percent
	ArchivingEnabled    bool  `json:"archiving_enabled"`      // begin all archiving and cleanup when over the limit

	Extra secureaccess.Extra `json:",embed"`
}

// SystemBackup is by which [BackupPolicy] the appliance backs itself up.
type SystemBackup struct {
	BackupPolicy Ref `json:"backup_policy"`

	Extra secureaccess.Extra `json:",embed"`
}

// WebGatewayAuthentication is how users authenticate at the gateway in a browser.
type WebGatewayAuthentication struct {
	AutoAssign bool    `json:"auto_assign"` // once for later sessions
	Banner     *Banner `json:"banner,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// Banner is a text that users see.
type Banner struct {
	Enabled bool   `json:"enabled"`
	Text    string `json:"text,omitzero"` // may have several lines

	Extra secureaccess.Extra `json:",embed"`
}

// InternalCertificates are the certificates of the appliance itself.
type InternalCertificates struct {
	CA     *CASelection `json:"ca,omitzero"`
	Server Ref          `json:"server,omitzero"` // of the web and REST interface
	TSA    Ref          `json:"tsa,omitzero"`    // of the timestamping authority

	Extra secureaccess.Extra `json:",embed"`
}

// CASelection is the authority of the appliance. Public sources show no other selection than the one below.
type CASelection struct {
	Selection    string `json:"selection"` // "identity"
	X509Identity Ref    `json:"x509_identity,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// ClusterInterface is whether and where the appliance listens to its cluster.
type ClusterInterface struct {
	Enabled       bool `json:"enabled"`
	ListenAddress Ref  `json:"listen_address"`

	Extra secureaccess.Extra `json:",embed"`
}

// WebLogin is where users sign in with a browser.
type WebLogin struct {
	AccessRestriction    *AccessRestriction `json:"access_restriction,omitzero"`
	BruteforceProtection bool               `json:"bruteforce_protection,omitzero"` // of releases before 6.14
	Listen               []*WebListener     `json:"listen"`

	Extra secureaccess.Extra `json:",embed"`
}

// AccessRestriction says from where users may sign in.
type AccessRestriction struct {
	Enabled     bool     `json:"enabled"`
	AllowedFrom []string `json:"allowed_from,omitzero"` // networks; only when enabled

	Extra secureaccess.Extra `json:",embed"`
}

// WebListener is an address where the appliance serves browsers.
type WebListener struct {
	Address   Ref   `json:"address"`
	HTTPPort  int64 `json:"http_port"`
	HTTPSPort int64 `json:"https_port"`

	Extra secureaccess.Extra `json:",embed"`
}

// NIC is a network card.
type NIC struct {
	Interfaces Ordered[Interface] `json:"interfaces"`

	Extra secureaccess.Extra `json:",embed"`
}

// Interface is a logical interface of a [NIC]: its addresses in the order of their keys.
type Interface struct {
	Addresses Ordered[string] `json:"addresses"` // "192.0.2.10/24"

	Extra secureaccess.Extra `json:",embed"`
}

// ACLEntry says what a group may see and change in the web interface. The REST interface follows the same rights.
type ACLEntry struct {
	Group      string        `json:"group"`
	Objects    []string      `json:"objects"` // pages: "/special/auth"
	Permission ACLPermission `json:"permission"`

	Extra secureaccess.Extra `json:",embed"`
}

// ACLPermission is what an [ACLEntry] grants.
type ACLPermission string

// Values of ACLPermission.
const (
	ACLPermissionRead  ACLPermission = "read"
	ACLPermissionWrite ACLPermission = "write"
)

// LocalUserGroup is a group of users of the appliance's own database. The public sample has no members, so that it is
// not known whether they are keys or names.
type LocalUserGroup struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`

	Extra secureaccess.Extra `json:",embed"`
}
