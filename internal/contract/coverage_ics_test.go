package contract_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsAuth) }

const icsKey = "MjUwOGQyNzAyOWU3MWQ2MzNiMTM2Njg2MzAwNDg3MjU="

func icsClient(t *testing.T, r *recorder, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	return icsClientWith(t, r, ics.APIKey(icsKey), opts...)
}

func icsClientWith(t *testing.T, r *recorder, auth ics.Auth, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	client, err := ics.New(r.URL, auth, append(r.options(), opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func icsAuth(t *testing.T, r *recorder) []call {
	// signIn returns the response to a sign-in as far as a call shows it: by the key that the call is made with.
	signIn := func(auth ics.Auth, with func(context.Context, *ics.Client) error) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			client := icsClientWith(t, r, auth)
			if err := with(ctx, client); err != nil {
				return nil, err
			}
			if _, err := client.System.Info(ctx); err != nil {
				return nil, err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			key, password, ok := r.seen[len(r.seen)-1].request.BasicAuth()
			if !ok || password != "" {
				return nil, errors.New("the key is not a user name with an empty password")
			}
			return key, nil
		}
	}
	login := func(ctx context.Context, c *ics.Client) error { return c.SignIn(ctx) }
	resume := func(ctx context.Context, c *ics.Client) error {
		factor := &ics.SecondFactorError{Realm: "RadiusAdminRealm", ResumeID: secureaccess.NewSecret("b7c1f2")}
		return c.Resume(ctx, factor, secureaccess.NewSecret("123456"))
	}
	all := []call{
		{id: "ics.auth.resume", at: "/api_key", do: signIn(ics.Password("jack", "juniper", "RadiusAdminRealm"), resume)},
		{id: "ics.auth.legacy", at: "/api_key", do: signIn(ics.LegacyPassword("admin1", "dana123"), login)},
	}
	for body, realm := range []string{"<realm-name>", "AdminADRealm", "LDAPRealm", "RadiusAdminRealm"} {
		all = append(all, call{id: "ics.auth.realm_auth", body: body, at: "/api_key", do: signIn(ics.Password("admin1", "dana123", realm), login)})
	}
	return all
}

// saying has the recorder's responses say what the document leaves open.
func saying(r *recorder, body string) secureaccess.Option {
	return secureaccess.WithTransport(roundTripFunc(func(req *http.Request) (*http.Response, error) {
		resp, err := r.RoundTrip(req)
		if err == nil && r.instead == nil {
			resp.Body.Close()
			resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
		return resp, err
	}))
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
