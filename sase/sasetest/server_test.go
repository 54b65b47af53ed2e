package sasetest_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// send sends a request as a program in any language would, and returns status and body.
func send(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// authorize buys a token, and returns it with its expiry as written.
func authorize(t *testing.T, server *sasetest.Server, key string) (status int, token string, expire any) {
	t.Helper()
	status, body := send(t, "POST", server.URL()+"/api/v1/auth/authorize", "", fmt.Sprintf(`{"grantType":"api_key","apiKey":%q}`, key))
	var response struct {
		Data struct {
			TokenType, AccessToken string
			AccessTokenExpire      any
		}
	}
	if status == 200 {
		if err := json.Unmarshal([]byte(body), &response); err != nil || response.Data.TokenType != "bearer" {
			t.Fatalf("the response is %s", body)
		}
	}
	return status, response.Data.AccessToken, response.Data.AccessTokenExpire
}

func TestServer_AddKey(t *testing.T) {
	server := sasetest.NewServer(t)
	users := server.BaseURL() + "/v1/users"
	server.AddKey("week", server.Clock().Now().Add(7*24*time.Hour))

	if status, _, _ := authorize(t, server, "unknown"); status != 401 {
		t.Errorf("an unknown key gets %d", status)
	}
	status, token, _ := authorize(t, server, "week")
	if status != 200 || token == "" {
		t.Fatalf("a key gets %d", status)
	}
	for name, test := range map[string]struct {
		token string
		want  int
	}{"none": {"", 401}, "wrong": {"x", 401}, "right": {token, 200}} {
		if status, body := send(t, "GET", users, test.token, ""); status != test.want {
			t.Errorf("%s token: %d %s", name, status, body)
		}
	}
	server.Advance(time.Hour - time.Second)
	if status, _ := send(t, "GET", users, token, ""); status != 200 {
		t.Errorf("within its hour: %d", status)
	}
	server.Advance(time.Second)
	if status, _ := send(t, "GET", users, token, ""); status != 401 {
		t.Errorf("after its hour: %d", status)
	}
	_, token, _ = authorize(t, server, "week")
	server.KillTokens()
	if status, _ := send(t, "GET", users, token, ""); status != 401 {
		t.Errorf("a killed token: %d", status)
	}
	server.Advance(7 * 24 * time.Hour)
	if status, _, _ := authorize(t, server, "week"); status != 401 {
		t.Errorf("a key past its end: %d", status)
	}
	server.AddKey("for ever", time.Time{})
	server.SetTokenLife(time.Minute)
	if _, token, _ = authorize(t, server, "for ever"); token == "" {
		t.Error("a key without end gets no token")
	}
	server.RemoveKey("for ever")
	if status, _, _ := authorize(t, server, "for ever"); status != 401 {
		t.Errorf("a removed key: %d", status)
	}
	server.Advance(time.Minute)
	if status, _ := send(t, "GET", users, token, ""); status != 401 {
		t.Errorf("a token of a minute after a minute: %d", status)
	}
	if got := server.Authorizations(); got != 3 {
		t.Errorf("%d tokens given, want 3", got)
	}
}

func TestServer_SetExpiryForm(t *testing.T) {
	server := sasetest.NewServer(t)
	server.AddKey("k", time.Time{})
	end := server.Clock().Now().Add(time.Hour)
	for form, want := range map[sasetest.ExpiryForm]any{
		sasetest.ExpiryFormRFC3339:      end.Format(time.RFC3339),
		sasetest.ExpiryFormSeconds:      float64(end.Unix()),
		sasetest.ExpiryFormMilliseconds: float64(end.UnixMilli()),
		sasetest.ExpiryFormNonsense:     "in a while",
	} {
		server.SetExpiryForm(form)
		if _, _, got := authorize(t, server, "k"); got != want {
			t.Errorf("%s: %v, want %v", form, got, want)
		}
	}
}

func TestServer_SetErrorShape(t *testing.T) {
	server := sasetest.NewServer(t)
	server.AddKey("k", time.Time{})
	_, token, _ := authorize(t, server, "k")
	for _, test := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/users?page=0", "", 400, "page"},
		{"GET", "/users?page=x", "", 400, "page"},
		{"GET", "/users?limit=101", "", 400, "limit"},
		{"GET", "/users?limit=0", "", 400, "limit"},
		{"GET", "/users?filter=x", "", 400, "filter"},
		{"GET", "/groups?q=x", "", 400, "q"},
		{"GET", "/users?qType=fuzzy", "", 400, "qType"},
		{"GET", "/users?sort[size]=asc", "", 400, "size"},
		{"GET", "/users?q=%7B%22size%22:%22x%22%7D", "", 400, "size"},
		{"GET", "/users?q=%7B%22email", "", 400, "not JSON"},
		{"GET", "/users?page=9223372036854775807&limit=100", "", 200, `"data":[]`},
		{"GET", "/users/7", "", 405, ""},
		{"GET", "/gateways", "", 404, ""},
		{"POST", "/users", `{"email":"a"}`, 400, "inviteMessage"},
		{"POST", "/users", `{"email":"","inviteMessage":"w"}`, 400, "email"},
		{"POST", "/users", `{"email":"a","inviteMessage":"w","nickname":"b"}`, 400, "nickname"},
		{"POST", "/users", `{"email":"a","inviteMessage":"w","idpType":"x"}`, 400, "idpType"},
		{"POST", "/users", `{"email":"a","inviteMessage":"w","profileData":{"firstName":"1"}}`, 400, "firstName"},
		{"POST", "/users", `{"email":"a","inviteMessage":"w","profileData":{"lastName":"é"}}`, 400, "lastName"},
		{"POST", "/users", `{"email":"a","inviteMessage":"w","profileData":{"phone":"110"}}`, 400, "phone"},
		{"POST", "/users", `{"email":"a","inviteMessage":"w","accessGroups":["none"]}`, 400, "UNKNOWN_GROUP"},
		{"POST", "/users", `[]`, 400, ""},
		{"POST", "/users", ``, 400, "body"},
		{"POST", "/addons/members", `{"amount":0}`, 400, "amount"},
		{"POST", "/addons/gateways", `{"amount":"many"}`, 400, "amount"},
		{"DELETE", "/users/nobody", "", 404, ""},
		{"DELETE", "/groups/none", "", 404, ""},
		{"GET", "/networks/none", "", 404, ""},
	} {
		status, body := send(t, test.method, server.BaseURL()+"/v1"+test.path, token, test.body)
		if status != test.status || !strings.Contains(body, test.says) {
			t.Errorf("%s %s %s: %d %s; want %d with %q", test.method, test.path, test.body, status, body, test.status, test.says)
		}
	}
	if len(server.Users()) != 0 {
		t.Errorf("refused users were added: %+v", server.Users())
	}
}

