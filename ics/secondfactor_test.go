package ics_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

func TestSecondFactor(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Kind: icstest.RealmKindRADIUS, Users: []icstest.User{{Name: "jack", Password: "juniper", Code: "123456"}}})
	client := newClient(t, server.URL(), ics.Password("jack", "juniper", "Tokens"))

	ask := func() *ics.SecondFactorError {
		t.Helper()
		err := callOnce(t, client)
		factor, ok := errors.AsType[*ics.SecondFactorError](err)
		if !ok || factor.Realm != "Tokens" || factor.ResumeID.IsZero() || !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Fatalf("the call ends with %v", err)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, factor, factor); strings.Contains(text, factor.ResumeID.Reveal()) || strings.Contains(text, "juniper") {
			t.Errorf("the error holds a secret: %s", text)
		}
		return factor
	}
	factor := ask()
	if err := client.Resume(t.Context(), factor, secureaccess.NewSecret("654321")); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("a wrong code gives %v", err)
	}
	if err := client.Resume(t.Context(), ask(), secureaccess.NewSecret("123456")); err != nil {
		t.Fatal(err)
	}
	if err := callOnce(t, client); err != nil {
		t.Errorf("after the second factor: %v", err)
	}
	server.ExpireKeys()
	ask()

	other := newClient(t, server.URL(), ics.APIKey("a2V5"))
	for _, err := range []error{other.Resume(t.Context(), factor, secureaccess.NewSecret("1")), client.Resume(t.Context(), nil, secureaccess.NewSecret("1"))} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("a factor of another client gives %v", err)
		}
	}
}

// An approval elsewhere leaves no code to send: the password goes again, beside the resume id.
func TestSecondFactorWithoutCode(t *testing.T) {
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, password, _ := r.BasicAuth()
		bodies = append(bodies, password+" "+string(body))
		if strings.Contains(string(body), "resume_id") {
			respond(w, 200, `{"api_key": "a2V5"}`)
			return
		}
		respond(w, 200, `{"resume_id": "r/1"}`)
	}))
	defer server.Close()
	retry := secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 3}) // which a second factor is no case for
	client := newClient(t, server.URL, ics.Password("jack", "juniper", "Push"), retry)
	factor, ok := errors.AsType[*ics.SecondFactorError](callOnce(t, client))
	if !ok || len(bodies) != 1 {
		t.Fatalf("a second factor was asked for %t, after %d sign-ins", ok, len(bodies))
	}
	if err := client.Resume(t.Context(), factor, secureaccess.Secret{}); err != nil {
		t.Fatal(err)
	}
	if want := `juniper {"realm":"Push","resume_id":"r/1"}`; len(bodies) != 2 || bodies[1] != want {
		t.Errorf("%q was sent, not %q", bodies, want)
	}
}

// The callback gives the code at the first sign-in and whenever the key expires, so that a long list goes on.
func TestWithSecondFactor_longList(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Kind: icstest.RealmKindRADIUS, Users: []icstest.User{{Name: "jack", Password: "juniper", Code: "123456"}}})
	server.AddSessions(1000)
	asked := 0
	client := newClient(t, server.URL(), ics.Password("jack", "juniper", "Tokens"), ics.WithSecondFactor(
		func(_ context.Context, factor *ics.SecondFactorError) (secureaccess.Secret, error) {
			asked++
			if factor.Realm != "Tokens" || factor.ResumeID.IsZero() {
				t.Errorf("asked for %v", factor)
			}
			return secureaccess.NewSecret("123456"), nil
		}))
	n := 0
	for _, err := range client.Sessions.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 250 {
			server.ExpireKeys()
		}
	}
	if n != 1000 || asked != 2 || server.KeysIssued() != 2 {
		t.Errorf("%d sessions, asked %d times, %d keys", n, asked, server.KeysIssued())
	}
}

// Twenty calls that begin at once ask for one code.
func TestWithSecondFactor_once(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Users: []icstest.User{{Name: "jack", Password: "juniper", Code: "123456"}}})
	var asked atomic.Int32
	client := newClient(t, server.URL(), ics.Password("jack", "juniper", "Tokens"), ics.WithSecondFactor(
		func(context.Context, *ics.SecondFactorError) (secureaccess.Secret, error) {
			asked.Add(1)
			return secureaccess.NewSecret("123456"), nil
		}))
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if err := callOnce(t, client); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// A callback that gives up ends the call with its error, and a wrong code is not tried over and over.
func TestWithSecondFactor_fails(t *testing.T) {
	server := icstest.NewServer(t)
	server.AddRealm(icstest.Realm{Name: "Tokens", Users: []icstest.User{{Name: "jack", Password: "juniper", Code: "123456"}}})
	gone := errors.New("nobody is there")
	client := newClient(t, server.URL(), ics.Password("jack", "juniper", "Tokens"), ics.WithSecondFactor(
		func(context.Context, *ics.SecondFactorError) (secureaccess.Secret, error) {
			return secureaccess.Secret{}, gone
		}))
	err := callOnce(t, client)
	if _, ok := errors.AsType[*ics.SecondFactorError](err); !ok || !errors.Is(err, gone) || !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Errorf("the callback's error is %v", err)
	}
	asked := 0
	client = newClient(t, server.URL(), ics.Password("jack", "juniper", "Tokens"), ics.WithSecondFactor(
		func(context.Context, *ics.SecondFactorError) (secureaccess.Secret, error) {
			asked++
			return secureaccess.NewSecret("000000"), nil
		}))
	for range 5 {
		if err := callOnce(t, client); !errors.Is(err, secureaccess.ErrUnauthorized) {
			t.Errorf("a wrong code gives %v", err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times for the same wrong code", asked)
	}
	if _, err := ics.New("http://localhost", ics.APIKey("a"), ics.WithSecondFactor(nil)); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no callback gives %v", err)
	}
}
