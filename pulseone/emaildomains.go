package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// EmailDomainsService manages the email domains of a customer: who has an address in one of them may register a
// workspace. Nothing documented adds one. Its operations are the console's, and need a client made with [Password] or
// [PasswordFrom]. Document: Email Domains.
type EmailDomainsService struct{ rest *rest.Client }

// List returns the email domains of a customer's domain, whose id [Client.User] has. The server does not page.
//
// GET /api/domains/{domain_id}/email-domains
//
// Document: Getting A List Of Email Domains.
func (s *EmailDomainsService) List(ctx context.Context, domainID int64) ([]EmailDomain, error) {
	return items[EmailDomain](ctx, s.rest, rest.GET("/api/domains/{domain_id}/email-domains", numericID(domainID)))
}

// Get returns one email domain.
//
// GET /api/domains/{domain_id}/email-domains/{email_domain_id}
//
// Document: Getting An Email Domain.
func (s *EmailDomainsService) Get(ctx context.Context, domainID int64, id string) (*EmailDomain, error) {
	return rest.Do[EmailDomain](ctx, s.rest, rest.GET("/api/domains/{domain_id}/email-domains/{email_domain_id}", numericID(domainID), id))
}

// Delete removes an email domain.
//
// DELETE /api/domains/{domain_id}/email-domains/{email_domain_id}
//
// Document: Deleting An Email Domain.
func (s *EmailDomainsService) Delete(ctx context.Context, domainID int64, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/domains/{domain_id}/email-domains/{email_domain_id}", numericID(domainID), id))
}

// EmailDomain is the part behind the @ of email addresses.
type EmailDomain struct {
	ID          string            `json:"id"`
	EmailDomain string            `json:"email_domain"`
	DomainID    int64             `json:"domain_id,omitzero"` // the customer's
	Created     secureaccess.Time `json:"created,omitzero"`
}
