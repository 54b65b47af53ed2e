package workspace

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// there refuses a result without the one member that it is for.
func there(member, value string) error {
	if value == "" {
		return errors.New("it has no " + member)
	}
	return nil
}

// profileType is the media type of a configuration profile.
const profileType = "application/x-apple-aspen-config"

// CreateEnrollmentURL makes a temporary token for the workspace, and returns the URL to open in Safari with it.
//
// POST /api/v1/ios/enrollment-url
//
// Document: iOS Enrollment APIs, Get enrollment URL.
func (c *IOS) CreateEnrollmentURL(ctx context.Context) (*EnrollmentURL, error) {
	op := rest.POST("/api/v1/ios/enrollment-url").BringsSecrets()
	return rest.Checked(ctx, c.rest, op, func(u *EnrollmentURL, _ http.Header) (err error) {
		u.URL, err = absolute(u.URL, c.base)
		return err
	})
}

// DownloadProfileService downloads the payload that tells iOS which facts of the device to send where, a signed
// property list. It does what Safari does with an enrollment URL.
//
// GET /api/v1/ios/enroll?t=
//
// The token is all the authentication there is. The call is never retried, and a bad token is
// [secureaccess.ErrBadRequest].
//
// Document: iOS Enrollment APIs, GET Profile Service payload.
func (c *Public) DownloadProfileService(ctx context.Context, token secureaccess.Secret) (*secureaccess.Download, error) {
	return c.profile(ctx, with("t", token, rest.GET("/api/v1/ios/enroll")))
}

// DownloadConfigurationProfile sends what iOS says of the device and downloads what it is to install, a signed property
// list. Two calls belong to one enrollment: the first one brings the configuration for the certificate of the device,
// the second one that for its management.
//
// POST /api/v1/ios/profile?t=
//
// The token is all the authentication there is. The call is never retried. A bad token is [secureaccess.ErrForbidden], a
// media type that the server does not take has status 415, and a domain without an MDM push certificate is
// [pulseone.CodeMDMPushCertificateNotConfigured].
//
// Document: iOS Enrollment APIs, Certificate Configuration Payload and MDM Configuration Payload.
func (c *Public) DownloadConfigurationProfile(ctx context.Context, token secureaccess.Secret, facts DeviceFacts) (*secureaccess.Download, error) {
	op := with("t", token, rest.POST("/api/v1/ios/profile"))
	if len(facts.Data) > 0 {
		op.Bytes(facts.ContentType, facts.Data).Require("ContentType", facts.ContentType).
			Refuse(carried("ContentType", facts.ContentType, ""))
	}
	return c.profile(ctx, op)
}

// profile gets a profile. A page in its place comes from something in between.
func (c *Public) profile(ctx context.Context, op *rest.Op) (*secureaccess.Download, error) {
	return rest.Fetch(ctx, c.rest, op.Accept(profileType).Once().RefusedIf(json.IsHTML))
}

// EnrollmentURL is a URL that enrolls a device, once.
type EnrollmentURL struct {
	URL secureaccess.Secret `json:"enrollment_url"`
}

// Server returns what [NewPublic] takes to do with the URL what Safari does: all of it before /api/v1; "" for what is no
// URL.
func (u EnrollmentURL) Server() string { return serverOf(u.URL) }

// Token returns the temporary token in the URL, empty for what is no URL.
func (u EnrollmentURL) Token() secureaccess.Secret { return parameterOf(u.URL, "t") }

// DeviceFacts is what iOS says of a device, as it says it. Its form is Apple's.
type DeviceFacts struct {
	ContentType string
	Data        []byte // empty: nothing is sent
}

// absolute returns what a server names as the URL of a page. A path is one of the API's, as all others, so that it goes
// below the whole of the base.
func absolute(named secureaccess.Secret, base *url.URL) (secureaccess.Secret, error) {
	text := named.Reveal()
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
		text = strings.TrimRight(base.String(), "/") + text
	}
	link, err := url.Parse(text)
	if err != nil || text == "" {
		return secureaccess.Secret{}, errors.New("it has no URL")
	}
	if link = base.ResolveReference(link); link.Host == "" || link.Scheme != "https" && link.Scheme != "http" {
		return secureaccess.Secret{}, errors.New("what it has is no URL of a page")
	}
	return secureaccess.NewSecret(link.String()), nil
}

func serverOf(link secureaccess.Secret) string {
	u, err := url.Parse(link.Reveal())
	if err != nil || u.Host == "" {
		return ""
	}
	path, _, _ := strings.Cut(u.EscapedPath(), "/api/v1/")
	return u.Scheme + "://" + u.Host + strings.TrimRight(path, "/")
}

func parameterOf(link secureaccess.Secret, name string) secureaccess.Secret {
	u, err := url.Parse(link.Reveal())
	if err != nil {
		return secureaccess.Secret{}
	}
	return secureaccess.NewSecret(u.Query().Get(name))
}
