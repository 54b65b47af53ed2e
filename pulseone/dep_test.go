package pulseone_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const depPath = "/api/v1/ios/dep/certificate"

// The certificate comes as a file or in a form, whose last boundary is missing in the document. Nothing of it is lost,
// and what is no certificate is an error.
func TestDEP_DownloadCertificate(t *testing.T) {
	server, client := connect(t)
	const pem = "-----BEGIN CERTIFICATE-----\nMIIC4TCCAcmg\n--x\n-----END CERTIFICATE-----\n"
	const head = "--723e82b4\r\nContent-Disposition: form-data; name=\"certificate\"; filename=\"certificate.pem\"\r\n\r\n"
	other := "--723e82b4\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nan -----BEGIN CERTIFICATE-----\r\n"
	for name, test := range map[string]struct{ body, want string }{
		"file":               {pem, pem},
		"form":               {head + pem + "\r\n--723e82b4--\r\n", pem},
		"no last boundary":   {head + pem, pem},
		"line ends of Unix":  {strings.ReplaceAll(head, "\r", "") + pem + "\n--723e82b4--\n", pem},
		"cut in the middle":  {head + pem[:40], pem[:40]},
		"after another part": {other + head + pem + "\r\n--723e82b4--\r\n", pem},
		"blank line first":   {"\r\n" + head + pem + "\r\n--723e82b4--", pem},
		"page":               {"<html>sign in</html>", ""},
		"JSON":               {`{"message": "try again"}`, ""},
		"form without":       {"--a\r\n\r\nnothing\r\n--a--", ""},
		"dashes":             {"--\n", ""},
		"nothing":            {"", ""},
	} {
		server.Fail(pulseonetest.Fault{Path: depPath, Status: http.StatusOK, Header: http.Header{"Content-Type": {"multipart/form-data; boundary=723e82b4"}}, Body: test.body})
		got, err := client.DEP.DownloadCertificate(t.Context())
		switch {
		case test.want == "" && !errors.Is(err, secureaccess.ErrBadResponse):
			t.Errorf("%s: got %q, %v", name, got, err)
		case test.want != "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && string(got) != test.want:
			t.Errorf("%s: got %q", name, got)
		}
	}
	if got := must(client.DEP.DownloadCertificate(t.Context()))(t); !strings.HasSuffix(string(got), "-----END CERTIFICATE-----\n") {
		t.Errorf("got %q", got)
	}
}

// The token goes up whole, with the header that belongs to it.
func TestDEP_UploadServerToken(t *testing.T) {
	server, client := connect(t)
	check(t, client.DEP.DeleteAccount(t.Context()))
	for _, get := range []func() error{
		func() error { _, err := client.DEP.GetAccount(t.Context()); return err },
		func() error { _, err := client.DEP.SyncAccount(t.Context()); return err },
	} {
		if err := get(); !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("without an account: %v", err)
		}
	}
	const message = "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHA6CAMIACAQAx\r\n"
	check(t, client.DEP.UploadServerToken(t.Context(), secureaccess.Upload{Reader: strings.NewReader(message)}))
	if got := string(server.DEPToken()); got != message {
		t.Errorf("the server has %q", got)
	}
	if account := must(client.DEP.SyncAccount(t.Context()))(t); account.ID == "" || account.TokenExpiryOn.IsZero() {
		t.Errorf("got %+v", account)
	}
	if err := client.DEP.UploadServerToken(t.Context(), secureaccess.Upload{Reader: strings.NewReader("MIAG")}); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("no S/MIME message: %v", err)
	}
	if err := client.DEP.UploadServerToken(t.Context(), secureaccess.Upload{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("nothing to upload: %v", err)
	}
}

// A profile is written whole: false is a value, and what this package does not know goes back.
func TestDEP_ReplaceProfile(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/ios/dep/profile", Status: http.StatusOK, Body: `{"department": "sales", "is_supervised": true, "is_mdm_removable": true, "setup_items": {"siri": true, "later": true}}`})
	profile := must(client.DEP.GetProfile(t.Context()))(t)
	profile.IsMDMRemovable = false
	if got := string(must(secureaccess.Marshal(profile))(t)); !strings.Contains(got, `"is_mdm_removable":false`) || !strings.Contains(got, `"passcode":false`) || !strings.Contains(got, `"later":true`) {
		t.Errorf("would send %s", got)
	}
	profile.SetupItems.Extra = nil // the server refuses what the document does not have
	check(t, client.DEP.ReplaceProfile(t.Context(), *profile))
	if again := must(client.DEP.GetProfile(t.Context()))(t); again.IsMDMRemovable || again.Department != "sales" || !again.SetupItems.Siri {
		t.Errorf("got %+v", again)
	}
}

