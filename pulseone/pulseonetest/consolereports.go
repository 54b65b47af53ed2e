package pulseonetest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// AddAccessRecords has an appliance report sign-ins, as it does itself with [device.AccessService.PushHistory].
func (s *Server) AddAccessRecords(applianceID string, records ...device.AccessRecord) {
	s.pushed(applianceID, func(r *reports) {
		for _, record := range records {
			r.access[record.ID] = record
		}
	})
}

// AddProfiledEndpoints has an appliance report endpoints, as it does itself with [device.ProfilerService.Push].
func (s *Server) AddProfiledEndpoints(applianceID string, endpoints ...device.ProfiledEndpoint) {
	s.pushed(applianceID, func(r *reports) {
		for _, endpoint := range endpoints {
			r.keepEndpoint(endpoint)
		}
	})
}

// AddHealthSamples has an appliance report its health, as it does itself with [device.StatsService.SubmitHealth].
func (s *Server) AddHealthSamples(applianceID string, samples ...device.HealthSample) {
	s.pushed(applianceID, func(r *reports) { r.health = append(r.health, samples...) })
}

// AddEndpointSamples has an appliance count endpoints, as it does itself with [device.StatsService.SubmitEndpoints].
func (s *Server) AddEndpointSamples(applianceID string, samples ...device.EndpointSample) {
	s.pushed(applianceID, func(r *reports) { r.endpoints = append(r.endpoints, samples...) })
}

// AddCloudSecureRecords has an appliance report sessions at cloud services, as it does itself with
// [device.StatsService.SubmitCloudSecure]. The mappings that are not nil name what the records hold.
func (s *Server) AddCloudSecureRecords(applianceID string, mappings device.CloudSecureMappings, records ...device.CloudSecureRecord) {
	s.pushed(applianceID, func(r *reports) {
		r.name(mappings)
		for _, record := range records {
			r.cloudSecure[record.ID] = record
		}
	})
}

// name keeps names. One replaces the name of the same id; what is not named again keeps its name.
func (r *reports) name(mappings device.CloudSecureMappings) {
	for _, list := range []struct{ to, from *[]device.IDName }{
		{&r.mappings.OSTypes, &mappings.OSTypes}, {&r.mappings.OSVersions, &mappings.OSVersions},
		{&r.mappings.EndpointModels, &mappings.EndpointModels}, {&r.mappings.EndpointPlatforms, &mappings.EndpointPlatforms},
		{&r.mappings.Applications, &mappings.Applications},
	} {
		for _, named := range *list.from {
			i := slices.IndexFunc(*list.to, func(known device.IDName) bool { return known.ID == named.ID })
			if i < 0 {
				*list.to = append(*list.to, named)
			} else {
				*list.to = slices.Clone(*list.to) // the old list may be with a caller
				(*list.to)[i] = named
			}
		}
	}
}

// SetFacts has an appliance report facts about itself, as it does itself with [device.InfoService.Update].
func (s *Server) SetFacts(applianceID string, facts device.InfoUpdate) {
	s.pushed(applianceID, func(r *reports) { maps.Copy(r.info, as[map[string]json.RawMessage](facts)) })
}

// pushed changes what an appliance has reported, if there is such an appliance.
func (s *Server) pushed(applianceID string, change func(*reports)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.appliance(applianceID); a != nil {
		change(s.reportsOf(a))
	}
}

// as is a value in another type with the same members on the wire.
func as[T any](v any) T {
	var other T
	if data, err := secureaccess.Marshal(v); err == nil {
		_ = secureaccess.Unmarshal(data, &other)
	}
	return other
}

// source is an appliance with what it has reported.
type source struct {
	*appliance
	*reports
}

// sources are the appliances that a request chooses. The lock is held.
func (s *Server) sources(r *http.Request) []source {
	var chosen []string
	if ids := r.URL.Query().Get("appliance_ids"); ids != "" {
		chosen = strings.Split(ids, ",")
	}
	var all []source
	for _, a := range s.appliances {
		if chosen == nil || slices.ContainsFunc(chosen, func(id string) bool { return sameID(id, a.ID) }) {
			all = append(all, source{a, s.reportsOf(a)})
		}
	}
	return all
}

// reading makes a handler for what the console reads. The result goes out as it is.
func (s *Server) reading(result func(r *http.Request) any) fake.Handler {
	return func(w http.ResponseWriter, r *http.Request, _ fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.walk()
		fake.JSON(w, http.StatusOK, result(r))
	}
}

// pageOf is a page of a list under its name on the wire, or a bare [] where nothing matches, as the document says.
func pageOf[T any](r *http.Request, name string, list []T) any {
	if len(list) == 0 {
		return []T{}
	}
	page := fake.Window(list, fake.QueryInt(r, "start", 0), fake.QueryInt(r, "limit", 10))
	return map[string]any{name: append([]T{}, page...), "total": len(list)}
}

// moment reads a point in time of a query, RFC 3339 or Unix seconds. It is zero when there is none.
func moment(r *http.Request, name string) time.Time {
	text := r.URL.Query().Get(name)
	if text == "" {
		return time.Time{}
	}
	return as[secureaccess.Time](text).Time
}

// within reports whether a point in time lies between two others, of which the zero ones bound nothing.
func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || !t.After(to))
}
