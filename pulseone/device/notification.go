package device

import (
	"bytes"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Notification is a message that Pulse One pushes to an appliance: a [TaskNotification], [TaskCancelNotification],
// [HealthPullNotification] or [RebootNotification], or, for everything else, an [OtherNotification].
type Notification interface {
	// Header returns what all notifications have.
	Header() NotificationHeader
}

// NotificationHeader is what all notifications have.
type NotificationHeader struct {
	ID   string           `json:"id"` // of the notification, not of what it is about
	Type NotificationType `json:"type"`
}

// Header returns the header itself.
func (h NotificationHeader) Header() NotificationHeader { return h }

// Reference returns what makes an [Activity] one that responds to the notification.
func (h NotificationHeader) Reference() *pulseone.ActivityReference {
	return &pulseone.ActivityReference{Type: "notification:" + string(h.Type), ID: h.ID}
}

// NotificationType is a kind of notification. More values occur.
type NotificationType string

// Values of NotificationType.
const (
	NotificationTypeTask       NotificationType = "system.operations.appliance.task"
	NotificationTypeTaskCancel NotificationType = "system.operations.appliance.task.cancel"
	NotificationTypeHealthPull NotificationType = "stats.health.pull"
	NotificationTypeReboot     NotificationType = "system.operations.appliance.reboot"

	notificationTypeHealthStats NotificationType = "system.health.stats" // the document's other name for stats.health.pull
)

// TaskNotification says that there is a task: fetch it with [TasksService.Next]. It comes again until the appliance
// reports that it works on the task.
type TaskNotification struct{ NotificationHeader }

// TaskCancelNotification asks to cancel a task that is in progress. It comes again until the appliance reports what it
// does about it.
type TaskCancelNotification struct {
	NotificationHeader
	TaskID string
}

// HealthPullNotification asks for samples of the appliance's health at once, with [StatsService.SubmitHealth].
type HealthPullNotification struct{ NotificationHeader }

// RebootNotification asks the appliance to reboot.
type RebootNotification struct{ NotificationHeader }

// OtherNotification is one of another type, or none at all: what is no JSON object has an empty header.
type OtherNotification struct {
	NotificationHeader
	Raw json.RawMessage // as it came, which may be no JSON
}

// parseNotification never fails: what cannot be read is of another type.
func parseNotification(data []byte) Notification {
	var message struct {
		ID     string           `json:"id"`
		Type   NotificationType `json:"type"`
		Params struct {
			TaskID string `json:"task_id"`
		} `json:"params"`
	}
	if err := secureaccess.Unmarshal(data, &message); err != nil {
		return OtherNotification{Raw: bytes.Clone(data)}
	}
	header := NotificationHeader{ID: message.ID, Type: message.Type}
	switch header.Type {
	case NotificationTypeTask:
		return TaskNotification{header}
	case NotificationTypeTaskCancel:
		return TaskCancelNotification{header, message.Params.TaskID}
	case NotificationTypeHealthPull, notificationTypeHealthStats:
		return HealthPullNotification{header}
	case NotificationTypeReboot:
		return RebootNotification{header}
	}
	return OtherNotification{header, bytes.Clone(data)}
}
