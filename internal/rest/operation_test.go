package rest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

type listOptions struct {
	Name   string   `url:"name,omitempty"`
	Limit  int      `url:"limit,omitempty"`
	Offset int      `url:"offset"`
	Tags   []string `url:"tag,omitempty"`
	Flag   *bool    `url:"flag,omitempty"`
}

func TestOp_Query_andParam(t *testing.T) {
	var target string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { target = r.RequestURI })
	c := connect(t, s.URL)
	no := false
	var absent *listOptions
	for want, op := range map[string]*Op{
		"/v1":                                   GET("/v1"),
		"/v1?":                                  GET("/v1").Query(nil), // rewritten below: no question mark is left
		"/v1?offset=0":                          GET("/v1").Query(listOptions{}),
		"/v1?limit=5&name=a+b%26c%3Dd&offset=2": GET("/v1").Query(&listOptions{Name: "a b&c=d", Limit: 5, Offset: 2}),
		"/v1?flag=false&offset=0&tag=x&tag=%C3%A6": GET("/v1").Query(&listOptions{Tags: []string{"x", "æ"}, Flag: &no}),
		"/v1?a=1&b=%26":                            GET("/v1").Param("b", "&").Param("a", "1").Param("c", ""),
		"/v1?limit=7&offset=0&t=1":                 GET("/v1").Query(&listOptions{Limit: 5}).Param("limit", "7").Param("t", "1"),
		"/v1/%3F?a=%3F":                            GET("/v1/{id}", "?").Param("a", "?"),
		"/v1?t=nil+options":                        GET("/v1").Query(absent).Param("t", "nil options"),
		"/v1?all":                                  GET("/v1").Flag("all"),
		"/v1?b=2&z=1&a=3&x+y&z=%26":                GET("/v1").Param("z", "1").Param("b", "2").Append("a", "3").Flag("x y").Append("z", "&"),
		"/v1?a=second":                             GET("/v1").Param("a", "first").Param("a", "second"),
		"/v1?offset=0&x=%2Fetc%2F..&x-y=%C3%A9%0A": GET("/v1").Query(listOptions{}).Param("x", "/etc/..").Param("x-y", "é\n"),
	} {
		if err := Send(t.Context(), c, op); err != nil || target != strings.TrimSuffix(want, "?") {
			t.Errorf("%s, %v, want %s", target, err, want)
		}
	}
}

func TestOp_Query_refused(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	err := Send(t.Context(), c, GET("/v1").Query("limit=1"))
	if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != "options" || argument.Err == nil {
		t.Errorf("%v", err)
	}
	if s.requests.Load() != 0 {
		t.Error("it was sent")
	}
}

func TestOp_Header(t *testing.T) {
	var got http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { got = r.Header })
	c := connectWith(t, s.URL, func(c *Config) {
		c.Header = http.Header{"X-Product": {"p"}, "X-Both": {"product"}}
	}, secureaccess.WithUserAgent("robot/1"))

	if err := Send(t.Context(), c, GET("/v1").Header("x-own", "o").Header("x-both", "op")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"X-Product": "p", "X-Own": "o", "X-Both": "op", "User-Agent": "robot/1", "Accept": "application/json",
	} {
		if list := got.Values(name); len(list) != 1 || list[0] != want {
			t.Errorf("%s: %q, want %q", name, list, want)
		}
	}
	if err := Send(t.Context(), c, GET("/v1").Accept("text/plain")); err != nil || got.Get("Accept") != "text/plain" || got.Get("X-Both") != "product" {
		t.Errorf("%v, %v", got, err)
	}
	if err := Send(t.Context(), c, GET("/v1").Accept("")); err != nil || got["Accept"] != nil {
		t.Errorf("Accept is %q, %v", got["Accept"], err)
	}
}

func TestOp_methods(t *testing.T) {
	var method string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { method = r.Method })
	c := connect(t, s.URL)
	for want, begin := range map[string]func(string, ...string) *Op{"GET": GET, "HEAD": HEAD, "POST": POST, "PUT": PUT, "DELETE": DELETE} {
		if err := Send(t.Context(), c, begin("/v1")); err != nil || method != want {
			t.Errorf("%s arrived as %s, %v", want, method, err)
		}
	}
}

func TestOp_Refuse(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	own := errors.New("own reason")
	for name, test := range map[string]struct {
		op     *Op
		reason string // "": is sent
	}{
		"required and empty":       {GET("/v1").Require("name", ""), "name is empty"},
		"required and there":       {GET("/v1").Require("name", "x"), ""},
		"too little":               {Between(GET("/v1"), "limit", -1, 0, 10), "limit is not between 0 and 10"},
		"too much":                 {Between(GET("/v1"), "limit", int64(11), 0, 10), "limit is not between 0 and 10"},
		"lowest":                   {Between(GET("/v1"), "limit", 0, 0, 10), ""},
		"highest":                  {Between(GET("/v1"), "limit", 10, 0, 10), ""},
		"empty link":               {GET("/v1").Follow(""), "link is empty"},
		"the first refusal counts": {GET("/v1").Require("first", "").Require("second", ""), "first is empty"},
		"no refusal":               {GET("/v1").Refuse(nil), ""},
	} {
		before := s.requests.Load()
		err := Send(t.Context(), c, test.op)
		sent := s.requests.Load() > before
		if test.reason == "" {
			if err != nil || !sent {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !errors.Is(err, secureaccess.ErrInvalidArgument) || err.Error() != "test: GET /v1: "+test.reason || sent {
			t.Errorf("%s: %v, sent: %t", name, err, sent)
		}
	}
	if err := Send(t.Context(), c, GET("/v1").Refuse(own)); !errors.Is(err, own) || failureOf(t, err).Attempts != 0 {
		t.Errorf("%v", err)
	}
}

func TestOp_Statuses(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/204":
			w.WriteHeader(http.StatusNoContent)
		case "/409":
			responds(409, `{"id":"there"}`)(w, r)
		case "/blank":
			responds(200, " \r\n")(w, r)
		}
	})
	c := connect(t, s.URL)
	for _, path := range []string{"/204", "/blank"} {
		if got, err := Do[thing](t.Context(), c, POST(path).MayBeEmpty()); err != nil || got == nil || *got != (thing{}) {
			t.Errorf("%s: %v, %v", path, got, err)
		}
		_, err := Do[thing](t.Context(), c, POST(path))
		if e := failureOf(t, err); !errors.Is(err, secureaccess.ErrBadResponse) || e.Status/100 != 2 || !strings.Contains(err.Error(), "empty") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if got, err := Do[thing](t.Context(), c, POST("/409").Statuses(404, 409)); err != nil || got.ID != "there" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := Do[thing](t.Context(), c, POST("/409").Statuses(404)); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("%v", err)
	}
}
