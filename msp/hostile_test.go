package msp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// raw serves connections by hand: respond gets each request whole and returns the bytes of the response.
func raw(t *testing.T, respond func(r *http.Request, body string) string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				body, _ := io.ReadAll(r.Body)
				_, _ = io.WriteString(conn, respond(r, string(body)))
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

const page200 = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"

// A server that repeats the form, or its cookies, in what no program reads as a response, shows nobody the password.
func TestPassword_echo(t *testing.T) {
	const password = "p\"a&s=s'wo%rd \u00e9\\"
	echoes := map[string]func(text string) string{
		"status line":    func(text string) string { return "HTTP/1.1 " + text + "\r\n\r\n" },
		"header line":    func(text string) string { return page200 + "X-Echo " + text + "\r\n\r\n" },
		"content length": func(text string) string { return page200 + "Content-Length: " + text + "\r\n\r\n" },
		"coding":         func(text string) string { return page200 + "Transfer-Encoding: " + text + "\r\n\r\n" },
		"status 400":     func(text string) string { return "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" + text },
		"reason":         func(text string) string { return "HTTP/1.1 500 " + text + "\r\nContent-Length: 0\r\n\r\n" },
		"location": func(text string) string {
			return "HTTP/1.1 302 Found\r\nLocation: http://[" + text + "\r\nContent-Length: 0\r\n\r\n"
		},
		"code": func(text string) string {
			return "HTTP/1.1 302 Found\r\nLocation: /dana-na/auth/u/welcome.cgi?p=" + text + "\r\nContent-Length: 0\r\n\r\n"
		},
		"cookie": func(text string) string {
			return page200 + "Set-Cookie: DSID=" + text + "; Domain=[\r\nContent-Length: 0\r\n\r\n"
		},
	}
	for where, echo := range echoes {
		for form, spell := range map[string]func(body string) string{
			"as it came": func(body string) string { return body },
			"decoded":    func(body string) string { values, _ := url.ParseQuery(body); return values.Get("password") },
			"quoted": func(body string) string {
				values, _ := url.ParseQuery(body)
				return fmt.Sprintf("%q", values.Get("password"))
			},
		} {
			address := raw(t, func(r *http.Request, body string) string {
				if r.Method == http.MethodGet {
					return page200 + "Set-Cookie: DSSIGNIN=url_hush\r\nContent-Length: 0\r\n\r\n"
				}
				return echo(spell(body) + r.Header.Get("Cookie"))
			})
			var log strings.Builder
			logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			client, err := msp.New(address, msp.Password("jane", password), secureaccess.WithLogger(logger), secureaccess.WithRetry(secureaccess.RetryPolicy{}))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.DSID(t.Context())
			if err == nil {
				if where != "cookie" {
					t.Errorf("%s %s: signed in", where, form)
				}
				continue
			}
			var text strings.Builder
			for e := err; e != nil; e = errors.Unwrap(e) {
				fmt.Fprintf(&text, "%v %+v %#v ", e, e, e)
				if failure, ok := e.(*secureaccess.Error); ok {
					fmt.Fprintf(&text, "%s %q %s", failure.Code, failure.Messages, failure.Body)
				}
			}
			text.WriteString(log.String())
			for _, secret := range []string{password, url.QueryEscape(password), "wo%rd", "wo%25rd", "url_hush"} {
				if strings.Contains(text.String(), secret) {
					t.Errorf("%s %s: %q is told: %s", where, form, secret, text.String())
				}
			}
		}
	}
}

// An error in a 200, and the names of reports that remain, do not print the DSID.
func TestDecodeError_echo(t *testing.T) {
	const dsid = "d5id-hush-hush-0123456789"
	for _, body := range []string{
		`{"error":"DSID=%s is odd"}`, `{"error":{"code":"%s","message":"%[1]s"}}`, `{"message":"%s","total":1,"error":[{"id":"%[1]s","file_name":"%[1]s"}]}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, body, dsid) }))
		client, err := msp.New(server.URL, msp.DSID(dsid))
		if err != nil {
			t.Fatal(err)
		}
		_, listed := client.Tenants.List(t.Context(), nil)
		for _, err := range []error{listed, client.Reports.Delete(t.Context(), "1")} {
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok {
				t.Fatalf("%s: %v", body, err)
			}
			text := fmt.Sprintf("%v %q %q %s %+v", err, failure.Code, failure.Messages, failure.Body, failure.Err)
			if remaining, ok := errors.AsType[*msp.NotDeletedError](err); ok {
				text += fmt.Sprintf("%+v", *remaining)
			}
			if strings.Contains(text, "hush") {
				t.Errorf("%s: %s", body, text)
			}
		}
		server.Close()
	}
}

// A portal on https that leads to http, at this machine too, is not followed: neither signing in nor reading nor
// downloading.
func TestClient_neverToHTTP(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came over http, with the cookies %q", r.Method, r.URL.Path, r.Header.Get("Cookie"))
	}))
	defer plain.Close()
	server := msptest.NewTLSServer(t)
	id := server.AddReport("r.csv", []byte("a"))
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	away := func(path string) msptest.Fault {
		return msptest.Fault{Path: path, Status: 302, Header: http.Header{"Location": {plain.URL + "/dana-na/auth/x/welcome.cgi"}}}
	}
	server.Fail(away("/api/msp/tenants"))
	if _, err := client.Tenants.List(t.Context(), nil); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Errorf("a list: %v", err)
	}
	server.Fail(msptest.Fault{Path: "/api/msp/reports/", Status: 200, Body: `{"url":"` + plain.URL + `/r"}`})
	if _, err := client.Reports.DownloadReport(t.Context(), id); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Errorf("a report: %v", err)
	}
	server.Fail(away("/usage-reports/"))
	if _, err := client.Reports.DownloadReport(t.Context(), id); !errors.Is(err, secureaccess.ErrRedirectRefused) {
		t.Errorf("a report that leads on: %v", err)
	}
	for _, path := range []string{"/login/msp", "/dana-na/auth/"} {
		server.Fail(away(path))
		if err := client.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrRedirectRefused) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Cookies are kept as the portal wrote them, the last one of a name, unless it deletes them.
func TestPassword_cookies(t *testing.T) {
	for name, c := range map[string]struct {
		cookies []string
		want    string
	}{
		"quotes":            {[]string{`DSID="q-1"; path=/`}, `"q-1"`},
		"the last of two":   {[]string{"DSID=first", "DSID=second; secure"}, "second"},
		"deleted before":    {[]string{"DSID=; max-age=0", "DSID=d"}, "d"},
		"deleted after":     {[]string{"DSID=d", "DSID=x; expires=Thu, 01-Jan-1970 22:00:00 GMT"}, ""},
		"cannot be a value": {[]string{"DSID=a b"}, ""},
	} {
		p := &pages{submit: html("<p>Welcome</p>", c.cookies...)}
		dsid, err := p.signIn(t)
		if dsid != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, dsid, err)
		}
	}
	client, err := msp.New("https://portal.example", msp.DSID(`"q-1"`))
	if err != nil {
		t.Fatal(err)
	}
	if dsid, err := client.DSID(t.Context()); err != nil || dsid.Reveal() != `"q-1"` {
		t.Errorf("%q, %v", dsid.Reveal(), err)
	}
}
