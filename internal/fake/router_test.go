package fake

import (
	"fmt"
	"strings"
	"testing"
)

func TestRouter_find(t *testing.T) {
	routes := &router{}
	for _, route := range []string{
		"GET /sa", "GET /sa/{id}", "GET /sa/groups", "POST /sa/groups", "GET /sa/groups/{group}", "GET /sa/{id}/configs/HEAD",
		"GET /sa/groups/{group}/members", "PUT /sa/{id}", "GET /sa/{id}/commands/{action}", "GET /tree/{path...}", "GET /tree/leaf",
		"PUT /tree/leaf/only",
	} {
		method, template, _ := strings.Cut(route, " ")
		routes.at(method, template)
	}
	for request, want := range map[string]string{
		"GET /sa":                     "[] map[]",
		"GET /sa/x":                   "[id] map[id:x]",
		"GET /sa/groups":              "[] map[]",
		"GET /sa/groups/7":            "[group] map[group:7]",
		"GET /sa/groups/7/members":    "[group] map[group:7]",
		"GET /sa/groups/configs/HEAD": "[id] map[id:groups]", // a literal that leads nowhere gives way
		"GET /sa/a%2Fb":               "[id] map[id:a/b]",    // an escaped slash stays in its segment
		"GET /sa/a%20b/commands/go":   "[id action] map[action:go id:a b]",
		"GET /tree/leaf":              "[] map[]",
		"GET /tree/leaf/only":         "[path] map[path:leaf/only]", // the literal one knows PUT alone
		"GET /tree/a/b%2Fc":           "[path] map[path:a/b%2Fc]",
		"GET /tree/a/b/":              "[path] map[path:a/b]",
		"PUT /sa/groups":              "[id] map[id:groups]",
		"GET /sa/":                    "[] map[]", // a slash at the end counts for nothing
		"DELETE /sa/x":                "allowed [GET PUT]",
		"GET /sa/x/y":                 "allowed []",
		"GET /sa//":                   "allowed []",
		"GET /":                       "allowed []",
	} {
		method, path, _ := strings.Cut(request, " ")
		found, params, allowed := routes.find(method, path)
		got := fmt.Sprint("allowed ", allowed)
		if found != nil {
			got = fmt.Sprint(found.names, " ", map[string]string(params))
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", request, got, want)
		}
	}
}
