package spstest

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

func (s *Server) info(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{
		"body": sps.Info{
			DomainName: "example", HostName: "sps", FirmwareVersion: "8.0.0", Version: "8.0",
			BuildDate: secureaccess.At(time.Date(2025, 11, 3, 20, 18, 40, 0, time.UTC)), Roles: []string{"central-management", "search-master"},
			PluginSDKVersion: sps.PluginSDKVersion{Feature: "1.4", Full: "1.4.4"}, ConfigHash: "2abde4c81d9b544bf53fae4f4b9657fc",
		},
		"key":  "about_info",
		"meta": map[string]any{"href": "/api/info", "parent": "/api", "remaining_seconds": s.remaining()},
	})
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	fake.JSON(w, http.StatusOK, map[string]any{"health_status": map[string]any{
		"cpu": 1.0, "disk": 2.0, "memory": 7.0, "swap": 8.0, "load1": 3.0, "load5": 5.0, "load15": 4.0,
		"sessions": map[string]int{"http": 1, "rdp": 4, "ssh": 5}, "sessions_total": 10,
	}})
}

func (s *Server) userInfo(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.sessionOf(r)
	fake.JSON(w, http.StatusOK, map[string]any{
		"body":      map[string]any{"name": current.user, "token": browserToken(current)},
		"user":      map[string]any{"name": current.user},
		"endpoints": []map[string]any{{"methods": []string{"DELETE", "GET", "POST", "PUT"}, "url": "/api"}},
		"meta":      map[string]any{"href": r.URL.Path, "parent": "/api"},
	})
}

// bundleTime is how long the server takes for a support bundle.
const bundleTime = 10 * time.Second

func (s *Server) bundleCreate(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.newKey()
	s.jobs[id] = s.Clock().Now().Add(bundleTime)
	fake.JSON(w, http.StatusOK, map[string]any{"key": id, "meta": map[string]any{"href": "/api/troubleshooting/support-bundle/" + id}})
}

func (s *Server) bundleList(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(s.jobs)) {
		items = append(items, item(id, r.URL.Path+"/"+id, sps.SupportBundle{Status: s.bundleStatus(s.jobs[id])}))
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": map[string]any{"href": r.URL.Path, "parent": "/api/troubleshooting"}})
}

// bundleStatus is how far a job is that will be ready at a time.
func (s *Server) bundleStatus(ready time.Time) sps.SupportBundleStatus {
	if s.Clock().Now().Before(ready) {
		return "running"
	}
	return sps.SupportBundleStatusFinished
}

func (s *Server) bundleGet(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ready, ok := s.jobs[p["job_id"]]
	if !ok {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "no such job")
		return
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"body": sps.SupportBundle{Status: s.bundleStatus(ready)}, "key": p["job_id"], "meta": map[string]any{"href": r.URL.Path},
	})
}

func (s *Server) bundleDownload(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	ready, ok := s.jobs[p["job_id"]]
	s.mu.Unlock()
	if !ok || s.Clock().Now().Before(ready) {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "no such archive")
		return
	}
	content(w, r, "support-bundle-"+p["job_id"]+".zip", []byte("support bundle "+p["job_id"]))
}

func (s *Server) bundleDelete(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.jobs[p["job_id"]]; !ok {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "no such job")
		return
	}
	delete(s.jobs, p["job_id"])
	fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": r.URL.Path}})
}

// content responds with a file. The guides ask for it with Accept: application/octet-stream; clients of the vendor's send
// application/json and get it as well.
func content(w http.ResponseWriter, r *http.Request, name string, data []byte) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}
