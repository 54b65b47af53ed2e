package msptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// vendorLogin is the sample program of the document, line for line: a client with a cookie jar, the form, the patterns
// that look for the hidden fields, and the second form.
func vendorLogin(base, username, password string) (session *http.Client, dsid string, continued bool, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, "", false, err
	}
	session = &http.Client{Jar: jar}
	cookie := func(name string) string {
		u, _ := url.Parse(base + "/dana-na/auth/")
		for _, c := range jar.Cookies(u) {
			if c.Name == name {
				return c.Value
			}
		}
		return ""
	}
	read := func(resp *http.Response, err error) (string, error) {
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		return string(data), err
	}

	if _, err = read(session.Get(base + "/login/msp")); err != nil {
		return nil, "", false, err
	}
	loginCGI := base + "/dana-na/auth/" + cookie("DSSIGNIN") + "/login.cgi"
	d, err := read(session.PostForm(loginCGI, url.Values{
		"username": {username}, "password": {password}, "realm": {"ZTA Admin Users"}, "btnContinue": {"Continue the session"},
	}))
	if err != nil {
		return nil, "", false, err
	}
	if strings.Contains(d, "Continue the session") {
		continued = true
		formDataStr := regexp.MustCompile(`.*name="FormDataStr" value="(.*?)">`).FindStringSubmatch(d)
		xsauth := regexp.MustCompile(`.*name="xsauth" value="(.*?)"`).FindStringSubmatch(d)
		if formDataStr == nil || xsauth == nil {
			return nil, "", true, errors.New("the page lacks a hidden field")
		}
		if _, err = read(session.PostForm(loginCGI, url.Values{
			"FormDataStr": {formDataStr[1]}, "xsauth": {xsauth[1]}, "btnContinue": {"Continue the session"},
		})); err != nil {
			return nil, "", true, err
		}
	}
	if dsid = cookie("DSID"); dsid == "" {
		return nil, "", continued, errors.New("LoginError: Unable to get DSID cookie")
	}
	return session, dsid, continued, nil
}

