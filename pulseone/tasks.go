package pulseone

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// TasksService has appliances make and restore backups, take ESAP packages and upgrade their firmware. A task is carried
// out by the appliance, which fetches it and reports its state: [TasksService.Wait] waits for the end. Document:
// Appliance Tasks API.
type TasksService struct{ rest *rest.Client }

// List returns the open tasks of an appliance: those that are pending or under way. A task that is not among them has
// ended, and [TasksService.Get] says how.
//
// GET /api/v1/sa/{appliance_id}/tasks
//
// Permission: admin.appliances.tasks|READ. Document: Get all active/pending tasks of an appliance.
func (s *TasksService) List(ctx context.Context, applianceID string) ([]TaskSummary, error) {
	return items[TaskSummary](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}/tasks", applianceID).MayBeBareList())
}

// Get returns one task, open or ended.
//
// GET /api/v1/sa/tasks/{task_id}
//
// Permission: admin.appliances.tasks|READ. Document: Get Task details.
func (s *TasksService) Get(ctx context.Context, id string) (*Task, error) {
	return rest.Do[Task](ctx, s.rest, rest.GET("/api/v1/sa/tasks/{task_id}", id))
}

// CreateBackup has an appliance back its configuration up to Pulse One. The backup's id is in the parameters of the
// task; its metadata and content are there once the task has succeeded. The server fails a task whose backup has not
// come within 90 minutes.
//
// POST /api/v1/sa/{appliance_id}/tasks/backups
//
// While a backup is pending or under way on the appliance, another one is [secureaccess.ErrConflict]. Permission:
// admin.appliances.backup|CREATE. Document: Backup task creation.
func (s *TasksService) CreateBackup(ctx context.Context, applianceID string, body BackupTaskCreate) (*Task, error) {
	op := rest.POST("/api/v1/sa/{appliance_id}/tasks/backups", applianceID)
	return rest.Do[Task](ctx, s.rest, op.JSON(taskCreate[BackupTaskCreate]{body}))
}

// CreateRestore has an appliance restore a stored backup. An appliance that has not installed the ESAP and desktop
// client versions of the backup fails the task.
//
// POST /api/v1/sa/{appliance_id}/tasks/restores
//
// While a restore is pending or under way on the appliance, another one is [secureaccess.ErrConflict]. Permission:
// admin.appliances.restore|CREATE. Document: Restore task creation.
func (s *TasksService) CreateRestore(ctx context.Context, applianceID string, body RestoreTaskCreate) (*Task, error) {
	op := rest.POST("/api/v1/sa/{appliance_id}/tasks/restores", applianceID).Require("backup_id", body.BackupID)
	return rest.Do[Task](ctx, s.rest, op.JSON(taskCreate[RestoreTaskCreate]{body}))
}

// CreateESAP has an appliance take an ESAP package that is stored among the firmwares. The task is an import of XML:
// [TaskTypeConfigXMLImport].
//
// POST /api/v1/sa/{appliance_id}/tasks/add-esap
//
// While any task is pending or under way on the appliance, it is [secureaccess.ErrConflict]. Permission:
// admin.appliances.upgrade|CREATE. Document: Creation of Add ESAP package task.
func (s *TasksService) CreateESAP(ctx context.Context, applianceID string, body ESAPTaskCreate) (*Task, error) {
	op := rest.POST("/api/v1/sa/{appliance_id}/tasks/add-esap", applianceID).Require("firmware_id", body.FirmwareID)
	return rest.Do[Task](ctx, s.rest, op.JSON(taskCreate[ESAPTaskCreate]{body}))
}

// CreateUpgrade has an appliance install a stored firmware.
//
// POST /api/v1/sa/{appliance_id}/tasks/upgrades
//
// While any task is pending or under way on the appliance, it is [secureaccess.ErrConflict]. Permission:
// admin.appliances.upgrade|CREATE. Document: Creation of appliance firmware upgrade task.
func (s *TasksService) CreateUpgrade(ctx context.Context, applianceID string, body UpgradeTaskCreate) (*Task, error) {
	op := rest.POST("/api/v1/sa/{appliance_id}/tasks/upgrades", applianceID).Require("firmware_id", body.FirmwareID)
	return rest.Do[Task](ctx, s.rest, op.JSON(taskCreate[UpgradeTaskCreate]{body}))
}

// CreateGroupESAP has all appliances of a group take an ESAP package. It returns what the server does: one task for
// each appliance, or one for the group, whose appliance id is empty.
//
// POST /api/v1/sa/{group_id}/tasks/group-add-esap
//
// Permission: admin.appliances.upgrade|CREATE. Document: Creation of Add ESAP package for appliances group.
func (s *TasksService) CreateGroupESAP(ctx context.Context, groupID string, body ESAPTaskCreate) ([]Task, error) {
	op := rest.POST("/api/v1/sa/{group_id}/tasks/group-add-esap", groupID).Require("firmware_id", body.FirmwareID)
	return groupTasks(ctx, s.rest, op.JSON(taskCreate[ESAPTaskCreate]{body}))
}

