package msp

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// TenantsService manages the tenants of the provider.
type TenantsService struct{ rest *rest.Client }

const tenantsPath = "/api/msp/tenants"

// List returns one page of the provider's tenants, 20 by default, with the provider's counters.
//
// GET /api/msp/tenants
//
// Document: Retrieving a list of Tenants.
func (s *TenantsService) List(ctx context.Context, opts *PageOptions) (*TenantPage, error) {
	return listed[TenantPage](ctx, s.rest, opts.on(rest.GET(tenantsPath)), "tenants")
}

// All iterates over the provider's tenants, page by page as it is read. Start is where it begins, Limit the size of a
// page. A tenant that a list shows twice because it changes during iteration comes once. It ends with
// [secureaccess.ErrListIncomplete] when the portal announced more tenants than it gave.
//
// GET /api/msp/tenants
func (s *TenantsService) All(ctx context.Context, opts *PageOptions) iter.Seq2[Tenant, error] {
	return all(ctx, opts, func(t *Tenant) string { return strings.ToLower(t.SubDomain) },
		func(ctx context.Context, opts *PageOptions) (*secureaccess.Page[Tenant], error) {
			page, err := s.List(ctx, opts)
			if err != nil {
				return nil, err
			}
			return &secureaccess.Page[Tenant]{Items: page.Items, Total: page.Total}, nil
		})
}

// Create asks for a new tenant. It is set up after the call returns: see [TenantsService.WaitActive].
//
// POST /api/msp/tenants
//
// The portal refuses when the provider has as many tenants as it may; see [TenantsService.RequestCapIncrease]. A
// response other than the documented 202 is an error, whatever its status. Document: Adding a Tenant.
func (s *TenantsService) Create(ctx context.Context, tenant TenantCreate) error {
	return rest.Send(ctx, s.rest, rest.POST(tenantsPath).JSON(tenant).Require("sub_domain", tenant.SubDomain).Only(http.StatusAccepted))
}

// Update changes a tenant's name or subscriptions and returns them as they are then.
//
// PUT /api/msp/tenants/{tenant_id}
//
// No documented response holds the id that this takes; where a portal sends one all the same, [Tenant.ID] has it.
// Document: Editing a Tenant Configuration.
func (s *TenantsService) Update(ctx context.Context, id string, update TenantUpdate) (*TenantConfig, error) {
	return rest.Do[TenantConfig](ctx, s.rest, rest.PUT("/api/msp/tenants/{tenant_id}", id).JSON(update))
}

// RequestCapIncrease asks the vendor to let the provider have more tenants, and returns the id of the request. How
// many cannot be said.
//
// POST /api/msp/tenants/requests/tenant-cap-limit
//
// Document: Creating a Request to Increase the Tenant Limit.
func (s *TenantsService) RequestCapIncrease(ctx context.Context) (string, error) {
	type capRequest struct {
		ID string `json:"id"`
	}
	request, err := rest.Checked(ctx, s.rest, rest.POST("/api/msp/tenants/requests/tenant-cap-limit"), func(r *capRequest, _ http.Header) error {
		return identified(r.ID)
	})
	if err != nil {
		return "", err
	}
	return request.ID, nil
}

// WaitActive polls the list until the tenant of that subdomain is active, and returns it. A tenant that is not in the
// list yet is waited for, and reported as "not listed"; one that is blocked is a *[TenantBlockedError].
//
// GET /api/msp/tenants
func (s *TenantsService) WaitActive(ctx context.Context, subDomain string, opts *secureaccess.WaitOptions) (*Tenant, error) {
	operation := secureaccess.Operation{Product: product, Method: http.MethodGet, Path: tenantsPath}
	if subDomain == "" {
		return nil, &secureaccess.ArgumentError{Operation: operation, Argument: "sub_domain", Reason: "is empty"}
	}
	probe := func(ctx context.Context) (*Tenant, string, bool, error) {
		for tenant, err := range s.All(ctx, nil) {
			switch {
			case err != nil:
				return nil, "", false, err
			case !strings.EqualFold(tenant.SubDomain, subDomain):
				continue
			case tenant.Status.is(TenantStatusBlocked):
				return nil, "", false, &secureaccess.Error{Operation: operation, Err: &TenantBlockedError{Tenant: tenant}}
			}
			return &tenant, plain(string(tenant.Status)), tenant.Status.is(TenantStatusActive), nil
		}
		return nil, "not listed", false, nil
	}
	return rest.Poll(ctx, s.rest.Clock(), opts, "tenant "+subDomain, probe)
}

