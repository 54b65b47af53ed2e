package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// BackupsService manages the stored backups of appliances. They are made by tasks, see [TasksService.CreateBackup].
// Their content goes to appliances alone: only the client of an appliance uploads and downloads it. Document: Managed
// Appliance backups management API.
type BackupsService struct{ rest *rest.Client }

// List returns all backups of all appliances. The server does not page.
//
// GET /api/v1/sa/backups
//
// Permission: admin.appliances.backup|READ. Document: GET /api/v1/sa/backups.
func (s *BackupsService) List(ctx context.Context) ([]Backup, error) {
	return items[Backup](ctx, s.rest, rest.GET("/api/v1/sa/backups"))
}

// Get returns the metadata of one backup. Before the appliance has sent its part, the versions, size, digest and time of
// creation are missing.
//
// GET /api/v1/sa/backups/{backup_id}/metadata
//
// Permission: admin.appliances.backup|READ. Document: GET /api/v1/sa/backups/{backup_id}/metadata.
func (s *BackupsService) Get(ctx context.Context, id string) (*Backup, error) {
	return rest.Do[Backup](ctx, s.rest, rest.GET("/api/v1/sa/backups/{backup_id}/metadata", id))
}

// Delete removes a backup, metadata and content.
//
// DELETE /api/v1/sa/backups/{backup_id}
//
// Permission: admin.appliances.backup|DELETE. Document: DELETE /api/v1/sa/backups/{backup_id}.
func (s *BackupsService) Delete(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/backups/{backup_id}", id))
}

// ContentSize returns the size of a backup's content in bytes, -1 when the server does not say. A backup that is not
// there is [secureaccess.ErrNotFound].
//
// HEAD /api/v1/sa/backups/{backup_id}/metadata
//
// GET /api/v1/sa/backups/{backup_id}/metadata
//
// The length that the server gives for the metadata is documented as that of the content. The response to a HEAD cannot
// say that credentials have expired: where it is forbidden, the second operation renews them if need be, and the first
// is sent again if that one is allowed. Permission: admin.appliances.backup|READ. Document: HEAD
// /api/v1/sa/backups/{backup_id}/metadata.
func (s *BackupsService) ContentSize(ctx context.Context, id string) (int64, error) {
	get := func(ctx context.Context) error {
		_, err := s.Get(ctx, id)
		return err
	}
	return contentLength(ctx, s.rest, get, func() *rest.Op { return rest.HEAD("/api/v1/sa/backups/{backup_id}/metadata", id) })
}

// Backup is the metadata of a backup.
type Backup struct {
	ID          string            `json:"backup_id"`
	Name        string            `json:"name,omitzero"`
	Description string            `json:"description,omitzero"`
	ApplianceID string            `json:"appliance_id,omitzero"`
	Type        ApplianceType     `json:"type,omitzero"`         // of the appliance
	Created     secureaccess.Time `json:"created,omitzero"`      // when the content was; zero until the appliance has sent its part
	ContentHash string            `json:"content_hash,omitzero"` // SHA-1, in hex digits
	ContentSize int64             `json:"content_size,omitzero"` // in bytes

	// An appliance restores only what it has these versions for.
	ActiveESAPVersion             string   `json:"active_esap_version,omitzero"`
	ActivePulseDesktopVersion     string   `json:"active_pulse_desktop_version,omitzero"`
	InstalledESAPVersions         []string `json:"installed_esap_versions,omitzero"`          // other ones
	InstalledPulseDesktopVersions []string `json:"installed_pulse_desktop_versions,omitzero"` // other ones; some list the active one too
}
