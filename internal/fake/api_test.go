package fake

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

func newTestAPI(product string) *API {
	return NewAPI(contract.MustLoad(product), Config{
		Refuse: func(w http.ResponseWriter, _ *http.Request, status int, problems []string) {
			http.Error(w, strings.Join(problems, "; "), status)
		},
	})
}

func call(a http.Handler, method, target, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestAPI_checks(t *testing.T) {
	a := newTestAPI("pulseone")
	a.Handle(func(w http.ResponseWriter, r *http.Request, _ Params) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "handled "+string(body))
	}, "pulseone.appliance_groups.create")
	const jsonType = "application/json"
	long := `{"name":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, test := range []struct {
		method, target, contentType, body string
		status                            int
		says                              string
	}{
		{"POST", "/api/v1/sa/groups", jsonType, `{"name":"x"}`, 200, `handled {"name":"x"}`},
		{"POST", "/api/v1/sa/groups", "application/json; charset=utf-8", `{"name":"x"}`, 200, "handled"},
		{"POST", "/api/v1/sa/groups/", jsonType, `{"name":"x"}`, 200, "handled"},
		{"POST", "/api/v1/sa/groups", jsonType, long, 200, "handled " + long},
		{"POST", "/api/v1/sa/groups", jsonType, strings.Replace(long, "name", "colour", 1), 400, "body.colour is not documented"},
		{"POST", "/api/v1/sa/groups", jsonType, long[:len(long)-1], 400, "not JSON"},
		{"POST", "/api/v1/sa/groups", jsonType, long[:len(long)-2] + strings.Repeat("x", 16<<20) + `"}`, 400, "more than"},
		{"POST", "/api/v1/sa/groups/7/commands/publish", jsonType, `null` + strings.Repeat(" ", 2<<20), 400, "not an object"},
		{"DELETE", "/api/v1/sa/groups/7", jsonType, long, 400, "has no body"},
		{"POST", "/api/v1/sa/groups", jsonType, `{}`, 400, "body.name is missing"},
		{"POST", "/api/v1/sa/groups", "", `{"name":"x"}`, 400, "content type"},
		{"GET", "/api/v1/sa?limit=x", "", "", 400, "not a whole number"},
		{"GET", "/api/v1/sa/activities?limit=-1", "", "", 400, "less than 0"},
		{"GET", "/api/v1/nowhere", "", "", 404, "nothing"},
		{"PATCH", "/api/v1/sa/groups", jsonType, `{}`, 405, "not allowed"},
		{"GET", "/api/v1/sa/backups/7/content", "", "", 501, "content"},
		{"PUT", "/api/v1/sa/backups/7/content", "application/octet-stream", "x", 501, "content"},
	} {
		w := call(a, test.method, test.target, test.contentType, test.body)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) {
			t.Errorf("%s %s %.40s: %d %.200s", test.method, test.target, test.body, w.Code, w.Body)
		}
	}
	if allow := call(a, "PATCH", "/api/v1/sa/groups", "", "").Header().Get("Allow"); allow != "DELETE, GET, POST, PUT" {
		t.Errorf("Allow: %q", allow)
	}
}

// Where a server takes untyped bodies for JSON they are checked as such.
func TestAPI_untypedBody(t *testing.T) {
	a := newTestAPI("pulseone")
	a.config.Untyped = true
	for body, want := range map[string]int{`{"name":"x"}`: 200, `{}`: 400, `name=x`: 400} {
		if w := call(a, "POST", "/api/v1/sa/groups", "", body); w.Code != want {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	if w := call(a, "POST", "/api/v1/sa/groups", "text/plain", `{"name":"x"}`); w.Code != 400 {
		t.Errorf("a text: %d", w.Code)
	}
}

// A request without a body needs no Content-Type, although documents print one.
func TestAPI_contentTypeWithoutBody(t *testing.T) {
	a := newTestAPI("ics")
	r := httptest.NewRequest("GET", "/api/v1/system/system-information", nil)
	r.SetBasicAuth("key", "")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if r.Header.Get("Content-Type") != "" {
		t.Error("the request was changed")
	}
}

func TestAPI_Handle_otherOperationsOfTheRoute(t *testing.T) {
	none := func(http.ResponseWriter, *http.Request, Params) {}
	for name, ids := range map[string][]string{
		"unknown":    {"pulseone.no.such"},
		"incomplete": {"pulseone.appliance_configs.put_head"},
		"two routes": {"pulseone.appliances.get", "pulseone.appliances.list"},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: %v was taken", name, ids)
				}
			}()
			newTestAPI("pulseone").Handle(none, ids...)
		}()
	}
	newTestAPI("pulseone").Handle(none, "pulseone.appliance_configs.put_head", "pulseone.appliance_configs.rollback_head",
		"pulseone.appliance_configs.roll_forward_head", "pulseone.appliance_configs.promote_head")
}

