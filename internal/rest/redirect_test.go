package rest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// The documented result of some operations is a redirect: it is returned, and neither followed nor asked for elsewhere.
func TestRedirect_result(t *testing.T) {
	var seen visits
	other := serve(t, seen.note(responds(200, `{}`)))
	const here = "HERE"
	for name, test := range map[string]struct {
		status         int
		location, want string
	}{
		"302 abroad":           {302, other.URL + "/a?t=S-1", other.URL + "/a?t=S-1"},
		"303 abroad":           {303, other.URL + "/a", other.URL + "/a"},
		"303 relative":         {303, "../done?x=1", here + "/done?x=1"},
		"302 without a scheme": {302, "//elsewhere.example/x", "http://elsewhere.example/x"},
		"303 to an app":        {303, "itms-services://?action=x", "itms-services://?action=x"},
		"200 with a location":  {200, "/v1/made/7", here + "/v1/made/7"},
		"200 without":          {200, "", ""},
	} {
		for method, op := range map[string]*Op{"GET": GET("/v1/{id}", "7"), "POST": POST("/v1/{id}", "7").JSON(1)} {
			var own visits
			s := serve(t, own.note(func(w http.ResponseWriter, r *http.Request) {
				if test.location != "" {
					w.Header().Set("Location", test.location)
				}
				w.WriteHeader(test.status)
			}))
			c := connectWith(t, s.URL, authenticated(t, s.URL))
			got, err := Redirect(t.Context(), c, op.Only(200, 302, 303))
			if err != nil {
				t.Errorf("%s, %s: %v", name, method, err)
				continue
			}
			if want := strings.Replace(test.want, here, s.URL, 1); got.Status != test.status || got.Location != want {
				t.Errorf("%s, %s: %+v, want %s", name, method, got, want)
			}
			if len(own.list) != 1 || own.holding("Bearer "+token) != 1 {
				t.Errorf("%s, %s: %v", name, method, own.list)
			}
		}
	}
	if len(seen.list) != 0 {
		t.Errorf("the other origin was asked: %v", seen.list)
	}
}

func TestRedirect_errors(t *testing.T) {
	for name, test := range map[string]struct {
		status   int
		location string
		want     error
	}{
		"another status":               {307, "/x", secureaccess.ErrRedirectRefused},
		"no location":                  {302, "", secureaccess.ErrBadResponse},
		"a location that is no URL":    {303, "http://[::1", secureaccess.ErrBadResponse},
		"a location with a bad escape": {303, "/%zz", secureaccess.ErrBadResponse},
		"a refusal":                    {404, "/x", secureaccess.ErrNotFound},
		"a success of another kind":    {204, "/x", nil},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if test.location != "" {
				w.Header().Set("Location", test.location)
			}
			w.WriteHeader(test.status)
		})
		got, err := Redirect(t.Context(), connect(t, s.URL), GET("/v1").Only(200, 302, 303))
		if err == nil {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if e := failureOf(t, err); e.Status != test.status || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if s.requests.Load() != 1 {
			t.Errorf("%s: %d requests", name, s.requests.Load())
		}
	}
}

// The connection of a redirect serves again.
func TestRedirect_connection(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/there")
		w.WriteHeader(302)
		_, _ = w.Write([]byte("<html>moved</html>"))
	})
	c := connect(t, s.URL)
	for range 5 {
		if _, err := Redirect(t.Context(), c, GET("/v1").Only(302)); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.connections.Load(); n > 1+slack {
		t.Errorf("%d connections", n)
	}
}

// Transports of a caller's own, such as mocks, do not name the request in the response.
func TestRedirect_ownTransport(t *testing.T) {
	for status, location := range map[int]string{200: "done", 302: "/v1/done"} {
		c := connect(t, "https://host.example", secureaccess.WithTransport(roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Location": {location}}, Body: http.NoBody}, nil
		})))
		got, err := Redirect(t.Context(), c, GET("/v1/begin").Only(200, 302))
		if err != nil || got.Location != "https://host.example/v1/done" {
			t.Errorf("%d: %+v, %v", status, got, err)
		}
	}
}