func TestDEP_UpdateRealm(t *testing.T) {
	server, client := connect(t)
	check(t, client.DEP.UpdateRealm(t.Context(), "PWS-User"))
	chosen := ""
	for _, realm := range must(client.DEP.ListRealms(t.Context()))(t) {
		if realm.Selected {
			chosen += realm.Realm
		}
	}
	if chosen != "PWS-User" {
		t.Errorf("the realm is %q", chosen)
	}
	server.Fail(pulseonetest.Fault{Path: "/api/v1/ios/dep/realms", Status: http.StatusOK, Body: `{"items": [{"realm": "a", "selected": "True"}]}`})
	if realms := must(client.DEP.ListRealms(t.Context()))(t); len(realms) != 1 || !realms[0].Selected {
		t.Errorf("got %+v", realms)
	}
	check(t, client.DEP.UpdateSignInURL(t.Context(), "https://vpn.example.com/sign-in"))
	if link := must(client.DEP.GetSignInURL(t.Context()))(t); link.URL != "https://vpn.example.com/sign-in" {
		t.Errorf("got %+v", link)
	}
	for name, err := range map[string]error{"realm": client.DEP.UpdateRealm(t.Context(), ""), "URL": client.DEP.UpdateSignInURL(t.Context(), "")} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("no %s: %v", name, err)
		}
	}
}

func TestVPP(t *testing.T) {
	server, client := connect(t)
	check(t, client.VPP.DeleteToken(t.Context()))
	if _, err := client.VPP.GetToken(t.Context()); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("without a token: %v", err)
	}
	check(t, client.VPP.UploadToken(t.Context(), secureaccess.Upload{Reader: strings.NewReader("TUlBRw==\n")}))
	if got := string(server.VPPToken()); got != "TUlBRw==\n" {
		t.Errorf("the server has %q", got)
	}
	if token := must(client.VPP.GetToken(t.Context()))(t); token.ExpireOn.IsZero() {
		t.Errorf("got %+v", token)
	}
	if err := client.VPP.UploadToken(t.Context(), secureaccess.Upload{Reader: strings.NewReader("no base64!")}); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("no base64: %v", err)
	}
}

// The document's two items name the workspace in two ways; space_id counts where both are there.
func TestVPPSpace_id(t *testing.T) {
	server, client := connect(t)
	page := must(client.VPP.ListSpaces(t.Context(), "97577199-bd17-4102-8ab1-11008e8cb21b"))(t)
	if page.Total != 2 || page.Items[0].SpaceID != "97577199-bd17-4102-8ab1-11008e8cb21b" || page.Items[1].SpaceID != "6ec6a624-f10e-4898-8c61-330efaa7a929" || page.Items[1].DeviceID != 2 {
		t.Errorf("got %+v", page)
	}
	server.Fail(pulseonetest.Fault{Path: "/api/v1/ios/vpp/", Status: http.StatusOK, Body: `{"items": [{"id": "a", "space_id": "b", "user_name": "c"}]}`})
	page = must(client.VPP.ListSpaces(t.Context(), "97577199-bd17-4102-8ab1-11008e8cb21b"))(t)
	if page.Items[0].SpaceID != "b" || page.Items[0].Username != "c" {
		t.Errorf("got %+v", page.Items)
	}
}

func TestLostMode(t *testing.T) {
	server, client := connect(t)
	id := server.AddWorkspace(pulseonetest.PlatformIOS, "ann@example.com").WorkspaceID
	if err := client.LostMode.Act(t.Context(), id, pulseone.LostModeActionPlaySound); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("not lost: %v", err)
	}
	check(t, client.LostMode.Update(t.Context(), id, pulseone.LostModeUpdate{Lost: true, Message: "Please return it"}))
	check(t, client.LostMode.Act(t.Context(), id, pulseone.LostModeActionSendLocation))
	if known := server.Workspaces()[0]; !known.Lost.Lost || known.Lost.Message != "Please return it" || len(known.Actions) != 1 {
		t.Errorf("the server has %+v", known)
	}
	check(t, client.LostMode.Update(t.Context(), id, pulseone.LostModeUpdate{}))
	if known := server.Workspaces()[0]; known.Lost.Lost {
		t.Error("false was not sent")
	}
	other := server.AddWorkspace(pulseonetest.PlatformAndroid, "ann@example.com").WorkspaceID
	if err := client.LostMode.Update(t.Context(), other, pulseone.LostModeUpdate{Lost: true}); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("an Android device: %v", err)
	}
	if err := client.LostMode.Update(t.Context(), "61ec6a95-5669-45e7-bf27-f08641bf34e1", pulseone.LostModeUpdate{}); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("no such workspace: %v", err)
	}
}
