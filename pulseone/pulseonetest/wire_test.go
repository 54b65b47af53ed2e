package pulseonetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// Responses to signed requests are signed, body included; others are not.
func TestServer_signsResponses(t *testing.T) {
	server := pulseonetest.NewServer(t)
	server.AddGroup("offices", "")
	credentials := server.IssueCredentials()
	client := &http.Client{Transport: &hawk.Transport{
		Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
		Signer:      hawk.Signer{Now: server.Clock().Now},
		Response:    hawk.ResponseCheckBodyRequired,
	}}
	defer client.CloseIdleConnections()
	for _, target := range []string{"/api/v1/sa/groups", "/api/v1/sa/activities", "/api/v1/sa/groups/none"} {
		resp, err := client.Get(server.URL() + target)
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		if _, err := io.ReadAll(resp.Body); err != nil {
			t.Errorf("%s: %v", target, err)
		}
		resp.Body.Close()
	}
	resp, err := http.Get(server.URL() + "/api/v1/sa/groups")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if header := resp.Header.Get("Server-Authorization"); header != "" {
		t.Errorf("an unsigned request got %q", header)
	}
	// The SDK's own client, with every check it has.
	auth := pulseone.Password(server.Credentials()["user"], server.Credentials()["password"], func(t *hawk.Transport) {
		t.Response = hawk.ResponseCheckBodyRequired
	})
	sdk, err := pulseone.New(server.URL(), auth, server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer sdk.Close(t.Context())
	if groups, err := sdk.Groups.List(t.Context()); err != nil || len(groups) != 1 {
		t.Errorf("%v, %v", groups, err)
	}
}

// The document's own header has ext="", which means the same as none.
func TestServer_acceptsAnEmptyExt(t *testing.T) {
	server := pulseonetest.NewServer(t)
	credentials := server.IssueCredentials()
	for name, change := range map[string]func(header string) string{
		"none":  func(h string) string { return h },
		"empty": func(h string) string { return h + `, ext=""` },
		"added": func(h string) string { return h + `, ext="x"` }, // not what was signed
	} {
		client := &http.Client{Transport: &hawk.Transport{
			Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
			Signer:      hawk.Signer{Now: server.Clock().Now},
			Base: roundTripper(func(req *http.Request) (*http.Response, error) {
				req = req.Clone(req.Context())
				req.Header.Set("Authorization", change(req.Header.Get("Authorization")))
				return http.DefaultTransport.RoundTrip(req)
			}),
		}}
		resp, err := client.Get(server.URL() + "/api/v1/sa/groups")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if (resp.StatusCode == 200) != (name != "added") {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// The console's other operations want its cookie, and have responses.
func TestServer_consoleOperations(t *testing.T) {
	server := pulseonetest.NewTLSServer(t)
	jar, _ := cookiejar.New(nil)
	client := server.HTTPClient()
	client.Jar = jar
	get := func(path string) (*http.Response, string) {
		t.Helper()
		resp, err := client.Get(server.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	resp, _ := get("/api/properties")
	if challenge := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != 401 || !strings.HasPrefix(challenge, "Cookie ") {
		t.Errorf("without a session: %s, WWW-Authenticate %q", resp.Status, challenge)
	}
	credentials := server.Credentials()
	login, err := client.Post(server.URL()+"/api/login", "application/json; charset=utf-8",
		strings.NewReader(fmt.Sprintf(`{"username": %q, "password": %q}`, credentials["user"], credentials["password"])))
	if err != nil {
		t.Fatal(err)
	}
	login.Body.Close()
	for _, path := range []string{"/api/properties", "/api/policies/7/properties", "/api/session"} {
		if resp, body := get(path); resp.StatusCode != 200 || !json.Valid([]byte(body)) {
			t.Errorf("%s: %s %s", path, resp.Status, body)
		}
	}
	if _, body := get("/api/session"); !strings.Contains(body, `"full_name":null`) {
		t.Errorf("the document prints full_name: null; got %s", body)
	}
	if resp, _ := get("/api/v1/sessions/info/x"); resp.StatusCode != 404 {
		t.Errorf("what appliances serve: %s", resp.Status)
	}
}

// Every 401 says what is missing, also when credentials have to be renewed.
func TestServer_challengesExpiredCredentials(t *testing.T) {
	server := pulseonetest.NewServer(t)
	credentials := server.IssueCredentials()
	client := &http.Client{Transport: &hawk.Transport{
		Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
		Signer:      hawk.Signer{Now: server.Clock().Now},
	}}
	defer client.CloseIdleConnections()
	server.Advance(20 * time.Minute)
	resp, err := client.Get(server.URL() + "/api/v1/sa/groups")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") != "Hawk" {
		t.Errorf("%s, WWW-Authenticate %q", resp.Status, resp.Header.Get("WWW-Authenticate"))
	}
}

// A command that the document does not know is refused.
func TestServer_unknownCommand(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{Name: "gw", Orchestration: &pulseone.Orchestration{Type: "vsphere"}})
	if resp, body := signed(t, server, "POST", "/api/v1/sa/"+id+"/commands/explode", ""); resp.StatusCode/100 != 4 {
		t.Errorf("%s %s", resp.Status, body)
	}
}
