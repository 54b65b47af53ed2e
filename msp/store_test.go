package msp_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// Programs that share a store share a session, which Close leaves open and SignOut ends for all.
func TestClient_SignOut_sharedSession(t *testing.T) {
	server := msptest.NewServer(t)
	store, err := secureaccess.FileStore(filepath.Join(t.TempDir(), "sessions"))
	if err != nil {
		t.Fatal(err)
	}
	client := func() *msp.Client {
		t.Helper()
		c, err := server.Client(secureaccess.WithSessionStore(store))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 5 {
		c := client()
		if _, err := c.Tenants.List(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if server.SignIns() != 1 || server.Sessions() != 1 {
		t.Errorf("%d sign-ins, %d sessions", server.SignIns(), server.Sessions())
	}
	c := client()
	if err := c.SignOut(t.Context()); err != nil || server.Sessions() != 0 {
		t.Errorf("%v, %d sessions", err, server.Sessions())
	}
	if _, err := c.Tenants.List(t.Context(), nil); err != nil || server.SignIns() != 2 {
		t.Errorf("after it: %v, %d sign-ins", err, server.SignIns())
	}
}

func TestClient_SignOut(t *testing.T) {
	server, client := start(t)
	if err := client.SignOut(t.Context()); err != nil || server.SignIns() != 0 {
		t.Errorf("without a session: %v, %d sign-ins", err, server.SignIns())
	}
	if err := client.SignIn(t.Context()); err != nil || server.Sessions() != 1 {
		t.Errorf("SignIn: %v, %d sessions", err, server.Sessions())
	}
	if err := client.SignOut(t.Context()); err != nil || server.Sessions() != 0 {
		t.Errorf("SignOut: %v, %d sessions", err, server.Sessions())
	}
}

// An end of the context is no reason to leave a session open, and a failure no reason not to try again.
func TestClient_Close_afterItsContext(t *testing.T) {
	server, client := start(t, secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Fail(msptest.Fault{Path: "/api/my-session/logout", Status: 500})
	if err := client.Close(t.Context()); !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Close(ctx); err != nil || server.Sessions() != 0 {
		t.Errorf("again: %v, %d sessions", err, server.Sessions())
	}
}

func TestPasswordFrom(t *testing.T) {
	server := msptest.NewServer(t)
	account := server.Credentials()
	var reads atomic.Int32
	password, broken := account["password"], errors.New("the vault is sealed")
	source := secureaccess.SecretFunc(func(context.Context) (secureaccess.Secret, error) {
		reads.Add(1)
		if password == "" {
			return secureaccess.Secret{}, broken
		}
		return secureaccess.NewSecret(password), nil
	})
	client, err := msp.New(server.URL(), msp.PasswordFrom(account["user"], source), server.Options()...)
	if err != nil || reads.Load() != 0 {
		t.Fatalf("%v, read %d times", err, reads.Load())
	}
	if _, err := client.DSID(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A password that was changed is in use at the next sign-in.
	server.AddAccount(account["user"], "another", msp.DefaultRealm)
	server.EndSessions()
	if _, err := client.Tenants.List(t.Context(), nil); !errors.Is(err, msp.ErrWrongPassword) {
		t.Errorf("the old password: %v", err)
	}
	password = "another"
	if _, err := client.Tenants.List(t.Context(), nil); err != nil {
		t.Errorf("the new password: %v", err)
	}
	password = ""
	server.EndSessions()
	if _, err := client.Tenants.List(t.Context(), nil); !errors.Is(err, broken) || !strings.Contains(err.Error(), "password") {
		t.Errorf("no password: %v", err)
	}

	for name, auth := range map[string]msp.Auth{
		"password source": msp.PasswordFrom("u", nil),
		"password":        msp.PasswordFrom("u", secureaccess.Secret{}),
	} {
		_, err := msp.New(server.URL(), auth)
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := msp.New(server.URL(), msp.Password("u", "pw", nil)); err != nil {
		t.Errorf("an option that is nil: %v", err)
	}
}
