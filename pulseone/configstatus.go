package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Status returns how far an appliance is with the upload of its configuration and the download of another. It is empty
// for one that has reported neither.
//
// GET /api/v1/sa/{appliance_id}/configs/status
//
// Document: API for Configuration Upload and Download Status.
func (s *ConfigsService) Status(ctx context.Context, applianceID string) (*ConfigStatus, error) {
	return rest.Do[ConfigStatus](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}/configs/status", applianceID).MayBeEmptyObject())
}

// ConfigStatus is how far an appliance is with its configuration. What it has not reported is nil.
type ConfigStatus struct {
	Upload   *ConfigUpload   `json:"upload,omitzero"`
	Download *ConfigDownload `json:"download,omitzero"`
}

// ConfigUpload is how far the upload of an appliance's configuration is.
type ConfigUpload struct {
	Status ConfigUploadStatus `json:"status"`
}

// ConfigDownload is how far the download of a prescribed configuration is.
type ConfigDownload struct {
	Status ConfigDownloadStatus `json:"status"`
}

// ConfigUploadStatus is how far an upload is. More values occur.
type ConfigUploadStatus string

// Values of ConfigUploadStatus, in the order in which an upload goes through them; it ends with idle.
const (
	ConfigUploadStatusIdle       ConfigUploadStatus = "idle"
	ConfigUploadStatusPending    ConfigUploadStatus = "pending" // also once more, when an export is begun again
	ConfigUploadStatusExporting  ConfigUploadStatus = "exporting"
	ConfigUploadStatusPreparing  ConfigUploadStatus = "preparing" // then idle, where Pulse One has the configuration
	ConfigUploadStatusUploading  ConfigUploadStatus = "uploading"
	ConfigUploadStatusInProgress ConfigUploadStatus = "in_progress" // not in the document's list, but in its examples
)

// ConfigDownloadStatus is how far a download is. More values occur.
type ConfigDownloadStatus string

// Values of ConfigDownloadStatus, in the order in which a download goes through them; it ends with idle.
const (
	ConfigDownloadStatusIdle        ConfigDownloadStatus = "idle"
	ConfigDownloadStatusPending     ConfigDownloadStatus = "pending"
	ConfigDownloadStatusDownloading ConfigDownloadStatus = "downloading"
	ConfigDownloadStatusPreparing   ConfigDownloadStatus = "preparing" // then idle, where the appliance runs the configuration
	ConfigDownloadStatusApplying    ConfigDownloadStatus = "applying"
	ConfigDownloadStatusRejected    ConfigDownloadStatus = "rejected" // not final: the appliance may try again
)
