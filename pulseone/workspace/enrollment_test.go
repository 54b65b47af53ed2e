package workspace_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

var deviceFacts = workspace.DeviceFacts{ContentType: "application/pkcs7-signature", Data: []byte("0\x80\x06\x09\x00\xff")}

// content reads a download to its end.
func content(download *secureaccess.Download, err error) func(*testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(download)
		check(t, err)
		check(t, download.Close())
		return string(data)
	}
}

// A path goes below the whole of the base, as the paths of all operations do; what is no URL enrolls nothing.
func TestEnrollmentURL_forms(t *testing.T) {
	for _, test := range []struct{ link, want string }{
		{"/api/v1/ios/enroll?t=t0ken", "BASE/pulse/api/v1/ios/enroll?t=t0ken"},
		{"https://enroll.example.com/api/v1/ios/enroll?t=t0ken", "https://enroll.example.com/api/v1/ios/enroll?t=t0ken"},
		{"", ""}, {"javascript:alert(1)", ""}, {"://", ""},
	} {
		credentials := canned(t, http.StatusOK, "application/json", `{"enrollment_url": "`+test.link+`"}`)
		base := credentials.APIURL
		credentials.APIURL += "/pulse"
		client := must(workspace.NewIOS(credentials))(t)
		link, err := client.CreateEnrollmentURL(t.Context())
		switch {
		case test.want == "" && !errors.Is(err, secureaccess.ErrBadResponse):
			t.Errorf("%q: got %+v, %v", test.link, link, err)
		case test.want != "" && err != nil:
			t.Errorf("%q: %v", test.link, err)
		case test.want != "" && link.URL.Reveal() != strings.Replace(test.want, "BASE", base, 1):
			t.Errorf("%q: got %q", test.link, link.URL.Reveal())
		}
		check(t, client.Close(t.Context()))
	}
}

// One enrollment, as Safari and the device do it: unsigned, with the bytes as they are, the second call with another
// result.
func TestEnrollmentURL(t *testing.T) {
	server, client := ios(t)
	link := must(client.CreateEnrollmentURL(t.Context()))(t)
	if link.Server() != server.URL() || link.Token().IsZero() {
		t.Fatalf("got %q", link.URL.Reveal())
	}
	var tap wiretap
	safari := must(workspace.NewPublic(link.Server(), append(server.Options(), tap.option())...))(t)
	service := content(safari.DownloadProfileService(t.Context(), link.Token()))(t)
	first := content(safari.DownloadConfigurationProfile(t.Context(), link.Token(), deviceFacts))(t)
	if request := tap.last(t); request.body != string(deviceFacts.Data) || request.Header.Get("Content-Type") != deviceFacts.ContentType {
		t.Errorf("sent %q as %s", request.body, request.Header.Get("Content-Type"))
	}
	second := content(safari.DownloadConfigurationProfile(t.Context(), link.Token(), deviceFacts))(t)
	for got, want := range map[string]string{service: "profile service", first: "certificate configuration", second: "MDM configuration"} {
		if !strings.HasPrefix(got, "0\x80\x06\x09*\x86H\x86") || !strings.HasSuffix(got, want) {
			t.Errorf("got %q; want %s", got, want)
		}
	}
	if stage := server.Workspaces()[0].Stage; stage != pulseonetest.WorkspaceStageEnrolled {
		t.Errorf("the workspace is %s", stage)
	}
	for _, request := range tap.all() {
		if request.Header.Get("Authorization") != "" || request.Header.Get("Cookie") != "" {
			t.Errorf("%s %s is authenticated", request.Method, request.URL.Path)
		}
	}
	check(t, safari.Close(t.Context()))
}

