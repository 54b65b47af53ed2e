package pulseone

import (
	"context"
	"iter"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ProfilerService reads what the profilers of the appliances found out about endpoints. All of it needs the permission
// admin.appliances|READ. Document: Profiler Data.
type ProfilerService struct{ rest *rest.Client }

// List returns one page of the endpoints that match, the one seen last first, 10 of them unless opts say otherwise.
//
// GET /api/v1/sa/profiler/endpoints
//
// Permission: admin.appliances|READ. Document: profiler/endpoints.
func (s *ProfilerService) List(ctx context.Context, opts *ProfilerListOptions) (*secureaccess.Page[ProfilerBriefEndpoint], error) {
	op := rest.GET("/api/v1/sa/profiler/endpoints").MayBeBareList()
	if opts != nil {
		among(op, opts.ApplianceIDs)
	}
	return list[ProfilerBriefEndpoint](ctx, s.rest, op, opts, 0)
}

// All iterates over the endpoints that match, 100 at a time unless opts say otherwise, and shows no MAC address twice.
// The list moves while it is read: an endpoint that is seen again goes to its front, so that one whose turn had not come
// can be missed. That is no error here.
//
// GET /api/v1/sa/profiler/endpoints
func (s *ProfilerService) All(ctx context.Context, opts *ProfilerListOptions) iter.Seq2[ProfilerBriefEndpoint, error] {
	walk := pages(opts, func(e *ProfilerBriefEndpoint) string { return e.MACAddr }, s.List)
	walk.Moves = true
	return walk.All(ctx)
}

// Get returns everything that is known of an endpoint, by its MAC address as [ProfilerBriefEndpoint] and [AccessRecord]
// have it. An endpoint that is not known is [secureaccess.ErrNotFound].
//
// GET /api/v1/sa/profiler/endpoints/{mac_address}
//
// Permission: admin.appliances|READ. Document: profiler/endpoints/{mac_address}.
func (s *ProfilerService) Get(ctx context.Context, macAddress string) (*ProfilerEndpoint, error) {
	return rest.Do[ProfilerEndpoint](ctx, s.rest, rest.GET("/api/v1/sa/profiler/endpoints/{mac_address}", macAddress))
}

// CountByOS counts endpoints by operating system. The map is empty when there are none.
//
// GET /api/v1/sa/profiler/stats/devices
//
// Permission: admin.appliances|READ. Document: profiler/stats/devices.
func (s *ProfilerService) CountByOS(ctx context.Context, opts *ProfilerStatsOptions) (map[string]int64, error) {
	return s.count(ctx, rest.GET("/api/v1/sa/profiler/stats/devices"), opts)
}

// CountByManufacturer counts endpoints by manufacturer. The map is empty when there are none.
//
// GET /api/v1/sa/profiler/stats/manufacturers
//
// Permission: admin.appliances|READ. Document: profiler/stats/manufacturers.
func (s *ProfilerService) CountByManufacturer(ctx context.Context, opts *ProfilerStatsOptions) (map[string]int64, error) {
	return s.count(ctx, rest.GET("/api/v1/sa/profiler/stats/manufacturers"), opts)
}

// CountByCategory counts endpoints by category. The map is empty when there are none.
//
// GET /api/v1/sa/profiler/stats/categories
//
// Permission: admin.appliances|READ. Document: profiler/stats/categories.
func (s *ProfilerService) CountByCategory(ctx context.Context, opts *ProfilerStatsOptions) (map[string]int64, error) {
	return s.count(ctx, rest.GET("/api/v1/sa/profiler/stats/categories"), opts)
}

// CountByManagedState counts endpoints by whether they are managed. It is empty when there are none.
//
// GET /api/v1/sa/profiler/stats/managed-states
//
// Permission: admin.appliances|READ. Document: profiler/stats/managed-states.
func (s *ProfilerService) CountByManagedState(ctx context.Context, opts *ProfilerStatsOptions) (ProfilerManagedCounts, error) {
	return s.count(ctx, rest.GET("/api/v1/sa/profiler/stats/managed-states"), opts)
}

// CountByState counts endpoints that have a category, and those that have none.
//
// GET /api/v1/sa/profiler/stats/states
//
// Permission: admin.appliances|READ. Document: profiler/stats/states.
func (s *ProfilerService) CountByState(ctx context.Context, opts *ProfilerStatsOptions) (*ProfilerStateCounts, error) {
	return rest.Do[ProfilerStateCounts](ctx, s.rest, opts.on(rest.GET("/api/v1/sa/profiler/stats/states")))
}

// CountProfileChanges counts endpoints whose profile changed in a period, and the others.
//
// GET /api/v1/sa/profiler/stats/profile-changes
//
// Permission: admin.appliances|READ. Document: profiler/stats/profile-changes.
func (s *ProfilerService) CountProfileChanges(ctx context.Context, opts *ProfilerStatsOptions) (*ProfilerChangeCounts, error) {
	return rest.Do[ProfilerChangeCounts](ctx, s.rest, opts.on(rest.GET("/api/v1/sa/profiler/stats/profile-changes")))
}

// CountSessions counts endpoints that have an active session now, and the others. Appliances are all that can be chosen:
// it has no period.
//
// GET /api/v1/sa/profiler/stats/sessions
//
// Permission: admin.appliances|READ. Document: profiler/stats/sessions.
func (s *ProfilerService) CountSessions(ctx context.Context, applianceIDs ...string) (*ProfilerSessionCounts, error) {
	op := (&ProfilerStatsOptions{ApplianceIDs: applianceIDs}).on(rest.GET("/api/v1/sa/profiler/stats/sessions"))
	return rest.Do[ProfilerSessionCounts](ctx, s.rest, op)
}

// count carries out an operation that counts by name.
func (s *ProfilerService) count(ctx context.Context, op *rest.Op, opts *ProfilerStatsOptions) (map[string]int64, error) {
	got, err := rest.Do[counts](ctx, s.rest, opts.on(op).MayBeEmptyObject())
	if err != nil {
		return nil, err
	}
	return *got, nil
}

// ProfilerListOptions choose endpoints and the page of them. Zero values are not sent.
type ProfilerListOptions struct {
	PageOptions
	ApplianceIDs  []string          `url:"-"` // those that profiled them; all without any
	Search        string            `url:"search,omitempty"`
	CollectorType ProfilerCollector `url:"collector_type,omitempty"`
}

// ProfilerStatsOptions choose what is counted. Zero values are not sent.
type ProfilerStatsOptions struct {
	ApplianceIDs []string // those that profiled the endpoints; all without any
	From, To     time.Time
}

// on puts the options, which may be nil, on an operation.
func (o *ProfilerStatsOptions) on(op *rest.Op) *rest.Op {
	if o == nil {
		return op
	}
	return among(op, o.ApplianceIDs).Param("timestamp_start", rfc3339(o.From)).Param("timestamp_end", rfc3339(o.To))
}

// ProfilerCollector is how endpoints were found.
type ProfilerCollector string

// Values of ProfilerCollector.
const (
	ProfilerCollectorDHCP ProfilerCollector = "dhcp"
	ProfilerCollectorSNMP ProfilerCollector = "snmp"
	ProfilerCollectorNmap ProfilerCollector = "nmap"
	ProfilerCollectorSSH  ProfilerCollector = "ssh"
	ProfilerCollectorWMI  ProfilerCollector = "wmi"
)
