package pulseonetest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// reports is what an appliance has reported.
type reports struct {
	order       []string // ids of activities, the oldest first
	activities  map[string]device.Activity
	health      []device.HealthSample
	endpoints   []device.EndpointSample
	cloudSecure map[string]device.CloudSecureRecord
	mappings    device.CloudSecureMappings
	access      map[string]device.AccessRecord
	profiled    map[string]device.ProfiledEndpoint
	info        map[string]json.RawMessage
	status      device.ConfigStatusUpdate
}

// reportsOf returns what an appliance has reported. The lock is held.
func (s *Server) reportsOf(a *appliance) *reports {
	r := s.face.reports[a.ID]
	if r == nil {
		r = &reports{
			activities: map[string]device.Activity{}, cloudSecure: map[string]device.CloudSecureRecord{},
			access: map[string]device.AccessRecord{}, profiled: map[string]device.ProfiledEndpoint{},
			info: map[string]json.RawMessage{},
		}
		s.face.reports[a.ID] = r
	}
	return r
}

// Activities returns what an appliance has uploaded, the oldest first.
func (s *Server) Activities(applianceID string) []device.Activity {
	return reported(s, applianceID, func(r *reports) []device.Activity {
		list := make([]device.Activity, len(r.order))
		for i, id := range r.order {
			list[i] = r.activities[id]
		}
		return list
	})
}

// HealthSamples returns what an appliance has submitted and the server kept, in that order.
func (s *Server) HealthSamples(applianceID string) []device.HealthSample {
	return reported(s, applianceID, func(r *reports) []device.HealthSample { return slices.Clone(r.health) })
}

// EndpointSamples returns what an appliance has submitted and the server kept, in that order.
func (s *Server) EndpointSamples(applianceID string) []device.EndpointSample {
	return reported(s, applianceID, func(r *reports) []device.EndpointSample { return slices.Clone(r.endpoints) })
}

// CloudSecureRecords returns what an appliance has submitted and the server kept, by id.
func (s *Server) CloudSecureRecords(applianceID string) map[string]device.CloudSecureRecord {
	return reported(s, applianceID, func(r *reports) map[string]device.CloudSecureRecord { return maps.Clone(r.cloudSecure) })
}

// CloudSecureMappings returns the names that an appliance has submitted.
func (s *Server) CloudSecureMappings(applianceID string) device.CloudSecureMappings {
	return reported(s, applianceID, func(r *reports) device.CloudSecureMappings { return r.mappings })
}

// AccessRecords returns what an appliance has uploaded, by id.
func (s *Server) AccessRecords(applianceID string) map[string]device.AccessRecord {
	return reported(s, applianceID, func(r *reports) map[string]device.AccessRecord { return maps.Clone(r.access) })
}

// ProfiledEndpoints returns what an appliance has uploaded, by MAC address.
func (s *Server) ProfiledEndpoints(applianceID string) map[string]device.ProfiledEndpoint {
	return reported(s, applianceID, func(r *reports) map[string]device.ProfiledEndpoint { return maps.Clone(r.profiled) })
}

// Facts returns what an appliance has reported about itself, by name; null is a value.
func (s *Server) Facts(applianceID string) map[string]json.RawMessage {
	return reported(s, applianceID, func(r *reports) map[string]json.RawMessage { return maps.Clone(r.info) })
}

// ConfigStatus returns how far an appliance's configurations are, as it reported it.
func (s *Server) ConfigStatus(applianceID string) device.ConfigStatusUpdate {
	return reported(s, applianceID, func(r *reports) device.ConfigStatusUpdate { return r.status })
}

func reported[T any](s *Server, applianceID string, of func(*reports) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.appliance(applianceID); a != nil {
		return of(s.reportsOf(a))
	}
	var none T
	return none
}

