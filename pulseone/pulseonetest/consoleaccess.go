package pulseonetest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func (s *Server) consoleAccessRoutes() {
	s.api.Handle(s.reading(func(r *http.Request) any { return pageOf(r, "items", summaries(s.signIns(r))) }), "pulseone.access.summary")
	s.api.Handle(func(w http.ResponseWriter, r *http.Request, p fake.Params) {
		s.reading(func(r *http.Request) any { return pageOf(r, "items", s.history(r, p["username"])) })(w, r, p)
	}, "pulseone.access.history")
	all := func(pulseone.AccessRecord) bool { return true }
	session := func(record pulseone.AccessRecord) bool { return record.AuthenticationSucceeded }
	for id, counted := range map[string]func(*http.Request) func(pulseone.AccessRecord) bool{
		"login_sessions": func(*http.Request) func(pulseone.AccessRecord) bool { return session },
		"auth_success":   func(*http.Request) func(pulseone.AccessRecord) bool { return session },
		"auth_failures": func(*http.Request) func(pulseone.AccessRecord) bool {
			return func(record pulseone.AccessRecord) bool { return !session(record) }
		},
		"compliance_results": chosenBy("compliance-result", pulseone.AccessComplianceYes, all, func(r pulseone.AccessRecord) pulseone.AccessCompliance { return r.Compliance }),
		"auth_mechanisms": chosenBy("authentication-mechanism", pulseone.AccessMechanismL3, all, func(r pulseone.AccessRecord) pulseone.AccessMechanism {
			return r.AuthenticationMechanism
		}),
		"os_type": chosenBy("os-type", pulseone.OSTypeWindows, session, func(r pulseone.AccessRecord) pulseone.OSType { return r.DeviceOS }),
	} {
		s.api.Handle(s.reading(func(r *http.Request) any {
			counts := map[string]int64{}
			for _, record := range s.signIns(r) {
				if counted(r)(record) {
					counts[record.Username]++
				}
			}
			return ranking(counts, fake.QueryInt(r, "top-users-count", 5))
		}), "pulseone.access.stats_"+id)
	}
	s.api.Handle(s.reading(func(r *http.Request) any {
		lengths := map[string]float64{}
		for _, summary := range summaries(s.signIns(r)) {
			if summary.AverageSessionsLength > 0 {
				lengths[summary.Username] = float64(summary.AverageSessionsLength)
			}
		}
		return ranking(lengths, fake.QueryInt(r, "top-users-count", 5))
	}), "pulseone.access.stats_average_session_times")
	s.api.Handle(s.reading(func(r *http.Request) any {
		counts := map[string]int64{}
		for _, record := range s.signIns(r) {
			if session(record) {
				for _, role := range record.Roles {
					counts[role]++
				}
			}
		}
		return ranking(counts, fake.QueryInt(r, "top-roles-count", 5))
	}), "pulseone.access.stats_roles")
}

// chosenBy makes what counts the records with one value, which a query parameter names.
func chosenBy[V ~string](parameter string, fallback V, among func(pulseone.AccessRecord) bool, of func(pulseone.AccessRecord) V) func(*http.Request) func(pulseone.AccessRecord) bool {
	return func(r *http.Request) func(pulseone.AccessRecord) bool {
		wanted := cmp.Or(V(r.URL.Query().Get(parameter)), fallback)
		return func(record pulseone.AccessRecord) bool { return among(record) && of(record) == wanted }
	}
}

