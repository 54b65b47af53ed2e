package contract_test

import (
	"context"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() {
	covers("pulseone", pulseoneAFWApps)
	covers("pulseone", pulseoneAFWDomains)
	covers("pulseone", pulseoneAFWProducts)
}

const pulseoneApp = "com.cisco.webex"

func pulseoneAFWApps(t *testing.T, r *recorder) []call {
	apps := pulseoneClient(t, r).AFWApps
	create := example[pulseone.MobileAppCreate](t, "pulseone.afw_apps.create")
	update := example[pulseone.MobileAppUpdate](t, "pulseone.afw_apps.update")
	options := &pulseone.StoreAppListOptions{CountryCode: "US", PageOptions: pulseone.PageOptions{Start: 1, Limit: 10}}
	content := func() secureaccess.Upload {
		return secureaccess.Upload{Reader: strings.NewReader("PK"), Name: "com.cisco.webex.1.0.1.apk"}
	}
	return []call{
		{id: "pulseone.afw_apps.create", do: func(ctx context.Context) (any, error) { return apps.Create(ctx, create) }},
		{id: "pulseone.afw_apps.get", do: func(ctx context.Context) (any, error) { return apps.Get(ctx, pulseoneApp) }},
		{id: "pulseone.afw_apps.update", do: func(ctx context.Context) (any, error) { return nothing(apps.Update(ctx, pulseoneApp, update)) }},
		{id: "pulseone.afw_apps.delete", responses: []int{0}, do: func(ctx context.Context) (any, error) { return nothing(apps.Delete(ctx, pulseoneApp)) }},
		{id: "pulseone.afw_apps.search", do: func(ctx context.Context) (any, error) { return apps.ListStoreApps(ctx, "WebEx", options) }},
		{id: "pulseone.afw_apps.upload_bundle", do: func(ctx context.Context) (any, error) { return apps.UploadBundle(ctx, "Webex", "1.0.1", content()) }},
		{id: "pulseone.afw_apps.get_config_schema", do: func(ctx context.Context) (any, error) { return apps.GetConfigSchema(ctx, pulseoneApp) }},
		{id: "pulseone.afw_apps.get_permissions_schema", do: func(ctx context.Context) (any, error) {
			return apps.GetPermissionsSchema(ctx, pulseoneApp)
		}},
	}
}

func pulseoneAFWDomains(t *testing.T, r *recorder) []call {
	domains := pulseoneClient(t, r).AFWDomains
	const next = "https://domain.pulseone.net/admin/settings/android-for-work"
	redirected := func(redirect *secureaccess.Redirect, err error) (any, error) {
		if err == nil && redirect.Location == "" {
			t.Error("the redirect leads nowhere")
		}
		return nothing(err)
	}
	return []call{
		{id: "pulseone.afw_domains.enroll", do: func(ctx context.Context) (any, error) {
			return nothing(domains.Enroll(ctx, secureaccess.NewSecret("8843d7f92416211de9ebb963ff4ce28125932878")))
		}},
		{id: "pulseone.afw_domains.unenroll", do: func(ctx context.Context) (any, error) { return nothing(domains.Unenroll(ctx)) }},
		{id: "pulseone.afw_domains.create_signup_url", do: func(ctx context.Context) (any, error) {
			return domains.CreateSignupURL(ctx, "https://test.unity.dev/admin/settings/android-for-work")
		}},
		{id: "pulseone.afw_domains.create_app_publishing_delegation_url", do: func(ctx context.Context) (any, error) {
			return domains.CreateAppPublishingDelegationURL(ctx, next)
		}},
		{id: "pulseone.afw_domains.get_dpc_token", do: func(ctx context.Context) (any, error) { return domains.GetDPCToken(ctx) }},
		{id: "pulseone.afw_domains.signup_callback", do: func(ctx context.Context) (any, error) {
			return redirected(domains.SignupCallback(ctx, secureaccess.NewSecret("abc123def"), secureaccess.NewSecret("t0ken")))
		}},
		{id: "pulseone.afw_domains.custom_app_delegation_callback", do: func(ctx context.Context) (any, error) {
			return redirected(domains.CustomAppDelegationCallback(ctx, pulseone.AppDelegation{
				DeveloperAccount: "8301", DeveloperAccountLink: "https://play.google.com/apps/publish?account=8301", Token: secureaccess.NewSecret("t0ken"),
			}))
		}},
	}
}

func pulseoneAFWProducts(t *testing.T, r *recorder) []call {
	products := pulseoneClient(t, r).AFWProducts
	const product = "net.pulsesecure.pulsesecure"
	forever := true
	return []call{
		{id: "pulseone.afw_products.search", do: func(ctx context.Context) (any, error) {
			return products.List(ctx, "WebEx", &pulseone.AFWProductListOptions{PageOptions: pulseone.PageOptions{Start: 1, Limit: 10}})
		}},
		{id: "pulseone.afw_products.generate_approval_url", do: func(ctx context.Context) (any, error) {
			return products.GenerateApprovalURL(ctx, product)
		}},
		{id: "pulseone.afw_products.approve", do: func(ctx context.Context) (any, error) {
			url := "https://play.google.com/work/permissionsiframe?token=Qa6GMM_CJC4"
			return nothing(products.Approve(ctx, product, url, &pulseone.AFWApproveOptions{Forever: &forever}))
		}},
	}
}
