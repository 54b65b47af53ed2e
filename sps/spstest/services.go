package spstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// guideRoutes serves what stands beyond the document. What has no state here responds with the guide's example.
func (s *Server) guideRoutes(api *fake.API) {
	for _, e := range contract.MustLoad("sps-beyond").Endpoints {
		if !strings.HasPrefix(e.Path, root) && e.Path != strings.TrimSuffix(root, "/") {
			api.HandlePath(example(e), e.Method, e.Path)
		}
	}
	s.firmwareRoutes(api)
	api.HandlePath(s.userInfo, "GET", "/api/user_info")
	api.HandlePath(s.userInfo, "GET", "/api/userinfo")
	api.HandlePath(s.terminate, "DELETE", "/api/active-sessions")
	api.HandlePath(s.auditChannel, "GET", sessionsPath+"/{session_id}/channels/{channel_id}")
	api.HandlePath(s.auditIndexer, "GET", sessionsPath+"/{session_id}/indexing")
	api.HandlePath(s.auditIndexer, "GET", sessionsPath+"/{session_id}/indexer")
	api.HandlePath(s.auditUsers, "GET", "/api/audit/users")
	api.HandlePath(s.auditUserCount, "GET", "/api/audit/users/_count")
	api.HandlePath(s.roots, "GET", "/api")
	api.HandlePath(setup, "GET", "/api/setup")
	api.HandlePath(setup, "POST", "/api/setup")
	api.HandlePath(done, "GET", "/api/starling")
	api.HandlePath(done, "POST", "/api/starling/join")
	api.HandlePath(done, "DELETE", "/api/starling/join")
	api.HandlePath(s.pluginUpload, "POST", "/api/upload/plugins")
}

// example responds with the guide's example of an operation.
func example(e *contract.Endpoint) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, _ fake.Params) {
		status, data := http.StatusOK, json.RawMessage(`{}`)
		if len(e.Responses) > 0 {
			response := e.Responses[0]
			if response.Status != 0 {
				status = response.Status
			}
			if documented := response.Examples()[0]; len(documented) > 0 && string(documented) != "null" {
				data = documented
			} else if r.Method == http.MethodGet {
				data = json.RawMessage(`{"items":[],"body":{},"key":"1","meta":{}}`)
			}
		}
		fake.JSON(w, status, data)
	}
}

func done(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	fake.JSON(w, http.StatusOK, map[string]any{"body": map[string]any{}, "key": r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], "meta": map[string]any{"href": r.URL.Path}})
}

// setup is the welcome wizard, which is completed. It needs no session.
func setup(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	fake.JSON(w, http.StatusOK, map[string]any{"status": "completed", "meta": map[string]any{"href": "/api/setup", "parent": "/api"}})
}

// roots responds with what there is at the top.
func (s *Server) roots(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	items := []map[string]any{}
	for _, name := range []string{"audit", "authentication", "cluster", "configuration", "firmware", "health_status", "info", "setup", "starling", "tools", "transaction", "troubleshooting", "upload", "user"} {
		items = append(items, map[string]any{"key": name, "meta": map[string]any{"href": "/api/" + name}})
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": map[string]any{"href": "/api"}})
}

// terminate ends a session that is under way, which is known by its recording.
func (s *Server) terminate(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if !asksOnly(w, r, "id") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.URL.Query().Get("id")
	if id == "" {
		refuse(w, r, http.StatusBadRequest, string(sps.CodeSessionIDMissing), "the id of the session is missing")
		return
	}
	for n := range s.audit.count {
		if session := s.audit.session(n); session.Active && session.Recording.SessionID == id {
			s.audit.ended[n] = true
			fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": r.URL.Path}})
			return
		}
	}
	refuse(w, r, http.StatusNotFound, string(sps.CodeSessionCouldNotBeFound), "there is no such active session")
}

// auditStats counts the sessions that a query matches. No public source shows the form of statistics.
func (s *Server) auditStats(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := s.audit.count
	matches, err := s.audit.search(r.URL.Query(), count)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", err.Error())
		return
	}
	if matches != nil {
		count = len(matches)
	}
	fake.JSON(w, http.StatusOK, map[string]any{"body": map[string]any{"count": count}, "meta": map[string]any{"href": r.URL.Path}})
}

