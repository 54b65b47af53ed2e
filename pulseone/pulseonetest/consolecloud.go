package pulseonetest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// cloudSecure responds with what the sessions that began in a period used: {} without any.
func (s *Server) cloudSecure(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	query := r.URL.Query()
	from, to := moment(r, "timestamp_start"), moment(r, "timestamp_end")
	days := fake.QueryInt(r, "duration", 0)
	now := s.Clock().Now().UTC()
	switch {
	case days > 0 && (query.Has("timestamp_start") || query.Has("timestamp_end")):
		refuse(w, http.StatusBadRequest, "40000", "duration excludes timestamps")
		return
	case !from.IsZero() && !to.IsZero() && to.Before(from):
		refuse(w, http.StatusBadRequest, "40000", "the period ends before it begins")
		return
	case days > 0:
		from, to = now.AddDate(0, 0, -days), now
	case from.IsZero() && to.IsZero():
		from, to = now.Add(-day), now
	}
	resolution := cmp.Or(pulseone.Resolution(query.Get("resolution")), pulseone.ResolutionHour)
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := pulseone.CloudSecureStats{
		TimestampStart: secureaccess.At(from), TimestampEnd: secureaccess.At(to), Resolution: resolution, Days: int64(days),
		Devices: map[string]int64{}, Compliance: map[string]int64{}, Roles: map[string]int64{},
		Applications: pulseone.CloudSecureApplications{Successful: map[string]int64{}, Failed: map[string]int64{}},
	}
	apps := &stats.Applications
	steps := map[time.Time]map[string]int64{}
	for _, source := range s.sources(r) {
		for _, record := range source.cloudSecure {
			if !within(record.SessionStartTime.Time, from, to) {
				continue
			}
			step := begin(record.SessionStartTime.Time, resolution)
			if steps[step] == nil {
				steps[step] = map[string]int64{}
			}
			for _, id := range record.SuccessApplications {
				name := nameOf(source.mappings.Applications, id)
				apps.Successful[name]++
				apps.TotalSuccessful++
				steps[step][name]++
			}
			for _, id := range record.FailedApplications {
				apps.Failed[nameOf(source.mappings.Applications, id)]++
				apps.TotalFailed++
			}
			if record.OSType != nil {
				stats.Devices[nameOf(source.mappings.OSTypes, *record.OSType)]++
			}
			if record.Compliance != "" {
				stats.Compliance[complianceName(record.Compliance)]++
			}
			for _, role := range record.Roles {
				stats.Roles[role]++
			}
		}
	}
	if apps.TotalSuccessful+apps.TotalFailed == 0 {
		fake.JSON(w, http.StatusOK, struct{}{})
		return
	}
	for step, counts := range steps {
		apps.Stats = append(apps.Stats, pulseone.CloudSecureTrend{AppsCount: counts, Timestamp: secureaccess.At(step)})
	}
	slices.SortFunc(apps.Stats, func(a, b pulseone.CloudSecureTrend) int { return a.Timestamp.Compare(b.Timestamp.Time) })
	if limit := fake.QueryInt(r, "limit", 0); limit > 0 {
		stats.Limit = int64(limit)
		for _, breakdown := range []*map[string]int64{&apps.Successful, &apps.Failed, &stats.Devices, &stats.Roles} {
			short := map[string]int64{}
			for _, entry := range ranking(*breakdown, limit) {
				short[entry.Name] = entry.Value
			}
			*breakdown = short
		}
	}
	fake.JSON(w, http.StatusOK, stats)
}

// nameOf is the name of an id that an appliance has given, else the id.
func nameOf(names []device.IDName, id int64) string {
	for _, n := range names {
		if n.ID == id {
			return n.Name
		}
	}
	return strconv.FormatInt(id, 10)
}

// complianceName is a state as the console has it: the document's example differs from what appliances send.
func complianceName(c device.CloudSecureCompliance) string {
	return strings.ReplaceAll(strings.ToLower(strings.Replace(string(c), "Non-", "not_", 1)), "-", "_")
}
