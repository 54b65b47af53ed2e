package msptest_test

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
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// call sends a plain request with a DSID, as the document does with curl.
func call(t *testing.T, server *msptest.Server, dsid, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL()+path, strings.NewReader(body))
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

func TestServer_refusesWhatTheContractForbids(t *testing.T) {
	server := msptest.NewServer(t)
	dsid := server.OpenSession("msp-admin")
	for _, c := range []struct {
		method, path, body string
		want               string
	}{
		{"GET", "/api/msp/tenants?offset=1", "", "offset"},
		{"GET", "/api/msp/tenants?limit=many", "", "limit"},
		{"GET", "/api/msp/tenants?limit=-1", "", "limit"},
		{"GET", "/api/msp/reports/usage?start=-1", "", "start"},
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

func TestServer_contentOfAnotherOrigin(t *testing.T) {
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
	if strings.HasPrefix(answer.URL, server.URL()) {
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

func TestServer_scheduledReports(t *testing.T) {
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
		if _, err := client.Schedule.Replace(t.Context(), schedule); err != nil {
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

func TestServer_StartTLS(t *testing.T) {
	// httptest has a certificate for 127.0.0.1.
	donor := httptest.NewTLSServer(http.NotFoundHandler())
	defer donor.Close()
	pool := x509.NewCertPool()
	pool.AddCert(donor.Certificate())

	server := msptest.New()
	if err := server.StartTLS("127.0.0.1:0", &tls.Config{Certificates: donor.TLS.Certificates}); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if !strings.HasPrefix(server.URL(), "https://127.0.0.1:") {
		t.Fatalf("it listens at %s", server.URL())
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

	if err := msptest.New().Start("not an address"); err == nil {
		t.Error("a wrong address starts")
	}
}

// The portal and the storage of the content have one CA; the content comes from either when another program serves.
func TestNewTLSServer(t *testing.T) {
	server := msptest.NewTLSServer(t)
	id := server.AddReport("r.bin", []byte("content"))
	client, err := server.Client()
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
}

// Requests of other programs: no Content-Type, a charset, a slash at the end, and a challenge for the one without a
// session.
func TestField_HeadersOfOtherClients(t *testing.T) {
	server := msptest.NewServer(t)
	dsid := server.OpenSession("x")
	for _, test := range []struct {
		method, path, contentType, body, dsid string
		status                                int
	}{
		{"GET", "/api/msp/tenants", "", "", dsid, 200},
		{"GET", "/api/msp/tenants/", "", "", dsid, 200},
		{"POST", "/api/msp/reports/usage", "", "", dsid, 200},
		{"POST", "/api/msp/reports/usage/schedule", "application/json; charset=utf-8", `{"frequency": "daily"}`, dsid, 200},
		{"GET", "/api/msp/tenants", "", "", "other", 401},
	} {
		req, _ := http.NewRequest(test.method, server.URL()+test.path, strings.NewReader(test.body))
		req.AddCookie(&http.Cookie{Name: "DSID", Value: test.dsid})
		if test.contentType != "" {
			req.Header.Set("Content-Type", test.contentType)
		}
		resp, err := server.HTTPClient().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != test.status || (test.status == 401) != (resp.Header.Get("WWW-Authenticate") != "") {
			t.Errorf("%s %s: %s %s", test.method, test.path, resp.Status, body)
		}
	}
}
