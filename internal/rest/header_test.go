package rest

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// Calls share the header of a plain GET until a layer copies it. A transport of the caller's that changes the header of
// its request, which it should not, must not change that of other calls: with credentials, where they do not belong,
// and without authentication.
func TestClient_Do_headersAreApart(t *testing.T) {
	for name, auth := range map[string]func(http.RoundTripper) http.RoundTripper{
		"signed":          (&Session[string]{Obtain: ready, Belongs: anywhere(true), Clock: secureaccess.SystemClock(), Apply: putOn}).Transport,
		"does not belong": (&Session[string]{Obtain: ready, Belongs: anywhere(false), Clock: secureaccess.SystemClock(), Apply: putOn}).Transport,
		"no session":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			seen := 0
			careless := roundTrip(func(req *http.Request) (*http.Response, error) {
				seen++
				if len(req.Header["X-Left"]) > 0 || req.Header.Get("Accept") != "application/json" || req.Header.Get("User-Agent") == "" {
					t.Errorf("call %d is sent with %v", seen, req.Header)
				}
				if signed := req.Header.Get("Authorization") != ""; signed != (name == "signed") {
					t.Errorf("call %d: signed %v", seen, signed)
				}
				req.Header.Set("X-Left", "over")
				req.Header.Del("Accept")
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"a":1}`)), Request: req}, nil
			})
			c := connectWith(t, "https://host.example", func(c *Config) { c.Auth = auth }, secureaccess.WithTransport(careless))
			for range 3 {
				if _, err := Do[struct {
					A int `json:"a"`
				}](t.Context(), c, GET("/a")); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func ready(context.Context, string, bool) (string, error) { return "a token", nil }

func anywhere(belongs bool) func(string, *url.URL) bool {
	return func(string, *url.URL) bool { return belongs }
}

func putOn(req *http.Request, token string) error {
	req.Header["Authorization"] = []string{token}
	return nil
}
