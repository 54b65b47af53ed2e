package pulseonetest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func (s *Server) consoleStatsRoutes() {
	one := handlerOf(s, "appliance", "appliance_id", s.appliance)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		samples := s.reportsOf(a).health
		if len(samples) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fake.JSON(w, http.StatusOK, map[string]any{"id": s.newID(), "result": newest(as[[]pulseone.HealthSample](samples), healthTime)})
	}), "pulseone.health_stats.get")
	s.api.Handle(s.reading(func(r *http.Request) any {
		return aggregate(s, r, healthTime, averageHealth, func(of source) []pulseone.HealthSample { return as[[]pulseone.HealthSample](of.health) })
	}), "pulseone.health_stats.aggregate")
	s.api.Handle(s.reading(func(r *http.Request) any {
		return aggregate(s, r, endpointTime, sumEndpoints, func(of source) []pulseone.EndpointSample { return as[[]pulseone.EndpointSample](of.endpoints) })
	}), "pulseone.endpoint_stats.aggregate")
	s.api.Handle(s.cloudSecure, "pulseone.cloudsecure.stats")
	s.api.Handle(s.reading(func(r *http.Request) any { return map[string]any{"items": s.beyond(r)} }), "pulseone.stats.threshold")
}

func healthTime(h pulseone.HealthSample) time.Time     { return h.Timestamp.Time }
func endpointTime(e pulseone.EndpointSample) time.Time { return e.TimestampEnd.Time }

// newest is the sample with the last time. There is one at least.
func newest[T any](samples []T, at func(T) time.Time) T {
	return slices.MaxFunc(samples, func(a, b T) int { return at(a).Compare(at(b)) })
}

// kept is how many days of samples the server has in a resolution.
func kept(resolution pulseone.Resolution) int {
	switch resolution {
	case pulseone.ResolutionMinute:
		return 1
	case pulseone.ResolutionHour:
		return 7
	case pulseone.ResolutionDay:
		return 30
	case pulseone.ResolutionWeek:
		return 90
	}
	return 365
}

