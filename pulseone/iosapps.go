package pulseone

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// IOSAppsService manages apps for iOS workspaces. Document: Workspace iOS Mobile Apps API.
type IOSAppsService struct{ rest *rest.Client }

// ListStoreApps returns one page of the apps of the iTunes store that match search, 10 of them unless opts say otherwise.
//
// GET /api/v1/ios/apps/search
//
// A page has at most 100 apps. A store that does not respond as expected is [CodeITunesAPIUnavailable]; try again later.
func (s *IOSAppsService) ListStoreApps(ctx context.Context, search string, opts *StoreAppListOptions) (*secureaccess.Page[StoreApp], error) {
	op := rest.GET("/api/v1/ios/apps/search").Param("q", search).Require("search", search)
	return list[StoreApp](ctx, s.rest, op, opts, pageSize)
}

// AllStoreApps iterates over the apps of the iTunes store that match search, 100 at a time unless opts say less, and
// shows none twice.
//
// GET /api/v1/ios/apps/search
func (s *IOSAppsService) AllStoreApps(ctx context.Context, search string, opts *StoreAppListOptions) iter.Seq2[StoreApp, error] {
	return all(ctx, opts, storeAppKey, func(ctx context.Context, opts *StoreAppListOptions) (*secureaccess.Page[StoreApp], error) {
		return s.ListStoreApps(ctx, search, opts)
	})
}

// Get returns one app of the catalog.
//
// GET /api/v1/ios/apps/{package_name}
func (s *IOSAppsService) Get(ctx context.Context, packageName string) (*MobileApp, error) {
	return rest.Do[MobileApp](ctx, s.rest, rest.GET("/api/v1/ios/apps/{package_name}", packageName))
}

// Create adds an app to the catalog.
//
// POST /api/v1/ios/apps
func (s *IOSAppsService) Create(ctx context.Context, body MobileAppCreate) (*MobileApp, error) {
	return rest.Do[MobileApp](ctx, s.rest, rest.POST("/api/v1/ios/apps").JSON(body).Require("package_name", body.PackageName))
}

// Update changes an app of the catalog, which is named by its package and not by its id.
//
// PUT /api/v1/ios/apps/{package_name}
func (s *IOSAppsService) Update(ctx context.Context, packageName string, body MobileAppUpdate) error {
	return send(ctx, s.rest, rest.PUT("/api/v1/ios/apps/{package_name}", packageName).JSON(body))
}

// Delete removes an app from the catalog, which is named by its package and not by its id. An app that rules of policies
// name is not removed: *[InUseError].
//
// DELETE /api/v1/ios/apps/{package_name}
func (s *IOSAppsService) Delete(ctx context.Context, packageName string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/ios/apps/{package_name}", packageName))
}

// UploadBundle uploads the IPA of an app.
//
// POST /api/v1/ios/apps/{package_name}/bundle
func (s *IOSAppsService) UploadBundle(ctx context.Context, packageName, version string, content secureaccess.Upload) (*AppUpload, error) {
	return rest.Do[AppUpload](ctx, s.rest, bundle(rest.POST("/api/v1/ios/apps/{package_name}/bundle", packageName), version, content))
}

// UploadConfigSchema uploads the XML file that says which settings an app takes, and returns what became of it.
//
// POST /api/v1/ios/apps/{package_name}/app-config-schema
//
// Document: iOS App Config Schema.
func (s *IOSAppsService) UploadConfigSchema(ctx context.Context, packageName string, content secureaccess.Upload) (*AppConfigSchema, error) {
	op := rest.POST("/api/v1/ios/apps/{package_name}/app-config-schema", packageName)
	return rest.Do[AppConfigSchema](ctx, s.rest, file(op, "app-config-schema", "app-config-schema.xml", content))
}
