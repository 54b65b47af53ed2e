package pulseonetest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// The credentials of an appliance are good for what appliances do, on the appliance itself.
func TestServer_deviceCredentials(t *testing.T) {
	server := pulseonetest.NewServer(t)
	own, other := server.AddAppliance(pulseone.Appliance{}), server.AddAppliance(pulseone.Appliance{})
	credentials := server.DeviceCredentials(own)
	running := server.Appliances()[0].ApplianceCommitID
	server.SetPending(own, "115ae467ed7f8b79a506ca9ce6642fa814237d46")
	for _, test := range []struct {
		method, target, body string
		status               int
	}{
		{"GET", "/api/v1/sa", "", 403},
		{"DELETE", "/api/v1/sa/" + own, "", 403},
		{"GET", "/api/v1/sa/groups", "", 403},
		{"GET", "/api/v1/sa/" + own + "/tasks", "", 403},
		{"GET", "/api/v1/sa/" + own + "/tasks/next", "", 204},
		{"GET", "/api/v1/sa/" + other + "/tasks/next", "", 403},
		{"GET", "/api/v1/sa/" + own + "/configs/HEAD", "", 200},
		{"GET", "/api/v1/sa/" + other + "/configs/HEAD", "", 403},
		{"PUT", "/api/v1/sa/" + other + "/configs/HEAD", `{"commit":"6962ca575e339134ea0ccf76720e13a7992ee0f8"}`, 403},
		{"PUT", "/api/v1/sa/" + own + "/configs/HEAD", `{"commit":"` + running + `","prescribed_commit":"115ae467ed7f8b79a506ca9ce6642fa814237d46"}`, 403},
		{"PUT", "/api/v1/sa/" + own + "/configs/HEAD", `{"commit":"6962ca575e339134ea0ccf76720e13a7992ee0f8"}`, 204},
	} {
		resp, body := signedByDevice(t, server, credentials, test.method, test.target, test.body)
		if resp.StatusCode != test.status {
			t.Errorf("%s %s: %s %s, want %d", test.method, test.target, resp.Status, body, test.status)
		}
	}
}

// Credentials that are replaced while a request is being read are unknown afterwards.
func TestServer_replacedCredentials(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{})
	before := server.DeviceCredentials(id)
	body := `{"commit":"6962ca575e339134ea0ccf76720e13a7992ee0f8"}`
	path := "/api/v1/sa/" + id + "/configs/HEAD"
	outgoing, _ := http.NewRequest("PUT", server.URL()+path, nil)
	signer := hawk.Signer{Now: server.Clock().Now}
	signature, err := signer.Sign(outgoing, hawk.Credentials{ID: before.Hawk.ID, Key: before.Hawk.Secret},
		hawk.HashPayload(hawk.AlgorithmSHA256, "application/json", []byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", path, reading(func(p []byte) (int, error) {
		server.DeviceCredentials(id)
		return copy(p, body), io.EOF
	}))
	r.Host = outgoing.URL.Host
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", signature.Header)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "Unknown credentials") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

type reading func(p []byte) (int, error)

func (f reading) Read(p []byte) (int, error) { return f(p) }

// What needs the address of a server that is not started has none.
func TestServer_DeviceCredentials_beforeStart(t *testing.T) {
	server := pulseonetest.NewStill()
	id := server.AddAppliance(pulseone.Appliance{})
	if got := server.DeviceCredentials(id); got.Hawk.ID == "" || got.NotificationsURL != "" {
		t.Errorf("%+v", got)
	}
}
