package workspace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// Credentials that were kept as JSON work again, whatever wrote and read them.
func TestCredentials_kept(t *testing.T) {
	server := pulseonetest.NewServer(t)
	credentials := server.AddWorkspace(pulseonetest.PlatformIOS, "ann@example.com")
	registration := must(public(t, server).RegisterIOS(t.Context(), server.Invite("ann@example.com")))(t)
	for name, value := range map[string]any{"credentials": credentials, "in a struct": struct{ workspace.Credentials }{credentials}, "registration": registration} {
		for writer, marshal := range map[string]func(any) ([]byte, error){"encoding/json": json.Marshal, "secureaccess": secureaccess.Marshal} {
			for reader, unmarshal := range map[string]func([]byte, any) error{"encoding/json": json.Unmarshal, "secureaccess": secureaccess.Unmarshal} {
				data := must(marshal(value))(t)
				var kept workspace.Credentials
				check(t, unmarshal(data, &kept))
				client := must(workspace.NewIOS(kept, server.Options()...))(t)
				if _, err := client.GetPolicy(t.Context()); err != nil {
					t.Errorf("%s, written by %s, read by %s: %v", name, writer, reader, err)
				}
				check(t, client.Close(t.Context()))
			}
		}
	}
}

// Printed and logged, credentials keep their secret.
func TestCredentials_shownWithoutSecret(t *testing.T) {
	credentials := pulseonetest.NewServer(t).AddWorkspace(pulseonetest.PlatformAndroid, "ann@example.com")
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewJSONHandler(&log, nil)), slog.New(slog.NewTextHandler(&log, nil))} {
		logger.Info("kept", "credentials", credentials, "hawk", credentials.Hawk, "registration", workspace.Registration{Credentials: credentials})
	}
	shown := log.String() + fmt.Sprintf("%v %+v %#v %s", credentials, credentials, credentials, credentials)
	if strings.Contains(shown, credentials.Hawk.Secret.Reveal()) {
		t.Errorf("the secret is in %s", shown)
	}
	if !strings.Contains(shown, credentials.WorkspaceID) {
		t.Errorf("the workspace is not in %s", shown)
	}
}

// The expiry that a registration told is no reason not to send, and nothing renews credentials that are refused: one
// request, one refusal.
func TestAndroid_expired(t *testing.T) {
	var tap wiretap
	server, client := android(t, tap.option(), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3}))
	server.Advance(2 * 365 * 24 * time.Hour)
	for range 2 {
		if _, err := client.GetPolicy(t.Context()); !errors.Is(err, pulseone.CodeCredentialsExpired) {
			t.Errorf("got %v", err)
		}
	}
	server.Fail(pulseonetest.Fault{Status: http.StatusUnauthorized, Body: `{"code": 40101, "message": "renew"}`})
	if _, err := client.GetPolicy(t.Context()); !errors.Is(err, pulseone.CodeCredentialRenewalRequired) {
		t.Errorf("got %v", err)
	}
	if n := len(tap.all()); n != 3 {
		t.Errorf("%d requests for three calls", n)
	}
}

