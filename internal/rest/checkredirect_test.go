package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestCheckRedirect_withinTheOrigin(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for method, begin := range map[string]func(string, ...string) *Op{"GET": GET, "HEAD": HEAD} {
			var seen visits
			s := serve(t, seen.note(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v1/old" {
					redirect(status, "../v2/new?x=1")(w, r)
					return
				}
				responds(200, `{"id":"new"}`)(w, r)
			}))
			c := connectWith(t, s.URL, authenticated(t, s.URL))
			if err := Send(t.Context(), c, begin("/v1/old").Param("t", "S-query").Header("X-Own", "o")); err != nil {
				t.Fatalf("%d %s: %v", status, method, err)
			}
			if got := seen.targets(); !slices.Equal(got, []string{method + " /v1/old?t=S-query", method + " /v2/new?x=1"}) {
				t.Errorf("%d %s: %q", status, method, got)
			}
			if seen.holding("Bearer "+token) != 2 || seen.list[1].header.Get("X-Own") != "o" {
				t.Errorf("%d %s: %v", status, method, seen.list)
			}
			if referer := seen.list[1].header["Referer"]; referer != nil {
				t.Errorf("%d %s: Referer %q", status, method, referer)
			}
		}
	}
}

func TestCheckRedirect_otherOrigin(t *testing.T) {
	for name, elsewhere := range map[string]func(*httptest.Server) string{
		"another port": func(s *httptest.Server) string { return s.URL },
		"another host": func(s *httptest.Server) string { return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) },
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			var seen visits
			other := serve(t, seen.note(responds(200, `{"id":"other"}`)))
			s := serve(t, redirect(status, elsewhere(other.Server)+"/there"))
			c := connectWith(t, s.URL, func(config *Config) {
				authenticated(t, s.URL)(config)
				config.Header = http.Header{"X-Product": {"S-product"}}
			})
			if _, err := Do[thing](t.Context(), c, GET("/v1")); !errors.Is(err, secureaccess.ErrRedirectRefused) || len(seen.list) != 0 {
				t.Fatalf("%s %d: JSON was taken from elsewhere: %v", name, status, err)
			}
			// Content may be kept elsewhere, where its operation says so.
			got, err := Fetch(t.Context(), c, GET("/v1").FollowAnywhere("/v1?t=S-query").Header("X-Own-Token", "S-own"))
			if err != nil {
				t.Fatalf("%s %d: %v", name, status, err)
			}
			_ = got.Close()
			if !slices.Equal(seen.targets(), []string{"GET /there"}) || seen.holding("S-") != 0 {
				t.Errorf("%s %d: %v", name, status, seen.list)
			}
			header := seen.list[0].header
			if header["Referer"] != nil || header["Authorization"] != nil || header["Cookie"] != nil || header.Get("Accept") != "application/json" {
				t.Errorf("%s %d: %v", name, status, header)
			}
		}
	}
}

func TestCheckRedirect_awayAndBack(t *testing.T) {
	var home, away visits
	var s *server
	other := serve(t, away.note(func(w http.ResponseWriter, r *http.Request) { redirect(302, s.URL+"/end")(w, r) }))
	s = serve(t, home.note(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1" {
			redirect(302, other.URL)(w, r)
			return
		}
		responds(200, `{}`)(w, r)
	}))
	content, err := Fetch(t.Context(), connectWith(t, s.URL, authenticated(t, s.URL)), GET("/v1").FollowAnywhere("/v1"))
	if err != nil {
		t.Fatal(err)
	}
	_ = content.Close()
	if home.holding(token) != 2 || away.holding(token) != 0 || len(away.list) != 1 {
		t.Errorf("home: %v\naway: %v", home.list, away.list)
	}
}

func TestCheckRedirect_toHTTP(t *testing.T) {
	var seen visits
	open := serve(t, seen.note(responds(200, `{}`)))
	s := serveTLS(t, redirect(302, open.URL+"/?t=S-query"))
	c := connectTo(t, s)
	err := Send(t.Context(), c, GET("/v1"))
	e := failureOf(t, err)
	if !errors.Is(err, secureaccess.ErrRedirectRefused) || e.Status != 302 || e.Attempts != 1 || len(seen.list) != 0 {
		t.Errorf("%v, %v", err, seen.list)
	}
	checkClean(t, err)
}

func TestCheckRedirect_writes(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for method, op := range map[string]*Op{
			"POST": POST("/v1").JSON(thing{ID: "a"}), "PUT": PUT("/v1").JSON(thing{ID: "a"}), "DELETE": DELETE("/v1"), "empty POST": POST("/v1").Repeatable(),
		} {
			var seen visits
			s := serve(t, seen.note(redirect(status, "/elsewhere?t=S-query")))
			err := Send(t.Context(), connect(t, s.URL), op)
			e := failureOf(t, err)
			if !errors.Is(err, secureaccess.ErrRedirectRefused) || e.Status != status || len(seen.list) != 1 {
				t.Errorf("%s %d: %v, %q", method, status, err, seen.targets())
			}
			checkClean(t, err)
		}
	}
}

func TestCheckRedirect_nowhere(t *testing.T) {
	for name, test := range map[string]struct {
		location string
		requests int
	}{
		"in circles":     {"/v1?t=S-query", 10},
		"without end":    {"", 1},
		"unparsable":     {"http://[::1?t=S-query", 1},
		"with spaces":    {"http://host:bad port/?t=S-query S-second", 1},
		"quoted":         {`http://[::1?t=S-query"S-second'S-third`, 1},
		"without equals": {"http://[::1?S-query", 1},
	} {
		for method, begin := range map[string]func(string, ...string) *Op{"GET": GET, "POST": POST} {
			t.Run(name+" "+method, func(t *testing.T) {
				s := serve(t, func(w http.ResponseWriter, r *http.Request) {
					if test.location != "" {
						w.Header().Set("Location", test.location)
					}
					w.WriteHeader(302)
				})
				err := Send(t.Context(), connect(t, s.URL), begin("/v1"))
				e := failureOf(t, err)
				if !errors.Is(err, secureaccess.ErrRedirectRefused) || e.Status != 302 {
					t.Errorf("%v", err)
				}
				if n := int(s.requests.Load()); method == "GET" && n != test.requests || method == "POST" && n != 1 {
					t.Errorf("%d requests", n)
				}
				checkClean(t, err)
			})
		}
	}
}

func TestRedirect_success(t *testing.T) {
	s := serve(t, redirect(302, "/welcome"))
	status, header, err := Header(t.Context(), connect(t, s.URL), POST("/login").Statuses(302))
	if err != nil || status != 302 || header.Get("Location") != s.URL+"/welcome" {
		t.Errorf("%d, %v, %v", status, header, err)
	}
}