func TestAPI_HandleBelow(t *testing.T) {
	a := newTestAPI("sps")
	a.HandleBelow(func(w http.ResponseWriter, _ *http.Request, p Params) {
		_, _ = io.WriteString(w, "tree "+p["path"])
	}, "GET", "/api/configuration/")
	for target, want := range map[string]string{
		"/api/configuration/rdp/channel_policies":       "tree rdp/channel_policies", // documented by itself
		"/api/configuration/rdp/channel_policies/-201/": "tree rdp/channel_policies/-201",
		"/api/configuration/a/b%2Fc/d":                  "tree a/b%2Fc/d",
	} {
		r := httptest.NewRequest("GET", target, nil)
		r.AddCookie(&http.Cookie{Name: "session_id", Value: "x"})
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", target, w.Code, w.Body, want)
		}
	}
}

// Where there is no example, there are the status and the headers.
func TestAPI_headersOfExamples(t *testing.T) {
	c := &contract.Contract{Endpoints: []*contract.Endpoint{
		{ID: "a", Method: "GET", Path: "/start", Responses: []contract.Response{{
			Status: 302, Headers: []contract.Field{{Name: "Location", Example: "market://details"}, {Name: "Set-Cookie"}},
		}}},
		{ID: "b", Method: "HEAD", Path: "/content", Responses: []contract.Response{{
			Status: 200, Headers: []contract.Field{{Name: "Content-Length", Example: "1230384"}},
		}}},
		{ID: "c", Method: "PUT", Path: "/content", Responses: []contract.Response{{}}},
		{ID: "d", Method: "GET", Path: "/text", Responses: []contract.Response{{
			Status: 200, ContentType: "text/plain", Example: json.RawMessage(`"a\nb"`),
			Headers: []contract.Field{{Name: "Content-Length", Example: "99"}, {Name: "Content-Disposition", Example: "attachment"}},
		}}},
	}}
	server := httptest.NewServer(NewAPI(c, Config{}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for _, test := range []struct {
		method, path string
		status       int
		header, want string
		body         string
	}{
		{"GET", "/start", 302, "Location", "market://details", ""},
		{"HEAD", "/content", 200, "Content-Length", "1230384", ""},
		{"PUT", "/content", 204, "Content-Type", "", ""},
		{"GET", "/text", 200, "Content-Disposition", "attachment", "a\nb"},
	} {
		req, _ := http.NewRequest(test.method, server.URL+test.path, nil)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != test.status || resp.Header.Get(test.header) != test.want || string(body) != test.body {
			t.Errorf("%s %s: %s %q %q, %v", test.method, test.path, resp.Status, resp.Header.Get(test.header), body, err)
		}
	}
}

// The examples of lists are cut as the request asks, and tell the truth about their number.
func TestAPI_pages(t *testing.T) {
	a := newTestAPI("pulseone")
	type list struct {
		Items []map[string]any
		Total int
	}
	read := func(query string) (l list, ids []any) {
		t.Helper()
		w := call(a, "GET", "/api/v1/sa/activities"+query, "", "")
		if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &l) != nil {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		for _, item := range l.Items {
			ids = append(ids, item["id"])
		}
		return l, ids
	}
	whole, ids := read("")
	if len(ids) < 2 || whole.Total != len(ids) {
		t.Fatalf("%d of %d items", len(ids), whole.Total)
	}
	for query, want := range map[string][]any{
		"?limit=1":                 ids[:1],
		"?start=1":                 ids[1:],
		"?start=1&limit=1":         ids[1:2],
		"?limit=0":                 nil,
		"?start=99999999999999999": nil,
	} {
		page, got := read(query)
		if !slices.Equal(got, want) || page.Total != len(ids) {
			t.Errorf("%s: %v of %d, want %v of %d", query, got, page.Total, want, len(ids))
		}
	}
}

// SASE counts pages from 1.
func TestAPI_pages_numbered(t *testing.T) {
	a := newTestAPI("sase")
	for query, want := range map[string]int{"": 0, "?page=1&limit=1": 0, "?page=9223372036854775807&limit=100": -1} {
		r := httptest.NewRequest("GET", "/api/rest/v1/users"+query, nil)
		r.Header.Set("Authorization", "Bearer x")
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		var list struct {
			Data       []map[string]any
			ItemsTotal int
		}
		if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &list) != nil {
			t.Fatalf("%q: %d %s", query, w.Code, w.Body)
		}
		if (len(list.Data) == 0) != (want < 0) || list.ItemsTotal == 148 {
			t.Errorf("%q: %s", query, w.Body)
		}
	}
}

func TestJSON_documentedNulls(t *testing.T) {
	a := newTestAPI("pulseone")
	a.Handle(func(w http.ResponseWriter, _ *http.Request, _ Params) {
		JSON(w, http.StatusOK, json.RawMessage(`{"z":1,"user":{"id":"<7>","full_name":"x"}}`))
	}, "pulseone.auth.get_session")
	want := `{"z":1,"user":{"id":"<7>","full_name":"x","group_name":null}}`
	if got := call(a, "GET", "/api/session", "", "").Body.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzValue(f *testing.F) {
	for _, seed := range []string{`{"b":[1,{"a":null}],"a":"\u00e9<"}`, `[]`, `-1.5e9`, `{"a":{}}`, `[[[`, `{"a":1`, `{1:2}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parseValue([]byte(text))
		if err != nil {
			return
		}
		written := v.append(nil)
		again, err := parseValue(written)
		if err != nil || string(again.append(nil)) != string(written) {
			t.Errorf("%q became %q: %v", text, written, err)
		}
	})
}
