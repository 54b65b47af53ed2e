package pulseone_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// rawConsole is a server on raw connections that signs clients in until it gets to path, whose requests it repeats in
// the form that a test gives, where net/http quotes it in its errors.
func rawConsole(t *testing.T, path, form string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	base := "http://" + l.Addr().String()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				req, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				body, _ := io.ReadAll(req.Body)
				said := strings.NewReplacer("\r", " ", "\n", " ").Replace(
					string(body) + req.Header.Get("Cookie") + " " + req.Header.Get("Authorization"))
				response, extra := sessionWith(base, usable), "Set-Cookie: cs_console_tkt=t1cket-17; Path=/\r\n"
				switch {
				case strings.HasPrefix(req.URL.Path, path):
					_, _ = fmt.Fprintf(conn, form, said)
					return
				case req.URL.Path == "/api/login":
					response = `{"username": "admin"}`
				}
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s", extra, len(response), response)
			}()
		}
	}()
	return base
}

// A server that repeats a request where it breaks HTTP, or in a refusal, gets no credential into an error or the log.
func TestPassword_hostileEchoes(t *testing.T) {
	const password = "a pass&word/17"
	encoded, _ := json.Marshal(password)
	secrets := []string{password, string(encoded[1 : len(encoded)-1]), "t1cket-17", "a-s3cret-key", "mac="}
	for _, path := range []string{"/api/login", "/api/session", "/api/v1/"} {
		for name, form := range map[string]string{
			"status line":    "HTTP/1.1 2x0 %s\r\n\r\n",
			"no HTTP":        "%s\r\n\r\n",
			"no colon":       "HTTP/1.1 200 OK\r\n%.200s\r\n\r\n",
			"content length": "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
			"transfer":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
			"refusal":        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"message\": [%[1]q], \"code\": \"%[1]q\", \"id\": %[1]q}",
			"request id":     "HTTP/1.1 400 Bad Request\r\nX-Request-Id: %s\r\nConnection: close\r\n\r\n{}",
			"location":       "HTTP/1.1 302 Found\r\nLocation: http://%%zz/%s\r\nContent-Length: 0\r\n\r\n",
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				logger, log := logbook()
				client := must(pulseone.New(rawConsole(t, path, form), pulseone.Password("admin", password),
					secureaccess.WithLogger(logger), secureaccess.WithRetry(secureaccess.RetryPolicy{})))(t)
				t.Cleanup(func() { _ = client.Close(t.Context()) })
				var exchange secureaccess.Exchange
				_, err := client.Groups.List(secureaccess.Capture(t.Context(), &exchange))
				failure, ok := errors.AsType[*secureaccess.Error](err)
				if !ok {
					t.Fatalf("got %v, want an Error", err)
				}
				text := fmt.Sprintf("%v %#v %+v %q %q %+v", err, err, failure.Operation, failure.Body, failure.RequestID, exchange)
				for e := err; e != nil; e = errors.Unwrap(e) {
					text += "\n" + e.Error()
				}
				for _, secret := range secrets {
					if strings.Contains(text, secret) || strings.Contains(log.String(), secret) {
						t.Errorf("%q shows in %s\nlog: %s", secret, text, log)
					}
				}
				if strings.ContainsAny(err.Error(), "\r\n\x1b") {
					t.Errorf("%q is not one line", err)
				}
			})
		}
	}
}
