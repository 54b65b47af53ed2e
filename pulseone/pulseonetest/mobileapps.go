package pulseonetest

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

type appKey struct {
	platform    Platform
	packageName string
}

// mobileApp is an app of the catalog.
type mobileApp struct {
	pulseone.MobileApp
	bundle   []byte
	policies []pulseone.PolicyReference // whose rules name it
}

// AddMobileApp adds an app to the catalog.
func (s *Server) AddMobileApp(platform Platform, app pulseone.MobileApp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addApp(platform, app)
}

// MobileApps returns the catalog of a platform, by package.
func (s *Server) MobileApps(platform Platform) map[string]pulseone.MobileApp {
	s.mu.Lock()
	defer s.mu.Unlock()
	apps := map[string]pulseone.MobileApp{}
	for key, app := range s.mobile.apps {
		if key.platform == platform {
			apps[key.packageName] = app.MobileApp
		}
	}
	return apps
}

// AppBundle returns the package that was uploaded for an app of the catalog, nil for none.
func (s *Server) AppBundle(platform Platform, packageName string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if app := s.mobile.apps[appKey{platform, packageName}]; app != nil {
		return app.bundle
	}
	return nil
}

// SetAppPolicies says which policies have rules that name an app of the catalog, which is then not deleted.
func (s *Server) SetAppPolicies(platform Platform, packageName string, policies ...pulseone.PolicyReference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if app := s.mobile.apps[appKey{platform, packageName}]; app != nil {
		app.policies = policies
	}
}

// addApp keeps an app. The lock is held.
func (s *Server) addApp(platform Platform, app pulseone.MobileApp) *mobileApp {
	if app.ID == "" {
		app.ID = s.newID()
	}
	app.Platform = pulseone.MobileAppPlatformIOS
	if platform == PlatformAndroid {
		app.Platform = pulseone.MobileAppPlatformAndroid
	}
	now := secureaccess.At(s.Clock().Now().UTC())
	app.CreatedOn, app.ModifiedOn = now, now
	added := &mobileApp{MobileApp: app}
	s.mobile.apps[appKey{platform, app.PackageName}] = added
	return added
}

func (s *Server) appRoutes() {
	named := func(parameter string) func(func(http.ResponseWriter, *http.Request, *mobileApp, Platform)) fake.Handler {
		return func(respond func(http.ResponseWriter, *http.Request, *mobileApp, Platform)) fake.Handler {
			return func(w http.ResponseWriter, r *http.Request, p fake.Params) {
				s.mu.Lock()
				defer s.mu.Unlock()
				if app := s.mobile.apps[appKey{platformOf(r), p[parameter]}]; app != nil {
					respond(w, r, app, platformOf(r))
					return
				}
				notFound(w, "app")
			}
		}
	}
	get := func(w http.ResponseWriter, _ *http.Request, app *mobileApp, _ Platform) {
		fake.JSON(w, http.StatusOK, app.MobileApp)
	}
	s.api.Handle(s.createApp, "pulseone.afw_apps.create")
	s.api.Handle(s.createApp, "pulseone.ios_apps.create")
	s.api.Handle(named("package_name")(get), "pulseone.afw_apps.get")
	s.api.Handle(named("package_name")(get), "pulseone.ios_apps.get")
	s.api.Handle(named("package_id")(s.updateApp), "pulseone.afw_apps.update")
	s.api.Handle(named("package_name")(s.updateApp), "pulseone.ios_apps.update")
	s.api.Handle(named("package_id")(s.deleteApp), "pulseone.afw_apps.delete")
	s.api.Handle(named("package_name")(s.deleteApp), "pulseone.ios_apps.delete")
	s.api.Handle(s.uploadByTitle, "pulseone.afw_apps.upload_bundle")
	s.api.Handle(named("package_name")(s.uploadBundle), "pulseone.ios_apps.upload_bundle")
	s.api.Handle(named("package_name")(uploadSchema), "pulseone.ios_apps.upload_config_schema")
}

func (s *Server) createApp(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var app pulseone.MobileApp
	if !decode(w, r, &app) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app.ID = ""
	fake.JSON(w, http.StatusOK, s.addApp(platformOf(r), app).MobileApp)
}

// updateApp changes what the body has.
func (s *Server) updateApp(w http.ResponseWriter, r *http.Request, app *mobileApp, platform Platform) {
	changed := app.MobileApp
	if !decode(w, r, &changed) {
		return
	}
	changed.ModifiedOn = secureaccess.At(s.Clock().Now().UTC())
	delete(s.mobile.apps, appKey{platform, app.PackageName})
	app.MobileApp = changed
	s.mobile.apps[appKey{platform, app.PackageName}] = app
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) deleteApp(w http.ResponseWriter, _ *http.Request, app *mobileApp, platform Platform) {
	if len(app.policies) > 0 {
		fake.JSON(w, http.StatusBadRequest, map[string]any{"items": app.policies})
		return
	}
	delete(s.mobile.apps, appKey{platform, app.PackageName})
	w.WriteHeader(http.StatusNoContent)
}

// uploadByTitle finds an Android app by its title, as the operation has it.
func (s *Server) uploadByTitle(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range slices.SortedFunc(maps.Keys(s.mobile.apps), func(a, b appKey) int { return strings.Compare(a.packageName, b.packageName) }) {
		if app := s.mobile.apps[key]; key.platform == PlatformAndroid && app.Title == p["app_title"] {
			s.uploadBundle(w, r, app, PlatformAndroid)
			return
		}
	}
	notFound(w, "app")
}

func (s *Server) uploadBundle(w http.ResponseWriter, r *http.Request, app *mobileApp, platform Platform) {
	content, ok := parts(w, r, "version", "file")
	if !ok {
		return
	}
	app.bundle, app.Version = content["file"], string(content["version"])
	result := pulseone.AppUpload{Title: app.Title}
	if platform == PlatformIOS {
		sum := md5.Sum(app.bundle)
		result.PackageName, result.Platform, result.IconURL, result.Version = app.PackageName, app.Platform, app.IconURL, app.Version
		result.DownloadURL = s.URL() + "/api/v1/ios/apps/" + app.PackageName + "/plist/" + app.Version
		result.MD5 = hex.EncodeToString(sum[:])
	}
	fake.JSON(w, http.StatusOK, result)
}

// uploadSchema keeps the settings that an app takes.
func uploadSchema(w http.ResponseWriter, r *http.Request, app *mobileApp, _ Platform) {
	content, ok := parts(w, r, "app-config-schema")
	if !ok {
		return
	}
	text := content["app-config-schema"]
	if !strings.Contains(string(text), "<managedAppConfiguration") {
		refuse(w, http.StatusBadRequest, "40000", "the file is no schema")
		return
	}
	sum := md5.Sum(text)
	schema := &pulseone.AppConfigSchema{Version: hex.EncodeToString(sum[:])}
	tree, err := xmlTree(text)
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the file is no XML")
		return
	}
	setting, err := json.Marshal(tree)
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the file is no XML")
		return
	}
	schema.Schema = []json.RawMessage{setting}
	app.Config = &pulseone.AppConfig{Schema: schema, Values: map[string]json.RawMessage{}}
	fake.JSON(w, http.StatusOK, schema)
}
