package pulseone_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// catalog is what the services of both platforms have.
type catalog interface {
	Get(ctx context.Context, packageName string) (*pulseone.MobileApp, error)
	Create(ctx context.Context, body pulseone.MobileAppCreate) (*pulseone.MobileApp, error)
	Update(ctx context.Context, packageName string, body pulseone.MobileAppUpdate) error
	Delete(ctx context.Context, packageName string) error
	UploadBundle(ctx context.Context, name, version string, content secureaccess.Upload) (*pulseone.AppUpload, error)
	ListStoreApps(ctx context.Context, search string, opts *pulseone.StoreAppListOptions) (*secureaccess.Page[pulseone.StoreApp], error)
	AllStoreApps(ctx context.Context, search string, opts *pulseone.StoreAppListOptions) iter.Seq2[pulseone.StoreApp, error]
}

func catalogs(t *testing.T, test func(t *testing.T, server *pulseonetest.Server, platform pulseonetest.Platform, apps catalog)) {
	server, client := connect(t)
	for platform, apps := range map[pulseonetest.Platform]catalog{pulseonetest.PlatformAndroid: client.AFWApps, pulseonetest.PlatformIOS: client.IOSApps} {
		t.Run(string(platform), func(t *testing.T) { test(t, server, platform, apps) })
	}
}

// An app of the catalog is named by its package, from its creation to its end.
func TestMobileApp(t *testing.T) {
	catalogs(t, func(t *testing.T, server *pulseonetest.Server, platform pulseonetest.Platform, apps catalog) {
		const name = "com.cisco.webex"
		created := must(apps.Create(t.Context(), pulseone.MobileAppCreate{
			PackageName: name, Title: "Cisco Webex", IsRequired: secureaccess.Set(true), Tags: []string{"meetings"},
		}))(t)
		if created.ID == "" || !created.IsRequired || created.Title != "Cisco Webex" {
			t.Errorf("got %+v", created)
		}
		check(t, apps.Update(t.Context(), name, pulseone.MobileAppUpdate{IsRequired: secureaccess.Set(false), Tags: []string{}}))
		app := must(apps.Get(t.Context(), name))(t)
		if app.IsRequired || len(app.Tags) != 0 || app.Title != "Cisco Webex" || app.ID != created.ID {
			t.Errorf("after the update: %+v", app)
		}
		if _, err := apps.Get(t.Context(), created.ID); !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("by its id: %v", err)
		}

		server.SetAppPolicies(platform, name, pulseone.PolicyReference{ID: 1, Name: "Example Policy"}, pulseone.PolicyReference{ID: 2, Name: "Sales"})
		err := apps.Delete(t.Context(), name)
		inUse, ok := errors.AsType[*pulseone.InUseError](err)
		if !ok || len(inUse.Policies) != 2 || inUse.Policies[1] != (pulseone.PolicyReference{ID: 2, Name: "Sales"}) {
			t.Errorf("in use: %v", err)
		}
		if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Status != http.StatusBadRequest || !strings.Contains(err.Error(), "Example Policy") {
			t.Errorf("in use: %v", err)
		}
		server.SetAppPolicies(platform, name)
		check(t, apps.Delete(t.Context(), name))
		if len(server.MobileApps(platform)) != 0 {
			t.Error("the app is there")
		}
	})
}

// "search" is the name of another operation.
func TestMobileApp_reservedName(t *testing.T) {
	catalogs(t, func(t *testing.T, _ *pulseonetest.Server, _ pulseonetest.Platform, apps catalog) {
		if _, err := apps.Get(t.Context(), "search"); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("Get: %v", err)
		}
		if err := apps.Delete(t.Context(), "search"); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("Delete: %v", err)
		}
	})
}

// What is sent of a change is what was set.
func TestMobileAppUpdate_onTheWire(t *testing.T) {
	for want, body := range map[string]pulseone.MobileAppUpdate{
		`{}`: {},
		`{"tags":[],"is_manual":false,"download_url":"","is_required":false}`: {
			Tags: []string{}, IsManual: secureaccess.Set(false), DownloadURL: secureaccess.Set(""), IsRequired: secureaccess.Set(false),
		},
	} {
		if got := string(must(secureaccess.Marshal(body))(t)); got != want {
			t.Errorf("got %s; want %s", got, want)
		}
	}
}

