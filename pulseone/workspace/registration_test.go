package workspace_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/pulseone/workspace"
)

// ways are the ways to register, each with what it takes to do so at a server.
var ways = []struct {
	name     string
	platform pulseonetest.Platform
	path     string
	begin    func(*pulseonetest.Server) func(context.Context, *workspace.Public) (*workspace.Registration, error)
}{
	{"android code", pulseonetest.PlatformAndroid, "/api/v1/afw/register", withCode((*workspace.Public).RegisterAndroid)},
	{"android bearer", pulseonetest.PlatformAndroid, "/api/v1/afw/register", withBearer((*workspace.Public).RegisterAndroidWithBearer)},
	{"android session", pulseonetest.PlatformAndroid, "/api/v1/afw/register", withSession((*workspace.Public).RegisterAndroidWithSession)},
	{"ios code", pulseonetest.PlatformIOS, "/api/v1/ios/register", withCode((*workspace.Public).RegisterIOS)},
	{"ios bearer", pulseonetest.PlatformIOS, "/api/v1/ios/register", withBearer((*workspace.Public).RegisterIOSWithBearer)},
	{"ios session", pulseonetest.PlatformIOS, "/api/v1/ios/register", withSession((*workspace.Public).RegisterIOSWithSession)},
	{"dep", pulseonetest.PlatformIOS, "/api/v1/ios/dep/register", func(server *pulseonetest.Server) func(context.Context, *workspace.Public) (*workspace.Registration, error) {
		token := server.InviteDEP()
		return func(ctx context.Context, c *workspace.Public) (*workspace.Registration, error) {
			return c.RegisterDEP(ctx, token)
		}
	}},
}

type beginning = func(*pulseonetest.Server) func(context.Context, *workspace.Public) (*workspace.Registration, error)

func withCode(register func(*workspace.Public, context.Context, workspace.RegistrationCode) (*workspace.Registration, error)) beginning {
	return func(server *pulseonetest.Server) func(context.Context, *workspace.Public) (*workspace.Registration, error) {
		code := server.Invite("ann@example.com")
		return func(ctx context.Context, c *workspace.Public) (*workspace.Registration, error) {
			return register(c, ctx, code)
		}
	}
}

func withBearer(register func(*workspace.Public, context.Context, secureaccess.Secret) (*workspace.Registration, error)) beginning {
	return func(server *pulseonetest.Server) func(context.Context, *workspace.Public) (*workspace.Registration, error) {
		token := server.InviteBearer()
		return func(ctx context.Context, c *workspace.Public) (*workspace.Registration, error) {
			return register(c, ctx, token)
		}
	}
}

func withSession(register func(*workspace.Public, context.Context, workspace.SessionToken) (*workspace.Registration, error)) beginning {
	return func(server *pulseonetest.Server) func(context.Context, *workspace.Public) (*workspace.Registration, error) {
		token := server.InviteSession()
		return func(ctx context.Context, c *workspace.Public) (*workspace.Registration, error) {
			return register(c, ctx, token)
		}
	}
}

// Each way goes to the one path of its platform, unsigned, and what it brings works at the API that it names.
func TestPublic_Register(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			api := pulseonetest.NewServer(t)
			server := pulseonetest.NewServer(t)
			server.SetAPIURL(api.URL())
			var tap wiretap
			client := public(t, server, tap.option())
			register := way.begin(server)
			registration := must(register(t.Context(), client))(t)
			request := tap.last(t)
			if request.Method != http.MethodPost || request.URL.Path != way.path || strings.HasPrefix(request.Header.Get("Authorization"), "Hawk") {
				t.Errorf("sent %s %s, Authorization %q", request.Method, request.URL.Path, request.Header.Get("Authorization"))
			}
			if registration.APIURL != api.URL() || registration.WorkspaceID == "" || registration.Key.IsZero() || registration.Credentials.Hawk.Expires.IsZero() {
				t.Errorf("got %+v", registration)
			}
			if known := server.Workspaces(); len(known) != 1 || known[0].Platform != way.platform || known[0].ID != registration.WorkspaceID {
				t.Errorf("the server has %+v", known)
			}

			// What is registered calls the API, wherever that is: this one does not know the credentials.
			var err error
			if way.platform == pulseonetest.PlatformAndroid {
				_, err = must(workspace.NewAndroid(registration.Credentials, api.Options()...))(t).GetPolicy(t.Context())
			} else {
				_, err = must(workspace.NewIOS(registration.Credentials, api.Options()...))(t).GetPolicy(t.Context())
			}
			if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || "http://"+failure.Host != api.URL() {
				t.Errorf("the call did not go to api_url: %v", err)
			}
		})
	}
}

// A code, token or session serves once.
func TestPublic_Register_usedBefore(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			server := pulseonetest.NewServer(t)
			client := public(t, server)
			register := way.begin(server)
			must(register(t.Context(), client))(t)
			if _, err := register(t.Context(), client); !errors.Is(err, secureaccess.ErrForbidden) {
				t.Errorf("the second registration: %v", err)
			}
		})
	}
}

// No failure makes a second request of a registration: it would spend what the first one spent.
func TestPublic_Register_neverRepeated(t *testing.T) {
	for _, fault := range []pulseonetest.Fault{
		{Status: http.StatusServiceUnavailable, Times: -1},
		{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}, Times: -1},
		{Status: http.StatusInternalServerError, Times: -1},
		{Truncate: 20, Times: -1},
		{Reset: true, Times: -1},
	} {
		for _, way := range ways {
			server := pulseonetest.NewServer(t)
			server.Fail(fault)
			var tap wiretap
			client := public(t, server, tap.option(), secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 5}))
			if _, err := way.begin(server)(t.Context(), client); err == nil {
				t.Errorf("%s, %+v: no error", way.name, fault)
			}
			if n := len(tap.all()); n != 1 {
				t.Errorf("%s, %+v: %d requests", way.name, fault, n)
			}
		}
	}
}

