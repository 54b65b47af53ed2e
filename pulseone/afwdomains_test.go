package pulseone_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestAFWDomains_Enroll(t *testing.T) {
	server, client := connect(t)
	check(t, client.AFWDomains.Enroll(t.Context(), secureaccess.NewSecret("8843d7f9")))
	if !server.GoogleEnrolled() {
		t.Error("the domain is not enrolled")
	}
	err := client.AFWDomains.Enroll(t.Context(), secureaccess.NewSecret("8843d7f9"))
	if !errors.Is(err, secureaccess.ErrBadRequest) || strings.Contains(err.Error(), "8843d7f9") {
		t.Errorf("enrolled twice: %v", err)
	}
	check(t, client.AFWDomains.Unenroll(t.Context()))
	if err := client.AFWDomains.Unenroll(t.Context()); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("not enrolled: %v", err)
	}
}

// The sign-up as browser and Google do it. Where it ends is returned and not followed; the token is not signed for, and
// serves once.
func TestAFWDomains_SignupCallback(t *testing.T) {
	var tap wiretap
	server, client := connect(t, secureaccess.WithTransport(&tap))
	const next = "https://console.example.com/admin/settings/android-for-work?tab=1"
	token := func() secureaccess.Secret {
		link := must(client.AFWDomains.CreateSignupURL(t.Context(), next))(t)
		return secureaccess.NewSecret(must(url.Parse(link.URL))(t).Query().Get("t"))
	}
	void, valid := token(), token()
	enterprise := secureaccess.NewSecret("abc123def")
	_, err := client.AFWDomains.SignupCallback(t.Context(), enterprise, void)
	if !errors.Is(err, secureaccess.ErrBadRequest) || strings.Contains(err.Error(), void.Reveal()) || strings.Contains(err.Error(), "abc123def") {
		t.Errorf("a URL that another one voided: %v", err)
	}
	server.Fail(pulseonetest.Fault{Path: "/api/v1/afw/domains/signup-callback", Status: http.StatusBadRequest, Body: `{"message": "abc123def and ` + valid.Reveal() + `"}`})
	if _, err := client.AFWDomains.SignupCallback(t.Context(), enterprise, valid); err == nil || strings.Contains(err.Error(), valid.Reveal()) || strings.Contains(err.Error(), "abc123def") {
		t.Errorf("repeated by the server: %v", err)
	}
	redirect := must(client.AFWDomains.SignupCallback(t.Context(), enterprise, valid))(t)
	if redirect.Status != http.StatusSeeOther || redirect.Location != next || !server.GoogleEnrolled() {
		t.Errorf("got %+v", redirect)
	}
	last := tap.requests[len(tap.requests)-1]
	if last.URL.Path != "/api/v1/afw/domains/signup-callback" || last.Header.Get("Authorization") != "" || last.Header.Get("Cookie") != "" {
		t.Errorf("sent %s with %v", last.URL.Path, last.Header)
	}
	if _, err := client.AFWDomains.SignupCallback(t.Context(), enterprise, secureaccess.Secret{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no token: %v", err)
	}
	before := tap.count(http.MethodGet, last.URL.Path)
	server.Fail(pulseonetest.Fault{Path: last.URL.Path, Status: http.StatusServiceUnavailable, Times: -1})
	if _, err := client.AFWDomains.SignupCallback(t.Context(), enterprise, valid); err == nil {
		t.Error("no error")
	}
	if n := tap.count(http.MethodGet, last.URL.Path) - before; n != 1 {
		t.Errorf("%d requests spent the token", n)
	}
}

func TestAFWDomains_CustomAppDelegationCallback(t *testing.T) {
	_, client := connect(t)
	const next = "https://console.example.com/admin/settings/android-for-work"
	link := must(client.AFWDomains.CreateAppPublishingDelegationURL(t.Context(), next))(t)
	back := must(url.Parse(must(url.Parse(link.URL))(t).Query().Get("continueUrl")))(t)
	redirect := must(client.AFWDomains.CustomAppDelegationCallback(t.Context(), pulseone.AppDelegation{
		DeveloperAccount: "8301", DeveloperAccountLink: "https://play.google.com/apps/publish?account=8301&x=1", Token: secureaccess.NewSecret(back.Query().Get("t")),
	}))(t)
	if redirect.Status != http.StatusSeeOther || redirect.Location != next {
		t.Errorf("got %+v", redirect)
	}
	if token := must(client.AFWDomains.GetDPCToken(t.Context()))(t); token.Token != "afw#acme" {
		t.Errorf("got %+v", token)
	}
}

// A URL approves once; where there is nothing to approve there is none.
func TestAFWProducts_Approve(t *testing.T) {
	var tap wiretap
	server, client := connect(t, secureaccess.WithTransport(&tap))
	products := client.AFWProducts
	const product = "net.pulsesecure.pulsesecure"
	link := must(products.GenerateApprovalURL(t.Context(), product))(t)
	forever := true
	check(t, products.Approve(t.Context(), product, link.URL, &pulseone.AFWApproveOptions{Forever: &forever}))
	if query := tap.requests[len(tap.requests)-1].URL.RawQuery; query != "approve_forever=true" {
		t.Errorf("sent ?%s", query)
	}
	if approved := server.ApprovedProducts(); !approved[product] {
		t.Errorf("the server has %v", approved)
	}
	err := products.Approve(t.Context(), product, link.URL, nil)
	if !errors.Is(err, secureaccess.ErrBadRequest) || strings.Contains(err.Error(), link.URL) {
		t.Errorf("approved twice: %v", err)
	}
	before := len(tap.requests)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/afw/products/", Times: 2, Status: http.StatusTooManyRequests, Body: `{"message": "` + link.URL + `"}`})
	if err := products.Approve(t.Context(), product, link.URL, nil); err == nil || strings.Contains(err.Error(), link.URL) {
		t.Errorf("repeated by the server: %v", err)
	}
	if _, err := products.GenerateApprovalURL(t.Context(), product); err == nil || len(tap.requests) != before+2 {
		t.Errorf("%d requests for two calls: %v", len(tap.requests)-before, err)
	}
	if again := must(products.GenerateApprovalURL(t.Context(), product))(t); again.URL != "" {
		t.Errorf("got %+v", again)
	}
	for _, none := range []string{`{"url": null}`, `{"url": ""}`, `{}`} {
		server.Fail(pulseonetest.Fault{Path: "/api/v1/afw/products/", Status: http.StatusOK, Body: none})
		if again, err := products.GenerateApprovalURL(t.Context(), product); err != nil || again.URL != "" {
			t.Errorf("%s: got %+v, %v", none, again, err)
		}
	}
	never := false
	link = must(products.GenerateApprovalURL(t.Context(), "com.example.other"))(t)
	check(t, products.Approve(t.Context(), "com.example.other", link.URL, &pulseone.AFWApproveOptions{Forever: &never}))
	if query := tap.requests[len(tap.requests)-1].URL.RawQuery; query != "approve_forever=false" {
		t.Errorf("sent ?%s", query)
	}
	found := 0
	for app, err := range products.All(t.Context(), "WebEx", nil) {
		check(t, err)
		found++
		if app.Name != "Cisco WebEx Meetings" {
			t.Errorf("got %+v", app)
		}
	}
	if found != 1 {
		t.Errorf("%d products", found)
	}
}
