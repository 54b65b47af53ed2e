package pulseonetest

import (
	"net/http"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func (s *Server) consoleFactRoutes() {
	one := handlerOf(s, "appliance", "appliance_id", s.appliance)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		facts := s.reportsOf(a).info
		if len(facts) == 0 {
			fake.JSON(w, http.StatusOK, struct{}{})
			return
		}
		fake.JSON(w, http.StatusOK, facts)
	}), "pulseone.appliance_info.get")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		fake.JSON(w, http.StatusOK, s.reportsOf(a).status)
	}), "pulseone.config_status.get")
	s.api.Handle(s.controllerLogin, "pulseone.sdp.controller_login")
	s.api.Handle(s.reading(func(r *http.Request) any { return s.countAppliances(r) }), "pulseone.stats.info")
}

func (s *Server) controllerLogin(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.appliances {
		if a.SDPMode == pulseone.SDPModeController {
			url := as[pulseone.ApplianceInfo](s.reportsOf(a).info).AdminURL
			if url == "" {
				url = "https://controller.example.com"
			}
			fake.JSON(w, http.StatusOK, map[string]string{"controller_login_url": url})
			return
		}
	}
	notFound(w, "SDP controller")
}

// countAppliances sums up what the appliances of each type have reported. The lock is held.
func (s *Server) countAppliances(r *http.Request) pulseone.StatsInfo {
	info := pulseone.StatsInfo{Clusters: int64(len(s.clusters)), Appliances: []pulseone.ApplianceTypeStats{}}
	names := map[pulseone.ApplianceType]string{pulseone.ApplianceTypeVPN: "pcs", pulseone.ApplianceTypeNAC: "pps"}
	for _, kind := range []pulseone.ApplianceType{pulseone.ApplianceTypeVPN, pulseone.ApplianceTypeNAC} {
		of := pulseone.ApplianceTypeStats{Type: names[kind], ApplianceVersions: map[string]int64{}}
		for _, source := range s.sources(r) {
			if source.Type == kind {
				of.Count++
				source.countIn(&of)
			}
		}
		if of.Count > 0 {
			info.Appliances = append(info.Appliances, of)
		}
	}
	return info
}

// countIn adds what an appliance has reported.
func (s source) countIn(of *pulseone.ApplianceTypeStats) {
	facts := as[pulseone.ApplianceInfo](s.info)
	version := facts.ApplianceVersion
	if version == "" {
		version = s.ApplianceVersion
	}
	if version != "" {
		of.ApplianceVersions[version]++
	}
	if len(s.health) > 0 {
		if users := newest(as[[]pulseone.HealthSample](s.health), healthTime).ConcurrentUsers; users != nil {
			of.ConcurrentUsers += *users
		}
	}
	if facts.ConcurrentUserLicenses != nil {
		of.ConcurrentUserLicenses += *facts.ConcurrentUserLicenses
	}
	if from := facts.ConcurrentUserLicenseBreakdown; from != nil {
		if of.ConcurrentUserLicenseBreakdown == nil {
			of.ConcurrentUserLicenseBreakdown = &pulseone.ConcurrentUserLicenseBreakdown{}
		}
		to := of.ConcurrentUserLicenseBreakdown
		add(&to.AccessLicenses, from.AccessLicenses)
		add(&to.ConsecLicenses, from.ConsecLicenses)
		add(&to.PolsecLicenses, from.PolsecLicenses)
	}
	if from := facts.NamedUserLicenses; from != nil {
		if of.NamedUserLicenses == nil {
			of.NamedUserLicenses = &pulseone.NamedUserLicenses{}
		}
		to := of.NamedUserLicenses
		add(&to.Installed, from.Installed)
		add(&to.Consumed, from.Consumed)
		add(&to.LeasedIn, from.LeasedIn)
		add(&to.LeasedOut, from.LeasedOut)
	}
	if of.LicenseMode == nil && facts.LicenseMode != "" {
		of.LicenseMode = &pulseone.LicenseModeCounts{}
	}
	switch facts.LicenseMode {
	case pulseone.LicenseModeConcurrentUsers:
		of.LicenseMode.ConcurrentUsers++
	case pulseone.LicenseModeNamedUsers:
		of.LicenseMode.NamedUsers++
	}
	role, ok := facts.LicenseRole.Get()
	if !ok {
		return
	}
	if of.LicenseRole == nil {
		of.LicenseRole = &pulseone.LicenseRoleCounts{}
	}
	switch role {
	case pulseone.LicenseRoleClient:
		of.LicenseRole.Client++
	case pulseone.LicenseRoleServer:
		of.LicenseRole.Server++
	case pulseone.LicenseRoleStandalone:
		of.LicenseRole.Standalone++
	}
}

// add adds what was reported; a sum of nothing stays nil.
func add(sum **int64, value *int64) {
	switch {
	case value == nil:
	case *sum == nil:
		*sum = new(*value)
	default:
		**sum += *value
	}
}
