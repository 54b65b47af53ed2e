package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneSchedules) }

func pulseoneSchedules(t *testing.T, r *recorder) []call {
	schedules := pulseoneClient(t, r).Schedules
	create := example[pulseone.ScheduleCreate](t, "pulseone.scheduled_tasks.create")
	update := example[pulseone.ScheduleUpdate](t, "pulseone.scheduled_tasks.update")
	const id = "28374bca-efef-11f5-8e5b-0242ac13000d"
	return []call{
		{id: "pulseone.scheduled_tasks.list", do: func(ctx context.Context) (any, error) { return schedules.List(ctx) }},
		{id: "pulseone.scheduled_tasks.get", do: func(ctx context.Context) (any, error) { return schedules.Get(ctx, id) }},
		{id: "pulseone.scheduled_tasks.create", do: func(ctx context.Context) (any, error) { return schedules.Create(ctx, create) }},
		{id: "pulseone.scheduled_tasks.update", do: func(ctx context.Context) (any, error) { return nothing(schedules.Update(ctx, id, update)) }},
		{id: "pulseone.scheduled_tasks.delete", do: func(ctx context.Context) (any, error) { return nothing(schedules.Delete(ctx, id)) }},
	}
}
