package workspace

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// GetAppStoreURL returns the URL of the workspace's app store, to open in Safari.
//
// GET /api/v1/ios/app-store-url
//
// A server may name a path alone: the result is absolute.
//
// Document: iOS Enterprise App Store, Get the Enterprise App Store URL.
func (c *IOS) GetAppStoreURL(ctx context.Context) (*AppStoreURL, error) {
	op := rest.GET("/api/v1/ios/app-store-url").BringsSecrets()
	return rest.Checked(ctx, c.rest, op, func(u *AppStoreURL, _ http.Header) (err error) {
		u.URL, err = absolute(u.URL, c.base)
		return err
	})
}

// ListStoreApps returns the apps that the app store of the workspace shows.
//
// GET /api/v1/ios/spaces/{space_id}/apps
//
// Document: iOS Enterprise App Store, Get the apps to be displayed on the enterprise app store.
func (c *IOS) ListStoreApps(ctx context.Context) (*secureaccess.Page[StoreApp], error) {
	op := rest.GET("/api/v1/ios/spaces/{space_id}/apps", c.id)
	return rest.Checked(ctx, c.rest, op, func(p *secureaccess.Page[StoreApp], _ http.Header) error {
		if p.Items == nil && p.Total > 0 {
			return errors.New("it has no list")
		}
		return nil
	})
}

// InstallApps queues apps for installation: they are sent to the device when it checks in the next time.
//
// POST /api/v1/ios/spaces/{space_id}/apps
//
// Document: iOS Enterprise App Store, Post the apps which need to be installed.
func (c *IOS) InstallApps(ctx context.Context, packageNames []string) error {
	body := struct {
		PackageNames []string `json:"package_names"`
	}{packageNames}
	op := rest.POST("/api/v1/ios/spaces/{space_id}/apps", c.id).JSON(body)
	return rest.Send(ctx, c.rest, op.RequireEach("packageNames", packageNames))
}

// GetAppStoreHTML returns the page that draws the app store. It does what Safari does with an app store URL.
//
// GET /api/v1/ios/app-store?s=
//
// The token is all the authentication there is; one that belongs to no workspace is [secureaccess.ErrUnauthorized].
//
// Document: iOS Enterprise App Store, Get the Enterprise App Store UI HTML.
func (c *Public) GetAppStoreHTML(ctx context.Context, token secureaccess.Secret) ([]byte, error) {
	op := with("s", token, rest.GET("/api/v1/ios/app-store")).Accept("text/html")
	page, err := rest.Text(ctx, c.rest, op.RefusedIf(noPage))
	return page, err
}

// noPage recognizes what is no HTML. A page may begin with any element, XML that is not one of HTML begins with its
// declaration.
func noPage(body []byte) bool {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	return !json.IsHTML(body) && (!bytes.HasPrefix(text, []byte("<")) || bytes.HasPrefix(text, []byte("<?")))
}

// GetAppStoreCredentials exchanges the token of an app store URL for credentials of the workspace, with a base URL of
// their own: [NewIOS] takes them.
//
// GET /api/v1/ios/app-store/credentials?s=
//
// The call is never retried. A token that belongs to no workspace is [secureaccess.ErrUnauthorized].
//
// Document: iOS Enterprise App Store, Get the HAWK credentials.
func (c *Public) GetAppStoreCredentials(ctx context.Context, token secureaccess.Secret) (*Credentials, error) {
	op := with("s", token, rest.GET("/api/v1/ios/app-store/credentials")).Once().BringsSecrets()
	return rest.Checked(ctx, c.rest, op, func(found *Credentials, _ http.Header) error { return found.usable() })
}

// AppStoreURL is the URL of an app store. Who has it, has the store.
type AppStoreURL struct {
	URL secureaccess.Secret `json:"app_store_url"`
}

// Server returns what [NewPublic] takes to do with the URL what Safari does: all of it before /api/v1; "" for what is no
// URL.
func (u AppStoreURL) Server() string { return serverOf(u.URL) }

// Token returns the token in the URL, empty for what is no URL.
func (u AppStoreURL) Token() secureaccess.Secret { return parameterOf(u.URL, "s") }

// StoreApp is an app in the store, with what it is in on the device.
type StoreApp struct {
	PackageName        string            `json:"package_name"`
	Command            AppCommand        `json:"command,omitzero"`
	NetworkAccess      string            `json:"network_access,omitzero"`
	GroupTags          []string          `json:"group_tags,omitzero"`
	Source             AppSource         `json:"source,omitzero"`
	URL                string            `json:"url,omitzero"`
	IconURL            string            `json:"icon_url,omitzero"`
	VersionCode        int64             `json:"version_code,omitzero"`
	Title              string            `json:"title,omitzero"`
	InstallationStatus string            `json:"installation_status,omitzero"` // "installed", ...
	InstalledOn        secureaccess.Time `json:"installed_on,omitzero"`
	Description        string            `json:"description,omitzero"`
}