// TenantBlockedError says that a tenant will not become active by waiting.
type TenantBlockedError struct{ Tenant Tenant }

// Error names the tenant.
func (e *TenantBlockedError) Error() string {
	return "tenant " + plain(e.Tenant.SubDomain) + " is blocked"
}

// Tenant is a tenant as it is listed.
type Tenant struct {
	SubDomain     string            `json:"sub_domain"`
	User          TenantAdmin       `json:"user"` // its first administrator
	Name          string            `json:"name"`
	Created       secureaccess.Time `json:"created,omitzero"`
	Subscriptions []Subscription    `json:"subscriptions,omitzero"`
	LoginURL      string            `json:"login_url"` // of its administration portal
	Status        TenantStatus      `json:"status"`

	// Extra holds what the portal sends beyond the document.
	Extra secureaccess.Extra `json:",embed"`
}

// ID returns the id that [TenantsService.Update] takes, if the portal has sent one: the document uses it and shows no
// response that holds it. It is looked for under "id" and "tenant_id".
func (t *Tenant) ID() string {
	for _, name := range []string{"id", "tenant_id"} {
		var id string
		if json.Unmarshal(t.Extra[name], &id) == nil && id != "" {
			return id
		}
	}
	return ""
}

// TenantStatus is the state of a tenant. The document lists no values; these are the ones that it counts.
type TenantStatus string

// Values of TenantStatus.
const (
	TenantStatusActive       TenantStatus = "active"
	TenantStatusBlocked      TenantStatus = "blocked"
	TenantStatusInitializing TenantStatus = "initializing" // being set up
)

func (s TenantStatus) is(other TenantStatus) bool {
	return strings.EqualFold(string(s), string(other))
}

// TenantAdmin is the first administrator of a tenant.
type TenantAdmin struct {
	Username string `json:"username,omitzero"`
	Email    string `json:"email,omitzero"` // to sign in with
}

// Subscription entitles a tenant to a product.
type Subscription struct {
	ID              string   `json:"id,omitzero"`
	DisplayName     string   `json:"display_name,omitzero"`
	Category        Category `json:"category,omitzero"`
	TotalUsers      int      `json:"total_users"`               // how many users there may be
	DisplayCategory string   `json:"display_category,omitzero"` // the product as the portal shows it

	// Extra holds what the portal sends beyond the document. It goes back with an update.
	Extra secureaccess.Extra `json:",embed"`
}

// Category is the product of a subscription.
type Category string

// Values of Category.
const (
	CategoryZTA Category = "ZTA" // zero trust access
	CategoryPCS Category = "PCS" // Connect Secure
)

// TenantCreate is a tenant to create.
type TenantCreate struct {
	SubDomain     string            `json:"sub_domain"`
	User          TenantAdmin       `json:"user,omitzero"`
	Name          string            `json:"name,omitzero"`
	Created       secureaccess.Time `json:"created,omitzero"` // documented; the portal is expected to set it
	Subscriptions []Subscription    `json:"subscriptions,omitzero"`
}

// TenantUpdate is what can be changed of a tenant. An empty name and nil subscriptions are not sent; subscriptions
// that are sent replace the list.
type TenantUpdate struct {
	Name          string         `json:"name,omitzero"`
	Subscriptions []Subscription `json:"subscriptions,omitzero"`
}

// TenantConfig is what can be changed of a tenant, as the portal has it after a change.
type TenantConfig struct {
	Name          string         `json:"name"`
	Subscriptions []Subscription `json:"subscriptions"`
}

// TenantPage is a page of tenants with the provider's counters, which are over all pages.
type TenantPage struct {
	Items    []Tenant    `json:"tenants"`
	Total    int         `json:"total"` // tenants of the provider
	Users    ActiveUsers `json:"users"`
	Stats    TenantStats `json:"tenant_stats"`
	CapLimit int         `json:"tenant_cap_limit"` // how many tenants the provider may have
}

// ActiveUsers counts active users by product.
type ActiveUsers struct {
	ZTA int `json:"ZTA"`
	PCS int `json:"PCS"`
}

// TenantStats counts tenants by state.
type TenantStats struct {
	Active       int `json:"active"`
	Blocked      int `json:"blocked"`
	Initializing int `json:"initializing"`
}
