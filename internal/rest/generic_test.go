package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestGeneric_out(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/list":
			responds(200, `[{"id":"1"},{"id":"2"}]`)(w, r)
		case "/content":
			w.Header().Set("Content-Disposition", `attachment; filename="a.bin"`)
			_, _ = io.WriteString(w, "content")
		case "/redirect":
			w.Header().Set("Location", "https://elsewhere.example/a?t=1")
			w.WriteHeader(303)
		case "/nothing":
			w.WriteHeader(204)
		default:
			responds(200, `{"id":"7","size":"12","other":[1]}`)(w, r)
		}
	})
	c := connect(t, s.URL)
	do := func(path string, out any) error {
		return Generic(t.Context(), c, secureaccess.Request{Path: path}, out)
	}
	var one thing
	if err := do("/thing", &one); err != nil || one != (thing{"7", 12}) {
		t.Errorf("a struct: %+v, %v", one, err)
	}
	var pointer *thing
	if err := do("/thing", &pointer); err != nil || pointer == nil || *pointer != (thing{"7", 12}) {
		t.Errorf("a pointer to a struct: %+v, %v", pointer, err)
	}
	var members map[string]any
	if err := do("/thing", &members); err != nil || members["id"] != "7" {
		t.Errorf("a map: %v, %v", members, err)
	}
	var anything any
	if err := do("/list", &anything); err != nil || len(anything.([]any)) != 2 {
		t.Errorf("an empty interface: %v, %v", anything, err)
	}
	var list []thing
	if err := do("/list", &list); err != nil || len(list) != 2 || list[1].ID != "2" {
		t.Errorf("a list: %v, %v", list, err)
	}
	var raw json.RawMessage
	if err := do("/thing", &raw); err != nil || string(raw) != `{"id":"7","size":"12","other":[1]}` {
		t.Errorf("raw: %s, %v", raw, err)
	}
	var download *secureaccess.Download
	if err := do("/content", &download); err != nil || download.Name != "a.bin" || download.Size != 7 {
		t.Fatalf("a download: %+v, %v", download, err)
	}
	content, err := io.ReadAll(download)
	if err != nil || string(content) != "content" || download.Close() != nil {
		t.Errorf("%q, %v", content, err)
	}
	var redirect secureaccess.Redirect
	if err := do("/redirect", &redirect); err != nil || redirect != (secureaccess.Redirect{Status: 303, Location: "https://elsewhere.example/a?t=1"}) {
		t.Errorf("a redirect: %+v, %v", redirect, err)
	}
	if err := do("/nothing", nil); err != nil {
		t.Errorf("nothing: %v", err)
	}
	for name, out := range map[string]any{"a struct": &one, "raw": &raw, "a download": &download} {
		if err := do("/nothing", out); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("204 for %s: %v", name, err)
		}
	}
}

