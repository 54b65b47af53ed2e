package ics_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// raw returns a client of a server that responds to each connection's first request with bytes of its own.
func raw(t *testing.T, respond func(request *http.Request) string, auth ics.Auth) *ics.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				request, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, respond(request))
			}()
		}
	}()
	return newClient(t, "http://"+listener.Addr().String(), auth)
}

// A server that repeats the credentials in what is no HTTP, or in a sign-in response that cannot be read, does not get
// them into an error (N6, N7).
func TestClient_echoedCredentials(t *testing.T) {
	pair := base64.StdEncoding.EncodeToString([]byte("jack:correct horse"))
	key := base64.StdEncoding.EncodeToString([]byte("a+key/==:"))
	for name, response := range map[string]string{
		"status line":    "HTTP/1.1 AUTH\r\n\r\n",
		"header line":    "HTTP/1.1 200 OK\r\nAUTH\r\n\r\n",
		"content length": "HTTP/1.1 200 OK\r\nContent-Length: AUTH\r\n\r\n",
		"encoding":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: AUTH\r\n\r\n",
		"body":           "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"api_key\": {\"x\": \"AUTH fresh-key-1\"}}",
		"refusal":        "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"message\": \"AUTH\"}",
	} {
		echo := func(request *http.Request) string {
			return strings.ReplaceAll(response, "AUTH", request.Header.Get("Authorization"))
		}
		for _, auth := range []ics.Auth{ics.APIKey("a+key/=="), ics.Password("jack", "correct horse", "Admins"), ics.LegacyPassword("jack", "correct horse")} {
			err := callOnce(t, raw(t, echo, auth))
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok {
				t.Fatalf("%s: %v", name, err)
			}
			text := fmt.Sprintf("%v %+v %s", err, failure, failure.Body)
			if inner, ok := errors.AsType[*secureaccess.Error](failure.Err); ok {
				text += fmt.Sprintf(" %v %s", inner, inner.Body)
			}
			for _, secret := range []string{pair, key, "correct horse", "a+key"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: the error holds %q: %s", name, secret, text)
				}
			}
			if _, isKey := err.(*secureaccess.Error); isKey && strings.Contains(text, "fresh-key-1") && strings.Contains(text, "realm_auth") {
				t.Errorf("%s: the error holds a fresh key: %s", name, text)
			}
		}
	}
}

// A backup whose connection is cut is no backup, also where the response has no length and TLS does not say that it
// ended (N17).
func TestBinaryConfiguration_Export_cutOffUnderTLS(t *testing.T) {
	text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("PK\x03\x04", 300)))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = buffer.WriteString("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + text[:800])
		_ = buffer.Flush()
		_ = conn.(*tls.Conn).NetConn().Close() // without a close_notify
	}))
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	client := newClient(t, server.URL, ics.APIKey("a2V5"), secureaccess.WithRootCAs(pool))
	download, err := client.BinaryConfiguration.Export(t.Context(), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, download)
		_ = download.Close()
	}
	if err == nil {
		t.Error("a part passes for the whole")
	}
}
