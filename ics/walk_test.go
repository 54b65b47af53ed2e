package ics_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// tree reads a configuration whole.
func tree(t *testing.T, client *ics.Client, path ics.Path, opts *ics.ConfigurationOptions) []ics.Object {
	t.Helper()
	var objects []ics.Object
	for object, err := range ics.Walk(t.Context(), client.Configuration, path, opts) {
		if err != nil {
			t.Fatalf("%s: %v", object.Path, err)
		}
		objects = append(objects, object)
	}
	return objects
}

func paths(objects []ics.Object) []string {
	var list []string
	for _, o := range objects {
		list = append(list, o.Path.String())
	}
	return list
}

func TestWalk(t *testing.T) {
	server, client := setUp(t)
	if err := server.SetConfiguration(ics.Path{"users", "user-roles", "user-role", "a/b .c"}, map[string]any{"name": "a/b .c", "general": map[string]any{}}); err != nil {
		t.Fatal(err)
	}
	whole := tree(t, client, nil, nil)
	got := paths(whole)
	for _, want := range []string{
		"/", "/users/user-roles/user-role/Users", "/users/user-roles/user-role/a/b .c", "/administrators/admin-roles/admin-role/.Administrators",
		"/authentication/auth-servers/auth-server/System Local", "/system/log/syslog-settings/syslog-setting/localhost2",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not among %q", want, got)
		}
	}
	if again := paths(tree(t, client, nil, nil)); !slices.Equal(got, again) {
		t.Errorf("two walks differ:\n%q\n%q", got, again)
	}
	below := paths(tree(t, client, ics.Path{"users"}, nil))
	if below[0] != "/users" || slices.ContainsFunc(below, func(p string) bool { return !strings.HasPrefix(p, "/users") }) {
		t.Errorf("below users there is %q", below)
	}
	if all := tree(t, client, nil, &ics.ConfigurationOptions{Expand: true}); len(all) != 1 || !strings.Contains(string(all[0].Value), "a/b .c") {
		t.Errorf("expanded there are %q", paths(all))
	}
	for range ics.Walk(t.Context(), client.Configuration, nil, nil) {
		break
	}
}

// What cannot be read is reported, and the rest comes all the same; the end of the context ends it.
func TestWalk_errors(t *testing.T) {
	server, client := setUp(t, secureaccess.WithRetry(secureaccess.RetryPolicy{}))
	server.Fail(icstest.Fault{Path: "/api/v1/configuration/users/user-roles/user-role/Users", Times: -1, Status: http.StatusForbidden})
	var failed []string
	n := 0
	for object, err := range ics.Walk(t.Context(), client.Configuration, nil, nil) {
		if err != nil {
			failed = append(failed, object.Path.String())
			if !errors.Is(err, secureaccess.ErrForbidden) {
				t.Error(err)
			}
			continue
		}
		n++
	}
	if len(failed) != 1 || failed[0] != "/users/user-roles/user-role/Users" || n < 5 {
		t.Errorf("%q failed, %d objects came", failed, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n = 0
	for _, err := range ics.Walk(ctx, client.Configuration, nil, nil) {
		cancel()
		if n++; n > 2 || n == 2 && !errors.Is(err, context.Canceled) {
			t.Fatalf("%d: %v", n, err)
		}
	}
}

// References that lead in a circle, out of the configuration, to another host, or nowhere do not lead the walk astray.
func TestWalk_oddReferences(t *testing.T) {
	var asked []string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch r.URL.Path {
		case "/api/v1/configuration":
			respond(w, 404, `{}`)
		case "/api/v1/configuration/users":
			respond(w, 200, `{"a": {"href": "/api/v1/configuration/users/a?expand"}, "b": [{"name": "x", "href": "/api/v1/configuration/users"}],
				"c": {"href": "/api/v1/system/active-users"}, "d": {"href": "https://evil.example.com/api/v1/configuration/system/x"}, "e": {"href": 7}, "f": {"href": ""}}`)
		case "/api/v1/configuration/users/a":
			respond(w, 200, `{"name": "a", "up": {"href": "/api/v1/configuration/users"}}`)
		case "/api/v1/configuration/system":
			respond(w, 200, `{"message": "busy"}`)
		case "/api/v1/configuration/administrators":
			respond(w, 200, `{}`)
		default:
			respond(w, 404, `{}`)
		}
	})
	var got []string
	for object, err := range ics.Walk(t.Context(), client.Configuration, nil, nil) {
		text := object.Path.String()
		if err != nil {
			text += " failed"
		}
		got = append(got, text)
	}
	// An absolute URL counts by its path: nothing goes to another host.
	if want := []string{"/administrators", "/system failed", "/users", "/users/a", "/system/x failed"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q, after %q", got, want, asked)
	}
}