// call sends a plain request with a DSID, as the document does with curl.
func call(t *testing.T, server *msptest.Server, dsid, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if dsid != "" {
		req.Header.Set("Cookie", "DSID="+dsid)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestVendorsOwnLogin(t *testing.T) {
	server := msptest.NewServer(t)
	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme"})
	account := server.Credentials()

	session, first, continued, err := vendorLogin(server.URL, account["user"], account["password"])
	if err != nil || continued {
		t.Fatalf("the first login: continued %t, error %v", continued, err)
	}
	// Its get_tenants: no header but the cookies, and a parameter that only it knows.
	resp, err := session.Get(server.URL + "/api/msp/tenants?type=application")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || !strings.Contains(string(text), `"acme"`) {
		t.Errorf("the list of tenants: %s %s, %v", resp.Status, text, err)
	}

	// A second one meets the session of the first.
	_, second, continued, err := vendorLogin(server.URL, account["user"], account["password"])
	if err != nil || !continued || second == first {
		t.Fatalf("the second login: continued %t, same DSID %t, error %v", continued, second == first, err)
	}
	if status, _ := call(t, server, first, "GET", "/api/msp/tenants", ""); status != http.StatusUnauthorized {
		t.Errorf("the session that was not continued answers %d", status)
	}
	if status, _ := call(t, server, second, "GET", "/api/msp/tenants", ""); status != http.StatusOK {
		t.Errorf("the session that was continued answers %d", status)
	}
	fmt.Printf("the vendor's login with net/http: a DSID of %d characters; again, over \"Continue the session\": another\n", len(first))

	if _, _, _, err := vendorLogin(server.URL, account["user"], "wrong"); err == nil {
		t.Error("a wrong password logs in")
	}
}

func TestLoginRefusesForeignAnswers(t *testing.T) {
	server := msptest.NewServer(t)
	server.OpenSession(server.Credentials()["user"])
	post := func(dssignin, path string, form url.Values) string {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/dana-na/auth/"+path+"/login.cgi", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Cookie", "DSSIGNIN="+dssignin)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if len(resp.Cookies()) > 0 {
			t.Errorf("%v sets cookies", form)
		}
		return resp.Header.Get("Location")
	}
	account := server.Credentials()
	good := url.Values{"username": {account["user"]}, "password": {account["password"]}, "realm": {account["realm"]}}
	if at := post("url_1", "url_2", good); at != "/login/msp" {
		t.Errorf("another cookie than the path leads to %q", at)
	}
	at := post("url_1", "url_1", good)
	u, err := url.Parse(at)
	if err != nil || u.Query().Get("p") != "user-confirm" {
		t.Fatalf("with a session open the form leads to %q", at)
	}
	for _, form := range []url.Values{
		{"FormDataStr": {u.Query().Get("id")}, "xsauth": {"guessed"}, "btnContinue": {"Continue the session"}},
		{"FormDataStr": {"guessed"}, "xsauth": {"guessed"}, "btnContinue": {"Continue the session"}},
		{"username": {account["user"]}, "password": {account["password"]}, "realm": {"Users"}},
		{"username": {"nobody"}, "password": {account["password"]}, "realm": {account["realm"]}},
	} {
		if at := post("url_1", "url_1", form); !strings.HasSuffix(at, "?p=failed") {
			t.Errorf("%v leads to %q", form, at)
		}
	}
	if server.Sessions() != 1 || server.SignIns() != 1 {
		t.Errorf("%d sessions, %d sign-ins", server.Sessions(), server.SignIns())
	}
}

func TestSessionsEnd(t *testing.T) {
	server := msptest.NewServer(t)
	dsid := server.OpenSession("msp-admin")
	answers := func() int { status, _ := call(t, server, dsid, "GET", "/api/msp/tenants", ""); return status }

	for range 7 { // in use, it outlasts its idle time
		server.Advance(8 * time.Minute)
		if got := answers(); got != 200 {
			t.Fatalf("a session in use answers %d", got)
		}
	}
	server.Advance(8 * time.Minute) // 64 minutes in all
	if got := answers(); got != 401 {
		t.Errorf("after an hour it answers %d", got)
	}

	dsid = server.OpenSession("msp-admin")
	server.Advance(10 * time.Minute)
	if got := answers(); got != 401 {
		t.Errorf("after ten minutes without a call it answers %d", got)
	}

	server.SetSessionTimes(time.Minute, time.Minute)
	dsid = server.OpenSession("msp-admin")
	server.Advance(59 * time.Second)
	if got := answers(); got != 200 {
		t.Errorf("within the times that were set it answers %d", got)
	}
	if status, _ := call(t, server, dsid, "GET", "/api/my-session/logout", ""); status != 200 || server.Sessions() != 0 {
		t.Errorf("logout: %d, %d sessions left", status, server.Sessions())
	}
	if status, _ := call(t, server, dsid, "GET", "/api/my-session/logout", ""); status != 401 {
		t.Errorf("logout without a session: %d", status)
	}

	server.AnswerSignedOut(msptest.SignInPage)
	if status, text := call(t, server, dsid, "GET", "/api/msp/tenants", ""); status != 200 || !strings.Contains(text, `type="password"`) {
		t.Errorf("the sign-in page: %d %s", status, text)
	}
	server.AnswerSignedOut(msptest.SignInRedirect)
	if status, _ := call(t, server, "", "GET", "/api/msp/tenants", ""); status != 302 {
		t.Errorf("the redirect to the sign-in page: %d", status)
	}
}

func TestRefusesWhatTheContractForbids(t *testing.T) {
	server := msptest.NewServer(t)
	dsid := server.OpenSession("msp-admin")
	for _, c := range []struct {
		method, path, body string
		want               string
	}{
		{"GET", "/api/msp/tenants?offset=1", "", "offset"},
		{"GET", "/api/msp/tenants?limit=many", "", "limit"},
		{"POST", "/api/msp/tenants", `{"sub_domain":"a","plan":"gold"}`, "plan"},
		{"POST", "/api/msp/tenants", ``, "body is missing"},
		{"POST", "/api/msp/tenants", `{"name":"A"}`, "sub_domain"},
		{"DELETE", "/api/msp/reports/usage", "", "report_ids"},
		{"POST", "/api/msp/reports/usage/schedule", `{"frequency":"hourly"}`, "hourly"},
		{"POST", "/api/msp/reports/usage/schedule", `{"frequency":"weekly","start_day":7}`, "between 0 and 6"},
		{"POST", "/api/msp/reports/usage/schedule", `{"frequency":"monthly","start_day":0}`, "between 1 and 28"},
	} {
		status, text := call(t, server, dsid, c.method, c.path, c.body)
		var answer struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || status != 400 || !strings.Contains(answer.Error, c.want) {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, text)
		}
	}
}

