package device_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

var machine = device.Machine{ID: "VASPH0P5JUKBNLBHS", MAC: "5a:00:01:78:84:10", IPv4: "172.20.61.67"}

func TestLicensing(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client, err := server.Licensing()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	code := secureaccess.NewSecret(server.AuthorizationCode("hydrogen freshman video", " nitrogen sophomore audio"))
	licenses, err := client.Provision(t.Context(), code, machine)
	if err != nil || len(licenses.Keys) != 2 || licenses.Keys[1].Reveal() != " nitrogen sophomore audio" {
		t.Fatalf("the keys are %v, %v", licenses, err)
	}
	heartbeat, err := client.Heartbeat(t.Context(), licenses.Keys[1], machine)
	if err != nil || heartbeat.GracePeriod() != 24*time.Hour {
		t.Errorf("the heartbeat is %+v, %v", heartbeat, err)
	}
	other := machine
	other.ID = "other"
	_, err = client.Heartbeat(t.Context(), licenses.Keys[1], other)
	if !errors.Is(err, device.ErrDisableLicense) || !errors.Is(err, pulseone.CodePCLSLicenseKeyInUse) {
		t.Errorf("a key in use: %v", err)
	}
	unknown := secureaccess.NewSecret("neon senior wire")
	_, err = client.Heartbeat(t.Context(), unknown, machine)
	if !errors.Is(err, device.ErrDisableLicense) || !errors.Is(err, pulseone.CodePCLSUnknownLicenseKey) || strings.Contains(fmt.Sprintf("%+v", err), "neon") {
		t.Errorf("an unknown key: %v", err)
	}
	if refusal, ok := errors.AsType[*device.LicenseError](err); !ok || refusal.GracePeriod != 24*time.Hour || refusal.Message == "" {
		t.Errorf("the refusal is %+v", refusal)
	}
	_, err = client.Provision(t.Context(), unknown, machine)
	if !errors.Is(err, secureaccess.ErrForbidden) || errors.Is(err, device.ErrDisableLicense) {
		t.Errorf("an unknown authorization code: %v", err)
	}
}

func TestLicensing_Heartbeat_returnCodes(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		body    string
		disable bool
		ok      bool
	}{
		"accepted":          {200, `{"return_code":0,"return_message":"OK","grace_period":24}`, false, true},
		"in text":           {200, `{"return_code":"0","return_message":"OK"}`, false, true},
		"refused under 200": {200, `{"return_code":10001,"return_message":"in use"}`, true, false},
		"refused under 401": {401, `{"return_code":10000,"return_message":"unknown"}`, true, false},
		"refused under 500": {500, `{"return_code":10001,"return_message":"in use"}`, true, false},
		"another code":      {500, `{"return_code":10002}`, true, false},
		"code in text":      {500, `{"return_code":"10000"}`, true, false},
		"401 without code":  {401, ``, false, false},
		"500 without code":  {500, `oops`, false, false},
		"out of service":    {503, `{"return_code":0}`, false, false},
		"no return code":    {200, `{"return_message":"OK"}`, false, false},
		"a page":            {200, `<html>`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			url, requests := respondWith(t, test.status, test.body)
			client, err := device.NewLicensing(url)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Heartbeat(t.Context(), secureaccess.NewSecret("abc"), machine)
			if (err == nil) != test.ok || errors.Is(err, device.ErrDisableLicense) != test.disable {
				t.Errorf("the error is %v", err)
			}
			if len(*requests) != 1 {
				t.Fatalf("%d requests were sent", len(*requests))
			}
			// The SHA-1 of "abc", known from FIPS 180.
			h := (*requests)[0].Header
			if h.Get("X-PCLS-AUTH") != "a9993e364706816aba3e25717850c26c9cd0d89d" || h.Get("Authorization") != "" || h.Get("Cookie") != "" {
				t.Errorf("the header is %v", h)
			}
		})
	}
}

func TestLicensing_arguments(t *testing.T) {
	client, err := device.NewLicensing(device.LicensingURL)
	if err != nil {
		t.Fatal(err)
	}
	key := secureaccess.NewSecret("k")
	for _, m := range []device.Machine{{}, {ID: "m", IPv4: "1.2.3.4"}, {ID: "m", MAC: "x"}} {
		if _, err := client.Heartbeat(t.Context(), key, m); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	_, provision := client.Provision(t.Context(), secureaccess.Secret{}, machine)
	_, heartbeat := client.Heartbeat(t.Context(), secureaccess.Secret{}, machine)
	for _, err := range []error{provision, heartbeat} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("an empty credential: %v", err)
		}
	}
}

func ExampleLicensing_Heartbeat() {
	server := pulseonetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := server.Licensing() // device.NewLicensing(device.LicensingURL)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Heartbeat(exampleContext, secureaccess.NewSecret("neon senior wire"), machine)
	if errors.Is(err, device.ErrDisableLicense) {
		fmt.Println("disable the license:", errors.Is(err, pulseone.CodePCLSUnknownLicenseKey))
	}
	// Output:
	// disable the license: true
}

func TestLicensing_Provision_shapes(t *testing.T) {
	for body, want := range map[string][]string{
		`{"license_keys":["a b","c d"]}`:   {"a b", "c d"},
		`{"license_keys":[["a b","c d"]]}`: {"a b", "c d"},
		`{"license_keys":["a b",["c d"]]}`: {"a b", "c d"},
		`{"license_keys":[]}`:              nil,
		`{"license_keys":[[]]}`:            nil,
		`{"license_keys":null}`:            nil,
		`{"license_keys":["a b",""]}`:      nil,
		`{"license_keys":["a b",null]}`:    nil,
		`{"license_keys":[{"key":"a b"}]}`: nil,
		`{"message":"ok"}`:                 nil,
	} {
		url, _ := respondWith(t, http.StatusOK, body)
		client, err := device.NewLicensing(url)
		if err != nil {
			t.Fatal(err)
		}
		licenses, err := client.Provision(t.Context(), secureaccess.NewSecret("code"), machine)
		if want == nil {
			if !errors.Is(err, secureaccess.ErrBadResponse) || strings.Contains(err.Error(), "a b") {
				t.Errorf("%s: %v, %v", body, licenses, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		var got []string
		for _, key := range licenses.Keys {
			got = append(got, key.Reveal())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is read as %q", body, got)
		}
	}
}

// A refusal is not asked for a second time, whatever its status and pause.
func TestLicensing_Heartbeat_refusedOnce(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"return_code":10000}`))
		}))
		defer server.Close()
		client, err := device.NewLicensing(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Heartbeat(t.Context(), secureaccess.NewSecret("abc"), machine)
		if !errors.Is(err, device.ErrDisableLicense) || requests != 1 {
			t.Errorf("%d: %v, after %d requests", status, err, requests)
		}
	}
}
