package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
)

func TestExpand_escapes(t *testing.T) {
	var target string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { target = r.RequestURI })
	plain := connect(t, s.URL)
	dots := connectWith(t, s.URL, func(c *Config) { c.EscapeLeadingDot = true })
	for arg, want := range map[string]string{
		"abc-1_2~3":   "abc-1_2~3",
		"a/b":         "a%2Fb",
		"a b":         "a%20b",
		"日本":          "%E6%97%A5%E6%9C%AC",
		"100%":        "100%25",
		"%2F":         "%252F",
		"a?b":         "a%3Fb",
		"a#b":         "a%23b",
		"a;b,c":       "a;b,c",
		"a+b=c&d@e:f": "a+b=c&d@e:f",
		"..;":         "..%3B",
		"a\\b":        "a%5Cb",
		"a\x00\r\nb":  "a%00%0D%0Ab",
		"O'Brien (x)": "O'Brien%20(x)",
		"a!$*~":       "a!$*~",
		".;x":         ".%3Bx",
		";":           "%3B",
		".hidden":     ".hidden",
		"...":         "...",
		"../../etc":   "..%2F..%2Fetc",
		"{id}":        "%7Bid%7D",
		`"<>[]^|`:     "%22%3C%3E%5B%5D%5E%7C",
	} {
		if err := Send(t.Context(), plain, GET("/a/{id}/z", arg)); err != nil || target != "/a/"+want+"/z" {
			t.Errorf("%q arrived as %s, %v", arg, target, err)
		}
		if strings.HasPrefix(want, ".") {
			want = "%2E" + want[1:]
		}
		if err := Send(t.Context(), dots, GET("/a/{id}/z", arg)); err != nil || target != "/a/"+want+"/z" {
			t.Errorf("%q with its dot escaped arrived as %s, %v", arg, target, err)
		}
		if err := Send(t.Context(), dots, GET("/a/{path}/z").Segments("path", "x", arg)); err != nil || target != "/a/x/"+want+"/z" {
			t.Errorf("%q among segments with its dot escaped arrived as %s, %v", arg, target, err)
		}
	}
}

func TestExpand_order(t *testing.T) {
	var target string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { target = r.RequestURI })
	c := connect(t, s.URL+"/base%2Fpath/")
	for _, test := range []struct {
		op   *Op
		want string
	}{
		{GET("/"), "/base%2Fpath/"},
		{GET("/v1/things"), "/base%2Fpath/v1/things"},
		{GET("/v1/{a}/of/{b}", "1", "2"), "/base%2Fpath/v1/1/of/2"},
		{GET("/v1/{a}-{b}", "1", "2"), "/base%2Fpath/v1/1-2"},
		{GET("/v1/{path}/of/{b}", "2").Segments("path", "x", "y/z", "w"), "/base%2Fpath/v1/x/y%2Fz/w/of/2"},
		{GET("/v1/{id}").Segments("id", "only"), "/base%2Fpath/v1/only"},
	} {
		if err := Send(t.Context(), c, test.op); err != nil || target != test.want {
			t.Errorf("%s, %v, want %s", target, err, test.want)
		}
	}
}

func TestExpand_refusedSegments(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	for _, arg := range []string{"", ".", ".."} {
		for name, op := range map[string]*Op{
			"argument":     GET("/v1/sa/{appliance_id}", arg),
			"second":       DELETE("/v1/{x}/{appliance_id}", "1", arg),
			"segment":      GET("/v1/{appliance_id}").Segments("appliance_id", "a", arg),
			"only segment": GET("/v1/{appliance_id}").Segments("appliance_id", arg),
		} {
			err := Send(t.Context(), c, op)
			argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
			if !ok || argument.Argument != "appliance_id" || argument.Reason == "" {
				t.Errorf("%s %q: %v", name, arg, err)
				continue
			}
			if want := (secureaccess.Operation{Product: "test", Method: op.method, Path: op.template}); argument.Operation != want {
				t.Errorf("%s %q: of %+v", name, arg, argument.Operation)
			}
		}
	}
	if err := Send(t.Context(), c, GET("/v1/{p}").Segments("p")); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no segments: %v", err)
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestExpand_wrongNumber(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	for _, op := range []*Op{
		GET("/v1/{a}"), GET("/v1/{a}/{b}", "1"), GET("/v1", "1"), GET("/v1/{a}", "1", "2"),
		GET("/v1/{a}", "1").Segments("a", "2"), GET("/v1/{a", "1"), GET("/v1/a}{", "1"),
	} {
		err := Send(t.Context(), c, op)
		if e := failureOf(t, err); e.Attempts != 0 || !strings.Contains(err.Error(), "path template") {
			t.Errorf("%s with %q: %v", op.template, op.args, err)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func FuzzArgumentArrivesAsOneSegment(f *testing.F) {
	for _, seed := range []string{"a", "a/b", "..", "../x", "a b", "%2f", "?q=1", "#", ";v=1", "日", "\x00", "\xff\xfe", ".", "//", "a%", "{x}", "\r\nHost: evil"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	targets := make(chan string, 1)
	s := serve(f, func(w http.ResponseWriter, r *http.Request) { targets <- r.RequestURI })
	clients := map[bool]*Client{
		false: connect(f, s.URL),
		true:  connectWith(f, s.URL, func(c *Config) { c.EscapeLeadingDot = true }),
	}
	f.Fuzz(func(t *testing.T, arg string, dots bool) {
		err := Send(context.Background(), clients[dots], GET("/a/{id}/z", arg))
		if arg == "" || arg == "." || arg == ".." || !utf8.ValidString(arg) {
			if !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Fatalf("%q was let through: %v", arg, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		target := <-targets
		segment, end := strings.CutPrefix(target, "/a/")
		segment, tail := strings.CutSuffix(segment, "/z")
		if !end || !tail || strings.ContainsAny(segment, "/?#") {
			t.Fatalf("%q arrived as %s", arg, target)
		}
		if back, err := url.PathUnescape(segment); err != nil || back != arg {
			t.Fatalf("%q arrived as %s, which is %q, %v", arg, target, back, err)
		}
		if dots && strings.HasPrefix(segment, ".") {
			t.Fatalf("%q arrived with its dot: %s", arg, target)
		}
	})
}
