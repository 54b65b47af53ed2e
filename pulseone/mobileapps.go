package pulseone

import (
	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// MobileApp is an app in the catalog of the customer.
type MobileApp struct {
	ID            string            `json:"id"` // of the entry; calls name an app by its package
	Platform      MobileAppPlatform `json:"platform"`
	PackageName   string            `json:"package_name"`
	Title         string            `json:"title"`
	Tags          []string          `json:"tags"`
	Config        *AppConfig        `json:"app_config,omitzero"`
	Permissions   *AppPermissions   `json:"app_permissions,omitzero"` // Android
	Category      string            `json:"category"`
	Creator       string            `json:"creator"`
	Version       string            `json:"version"`
	IsManual      bool              `json:"is_manual"`             // entered by hand, as it seems
	HostingType   string            `json:"hosting_type,omitzero"` // iOS: "external", ...
	DownloadURL   string            `json:"download_url"`
	IconURL       string            `json:"icon_url"`
	Licenses      string            `json:"licenses"`  // "not licensed", ...
	VPPTotal      int64             `json:"vpp_total"` // licenses of the Volume Purchase Program
	VPPUsed       int64             `json:"vpp_used"`
	Source        string            `json:"source"` // "appstore", for Android apps too
	IsRequired    bool              `json:"is_required"`
	NetworkAccess string            `json:"network_access"`        // "direct", ...
	CountryCode   string            `json:"country_code,omitzero"` // iOS: the country of the store
	ModifiedOn    secureaccess.Time `json:"modified_on"`
	CreatedOn     secureaccess.Time `json:"created_on"`

	Extra secureaccess.Extra `json:",embed"`
}

// MobileAppPlatform is what an app runs on.
type MobileAppPlatform string

// Values of MobileAppPlatform. The document has both of the first two for Android.
const (
	MobileAppPlatformAndroid MobileAppPlatform = "android"
	MobileAppPlatformAFW     MobileAppPlatform = "afw"
	MobileAppPlatformIOS     MobileAppPlatform = "ios"
)

// MobileAppCreate is an app for the catalog.
type MobileAppCreate MobileAppUpdate

// MobileAppUpdate is what can be changed of an app in the catalog. What is empty or unset is not sent; the document
// prints whole ones, and leaves open what a server makes of members that are missing.
type MobileAppUpdate struct {
	PackageName   string                        `json:"package_name,omitzero"`
	Title         string                        `json:"title,omitzero"`
	Tags          []string                      `json:"tags,omitzero"` // an empty list is sent, nil is not
	Config        *AppConfig                    `json:"app_config,omitzero"`
	Permissions   *AppPermissions               `json:"app_permissions,omitzero"` // Android
	Category      string                        `json:"category,omitzero"`
	Creator       string                        `json:"creator,omitzero"`
	Version       string                        `json:"version,omitzero"`
	IsManual      secureaccess.Optional[bool]   `json:"is_manual,omitzero"`
	HostingType   string                        `json:"hosting_type,omitzero"` // iOS
	DownloadURL   secureaccess.Optional[string] `json:"download_url,omitzero"` // "" where the store has the package
	IsRequired    secureaccess.Optional[bool]   `json:"is_required,omitzero"`
	NetworkAccess string                        `json:"network_access,omitzero"`
	CountryCode   string                        `json:"country_code,omitzero"` // iOS

	Extra secureaccess.Extra `json:",embed"`
}

// AppUpload is what an upload brought. For an Android app it has the title alone.
type AppUpload struct {
	Title       string            `json:"title"`
	PackageName string            `json:"package_name,omitzero"`
	Platform    MobileAppPlatform `json:"platform,omitzero"`
	IconURL     string            `json:"icon_url,omitzero"`
	Version     string            `json:"version,omitzero"`
	DownloadURL string            `json:"download_url,omitzero"` // of the manifest that devices install from
	MD5         string            `json:"md5,omitzero"`          // of the package, as it seems
}

// StoreApp is an app in a store.
type StoreApp struct {
	Name        string `json:"name" alias:"title"`
	PackageName string `json:"package_name"`
	Image       string `json:"image"` // URL of the icon
	URL         string `json:"url"`   // page in the store
	Description string `json:"description"`
	Creator     string `json:"creator,omitzero"`
	Category    string `json:"category,omitzero"`
	Source      string `json:"source,omitzero"` // "googleplay", "appstore"
}

// StoreAppListOptions choose apps of a store.
type StoreAppListOptions struct {
	CountryCode string `url:"country_code,omitempty"` // of the store, two letters; "US" by default
	PageOptions
}

func storeAppKey(app *StoreApp) string { return app.PackageName }

// bundle adds the two parts of an upload in the order in which the document has them.
func bundle(op *rest.Op, version string, content secureaccess.Upload) *rest.Op {
	if content.Reader == nil {
		return op.Refuse(&secureaccess.ArgumentError{Argument: "content", Reason: "has no Reader"})
	}
	return op.Multipart(rest.Part{Name: "version", Value: version}, rest.Part{Name: "file", Content: content}).Require("version", version)
}

// file adds the one part of an upload.
func file(op *rest.Op, name, fileName string, content secureaccess.Upload) *rest.Op {
	if content.Reader == nil {
		return op.Refuse(&secureaccess.ArgumentError{Argument: "content", Reason: "has no Reader"})
	}
	if content.Name == "" {
		content.Name = fileName
	}
	return op.Multipart(rest.Part{Name: name, Content: content})
}
