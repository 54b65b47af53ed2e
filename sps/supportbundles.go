package sps

import (
	"context"
	"errors"
	"fmt"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SupportBundlesService has the appliance collect what support asks for: logs and settings in one archive. It needs no
// transaction.
type SupportBundlesService struct {
	client *Client
	rest   *rest.Client
}

// Get tells how far a job is.
//
// GET /api/troubleshooting/support-bundle/{job_id}
func (s *SupportBundlesService) Get(ctx context.Context, job string) (*Object[SupportBundle], error) {
	return read[SupportBundle](ctx, s.client, rest.GET("/api/troubleshooting/support-bundle/{job_id}", job))
}

// Create begins a job and returns its id.
//
// POST /api/troubleshooting/support-bundle
func (s *SupportBundlesService) Create(ctx context.Context) (job string, err error) {
	written, err := rest.Do[Written](ctx, s.rest, rest.POST("/api/troubleshooting/support-bundle"))
	if err != nil {
		return "", err
	}
	if written.Key == "" {
		return "", fmt.Errorf("sps: %w: the answer has no key", secureaccess.ErrBadResponse)
	}
	return written.Key, nil
}

// Delete removes a job and its archive.
//
// DELETE /api/troubleshooting/support-bundle/{job_id}
func (s *SupportBundlesService) Delete(ctx context.Context, job string) error {
	return rest.Send(ctx, s.rest, rest.DELETE("/api/troubleshooting/support-bundle/{job_id}", job))
}

// Wait polls until a job is finished. It fails with [ErrSupportBundleFailed] when the job does.
func (s *SupportBundlesService) Wait(ctx context.Context, job string, opts *secureaccess.WaitOptions) (*Object[SupportBundle], error) {
	return rest.Poll(ctx, s.rest.Clock(), opts, func(ctx context.Context) (*Object[SupportBundle], bool, error) {
		bundle, err := s.Get(ctx, job)
		if err != nil {
			return nil, false, err
		}
		switch bundle.Body.Status {
		case SupportBundleFinished:
			return bundle, true, nil
		case "failed", "error":
			return bundle, false, fmt.Errorf("sps: support bundle %s: %w: %s", job, ErrSupportBundleFailed, bundle.Body.Status)
		}
		return bundle, false, nil
	})
}

// Download fetches the archive of a finished job.
//
// GET /api/troubleshooting/support-bundle/{job_id}/download
func (s *SupportBundlesService) Download(ctx context.Context, job string) (*secureaccess.Download, error) {
	op := rest.GET("/api/troubleshooting/support-bundle/{job_id}/download", job)
	return rest.Fetch(ctx, s.rest, op.Accept(octetStream))
}

// ErrSupportBundleFailed says that a job failed.
var ErrSupportBundleFailed = errors.New("the job failed")

// SupportBundleStatus is how far a job is. Public sources name the last of the states; "failed" and "error" are taken
// for failures.
type SupportBundleStatus string

// SupportBundleFinished is the state of a job whose archive is ready.
const SupportBundleFinished SupportBundleStatus = "finished"

// SupportBundle is a job.
type SupportBundle struct {
	Status SupportBundleStatus `json:"status"`
}
