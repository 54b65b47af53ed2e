package msp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
)

func TestSchedule_Replace(t *testing.T) {
	log := record()
	_, client := start(t, secureaccess.WithTransport(log))
	for _, schedule := range []msp.Schedule{
		msp.Daily(), msp.Weekly(time.Monday), msp.Weekly(time.Sunday), msp.Monthly(1), msp.Monthly(28),
		{Frequency: msp.FrequencyWeekly, StartDay: 3, Disabled: true},
	} {
		set, err := client.Schedule.Replace(t.Context(), schedule)
		if err != nil || *set != schedule {
			t.Errorf("%+v became %+v, %v", schedule, set, err)
		}
		if got, err := client.Schedule.Get(t.Context()); err != nil || *got != schedule {
			t.Errorf("%+v reads as %+v, %v", schedule, got, err)
		}
	}
	if got, err := client.Schedule.Replace(t.Context(), msp.Schedule{}); err != nil || got.Frequency != msp.FrequencyDaily {
		t.Errorf("the default is %+v, %v", got, err)
	}

	log.sent = nil
	for _, schedule := range []msp.Schedule{
		{Frequency: msp.FrequencyWeekly, StartDay: -1}, {Frequency: msp.FrequencyWeekly, StartDay: 7},
		msp.Monthly(0), msp.Monthly(29),
	} {
		if _, err := client.Schedule.Replace(t.Context(), schedule); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v: %v", schedule, err)
		}
	}
	if len(log.paths()) != 0 {
		t.Errorf("refused schedules were sent: %v", log.paths())
	}
	for day, want := range map[time.Weekday]int{time.Monday: 0, time.Thursday: 3, time.Saturday: 5, time.Sunday: 6} {
		if got := msp.Weekly(day).StartDay; got != want {
			t.Errorf("%s is %d", day, got)
		}
	}
}
