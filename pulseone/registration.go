package pulseone

import (
	"context"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// RegistrationService begins the registration of workspaces, as a browser does. Its operations need no session, and the
// client does not sign in for them. Document: Console API - Registering.
type RegistrationService struct{ rest *rest.Client }

// Start returns where the browser of a user is sent to register a workspace: an app store, or what manages iOS devices.
// The result is not followed; many a location is no web page, such as "market://details?id=net.pulsesecure.workspace".
//
// GET /register
//
// The server goes by userAgent, the browser's: it looks for "Android", "iPad" or "iPhone" in it, and has no location for
// other devices, which cannot be registered; Location is empty then. The call is never retried. Document: Workspace
// Registration.
func (s *RegistrationService) Start(ctx context.Context, userAgent string) (*secureaccess.Redirect, error) {
	op := rest.GET("/register").Accept("*/*").Header("User-Agent", userAgent).Require("user_agent", userAgent)
	// The text has 200 with a location, the example 302.
	return rest.Redirect(ctx, s.rest, op.Only(http.StatusOK, http.StatusFound, http.StatusSeeOther).Once())
}

// ProvisionWorkspace asks for a workspace for the user with an email address, who is sent a PIN and a link there. That
// the call succeeds promises the attempt alone.
//
// POST /register/workspaces
//
// Each call may send an email: it is never retried. An address in no email domain of the customer is
// [secureaccess.ErrNotFound], as it seems. Document: Workspace Provisioning.
func (s *RegistrationService) ProvisionWorkspace(ctx context.Context, email string) error {
	op := rest.POST("/register/workspaces").Accept("text/html, application/xhtml+xml").
		Form(url.Values{"provision_email": {email}}).Require("email", email)
	_, err := rest.Text(ctx, s.rest, op.Once()) // a page for the user
	return err
}