// What a bad token is differs by operation, and the token is in no error.
func TestPublic_badTokens(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client := public(t, server)
	const bad = "aS4wmtaqksp"
	token := secureaccess.NewSecret(bad)
	for name, test := range map[string]struct {
		call func() error
		want error
	}{
		"profile service": {func() error { _, err := client.DownloadProfileService(t.Context(), token); return err }, secureaccess.ErrBadRequest},
		"profile": {func() error {
			_, err := client.DownloadConfigurationProfile(t.Context(), token, deviceFacts)
			return err
		}, secureaccess.ErrForbidden},
		"app store":   {func() error { _, err := client.GetAppStoreHTML(t.Context(), token); return err }, secureaccess.ErrUnauthorized},
		"credentials": {func() error { _, err := client.GetAppStoreCredentials(t.Context(), token); return err }, secureaccess.ErrUnauthorized},
		"DEP":         {func() error { _, err := client.RegisterDEP(t.Context(), token); return err }, secureaccess.ErrForbidden},
	} {
		err := test.call()
		if !errors.Is(err, test.want) || strings.Contains(err.Error(), bad) {
			t.Errorf("%s: got %v; want %v", name, err, test.want)
		}
		server.Fail(pulseonetest.Fault{Status: http.StatusBadRequest, Body: `{"message": "no token ` + bad + `"}`})
		if err := test.call(); err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%s, repeated by the server: %v", name, err)
		}
		server.Fail(pulseonetest.Fault{Reset: true})
		if err := test.call(); err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%s, with a broken connection: %v", name, err)
		}
	}
}

func TestPublic_DownloadConfigurationProfile_refusals(t *testing.T) {
	server, client := ios(t)
	safari := public(t, server)
	token := must(client.CreateEnrollmentURL(t.Context()))(t).Token()
	_, err := safari.DownloadConfigurationProfile(t.Context(), token, workspace.DeviceFacts{ContentType: "text/plain", Data: []byte("x")})
	if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Status != http.StatusUnsupportedMediaType {
		t.Errorf("another media type: %v", err)
	}
	if _, err := safari.DownloadConfigurationProfile(t.Context(), token, workspace.DeviceFacts{Data: []byte("x")}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no media type: %v", err)
	}
	server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{NoPushCertificate: true})
	if _, err := safari.DownloadConfigurationProfile(t.Context(), token, deviceFacts); !errors.Is(err, pulseone.CodeMDMPushCertificateNotConfigured) {
		t.Errorf("no push certificate: %v", err)
	}
	server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{})
	if got := content(safari.DownloadConfigurationProfile(t.Context(), token, workspace.DeviceFacts{}))(t); !strings.HasSuffix(got, "certificate configuration") {
		t.Errorf("without facts: got %q", got)
	}
}

// A page is no profile, and neither is nothing.
func TestPublic_DownloadProfileService_noProfile(t *testing.T) {
	for _, body := range []string{"<!DOCTYPE html><html>sign in</html>", ""} {
		client := must(workspace.NewPublic(canned(t, http.StatusOK, "text/html", body).APIURL))(t)
		if _, err := client.DownloadProfileService(t.Context(), secureaccess.NewSecret("aS4wmtaqksp")); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%q: got %v", body, err)
		}
		check(t, client.Close(t.Context()))
	}
}

// What spends the token of a URL is sent once.
func TestPublic_tokensAreSpentOnce(t *testing.T) {
	server := pulseonetest.NewServer(t)
	server.Fail(pulseonetest.Fault{Status: http.StatusServiceUnavailable, Times: -1})
	var tap wiretap
	client := public(t, server, tap.option(), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3}))
	token := secureaccess.NewSecret("aS4wmtaqksp")
	for _, call := range []func() error{
		func() error { _, err := client.DownloadProfileService(t.Context(), token); return err },
		func() error {
			_, err := client.DownloadConfigurationProfile(t.Context(), token, deviceFacts)
			return err
		},
		func() error { _, err := client.GetAppStoreCredentials(t.Context(), token); return err },
	} {
		before := len(tap.all())
		if err := call(); err == nil {
			t.Error("no error")
		}
		if n := len(tap.all()) - before; n != 1 {
			t.Errorf("%s: %d requests", tap.last(t).URL.Path, n)
		}
	}
}

// A media type that a header cannot carry is refused before anything is sent.
func TestPublic_DownloadConfigurationProfile_contentType(t *testing.T) {
	client := must(workspace.NewPublic(canned(t, http.StatusOK, "text/plain", "profile").APIURL))(t)
	for contentType, want := range map[string]error{"a/b\r\nX: y": secureaccess.ErrInvalidArgument, "a/b; charset=utf-8": nil} {
		download, err := client.DownloadConfigurationProfile(t.Context(), secureaccess.NewSecret("t0ken"), workspace.DeviceFacts{ContentType: contentType, Data: []byte("x")})
		if !errors.Is(err, want) {
			t.Errorf("%q: %v", contentType, err)
		}
		if err == nil {
			check(t, download.Close())
		}
	}
	check(t, client.Close(t.Context()))
}
