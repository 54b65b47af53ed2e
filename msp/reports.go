package msp

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ReportsService makes, keeps and hands out usage reports. Each is over all tenants of the provider.
type ReportsService struct {
	rest    *rest.Client
	content *rest.Client
}

const (
	reportsPath     = "/api/msp/reports/usage"
	downloadURLPath = "/api/msp/reports/usage/{report_id}/download-url"
)

// List returns one page of the reports made so far, 20 by default.
//
// GET /api/msp/reports/usage
//
// Document: Retrieving the list of Usage Reports.
func (s *ReportsService) List(ctx context.Context, opts *PageOptions) (*secureaccess.Page[Report], error) {
	return listed[secureaccess.Page[Report]](ctx, s.rest, opts.on(rest.GET(reportsPath)), "items")
}

// All iterates over the reports made so far, page by page as it is read. Start is where it begins, Limit the size of a
// page. A report that a list shows twice because it changes during iteration comes once. It ends with
// [secureaccess.ErrListIncomplete] when the portal announced more reports than it gave.
//
// GET /api/msp/reports/usage
func (s *ReportsService) All(ctx context.Context, opts *PageOptions) iter.Seq2[Report, error] {
	return all(ctx, opts, func(r *Report) string { return r.ID }, s.List)
}

// Create makes a report over all tenants.
//
// POST /api/msp/reports/usage
//
// Document: Generating a new usage summary report.
func (s *ReportsService) Create(ctx context.Context) (*Report, error) {
	return rest.Checked(ctx, s.rest, rest.POST(reportsPath), func(r *Report, _ http.Header) error { return identified(r.ID) })
}

// Delete deletes reports. When some of them remain it fails with a *[NotDeletedError] that names them; the portal says
// so with status 200, and that all are gone with 204.
//
// DELETE /api/msp/reports/usage
//
// All ids go into one URL: hundreds at a time, not thousands. After a broken connection the deletion is repeated, and
// what the first attempt deleted may then be named as not deleted. Document: Deleting a list of Usage Reports.
func (s *ReportsService) Delete(ctx context.Context, ids ...string) error {
	op := rest.DELETE(reportsPath).Param("report_ids", strings.Join(ids, ",")).Only(http.StatusNoContent)
	op.RequireEach("report_ids", ids)
	for _, id := range ids {
		if strings.Contains(id, ",") {
			op.Refuse(&secureaccess.ArgumentError{Argument: "report_ids", Reason: "has a comma in an id"})
		}
	}
	return rest.Send(ctx, s.rest, op)
}

// DownloadURL returns the address that a report can be downloaded from. Keep it like a secret: such addresses serve
// whoever knows them. [ReportsService.DownloadReport] follows it.
//
// GET /api/msp/reports/usage/{report_id}/download-url
//
// Document: Obtaining the URL to Download a Usage Report.
func (s *ReportsService) DownloadURL(ctx context.Context, id string) (string, error) {
	result, err := rest.Do[struct {
		URL string `json:"url"`
	}](ctx, s.rest, rest.GET(downloadURLPath, id).BringsSecrets())
	if err != nil {
		return "", err
	}
	if result.URL == "" {
		return "", &secureaccess.Error{
			Operation: secureaccess.Operation{Product: product, Method: http.MethodGet, Path: downloadURLPath},
			Status:    http.StatusOK, Attempts: 1,
			Err: fmt.Errorf("%w: it holds no url", secureaccess.ErrBadResponse),
		}
	}
	return result.URL, nil
}

// DownloadReport asks for a report's address and returns what is there, as it is read. The caller closes it.
//
// GET /api/msp/reports/usage/{report_id}/download-url
//
// The content may lie with another host than the portal; the DSID does not go there, and https is not left for http.
// The document does not say what a report looks like.
func (s *ReportsService) DownloadReport(ctx context.Context, id string) (*secureaccess.Download, error) {
	address, err := s.DownloadURL(ctx, id)
	if err != nil {
		return nil, err
	}
	return rest.Fetch(ctx, s.content, rest.GET(downloadURLPath, id).FollowAnywhere(address).Conceal(signatures(address)...).Accept(""))
}

// signatures returns the values of an address's query: what a storage repeats in its refusals.
func signatures(address string) []secureaccess.Secret {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	var secrets []secureaccess.Secret
	for _, values := range u.Query() {
		for _, value := range values {
			secrets = append(secrets, secureaccess.NewSecret(value))
		}
	}
	return secrets
}

// Report is a usage report.
type Report struct {
	ID       string            `json:"id"`
	FileName string            `json:"file_name"`
	Created  secureaccess.Time `json:"created,omitzero"`
}