func (s *Server) reportRoutes() {
	s.api.Handle(s.own(s.uploadActivity), "pulseone.activities.upload")
	s.api.Handle(taking(s, func(r *reports, body struct {
		Stats []device.HealthSample `json:"stats"`
	}) {
		for _, sample := range body.Stats {
			if sample != (device.HealthSample{Timestamp: sample.Timestamp}) { // one that measures nothing is dropped
				r.health = append(r.health, sample)
			}
		}
	}), "pulseone.health_stats.submit")
	s.api.Handle(taking(s, func(r *reports, body struct {
		Stats []device.EndpointSample `json:"stats"`
	}) {
		r.endpoints = append(r.endpoints, slices.DeleteFunc(body.Stats, func(e device.EndpointSample) bool {
			return e.AuthResult == nil && e.AuthMechanism == nil && e.Compliance == nil && e.DeviceOS == nil &&
				e.HCFailureReason == nil && e.UserRoles == nil
		})...)
	}), "pulseone.endpoint_stats.submit")
	s.api.Handle(taking(s, func(r *reports, body struct {
		Items []device.CloudSecureRecord `json:"items"`
	}) {
		for _, record := range body.Items {
			if record.ID != "" && !record.SessionStartTime.IsZero() {
				r.cloudSecure[record.ID] = record
			}
		}
	}), "pulseone.cloudsecure.submit")
	s.api.Handle(taking(s, (*reports).name), "pulseone.cloudsecure.submit_mappings")
	s.api.Handle(taking(s, func(r *reports, body struct {
		Items []device.AccessRecord `json:"items"`
	}) {
		for _, record := range body.Items {
			r.access[record.ID] = record
		}
	}), "pulseone.access.push_history")
	s.api.Handle(taking(s, func(r *reports, body []device.ProfiledEndpoint) {
		for _, endpoint := range body {
			r.keepEndpoint(endpoint)
		}
	}), "pulseone.profiler.push")
	s.api.Handle(taking(s, func(r *reports, facts map[string]json.RawMessage) { maps.Copy(r.info, facts) }), "pulseone.appliance_info.update")
	s.api.Handle(taking(s, func(r *reports, body device.ConfigStatusUpdate) {
		if body.Upload != nil {
			r.status.Upload = body.Upload
		}
		if body.Download != nil {
			r.status.Download = body.Download
		}
	}), "pulseone.config_status.update")
}

// keepEndpoint keeps an endpoint in place of what is known of it, whichever way its address was written. The first and
// the last time that it was seen stay the first and the last, and its history grows.
func (r *reports) keepEndpoint(endpoint device.ProfiledEndpoint) {
	for mac, before := range r.profiled {
		if plainMAC(mac) != plainMAC(endpoint.MACAddr) {
			continue
		}
		delete(r.profiled, mac)
		if before.FirstSeen.Before(endpoint.FirstSeen.Time) {
			endpoint.FirstSeen = before.FirstSeen
		}
		if endpoint.LastSeen.Before(before.LastSeen.Time) {
			endpoint.LastSeen = before.LastSeen
		}
		switch old, added := before.History, endpoint.History; {
		case added == nil:
			endpoint.History = old
		case old != nil:
			merged := *added
			merged.IPAddress = slices.Concat(old.IPAddress, added.IPAddress)
			merged.Profile = slices.Concat(old.Profile, added.Profile)
			merged.SessionDetails = slices.Concat(old.SessionDetails, added.SessionDetails)
			endpoint.History = &merged
		}
	}
	r.profiled[endpoint.MACAddr] = endpoint
}

// taking makes a handler for reports of one type.
func taking[T any](s *Server, keep func(*reports, T)) fake.Handler {
	return s.own(func(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
		var body T
		if !decodePacked(w, r, &body) {
			return
		}
		keep(s.reportsOf(a), body)
		w.WriteHeader(http.StatusNoContent)
	})
}

// decodePacked is decode for bodies that may be compressed, announced or not: the document announces none.
func decodePacked(w http.ResponseWriter, r *http.Request, v any) bool {
	const most = 64 << 20
	data, err := io.ReadAll(io.LimitReader(r.Body, most))
	if err == nil && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var packed *gzip.Reader
		if packed, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = io.ReadAll(io.LimitReader(packed, most))
		}
	}
	if err == nil {
		err = secureaccess.Unmarshal(data, v)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the body is not what the operation takes")
	}
	return err == nil
}

// canonicalSum is the SHA-1 of a JSON text in canonical form: keys in order, no blanks, no escapes without need.
func canonicalSum(data []byte) string {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return ""
	}
	var canonical bytes.Buffer
	e := json.NewEncoder(&canonical)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil {
		return ""
	}
	sum := sha1.Sum(bytes.TrimSuffix(canonical.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:])
}

// uploadActivity keeps an activity. Its id is the SHA-1 of the body, as it came or in canonical form.
func (s *Server) uploadActivity(w http.ResponseWriter, r *http.Request, a *appliance, p fake.Params) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var activity device.Activity
	if err == nil {
		err = secureaccess.Unmarshal(data, &activity)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the body is not an activity")
		return
	}
	sum := sha1.Sum(data)
	id := hex.EncodeToString(sum[:])
	if p["activity_id"] != id && p["activity_id"] != canonicalSum(data) {
		refuse(w, http.StatusBadRequest, pulseone.CodeHashMismatch, "the id is not the SHA-1 of the body")
		return
	}
	s.reportsOf(a).keep(p["activity_id"], activity)
	w.WriteHeader(http.StatusNoContent)
}