// An Android app is named by its title when its package is uploaded, whatever the title holds; the version comes before
// the file, which the server checks.
func TestAFWApps_UploadBundle(t *testing.T) {
	var tap wiretap
	server, client := connect(t, secureaccess.WithTransport(&tap))
	for i, title := range []string{"Webex", "Webex Meetings", "Mail/Calendar", "50% off?", "..Å"} {
		name := "com.example.app" + string(rune('a'+i))
		server.AddMobileApp(pulseonetest.PlatformAndroid, pulseone.MobileApp{PackageName: name, Title: title})
		uploaded := must(client.AFWApps.UploadBundle(t.Context(), title, "1.0.1", secureaccess.Upload{Reader: strings.NewReader("PK\x03\x04\r\n"), Name: "app.apk"}))(t)
		if uploaded.Title != title || server.MobileApps(pulseonetest.PlatformAndroid)[name].Version != "1.0.1" {
			t.Errorf("%q: got %+v", title, uploaded)
		}
		if got := string(server.AppBundle(pulseonetest.PlatformAndroid, name)); got != "PK\x03\x04\r\n" {
			t.Errorf("%q: the server has %q", title, got)
		}
	}
	for _, title := range []string{"", ".", ".."} {
		if _, err := client.AFWApps.UploadBundle(t.Context(), title, "1", secureaccess.Upload{Reader: strings.NewReader("PK")}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", title, err)
		}
	}
	if _, err := client.AFWApps.UploadBundle(t.Context(), "Webex", "", secureaccess.Upload{Reader: strings.NewReader("PK")}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no version: %v", err)
	}
	if _, err := client.AFWApps.UploadBundle(t.Context(), "Webex", "1", secureaccess.Upload{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no content: %v", err)
	}
}

func TestIOSApps_UploadBundle(t *testing.T) {
	server, client := connect(t)
	server.AddMobileApp(pulseonetest.PlatformIOS, pulseone.MobileApp{PackageName: "com.cisco.webex", Title: "Webex"})
	uploaded := must(client.IOSApps.UploadBundle(t.Context(), "com.cisco.webex", "1.0.1", secureaccess.Upload{Reader: strings.NewReader("PK ipa")}))(t)
	sum := md5.Sum([]byte("PK ipa"))
	if uploaded.MD5 != hex.EncodeToString(sum[:]) || uploaded.PackageName != "com.cisco.webex" || uploaded.Version != "1.0.1" {
		t.Errorf("got %+v", uploaded)
	}
}

// The XML of a schema comes back as an object, and is then part of the app.
func TestIOSApps_UploadConfigSchema(t *testing.T) {
	server, client := connect(t)
	server.AddMobileApp(pulseonetest.PlatformIOS, pulseone.MobileApp{PackageName: "com.cisco.webex"})
	const file = `<?xml version="1.0"?><managedAppConfiguration><bundleId>com.cisco.webex</bundleId><dict>` +
		`<integer keyName="a"><constraint min="1" max="9"/></integer><integer keyName="b"/></dict></managedAppConfiguration>`
	schema := must(client.IOSApps.UploadConfigSchema(t.Context(), "com.cisco.webex", secureaccess.Upload{Reader: strings.NewReader(file)}))(t)
	var tree struct {
		ManagedAppConfiguration struct {
			BundleID string `json:"bundleId"`
			Dict     struct {
				Integer []struct {
					KeyName string `json:"@keyName"`
				} `json:"integer"`
			} `json:"dict"`
		} `json:"managedAppConfiguration"`
	}
	if len(schema.Schema) != 1 {
		t.Fatalf("got %+v", schema)
	}
	check(t, json.Unmarshal(schema.Schema[0], &tree))
	if got := tree.ManagedAppConfiguration; got.BundleID != "com.cisco.webex" || len(got.Dict.Integer) != 2 || got.Dict.Integer[1].KeyName != "b" {
		t.Errorf("got %s", schema.Schema[0])
	}
	if app := must(client.IOSApps.Get(t.Context(), "com.cisco.webex"))(t); app.Config == nil || app.Config.Schema.Version != schema.Version {
		t.Errorf("got %+v", app)
	}
	if _, err := client.IOSApps.UploadConfigSchema(t.Context(), "com.example.none", secureaccess.Upload{Reader: strings.NewReader(file)}); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("no such app: %v", err)
	}
}

func TestAppConfigSchema_Restrictions(t *testing.T) {
	_, client := connect(t)
	schema := must(client.AFWApps.GetConfigSchema(t.Context(), "com.cisco.webex"))(t)
	restrictions := must(schema.Restrictions())(t)
	if len(restrictions) != 3 || restrictions[2].Type != pulseone.AppRestrictionTypeChoice || restrictions[2].EntryValues[2] != "2" {
		t.Errorf("got %+v", restrictions)
	}
	broken := pulseone.AppConfigSchema{Schema: []json.RawMessage{[]byte(`"text"`)}}
	if _, err := broken.Restrictions(); err == nil {
		t.Error("a text is read as a restriction")
	}
}

// The stores name their apps differently.
func TestStoreApp(t *testing.T) {
	catalogs(t, func(t *testing.T, _ *pulseonetest.Server, _ pulseonetest.Platform, apps catalog) {
		page := must(apps.ListStoreApps(t.Context(), "WebEx", &pulseone.StoreAppListOptions{CountryCode: "DE"}))(t)
		if len(page.Items) != 1 || page.Items[0].Name != "Cisco WebEx Meetings" || page.Items[0].PackageName == "" {
			t.Errorf("got %+v", page)
		}
		found := 0
		for app, err := range apps.AllStoreApps(t.Context(), "WebEx", nil) {
			check(t, err)
			found++
			if app.Name == "" {
				t.Errorf("got %+v", app)
			}
		}
		if found != 1 {
			t.Errorf("%d apps", found)
		}
		if _, err := apps.ListStoreApps(t.Context(), "", nil); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("nothing to search: %v", err)
		}
		if _, err := apps.ListStoreApps(t.Context(), "x", &pulseone.StoreAppListOptions{PageOptions: pulseone.PageOptions{Limit: 101}}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("a page of 101: %v", err)
		}
	})
}
