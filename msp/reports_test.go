package msp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

func TestReports_List(t *testing.T) {
	server, client := start(t)
	for i := range 25 {
		server.AddReport(fmt.Sprintf("r%02d.csv", i), nil)
	}
	made, err := client.Reports.Create(t.Context())
	if err != nil || made.ID == "" || !made.Created.Equal(server.Clock().Now()) {
		t.Fatalf("%+v, %v", made, err)
	}
	page, err := client.Reports.List(t.Context(), &msp.PageOptions{Start: 20})
	if err != nil || page.Total != 26 || len(page.Items) != 6 || page.Items[5].ID != made.ID {
		t.Errorf("%+v, %v", page, err)
	}
	count := 0
	for _, err := range client.Reports.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 26 {
		t.Errorf("%d reports", count)
	}
}

func TestReports_Delete(t *testing.T) {
	server, client := start(t)
	gone := []string{server.AddReport("a.csv", nil), server.AddReport("b.csv", nil)}
	// The document shows identifiers without dashes here.
	if err := client.Reports.Delete(t.Context(), gone[0], strings.ReplaceAll(gone[1], "-", "")); err != nil {
		t.Fatal(err)
	}
	if left := server.Reports(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}

	var all, kept []string
	for i := range 200 { // more than an error's excerpt holds
		id := server.AddReport(fmt.Sprintf("report-%03d.csv", i), nil)
		all = append(all, id)
		if i%2 == 1 {
			server.KeepReport(id)
			kept = append(kept, id)
		}
	}
	err := client.Reports.Delete(t.Context(), all...)
	remaining, ok := errors.AsType[*msp.NotDeletedError](err)
	if !ok {
		t.Fatal(err)
	}
	var named []string
	for _, report := range remaining.Reports {
		named = append(named, report.ID)
	}
	if fmt.Sprint(named) != fmt.Sprint(kept) || remaining.Total != 100 || remaining.Reports[0].FileName != "report-001.csv" {
		t.Errorf("%d named, %+v", len(named), remaining.Reports[0])
	}
	if text := err.Error(); !strings.Contains(text, "reports not deleted, 100 in all: "+kept[0]+", "+kept[1]) || len(text) > 5000 {
		t.Errorf("%d bytes: %s", len(text), text)
	}
	if len(server.Reports()) != 100 {
		t.Errorf("%d reports are left", len(server.Reports()))
	}

	for _, ids := range [][]string{nil, {""}, {"a", ""}, {"a,b"}} {
		if err := client.Reports.Delete(t.Context(), ids...); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", ids, err)
		}
	}
}

// Any other response to a deletion than the two that are documented is an error too.
func TestReports_Delete_oddResponses(t *testing.T) {
	transport, client := mock(t)
	for body, want := range map[string]string{
		``:                   "200 OK: unusable response",
		`{}`:                 "200 OK: unusable response",
		`{"error":"locked"}`: "200 OK: locked",
		`{"total":2}`:        "200 OK: reports not deleted, 2 in all",
	} {
		transport.RegisterResponder("DELETE", "https://portal.example/msp/api/msp/reports/usage", httpmock.NewStringResponder(200, body))
		err := client.Reports.Delete(t.Context(), "1")
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestReports_DownloadReport(t *testing.T) {
	log := record()
	server, client := start(t, secureaccess.WithTransport(log))
	content := bytes.Repeat([]byte("tenant,users\n"), 100_000)
	id := server.AddReport("usage.csv", content)
	log.sent = nil
	download, err := client.Reports.DownloadReport(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	if download.Size != int64(len(content)) || download.ContentType != "text/csv" || download.Name != "usage.csv" {
		t.Errorf("%d bytes of %s, %q", download.Size, download.ContentType, download.Name)
	}
	if got, err := io.ReadAll(download); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	storage := log.sent[len(log.sent)-1]
	if strings.HasPrefix(storage.URL.String(), server.URL()) || storage.Header.Get("Cookie") != "" || storage.Header.Get("Content-Type") != "" {
		t.Errorf("%s got %v", storage.URL.Host, storage.Header)
	}
	if _, err := client.Reports.DownloadReport(t.Context(), "unknown"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("an unknown report: %v", err)
	}

	server.Fail(msptest.Fault{Path: "/usage-reports/", Truncate: 1000})
	download, err = client.Reports.DownloadReport(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	if got, err := io.ReadAll(download); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a download that breaks off: %d bytes, %v", len(got), err)
	}
}

func TestReports_DownloadReport_fromThePortal(t *testing.T) {
	for _, link := range []string{"https://portal.example/files/1?sig=a", "/files/1?sig=a"} {
		transport, client := mock(t)
		transport.RegisterResponder("GET", "https://portal.example/msp/api/msp/reports/usage/1/download-url",
			httpmock.NewStringResponder(200, `{"url":"`+link+`"}`))
		transport.RegisterResponder("GET", "https://portal.example/files/1", func(req *http.Request) (*http.Response, error) {
			if req.Header.Get("Cookie") != "DSID=ready" || req.URL.RawQuery != "sig=a" {
				t.Errorf("%s came with %q", req.URL, req.Header.Get("Cookie"))
			}
			return httpmock.NewStringResponse(200, "content"), nil
		})
		download, err := client.Reports.DownloadReport(t.Context(), "1")
		if err != nil {
			t.Fatalf("%s: %v", link, err)
		}
		if got, err := io.ReadAll(download); err != nil || string(got) != "content" {
			t.Errorf("%s: %q, %v", link, got, err)
		}
		download.Close()
	}
}

func TestReports_DownloadReport_fails(t *testing.T) {
	for _, c := range []struct {
		link string
		want error
	}{
		{"", secureaccess.ErrBadResponse},
		{"http://storage.example/1", secureaccess.ErrRedirectRefused},
		{"ftp://storage.example/1", secureaccess.ErrRedirectRefused},
		{"https://u:p@storage.example/1", secureaccess.ErrRedirectRefused},
		{"https://storage.example/1?signature=hush-hush&x=1", secureaccess.ErrForbidden},
	} {
		transport, client := mock(t)
		transport.RegisterResponder("GET", "https://portal.example/msp/api/msp/reports/usage/1/download-url",
			httpmock.NewStringResponder(200, `{"url":"`+c.link+`"}`))
		transport.RegisterResponder("GET", "https://storage.example/1",
			httpmock.NewStringResponder(403, `<Error>hush-hush is no signature</Error>`))
		_, err := client.Reports.DownloadReport(t.Context(), "1")
		if !errors.Is(err, c.want) || errors.Is(err, msp.ErrSignedOut) {
			t.Errorf("%s: %v", c.link, err)
		}
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || strings.Contains(fmt.Sprintf("%v %#v %s", err, failure, failure.Body), "hush") {
			t.Errorf("%s: the signature is in %v: %s", c.link, err, failure.Body)
		}
	}
}
