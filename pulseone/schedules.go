package pulseone

import (
	"context"
	"errors"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SchedulesService has firmware staged and installed at a set time, on an appliance, a cluster or a group. Document:
// Scheduled Tasks API.
type SchedulesService struct{ rest *rest.Client }

// List returns all schedules, those that have run and those that will.
//
// GET /api/v1/sa/tasks/schedules
//
// Permission: admin.appliances.tasks|READ. Document: GET /api/v1/sa/tasks/schedules.
func (s *SchedulesService) List(ctx context.Context) (*secureaccess.Page[Schedule], error) {
	return whole[Schedule](ctx, s.rest, rest.GET("/api/v1/sa/tasks/schedules"))
}

// Get returns one schedule.
//
// GET /api/v1/sa/tasks/schedules/{scheduled_task_id}
//
// Permission: admin.appliances.tasks|READ. Document: GET /api/v1/sa/tasks/schedules/{scheduled_task_id}.
func (s *SchedulesService) Get(ctx context.Context, id string) (*Schedule, error) {
	return rest.Do[Schedule](ctx, s.rest, rest.GET("/api/v1/sa/tasks/schedules/{scheduled_task_id}", id))
}

// Create schedules the staging or the installation of a firmware, on exactly one target. Only these two types of tasks
// can be scheduled.
//
// POST /api/v1/sa/tasks/schedules
//
// Permission: admin.appliances.tasks|CREATE. Document: Creation of new schedule task.
func (s *SchedulesService) Create(ctx context.Context, body ScheduleCreate) (*Schedule, error) {
	op := rest.POST("/api/v1/sa/tasks/schedules").JSON(body).Refuse(oneTarget(body.ApplianceID, body.ClusterID, body.GroupID))
	return rest.Do[Schedule](ctx, s.rest, complete(op, body.Task, body.Once))
}

// Update changes a schedule. Whether the server keeps what the body leaves out is not documented: send all of it, with
// exactly one target. Nothing documented switches a schedule off; [SchedulesService.Delete] removes it.
//
// PUT /api/v1/sa/tasks/schedules/{scheduled_task_id}
//
// A schedule that has started or ended is [secureaccess.ErrConflict]. Permission: admin.appliances.tasks|WRITE.
// Document: PUT /api/v1/sa/tasks/schedules/{scheduled_task_id}.
func (s *SchedulesService) Update(ctx context.Context, id string, body ScheduleUpdate) error {
	op := rest.PUT("/api/v1/sa/tasks/schedules/{scheduled_task_id}", id).JSON(body)
	op.Refuse(oneTarget(body.ApplianceID, body.ClusterID, body.GroupID))
	return send(ctx, s.rest, complete(op, body.Task, body.Once))
}

// Delete removes a schedule. What has begun is a task of its own, and goes on.
//
// DELETE /api/v1/sa/tasks/schedules/{scheduled_task_id}
//
// Permission: admin.appliances.tasks|DELETE. Document: DELETE /api/v1/sa/tasks/schedules/{scheduled_task_id}.
func (s *SchedulesService) Delete(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/tasks/schedules/{scheduled_task_id}", id))
}

// complete refuses a schedule that does not say what runs, or when.
func complete(op *rest.Op, task ScheduledTask, once secureaccess.Time) *rest.Op {
	return op.Require("once", rfc3339(once.Time)).Require("task.type", string(task.Type)).
		Require("task.params.firmware_id", task.Params.FirmwareID)
}

// oneTarget refuses a schedule without a target, and one with several: which of them it would run on is not documented.
func oneTarget(ids ...string) error {
	named := 0
	for _, id := range ids {
		if id != "" {
			named++
		}
	}
	if named == 1 {
		return nil
	}
	return &secureaccess.ArgumentError{
		Argument: "target", Reason: "is not exactly one", Err: errors.New("set one of appliance_id, cluster_id and group_id"),
	}
}

// Schedule is a task that runs once, at a set time.
type Schedule struct {
	ID          string            `json:"id"`
	Enabled     bool              `json:"enabled"`               // false once it has run, or was switched off
	ApplianceID string            `json:"appliance_id,omitzero"` // the target: one of these three
	ClusterID   string            `json:"cluster_id,omitzero"`
	GroupID     string            `json:"group_id,omitzero"`
	Once        secureaccess.Time `json:"once,omitzero"` // when it runs
	Task        ScheduledTask     `json:"task,omitzero"`
	Comments    string            `json:"comments,omitzero"`
	LastTask    *LastTask         `json:"last_task,omitzero"` // nil where the server does not say

	Extra secureaccess.Extra `json:",embed"`
}

// ScheduledTask is what a schedule runs.
type ScheduledTask struct {
	Type   TaskType            `json:"type"` // TaskTypeFirmwareStage or TaskTypeFirmwareInstall
	Params ScheduledTaskParams `json:"params"`

	Extra secureaccess.Extra `json:",embed"`
}

// ScheduledTaskParams name what a scheduled task is about.
type ScheduledTaskParams struct {
	FirmwareID string `json:"firmware_id"`

	Extra secureaccess.Extra `json:",embed"`
}

// LastTask is the last run of a schedule.
type LastTask struct {
	Status    LastTaskStatus    `json:"status,omitzero"`
	Completed secureaccess.Time `json:"completed,omitzero"` // zero before the first run
}

// LastTaskStatus is how the last run of a schedule went.
type LastTaskStatus string

// Values of LastTaskStatus. A task says "success" where a schedule says "successful".
const (
	LastTaskStatusScheduled      LastTaskStatus = "scheduled" // it has not run
	LastTaskStatusInProgress     LastTaskStatus = "in_progress"
	LastTaskStatusSuccessful     LastTaskStatus = "successful"
	LastTaskStatusFailed         LastTaskStatus = "failed"
	LastTaskStatusPartialSuccess LastTaskStatus = "partial_success" // on some of the appliances
)

// Is reports whether two states are the same, whichever way they are spelled, also as a task's: see [TaskStatus.Is].
func (s LastTaskStatus) Is(other LastTaskStatus) bool { return TaskStatus(s).Is(TaskStatus(other)) }

// ScheduleCreate describes a new schedule. One of ApplianceID, ClusterID and GroupID is set.
type ScheduleCreate struct {
	ApplianceID string            `json:"appliance_id,omitzero"`
	ClusterID   string            `json:"cluster_id,omitzero"`
	GroupID     string            `json:"group_id,omitzero"`
	Once        secureaccess.Time `json:"once"`
	Task        ScheduledTask     `json:"task"`
	Comments    string            `json:"comments,omitzero"`
}

// ScheduleUpdate is what a schedule becomes. One of ApplianceID, ClusterID and GroupID is set.
type ScheduleUpdate struct {
	ApplianceID string            `json:"appliance_id,omitzero"`
	ClusterID   string            `json:"cluster_id,omitzero"`
	GroupID     string            `json:"group_id,omitzero"`
	Once        secureaccess.Time `json:"once"`
	Task        ScheduledTask     `json:"task"`
	Comments    string            `json:"comments,omitzero"`

	// Extra is sent along: the document speaks of schedules that an administrator disables and does not say how.
	Extra secureaccess.Extra `json:",embed"`
}
