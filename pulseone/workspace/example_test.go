package workspace_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// newFakeServer stands for a Pulse One, so that the examples run anywhere.
func newFakeServer() *pulseonetest.Server {
	server := pulseonetest.NewStill()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	return server
}

// A workspace registers once. What comes back is kept, here as JSON, and used from then on.
func ExamplePublic_RegisterAndroid() {
	server := newFakeServer()
	defer server.Close()
	ctx := context.Background()

	public, err := workspace.NewPublic(server.URL(), server.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	registration, err := public.RegisterAndroid(ctx, server.Invite("ann@example.com"))
	if err != nil {
		log.Fatal(err)
	}
	kept, err := json.Marshal(registration.Credentials) // with the secret: to the keystore of the device
	if err != nil {
		log.Fatal(err)
	}

	var credentials workspace.Credentials
	if err := json.Unmarshal(kept, &credentials); err != nil {
		log.Fatal(err)
	}
	android, err := workspace.NewAndroid(credentials, server.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	policy, err := android.GetPolicy(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, rule := range policy.AppRules {
		fmt.Println(rule.Title, rule.Command)
	}
	// Output:
	// My App add
	// PulseSecure VPN
}

// A certificate is fetched when the one at hand is outdated.
func ExampleAndroid_RefreshVPNCertificate() {
	server := newFakeServer()
	defer server.Close()
	ctx := context.Background()
	android, err := server.AddAndroid()
	if err != nil {
		log.Fatal(err)
	}
	version := "" // there is none yet
	for range 2 {
		update, err := android.RefreshVPNCertificate(ctx, version)
		if err != nil {
			log.Fatal(err)
		}
		if update.UpToDate {
			fmt.Println("up to date")
			continue
		}
		fmt.Println("store", update.Certificate.Alias)
		version = update.Certificate.Version
	}
	// Output:
	// store pulsesecure.vpn.cert
	// up to date
}

// The app store of an iOS workspace is opened in a browser, which gets credentials of its own.
func ExampleIOS_GetAppStoreURL() {
	server := newFakeServer()
	defer server.Close()
	ctx := context.Background()
	ios, err := server.AddIOS()
	if err != nil {
		log.Fatal(err)
	}
	link, err := ios.GetAppStoreURL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	browser, err := workspace.NewPublic(link.Server(), server.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	credentials, err := browser.GetAppStoreCredentials(ctx, link.Token())
	if err != nil {
		log.Fatal(err)
	}
	store, err := workspace.NewIOS(*credentials, server.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	apps, err := store.ListStoreApps(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, app := range apps.Items {
		fmt.Println(app.Title, app.InstallationStatus)
	}
	// Output: Chrome installed
}