func (s *Server) auditIndexer(w http.ResponseWriter, r *http.Request, p fake.Params) {
	if !asksOnly(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.number(w, r, p["session_id"]); !ok {
		return
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"items": []any{map[string]any{"config": map[string]any{"command": map[string]any{"enabled": true}, "keyboard": map[string]any{"buffer_interval": 3}}}},
		"meta":  map[string]any{"href": r.URL.Path},
	})
}

func (s *Server) auditChannel(w http.ResponseWriter, r *http.Request, p fake.Params) {
	if !asksOnly(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.number(w, r, p["session_id"]); !ok {
		return
	}
	channels := s.audit.channels[p["session_id"]]
	for i := range channels {
		if key := channelKey(i); key == p["channel_id"] {
			fake.JSON(w, http.StatusOK, item(key, r.URL.Path, channels[i]))
			return
		}
	}
	refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such channel")
}

// auditNames returns the users of the newest recorded sessions.
func (s *Server) auditNames() []string {
	var names []string
	for n := max(0, s.audit.count-1000); n < s.audit.count; n++ {
		if name := s.audit.session(n).User.Name; name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// asksOnly reports whether a request has no other parameters than those. It responds to the request when it has: a result
// for another question would be worse than none.
func asksOnly(w http.ResponseWriter, r *http.Request, parameters ...string) bool {
	for name, values := range r.URL.Query() {
		known := slices.Contains(parameters, name)
		if _, err := strconv.ParseUint(values[0], 10, 31); known && (err == nil || name != "limit" && name != "offset") {
			continue
		}
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", fmt.Sprintf("this server does not know %s=%q here", name, values[0]))
		return false
	}
	return true
}

func (s *Server) auditUsers(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if !asksOnly(w, r, "limit", "offset", "sort") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	names := s.auditNames()
	switch r.URL.Query().Get("sort") {
	case "", "name":
	case "-name":
		slices.Reverse(names)
	default:
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", "this server sorts by name or -name alone")
		return
	}
	limit, offset := pageOf(r)
	items := []map[string]any{}
	for _, name := range fake.Window(names, offset, limit) {
		items = append(items, map[string]any{"key": name, "meta": map[string]any{"href": "/api/audit/users/" + name}})
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": s.pageMeta(r.URL.Path, "/api/audit", r.URL.Query(), limit, offset, len(names))})
}

func (s *Server) auditUserCount(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if !asksOnly(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{"count": len(s.auditNames()), "meta": map[string]any{"href": r.URL.Path}})
}

// pluginUpload adds a plug-in, in a transaction.
func (s *Server) pluginUpload(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	size, err := imageSize(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.write(w, r)
	if tx == nil {
		return
	}
	if err != nil || size == 0 {
		refuse(w, r, http.StatusBadRequest, string(sps.CodeInvalidRequestBody), "there is no archive in the request")
		return
	}
	key, path := s.newKey(), string(sps.PluginsAA)
	plugin := []byte(`{"api":"1.0","description":"","name":"plugin","path":"/opt/scb/var/plugins/aa/plugin","scb_max_version":"","version":"1.0"}`)
	next := tx.working.clone()
	next.collections[path].entries = append(next.collections[path].entries, entry{key: key, body: plugin})
	tx.working = next
	tx.changes = append(tx.changes, sps.Change{Type: sps.ChangeTypeCreate, Path: root + path + "/" + key, NewValue: plugin})
	fake.JSON(w, http.StatusOK, item(key, root+path+"/"+key, json.RawMessage(plugin)))
}