// The order of sort fields in the query is the order in which they count.
func TestServer_sortOrder(t *testing.T) {
	server := sasetest.NewServer(t)
	server.AddKey("k", time.Time{})
	_, token, _ := authorize(t, server, "k")
	for _, u := range [][2]string{{"Ada", "Z"}, {"Bob", "A"}, {"Ada", "B"}} {
		server.AddUser(sase.User{FirstName: u[0], LastName: u[1], Email: u[0] + u[1]})
	}
	for query, want := range map[string]string{
		"sort[firstName]=asc&sort[lastName]=asc":          "AdaB AdaZ BobA",
		"sort[lastName]=asc&sort[firstName]=asc":          "BobA AdaB AdaZ",
		"sort%5BfirstName%5D=desc&sort%5BlastName%5D=asc": "BobA AdaB AdaZ",
		"sort[firstName]=asc":                             "AdaZ AdaB BobA",
	} {
		_, body := send(t, "GET", server.BaseURL()+"/v1/users?"+query, token, "")
		var list sase.Page[sase.User]
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range list.Items {
			got = append(got, u.Email)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
}

// As the real service: the number of pages is the number of items.
func TestServer_totalPage(t *testing.T) {
	server := sasetest.NewServer(t)
	for i := range 148 {
		server.AddUser(sase.User{Email: fmt.Sprint(i)})
	}
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	list, err := client.Users.List(t.Context(), &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 25, Page: 6}})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 23 || list.TotalPage != 148 || list.Total != 148 || list.Page != 6 {
		t.Errorf("page %d of %d with %d of %d items", list.Page, list.TotalPage, len(list.Items), list.Total)
	}
}

