package pulseone

import (
	"context"
	"errors"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// TaskType says what a task is. The list is open.
type TaskType string

// Values of TaskType. TaskTypeConfigReboot is in an example only.
const (
	TaskTypeConfigBackup    TaskType = "system.operations.appliance.config.backup"     // save the configuration and upload it
	TaskTypeConfigRestore   TaskType = "system.operations.appliance.config.restore"    // restore a stored backup
	TaskTypeConfigXMLImport TaskType = "system.operations.appliance.config.xml_import" // import XML configuration; adds ESAP packages too
	TaskTypeConfigReboot    TaskType = "system.operations.appliance.config.reboot"
	TaskTypeFirmwareUpgrade TaskType = "system.operations.appliance.firmware.upgrade" // stage a firmware and install it
	TaskTypeFirmwareStage   TaskType = "system.operations.appliance.firmware.stage"   // put a firmware in place
	TaskTypeFirmwareInstall TaskType = "system.operations.appliance.firmware.install" // install what is in place
)

// TaskStatus is the state of a task. The document spells some states in several ways: compare with [TaskStatus.Is] and
// the other methods. Unknown states count as under way.
type TaskStatus string

// Values of TaskStatus.
const (
	TaskStatusPending                 TaskStatus = "pending"                     // the appliance has not begun
	TaskStatusInProgressCancelable    TaskStatus = "in_progress_cancellable"     // under way, and can be canceled
	TaskStatusInProgressNotCancelable TaskStatus = "in_progress_not_cancellable" // under way, and cannot be canceled any more
	TaskStatusCanceling               TaskStatus = "cancelling"                  // the appliance is undoing or stopping the task
	TaskStatusSuccess                 TaskStatus = "success"                     // ended without an error
	TaskStatusFailed                  TaskStatus = "failed"                      // ended with errors
	TaskStatusCanceled                TaskStatus = "cancelled"                   // ended by request
)

// Is reports whether two states are the same, whichever way they are spelled: with hyphens or underscores, in capitals,
// "canceled" and "cancelable" with one l or two, and "successful", which is what schedules say, for "success".
func (s TaskStatus) Is(other TaskStatus) bool {
	return sameState(string(s.plain()), string(other.plain()))
}

// Final reports whether the task has ended: with success, failed or canceled.
func (s TaskStatus) Final() bool {
	return s.Is(TaskStatusSuccess) || s.Is(TaskStatusFailed) || s.Is(TaskStatusCanceled)
}

// plain is the state in the spelling of the constants where that differs by more than the letters of [sameState].
func (s TaskStatus) plain() TaskStatus {
	for _, other := range []struct{ seen, plain TaskStatus }{
		{"successful", TaskStatusSuccess},
		{"canceled", TaskStatusCanceled}, {"canceling", TaskStatusCanceling},
		{"in_progress_cancelable", TaskStatusInProgressCancelable}, {"in_progress_not_cancelable", TaskStatusInProgressNotCancelable},
	} {
		if sameState(string(s), string(other.seen)) {
			return other.plain
		}
	}
	return s
}

// What a [TaskError] matches, by how the task ended.
var (
	ErrTaskFailed   = errors.New("task failed")
	ErrTaskCanceled = errors.New("task was canceled")
)

// TaskError says that a task ended without success. It matches [ErrTaskFailed] or [ErrTaskCanceled]. What went wrong is
// in the activities that refer to the task; see [ActivitiesService].
type TaskError struct {
	TaskID      string
	ApplianceID string // "" for the task of a group
	Type        TaskType
	Status      TaskStatus
}

// Error names the task, its type and how it ended.
func (e *TaskError) Error() string {
	on := ""
	if e.ApplianceID != "" {
		on = " on appliance " + e.ApplianceID
	}
	return rest.Line("pulseone: task " + e.TaskID + " (" + string(e.Type) + ")" + on + " ended as " + string(e.Status))
}

// Is matches [ErrTaskFailed] or [ErrTaskCanceled].
func (e *TaskError) Is(target error) bool {
	return target == ErrTaskFailed && e.Status.Is(TaskStatusFailed) || target == ErrTaskCanceled && e.Status.Is(TaskStatusCanceled)
}

// Wait polls a task until it has ended, and returns it then, also with an error: a [TaskError] when it failed or was
// canceled. After [TasksService.Cancel] it may still succeed. How long to wait in all is up to the context: an appliance
// that is offline leaves a task pending.
//
// GET /api/v1/sa/tasks/{task_id}
//
// Document: Task status update.
func (s *TasksService) Wait(ctx context.Context, id string, opts *secureaccess.WaitOptions) (*Task, error) {
	return rest.Poll(ctx, s.rest.Clock(), opts, "task "+id, func(ctx context.Context) (*Task, string, bool, error) {
		task, err := s.Get(ctx, id)
		if err != nil {
			return nil, "", false, err
		}
		state := string(task.Status)
		switch {
		case !task.Status.Final():
			return task, state, false, nil
		case task.Status.Is(TaskStatusSuccess):
			return task, state, true, nil
		}
		return task, state, true, &TaskError{TaskID: task.ID, ApplianceID: task.ApplianceID, Type: task.Type, Status: task.Status}
	})
}