// signIns are the sign-ins of users in the period that a request chooses, the newest first. The lock is held.
func (s *Server) signIns(r *http.Request) []pulseone.AccessRecord {
	query := r.URL.Query()
	back := map[pulseone.AccessDuration]time.Duration{
		pulseone.AccessDurationWeek: 7 * day, pulseone.AccessDurationMonth: 30 * day,
	}[pulseone.AccessDuration(query.Get("duration"))]
	since := s.Clock().Now().Add(-cmp.Or(back, day))
	realm := query.Get("realm")
	known := map[string]bool{}
	for _, a := range s.appliances {
		for mac := range s.reportsOf(a).profiled {
			known[plainMAC(mac)] = true
		}
	}
	var found []pulseone.AccessRecord
	for _, a := range s.appliances {
		for _, record := range s.reportsOf(a).access {
			if record.Username == "" || record.LoginTime.Before(since) || realm != "" && record.Realm != realm {
				continue
			}
			seen := as[pulseone.AccessRecord](record)
			seen.ApplianceID, seen.DeviceProfiledStatus = a.ID, known[plainMAC(record.MACAddress)]
			found = append(found, seen)
		}
	}
	slices.SortFunc(found, func(a, b pulseone.AccessRecord) int {
		return cmp.Or(b.LoginTime.Compare(a.LoginTime.Time), cmp.Compare(a.ID, b.ID), cmp.Compare(a.ApplianceID, b.ApplianceID))
	})
	if username := query.Get("username"); username != "" {
		found = slices.DeleteFunc(found, func(r pulseone.AccessRecord) bool { return r.Username != username })
	}
	return found
}

// history are a user's sign-ins that a request chooses. The lock is held.
func (s *Server) history(r *http.Request, username string) []pulseone.AccessRecord {
	query := r.URL.Query()
	unlike := func(parameter, value string) bool {
		wanted := query.Get(parameter)
		return wanted != "" && wanted != "all" && wanted != value
	}
	return slices.DeleteFunc(s.signIns(r), func(record pulseone.AccessRecord) bool {
		result := pulseone.AccessResultFail
		if record.AuthenticationSucceeded {
			result = pulseone.AccessResultSuccess
		}
		mac := query.Get("mac-address")
		return record.Username != username || mac != "" && plainMAC(mac) != plainMAC(record.MACAddress) ||
			unlike("auth-result", string(result)) || unlike("auth-mechanism", string(record.AuthenticationMechanism)) ||
			unlike("compliance-result", string(record.Compliance))
	})
}

const day = 24 * time.Hour

// plainMAC is a MAC address without what different sources write between its digits.
func plainMAC(mac string) string {
	return strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(mac))
}

// summaries sums sign-ins up, which have the newest first, in the order of usernames.
func summaries(records []pulseone.AccessRecord) []pulseone.AccessSummary {
	users, ended := map[string]*pulseone.AccessSummary{}, map[string]int64{}
	for _, r := range records {
		user := users[r.Username]
		if user == nil {
			user = &pulseone.AccessSummary{
				Username: r.Username, LastApplianceID: r.ApplianceID, LastLoginRoles: r.Roles,
				LastLoginRealm: r.Realm, LastLoginTime: r.LoginTime, LastLoginIP: r.SourceIP,
			}
			users[r.Username] = user
		}
		if !r.AuthenticationSucceeded {
			user.FailedLogins++
			continue
		}
		user.SuccessfulLogins++
		switch r.Compliance {
		case pulseone.AccessComplianceYes:
			user.CompliantSessions++
		case pulseone.AccessComplianceNo:
			user.NoncompliantSessions++
		case pulseone.AccessComplianceRemediated:
			user.RemediatedSessions++
		}
		if !r.LogoutTime.IsZero() {
			ended[r.Username]++
			user.TotalSessionsLength += int64(r.LogoutTime.Sub(r.LoginTime.Time) / time.Second)
			user.AverageSessionsLength = user.TotalSessionsLength / ended[r.Username]
		}
	}
	var list []pulseone.AccessSummary
	for _, name := range slices.Sorted(maps.Keys(users)) {
		list = append(list, *users[name])
	}
	return list
}

// ranking has the highest first, and so many at most.
func ranking[N int64 | float64](figures map[string]N, most int) pulseone.Ranking[N] {
	list := pulseone.Ranking[N]{}
	for name, value := range figures {
		list = append(list, pulseone.Ranked[N]{Name: name, Value: value})
	}
	slices.SortFunc(list, func(a, b pulseone.Ranked[N]) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Name, b.Name))
	})
	return list[:min(len(list), most)]
}
