package device

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// BackupsService stores and fetches backups of the appliance's configuration. A backup is due within 90 minutes of the
// creation of its task, metadata first. Document: Managed Appliance backups management API.
type BackupsService struct{ appliance }

// Reasons for a 409, which means opposite things on metadata and on content.
var (
	// ErrBackupHasContent says that metadata came too late: the backup has its content.
	ErrBackupHasContent = errors.New("the backup has its content already")

	// ErrBackupContentRefused says that content came before its metadata, or differs from them in size or SHA-1.
	ErrBackupContentRefused = errors.New("the metadata are missing, or differ from the content")
)

// GetMetadata returns what is known of a backup. To restore one, compare the versions first.
//
// GET /api/v1/sa/backups/{backup_id}/metadata
func (s *BackupsService) GetMetadata(ctx context.Context, backupID string) (*pulseone.Backup, error) {
	return rest.Do[pulseone.Backup](ctx, s.rest, rest.GET("/api/v1/sa/backups/{backup_id}/metadata", backupID))
}

// Upload stores a backup: metadata, then content. Where the metadata name no SHA-1, it is computed from the content first,
// which then has to be an [io.Seeker]; else it is compared with what is sent, and content that differs fails with a
// *[secureaccess.DigestError] before its end is sent. A size of 0 is that of the content.
//
// PUT /api/v1/sa/backups/{backup_id}/metadata
//
// PUT /api/v1/sa/backups/{backup_id}/content
//
// GET /api/v1/sa/backups/{backup_id}/metadata
//
// It can be called again after a failure. A backup that has its content already is a success if that is the same content,
// since the response to an earlier upload may have been lost, and [ErrBackupHasContent] otherwise.
func (s *BackupsService) Upload(ctx context.Context, backupID string, metadata BackupMetadata, content secureaccess.Upload) error {
	if content.Reader != nil && metadata.ContentHash == "" {
		hash, size, err := api.Digest(ctx, content, sha1.New())
		if err == nil && metadata.ContentSize == 0 {
			metadata.ContentSize = size
		}
		if err != nil {
			return err
		}
		metadata.ContentHash = hash
	}
	// All that can be wrong with the content is found before its metadata are stored.
	upload := sized(backupID, &metadata, content)
	switch err := s.replaceMetadata(ctx, backupID, metadata, upload.Refused()); {
	case errors.Is(err, ErrBackupHasContent):
		stored, failure := s.GetMetadata(ctx, backupID)
		if failure == nil && same(stored, &metadata) {
			return nil
		}
		return rest.Join(err, failure)
	case err != nil:
		return err
	}
	return sendContent(ctx, s.rest, upload, content)
}

// sized returns the operation that sends content, which is compared with metadata, and completes their size.
func sized(backupID string, metadata *BackupMetadata, content secureaccess.Upload) *rest.Op {
	if content.Size == 0 {
		content.Size = max(metadata.ContentSize, 0)
	}
	upload := contentOf(backupID).Upload(contentType, content)
	size := upload.BodySize()
	if metadata.ContentSize == 0 && size > 0 {
		metadata.ContentSize = size
	}
	if size >= 0 && size != metadata.ContentSize {
		upload.Refuse(&secureaccess.ArgumentError{Argument: "content_size", Reason: fmt.Sprintf("is %d, and the content has %d bytes", metadata.ContentSize, size)})
	}
	if upload.Refused() != nil {
		return upload
	}
	return contentOf(backupID).UploadVerified(contentType, content, rest.NewSum(metadata.ContentHash, metadata.ContentSize))
}

// ReplaceMetadata stores the metadata of a backup. [ErrBackupHasContent] says that it has content already.
//
// PUT /api/v1/sa/backups/{backup_id}/metadata
func (s *BackupsService) ReplaceMetadata(ctx context.Context, backupID string, metadata BackupMetadata) error {
	return s.replaceMetadata(ctx, backupID, metadata, nil)
}

// replaceMetadata stores metadata, unless refusal says why not.
func (s *BackupsService) replaceMetadata(ctx context.Context, backupID string, metadata BackupMetadata, refusal error) error {
	op := rest.PUT("/api/v1/sa/backups/{backup_id}/metadata", backupID).JSON(metadata).
		Refuse(refusal).Require("content_hash", metadata.ContentHash)
	if sumOf(metadata.ContentHash, metadata.ContentSize) == nil {
		op.Refuse(&secureaccess.ArgumentError{Argument: "content_hash", Reason: "is no SHA-1"})
	}
	if metadata.ContentSize <= 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "content_size", Reason: "is not positive"})
	}
	return because(rest.Send(ctx, s.rest, op), ErrBackupHasContent)
}

