package pulseone

import (
	"context"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AFWDomainsService enrolls the customer's domain with Android for Work. Refusals of Google's are passed through under a
// status of 400 to 409. Document: AFW - Domains.
type AFWDomainsService struct {
	rest   *rest.Client
	public *rest.Client // the same base, unsigned
}

// Enroll enrolls a Google domain, with the token that the customer got from Google.
//
// POST /api/v1/afw/domains
//
// It spends the token: the call is never retried. The domain properties afw_enterprise_id and others say what came of it.
func (s *AFWDomainsService) Enroll(ctx context.Context, token secureaccess.Secret) error {
	body := struct {
		Token secureaccess.Secret `json:"token"`
	}{token}
	return send(ctx, s.rest, rest.POST("/api/v1/afw/domains").JSON(body).Require("token", token.Reveal()).Once())
}

// Unenroll ends the enrollment of the domain. A domain that is not enrolled is [secureaccess.ErrNotFound].
//
// DELETE /api/v1/afw/domain
func (s *AFWDomainsService) Unenroll(ctx context.Context) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/afw/domain"))
}

// CreateSignupURL begins the set-up of an enterprise with managed accounts: it returns where to send the browser of the
// administrator, who is sent to next, a page of the console, at the end.
//
// POST /api/v1/afw/domains/signup-url
//
// It probably voids URLs that were given before: the call is never retried.
func (s *AFWDomainsService) CreateSignupURL(ctx context.Context, next string) (*BrowserURL, error) {
	return rest.Do[BrowserURL](ctx, s.rest, rest.POST("/api/v1/afw/domains/signup-url").JSON(nextPage{next}).Require("next", next).Once().BringsSecrets())
}

// SignupCallback does what the browser of the administrator does at the end of the sign-up: Google sends it to this
// operation. The result is where it goes from there, and is not followed.
//
// GET /api/v1/afw/domains/signup-callback?enterpriseToken=&token_id=
//
// The tokens are all the authentication there is, and are spent: the call is not signed and never retried. A client made
// with a password signs in all the same, where it has not yet, to learn where the API is.
func (s *AFWDomainsService) SignupCallback(ctx context.Context, enterpriseToken, tokenID secureaccess.Secret) (*secureaccess.Redirect, error) {
	op := rest.GET("/api/v1/afw/domains/signup-callback").
		Param("enterpriseToken", enterpriseToken.Reveal()).Param("token_id", tokenID.Reveal()).Conceal(enterpriseToken, tokenID).
		Require("enterpriseToken", enterpriseToken.Reveal()).Require("token_id", tokenID.Reveal())
	return callback(ctx, s.public, op)
}

// CreateAppPublishingDelegationURL returns where to send the browser of the administrator to delegate the publishing of
// custom apps, who is sent to next, a page of the console, at the end.
//
// POST /api/v1/afw/domains/app-publishing-delegation-url
//
// Document: Google Play Store Custom App delegation API.
func (s *AFWDomainsService) CreateAppPublishingDelegationURL(ctx context.Context, next string) (*BrowserURL, error) {
	op := rest.POST("/api/v1/afw/domains/app-publishing-delegation-url").JSON(nextPage{next}).Require("next", next)
	return rest.Do[BrowserURL](ctx, s.rest, op.BringsSecrets())
}

// CustomAppDelegationCallback does what the browser of the administrator does at the end of a delegation: Google sends
// it to this operation. The result is where it goes from there, and is not followed.
//
// GET /api/v1/afw/domains/custom-app-delegation-callback
//
// The call is not signed and never retried; see [AFWDomainsService.SignupCallback].
func (s *AFWDomainsService) CustomAppDelegationCallback(ctx context.Context, delegation AppDelegation) (*secureaccess.Redirect, error) {
	op := rest.GET("/api/v1/afw/domains/custom-app-delegation-callback").
		Param("developerAccount", delegation.DeveloperAccount).Param("developerAccountLink", delegation.DeveloperAccountLink).
		Param("t", delegation.Token.Reveal()).Conceal(delegation.Token).
		Require("developerAccount", delegation.DeveloperAccount).Require("developerAccountLink", delegation.DeveloperAccountLink)
	return callback(ctx, s.public, op)
}

// GetDPCToken returns what to enter as the account on a device that is set up, to install the client that owns the
// device: "afw#" and an identifier.
//
// GET /api/v1/afw/dpc-token
func (s *AFWDomainsService) GetDPCToken(ctx context.Context) (*DPCToken, error) {
	return rest.Do[DPCToken](ctx, s.rest, rest.GET("/api/v1/afw/dpc-token"))
}

// callback carries out an operation whose result is a redirect. A diagram of the document has 301, the text 303.
func callback(ctx context.Context, c *rest.Client, op *rest.Op) (*secureaccess.Redirect, error) {
	return rest.Redirect(ctx, c, op.Only(http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther).Once())
}

type nextPage struct {
	Next string `json:"next"`
}

// BrowserURL is where to send the browser of an administrator. It is as Google gave it: some hold characters that URLs
// do not have.
type BrowserURL struct {
	URL string `json:"url" alias:"setup_url"`
}

// AppDelegation is what Google says at the end of a delegation.
type AppDelegation struct {
	DeveloperAccount     string              // its id
	DeveloperAccountLink string              // a link to its page
	Token                secureaccess.Secret // in the URL that Google was given, by a diagram of the document; may be empty
}

// DPCToken installs the client that owns a device.
type DPCToken struct {
	Token string `json:"token"`
}
