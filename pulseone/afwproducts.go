package pulseone

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AFWProductsService searches and approves products of the managed Google Play store. Document: AFW - Products Approval /
// Search / Lookup.
type AFWProductsService struct{ rest *rest.Client }

// List returns one page of the products that match search, 10 of them unless opts say otherwise.
//
// GET /api/v1/afw/products
//
// A page has at most 100 products.
func (s *AFWProductsService) List(ctx context.Context, search string, opts *AFWProductListOptions) (*secureaccess.Page[StoreApp], error) {
	op := rest.GET("/api/v1/afw/products").Param("q", search).Require("search", search)
	return list[StoreApp](ctx, s.rest, op, opts, pageSize)
}

// All iterates over the products that match search, 100 at a time unless opts say less, and shows none twice.
//
// GET /api/v1/afw/products
func (s *AFWProductsService) All(ctx context.Context, search string, opts *AFWProductListOptions) iter.Seq2[StoreApp, error] {
	return all(ctx, opts, storeAppKey, func(ctx context.Context, opts *AFWProductListOptions) (*secureaccess.Page[StoreApp], error) {
		return s.List(ctx, search, opts)
	})
}

// GenerateApprovalURL returns a URL that shows, in a frame, the permissions to accept for a product.
//
// POST /api/v1/afw/products/{product_id}/generate-approval-url
//
// The URL approves once, within 24 hours: the call is never retried. For a product that was approved and asks for no
// new permissions there is none, and URL is empty.
func (s *AFWProductsService) GenerateApprovalURL(ctx context.Context, productID string) (*ApprovalURL, error) {
	op := rest.POST("/api/v1/afw/products/{product_id}/generate-approval-url", productID)
	return rest.Do[ApprovalURL](ctx, s.rest, op.Once().MayBeEmptyObject().BringsSecrets())
}

// Approve approves a product with the permissions that a URL of [AFWProductsService.GenerateApprovalURL] shows.
//
// POST /api/v1/afw/products/{product_id}/approve
//
// It spends the URL: the call is never retried.
func (s *AFWProductsService) Approve(ctx context.Context, productID, approvalURL string, opts *AFWApproveOptions) error {
	body := ApprovalURL{URL: approvalURL}
	op := rest.POST("/api/v1/afw/products/{product_id}/approve", productID).JSON(body).Require("approval_url", approvalURL)
	if opts != nil {
		op.Query(opts)
	}
	return send(ctx, s.rest, op.Conceal(secureaccess.NewSecret(approvalURL)).Once())
}

// ApprovalURL is a URL that shows permissions and approves them.
type ApprovalURL struct {
	URL string `json:"url"`
}

// AFWProductListOptions choose products.
type AFWProductListOptions struct{ PageOptions }

// AFWApproveOptions say what an approval is for.
type AFWApproveOptions struct {
	// Forever accepts the permissions that the product will ask for later as well; false accepts those of today. Nil
	// leaves it to the server.
	Forever *bool `url:"approve_forever,omitempty"`
}
