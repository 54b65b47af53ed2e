package device

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// TasksService fetches the tasks of the appliance and reports what becomes of them. An [Agent] does all of it. Document:
// Appliance Tasks API.
type TasksService struct{ appliance }

// Next returns the task that the appliance is to work on, nil when there is none.
//
// GET /api/v1/sa/{appliance_id}/tasks/next
//
// It returns the same task until that one's final status is reported, also to a program that was started anew. Attempts
// that fail are repeated as [secureaccess.RetryPolicy] has it; when they are used up, the document has the appliance
// ignore the notification: another one comes.
func (s *TasksService) Next(ctx context.Context) (*Task, error) {
	op := rest.GET("/api/v1/sa/{appliance_id}/tasks/next", s.id).MayBeNoContent()
	task, err := rest.Checked(ctx, s.rest, op, func(t *Task, _ http.Header) error {
		if (t.ID == "") != (t.Type == "") {
			return errors.New("the task has no id, or no type")
		}
		return nil
	})
	if err != nil || task.ID == "" {
		return nil, err
	}
	return task, nil
}

// UpdateStatus reports the status of a task.
//
// PUT /api/v1/sa/tasks/{task_id}/status
//
// A server that lost the task in a failover responds with 404. For a final status that is no error: the report is
// dropped, as the document has it. Before, it is [secureaccess.ErrNotFound].
func (s *TasksService) UpdateStatus(ctx context.Context, taskID string, status pulseone.TaskStatus) error {
	op := rest.PUT("/api/v1/sa/tasks/{task_id}/status", taskID).JSON(statusReport{status}).Require("status", string(status))
	err := rest.Send(ctx, s.rest, op)
	if status.Final() && errors.Is(err, secureaccess.ErrNotFound) {
		return nil
	}
	return err
}

type statusReport struct {
	Status pulseone.TaskStatus `json:"status"`
}

// Task is something that the appliance is told to do.
type Task struct {
	ID     string            `json:"id" alias:"task_id"` // not that of the notification
	Type   pulseone.TaskType `json:"type"`
	Params TaskParams        `json:"params,omitzero"`
}

// Reference returns what makes an [Activity] one of this task.
func (t *Task) Reference() *pulseone.ActivityReference {
	return &pulseone.ActivityReference{Type: "system.operations.appliance.task:" + string(t.Type), ID: t.ID}
}

// TaskParams are the details of a task; which are set depends on its type.
type TaskParams struct {
	BackupID   string `json:"backup_id,omitzero"`   // the backup to make or to restore
	FirmwareID string `json:"firmware_id,omitzero"` // a firmware or an ESAP package
	Activate   *bool  `json:"activate,omitzero"`    // whether to activate an ESAP package
	ConfigType string `json:"config_type,omitzero"` // "add_esap_package_to_managed_appliance"

	// UploadURL stands in one example of the document, which describes neither method nor authentication for it:
	// backups go up with [BackupsService.Upload]. No credentials may go there; no method of this package sends any.
	UploadURL string `json:"upload_url,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
