package pulseone

import (
	"context"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// StatsService reads what appliances report about their health and their endpoints, one by one and aggregated.
// Documents: Appliance Health Stats, Aggregated Endpoint Statistics, CloudSecure Data, Appliance Stat Thresholds, Domain
// Appliance Info.
type StatsService struct{ rest *rest.Client }

// Health returns an appliance's last health sample. One that has reported none gives an empty sample: see
// [HealthSample.Available].
//
// GET /api/v1/sa/{appliance_id}/health-stats
//
// Document: Console API - Appliance Health Stats.
func (s *StatsService) Health(ctx context.Context, applianceID string) (*HealthSample, error) {
	latest, err := rest.Do[latestHealth](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}/health-stats", applianceID).MayBeEmpty())
	if err != nil {
		return nil, err
	}
	return &latest.Result, nil
}

// latestHealth is a health sample as it is sent.
type latestHealth struct {
	ID     string       `json:"id"` // of the response
	Result HealthSample `json:"result"`
}

// AggregateHealth returns the health of the last days, in samples of one resolution each. The server keeps a day by the
// minute, 7 days by the hour, 30 by the day, 90 by the week and 365 by the month; where it has less than was asked for,
// fewer samples come. Their order is not documented.
//
// GET /api/v1/sa/stats/health
//
// Document: Console API - Appliance Health Stats, stats/health.
func (s *StatsService) AggregateHealth(ctx context.Context, days int, resolution Resolution, opts *StatsOptions) (*HealthAggregate, error) {
	return rest.Do[HealthAggregate](ctx, s.rest, window(rest.GET("/api/v1/sa/stats/health"), days, resolution, opts))
}

// AggregateEndpoints returns what the endpoints did in the last days, in samples of one resolution each, as
// [StatsService.AggregateHealth] does. Roles are not among it.
//
// GET /api/v1/sa/stats/endpoint
//
// Document: Aggregated Endpoint Statistics.
func (s *StatsService) AggregateEndpoints(ctx context.Context, days int, resolution Resolution, opts *StatsOptions) (*EndpointAggregate, error) {
	return rest.Do[EndpointAggregate](ctx, s.rest, window(rest.GET("/api/v1/sa/stats/endpoint"), days, resolution, opts))
}

// CloudSecure returns which cloud applications endpoints used, and which endpoints these were: of the last 24 hours by
// the hour, unless opts say otherwise. Where there is nothing the result is empty.
//
// GET /api/v1/sa/stats/cloudsecure
//
// Permission: admin.appliances|READ. Document: Aggregated CloudSecure Statistics.
func (s *StatsService) CloudSecure(ctx context.Context, opts *CloudSecureOptions) (*CloudSecureStats, error) {
	return rest.Do[CloudSecureStats](ctx, s.rest, opts.on(rest.GET("/api/v1/sa/stats/cloudsecure")).MayBeEmptyObject())
}

// FindAppliances returns the appliances whose metric compares with a value as asked, each with its metric.
//
// GET /api/v1/sa/stats/threshold
//
// Document: Console API - Appliance Stat Thresholds.
func (s *StatsService) FindAppliances(ctx context.Context, by Threshold) ([]ApplianceMetric, error) {
	op := rest.GET("/api/v1/sa/stats/threshold").Query(by).
		Require("type", string(by.Type)).Require("metric", by.Metric).Require("operation", string(by.Operation))
	return items[ApplianceMetric](ctx, s.rest, op)
}

// Info counts the appliances of a customer and their licenses.
//
// GET /api/v1/sa/stats/info
//
// Document: Console API - Domain Appliance Info.
func (s *StatsService) Info(ctx context.Context) (*StatsInfo, error) {
	return rest.Do[StatsInfo](ctx, s.rest, rest.GET("/api/v1/sa/stats/info"))
}

// window puts on an operation what is aggregated.
func window(op *rest.Op, days int, resolution Resolution, opts *StatsOptions) *rest.Op {
	rest.Between(op, "days", days, 1, maxDays)
	op.Param("limit", number(days)).Require("resolution", string(resolution)).Param("resolution", string(resolution))
	if opts == nil {
		return op
	}
	return among(op, opts.ApplianceIDs).Param("timestamp_end", rfc3339(opts.To))
}
