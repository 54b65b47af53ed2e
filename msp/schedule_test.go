package msp_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
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
		if err != nil || !reflect.DeepEqual(*set, schedule) {
			t.Errorf("%+v became %+v, %v", schedule, set, err)
		}
		if got, err := client.Schedule.Get(t.Context()); err != nil || !reflect.DeepEqual(*got, schedule) {
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

// What a schedule has beyond the document goes back with it.
func TestSchedule_Replace_extra(t *testing.T) {
	const text = `{"frequency":"weekly","start_day":3,"disabled":false,"recipients":["a@example.com"],"zone":null}`
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			data, _ := io.ReadAll(r.Body)
			sent = string(data)
		}
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	client, err := msp.New(server.URL, msp.DSID("d"))
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := client.Schedule.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schedule.Disabled = true
	const want = `{"frequency":"weekly","start_day":3,"disabled":true,"recipients":["a@example.com"],"zone":null}`
	if _, err := client.Schedule.Replace(t.Context(), *schedule); err != nil || sent != want {
		t.Errorf("%s, %v", sent, err)
	}
}
