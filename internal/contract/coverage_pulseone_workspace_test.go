package contract_test

import (
	"context"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

func init() {
	covers("pulseone", pulseoneWorkspaceRegistration)
	covers("pulseone", pulseoneAndroidWorkspace)
	covers("pulseone", pulseoneIOSWorkspace)
	covers("pulseone", pulseoneWorkspaceTokens)
}

func pulseoneWorkspace(r *recorder) workspace.Credentials {
	return workspace.Credentials{
		WorkspaceID: "61ec6a95-5669-45e7-bf27-f08641bf34e1", APIURL: r.URL,
		Hawk: workspace.HawkCredentials{Algorithm: "HS256", ID: "dh37fgj492je", Secret: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")},
	}
}

func pulseonePublic(t *testing.T, r *recorder) *workspace.Public {
	t.Helper()
	public, err := workspace.NewPublic(r.URL, r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	return public
}

func pulseoneWorkspaceRegistration(t *testing.T, r *recorder) []call {
	public := pulseonePublic(t, r)
	android := example[workspace.RegistrationCode](t, "pulseone.afw_registration.register_with_pin")
	ios := example[workspace.RegistrationCode](t, "pulseone.ios_registration.register_with_pin")
	token := secureaccess.NewSecret("89c43087dd8c80579e86bd6dc9c1ea010774a23dd737cbff090797a8a9c24e0c")
	session := workspace.SessionToken{DSID: secureaccess.NewSecret("foobar12345"), XSRF: secureaccess.NewSecret("89c43087dd8c80579e86")}
	type method func(ctx context.Context) (*workspace.Registration, error)
	register := func(id string, m method) call {
		return call{id: id, do: func(ctx context.Context) (any, error) {
			registration, err := m(ctx)
			if err == nil {
				registration.Key = registration.Key.Exposed()
			}
			return registration, err
		}}
	}
	return []call{
		register("pulseone.afw_registration.register_with_pin", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterAndroid(ctx, android)
		}),
		register("pulseone.afw_registration.register_with_bearer", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterAndroidWithBearer(ctx, token)
		}),
		register("pulseone.afw_registration.register_with_session", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterAndroidWithSession(ctx, session)
		}),
		register("pulseone.ios_registration.register_with_pin", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterIOS(ctx, ios)
		}),
		register("pulseone.ios_registration.register_with_bearer", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterIOSWithBearer(ctx, token)
		}),
		register("pulseone.ios_registration.register_with_session", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterIOSWithSession(ctx, session)
		}),
		register("pulseone.ios_dep.register", func(ctx context.Context) (*workspace.Registration, error) {
			return public.RegisterDEP(ctx, secureaccess.NewSecret("123488ebcdd8fb0c4623a66b35ce39a958a3"))
		}),
	}
}

// refreshed is the certificate of a refresh, nil for the one that the workspace has.
func refreshed(update *workspace.CertificateUpdate, err error) (any, error) {
	if err != nil || update.UpToDate {
		return nil, err
	}
	return update.Certificate, nil
}

const pulseoneCertificateVersion = "2a20455d639e31f282a535d6e43b4876c37a4eb2e79d111457c4acdf75be4e95"

func pulseoneAndroidWorkspace(t *testing.T, r *recorder) []call {
	android, err := workspace.NewAndroid(pulseoneWorkspace(r), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	state := example[workspace.StateUpdate](t, "pulseone.afw_spaces.update_state")
	account := example[workspace.GoogleAccountCreate](t, "pulseone.afw_spaces.create_google_account")
	device := example[workspace.AndroidDeviceUpdate](t, "pulseone.afw_spaces.update_device")
	return []call{
		{id: "pulseone.afw_spaces.get_policy", do: func(ctx context.Context) (any, error) { return android.GetPolicy(ctx) }},
		{id: "pulseone.afw_spaces.update_state", do: func(ctx context.Context) (any, error) { return nothing(android.UpdateState(ctx, state)) }},
		{id: "pulseone.afw_spaces.get_scep_configuration", do: func(ctx context.Context) (any, error) { return android.GetSCEPConfiguration(ctx) }},
		{id: "pulseone.afw_spaces.refresh_vpn_certificate", do: func(ctx context.Context) (any, error) {
			return refreshed(android.RefreshVPNCertificate(ctx, pulseoneCertificateVersion))
		}},
		{id: "pulseone.afw_spaces.refresh_wifi_certificate", do: func(ctx context.Context) (any, error) {
			return refreshed(android.RefreshWiFiCertificate(ctx, pulseoneCertificateVersion))
		}},
		{id: "pulseone.afw_spaces.refresh_activesync_certificate", do: func(ctx context.Context) (any, error) {
			return refreshed(android.RefreshActiveSyncCertificate(ctx, pulseoneCertificateVersion))
		}},
		{id: "pulseone.afw_spaces.upload_debug_data", do: func(ctx context.Context) (any, error) {
			return nothing(android.UploadDebugData(ctx, secureaccess.Upload{Reader: strings.NewReader("PK\x05\x06" + strings.Repeat("\x00", 18))}))
		}},
		{id: "pulseone.afw_spaces.get_google_account", do: func(ctx context.Context) (any, error) { return android.GetGoogleAccount(ctx) }},
		{id: "pulseone.afw_spaces.create_google_account", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			return nothing(android.CreateGoogleAccount(ctx, account))
		}},
		{id: "pulseone.afw_spaces.get_safetynet_nonce", do: func(ctx context.Context) (any, error) { return android.GetSafetyNetNonce(ctx) }},
		{id: "pulseone.afw_spaces.verify_safetynet", do: func(ctx context.Context) (any, error) {
			return android.VerifySafetyNet(ctx, "eyJhbGciOiJSUzI1NiIsIng1YyI6WyJNSUlFZmpDQ0EyYWdBd0lCQWdJSVZaeDlNZDVhb")
		}},
		{id: "pulseone.afw_spaces.request_authentication_token", do: func(ctx context.Context) (any, error) {
			return android.RequestAuthenticationToken(ctx)
		}},
		{id: "pulseone.afw_spaces.get_device", do: func(ctx context.Context) (any, error) { return android.GetDevice(ctx) }},
		{id: "pulseone.afw_spaces.update_device", do: func(ctx context.Context) (any, error) {
			_, err := android.UpdateDevice(ctx, device)
			return nothing(err)
		}},
	}
}

