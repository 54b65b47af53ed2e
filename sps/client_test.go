package sps_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// start returns an appliance and a client of it.
func start(t testing.TB, opts ...secureaccess.Option) (*spstest.Server, *sps.Client) {
	t.Helper()
	server := spstest.NewServer(t)
	client, err := server.Client(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// another returns one more client of an appliance, with a session of its own.
func another(t testing.TB, server *spstest.Server, opts ...secureaccess.Option) *sps.Client {
	t.Helper()
	client, err := server.Client(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// wire notes the requests that a client sends.
type wire struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	before   func(*http.Request)                 // called before a request goes out
	after    func(*http.Request, *http.Response) // called when its response is in
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if w.before != nil {
		w.before(req)
	}
	body := ""
	if req.Body != nil {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
		req.Body = io.NopCloser(strings.NewReader(body))
	}
	w.mu.Lock()
	w.requests, w.bodies = append(w.requests, req.Clone(context.Background())), append(w.bodies, body)
	w.mu.Unlock()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && w.after != nil {
		w.after(req, resp)
	}
	return resp, err
}

func (w *wire) option() secureaccess.Option { return secureaccess.WithTransport(w) }

// lines returns method and path of the requests so far.
func (w *wire) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, r := range w.requests {
		lines = append(lines, r.Method+" "+r.URL.RequestURI())
	}
	return lines
}

// refuseRetries makes failures show at once.
func refuseRetries() secureaccess.Option { return secureaccess.WithRetry(secureaccess.RetryPolicy{}) }

func TestNew_refuses(t *testing.T) {
	good := sps.Password("admin", "secret")
	tests := map[string]struct {
		base     string
		auth     sps.Auth
		opts     []secureaccess.Option
		argument string
	}{
		"no base URL":           {"", good, nil, "base URL"},
		"credentials in it":     {"https://u:p@sps.example.com", good, nil, "base URL"},
		"http to elsewhere":     {"http://sps.example.com", good, nil, "base URL"},
		"no auth":               {"https://sps.example.com", nil, nil, "auth"},
		"no user":               {"https://sps.example.com", sps.Password("", "x"), nil, "username"},
		"no password":           {"https://sps.example.com", sps.Password("admin", ""), nil, "password"},
		"colon in the user":     {"https://sps.example.com", sps.Password("a:b", "x"), nil, "username"},
		"not UTF-8":             {"https://sps.example.com", sps.Password("admin", "\xff"), nil, "password"},
		"no certificate":        {"https://sps.example.com", sps.Certificate("x509"), nil, "options"},
		"no source":             {"https://sps.example.com", sps.PasswordFrom("admin", nil), nil, "password source"},
		"a browser":             {"https://sps.example.com", good, []secureaccess.Option{secureaccess.WithUserAgent("Mozilla/5.0 (X11)")}, "user agent"},
		"a browser in disguise": {"https://sps.example.com", good, []secureaccess.Option{secureaccess.WithUserAgent("tool (mozilla)")}, "user agent"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := sps.New(test.base, test.auth, test.opts...)
			argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
			if !ok || argument.Argument != test.argument {
				t.Errorf("got %v, want a refusal of the argument %q", err, test.argument)
			}
		})
	}
}

func TestClient_Download_links(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetTrail(spstest.AuditSessionID(7), []byte("frames"))
	for _, href := range []string{"/api/audit/sessions/svc-7/audit_trail", server.URL() + "/api/audit/sessions/svc-7/audit_trail"} {
		d, err := client.Download(t.Context(), href)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(d)
		if err != nil || string(data) != "frames" || d.Size != 6 || d.ContentType != "application/octet-stream" || d.Name != "svc-7.zat" {
			t.Errorf("%s: %q (%d, %s, %s), %v", href, data, d.Size, d.ContentType, d.Name, err)
		}
		_ = d.Close()
	}
	sent := len(w.lines())
	for _, href := range []string{
		"", "https://evil.example.com/api/x", "//evil.example.com/api/x", "/other/api/x", "/api/../secret", "/api/%2e%2e/secret",
		"http://user:pw@127.0.0.1/api/x", "api/x", ":",
	} {
		if _, err := client.Download(t.Context(), href); err == nil {
			t.Errorf("%q was followed", href)
		}
	}
	if now := len(w.lines()); now != sent {
		t.Errorf("%d requests went out for links that must not be followed", now-sent)
	}
}

func TestClient_behindAProxy(t *testing.T) {
	server := spstest.NewServer(t)
	proxy := httptest.NewServer(http.StripPrefix("/sps", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := http.NewRequestWithContext(r.Context(), r.Method, server.URL()+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		out.Header = r.Header
		resp, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})))
	t.Cleanup(proxy.Close)
	client, err := sps.New(proxy.URL+"/sps", server.Auth(), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, err := range client.AuditSessions.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 1000 {
		t.Errorf("%d sessions through the links of a proxied appliance, want 1000", count)
	}
}

func TestClient_Close_rollsBack(t *testing.T) {
	server, client := start(t)
	before := string(server.Dump())
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sps.Create(t.Context(), tx, sps.TimePolicies, sps.TimePolicy{Name: "nights"}); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.System.Info(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("a call after Close: %v", err)
	}
	if string(server.Dump()) != before {
		t.Error("Close left something behind")
	}
	if _, err := another(t, server).Begin(t.Context()); err != nil {
		t.Errorf("the configuration is still held: %v", err)
	}
}

func TestClient_sessionStaysHome(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("another port of the same host got %s with %q", r.URL, r.Header.Get("Cookie")+r.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
	}))
	t.Cleanup(elsewhere.Close)
	for _, from := range []string{"/api/authentication", "/api/info"} {
		server, client := start(t, refuseRetries())
		server.Fail(spstest.Fault{Path: from, Status: http.StatusFound, Times: -1, Header: http.Header{
			"Location": {elsewhere.URL + from}, "Set-Cookie": {"session_id=0123456789abcdef"}}})
		if _, err := client.System.Info(t.Context()); !errors.Is(err, secureaccess.ErrRedirectRefused) {
			t.Errorf("%s leads elsewhere: %v", from, err)
		}
	}
}

// sps400 is a refusal that repeats what was sent.
func sps400(method, text string) spstest.Fault {
	return spstest.Fault{Method: method, Path: "/api/configuration", Status: http.StatusBadRequest,
		Body: `{"error":{"type":"BadRequest","message":"what is ` + text + `?","details":{"value":"` + text + `"}}}`}
}
