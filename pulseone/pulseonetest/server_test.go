package pulseonetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func Example() {
	server := pulseonetest.NewStill() // in a test: pulseonetest.NewServer(t)
	if err := server.Start("127.0.0.1:0"); err != nil {
		panic(err)
	}
	defer server.Close()
	master := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	branch := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	group := server.AddGroup("offices", master, branch)
	server.SetOutcome(branch, pulseonetest.OutcomeConflicts)

	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if err := client.Groups.Publish(ctx, group); err != nil {
		panic(err)
	}
	_, err = client.Groups.WaitInSync(ctx, group, nil)
	var failure *pulseone.SyncError
	if errors.As(err, &failure) {
		fmt.Println(failure.State, len(failure.Conflict))
	}
	// Output: publish_conflict 1
}

// signed sends one request that is signed as a client of another make would.
func signed(t *testing.T, server *pulseonetest.Server, method, target, body string) (*http.Response, string) {
	t.Helper()
	return signedBy(t, server, server.IssueCredentials(), method, target, body)
}

// signedByDevice is signed with the credentials of an appliance.
func signedByDevice(t *testing.T, server *pulseonetest.Server, credentials device.Credentials, method, target, body string) (*http.Response, string) {
	t.Helper()
	return signedBy(t, server, hawk.Credentials{ID: credentials.Hawk.ID, Key: credentials.Hawk.Secret}, method, target, body)
}

func signedBy(t *testing.T, server *pulseonetest.Server, credentials hawk.Credentials, method, target, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL()+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return send(t, server, credentials, req)
}

// send signs a request and sends it.
func send(t *testing.T, server *pulseonetest.Server, credentials hawk.Credentials, req *http.Request) (*http.Response, string) {
	t.Helper()
	client := &http.Client{Transport: &hawk.Transport{
		Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
		Signer:      hawk.Signer{Now: server.Clock().Now},
	}}
	defer client.CloseIdleConnections()
	return exchange(t, client, req)
}

// exchange sends a request and reads the response.
func exchange(t *testing.T, client *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(answer)
}

