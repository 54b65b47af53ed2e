package pulseone

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AFWAppsService manages apps for Android workspaces. Document: Workspace Android Mobile Apps API.
type AFWAppsService struct{ rest *rest.Client }

// ListStoreApps returns one page of the apps of Google's store that match search, 10 of them unless opts say otherwise.
//
// GET /api/v1/afw/apps/search
//
// A page has at most 100 apps. A store that does not respond as expected is [CodeGoogleAPIUnavailable]; try again later.
func (s *AFWAppsService) ListStoreApps(ctx context.Context, search string, opts *StoreAppListOptions) (*secureaccess.Page[StoreApp], error) {
	op := rest.GET("/api/v1/afw/apps/search").Param("q", search).Require("search", search)
	return list[StoreApp](ctx, s.rest, op, opts, pageSize)
}

// AllStoreApps iterates over the apps of Google's store that match search, 100 at a time unless opts say less, and shows
// none twice.
//
// GET /api/v1/afw/apps/search
func (s *AFWAppsService) AllStoreApps(ctx context.Context, search string, opts *StoreAppListOptions) iter.Seq2[StoreApp, error] {
	return all(ctx, opts, storeAppKey, func(ctx context.Context, opts *StoreAppListOptions) (*secureaccess.Page[StoreApp], error) {
		return s.ListStoreApps(ctx, search, opts)
	})
}

// Get returns one app of the catalog.
//
// GET /api/v1/afw/apps/{package_name}
func (s *AFWAppsService) Get(ctx context.Context, packageName string) (*MobileApp, error) {
	return rest.Do[MobileApp](ctx, s.rest, rest.GET("/api/v1/afw/apps/{package_name}", packageName))
}

// Create adds an app to the catalog.
//
// POST /api/v1/afw/apps
func (s *AFWAppsService) Create(ctx context.Context, body MobileAppCreate) (*MobileApp, error) {
	return rest.Do[MobileApp](ctx, s.rest, rest.POST("/api/v1/afw/apps").JSON(body).Require("package_name", body.PackageName))
}

// Update changes an app of the catalog, which is named by its package and not by its id.
//
// PUT /api/v1/afw/apps/{package_id}
func (s *AFWAppsService) Update(ctx context.Context, packageName string, body MobileAppUpdate) error {
	return send(ctx, s.rest, rest.PUT("/api/v1/afw/apps/{package_id}", packageName).JSON(body))
}

// Delete removes an app from the catalog, which is named by its package and not by its id. An app that rules of policies
// name is not removed: *[InUseError].
//
// DELETE /api/v1/afw/apps/{package_id}
func (s *AFWAppsService) Delete(ctx context.Context, packageName string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/afw/apps/{package_id}", packageName))
}

// UploadBundle uploads the APK of an app, which is named by its title here.
//
// POST /api/v1/afw/apps/{app_title}/bundle
func (s *AFWAppsService) UploadBundle(ctx context.Context, title, version string, content secureaccess.Upload) (*AppUpload, error) {
	return rest.Do[AppUpload](ctx, s.rest, bundle(rest.POST("/api/v1/afw/apps/{app_title}/bundle", title), version, content))
}

// GetConfigSchema returns the settings that an app takes.
//
// GET /api/v1/afw/apps/{package_name}/app-config-schema
//
// Document: Android App Config Schema.
func (s *AFWAppsService) GetConfigSchema(ctx context.Context, packageName string) (*AppConfigSchema, error) {
	return rest.Do[AppConfigSchema](ctx, s.rest, rest.GET("/api/v1/afw/apps/{package_name}/app-config-schema", packageName))
}

// GetPermissionsSchema returns the permissions that the newest version of an app asks for.
//
// GET /api/v1/afw/apps/{package_name}/app-permissions-schema
//
// Document: Android App Permissions Schema.
func (s *AFWAppsService) GetPermissionsSchema(ctx context.Context, packageName string) (*AppPermissionsSchema, error) {
	return rest.Do[AppPermissionsSchema](ctx, s.rest, rest.GET("/api/v1/afw/apps/{package_name}/app-permissions-schema", packageName))
}
