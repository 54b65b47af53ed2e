package workspace_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

func TestAndroid_CreateGoogleAccount(t *testing.T) {
	var tap wiretap
	server, client := android(t, tap.option())
	if account := must(client.GetGoogleAccount(t.Context()))(t); account.Account != "user@example.com" || account.Exists {
		t.Errorf("got %+v", account)
	}
	body := workspace.GoogleAccountCreate{Password: secureaccess.NewSecret("ab87d24bdc7452e55738deb5f868e1f16dea5ace"), HashFunction: "SHA-1"}
	check(t, client.CreateGoogleAccount(t.Context(), body))
	if sent := tap.last(t).body; sent != `{"password":"ab87d24bdc7452e55738deb5f868e1f16dea5ace","hash_function":"SHA-1"}` {
		t.Errorf("the hash is to be sent as it is: %s", sent)
	}
	if account := must(client.GetGoogleAccount(t.Context()))(t); !account.Exists {
		t.Errorf("got %+v", account)
	}
	exists := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, workspace.CodeGoogleAccountExists) || !errors.Is(err, secureaccess.ErrConflict) || strings.Contains(err.Error(), "commit") {
			t.Errorf("%s: %v", what, err)
		}
	}
	exists("409", client.CreateGoogleAccount(t.Context(), body))
	server.Fail(pulseonetest.Fault{Status: http.StatusNotAcceptable, Body: `{"message": "it already has a Google Apps account", "code": 40901}`})
	exists("406", client.CreateGoogleAccount(t.Context(), body))
	server.Fail(pulseonetest.Fault{Status: http.StatusNotAcceptable, Body: `{"code": 40901}`})
	exists("without a message", client.CreateGoogleAccount(t.Context(), body))
}

// With managed accounts the account is null, or the call is refused.
func TestAndroid_RequestAuthenticationToken(t *testing.T) {
	server, client := android(t)
	if _, err := client.RequestAuthenticationToken(t.Context()); !errors.Is(err, pulseone.CodeWrongAFWEnterpriseType) {
		t.Errorf("without managed accounts: %v", err)
	}
	server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{ManagedAccounts: true})
	if account := must(client.GetGoogleAccount(t.Context()))(t); account.Account != "" || !account.Exists {
		t.Errorf("got %+v", account)
	}
	server.Fail(pulseonetest.Fault{Status: http.StatusBadRequest, Body: `{"code": 40005}`})
	if _, err := client.GetGoogleAccount(t.Context()); !errors.Is(err, pulseone.CodeWrongAFWEnterpriseType) {
		t.Errorf("refused: %v", err)
	}
	token := must(client.RequestAuthenticationToken(t.Context()))(t)
	if token.Token.IsZero() || strings.Contains(fmt.Sprintf("%+v", token), token.Token.Reveal()) {
		t.Errorf("got %+v", token)
	}
}

// A device that does not pass is a result, not an error.
func TestAttestation(t *testing.T) {
	var tap wiretap
	server, client := android(t, tap.option(), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3}))
	nonce := must(client.GetSafetyNetNonce(t.Context()))(t).Nonce
	jws := func(nonce string, match bool) string {
		payload := fmt.Sprintf(`{"nonce": %q, "ctsProfileMatch": %v}`, nonce, match)
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	for _, test := range []struct {
		jws string
		ok  bool
	}{
		{"no attestation", false},
		{jws("another", true), false},
		{jws(nonce, true), true},
		{jws(nonce, true), false}, // the nonce is spent
	} {
		if got := must(client.VerifySafetyNet(t.Context(), test.jws))(t); got.OK != test.ok {
			t.Errorf("%s: got %v", test.jws, got.OK)
		}
	}
	for _, status := range []int{http.StatusInternalServerError, http.StatusTooManyRequests} {
		before := len(tap.all())
		server.Fail(pulseonetest.Fault{Status: status, Body: `{"code": 50001}`})
		_, err := client.VerifySafetyNet(t.Context(), jws(nonce, true))
		if !errors.Is(err, pulseone.CodeSafetyNetVerificationFailed) || len(tap.all()) != before+1 {
			t.Errorf("%d: %d requests: %v", status, len(tap.all())-before, err)
		}
	}
}