// UploadContent stores the content of a backup, as it is read, and needs no more memory for a large one.
// [ErrBackupContentRefused] says that its metadata are missing or differ from it.
//
// PUT /api/v1/sa/backups/{backup_id}/content
//
// Content that is an [io.Seeker] is sent again from its beginning when an attempt breaks off; any other
// fails then, with [secureaccess.ErrNotRepeatable].
func (s *BackupsService) UploadContent(ctx context.Context, backupID string, content secureaccess.Upload) error {
	return sendContent(ctx, s.rest, contentOf(backupID).Upload(contentType, content), content)
}

// contentType is that of a backup.
const contentType = "application/octet-stream"

func contentOf(backupID string) *rest.Op {
	return rest.PUT("/api/v1/sa/backups/{backup_id}/content", backupID)
}

func sendContent(ctx context.Context, c *rest.Client, op *rest.Op, content secureaccess.Upload) error {
	return because(brokenOff(rest.Send(ctx, c, op), content), ErrBackupContentRefused)
}

// brokenOff says of an upload that broke off why it was not repeated.
func brokenOff(err error, content secureaccess.Upload) error {
	failure, ok := err.(*secureaccess.Error)
	if _, seeks := content.Reader.(io.Seeker); seeks || !ok || failure.Status != 0 || failure.Attempts != 1 || errors.Is(err, secureaccess.ErrDigestMismatch) {
		return err
	}
	named := *failure
	named.Err = &brokenUpload{failure.Err}
	return &named
}

// brokenUpload is an attempt that failed, of content that cannot be read a second time.
type brokenUpload struct{ cause error }

func (e *brokenUpload) Error() string {
	return fmt.Sprintf("%v; the content is no Seeker, and cannot be sent again", e.cause)
}
func (e *brokenUpload) Unwrap() error        { return e.cause }
func (e *brokenUpload) Is(target error) bool { return target == secureaccess.ErrNotRepeatable }

// Download fetches the content of a backup. Its end is an error, a *[secureaccess.DigestError], unless size and SHA-1 are those of the
// metadata, which are fetched first: what was read until then must not be restored before the end was reached. The caller
// closes it.
//
// GET /api/v1/sa/backups/{backup_id}/metadata
//
// GET /api/v1/sa/backups/{backup_id}/content
//
// A backup whose metadata announce no content, with its SHA-1, is [secureaccess.ErrBadResponse].
func (s *BackupsService) Download(ctx context.Context, backupID string) (*secureaccess.Download, error) {
	backup, err := s.GetMetadata(ctx, backupID)
	if err != nil {
		return nil, err
	}
	sum := sumOf(backup.ContentHash, backup.ContentSize)
	if sum == nil {
		return nil, fmt.Errorf("%w: the metadata of backup %s announce no content", secureaccess.ErrBadResponse, backupID)
	}
	op := rest.GET("/api/v1/sa/backups/{backup_id}/content", backupID).Accept(contentType)
	return rest.Fetch(ctx, s.rest, op.Verify(sum))
}

// because names the reason of a 409.
func because(err error, reason error) error {
	failure, ok := err.(*secureaccess.Error)
	if !ok || failure.Status != http.StatusConflict || failure.Err != nil {
		return err
	}
	named := *failure
	named.Err = reason
	return &named
}

// BackupMetadata say what a backup holds.
type BackupMetadata struct {
	ActiveESAPVersion             string   `json:"active_esap_version"`
	ActivePulseDesktopVersion     string   `json:"active_pulse_desktop_version"`
	InstalledESAPVersions         []string `json:"installed_esap_versions,omitzero"`          // the other ones
	InstalledPulseDesktopVersions []string `json:"installed_pulse_desktop_versions,omitzero"` // the other ones
	ContentHash                   string   `json:"content_hash"`                              // SHA-1, hexadecimal
	ContentSize                   int64    `json:"content_size"`                              // bytes
}

// same reports whether a backup has the content that metadata announce.
func same(b *pulseone.Backup, m *BackupMetadata) bool {
	return strings.EqualFold(b.ContentHash, m.ContentHash) && b.ContentSize == m.ContentSize
}

// sumOf returns what compares content with its metadata, nil where their digest is no SHA-1.
func sumOf(hash string, size int64) *rest.Sum {
	if digest, err := hex.DecodeString(hash); err != nil || len(digest) != sha1.Size {
		return nil
	}
	return rest.NewSum(hash, size)
}
