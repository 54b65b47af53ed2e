package fake_test

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

func serve(t *testing.T, handler http.HandlerFunc) *fake.Server {
	t.Helper()
	s := fake.NewServer(secureaccesstest.NewClock(), func(*http.Request) string { return "Test" }, handler)
	s.StartTest(t, s.Start, s.Close)
	return s
}

func TestFaults(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "all of the answer") })
	get := func(path string) (string, error) {
		resp, err := http.Get(s.URL() + path)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		if date := resp.Header.Get("Date"); date != s.Clock().Now().UTC().Format(http.TimeFormat) {
			t.Errorf("dated %q, not by the server's clock", date)
		}
		body, err := io.ReadAll(resp.Body)
		return resp.Status + " " + string(body), err
	}
	s.Fail(secureaccesstest.Fault{Path: "/a", Status: 503, Header: http.Header{"Retry-After": {"1"}}, Body: "later"})
	s.Fail(secureaccesstest.Fault{Path: "/t", Truncate: 6})
	s.Fail(secureaccesstest.Fault{Path: "/r", Reset: true, Times: -1})
	if got, err := get("/b"); got != "200 OK all of the answer" {
		t.Errorf("/b: %q, %v", got, err)
	}
	if got, err := get("/a"); got != "503 Service Unavailable later" {
		t.Errorf("/a: %q, %v", got, err)
	}
	if got, err := get("/a"); got != "200 OK all of the answer" {
		t.Errorf("/a again: %q, %v", got, err)
	}
	if got, err := get("/t"); got != "200 OK all of" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("/t: %q, %v", got, err)
	}
	if got, err := get("/r"); err == nil {
		t.Errorf("/r: got %q", got)
	}
}

func TestServer_challenge(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/own" {
			w.Header().Set("WWW-Authenticate", "Own")
		}
		status := http.StatusUnauthorized
		if r.URL.Path == "/ok" {
			status = http.StatusOK
		}
		w.WriteHeader(status)
	})
	s.Fail(secureaccesstest.Fault{Path: "/fault", Status: 401})
	for path, want := range map[string]string{"/": "Test", "/own": "Own", "/fault": "Test", "/ok": ""} {
		resp, err := http.Get(s.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("WWW-Authenticate"); got != want {
			t.Errorf("%s: WWW-Authenticate is %q, want %q", path, got, want)
		}
	}
}

func TestServer_StartTLS(t *testing.T) {
	s := fake.NewServer(secureaccesstest.NewClock(), func(*http.Request) string { return "Test" },
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	if s.URL() != "" || len(s.CA()) != 0 {
		t.Errorf("before the start: %q, CA %q", s.URL(), s.CA())
	}
	if err := s.StartTLS("127.0.0.1:0", nil); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Start("127.0.0.1:0"); err == nil {
		t.Error("it was started twice")
	}
	get := func(client *http.Client) (string, error) {
		resp, err := client.Get(s.URL())
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return string(body), err
	}
	if body, err := get(s.HTTPClient()); body != "HTTP/2.0" {
		t.Errorf("got %q, %v", body, err)
	}
	if body, err := get(http.DefaultClient); err == nil {
		t.Errorf("a client that does not know the CA got %q", body)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CA()) {
		t.Fatalf("the CA is %q", s.CA())
	}
	if len(s.Options()) != 2 {
		t.Errorf("%d options, want clock and CA", len(s.Options()))
	}
	s.Close()
	s.Close()
	if body, err := get(s.HTTPClient()); err == nil {
		t.Errorf("closed, it says %q", body)
	}
}
