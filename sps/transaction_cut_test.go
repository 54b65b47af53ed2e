package sps_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// cutting is an appliance whose connection breaks in the middle of its response to one request, which it has carried out.
type cutting struct {
	mu       sync.Mutex
	target   string // "PUT /api/transaction"
	raw      string // what it sends of the response
	open     bool
	requests []string
}

func (c *cutting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	line := r.Method + " " + r.URL.Path
	c.requests = append(c.requests, line)
	w.Header().Set("Content-Type", "application/json")
	body := `{"meta":{"href":"/api/transaction"}}`
	switch line {
	case "GET /api/authentication":
		w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
	case "POST /api/transaction":
		c.open = true
	case "PUT /api/transaction", "DELETE /api/transaction":
		c.open = false
	case "GET /api/transaction":
		body = `{"body":{"status":"closed"},"meta":{}}`
		if c.open {
			body = `{"body":{"status":"open","commit_message":"optional"},"meta":{}}`
		}
	case "POST /api/configuration/policies/time_policies":
		body = `{"key":"1","meta":{}}`
	}
	if line == c.target {
		c.target = "" // once
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, c.raw)
		_ = conn.Close()
		return
	}
	_, _ = io.WriteString(w, body)
}

func (c *cutting) did(line string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.requests, line)
}

func (c *cutting) isOpen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}

const (
	cutOff    = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"meta\":"
	refusalOK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"message\":\"Endpoint request timed out\"}"
	pageOK    = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"
)

func dial(t *testing.T, c *cutting) *sps.Client {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	client, err := sps.New(server.URL, sps.Password("admin", "password"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// The appliance is asked what became of a commit whose response has a good status and cannot be used.
func TestTx_Commit_unusableResponse(t *testing.T) {
	for name, raw := range map[string]string{"cut off": cutOff, "refusal": refusalOK, "page": pageOK} {
		t.Run(name, func(t *testing.T) {
			c := &cutting{target: "PUT /api/transaction", raw: raw}
			if err := dial(t, c).Transact(t.Context(), "once", nights); err != nil {
				t.Errorf("it was committed, but the error is %v", err)
			}
			if !c.did("GET /api/transaction") {
				t.Error("the appliance was not asked")
			}
		})
	}
}

// A transaction that may have been opened is taken back.
func TestClient_Begin_unusableResponse(t *testing.T) {
	for name, raw := range map[string]string{"cut off": cutOff, "refusal": refusalOK, "page": pageOK} {
		t.Run(name, func(t *testing.T) {
			c := &cutting{target: "POST /api/transaction", raw: raw}
			_, err := dial(t, c).Begin(t.Context())
			if e, ok := errors.AsType[*secureaccess.Error](err); !ok || e.Status != 200 {
				t.Errorf("got %v", err)
			}
			if c.isOpen() {
				t.Error("the appliance still has the transaction")
			}
		})
	}
}

// The error of a change and that of its rollback make one line.
func TestClient_Transact_errorIsOneLine(t *testing.T) {
	c := &cutting{target: "DELETE /api/transaction", raw: cutOff}
	boom := errors.New("boom")
	err := dial(t, c).Transact(t.Context(), "", func(context.Context, *sps.Tx) error { return boom })
	if !errors.Is(err, boom) || strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("got %q", err)
	}
}
