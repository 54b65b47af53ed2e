package msp

import (
	"context"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ScheduleService says when usage reports are made by themselves. A provider has one schedule.
type ScheduleService struct{ rest *rest.Client }

const schedulePath = "/api/msp/reports/usage/schedule"

// Get returns the schedule.
//
// GET /api/msp/reports/usage/schedule
//
// Document: Retrieving the Usage Report Schedule.
func (s *ScheduleService) Get(ctx context.Context) (*Schedule, error) {
	return rest.Do[Schedule](ctx, s.rest, rest.GET(schedulePath))
}

// Replace replaces the schedule and returns it as stored. There is no deletion: a schedule is switched off with Disabled.
//
// POST /api/msp/reports/usage/schedule
//
// A start day that does not fit the frequency is refused before anything is sent; whether there is such a frequency is
// for the portal to say. Doing it twice does no harm, so that it is retried. Document: Creating a Usage Summary Report Schedule.
func (s *ScheduleService) Replace(ctx context.Context, schedule Schedule) (*Schedule, error) {
	op := rest.POST(schedulePath).JSON(schedule).Repeatable()
	switch schedule.Frequency {
	case FrequencyWeekly:
		rest.Between(op, "start_day", schedule.StartDay, 0, 6)
	case FrequencyMonthly:
		rest.Between(op, "start_day", schedule.StartDay, 1, 28)
	}
	return rest.Do[Schedule](ctx, s.rest, op)
}

// Schedule says how often and on which day reports are made. [Daily], [Weekly] and [Monthly] make one.
type Schedule struct {
	Frequency Frequency `json:"frequency,omitzero"` // "" is sent as nothing, which the portal takes as daily
	StartDay  int       `json:"start_day"`          // weekly 0 (Monday) to 6 (Sunday), monthly 1 to 28, daily ignored
	Disabled  bool      `json:"disabled"`

	// Extra holds what the portal sends beyond the document. It goes back with what replaces the schedule.
	Extra secureaccess.Extra `json:",embed"`
}

// Frequency is how often reports are made.
type Frequency string

// Values of Frequency.
const (
	FrequencyDaily   Frequency = "daily"
	FrequencyWeekly  Frequency = "weekly"
	FrequencyMonthly Frequency = "monthly"
)

// Daily returns the schedule of a report a day.
func Daily() Schedule { return Schedule{Frequency: FrequencyDaily, StartDay: 1} }

// Weekly returns the schedule of a report on that day of each week. The portal's week begins with Monday, at 0.
func Weekly(day time.Weekday) Schedule {
	return Schedule{Frequency: FrequencyWeekly, StartDay: (int(day) + 6) % 7}
}

// Monthly returns the schedule of a report on that day of each month, 1 to 28.
func Monthly(day int) Schedule { return Schedule{Frequency: FrequencyMonthly, StartDay: day} }
