package workspace_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// The way through the store: URL, page, credentials, apps, installation.
func TestAppStoreURL(t *testing.T) {
	server, client := ios(t)
	for _, relative := range []bool{false, true} {
		server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{RelativeAppStoreURL: relative})
		link := must(client.GetAppStoreURL(t.Context()))(t)
		if link.Server() != server.URL() || link.Token().IsZero() || !strings.HasPrefix(link.URL.Reveal(), server.URL()+"/api/v1/ios/app-store?s=") {
			t.Fatalf("relative %v: got %q", relative, link.URL.Reveal())
		}
		safari := must(workspace.NewPublic(link.Server(), server.Options()...))(t)
		if page := must(safari.GetAppStoreHTML(t.Context(), link.Token()))(t); !strings.HasPrefix(string(page), "<html>") {
			t.Errorf("got %q", page)
		}
		credentials := must(safari.GetAppStoreCredentials(t.Context(), link.Token()))(t)
		check(t, safari.Close(t.Context()))
		store := must(workspace.NewIOS(*credentials, server.Options()...))(t)
		if store.WorkspaceID() != client.WorkspaceID() {
			t.Errorf("the credentials are those of %s", store.WorkspaceID())
		}
		apps := must(store.ListStoreApps(t.Context()))(t)
		if len(apps.Items) != 1 || apps.Items[0].PackageName != "com.enterprise.myapp" || apps.Items[0].InstalledOn.Hour() != 5 {
			t.Errorf("got %+v", apps.Items)
		}
		check(t, store.InstallApps(t.Context(), []string{"com.enterprise.myapp"}))
		check(t, store.Close(t.Context()))
	}
	if queued := server.Workspaces()[0].Queued; len(queued) != 2 {
		t.Errorf("queued: %v", queued)
	}
}

// A path goes below the whole of the base, as the paths of all operations do.
func TestAppStoreURL_forms(t *testing.T) {
	for _, test := range []struct{ link, want string }{
		{"/api/v1/ios/app-store?s=t0ken", "BASE/pulse/api/v1/ios/app-store?s=t0ken"},
		{"https://store.example.com/api/v1/ios/app-store?s=t0ken", "https://store.example.com/api/v1/ios/app-store?s=t0ken"},
		{"", ""}, {"javascript:alert(1)", ""}, {"://", ""},
	} {
		credentials := canned(t, http.StatusOK, "application/json", `{"app_store_url": "`+test.link+`"}`)
		base := credentials.APIURL
		credentials.APIURL += "/pulse"
		client := must(workspace.NewIOS(credentials))(t)
		link, err := client.GetAppStoreURL(t.Context())
		switch {
		case test.want == "" && !errors.Is(err, secureaccess.ErrBadResponse):
			t.Errorf("%q: got %+v, %v", test.link, link, err)
		case test.want != "" && err != nil:
			t.Errorf("%q: %v", test.link, err)
		case test.want != "" && link.URL.Reveal() != strings.Replace(test.want, "BASE", base, 1):
			t.Errorf("%q: got %q", test.link, link.URL.Reveal())
		case test.want != "" && link.Token().Reveal() != "t0ken":
			t.Errorf("%q: the token is %q", test.link, link.Token().Reveal())
		}
		check(t, client.Close(t.Context()))
	}
}

// Here a page is what was asked for, and JSON is not.
func TestPublic_GetAppStoreHTML_noPage(t *testing.T) {
	for _, body := range []string{`{"message": "try again"}`, "", "try again", "[]"} {
		client := must(workspace.NewPublic(canned(t, http.StatusOK, "application/json", body).APIURL))(t)
		if page, err := client.GetAppStoreHTML(t.Context(), secureaccess.NewSecret("16417bca")); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%q: got %q, %v", body, page, err)
		}
		check(t, client.Close(t.Context()))
	}
}

// A page need not begin with its usual elements.
func TestPublic_GetAppStoreHTML_forms(t *testing.T) {
	for _, body := range []string{"<div>apps</div>", "\ufeff\r\n<!-- store --><main>apps</main>", "<!DOCTYPE html><html></html>"} {
		client := must(workspace.NewPublic(canned(t, http.StatusOK, "text/html", body).APIURL))(t)
		if page := must(client.GetAppStoreHTML(t.Context(), secureaccess.NewSecret("16417bca")))(t); !strings.HasSuffix(body, string(page)) {
			t.Errorf("%q is read as %q", body, page)
		}
		check(t, client.Close(t.Context()))
	}
}

func TestIOS_InstallApps_arguments(t *testing.T) {
	_, client := ios(t)
	for _, names := range [][]string{nil, {""}, {"a", ""}} {
		if err := client.InstallApps(t.Context(), names); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", names, err)
		}
	}
}