// In the iOS part 401 says whose credentials they are not.
func TestIOS_credentialsOfSomebodyElse(t *testing.T) {
	server := pulseonetest.NewServer(t)
	others := server.AddWorkspace(pulseonetest.PlatformIOS, "ann@example.com")
	console := server.IssueCredentials()
	others.Hawk.ID, others.Hawk.Secret = console.ID, console.Key
	client := must(workspace.NewIOS(others, server.Options()...))(t)
	if _, err := client.GetAppStoreURL(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
	check(t, client.Close(t.Context()))
	if _, err := client.GetPolicy(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A registration that names no algorithm means the one that there is.
func TestCredentials_withoutAlgorithm(t *testing.T) {
	credentials := pulseonetest.NewServer(t).AddWorkspace(pulseonetest.PlatformAndroid, "ann@example.com")
	credentials.Hawk.Algorithm = ""
	client, err := workspace.NewAndroid(credentials)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetPolicy(t.Context()); err != nil {
		t.Error(err)
	}
	check(t, client.Close(t.Context()))
}

func TestNewAndroid_arguments(t *testing.T) {
	good := pulseonetest.NewServer(t).AddWorkspace(pulseonetest.PlatformAndroid, "ann@example.com")
	for name, spoil := range map[string]func(*workspace.Credentials){
		"no workspace":      func(c *workspace.Credentials) { c.WorkspaceID = "" },
		"no URL":            func(c *workspace.Credentials) { c.APIURL = "" },
		"no scheme":         func(c *workspace.Credentials) { c.APIURL = "api.pulseworkspace.net" },
		"plain HTTP":        func(c *workspace.Credentials) { c.APIURL = "http://api.example.com" },
		"no id":             func(c *workspace.Credentials) { c.Hawk.ID = "" },
		"no secret":         func(c *workspace.Credentials) { c.Hawk.Secret = secureaccess.Secret{} },
		"unknown algorithm": func(c *workspace.Credentials) { c.Hawk.Algorithm = "HS512" },
	} {
		spoiled := good
		spoil(&spoiled)
		if _, err := workspace.NewAndroid(spoiled); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := workspace.NewIOS(spoiled); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := workspace.NewPublic(""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no server: %v", err)
	}
}

func TestWithSigning(t *testing.T) {
	var tap wiretap
	hash := workspace.WithSigning(func(s *hawk.Transport) { s.HashPayload = true })
	ext := workspace.WithSigning(func(s *hawk.Transport) { s.Signer.Ext = "x" })
	_, client := android(t, tap.option(), hash, ext)
	check(t, client.UpdateState(t.Context(), workspace.StateUpdate{}))
	if header := tap.last(t).Header.Get("Authorization"); !strings.Contains(header, `hash="`) || !strings.Contains(header, `ext="x"`) {
		t.Errorf("the body is not hashed, or the other option is lost: %s", header)
	}
	if _, err := workspace.NewAndroid(canned(t, http.StatusOK, "", ""), workspace.WithSigning(nil)); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("an option that is nil: %v", err)
	}
	store := secureaccess.WithSessionStore(must(secureaccess.FileStore(filepath.Join(t.TempDir(), "sessions")))(t))
	if _, err := workspace.NewIOS(canned(t, http.StatusOK, "", ""), store); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a session store: %v", err)
	}
}

// Results that are for one thing have it.
func TestIOS_unusable(t *testing.T) {
	for body, call := range map[string]func(credentials workspace.Credentials) error{
		`{"enrollment_url":""}`: func(c workspace.Credentials) error {
			_, err := must(workspace.NewIOS(c))(t).CreateEnrollmentURL(t.Context())
			return err
		},
		`{"scep_url":"","key_size":2048}`: func(c workspace.Credentials) error {
			_, err := must(workspace.NewIOS(c))(t).GetSCEPConfiguration(t.Context())
			return err
		},
		`{"total":3}`: func(c workspace.Credentials) error {
			_, err := must(workspace.NewIOS(c))(t).ListStoreApps(t.Context())
			return err
		},
		`{"authentication_token":""}`: func(c workspace.Credentials) error {
			_, err := must(workspace.NewAndroid(c))(t).RequestAuthenticationToken(t.Context())
			return err
		},
		`{"nonce":null}`: func(c workspace.Credentials) error {
			_, err := must(workspace.NewAndroid(c))(t).GetSafetyNetNonce(t.Context())
			return err
		},
	} {
		if err := call(canned(t, http.StatusOK, "application/json", body)); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// The code of an error is a refusal under any status.
func TestIOS_InstallApps_refused(t *testing.T) {
	client := must(workspace.NewIOS(canned(t, http.StatusOK, "application/json", `{"code":50000,"message":"no"}`)))(t)
	if err := client.InstallApps(t.Context(), []string{"com.example"}); !errors.Is(err, secureaccess.Code("50000")) {
		t.Error(err)
	}
	check(t, client.Close(t.Context()))
}

func TestAndroid_Do(t *testing.T) {
	_, client := android(t)
	var policy workspace.Policy
	check(t, client.Do(t.Context(), secureaccess.Request{
		Path: "/api/v1/afw/spaces/{workspace_id}/policy", Args: []string{client.WorkspaceID()},
	}, &policy))
	if policy.Version == "" {
		t.Errorf("got %+v", policy)
	}
}

func TestPublic_Do(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var tap wiretap
	err := public(t, server, tap.option()).Do(t.Context(), secureaccess.Request{Path: "/api/v1/sa"}, nil)
	if !errors.Is(err, secureaccess.ErrUnauthorized) || tap.last(t).Header.Get("Authorization") != "" {
		t.Errorf("got %v", err)
	}
}