// The document's own sequence with nothing but net/http: log in, read the session, sign.
func TestServer_plainHTTPSignIn(t *testing.T) {
	server := pulseonetest.NewServer(t)
	resp, err := http.Post(server.URL()+"/api/login", "application/json",
		strings.NewReader(fmt.Sprintf(`{"username": %q, "password": %q}`, server.Credentials()["user"], server.Credentials()["password"])))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || len(resp.Cookies()) != 1 || resp.Cookies()[0].Name != "cs_console_tkt" {
		t.Fatalf("login: %s, %v", resp.Status, resp.Cookies())
	}
	req, _ := http.NewRequest("GET", server.URL()+"/api/session", nil)
	req.AddCookie(resp.Cookies()[0])
	resp, err = http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var session struct {
		APIURL      string `json:"api_url"`
		Credentials struct {
			ID, Secret, Algorithm string
			Expires               int64
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil {
		t.Fatal(err)
	}
	if session.APIURL != server.URL() || session.Credentials.ID == "" || session.Credentials.Algorithm != "HS256" ||
		session.Credentials.Expires != server.Clock().Now().Add(20*time.Minute).Unix() {
		t.Errorf("got %+v", session)
	}
}

// curl and browsers keep cookies in a jar.
func TestServer_cookieJars(t *testing.T) {
	server := pulseonetest.NewServer(t)
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	body := fmt.Sprintf(`{"username": %q, "password": %q}`, server.Credentials()["user"], server.Credentials()["password"])
	resp, err := client.Post(server.URL()+"/api/login", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	resp, err = client.Get(server.URL() + "/api/session")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("with the cookie from a jar: %s", resp.Status)
	}
}

func TestServer_refusals(t *testing.T) {
	server := pulseonetest.NewServer(t)
	resp, err := http.Get(server.URL() + "/api/v1/sa/groups")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") != "Hawk" {
		t.Errorf("unsigned: %s, %q", resp.Status, resp.Header.Get("WWW-Authenticate"))
	}
	for _, test := range []struct{ method, target, body, says string }{
		{"GET", "/api/v1/sa?colour=red", "", `query parameter \"colour\" is not documented`},
		{"GET", "/api/v1/sa?limit=many", "", "not a whole number"},
		{"GET", "/api/v1/sa?limit=101", "", "more than 100"},
		{"GET", "/api/v1/sa?sdp_mode=both", "", "none of"},
		{"POST", "/api/v1/sa/groups", `{"description": "nameless"}`, "body.name is missing"},
		{"POST", "/api/v1/sa/groups", `{"name": "x", "colour": "red"}`, "body.colour is not documented"},
		{"POST", "/api/v1/sa/groups", `{"name": `, "not JSON"},
		{"POST", "/api/v1/sa/groups", ``, "body is missing"},
		{"DELETE", "/api/v1/sa/groups/x", `{"why": "because"}`, "has no body"},
	} {
		resp, answer := signed(t, server, test.method, test.target, test.body)
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(answer, test.says) {
			t.Errorf("%s %s %s: got %s %s", test.method, test.target, test.body, resp.Status, answer)
		}
	}
	if resp, _ := signed(t, server, "GET", "/api/v1/no/such/thing", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("got %s", resp.Status)
	}
}

// What the server keeps no state for gets the documented response: every operation of the API has one.
func TestServer_examples(t *testing.T) {
	server := pulseonetest.NewServer(t)
	server.AddAppliance(pulseone.Appliance{Name: "controller", SDPMode: pulseone.SDPModeController}) // one operation asks for it
	answered := 0
	for _, e := range contract.MustLoad("pulseone").Endpoints {
		if e.Auth != "hawk" || e.Audience == "workspace" || e.ID == "pulseone.sdp.controller_login" || e.Method != "GET" || strings.Contains(e.Path, "{") {
			continue
		}
		query := ""
		for _, q := range e.Query {
			if q.Required {
				query = "needed"
			}
		}
		if query != "" {
			continue
		}
		answered++
		resp, answer := signed(t, server, e.Method, e.Path, "")
		if resp.StatusCode == http.StatusNotImplemented && strings.Contains(answer, "content") {
			continue // files are not made up
		}
		if resp.StatusCode/100 != 2 {
			t.Errorf("%s: %s %s", e.ID, resp.Status, answer)
		}
	}
	if answered < 20 {
		t.Errorf("only %d operations were asked for", answered)
	}
}

func TestServer_Fail(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client, err := server.Client(secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	if err != nil {
		t.Fatal(err)
	}
	list := func() error { _, err := client.Groups.List(t.Context()); return err }
	if err := list(); err != nil {
		t.Fatal(err)
	}
	server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/groups", After: 1, Times: 2, Status: 500, Body: `{"code": 50000}`})
	var outcomes []bool
	for range 4 {
		outcomes = append(outcomes, list() == nil)
	}
	if fmt.Sprint(outcomes) != "[true false false true]" {
		t.Errorf("After 1, Times 2: got %v", outcomes)
	}

	before := server.Clock().Now()
	server.Fail(pulseonetest.Fault{Delay: time.Minute})
	if err := list(); err != nil || server.Clock().Now().Sub(before) != time.Minute {
		t.Errorf("a delay of a minute: %v, the clock went %v on", err, server.Clock().Now().Sub(before))
	}

	server.Fail(pulseonetest.Fault{Method: "POST", Status: 500})
	if err := list(); err != nil {
		t.Errorf("a fault of POST hit GET: %v", err)
	}
	server.Fail(pulseonetest.Fault{Truncate: 3})
	if err := list(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncated: %v", err)
	}
}

func TestServer_Start_takenAddress(t *testing.T) {
	server := pulseonetest.NewServer(t)
	if err := pulseonetest.New().Start(strings.TrimPrefix(server.URL(), "http://")); err == nil {
		t.Error("two servers share an address")
	}
}
