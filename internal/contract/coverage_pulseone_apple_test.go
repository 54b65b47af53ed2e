package contract_test

import (
	"context"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() {
	covers("pulseone", pulseoneIOSApps)
	covers("pulseone", pulseoneDEP)
	covers("pulseone", pulseoneVPP)
	covers("pulseone", pulseoneLostMode)
}

func pulseoneIOSApps(t *testing.T, r *recorder) []call {
	apps := pulseoneClient(t, r).IOSApps
	create := example[pulseone.MobileAppCreate](t, "pulseone.ios_apps.create")
	update := example[pulseone.MobileAppUpdate](t, "pulseone.ios_apps.update")
	options := &pulseone.StoreAppListOptions{CountryCode: "US", PageOptions: pulseone.PageOptions{Start: 1, Limit: 10}}
	content := func(text string) secureaccess.Upload { return secureaccess.Upload{Reader: strings.NewReader(text)} }
	return []call{
		{id: "pulseone.ios_apps.create", do: func(ctx context.Context) (any, error) { return apps.Create(ctx, create) }},
		{id: "pulseone.ios_apps.get", do: func(ctx context.Context) (any, error) { return apps.Get(ctx, pulseoneApp) }},
		{id: "pulseone.ios_apps.update", do: func(ctx context.Context) (any, error) { return nothing(apps.Update(ctx, pulseoneApp, update)) }},
		{id: "pulseone.ios_apps.delete", responses: []int{0}, do: func(ctx context.Context) (any, error) { return nothing(apps.Delete(ctx, pulseoneApp)) }},
		{id: "pulseone.ios_apps.search", do: func(ctx context.Context) (any, error) { return apps.ListStoreApps(ctx, "WebEx", options) }},
		{id: "pulseone.ios_apps.upload_bundle", do: func(ctx context.Context) (any, error) {
			return apps.UploadBundle(ctx, pulseoneApp, "1.0.1", content("PK"))
		}},
		{id: "pulseone.ios_apps.upload_config_schema", do: func(ctx context.Context) (any, error) {
			return apps.UploadConfigSchema(ctx, pulseoneApp, content("<managedAppConfiguration/>"))
		}},
	}
}

func pulseoneDEP(t *testing.T, r *recorder) []call {
	dep := pulseoneClient(t, r).DEP
	profile := example[pulseone.DEPProfile](t, "pulseone.ios_dep.update_profile")
	return []call{
		{id: "pulseone.ios_dep.download_certificate", do: func(ctx context.Context) (any, error) {
			certificate, err := dep.DownloadCertificate(ctx)
			if err == nil && (!strings.HasPrefix(string(certificate), "-----BEGIN CERTIFICATE-----\nMIIC4TCC") || !strings.HasSuffix(string(certificate), "-----END CERTIFICATE-----\n")) {
				t.Errorf("got %q", certificate)
			}
			return nothing(err)
		}},
		{id: "pulseone.ios_dep.upload_server_token", do: func(ctx context.Context) (any, error) {
			return nothing(dep.UploadServerToken(ctx, secureaccess.Upload{Reader: strings.NewReader("Content-Type: application/pkcs7-mime\r\n\r\nMIAG")}))
		}},
		{id: "pulseone.ios_dep.get_account", do: func(ctx context.Context) (any, error) { return dep.GetAccount(ctx) }},
		{id: "pulseone.ios_dep.sync_account", do: func(ctx context.Context) (any, error) { return dep.SyncAccount(ctx) }},
		{id: "pulseone.ios_dep.delete_account", do: func(ctx context.Context) (any, error) { return nothing(dep.DeleteAccount(ctx)) }},
		{id: "pulseone.ios_dep.get_profile", do: func(ctx context.Context) (any, error) { return dep.GetProfile(ctx) }},
		{id: "pulseone.ios_dep.update_profile", do: func(ctx context.Context) (any, error) { return nothing(dep.ReplaceProfile(ctx, profile)) }},
		{id: "pulseone.ios_dep.list_realms", at: "/items", do: func(ctx context.Context) (any, error) { return dep.ListRealms(ctx) }},
		{id: "pulseone.ios_dep.update_realm", do: func(ctx context.Context) (any, error) { return nothing(dep.UpdateRealm(ctx, "System Local")) }},
		{id: "pulseone.ios_dep.get_pcs_signin_url", do: func(ctx context.Context) (any, error) { return dep.GetSignInURL(ctx) }},
		{id: "pulseone.ios_dep.update_pcs_signin_url", do: func(ctx context.Context) (any, error) {
			return nothing(dep.UpdateSignInURL(ctx, "https://se3.acmegizmo.com/pcs-signin"))
		}},
	}
}

func pulseoneVPP(t *testing.T, r *recorder) []call {
	vpp := pulseoneClient(t, r).VPP
	return []call{
		{id: "pulseone.ios_vpp.upload_token", do: func(ctx context.Context) (any, error) {
			return nothing(vpp.UploadToken(ctx, secureaccess.Upload{Reader: strings.NewReader("MIAG")}))
		}},
		{id: "pulseone.ios_vpp.get_token", do: func(ctx context.Context) (any, error) { return vpp.GetToken(ctx) }},
		{id: "pulseone.ios_vpp.delete_token", do: func(ctx context.Context) (any, error) { return nothing(vpp.DeleteToken(ctx)) }},
		{id: "pulseone.ios_vpp.list_spaces", do: func(ctx context.Context) (any, error) {
			return vpp.ListSpaces(ctx, "97577199-bd17-4102-8ab1-11008e8cb21b")
		}},
	}
}

func pulseoneLostMode(t *testing.T, r *recorder) []call {
	mode := pulseoneClient(t, r).LostMode
	const space = "61ec6a95-5669-45e7-bf27-f08641bf34e1"
	on := example[pulseone.LostModeUpdate](t, "pulseone.ios_spaces.set_lost_mode")
	off := example[pulseone.LostModeUpdate](t, "pulseone.ios_spaces.set_lost_mode", 1)
	return []call{
		{id: "pulseone.ios_spaces.set_lost_mode", do: func(ctx context.Context) (any, error) { return nothing(mode.Update(ctx, space, on)) }},
		{id: "pulseone.ios_spaces.set_lost_mode", body: 1, do: func(ctx context.Context) (any, error) { return nothing(mode.Update(ctx, space, off)) }},
		{id: "pulseone.ios_spaces.lost_mode_action", do: func(ctx context.Context) (any, error) {
			return nothing(mode.Act(ctx, space, pulseone.LostModeActionSendLocation))
		}},
		{id: "pulseone.ios_spaces.lost_mode_action", body: 1, do: func(ctx context.Context) (any, error) {
			return nothing(mode.Act(ctx, space, pulseone.LostModeActionPlaySound))
		}},
	}
}
