package pulseone

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// DomainsService manages the customers of a Pulse One, each of which has a domain. Document: Domains Info, Email Domains.
//
// List, All and Recover are for its provider, whose host is another one, such as "https://mgmt.pulseone.net", and the
// session cookie of a customer's console does not go there: they need a client of their own, made with the base URL of
// that host. How one signs in there is not documented; the client does so as at a console.
type DomainsService struct {
	rest *rest.Client
	open *rest.Client // the same base, without a session
}

// List returns one page of the domains, 10 of them unless opts say otherwise, and at most 500.
//
// GET /domains
//
// It is an operation of the provider's host, see [DomainsService]. Whether Total counts all domains or those of the page
// is not documented. Document: Getting A List Of Domains.
func (s *DomainsService) List(ctx context.Context, opts *DomainListOptions) (*secureaccess.Page[ManagedDomain], error) {
	op := rest.GET("/domains")
	if opts != nil && opts.Deleted {
		op.Param("deleted", "True") // any other spelling, "true" too, asks for those that are not
	}
	return list[ManagedDomain](ctx, s.rest, op, opts, mostDomains)
}

// All iterates over the domains, 100 at a time unless opts say otherwise, and shows none twice.
//
// GET /domains
//
// It goes on until a page brings nothing new, whatever the total says and however short the pages are.
func (s *DomainsService) All(ctx context.Context, opts *DomainListOptions) iter.Seq2[ManagedDomain, error] {
	return uncounted(ctx, opts, func(d *ManagedDomain) string { return numericID(d.ID) }, s.List)
}

// Recover brings back a domain that was deleted, as long as its data is there: a month, unless the provider set another
// time.
//
// POST /domains/{domain_id}/recover
//
// It is an operation of the provider's host, see [DomainsService]. A domain that is not there is
// [secureaccess.ErrNotFound]. Document: Recover a deleted domain.
func (s *DomainsService) Recover(ctx context.Context, id int64) error {
	return send(ctx, s.rest, rest.POST("/domains/{domain_id}/recover", numericID(id)))
}

// UnenrollAFW ends the enrollment of a domain with Android for Work, from the console. [AFWDomainsService.Unenroll] does
// so for the caller's own domain.
//
// POST /api/domains/{domain_id}/afw/unenroll
//
// It needs a client made with [Password] or [PasswordFrom]. Document: Un-enroll Google AFW domain.
func (s *DomainsService) UnenrollAFW(ctx context.Context, id int64) error {
	op := rest.POST("/api/domains/{domain_id}/afw/unenroll", numericID(id)).RefusedIf(refused)
	_, err := rest.Do[outcome](ctx, s.rest, op.MayBeEmpty())
	return err
}

// Lookup returns which customer an email domain belongs to: "example.com" for the users whose addresses end in
// "@example.com". It asks the host of the client's base URL, and neither signs in nor signs.
//
// GET /api/v1/info/domain/lookup?email_domain=
//
// An email domain of no customer's is [secureaccess.ErrNotFound]. Document: Customer Domain Lookup.
func (s *DomainsService) Lookup(ctx context.Context, emailDomain string) (*DomainInfo, error) {
	op := rest.GET("/api/v1/info/domain/lookup").Param("email_domain", emailDomain).Require("email_domain", emailDomain)
	return rest.Do[DomainInfo](ctx, s.open, op)
}

// mostDomains is the documented upper bound of a page of domains.
const mostDomains = 500

// DomainListOptions choose domains.
type DomainListOptions struct {
	PageOptions
	Name    string `url:"q,omitempty"` // those whose names match
	Deleted bool   `url:"-"`           // those marked as deleted, in place of the others
}

// ManagedDomain is a customer's domain as the provider sees it.
type ManagedDomain struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	DBName     string `json:"db_name,omitzero"`
	DBUsername string `json:"db_username,omitzero"`
	Provider   string `json:"provider,omitzero" alias:"provider_name"` // its host name
}

// DomainInfo is where a customer's console is.
type DomainInfo struct {
	Name string `json:"name"` // host name
	URL  string `json:"url"`
}