// What can hold no result is refused before anything is sent.
func TestGeneric_outRefused(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	for name, out := range map[string]any{
		"a value":          thing{},
		"a text":           "x",
		"a nil pointer":    (*thing)(nil),
		"nil raw":          (*json.RawMessage)(nil),
		"raw by value":     json.RawMessage(nil),
		"no download":      (**secureaccess.Download)(nil),
		"a download alone": (*secureaccess.Download)(nil),
		"no redirect":      (*secureaccess.Redirect)(nil),
		"a function":       func() {},
	} {
		err := Generic(t.Context(), c, secureaccess.Request{Method: "POST", Path: "/v1"}, out)
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != "out" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestGeneric_refused(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	header := func(name string) secureaccess.Request {
		return secureaccess.Request{Path: "/v1", Header: http.Header{name: {"x"}}}
	}
	for name, test := range map[string]struct {
		request  secureaccess.Request
		argument string
	}{
		"Authorization":                {header("Authorization"), "Header"},
		"Authorization in small":       {header("authorization"), "Header"},
		"Cookie":                       {header("COOKIE"), "Header"},
		"Host":                         {header("host"), "Header"},
		"Proxy-Authorization":          {header("Proxy-Authorization"), "Header"},
		"no path":                      {secureaccess.Request{}, "Path"},
		"another origin":               {secureaccess.Request{Path: "https://elsewhere.example/v1"}, "Path"},
		"a relative path":              {secureaccess.Request{Path: "v1"}, "Path"},
		"a query in the path":          {secureaccess.Request{Path: "/v1?a=b"}, "Path"},
		"a fragment in the path":       {secureaccess.Request{Path: "/v1#a"}, "Path"},
		"a bad escape in the path":     {secureaccess.Request{Path: "/50%"}, "path"},
		"a template that does not end": {secureaccess.Request{Path: "/v1/{id", Args: []string{"1"}}, "Path"},
		"too few arguments":            {secureaccess.Request{Path: "/v1/{id}"}, "Args"},
		"too many arguments":           {secureaccess.Request{Path: "/v1/{id}", Args: []string{"1", "2"}}, "Args"},
		"an argument that climbs":      {secureaccess.Request{Path: "/v1/{id}", Args: []string{".."}}, "id"},
		"an empty argument":            {secureaccess.Request{Path: "/v1/{id}", Args: []string{""}}, "id"},
		"two bodies":                   {secureaccess.Request{Path: "/v1", Body: 1, Content: &secureaccess.Upload{Reader: strings.NewReader("")}}, "Body"},
		"a body that is no JSON":       {secureaccess.Request{Path: "/v1", Body: func() {}}, "body"},
		"content without a reader":     {secureaccess.Request{Path: "/v1", Content: &secureaccess.Upload{}}, "content"},
		"a query that is not UTF-8":    {secureaccess.Request{Path: "/v1", Query: url.Values{"q": {"\xff"}}}, "q"},
		"a method that is none":        {secureaccess.Request{Method: "GET /", Path: "/v1"}, "Method"},
	} {
		err := Generic(t.Context(), c, test.request, nil)
		argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
		if !ok || argument.Argument != test.argument || argument.Operation.Product != "test" {
			t.Errorf("%s: %#v, want a refusal of %s", name, err, test.argument)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// Whatever a path begins with, it stays on the client's origin.
func TestGeneric_origin(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	var seen []string
	c := connectWith(t, s.URL+"/base", nil, secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		seen = append(seen, req.URL.Host+" "+req.Host+" "+req.URL.EscapedPath())
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})))
	host := parse(t, s.URL).Host
	for path, want := range map[string]string{
		"//elsewhere.example/v1":   "/base//elsewhere.example/v1",
		"/\\elsewhere.example":     "/base/%5Celsewhere.example",
		"/@elsewhere.example":      "/base/@elsewhere.example",
		"/:80/v1":                  "/base/:80/v1",
		"/a b":                     "/base/a%20b",
		"/v1/{id}":                 "/base/v1/..%2F..%2Fx",
		"/%2F%2Felsewhere.example": "/base/%2F%2Felsewhere.example",
	} {
		request := secureaccess.Request{Path: path}
		if strings.Contains(path, "{") {
			request.Args = []string{"../../x"}
		}
		seen = nil
		if err := Generic(t.Context(), c, request, nil); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if got := fmt.Sprint(seen); got != "["+host+" "+host+" "+want+"]" {
			t.Errorf("%s went to %s, want %s", path, got, want)
		}
	}
}

func TestGeneric_request(t *testing.T) {
	var got *http.Request
	var body string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		got, body = r, string(data)
		responds(201, `{"id":"7"}`)(w, r)
	})
	c := connect(t, s.URL)
	var one thing
	err := Generic(t.Context(), c, secureaccess.Request{
		Method: "patch", Path: "/v1/{id}", Args: []string{"a/b"}, Query: url.Values{"b": {"1", "2"}, "a": {"x y"}},
		Header: http.Header{"x-many": {"1", "2"}, "If-Match": {`"7"`}}, Accept: "application/vnd.test+json",
		Body: map[string]any{"password": secureaccess.NewSecret("s3cret-word")}, Status: []int{201},
	}, &one)
	if err != nil || one.ID != "7" {
		t.Fatalf("%+v, %v", one, err)
	}
	if got.Method != "PATCH" || got.RequestURI != "/v1/a%2Fb?a=x+y&b=1&b=2" || body != `{"password":"s3cret-word"}` {
		t.Errorf("sent %s %s with %s", got.Method, got.RequestURI, body)
	}
	h := got.Header
	if fmt.Sprint(h["X-Many"]) != "[1 2]" || h.Get("If-Match") != `"7"` || h.Get("Accept") != "application/vnd.test+json" || h.Get("Content-Type") != "application/json" {
		t.Errorf("with %v", h)
	}
	err = Generic(t.Context(), c, secureaccess.Request{
		Method: "PUT", Path: "/v1", Content: &secureaccess.Upload{Reader: strings.NewReader("content")}, ContentType: "text/csv",
	}, nil)
	if err != nil || body != "content" || got.Header.Get("Content-Type") != "text/csv" || got.ContentLength != 7 {
		t.Errorf("content: %v, %q with %v", err, body, got.Header)
	}
	// 201 is a success by default, and none where only 200 is.
	if err := Generic(t.Context(), c, secureaccess.Request{Method: "POST", Path: "/v1", Status: []int{200}}, nil); err == nil {
		t.Error("201 where only 200 is a success")
	}
}

// A secret in the body goes on the wire and nowhere else.
func TestGeneric_secrets(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Request-Id", "for s3cret-word")
		responds(400, fmt.Sprintf(`{"message":%q}`, data))(w, r)
	})
	c := connect(t, s.URL)
	type nested struct {
		Name  string                         `json:"name"`
		Words map[string]secureaccess.Secret `json:"words"`
	}
	err := Generic(t.Context(), c, secureaccess.Request{
		Method: "POST", Path: "/v1", Body: []nested{{"ada", map[string]secureaccess.Secret{"a": secureaccess.NewSecret("s3cret-word")}}},
	}, nil)
	e := failureOf(t, err)
	for _, text := range []string{e.Error(), string(e.Body), e.RequestID} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("the secret is in %q", text)
		}
	}
	if !strings.Contains(string(e.Body), "ada") {
		t.Errorf("nothing is left of %s", e.Body)
	}
}

func TestGeneric_repeat(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		repeat secureaccess.Repeat
		want   int
	}{
		"a read":           {"GET", secureaccess.RepeatByMethod, 3},
		"a write":          {"POST", secureaccess.RepeatByMethod, 1},
		"a repeatable one": {"POST", secureaccess.RepeatAlways, 3},
		"a read, never":    {"GET", secureaccess.RepeatNever, 1},
		"an odd method":    {"PATCH", secureaccess.RepeatByMethod, 1},
	} {
		s := serve(t, responds(500, `{}`))
		_ = Generic(t.Context(), connect(t, s.URL, retries(2)), secureaccess.Request{Method: test.method, Path: "/v1", Repeat: test.repeat}, nil)
		if n := int(s.requests.Load()); n != test.want {
			t.Errorf("%s: %d requests, want %d", name, n, test.want)
		}
	}
}
