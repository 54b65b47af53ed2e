package pulseonetest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func (s *Server) consoleProfilerRoutes() {
	s.api.Handle(s.reading(func(r *http.Request) any {
		brief := []pulseone.ProfilerBriefEndpoint{}
		for _, e := range s.profiled(r) {
			brief = append(brief, e.ProfilerBriefEndpoint)
		}
		return pageOf(r, "data", brief)
	}), "pulseone.profiler.list")
	s.api.Handle(s.getProfiled, "pulseone.profiler.get")
	for id, name := range map[string]func(pulseone.ProfilerEndpoint) string{
		"devices":       func(e pulseone.ProfilerEndpoint) string { return cmp.Or(e.OS, "Others") },
		"manufacturers": func(e pulseone.ProfilerEndpoint) string { return e.Manufacturer },
		"categories":    func(e pulseone.ProfilerEndpoint) string { return e.Category },
		"managed_states": func(e pulseone.ProfilerEndpoint) string {
			if e.Session != nil && e.Session.MDM != nil {
				return "managed"
			}
			return "unmanaged"
		},
	} {
		s.api.Handle(s.reading(func(r *http.Request) any {
			counts := map[string]int64{}
			for _, e := range s.profiled(r) {
				if name := name(e); name != "" {
					counts[name]++
				}
			}
			return counts
		}), "pulseone.profiler.stats_"+id)
	}
	s.api.Handle(s.reading(func(r *http.Request) any {
		yes, no := s.split(r, func(e pulseone.ProfilerEndpoint) bool { return e.Category != "" })
		return pulseone.ProfilerStateCounts{Profiled: yes, NotProfiled: no}
	}), "pulseone.profiler.stats_states")
	s.api.Handle(s.reading(func(r *http.Request) any {
		yes, no := s.split(r, func(e pulseone.ProfilerEndpoint) bool { return e.PreviousOS != "" || e.PreviousCategory != "" })
		return pulseone.ProfilerChangeCounts{ProfileChanged: yes, Others: no}
	}), "pulseone.profiler.stats_profile_changes")
	s.api.Handle(s.reading(func(r *http.Request) any {
		yes, no := s.split(r, func(e pulseone.ProfilerEndpoint) bool {
			return e.Session != nil && e.Session.State == pulseone.ProfilerSessionStateActive
		})
		return pulseone.ProfilerSessionCounts{Sessions: yes, NoSession: no}
	}), "pulseone.profiler.stats_sessions")
}

// split counts the endpoints that a request chooses by whether something holds of them. The lock is held.
func (s *Server) split(r *http.Request, holds func(pulseone.ProfilerEndpoint) bool) (yes, no int64) {
	for _, e := range s.profiled(r) {
		if holds(e) {
			yes++
		} else {
			no++
		}
	}
	return yes, no
}

func (s *Server) getProfiled(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.profiled(r) {
		if plainMAC(e.MACAddr) == plainMAC(p["mac_address"]) {
			fake.JSON(w, http.StatusOK, e)
			return
		}
	}
	notFound(w, "endpoint")
}

// profiled are the endpoints that a request chooses, the one seen last first. What several appliances know of one is
// that of the one that saw it last, with the first time of all. The lock is held.
func (s *Server) profiled(r *http.Request) []pulseone.ProfilerEndpoint {
	var found []pulseone.ProfilerEndpoint
	for _, source := range s.sources(r) {
		for _, reported := range source.profiled {
			e := as[pulseone.ProfilerEndpoint](reported)
			e.ApplianceID = source.ID
			for i := range e.History {
				e.History[i].ApplianceID = source.ID
			}
			i := slices.IndexFunc(found, func(other pulseone.ProfilerEndpoint) bool { return plainMAC(other.MACAddr) == plainMAC(e.MACAddr) })
			if i < 0 {
				found = append(found, e)
				continue
			}
			other := found[i]
			if e.LastSeen.Before(other.LastSeen.Time) {
				e, other = other, e
			}
			if other.FirstSeen.Before(e.FirstSeen.Time) {
				e.FirstSeen = other.FirstSeen
			}
			e.History = append(other.History, e.History...)
			found[i] = e
		}
	}
	slices.SortFunc(found, func(a, b pulseone.ProfilerEndpoint) int {
		return cmp.Or(b.LastSeen.Compare(a.LastSeen.Time), cmp.Compare(a.MACAddr, b.MACAddr))
	})
	query := r.URL.Query()
	from, to := moment(r, "timestamp_start"), moment(r, "timestamp_end")
	return slices.DeleteFunc(found, func(e pulseone.ProfilerEndpoint) bool {
		return !within(e.LastSeen.Time, from, to) || !mentions(e, query.Get("search")) ||
			!collected(e, pulseone.ProfilerCollector(query.Get("collector_type")))
	})
}

// mentions reports whether a text occurs in what is known of an endpoint in short.
func mentions(e pulseone.ProfilerEndpoint, text string) bool {
	return slices.ContainsFunc([]string{e.MACAddr, e.Manufacturer, e.OS, e.Category, e.IP, e.Hostname, e.Notes}, func(known string) bool {
		return strings.Contains(strings.ToLower(known), strings.ToLower(text))
	})
}

// collected reports whether a collector found something out about an endpoint.
func collected(e pulseone.ProfilerEndpoint, by pulseone.ProfilerCollector) bool {
	switch by {
	case "":
		return true
	case pulseone.ProfilerCollectorDHCP:
		return e.DHCP != nil
	case pulseone.ProfilerCollectorSNMP:
		return e.SNMP != nil
	case pulseone.ProfilerCollectorNmap:
		return e.Nmap != nil
	case pulseone.ProfilerCollectorWMI:
		return e.WMI != nil
	}
	return false // SSH has no section of its own
}
