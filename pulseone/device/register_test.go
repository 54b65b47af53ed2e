package device_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func registration(code string) device.Registration {
	return device.Registration{
		RegistrationCode: secureaccess.NewSecret(code), Type: "vpn", Model: "MAG4610",
		SerialNumber: "0153M0TS00BII04U", ApplianceVersion: "8.1R4.1-32789", ClientCertificateCSR: "-----BEGIN CERTIFICATE REQUEST-----",
	}
}

func TestRegister(t *testing.T) {
	server := pulseonetest.NewServer(t)
	console, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	created, err := console.Appliances.Create(t.Context(), pulseone.ApplianceCreate{Name: "edge-1"})
	if err != nil {
		t.Fatal(err)
	}
	code := created.RegistrationCode.Reveal()
	credentials, err := device.Register(t.Context(), server.URL(), registration(code), server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if credentials.APIURL != server.URL() || !strings.HasPrefix(credentials.NotificationsURL, "ws://") || credentials.ClientCertificate == "" {
		t.Errorf("the credentials are %+v", credentials)
	}
	// They survive a file, and a program that reads them from there is the appliance.
	stored, err := json.Marshal(credentials)
	if err != nil {
		t.Fatal(err)
	}
	var read device.Credentials
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	client, err := device.New(read, server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(t.Context())
	if _, err := client.Configs.GetHead(t.Context()); err != nil {
		t.Error(err)
	}
	appliance, err := console.Appliances.Get(t.Context(), client.DeviceID())
	if err != nil || appliance.State != pulseone.ApplianceStateRegistered || appliance.Model != "MAG4610" {
		t.Errorf("the console sees %+v, %v", appliance, err)
	}
	// The code is spent.
	_, err = device.Register(t.Context(), server.URL(), registration(code), server.Options()...)
	if !errors.Is(err, pulseone.CodeRegistrationCodeInvalid) || strings.Contains(err.Error(), code) {
		t.Errorf("the second registration ends with %v", err)
	}
}

// respondWith returns a server that counts requests and gives all the same response.
func respondWith(t *testing.T, status int, body string) (url string, requests *[]*http.Request) {
	t.Helper()
	requests = new([]*http.Request)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests = append(*requests, r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func TestRegister_shapes(t *testing.T) {
	const flat = `{"credentials":{"type":"hawk","algorithm":"HS256","id":"h","secret":"s","expires":1},"device_id":"d","api_url":"https://a.example","notifications_url":"wss://a.example/n"}`
	for _, body := range []string{flat, `{"id":"x","result":` + flat + `}`} {
		url, requests := respondWith(t, http.StatusOK, body)
		c, err := device.Register(t.Context(), url, registration("code"))
		if err != nil {
			t.Fatal(err)
		}
		if c.DeviceID != "d" || c.Hawk.ID != "h" || c.Hawk.Secret.Reveal() != "s" || c.Hawk.Expires.Unix() != 1 {
			t.Errorf("%s is read as %+v", body, c)
		}
		if authorization := (*requests)[0].Header.Get("Authorization"); authorization != "" {
			t.Errorf("the registration is signed: %s", authorization)
		}
	}
}

func TestRegister_once(t *testing.T) {
	for status, body := range map[int]string{
		http.StatusServiceUnavailable: `{}`, http.StatusTooManyRequests: `{}`,
		http.StatusForbidden: `{"code":40304,"message":"no"}`, http.StatusOK: `{"result":{}}`,
	} {
		url, requests := respondWith(t, status, body)
		if _, err := device.Register(t.Context(), url, registration("code")); err == nil {
			t.Errorf("%d %s is a success", status, body)
		}
		if len(*requests) != 1 {
			t.Errorf("after %d the code was sent %d times", status, len(*requests))
		}
	}
}

func TestCredentials_secret(t *testing.T) {
	c := device.Credentials{Hawk: device.HawkCredentials{ID: "h", Secret: secureaccess.NewSecret("werxhqb98rpaxn39848x")}, DeviceID: "d"}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("registered", "credentials", c)
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v", c, &c), logged.String()} {
		if strings.Contains(text, "werx") {
			t.Errorf("the key is in %s", text)
		}
	}
	stored, err := json.Marshal(struct{ C *device.Credentials }{&c})
	if err != nil || !strings.Contains(string(stored), "werx") {
		t.Errorf("stored: %s, %v", stored, err)
	}
}

func TestNew_refused(t *testing.T) {
	good := device.Credentials{
		Hawk: device.HawkCredentials{ID: "h", Secret: secureaccess.NewSecret("s"), Expires: secureaccess.Time{}}, DeviceID: "d",
		APIURL: "https://api.example", NotificationsURL: "wss://api.example/n",
	}
	if _, err := device.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*device.Credentials){
		"no key":                func(c *device.Credentials) { c.Hawk.Secret = secureaccess.Secret{} },
		"unknown algorithm":     func(c *device.Credentials) { c.Hawk.Algorithm = "MD5" },
		"no device":             func(c *device.Credentials) { c.DeviceID = "" },
		"http":                  func(c *device.Credentials) { c.APIURL = "http://api.example" },
		"notifications in text": func(c *device.Credentials) { c.NotificationsURL = "ws://localhost/n" },
		"notifications by file": func(c *device.Credentials) { c.NotificationsURL = "file:///n" },
	} {
		bad := good
		change(&bad)
		if _, err := device.New(bad); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	store, err := secureaccess.FileStore(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := device.New(good, secureaccess.WithSessionStore(store)); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a session store: %v", err)
	}
}

func TestFetchInitialConfig(t *testing.T) {
	server := pulseonetest.NewServer(t)
	id := server.AddAppliance(pulseone.Appliance{})
	token := secureaccess.NewSecret(server.InitialConfigToken(id))
	config, err := device.FetchInitialConfig(t.Context(), server.URL(), id, token, server.Options()...)
	if err != nil || !bytes.HasPrefix(config, []byte("<?xml")) {
		t.Errorf("%s, %v", config, err)
	}
	wrong := secureaccess.NewSecret("159add10099134a4")
	_, err = device.FetchInitialConfig(t.Context(), server.URL(), id, wrong, server.Options()...)
	if !errors.Is(err, secureaccess.ErrForbidden) || strings.Contains(fmt.Sprintf("%v %+v", err, err), wrong.Reveal()) {
		t.Errorf("a wrong token: %v", err)
	}
}