func pulseoneIOSWorkspace(t *testing.T, r *recorder) []call {
	ios, err := workspace.NewIOS(pulseoneWorkspace(r), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	client := example[workspace.IOSDeviceUpdate](t, "pulseone.ios_spaces.update_device")
	device := example[workspace.IOSDeviceUpdate](t, "pulseone.ios_spaces.update_device", 1)
	return []call{
		{id: "pulseone.ios_spaces.get_policy", do: func(ctx context.Context) (any, error) { return ios.GetPolicy(ctx) }},
		{id: "pulseone.ios_spaces.get_policy_settings", do: func(ctx context.Context) (any, error) { return ios.GetPolicySettings(ctx) }},
		{id: "pulseone.ios_spaces.get_policy_vpn_ondemand", do: func(ctx context.Context) (any, error) { return ios.GetVPNOnDemand(ctx) }},
		{id: "pulseone.ios_spaces.get_scep_configuration", do: func(ctx context.Context) (any, error) { return ios.GetSCEPConfiguration(ctx) }},
		{id: "pulseone.ios_spaces.update_vpn_certificate", do: func(ctx context.Context) (any, error) {
			return refreshed(ios.RefreshVPNCertificate(ctx, pulseoneCertificateVersion))
		}},
		{id: "pulseone.ios_spaces.update_device", do: func(ctx context.Context) (any, error) { return nothing(ios.UpdateDevice(ctx, client)) }},
		{id: "pulseone.ios_spaces.update_device", body: 1, do: func(ctx context.Context) (any, error) {
			return nothing(ios.UpdateDevice(ctx, device))
		}},
		{id: "pulseone.ios_spaces.unenroll", do: func(ctx context.Context) (any, error) { return nothing(ios.Unenroll(ctx)) }},
		{id: "pulseone.ios_enrollment.get_url", do: func(ctx context.Context) (any, error) { return ios.CreateEnrollmentURL(ctx) }},
		{id: "pulseone.ios_app_store.get_url", do: func(ctx context.Context) (any, error) { return ios.GetAppStoreURL(ctx) }},
		{id: "pulseone.ios_app_store.list_apps", do: func(ctx context.Context) (any, error) { return ios.ListStoreApps(ctx) }},
		{id: "pulseone.ios_app_store.install_apps", do: func(ctx context.Context) (any, error) {
			return nothing(ios.InstallApps(ctx, []string{"com.enterprise.app"}))
		}},
	}
}

// pulseoneClosed is the result of a download: the content has tests of its own.
func pulseoneClosed(d *secureaccess.Download, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return nil, d.Close()
}

func pulseoneWorkspaceTokens(t *testing.T, r *recorder) []call {
	public := pulseonePublic(t, r)
	token := secureaccess.NewSecret("aS4wmtaqksp")
	store := secureaccess.NewSecret("16417bca0242ac13000c")
	facts := workspace.DeviceFacts{ContentType: "application/pkcs7-signature", Data: []byte("0\x80\x06\x09")}
	return []call{
		{id: "pulseone.ios_enrollment.get_profile_service", do: func(ctx context.Context) (any, error) {
			return pulseoneClosed(public.DownloadProfileService(ctx, token))
		}},
		{id: "pulseone.ios_enrollment.get_configuration_profile", do: func(ctx context.Context) (any, error) {
			return pulseoneClosed(public.DownloadConfigurationProfile(ctx, token, facts))
		}},
		{id: "pulseone.ios_app_store.get_html", do: func(ctx context.Context) (any, error) { return public.GetAppStoreHTML(ctx, store) }},
		{id: "pulseone.ios_app_store.get_credentials", do: func(ctx context.Context) (any, error) { return public.GetAppStoreCredentials(ctx, store) }},
	}
}
