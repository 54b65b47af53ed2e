package sps

import "github.com/secureaccess-go/secureaccess"

// ArchiveCleanupPolicy says when closed audit trails go to another store, or are deleted.
type ArchiveCleanupPolicy struct {
	Name                string             `json:"name"`
	IncludeNodeIDInPath bool               `json:"include_node_id_in_path"` // for clusters
	NotificationEvent   *NotificationEvent `json:"notification_event,omitzero"`
	RetentionDays       int64              `json:"retention_days"` // older ones are archived or deleted
	StartTimes          []string           `json:"start_times"`    // "03:10"
	Target              *StorageTarget     `json:"target,omitzero"`
	Template            string             `json:"template,omitzero"` // of directories: "PROTOCOL/CONNECTION/ARCHIVEDATE/"

	Extra secureaccess.Extra `json:",embed"`
}

// BackupPolicy says when and where the appliance backs itself up. The public sample breaks off inside of its target.
type BackupPolicy struct {
	Name                string             `json:"name"`
	IncludeNodeIDInPath bool               `json:"include_node_id_in_path"`
	NotificationEvent   *NotificationEvent `json:"notification_event,omitzero"`
	StartTimes          []string           `json:"start_times"`
	Target              *StorageTarget     `json:"target,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// NotificationEvent says which mail is sent about a backup or an archiving.
type NotificationEvent struct {
	Type           NotificationEventType `json:"type"`
	SendFilelist   bool                  `json:"send_filelist,omitzero"`
	FileCountLimit int64                 `json:"file_count_limit,omitzero"` // at most so many files in the list

	Extra secureaccess.Extra `json:",embed"`
}

// NotificationEventType is what mail is sent about.
type NotificationEventType string

// Values of NotificationEventType; one for errors alone exists too, whose name no public source shows.
const (
	NotificationEventTypeAll  NotificationEventType = "all"
	NotificationEventTypeNone NotificationEventType = "none"
)

// StorageTarget is where backups and archives go. Of the protocols of the product only NFS was seen whole; what rsync
// and SMB have beyond these members is in Extra.
type StorageTarget struct {
	Type    string       `json:"type"` // "nfs" seen
	Server  *HostAddress `json:"server,omitzero"`
	Path    string       `json:"path,omitzero"` // directory or export
	AuthKey Ref          `json:"auth_key,omitzero"`
	HostKey string       `json:"host_key,omitzero"` // of rsync: the server's, in the one-line form of OpenSSH
	Port    int64        `json:"port,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// HostAddress is the address of a server: {"ip", "192.0.2.1"}.
type HostAddress struct {
	Selection string `json:"selection"` // "ip" seen; names have another
	Value     string `json:"value"`

	Extra secureaccess.Extra `json:",embed"`
}