func TestRegistrationCode_leadingZeros(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var tap wiretap
	client := public(t, server, tap.option())
	_, err := client.RegisterAndroid(t.Context(), workspace.RegistrationCode{Key: secureaccess.NewSecret("00012345"), Email: "ann@example.com"})
	if !errors.Is(err, secureaccess.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	if body := tap.last(t).body; body != `{"reg_key":"00012345","user_email":"ann@example.com"}` {
		t.Errorf("sent %s", body)
	}
}

func TestSessionToken_onTheWire(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var tap wiretap
	client := public(t, server, tap.option())
	must(client.RegisterIOSWithSession(t.Context(), server.InviteSession()))(t)
	request := tap.last(t)
	dsid, err := request.Cookie("DSID")
	check(t, err)
	xsrf, err := request.Cookie("XSRF-TOKEN")
	check(t, err)
	if dsid.Value == "" || xsrf.Value == "" || request.Header.Get("X-XSRF-TOKEN") != xsrf.Value || request.body != "" {
		t.Errorf("sent %v %q", request.Header, request.body)
	}
}

// The secrets of a registration come into no error, whatever the server makes of them.
func TestPublic_Register_secretsStay(t *testing.T) {
	for _, way := range ways {
		server := pulseonetest.NewServer(t)
		var tap wiretap
		client := public(t, server, tap.option())
		register := way.begin(server)
		must(register(t.Context(), client))(t)
		request := tap.last(t)
		secrets := []string{strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "), request.Header.Get("X-XSRF-TOKEN"), request.URL.Query().Get("t")}
		if dsid, err := request.Cookie("DSID"); err == nil {
			secrets = append(secrets, dsid.Value)
		}
		if _, key, ok := strings.Cut(request.body, `"reg_key":"`); ok {
			secrets = append(secrets, key[:8])
		}
		found := 0
		for _, secret := range secrets {
			if secret == "" {
				continue
			}
			found++
			server.Fail(pulseonetest.Fault{Status: 400, Body: `{"code": 40000, "message": "bad: ` + secret + `"}`})
			_, err := register(t.Context(), client)
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || strings.Contains(err.Error(), secret) || strings.Contains(string(failure.Body), secret) {
				t.Errorf("%s: the error has the secret: %v", way.name, err)
			}
		}
		if found == 0 {
			t.Errorf("%s: no secret found", way.name)
		}
	}
}

func TestPublic_Register_refusals(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client := public(t, server)
	server.SetWorkspaceDomain(pulseonetest.WorkspaceDomain{NotEnrolled: true, NoPushCertificate: true})
	if _, err := client.RegisterAndroid(t.Context(), server.Invite("ann@example.com")); !errors.Is(err, pulseone.CodeAFWNotEnrolled) {
		t.Errorf("not enrolled with Android for Work: %v", err)
	}
	if _, err := client.RegisterIOS(t.Context(), server.Invite("ann@example.com")); !errors.Is(err, pulseone.CodeMDMPushCertificateNotConfigured) {
		t.Errorf("no push certificate: %v", err)
	}
}

// What cannot be sent is refused before anything is.
func TestPublic_Register_arguments(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var tap wiretap
	client := public(t, server, tap.option())
	ctx, bad := t.Context(), secureaccess.NewSecret("a; DSID=b")
	for name, call := range map[string]func() (*workspace.Registration, error){
		"no key": func() (*workspace.Registration, error) {
			return client.RegisterIOS(ctx, workspace.RegistrationCode{Email: "a@b"})
		},
		"no address": func() (*workspace.Registration, error) {
			return client.RegisterIOS(ctx, workspace.RegistrationCode{Key: bad})
		},
		"no bearer": func() (*workspace.Registration, error) {
			return client.RegisterAndroidWithBearer(ctx, secureaccess.Secret{})
		},
		"no session": func() (*workspace.Registration, error) {
			return client.RegisterIOSWithSession(ctx, workspace.SessionToken{XSRF: bad})
		},
		"two cookies": func() (*workspace.Registration, error) {
			return client.RegisterIOSWithSession(ctx, workspace.SessionToken{DSID: bad, XSRF: bad})
		},
		"no DEP token": func() (*workspace.Registration, error) { return client.RegisterDEP(ctx, secureaccess.Secret{}) },
	} {
		if _, err := call(); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(tap.all()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A response without what later calls need is no registration.
func TestRegistration_incomplete(t *testing.T) {
	for _, body := range []string{
		`{"api_url": "https://api.example.com", "credentials": {"id": "a", "secret": "b", "algorithm": "HS256"}}`,
		`{"id": "f4287ae0", "api_url": "https://api.example.com"}`,
		`{"id": "f4287ae0", "api_url": "https://api.example.com", "credentials": {"id": "a"}}`,
		`{"message": "try again"}`, `{}`, `<html>sign in</html>`,
	} {
		client := must(workspace.NewPublic(canned(t, http.StatusOK, "application/json", body).APIURL))(t)
		_, err := client.RegisterIOS(t.Context(), workspace.RegistrationCode{Key: secureaccess.NewSecret("01234567"), Email: "a@example.com"})
		if !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v", body, err)
		}
		check(t, client.Close(t.Context()))
	}
}
