package pulseonetest

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// AddActivity has an appliance report an activity, and returns its id, "" where there is no such appliance. One without
// a time is of now.
func (s *Server) AddActivity(applianceID string, record device.Activity) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(applianceID)
	if a == nil {
		return ""
	}
	if record.Time.IsZero() {
		record.Time = secureaccess.At(s.Clock().Now().UTC().Truncate(time.Second))
	}
	return s.keepActivity(a, record)
}

// keepActivity keeps an activity of the server's own making. The lock is held.
func (s *Server) keepActivity(a *appliance, record device.Activity) string {
	data, err := secureaccess.Marshal(record)
	if err != nil {
		return ""
	}
	sum := sha1.Sum(data)
	id := hex.EncodeToString(sum[:])
	s.reportsOf(a).keep(id, record)
	return id
}

// keep keeps an activity under its id: the same ones are one record.
func (r *reports) keep(id string, record device.Activity) {
	if _, known := r.activities[id]; !known {
		r.order = append(r.order, id)
	}
	r.activities[id] = record
}

// consoleActivity is an activity as the console sees it, with who it is from and what caused it.
func consoleActivity(a *appliance, record device.Activity) map[string]json.RawMessage {
	seen := members(record)
	seen["target"], _ = secureaccess.Marshal("security_appliance-" + a.ID)
	seen["actor"] = json.RawMessage("null")
	if record.Reference != nil && strings.HasPrefix(record.Reference.Type, "notification:") {
		seen["actor"], _ = secureaccess.Marshal("notification-" + record.Reference.ID)
	}
	return seen
}

func (s *Server) activityRoutes() {
	of := handlerOf(s, "appliance", "appliance_id", s.appliance)
	s.api.Handle(of(s.getActivity), "pulseone.activities.get")
	s.api.Handle(of(s.listActivities), "pulseone.activities.list")
	s.api.Handle(s.listAllActivities, "pulseone.activities.list_all")
}

// getActivity calls the time "timestamp", as the document's example of the operation does.
func (s *Server) getActivity(w http.ResponseWriter, _ *http.Request, a *appliance, p fake.Params) {
	record, ok := s.reportsOf(a).activities[p["activity_id"]]
	if !ok {
		notFound(w, "activity")
		return
	}
	seen := consoleActivity(a, record)
	seen["timestamp"] = seen["time"]
	delete(seen, "time")
	fake.JSON(w, http.StatusOK, seen)
}

// listActivities has no order unless one is asked for; all records come where no limit is.
func (s *Server) listActivities(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	query := r.URL.Query()
	var records []map[string]json.RawMessage
	kept := s.reportsOf(a)
	for _, id := range slices.Sorted(slices.Values(kept.order)) {
		records = append(records, consoleActivity(a, kept.activities[id]))
	}
	if by := query.Get("sort"); by != "" {
		slices.SortStableFunc(records, func(a, b map[string]json.RawMessage) int {
			order := bytes.Compare(a[by], b[by])
			if query.Get("direction") == "desc" {
				return -order
			}
			return order
		})
	}
	total := len(records)
	page := fake.Window(records, fake.QueryInt(r, "start", 0), fake.QueryInt(r, "limit", total))
	if fields := query.Get("fields"); fields != "" {
		wanted := strings.Split(fields, ",")
		for _, record := range page {
			for name := range record {
				if !slices.Contains(wanted, name) {
					delete(record, name)
				}
			}
		}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": append([]map[string]json.RawMessage{}, page...), "total": total})
}

// listAllActivities has the newest first.
func (s *Server) listAllActivities(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	severity := r.URL.Query().Get("severity")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	type entry struct {
		time time.Time
		seen map[string]json.RawMessage
	}
	var found []entry
	for _, a := range s.appliances {
		kept := s.reportsOf(a)
		for _, id := range slices.Backward(kept.order) {
			record := kept.activities[id]
			if severity != "" && severity != string(record.Severity) {
				continue
			}
			seen := consoleActivity(a, record)
			seen["appliance"], _ = secureaccess.Marshal(pulseone.ActivityAppliance{ID: a.ID, Name: a.Name})
			found = append(found, entry{record.Time.Time, seen})
		}
	}
	slices.SortStableFunc(found, func(a, b entry) int { return b.time.Compare(a.time) })
	items := []map[string]json.RawMessage{}
	for _, e := range fake.Window(found, fake.QueryInt(r, "start", 0), fake.QueryInt(r, "limit", 20)) {
		items = append(items, e.seen)
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "total": len(found)})
}

// members takes a value apart into its members on the wire.
func members(v any) map[string]json.RawMessage {
	record := map[string]json.RawMessage{}
	if data, err := secureaccess.Marshal(v); err == nil {
		_ = json.Unmarshal(data, &record)
	}
	return record
}
