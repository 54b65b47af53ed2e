package sps

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SupportBundlesService has the appliance collect what support asks for: logs and settings in one archive. It needs no
// transaction.
type SupportBundlesService struct {
	client *Client
	rest   *rest.Client
}

// List lists the jobs that there are.
//
// GET /api/troubleshooting/support-bundle
func (s *SupportBundlesService) List(ctx context.Context) (*Collection[SupportBundle], error) {
	return checked(ctx, s.client, rest.GET(supportBundles), (*Collection[SupportBundle]).check)
}

// Get tells how far a job is.
//
// GET /api/troubleshooting/support-bundle/{job_id}
func (s *SupportBundlesService) Get(ctx context.Context, job string) (*Object[SupportBundle], error) {
	return read[SupportBundle](ctx, s.client, rest.GET(supportBundles+"/{job_id}", job))
}

// Create begins a job. The Key of the result is its id.
//
// POST /api/troubleshooting/support-bundle
func (s *SupportBundlesService) Create(ctx context.Context) (*Written, error) {
	return checked(ctx, s.client, rest.POST(supportBundles), (*Written).check)
}

// Delete removes a job and its archive. A job that is not finished yet is canceled.
//
// DELETE /api/troubleshooting/support-bundle/{job_id}
func (s *SupportBundlesService) Delete(ctx context.Context, job string) error {
	return rest.Send(ctx, s.rest, rest.DELETE(supportBundles+"/{job_id}", job))
}

// Wait polls until a job is finished. It fails with [ErrSupportBundleFailed] when the job does.
//
// GET /api/troubleshooting/support-bundle/{job_id}
func (s *SupportBundlesService) Wait(ctx context.Context, job string, opts *secureaccess.WaitOptions) (*Object[SupportBundle], error) {
	return rest.Poll(ctx, s.rest.Clock(), opts, "support bundle "+job, func(ctx context.Context) (*Object[SupportBundle], string, bool, error) {
		bundle, err := s.Get(ctx, job)
		if err != nil {
			return nil, "", false, err
		}
		switch status := bundle.Body.Status; status {
		case SupportBundleStatusFinished:
			return bundle, string(status), true, nil
		case "failed", "error":
			return bundle, string(status), false, &secureaccess.Error{
				Operation: secureaccess.Operation{Product: product, Method: http.MethodGet, Path: supportBundles + "/{job_id}"},
				Object:    job, Status: http.StatusOK, Attempts: 1, Err: ErrSupportBundleFailed,
			}
		default:
			return bundle, string(status), false, nil
		}
	})
}

// Download fetches the archive of a finished job.
//
// GET /api/troubleshooting/support-bundle/{job_id}/download
func (s *SupportBundlesService) Download(ctx context.Context, job string) (*secureaccess.Download, error) {
	op := rest.GET(supportBundles+"/{job_id}/download", job)
	return rest.Fetch(ctx, s.rest, op.Accept(octetStream))
}

const supportBundles = "/api/troubleshooting/support-bundle"

// ErrSupportBundleFailed says that a job failed.
var ErrSupportBundleFailed = errors.New("the job failed")

// SupportBundleStatus is how far a job is. Public sources name the last of the states; "failed" and "error" are taken
// for failures.
type SupportBundleStatus string

// SupportBundleStatusFinished is the state of a job whose archive is ready.
const SupportBundleStatusFinished SupportBundleStatus = "finished"

// SupportBundle is a job.
type SupportBundle struct {
	Status SupportBundleStatus `json:"status"`

	Extra secureaccess.Extra `json:",embed"`
}
