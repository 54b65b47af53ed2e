package fake_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/fake"
)

func TestRouter(t *testing.T) {
	router := &fake.Router{}
	for _, route := range []string{
		"GET /sa", "GET /sa/{id}", "GET /sa/groups", "POST /sa/groups", "GET /sa/groups/{group}", "GET /sa/{id}/configs/HEAD",
		"GET /sa/groups/{group}/members", "PUT /sa/{id}", "GET /sa/{id}/commands/{action}", "GET /tree/{path...}", "GET /tree/leaf",
	} {
		var method, template string
		_, _ = fmt.Sscan(route, &method, &template)
		router.Handle(method, template, func(w http.ResponseWriter, _ *http.Request, p fake.Params) {
			fmt.Fprint(w, template, " ", map[string]string(p))
		})
	}
	for request, want := range map[string]string{
		"GET /sa":                     "/sa map[]",
		"GET /sa/x":                   "/sa/{id} map[id:x]",
		"GET /sa/groups":              "/sa/groups map[]",
		"GET /sa/groups/7":            "/sa/groups/{group} map[group:7]",
		"GET /sa/groups/7/members":    "/sa/groups/{group}/members map[group:7]",
		"GET /sa/groups/configs/HEAD": "/sa/{id}/configs/HEAD map[id:groups]", // a literal that leads nowhere gives way
		"GET /sa/a%2Fb":               "/sa/{id} map[id:a/b]",                 // an escaped slash stays in its segment
		"GET /sa/a%20b/commands/go":   "/sa/{id}/commands/{action} map[action:go id:a b]",
		"GET /tree/leaf":              "/tree/leaf map[]",
		"GET /tree/a/b%2Fc":           "/tree/{path...} map[path:a/b%2Fc]",
		"PUT /sa/groups":              "/sa/{id} map[id:groups]",
		"DELETE /sa/x":                "405 GET, PUT",
		"GET /sa/x/y":                 "404 ",
		"GET /":                       "404 ",
		"GET /sa/":                    "404 ",
	} {
		var method, path string
		_, _ = fmt.Sscan(request, &method, &path)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		got := w.Body.String()
		if w.Code != http.StatusOK {
			got = fmt.Sprintf("%d %s", w.Code, w.Header().Get("Allow"))
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", request, got, want)
		}
	}
}