// What a program reads of the server's state is its own.
func TestServer_stateIsCopied(t *testing.T) {
	server := sasetest.NewServer(t)
	given := sase.Group{Name: "staff", Users: []string{"u"}}
	server.AddGroup(given).Users[0] = "x"
	given.Users[0] = "y"
	server.Groups()[0].Users[0] = "z"
	if got := server.Groups()[0].Users[0]; got != "u" {
		t.Errorf("the group's member became %q", got)
	}
	network := sase.Network{Regions: []sase.NetworkRegion{{Instances: []sase.NetworkInstance{{ID: "i"}}}}}
	server.AddNetwork(network).Regions[0].Instances[0].ID = "x"
	network.Regions[0].Instances[0].ID = "y"
	server.Networks()[0].Regions[0].Instances[0].ID = "z"
	if got := server.Networks()[0].Regions[0].Instances[0].ID; got != "i" {
		t.Errorf("the instance became %q", got)
	}
}

func TestServer_Start(t *testing.T) {
	lender := httptest.NewUnstartedServer(nil) // of its certificate
	lender.StartTLS()
	defer lender.Close()
	roots := x509.NewCertPool()
	roots.AddCert(lender.Certificate())

	server := sasetest.New()
	if err := server.StartTLS("127.0.0.1:0", &tls.Config{Certificates: lender.TLS.Certificates}); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.AddUser(sase.User{Email: "ada@example.com"})
	credentials := server.Credentials()
	if !strings.HasPrefix(credentials["base_url"], "https://") || credentials["authorize_url"] != server.URL()+"/api/v1/auth/authorize" {
		t.Errorf("credentials are %v", credentials)
	}
	client, err := sase.New(credentials["base_url"], sase.APIKey(credentials["api_key"]), secureaccess.WithRootCAs(roots))
	if err != nil {
		t.Fatal(err)
	}
	list, err := client.Users.List(t.Context(), nil)
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("read %+v, %v", list, err)
	}
	token, err := client.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(token.Expires); left < 50*time.Minute || left > time.Hour {
		t.Errorf("the token lives for %v on this machine's clock", left)
	}
}

// Programs in other languages: no Content-Type without a body, a charset with one, a slash at the end, TLS.
func TestField_HeadersOfOtherClients(t *testing.T) {
	server := sasetest.NewTLSServer(t)
	request := func(method, path, contentType, token, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, server.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if contentType != "" {
			req.Header.Set("Content-Type", contentType)
		}
		if token != "" {
			req.Header.Set("Authorization", "bearer "+token)
		}
		resp, err := server.HTTPClient().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == 401 && !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: 401 without a challenge", path)
		}
		return resp.StatusCode, string(data)
	}
	const charset = "application/json; charset=utf-8"
	grant := `{"grantType": "api_key", "apiKey": "` + server.Credentials()["api_key"] + `"}`
	status, body := request("POST", "/api/v1/auth/authorize", charset, "", grant)
	var session struct {
		Data struct {
			AccessToken       string
			AccessTokenExpire int64 // a number
		}
	}
	if err := json.Unmarshal([]byte(body), &session); status != 200 || err != nil || session.Data.AccessTokenExpire != server.Clock().Now().Add(time.Hour).Unix() {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	token := session.Data.AccessToken
	if status, body := request("POST", "/api/v1/auth/authorize", charset, "", strings.Replace(grant, "test", "x", 1)); status != 401 {
		t.Errorf("a wrong key: %d %s", status, body)
	}
	for _, path := range []string{"/api/rest/v1/users", "/api/rest/v1/users/", "/api/rest/v1/networks"} {
		if status, body := request("GET", path, "", token, ""); status != 200 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body := request("POST", "/api/rest/v1/groups", charset, token, `{"name": "staff"}`); status != 201 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := request("GET", "/api/rest/v1/users", "", "x", ""); status != 401 {
		t.Errorf("a wrong token: %d %s", status, body)
	}
}
