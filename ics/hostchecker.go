package ics

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// HostCheckerService manages the policies of the host checker, and reports what it checks with.
type HostCheckerService struct{ rest *rest.Client }

// GetESAP returns the versions of the endpoint security assessment plug-in on the appliance. Without opts it asks as the
// document does: expanded, and without the packages themselves, which are large.
//
// GET /api/v1/configuration/authentication/endpoint/host-checker/esaps
//
// Document: Getting Config Without Ivanti Packages (ESAP and Client Packages).
func (s *HostCheckerService) GetESAP(ctx context.Context, opts *ConfigurationOptions) (*ESAPConfiguration, error) {
	if opts == nil {
		opts = &ConfigurationOptions{Expand: true, ExcludePackages: true}
	}
	op := rest.GET("/api/v1/configuration/authentication/endpoint/host-checker/esaps")
	return read[ESAPConfiguration](ctx, s.rest, opts.apply(op))
}

const hostCheckerPoliciesPath = "/api/v1/configuration/authentication/endpoint/host-checker/policies"

// ListPolicies returns the policies of the host checker.
//
// GET /api/v1/configuration/authentication/endpoint/host-checker/policies
func (s *HostCheckerService) ListPolicies(ctx context.Context, opts *ConfigurationOptions) (*EntryList[HostCheckerPolicy], error) {
	return list[HostCheckerPolicy](ctx, s.rest, rest.GET(hostCheckerPoliciesPath), "policy", opts)
}

// GetPolicy returns one policy of the host checker.
//
// GET /api/v1/configuration/authentication/endpoint/host-checker/policies/policy/{policy}
func (s *HostCheckerService) GetPolicy(ctx context.Context, name string) (*HostCheckerPolicy, error) {
	return read[HostCheckerPolicy](ctx, s.rest, rest.GET(hostCheckerPoliciesPath+"/policy/{policy}", name))
}

// CreatePolicy adds a policy to the host checker.
//
// POST /api/v1/configuration/authentication/endpoint/host-checker/policies/policy
func (s *HostCheckerService) CreatePolicy(ctx context.Context, body HostCheckerPolicyCreate) (*Result, error) {
	op := rest.POST(hostCheckerPoliciesPath+"/policy").Require("name", body.Name)
	return write(ctx, s.rest, send(op, body))
}

// DeletePolicy removes a policy from the host checker.
//
// DELETE /api/v1/configuration/authentication/endpoint/host-checker/policies/policy/{policy}
func (s *HostCheckerService) DeletePolicy(ctx context.Context, name string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE(hostCheckerPoliciesPath+"/policy/{policy}", name))
}

// ESAPConfiguration lists the versions of the plug-in and names the one in use.
type ESAPConfiguration struct {
	ActiveVersion    string                  `json:"active-version"`
	DefaultVersion   string                  `json:"default-version"` // the one that came with the release
	Versions         []ESAPVersion           `json:"esap"`
	ForceSameVersion secureaccess.QuotedBool `json:"force-same-esap"`
	OPSWATSDKVersion string                  `json:"opswat-sdk-version"`
	Extra            secureaccess.Extra      `json:",embed"`
}

// ESAPVersion is a version of the plug-in. Its times are words of the appliance's, such as
// "Sun 17 Mar 2019 23:54:12 PDT": the abbreviation of a zone is not enough to tell the instant.
type ESAPVersion struct {
	Version       string `json:"esap-version"`
	LastActivated string `json:"last-activated-time"` // or "Never"
	Uploaded      string `json:"upload-time"`
}