// CreateGroupUpgrade has all appliances of a group install a stored firmware. It returns what the server does: one task
// for each appliance, or one for the group, whose appliance id is empty.
//
// POST /api/v1/sa/{group_id}/tasks/group-upgrades
//
// Permission: admin.appliances.upgrade|CREATE. Document: Creation of firmware upgrade task for appliances group.
func (s *TasksService) CreateGroupUpgrade(ctx context.Context, groupID string, body UpgradeTaskCreate) ([]Task, error) {
	op := rest.POST("/api/v1/sa/{group_id}/tasks/group-upgrades", groupID).Require("firmware_id", body.FirmwareID)
	return groupTasks(ctx, s.rest, op.JSON(taskCreate[UpgradeTaskCreate]{body}))
}

// Cancel asks for a task to be canceled. That it succeeds means that the request was taken, not that the task is
// canceled: the appliance decides, and the task may still succeed or fail. [TasksService.Wait] tells.
//
// DELETE /api/v1/sa/tasks/{task_id}
//
// A task that can no longer be canceled is [secureaccess.ErrConflict]. Permission: admin.appliances.tasks|DELETE.
// Document: Cancel a task from Console.
func (s *TasksService) Cancel(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/tasks/{task_id}", id).RemovesNothing())
}

// DownloadContent returns what a task brings the appliance, such as the XML of an import. Its type is that of the
// download; what a task without content responds with is not documented.
//
// GET /api/v1/sa/tasks/{task_id}/content
//
// Permission: admin.appliances.tasks|READ. Document: Get Task content.
func (s *TasksService) DownloadContent(ctx context.Context, id string) (*secureaccess.Download, error) {
	return rest.Fetch(ctx, s.rest, rest.GET("/api/v1/sa/tasks/{task_id}/content", id).Accept("application/xml, */*"))
}

// groupTasks carries out an operation on a group. The document calls its result a collection and prints one task in one
// place, a list without an envelope in another.
func groupTasks(ctx context.Context, c *rest.Client, op *rest.Op) ([]Task, error) {
	came, err := rest.Checked(ctx, c, op.MayBeBareList(), func(r *groupTasksResult, _ http.Header) error {
		if r.Items == nil && r.ID == "" {
			return errors.New("it holds neither tasks nor a task")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if came.Items == nil {
		return []Task{came.Task}, nil
	}
	return came.Items, nil
}

// Task is a task as Pulse One keeps it.
type Task struct {
	ID          string            `json:"id"`
	ApplianceID string            `json:"appliance_id,omitzero"` // "" for the task of a group
	Type        TaskType          `json:"type,omitzero"`
	Status      TaskStatus        `json:"status,omitzero"`
	Params      TaskParams        `json:"params,omitzero"`
	Created     secureaccess.Time `json:"created,omitzero"`
	Completed   secureaccess.Time `json:"completed,omitzero"` // zero until the task has ended

	// What is below is in some responses only, and mostly null there.
	GroupID         string            `json:"group_id,omitzero"`          // of the group that the task was created for
	ParentTaskID    string            `json:"parent_task_id,omitzero"`    // of the task that this one derives from
	ScheduledTaskID string            `json:"scheduled_task_id,omitzero"` // of the schedule that this one comes from
	Deadline        secureaccess.Time `json:"deadline,omitzero"`          // meaning not documented
	Expires         secureaccess.Time `json:"expires,omitzero"`           // when the task lapses, two hours after its creation
	Requeue         secureaccess.Time `json:"requeue,omitzero"`           // when the task is queued again

	// Names of routines of the server.
	DALMethod           string `json:"dal_method,omitzero"`
	CompletionDALMethod string `json:"completion_dal_method,omitzero"`
	ContentDALMethod    string `json:"content_dal_method,omitzero"`
}

// TaskSummary is a task in the list of an appliance's open tasks.
type TaskSummary struct {
	ID     string     `json:"id"`
	Type   TaskType   `json:"type,omitzero"`
	Status TaskStatus `json:"status,omitzero"`
}

// TaskParams say what a task is about. Which of them are there depends on its type.
type TaskParams struct {
	BackupID   string             `json:"backup_id,omitzero"`   // the backup that is made or restored
	FirmwareID string             `json:"firmware_id,omitzero"` // the firmware or ESAP package; an opaque text
	Activate   *bool              `json:"activate,omitzero"`    // whether the ESAP package is activated; nil where it does not matter
	ConfigType string             `json:"config_type,omitzero"` // of an import: "add_esap_package_to_managed_appliance"
	UploadURL  string             `json:"upload_url,omitzero"`  // where the appliance uploads its configuration
	Extra      secureaccess.Extra `json:",embed"`
}

// BackupTaskCreate names a backup that is to be made.
type BackupTaskCreate struct {
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
}

// RestoreTaskCreate names the backup that is to be restored.
type RestoreTaskCreate struct {
	BackupID string `json:"backup_id"`
}

// ESAPTaskCreate names an ESAP package that is to be added.
type ESAPTaskCreate struct {
	FirmwareID string `json:"firmware_id"` // of the package
	Activate   bool   `json:"activate"`    // make it the active one
}

// UpgradeTaskCreate names a firmware that is to be installed.
type UpgradeTaskCreate struct {
	FirmwareID string `json:"firmware_id"`
}

// taskCreate is the body of operations that create tasks.
type taskCreate[P any] struct {
	Params P `json:"params"`
}

// groupTasksResult is any of the forms of a group's tasks.
type groupTasksResult struct {
	Items []Task `json:"items"`
	Task
}
