package pulseonetest

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// consoleTask is what the console alone knows of a task. One for a group has no appliance, and no state but that of the
// tasks below it.
type consoleTask struct {
	pulseone.Task           // what is the same as long as the task is there
	since         time.Time // when it came to its state, as far as the server plays the appliance
	completed     time.Time
}

// Tasks returns all tasks, oldest first, also those that have ended.
func (s *Server) Tasks() []pulseone.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	list := make([]pulseone.Task, len(s.face.tasks))
	for i, t := range s.face.tasks {
		list[i] = s.viewTask(t)
	}
	return list
}

// PlayAppliance has the server work off the tasks of an appliance itself, in the appliance's place: each one goes
// through its states, one [Server.SetStage] each, and ends with outcome, or canceled where that was asked for in time. A
// backup comes with content of the server's own.
func (s *Server) PlayAppliance(applianceID string, outcome pulseone.TaskStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.appliance(applianceID); a != nil {
		a.plays = outcome
		for _, t := range s.openTasks(a) {
			t.console.since = s.Clock().Now()
		}
	}
}

// SetTaskStatus reports the state of a task as its appliance does. It reports false where there is no such task, or it
// has ended.
func (s *Server) SetTaskStatus(id string, status pulseone.TaskStatus) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	t := s.task(id)
	if t == nil || t.state().Final() {
		return false
	}
	s.report(t, status, s.Clock().Now())
	return true
}

// state is the state of a task as the console knows it.
func (t *task) state() pulseone.TaskStatus { return t.status() }

// addConsoleTask creates a task as the console does. The lock is held.
func (s *Server) addConsoleTask(own pulseone.Task) *task {
	t := device.Task{Type: own.Type, Params: device.TaskParams(own.Params)}
	var added *task
	if a := s.appliance(own.ApplianceID); a != nil {
		added = s.addTask(a, t)
	} else { // of a group
		t.ID = s.newID()
		added = &task{Task: t, created: s.Clock().Now(), history: []pulseone.TaskStatus{pulseone.TaskStatusPending}}
		s.face.tasks = append(s.face.tasks, added)
	}
	added.console = consoleTask{Task: own, since: s.Clock().Now()}
	return added
}

// addGroupTasks creates a task for each member of a group, below parent, which may be nil. The lock is held.
func (s *Server) addGroupTasks(g *group, parent *task, own pulseone.Task) []*task {
	var added []*task
	if parent != nil {
		own.ParentTaskID = parent.ID
	}
	own.GroupID = g.ID
	for _, m := range g.Members {
		own.ApplianceID = m.ApplianceID
		added = append(added, s.addConsoleTask(own))
	}
	return added
}

// openTasks returns the tasks that an appliance has to work off, oldest first. The lock is held.
func (s *Server) openTasks(a *appliance) []*task {
	var open []*task
	for _, t := range s.face.tasks {
		if sameID(t.appliance, a.ID) && !t.state().Final() {
			open = append(open, t)
		}
	}
	return open
}

// report takes note of a state. The lock is held.
func (s *Server) report(t *task, status pulseone.TaskStatus, at time.Time) {
	t.history = append(t.history, status)
	t.console.since = at
	if t.state().Final() {
		t.console.completed = at
	}
}

// viewTask is a task as the console sees it now. The lock is held.
func (s *Server) viewTask(t *task) pulseone.Task {
	seen := t.console.Task
	seen.ID, seen.ApplianceID = t.ID, t.appliance
	seen.Type, seen.Params = t.Type, pulseone.TaskParams(t.Params)
	seen.Created = secureaccess.At(t.created.UTC().Truncate(time.Second))
	status, completed := t.state(), t.console.completed
	if t.appliance == "" {
		status, completed = s.together(func(below *task) bool { return sameID(below.console.ParentTaskID, t.ID) })
	}
	seen.Status = status
	if !completed.IsZero() {
		seen.Completed = secureaccess.At(completed.UTC().Truncate(time.Second))
	}
	return seen
}

// together is the state of several tasks, and when they were completed. The lock is held.
func (s *Server) together(belongs func(*task) bool) (status pulseone.TaskStatus, completed time.Time) {
	begun, ended, all := false, true, 0
	status = pulseone.TaskStatusSuccess
	for _, t := range s.face.tasks {
		if !belongs(t) {
			continue
		}
		all++
		state := t.state()
		begun = begun || !state.Is(pulseone.TaskStatusPending)
		ended = ended && state.Final()
		if !state.Is(pulseone.TaskStatusSuccess) {
			status = pulseone.TaskStatusFailed
		}
		if t.console.completed.After(completed) {
			completed = t.console.completed
		}
	}
	switch {
	case all > 0 && !begun:
		return pulseone.TaskStatusPending, time.Time{}
	case !ended:
		return pulseone.TaskStatusInProgressCancelable, time.Time{}
	}
	return status, completed
}

// walkTasks brings the tasks of appliances that the server plays to where the clock is. The lock is held.
func (s *Server) walkTasks(now time.Time) {
	s.expireTasks()
	for _, a := range s.appliances {
		if a.plays == "" {
			continue
		}
		free := time.Time{} // when the appliance was done with the task before
		for _, t := range s.openTasks(a) {
			if t.console.since.Before(free) {
				t.console.since = free
			}
			for !t.state().Final() && now.Sub(t.console.since) >= s.stage {
				s.play(a, t)
			}
			if !t.state().Final() {
				break
			}
			free = t.console.since
		}
	}
}

