package pulseone

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ConfigsService reads and moves the configuration commits of appliances. A commit is named by the SHA-1 of its
// content, 40 hexadecimal digits in lower case. Document: Appliance Configuration, HEAD Commit.
type ConfigsService struct{ rest *rest.Client }

// GetHead returns which commit an appliance is running and which one it is to run. An appliance that has never reported
// a commit has neither: both are empty then.
//
// GET /api/v1/sa/{device_id}/configs/HEAD
func (s *ConfigsService) GetHead(ctx context.Context, applianceID string) (*HeadCommit, error) {
	return rest.Do[HeadCommit](ctx, s.rest, rest.GET("/api/v1/sa/{device_id}/configs/HEAD", applianceID).MayBeEmpty())
}

// ReportHead tells Pulse One which commit an appliance is running, in that appliance's place. It takes back what was
// prescribed.
//
// PUT /api/v1/sa/{device_id}/configs/HEAD
func (s *ConfigsService) ReportHead(ctx context.Context, applianceID, commit string) error {
	return send(ctx, s.rest, headOp(applianceID, HeadCommit{Commit: commit}))
}

// Rollback orders an appliance back to the configuration it was running directly before the current one. Until it is
// there it counts as out of sync. For domain administrators; a previous commit that is not the one before is a conflict
// ([secureaccess.ErrConflict]).
//
// PUT /api/v1/sa/{device_id}/configs/HEAD
//
// GET /api/v1/sa/{device_id}/configs/HEAD
//
// A retry of this and the next two may find that the attempt before did it: where one is refused, the HEAD says whether
// it is as wanted.
func (s *ConfigsService) Rollback(ctx context.Context, applianceID, running, previous string) error {
	return s.prescribe(ctx, applianceID, running, previous)
}

// RollForward accepts what an appliance is running as what it is to run. For domain administrators; a running commit
// other than the one that Pulse One knows is a conflict.
//
// PUT /api/v1/sa/{device_id}/configs/HEAD
//
// GET /api/v1/sa/{device_id}/configs/HEAD
func (s *ConfigsService) RollForward(ctx context.Context, applianceID, running string) error {
	return s.prescribe(ctx, applianceID, running, running)
}

// Promote makes an appliance's pending commit ([Appliance.PendingCommitID]) the one it is to run. For domain
// administrators. No such pending commit is [secureaccess.ErrNotFound]; a running commit other than the one that Pulse
// One knows is [CodeConfigCommitConflict].
//
// PUT /api/v1/sa/{device_id}/configs/HEAD
//
// GET /api/v1/sa/{device_id}/configs/HEAD
func (s *ConfigsService) Promote(ctx context.Context, applianceID, running, pending string) error {
	return s.prescribe(ctx, applianceID, running, pending)
}

func (s *ConfigsService) prescribe(ctx context.Context, applianceID, running, commit string) error {
	head := HeadCommit{Commit: running, PrescribedCommit: commit}
	err := send(ctx, s.rest, headOp(applianceID, head).Require("prescribed_commit", commit))
	refusal, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || refusal.Attempts < 2 || refusal.Status != http.StatusNotFound && refusal.Status != http.StatusConflict {
		return err
	}
	now, lookErr := s.GetHead(ctx, applianceID)
	if lookErr == nil && (now.PrescribedCommit == commit || now.PrescribedCommit == "" && now.Commit == commit) {
		return nil
	}
	return err
}

func headOp(applianceID string, head HeadCommit) *rest.Op {
	return rest.PUT("/api/v1/sa/{device_id}/configs/HEAD", applianceID).Require("commit", head.Commit).JSON(head)
}

// ListCommits returns the commits of an appliance of the last 30 days, the newest, which is the current configuration,
// first.
//
// GET /api/v1/sa/{device_id}/configs/commits
func (s *ConfigsService) ListCommits(ctx context.Context, applianceID string) ([]Commit, error) {
	return items[Commit](ctx, s.rest, rest.GET("/api/v1/sa/{device_id}/configs/commits", applianceID))
}

// Diff compares two commits, block by block. Without from it returns every block of to.
//
// GET /api/v1/sa/configs/commits/diff
func (s *ConfigsService) Diff(ctx context.Context, from, to string) ([]BlockTypeDiff, error) {
	return items[BlockTypeDiff](ctx, s.rest,
		rest.GET("/api/v1/sa/configs/commits/diff").Param("from", from).Param("to", to).Require("to", to))
}

// HeadCommit is what an appliance runs and is to run.
type HeadCommit struct {
	Commit           string `json:"commit"`
	PrescribedCommit string `json:"prescribed_commit,omitzero"` // "": nothing is prescribed, the appliance is in sync
}

// Commit is a row of an appliance's history.
type Commit struct {
	ID   string            `json:"id"`
	Date secureaccess.Time `json:"date"`
}

// BlockTypeDiff is what changed in blocks of one type.
type BlockTypeDiff struct {
	Type   string        `json:"type"` // "user-roles.user-role"
	Blocks []BlockChange `json:"blocks"`
}

// BlockChange is a changed block. Blocks are compared by their content.
type BlockChange struct {
	Change BlockChangeKind `json:"change"`
	Title  string          `json:"title"`
	From   *BlockVersion   `json:"from"` // nil for an added block
	To     *BlockVersion   `json:"to"`   // nil for a deleted one
}

// BlockVersion is a block before or after a change.
type BlockVersion struct {
	ID          string            `json:"id"`
	Date        secureaccess.Time `json:"date"`
	ContentID   string            `json:"content_id"`
	ContentSize int64             `json:"content_size"` // bytes
}

// BlockChangeKind is what happened to a block.
type BlockChangeKind string

// Values of BlockChangeKind.
const (
	BlockChangeKindModified BlockChangeKind = "modified"
	BlockChangeKindAdded    BlockChangeKind = "added"
	BlockChangeKindDeleted  BlockChangeKind = "deleted"
)