// begin is the full minute, hour and so on that a point in time lies in.
func begin(t time.Time, resolution pulseone.Resolution) time.Time {
	t = t.UTC()
	switch resolution {
	case pulseone.ResolutionMinute:
		return t.Truncate(time.Minute)
	case pulseone.ResolutionDay:
		return t.Truncate(day)
	case pulseone.ResolutionWeek:
		return t.Truncate(day).AddDate(0, 0, -(int(t.Weekday())+6)%7) // Monday
	case pulseone.ResolutionMonth:
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	return t.Truncate(time.Hour)
}

// back is the point in time one step of a resolution earlier.
func back(t time.Time, resolution pulseone.Resolution) time.Time {
	switch resolution {
	case pulseone.ResolutionMinute:
		return t.Add(-time.Minute)
	case pulseone.ResolutionDay:
		return t.AddDate(0, 0, -1)
	case pulseone.ResolutionWeek:
		return t.AddDate(0, 0, -7)
	case pulseone.ResolutionMonth:
		return t.AddDate(0, -1, 0)
	}
	return t.Add(-time.Hour)
}

// aggregate responds with the samples of the period that a request chooses: one a step, the newest first. The lock is
// held.
func aggregate[T any](s *Server, r *http.Request, at func(T) time.Time, join func(at time.Time, samples []T) T, of func(source) []T) any {
	resolution := pulseone.Resolution(r.URL.Query().Get("resolution"))
	days, end := fake.QueryInt(r, "limit", 1), moment(r, "timestamp_end")
	if end.IsZero() {
		end = s.Clock().Now().UTC()
	}
	start := end.AddDate(0, 0, -min(days, kept(resolution)))
	steps := map[time.Time][]T{}
	var last []T
	for _, source := range s.sources(r) {
		for _, sample := range of(source) {
			if t := at(sample); t.After(start) && !t.After(end) {
				steps[begin(t, resolution)] = append(steps[begin(t, resolution)], sample)
				if t.After(back(end, resolution)) {
					last = append(last, sample)
				}
			}
		}
	}
	stats := []T{}
	for _, step := range slices.SortedFunc(maps.Keys(steps), func(a, b time.Time) int { return b.Compare(a) }) {
		stats = append(stats, join(step, steps[step]))
	}
	body := map[string]any{
		"timestamp_start": secureaccess.At(end.AddDate(0, 0, -days)), "timestamp_end": secureaccess.At(end),
		"resolution": resolution, "limit": days, "stats": stats,
	}
	if len(last) > 0 {
		body["latest_stats"] = join(end, last)
	}
	return body
}

// averageHealth is the average of each metric over the samples that have it.
func averageHealth(at time.Time, samples []pulseone.HealthSample) pulseone.HealthSample {
	whole := func(of func(pulseone.HealthSample) *int64) *int64 {
		return average(samples, of, func(sum float64) int64 { return int64(sum + 0.5) })
	}
	percent := func(of func(pulseone.HealthSample) *float64) *float64 {
		return average(samples, of, func(sum float64) float64 { return sum })
	}
	return pulseone.HealthSample{
		Timestamp:         secureaccess.At(at),
		ConcurrentUsers:   whole(func(h pulseone.HealthSample) *int64 { return h.ConcurrentUsers }),
		ActiveSyncUsers:   whole(func(h pulseone.HealthSample) *int64 { return h.ActiveSyncUsers }),
		CPUUtilization:    percent(func(h pulseone.HealthSample) *float64 { return h.CPUUtilization }),
		DiskUtilization:   percent(func(h pulseone.HealthSample) *float64 { return h.DiskUtilization }),
		MemoryUtilization: percent(func(h pulseone.HealthSample) *float64 { return h.MemoryUtilization }),
		NetworkThroughput: whole(func(h pulseone.HealthSample) *int64 { return h.NetworkThroughput }),
	}
}

func average[N int64 | float64](samples []pulseone.HealthSample, of func(pulseone.HealthSample) *N, round func(float64) N) *N {
	sum, n := 0.0, 0
	for _, sample := range samples {
		if value := of(sample); value != nil {
			sum += float64(*value)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return new(round(sum / float64(n)))
}

// sumEndpoints adds counts up. Roles are never among what the console reads.
func sumEndpoints(at time.Time, samples []pulseone.EndpointSample) pulseone.EndpointSample {
	sum := pulseone.EndpointSample{TimestampEnd: secureaccess.At(at)}
	for _, e := range samples {
		if e.AuthResult != nil {
			sum.AuthResult = cmp.Or(sum.AuthResult, &pulseone.AuthResultCounts{})
			sum.AuthResult.Success += e.AuthResult.Success
			sum.AuthResult.Failed += e.AuthResult.Failed
		}
		if e.AuthMechanism != nil {
			sum.AuthMechanism = cmp.Or(sum.AuthMechanism, &pulseone.AuthMechanismCounts{})
			sum.AuthMechanism.L3 += e.AuthMechanism.L3
			sum.AuthMechanism.MAC += e.AuthMechanism.MAC
			sum.AuthMechanism.EAP += e.AuthMechanism.EAP
			sum.AuthMechanism.Other += e.AuthMechanism.Other
		}
		if e.Compliance != nil {
			sum.Compliance = cmp.Or(sum.Compliance, &pulseone.ComplianceCounts{})
			sum.Compliance.Compliant += e.Compliance.Compliant
			sum.Compliance.Failed += e.Compliance.Failed
			sum.Compliance.Remediated += e.Compliance.Remediated
			sum.Compliance.NotAssessed += e.Compliance.NotAssessed
		}
		sum.DeviceOS = added(sum.DeviceOS, e.DeviceOS)
		sum.HCFailureReason = added(sum.HCFailureReason, e.HCFailureReason)
	}
	return sum
}

func added(sum, more map[string]int64) map[string]int64 {
	if sum == nil && more != nil {
		sum = map[string]int64{}
	}
	for name, n := range more {
		sum[name] += n
	}
	return sum
}

// beyond are the appliances whose last sample has a metric that compares as a request asks. The lock is held.
func (s *Server) beyond(r *http.Request) []pulseone.ApplianceMetric {
	query := r.URL.Query()
	wanted, _ := strconv.ParseFloat(query.Get("value"), 64)
	found := []pulseone.ApplianceMetric{}
	for _, source := range s.sources(r) {
		var sample any
		var at time.Time
		switch pulseone.ThresholdType(query.Get("type")) {
		case pulseone.ThresholdTypeHealth:
			if len(source.health) > 0 {
				last := newest(as[[]pulseone.HealthSample](source.health), healthTime)
				sample, at = last, healthTime(last)
			}
		case pulseone.ThresholdTypeEndpoint:
			if len(source.endpoints) > 0 {
				last := newest(as[[]pulseone.EndpointSample](source.endpoints), endpointTime)
				sample, at = last, endpointTime(last)
			}
		}
		value, ok := metric(sample, query.Get("metric"))
		order := cmp.Compare(value, wanted)
		if ok && map[pulseone.ThresholdOperation]bool{
			pulseone.ThresholdOperationLess: order < 0, pulseone.ThresholdOperationLessOrEqual: order <= 0,
			pulseone.ThresholdOperationGreater: order > 0, pulseone.ThresholdOperationGreaterOrEqual: order >= 0,
			pulseone.ThresholdOperationEqual: order == 0,
		}[pulseone.ThresholdOperation(query.Get("operation"))] {
			found = append(found, pulseone.ApplianceMetric{
				Appliance: pulseone.ApplianceName{ID: source.ID, Name: source.Name}, Value: value, Timestamp: secureaccess.At(at),
			})
		}
	}
	return found
}

// metric is the number at a dotted path of members.
func metric(sample any, path string) (value float64, ok bool) {
	data, err := secureaccess.Marshal(sample)
	for name := range strings.SplitSeq(path, ".") {
		var object map[string]json.RawMessage
		if err != nil || json.Unmarshal(data, &object) != nil {
			return 0, false
		}
		data = object[name]
	}
	return value, len(data) > 0 && json.Unmarshal(data, &value) == nil && string(data) != "null"
}
