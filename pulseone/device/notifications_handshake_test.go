package device_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// A handshake that something on the way forbids is tried again; one whose credentials the server refuses is not.
func TestClient_Notifications_forbidden(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		final  bool
	}{
		"a proxy":           {http.StatusForbidden, `<html>`, false},
		"a permission":      {http.StatusForbidden, `{"code":40300,"message":"not allowed"}`, false},
		"the clock":         {http.StatusForbidden, `{"code":40302,"message":"skewed"}`, false},
		"401":               {http.StatusUnauthorized, ``, true},
		"another signature": {http.StatusForbidden, `{"code":40301,"message":"signature"}`, true},
		"past their end":    {http.StatusForbidden, `{"code":"40303","message":"expired"}`, true},
		"a claim":           {http.StatusForbidden, `{"code":40305,"message":"claim"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := newClient(t)
			ctx, cancel := context.WithCancel(patient(t))
			defer cancel()
			server.Fail(pulseonetest.Fault{Path: "/api/v1/notifications", Status: test.status, Body: test.body})
			var last error
			for _, last = range client.Notifications(ctx, &device.NotificationOptions{OnConnect: cancel}) {
			}
			if (last != nil) != test.final {
				t.Errorf("the notifications ended with %v", last)
			}
		})
	}
}

// The pause that a server asks for is kept, within bounds.
func TestClient_Notifications_retryAfter(t *testing.T) {
	for asked, want := range map[string]time.Duration{"120": 2 * time.Minute, "86400": 5 * time.Minute} {
		server, client := newClient(t)
		ctx, cancel := context.WithCancel(patient(t))
		defer cancel()
		server.Fail(pulseonetest.Fault{Path: "/api/v1/notifications", Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {asked}}})
		var pause time.Duration
		opts := &device.NotificationOptions{OnConnect: cancel, OnDisconnect: func(_ error, p time.Duration) { pause = p }}
		for _, err := range client.Notifications(ctx, opts) {
			t.Error(err)
		}
		if pause != want {
			t.Errorf("the pause was %s, not %s", pause, want)
		}
	}
}
