package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/open"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// HostCheckerService tells with what the host checker checks.
type HostCheckerService struct{ rest *rest.Client }

// ESAP returns the versions of the endpoint security assessment plug-in on the appliance. Without opts it asks as the
// document does: expanded, and without the packages themselves, which are large.
//
// GET /api/v1/configuration/authentication/endpoint/host-checker/esaps
//
// Document: Getting Config Without Ivanti Packages (ESAP and Client Packages).
func (s *HostCheckerService) ESAP(ctx context.Context, opts *ConfigurationOptions) (*ESAPConfiguration, error) {
	if opts == nil {
		opts = &ConfigurationOptions{Expand: true, ExcludePackages: true}
	}
	op := rest.GET("/api/v1/configuration/authentication/endpoint/host-checker/esaps")
	return read[ESAPConfiguration](ctx, s.rest, opts.apply(op))
}

// ESAPConfiguration says which versions of the plug-in are there and which is in use.
type ESAPConfiguration struct {
	ActiveVersion    string                  `json:"active-version"`
	DefaultVersion   string                  `json:"default-version"` // the one that came with the release
	Versions         []ESAPVersion           `json:"esap"`
	ForceSameVersion secureaccess.QuotedBool `json:"force-same-esap"`
	OPSWATSDKVersion string                  `json:"opswat-sdk-version"`
	Extra            Extra                   `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (c *ESAPConfiguration) UnmarshalJSON(data []byte) error {
	type plain ESAPConfiguration
	return openInto(data, (*plain)(c), &c.Extra)
}

// MarshalJSON writes the fields and Extra.
func (c ESAPConfiguration) MarshalJSON() ([]byte, error) {
	type plain ESAPConfiguration
	return open.Encode(plain(c), c.Extra)
}

// ESAPVersion is a version of the plug-in. Its times are words of the appliance's, such as
// "Sun 17 Mar 2019 23:54:12 PDT": the abbreviation of a zone is not enough to tell the instant.
type ESAPVersion struct {
	Version       string `json:"esap-version"`
	LastActivated string `json:"last-activated-time"` // or "Never"
	Uploaded      string `json:"upload-time"`
}
