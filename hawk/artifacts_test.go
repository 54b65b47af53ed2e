package hawk

import (
	"strings"
	"testing"
)

func TestArtifacts_Normalized(t *testing.T) {
	a := Artifacts{Timestamp: 1353832234, Nonce: "j4h3g2", Method: "GET", Target: "/resource/1?b=1&a=2", Host: "example.com", Port: "8000", Ext: "some-app-ext-data"}
	if got, want := a.Normalized(), "hawk.1.header\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n8000\n\nsome-app-ext-data\n"; got != want {
		t.Errorf("without app: %q", got)
	}
	a.Hash, a.App = "Yi9=", "app"
	if got, want := a.Normalized(), "hawk.1.header\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n8000\nYi9=\nsome-app-ext-data\napp\n\n"; got != want {
		t.Errorf("with app: %q", got)
	}
}

func TestOriginForm(t *testing.T) {
	for target, want := range map[string]string{
		"/": "/", "/a?b": "/a?b", "/?": "/?", "//a//b": "//a//b", "*": "*",
		"http://h/a?b": "/a?b", "http://h": "/", "http://h?b": "/?b", "https://u@h:1//a?": "//a?", "http://h/a://b": "/a://b",
		"/a://b": "/a://b",
	} {
		if got, ok := originForm(target); !ok || got != want {
			t.Errorf("%q: %q, %v; want %q", target, got, ok, want)
		}
	}
	for _, target := range []string{"", "h:443", "a/b", "?"} {
		if got, ok := originForm(target); ok {
			t.Errorf("%q is accepted as %q", target, got)
		}
	}
}

func TestSplitHost(t *testing.T) {
	for header, want := range map[string][2]string{
		"example.com":       {"example.com", ""},
		"Example.COM:8000":  {"example.com", "8000"},
		"127.0.0.1:080":     {"127.0.0.1", "080"},
		"[::1]":             {"[::1]", ""},
		"[2001:DB8::1]:443": {"[2001:db8::1]", "443"},
		"[::ffff:1.2.3.4]":  {"[::ffff:1.2.3.4]", ""},
	} {
		if host, port, ok := splitHost(header); !ok || host != want[0] || port != want[1] {
			t.Errorf("%q: %q, %q, %v", header, host, port, ok)
		}
	}
	for _, header := range []string{
		"", ":", ":80", "h:", "h:x", "h:8 0", "h:1:2", "::1", "[]", "[::1", "::1]", "[::1]x", "[::1]:", "[a b]:1", "[::1%en0]",
		"h h", "h\n", "bücher.example", "[h]:80", "h]:80", strings.Repeat("h", maxHeader+1),
	} {
		if host, port, ok := splitHost(header); ok {
			t.Errorf("%q is accepted as %q, %q", header, host, port)
		}
	}
}
