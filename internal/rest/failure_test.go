package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// The host in an error is the one that the failing request went to.
func TestError_Host(t *testing.T) {
	refusing := serve(t, responds(403, `{}`))
	gone := closedPort(t)
	for name, test := range map[string]struct {
		target string // where the request is redirected to
		op     *Op
		want   func(own string) string
	}{
		"without a redirect":         {"", GET("/v1"), func(own string) string { return own }},
		"within the origin":          {"/refused", GET("/v1"), func(own string) string { return own }},
		"content kept elsewhere":     {refusing.URL + "/there", GET("/v1").FollowAnywhere("/v1"), func(string) string { return host(t, refusing.URL) }},
		"nothing where it is kept":   {gone + "/there", GET("/v1").FollowAnywhere("/v1"), func(string) string { return host(t, gone) }},
		"JSON that is elsewhere":     {refusing.URL, GET("/v1"), func(own string) string { return own }},
		"a link that leads away":     {"", GET("/v1").Follow(refusing.URL), func(string) string { return "" }},
		"content by a link directly": {"", GET("/v1").FollowAnywhere(refusing.URL + "/there"), func(string) string { return host(t, refusing.URL) }},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if test.target != "" && r.URL.Path == "/v1" {
				http.Redirect(w, r, test.target, http.StatusFound)
				return
			}
			w.WriteHeader(403)
		})
		_, err := Fetch(t.Context(), connect(t, s.URL, retries(0)), test.op.About("policies/lists"))
		e := failureOf(t, err)
		if want := test.want(host(t, s.URL)); e.Host != want {
			t.Errorf("%s: %q, want %q: %v", name, e.Host, want, err)
		}
		if e.Object != "policies/lists" || !strings.Contains(e.Error(), "[policies/lists]") || e.Path != "/v1" {
			t.Errorf("%s: %v", name, e)
		}
	}
}

func host(t *testing.T, base string) string { return parse(t, base).Host }

// The host of a session whose API has moved is the new one.
func TestError_Host_moved(t *testing.T) {
	s := serve(t, responds(403, `{}`))
	setup, err := Prepare("test", "http://localhost:1", true, []secureaccess.Option{secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		moved := req.Clone(req.Context()) // as a session does whose renewal named another base
		moved.URL.Host, moved.Host = host(t, s.URL), host(t, s.URL)
		return http.DefaultTransport.RoundTrip(moved)
	}))})
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	e := failureOf(t, Send(t.Context(), setup.Client(Config{}), GET("/v1")))
	if e.Status != 403 || e.Host != host(t, s.URL) {
		t.Errorf("%q: %v", e.Host, e)
	}
}

// What a redirect leads to belongs to the attempt that was redirected.
func TestError_Attempts(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		switch {
		case r.URL.Path == "/v1":
			http.Redirect(w, r, "/second", http.StatusFound)
		case r.URL.Path == "/second":
			http.Redirect(w, r, "/third", http.StatusTemporaryRedirect)
		default:
			w.WriteHeader(500)
		}
	})
	var info secureaccess.Exchange
	err := Send(secureaccess.Capture(t.Context(), &info), connect(t, s.URL, retries(2)), GET("/v1"))
	if e := failureOf(t, err); e.Attempts != 3 || info.Attempts != 3 || n != 9 || !strings.Contains(e.Error(), "(after 3 attempts)") {
		t.Errorf("%d attempts, captured %d, %d requests: %v", e.Attempts, info.Attempts, n, err)
	}
	if info.Status != 500 {
		t.Errorf("captured %+v", info)
	}
}

// Members that cannot be read are named, and do not spoil the rest, if there is one.
func TestCall_decode_unread(t *testing.T) {
	for body, want := range map[string][]string{
		`{"id":"7","size":12}`:        nil,
		`{"id":7,"size":"12"}`:        nil, // read in the other form
		`{"id":{"a":1},"size":12}`:    {"/id"},
		`{"id":"7","size":"many"}`:    {"/size"},
		`{"id":[],"size":{"x":1}}`:    {"/id", "/size"},
		`{"id":"7","size":12,"n":{}}`: nil,
	} {
		s := serve(t, responds(200, body))
		var info secureaccess.Exchange
		got, err := Do[thing](secureaccess.Capture(t.Context(), &info), connect(t, s.URL), GET("/v1"))
		if (err != nil) != (len(want) == 2) || !slices.Equal(info.Unread, want) {
			t.Errorf("%s: %+v, %v, unread %q, want %q", body, got, err, info.Unread, want)
		}
	}
	s := serve(t, responds(200, `{"data":[{"id":"1"},{"id":"2","size":[]},{"id":"3","size":3}],"total":"3"}`))
	var info secureaccess.Exchange
	got, err := Do[things](secureaccess.Capture(t.Context(), &info), connect(t, s.URL), GET("/v1"))
	if err != nil || len(got.Data) != 3 || got.Data[2].Size != 3 || got.Total != 3 || !slices.Equal(info.Unread, []string{"/data/1/size"}) {
		t.Errorf("%+v, %v, unread %q", got, err, info.Unread)
	}
}

// Names come from the server: they are bounded lines, and hold no secret that the call carried.
func TestCall_decode_unreadNames(t *testing.T) {
	const secret = "s3cret-word"
	type sizes struct {
		Sizes map[string]int `json:"sizes"`
	}
	names, err := json.Marshal(map[string]any{"sizes": map[string]any{
		"a\x1b[2J\nb": "x", secret: "x", url.QueryEscape("é" + secret): "x", strings.Repeat("n", 100_000): "x",
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, responds(200, string(names)))
	var info secureaccess.Exchange
	op := POST("/v1").JSON(map[string]any{"password": secureaccess.NewSecret(secret)})
	if _, err := Do[sizes](secureaccess.Capture(t.Context(), &info), connect(t, s.URL), op); err != nil {
		t.Fatal(err)
	}
	if len(info.Unread) != 4 {
		t.Errorf("unread %.100q", info.Unread)
	}
	for _, name := range info.Unread {
		if strings.Contains(name, secret) || strings.ContainsAny(name, "\n\x1b") || len(name) > lineSize {
			t.Errorf("unread %.100q", name)
		}
	}
}

// A call that failed without a response says so in the text and in the exchange.
func TestError_withoutResponse(t *testing.T) {
	base := closedPort(t)
	var info secureaccess.Exchange
	err := Send(secureaccess.Capture(t.Context(), &info), connect(t, base+"/api", retries(1)), GET("/v1/{id}", "a b").Param("t", "S-query"))
	e := failureOf(t, err)
	if e.Host != host(t, base) || e.Status != 0 || e.Attempts != 2 || info.Attempts != 2 || info.Status != 0 {
		t.Errorf("%+v, %+v", e, info)
	}
	for _, text := range []string{"S-query", "a b", "a%20b", "http://"} {
		if strings.Contains(e.Error(), text) {
			t.Errorf("%q shows %q", e.Error(), text)
		}
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		t.Errorf("net/http's error is in %#v", err)
	}
}