// play takes a task one state further. The lock is held.
func (s *Server) play(a *appliance, t *task) {
	at := t.console.since.Add(max(s.stage, 1))
	state := t.state()
	switch {
	case state.Is(pulseone.TaskStatusPending):
		s.report(t, pulseone.TaskStatusInProgressCancelable, at)
	case state.Is(pulseone.TaskStatusCanceling):
		s.report(t, pulseone.TaskStatusCanceled, at)
	case state.Is(pulseone.TaskStatusInProgressCancelable) && t.canceling:
		s.report(t, pulseone.TaskStatusCanceling, at)
	case state.Is(pulseone.TaskStatusInProgressCancelable):
		s.report(t, pulseone.TaskStatusInProgressNotCancelable, at)
	default:
		if t.Type == pulseone.TaskTypeConfigBackup && a.plays.Is(pulseone.TaskStatusSuccess) {
			s.playBackup(s.backup(t.Params.BackupID), at)
		}
		s.report(t, a.plays, at)
		s.keepActivity(a, taskActivity(t, at))
	}
}

// taskActivity is what an appliance that the server plays says of a task at its end.
func taskActivity(t *task, at time.Time) device.Activity {
	severity := pulseone.SeverityNotice
	if !t.state().Is(pulseone.TaskStatusSuccess) {
		severity = pulseone.SeverityError
	}
	return device.Activity{
		Message: "The task ended as " + string(t.status()) + ".", Severity: severity, Time: secureaccess.At(at.UTC().Truncate(time.Second)),
		ActivityType: pulseone.ActivityTypeApplianceTask, Reference: t.Reference(),
	}
}

// consoleTaskRoutes are those that no appliance asks for.
func (s *Server) consoleTaskRoutes() {
	one := handlerOf(s, "task", "task_id", s.task)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, t *task, _ fake.Params) {
		seen := members(s.viewTask(t))
		if _, ended := seen["completed"]; !ended {
			seen["completed"] = json.RawMessage("null")
		}
		fake.JSON(w, http.StatusOK, seen)
	}), "pulseone.tasks.get")
	s.api.Handle(one(s.cancelTask), "pulseone.tasks.cancel")
	s.api.Handle(one(s.taskContent), "pulseone.tasks.content")

	of := handlerOf(s, "appliance", "appliance_id", s.appliance)
	s.api.Handle(of(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		list := []pulseone.TaskSummary{}
		for _, t := range s.openTasks(a) {
			list = append(list, pulseone.TaskSummary{ID: t.ID, Type: t.Type, Status: t.state()})
		}
		fake.JSON(w, http.StatusOK, list)
	}), "pulseone.tasks.list")
	s.api.Handle(of(s.createBackup), "pulseone.tasks.create_backup")
	s.api.Handle(of(s.createRestore), "pulseone.tasks.create_restore")
	s.api.Handle(of(s.createESAP), "pulseone.tasks.create_add_esap")
	s.api.Handle(of(s.createUpgrade), "pulseone.tasks.create_upgrade")

	group := handlerOf(s, "group", "group_id", s.group)
	s.api.Handle(group(s.createGroupESAP), "pulseone.tasks.create_group_add_esap")
	s.api.Handle(group(s.createGroupUpgrade), "pulseone.tasks.create_group_upgrade")
}

// cancelTask cancels what no appliance has begun, and asks the appliance otherwise. Those of a group are asked for one
// by one.
func (s *Server) cancelTask(w http.ResponseWriter, _ *http.Request, t *task, _ fake.Params) {
	switch state := t.state(); {
	case t.appliance == "":
		refuse(w, http.StatusConflict, "40900", "cancel the tasks of the appliances")
		return
	case state.Is(pulseone.TaskStatusPending):
		s.report(t, pulseone.TaskStatusCanceled, s.Clock().Now())
	case state.Is(pulseone.TaskStatusInProgressCancelable):
		t.canceling = true
		s.announce(t)
	case state.Is(pulseone.TaskStatusCanceling):
	default:
		refuse(w, http.StatusConflict, "40900", "the task can no longer be canceled")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// taskContent is the XML that an import brings.
func (s *Server) taskContent(w http.ResponseWriter, r *http.Request, t *task, _ fake.Params) {
	if s.foreign(w, r, t.appliance) {
		return
	}
	if t.Type != pulseone.TaskTypeConfigXMLImport {
		notFound(w, "content")
		return
	}
	data, err := xml.Marshal(struct {
		XMLName    xml.Name `xml:"config"`
		FirmwareID string   `xml:"esap-package>firmware-id"`
		Activate   bool     `xml:"esap-package>activate"`
	}{FirmwareID: t.Params.FirmwareID, Activate: t.Params.Activate != nil && *t.Params.Activate})
	if err != nil {
		refuse(w, http.StatusInternalServerError, "50000", "no XML")
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write(slices.Concat([]byte(xml.Header), data))
}
