package pulseonetest

import (
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// backupDue is how long after the creation of its task a backup may take.
const backupDue = 90 * time.Minute

// task is a task of an appliance.
type task struct {
	device.Task
	appliance string
	created   time.Time
	history   []pulseone.TaskStatus // the last is the current one
	canceling bool                  // the console asked for it
	console   consoleTask           // what the console alone knows of it
}

func (t *task) status() pulseone.TaskStatus { return t.history[len(t.history)-1] }

// AddTask gives an appliance a task, as the console does, notifies it and returns the task's id. A task to make a backup
// gets a backup to fill. It returns "" for an appliance that the server does not have.
func (s *Server) AddTask(applianceID string, t device.Task) (taskID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(applianceID)
	if a == nil {
		return ""
	}
	return s.addTask(a, t).ID
}

// addTask keeps a task and notifies its appliance. The lock is held.
func (s *Server) addTask(a *appliance, t device.Task) *task {
	if t.ID == "" {
		t.ID = s.newID()
	}
	if t.Type == pulseone.TaskTypeConfigBackup && t.Params.BackupID == "" {
		t.Params.BackupID = s.addBackup(a).ID
	}
	now := s.Clock().Now()
	added := &task{Task: t, appliance: a.ID, created: now, history: []pulseone.TaskStatus{pulseone.TaskStatusPending}, console: consoleTask{since: now}}
	s.face.tasks = append(s.face.tasks, added)
	s.announce(added)
	return added
}

// announce notifies the appliance of a task: that there is one, or that it is to be canceled. The lock is held.
func (s *Server) announce(t *task) {
	message := map[string]any{"id": s.newID(), "type": device.NotificationTypeTask}
	if t.canceling {
		message["type"] = device.NotificationTypeTaskCancel
		message["params"] = map[string]any{"task_id": t.ID}
	}
	s.push(t.appliance, message)
}

// Announce repeats the notifications that there was no reaction to, as Pulse One does after a time.
func (s *Server) Announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.face.tasks {
		if t.status() == pulseone.TaskStatusPending || t.canceling && t.status() == pulseone.TaskStatusInProgressCancelable {
			s.announce(t)
		}
	}
}

// CancelTask asks the appliance to cancel a task. It reports false for a task that cannot be canceled: only one in
// progress that is cancelable can.
func (s *Server) CancelTask(taskID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.task(taskID)
	if t == nil || t.status() != pulseone.TaskStatusInProgressCancelable {
		return false
	}
	t.canceling = true
	s.announce(t)
	return true
}

// ForgetTask loses a task, as a failover does.
func (s *Server) ForgetTask(taskID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.face.tasks = slices.DeleteFunc(s.face.tasks, func(t *task) bool { return sameID(t.ID, taskID) })
}

// TaskHistory returns the statuses of a task, the current one last; nothing for a task that the server does not have.
func (s *Server) TaskHistory(taskID string) []pulseone.TaskStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireTasks()
	if t := s.task(taskID); t != nil {
		return slices.Clone(t.history)
	}
	return nil
}

// task finds a task. The lock is held.
func (s *Server) task(id string) *task {
	for _, t := range s.face.tasks {
		if sameID(t.ID, id) {
			return t
		}
	}
	return nil
}

// expireTasks fails backups that were not made in time. The lock is held.
func (s *Server) expireTasks() {
	now := s.Clock().Now()
	for _, t := range s.face.tasks {
		if t.Type != pulseone.TaskTypeConfigBackup || t.status().Final() || now.Sub(t.created) < backupDue {
			continue
		}
		if b := s.backup(t.Params.BackupID); b == nil || b.file == "" {
			s.report(t, pulseone.TaskStatusFailed, t.created.Add(backupDue))
		}
	}
}

func (s *Server) taskRoutes() {
	s.api.Handle(s.own(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		s.expireTasks()
		for _, t := range s.face.tasks {
			if t.appliance == a.ID && !t.status().Final() {
				fake.JSON(w, http.StatusOK, t.Task)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.tasks.next")
	s.api.Handle(s.own(func(w http.ResponseWriter, r *http.Request, a *appliance, p fake.Params) {
		var body struct {
			Status pulseone.TaskStatus `json:"status"`
		}
		if !decode(w, r, &body) {
			return
		}
		t := s.task(p["task_id"])
		switch {
		case t == nil:
			notFound(w, "task")
			return
		case t.appliance != a.ID:
			refuse(w, http.StatusForbidden, "40300", "the task is another appliance's")
			return
		}
		if t.status() != body.Status && !t.status().Final() {
			s.report(t, body.Status, s.Clock().Now())
		}
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.tasks.update_status")
}