func TestContentIsOfAnotherOrigin(t *testing.T) {
	server := msptest.NewServer(t)
	id := server.AddReport("r.csv", []byte("a,b\n"))
	dsid := server.OpenSession("msp-admin")
	_, text := call(t, server, dsid, "GET", "/api/msp/reports/usage/"+id+"/download-url", "")
	var answer struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(answer.URL, server.URL) {
		t.Errorf("%s is the portal's own origin", answer.URL)
	}
	get := func(address string, header http.Header) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(data)
	}
	if status, got := get(answer.URL, http.Header{}); status != 200 || got != "a,b\n" {
		t.Errorf("the content: %d %q", status, got)
	}
	if status, _ := get(answer.URL, http.Header{"Cookie": {"DSID=" + dsid}}); status != 400 {
		t.Errorf("with a cookie: %d", status)
	}
	if status, _ := get(answer.URL+"0", http.Header{}); status != 403 {
		t.Errorf("with another signature: %d", status)
	}
	server.Fail(msptest.Fault{Path: "/usage-reports/", Status: 503})
	if status, _ := get(answer.URL, http.Header{}); status != 503 {
		t.Errorf("a fault of the storage: %d", status)
	}
	server.Advance(15 * time.Minute)
	if status, _ := get(answer.URL, http.Header{}); status != 403 {
		t.Errorf("after its time: %d", status)
	}
}

func TestScheduledReports(t *testing.T) {
	server := msptest.NewServer(t) // Monday, 2 March 2026, 9:30
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	days := func() (days []string) {
		for _, r := range server.Reports() {
			days = append(days, r.Created.Format("01-02"))
		}
		return days
	}
	set := func(schedule msp.Schedule) {
		t.Helper()
		if _, err := client.Schedule.Set(t.Context(), schedule); err != nil {
			t.Fatal(err)
		}
	}
	server.Advance(7 * 24 * time.Hour)
	if got := days(); got != nil {
		t.Errorf("without a schedule there are reports of %v", got)
	}
	set(msp.Weekly(time.Wednesday)) // on Monday the 9th
	server.Advance(14 * 24 * time.Hour)
	if got := fmt.Sprint(days()); got != "[03-11 03-18]" {
		t.Errorf("weekly on Wednesdays: %s", got)
	}
	set(msp.Monthly(1))
	server.Advance(10 * 24 * time.Hour)
	if got := fmt.Sprint(days()); got != "[03-11 03-18 04-01]" {
		t.Errorf("and monthly on the first: %s", got)
	}
	set(msp.Daily())
	server.Advance(48 * time.Hour)
	set(msp.Schedule{Frequency: msp.FrequencyDaily, Disabled: true})
	server.Advance(48 * time.Hour)
	if got := fmt.Sprint(days()); got != "[03-11 03-18 04-01 04-03 04-04]" {
		t.Errorf("and two days daily: %s", got)
	}
}

func TestStartWithTLS(t *testing.T) {
	// httptest has a certificate for 127.0.0.1.
	donor := httptest.NewTLSServer(http.NotFoundHandler())
	defer donor.Close()
	pool := x509.NewCertPool()
	pool.AddCert(donor.Certificate())

	server := msptest.New()
	if err := server.Start("127.0.0.1:0", &tls.Config{Certificates: donor.TLS.Certificates}); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if !strings.HasPrefix(server.URL, "https://127.0.0.1:") {
		t.Fatalf("it listens at %s", server.URL)
	}
	id := server.AddReport("r.bin", []byte("content"))
	client, err := server.Client(secureaccess.WithRootCAs(pool))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(t.Context())
	download, err := client.Reports.DownloadReport(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	if data, err := io.ReadAll(download); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}

	if err := msptest.New().Start("not an address", nil); err == nil {
		t.Error("a wrong address starts")
	}
}
