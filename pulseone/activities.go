package pulseone

import (
	"context"
	"encoding/json"
	"iter"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ActivitiesService reads what appliances report of their work: how a requested operation or a task went, and critical
// events of their logs. Document: Cloud API - Uploading Activity Records.
type ActivitiesService struct{ rest *rest.Client }

// List returns a page of an appliance's activities. The server promises no order and documents neither a default nor an
// upper bound of the page size: without [ActivityListOptions.Sort] they are asked for by time, oldest first, the one
// order in which pages fit together while activities arrive.
//
// GET /api/v1/sa/{appliance_id}/activities
//
// Document: Getting All Activities For An Appliance.
func (s *ActivitiesService) List(ctx context.Context, applianceID string, opts *ActivityListOptions) (*secureaccess.Page[Activity], error) {
	sorted := opts.sorted()
	op := rest.GET("/api/v1/sa/{appliance_id}/activities", applianceID).KnownBy("message")
	if len(sorted.Fields) > 0 {
		op.AnyItems() // a record may have none of the members that are wanted
	}
	return list[Activity](ctx, s.rest, op, &sorted, 0)
}

// All walks through an appliance's activities in the order of [ActivitiesService.List]. Activities have no id to tell
// them apart: with the newest first, one that arrives between two pages shows another one twice.
//
// GET /api/v1/sa/{appliance_id}/activities
func (s *ActivitiesService) All(ctx context.Context, applianceID string, opts *ActivityListOptions) iter.Seq2[Activity, error] {
	sorted := opts.sorted()
	fetch := func(ctx context.Context, o *ActivityListOptions) (*secureaccess.Page[Activity], error) {
		return s.List(ctx, applianceID, o)
	}
	l := pages(&sorted, nil, fetch)
	l.Moves = sorted.Direction != DirectionAscending
	return l.All(ctx)
}

// ListBySeverity returns a page of the activities of all appliances, newest first: 20 by default, 100 at most.
//
// GET /api/v1/sa/activities
//
// Document: Getting Activities for All Appliances by Severity.
func (s *ActivitiesService) ListBySeverity(ctx context.Context, opts *ActivityListBySeverityOptions) (*secureaccess.Page[ApplianceActivity], error) {
	return list[ApplianceActivity](ctx, s.rest, rest.GET("/api/v1/sa/activities").KnownBy("message"), opts, pageSize)
}

// AllBySeverity walks through the activities of all appliances, newest first. Activities have no id to tell them apart:
// one that arrives between two pages shows another one twice.
//
// GET /api/v1/sa/activities
func (s *ActivitiesService) AllBySeverity(ctx context.Context, opts *ActivityListBySeverityOptions) iter.Seq2[ApplianceActivity, error] {
	l := pages(opts, nil, s.ListBySeverity)
	l.Moves = true
	return l.All(ctx)
}

// Get returns one activity of an appliance. Its id is the SHA-1 of the record as the appliance sent it; lists do not
// show it.
//
// GET /api/v1/sa/{appliance_id}/activities/{activity_id}
//
// Document: Getting An Activity.
func (s *ActivitiesService) Get(ctx context.Context, applianceID, id string) (*Activity, error) {
	return rest.Do[Activity](ctx, s.rest, rest.GET("/api/v1/sa/{appliance_id}/activities/{activity_id}", applianceID, id).KnownBy("message"))
}

// ActivityListOptions are the options of [ActivitiesService.List].
type ActivityListOptions struct {
	PageOptions
	Sort      string    `url:"sort,omitempty"`         // a member of the record; "time" by default
	Direction Direction `url:"direction,omitempty"`    // ascending by default, with Sort or without
	Fields    []string  `url:"fields,comma,omitempty"` // the members that are wanted of each record; all by default
}

// sorted returns the options, which may be nil, with an order.
func (o *ActivityListOptions) sorted() ActivityListOptions {
	var own ActivityListOptions
	if o != nil {
		own = *o
	}
	if own.Sort == "" {
		own.Sort = "time"
	}
	if own.Direction == "" {
		own.Direction = DirectionAscending
	}
	return own
}

// Direction is the order of a sorted list.
type Direction string

// Values of Direction.
const (
	DirectionAscending  Direction = "asc"
	DirectionDescending Direction = "desc"
)

// ActivityListBySeverityOptions are the options of [ActivitiesService.ListBySeverity].
type ActivityListBySeverityOptions struct {
	PageOptions
	Severity Severity `url:"severity,omitempty"` // this one alone; all by default
}

// Activity is a record of what an appliance did, or of what happened to it.
type Activity struct {
	Message   string                     `json:"message,omitzero"`                // for people
	Time      secureaccess.Time          `json:"time,omitzero" alias:"timestamp"` // in whole seconds
	Severity  Severity                   `json:"severity,omitzero"`
	Type      ActivityType               `json:"activity_type,omitzero"`
	Reference *ActivityReference         `json:"reference,omitzero"` // nil for a record that belongs to nothing
	Params    map[string]json.RawMessage `json:"params,omitzero"`    // by type: "conflicting_operation", "message_id" and others
	Actor     string                     `json:"actor,omitzero"`     // "notification-abka7890v"; "" for nobody
	Target    string                     `json:"target,omitzero"`    // "security_appliance-771b4124-f1b6-46ca-8035-172355924e02"
}

// ApplianceActivity is an activity with the appliance that it is from.
type ApplianceActivity struct {
	Activity
	Appliance ActivityAppliance `json:"appliance,omitzero"`
}

// ActivityAppliance names the appliance that an activity is from.
type ActivityAppliance struct {
	ID   string `json:"id"`
	Name string `json:"name,omitzero"`
}

// Severity is how bad a record is, by RFC 5424.
type Severity string

// Values of Severity, worst first.
const (
	SeverityEmergency     Severity = "emergency"
	SeverityAlert         Severity = "alert"
	SeverityCritical      Severity = "critical"
	SeverityError         Severity = "error"
	SeverityWarning       Severity = "warning"
	SeverityNotice        Severity = "notice"
	SeverityInformational Severity = "informational"
	SeverityDebug         Severity = "debug"
)

// ActivityType is what an activity is. The list is open.
type ActivityType string

// Values of ActivityType.
const (
	ActivityTypeOperationStarted      ActivityType = "requested_operation.started"
	ActivityTypeOperationSucceeded    ActivityType = "requested_operation.succeeded"
	ActivityTypeOperationNotPerformed ActivityType = "requested_operation.not_performed"
	ActivityTypeSystemEventLogged     ActivityType = "system.event.logged" // a critical event of the appliance's log
	ActivityTypeApplianceTask         ActivityType = "appliance_task"      // the progress of a task
)

// ActivityReference is what an activity belongs to. It has two forms: a notification, and a task.
type ActivityReference struct {
	// An activity's id is the digest of its JSON: the fields stand in the order of their names on the wire.

	ID   string `json:"id"`   // of the notification or the task
	Type string `json:"type"` // "notification:" or "system.operations.appliance.task:", and the type of the one or the other
}

// What types of references begin with.
const (
	notificationReference = "notification:"
	taskReference         = "system.operations.appliance.task:"
)

// TaskReference returns the reference to a task: its own id, not that of the notification that announced it.
func TaskReference(t TaskType, id string) ActivityReference {
	return ActivityReference{Type: taskReference + string(t), ID: id}
}

// NotificationReference returns the reference to a notification, by its type and id.
func NotificationReference(notificationType, id string) ActivityReference {
	return ActivityReference{Type: notificationReference + notificationType, ID: id}
}

// Task returns the type of the task that r refers to; ok is false where it refers to something else.
func (r ActivityReference) Task() (t TaskType, ok bool) {
	name, ok := strings.CutPrefix(r.Type, taskReference)
	return TaskType(name), ok
}

// Notification returns the type of the notification that r refers to; ok is false where it refers to something else.
func (r ActivityReference) Notification() (notificationType string, ok bool) {
	return strings.CutPrefix(r.Type, notificationReference)
}
