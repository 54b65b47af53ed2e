package pulseone

import (
	"math"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// maxDays bounds a number of days by nothing but its type.
const maxDays = math.MaxInt32

// StatsOptions choose what is aggregated. Zero values are not sent.
type StatsOptions struct {
	ApplianceIDs []string  // those of the whole customer without any
	To           time.Time // end of the days; now by default
}

// CloudSecureOptions choose what is aggregated. Zero values are not sent.
type CloudSecureOptions struct {
	ApplianceIDs []string   // those of the whole customer without any
	Limit        int        // entries of each breakdown; all of them by default
	Resolution   Resolution // by the hour by default

	// Either so many days back from now, or a period: the server refuses both together, and a period that ends before
	// it begins. A period goes over the wire in whole seconds and may lack one end.

	Days     int
	From, To time.Time
}

// on puts the options, which may be nil, on an operation.
func (o *CloudSecureOptions) on(op *rest.Op) *rest.Op {
	if o == nil {
		return op
	}
	rest.Between(op, "limit", o.Limit, 0, math.MaxInt32)
	rest.Between(op, "days", o.Days, 0, maxDays)
	if o.Days != 0 && (!o.From.IsZero() || !o.To.IsZero()) {
		op.Refuse(&secureaccess.ArgumentError{Argument: "days", Reason: "excludes a period"})
	}
	return among(op, o.ApplianceIDs).Param("limit", number(o.Limit)).
		Param("resolution", string(o.Resolution)).Param("duration", number(o.Days)).
		Param("timestamp_start", epoch(o.From)).Param("timestamp_end", epoch(o.To))
}

// Threshold is what the metric of an appliance is compared with.
type Threshold struct {
	Type      ThresholdType      `url:"type"`
	Metric    string             `url:"metric"`    // name of a member on the wire: "cpu_utilization", "compliance.failed"
	Operation ThresholdOperation `url:"operation"` // the metric stands to the left of it
	Value     int64              `url:"value"`
}

// ThresholdType is what kind of metric is compared.
type ThresholdType string

// Values of ThresholdType.
const (
	ThresholdTypeHealth   ThresholdType = "health"   // of [HealthSample]
	ThresholdTypeEndpoint ThresholdType = "endpoint" // of [EndpointSample]
)

// ThresholdOperation is a comparison.
type ThresholdOperation string

// Values of ThresholdOperation.
const (
	ThresholdOperationLess           ThresholdOperation = "lt"
	ThresholdOperationLessOrEqual    ThresholdOperation = "lte"
	ThresholdOperationGreater        ThresholdOperation = "gt"
	ThresholdOperationGreaterOrEqual ThresholdOperation = "gte"
	ThresholdOperationEqual          ThresholdOperation = "eq"
)

// Resolution is how much time an aggregated sample covers.
type Resolution string

// Values of Resolution.
const (
	ResolutionMinute Resolution = "minute"
	ResolutionHour   Resolution = "hour"
	ResolutionDay    Resolution = "day"
	ResolutionWeek   Resolution = "week"
	ResolutionMonth  Resolution = "month"
)
