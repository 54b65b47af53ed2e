package pulseonetest

import (
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// schedule is a schedule, which has run once it is not enabled.
type schedule struct {
	pulseone.Schedule
	ran time.Time
}

// Schedules returns what the server has.
func (s *Server) Schedules() []pulseone.Schedule {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	return s.viewSchedules()
}

// viewSchedules returns all schedules as they are seen now. The lock is held.
func (s *Server) viewSchedules() []pulseone.Schedule {
	list := make([]pulseone.Schedule, len(s.schedules))
	for i, sc := range s.schedules {
		list[i] = s.viewSchedule(sc)
	}
	return list
}

// schedule finds a schedule. The lock is held.
func (s *Server) schedule(id string) *schedule {
	for _, sc := range s.schedules {
		if sameID(sc.ID, id) {
			return sc
		}
	}
	return nil
}

// viewSchedule is a schedule with its last run. The lock is held.
func (s *Server) viewSchedule(sc *schedule) pulseone.Schedule {
	seen := sc.Schedule
	if sc.ran.IsZero() {
		return seen
	}
	last := &pulseone.LastTask{}
	mine := func(t *task) bool { return sameID(t.console.ScheduledTaskID, sc.ID) }
	status, ended := s.together(mine)
	completed := secureaccess.At(ended.UTC().Truncate(time.Second))
	succeeded := slices.ContainsFunc(s.face.tasks, func(t *task) bool { return mine(t) && t.state().Is(pulseone.TaskStatusSuccess) })
	switch {
	case !status.Final():
		last.Status = pulseone.LastTaskStatusInProgress
	case status.Is(pulseone.TaskStatusSuccess):
		last.Status, last.Completed = pulseone.LastTaskStatusSuccessful, completed
	case succeeded:
		last.Status, last.Completed = pulseone.LastTaskStatusPartialSuccess, completed
	default:
		last.Status, last.Completed = pulseone.LastTaskStatusFailed, completed
	}
	seen.LastTask = last
	return seen
}

// walkSchedules runs what is due. The lock is held.
func (s *Server) walkSchedules(now time.Time) {
	for _, sc := range s.schedules {
		if !sc.Enabled || now.Before(sc.Once.Time) {
			continue
		}
		sc.Enabled, sc.ran = false, sc.Once.Time
		for _, a := range s.targets(sc) {
			t := s.addConsoleTask(pulseone.Task{
				ApplianceID: a.ID, GroupID: sc.GroupID, ScheduledTaskID: sc.ID, Type: sc.Task.Type,
				Params: pulseone.TaskParams{FirmwareID: sc.Task.Params.FirmwareID},
			})
			t.created, t.console.since = sc.Once.Time, sc.Once.Time
		}
	}
}

// targets returns the appliances that a schedule is for. The lock is held.
func (s *Server) targets(sc *schedule) []*appliance {
	var list []*appliance
	for _, a := range s.appliances {
		switch {
		case sc.ApplianceID != "" && sameID(a.ID, sc.ApplianceID),
			sc.ClusterID != "" && a.Cluster != nil && sameID(a.Cluster.ID, sc.ClusterID),
			sc.GroupID != "" && sameID(a.GroupID, sc.GroupID):
			list = append(list, a)
		}
	}
	return list
}

func (s *Server) scheduleRoutes() {
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
		list := s.Schedules()
		fake.JSON(w, http.StatusOK, page[pulseone.Schedule]{Items: list, Total: len(list)})
	}, "pulseone.scheduled_tasks.list")
	s.api.Handle(s.createSchedule, "pulseone.scheduled_tasks.create")
	one := handlerOf(s, "schedule", "scheduled_task_id", s.schedule)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, sc *schedule, _ fake.Params) {
		fake.JSON(w, http.StatusOK, s.viewSchedule(sc))
	}), "pulseone.scheduled_tasks.get")
	s.api.Handle(one(s.updateSchedule), "pulseone.scheduled_tasks.update")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, sc *schedule, _ fake.Params) {
		s.schedules = slices.DeleteFunc(s.schedules, func(other *schedule) bool { return sc == other })
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.scheduled_tasks.delete")
}

func (s *Server) createSchedule(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body pulseone.ScheduleCreate
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	if !s.schedulable(w, body) {
		return
	}
	added := &schedule{Schedule: scheduleOf(s.newID(), body)}
	s.schedules = append(s.schedules, added)
	fake.JSON(w, http.StatusOK, added.Schedule)
}

func (s *Server) updateSchedule(w http.ResponseWriter, r *http.Request, sc *schedule, _ fake.Params) {
	var body pulseone.ScheduleCreate
	if !decode(w, r, &body) {
		return
	}
	if !sc.Enabled {
		refuse(w, http.StatusConflict, "40900", "the scheduled task has already started")
		return
	}
	if !s.schedulable(w, body) {
		return
	}
	sc.Schedule = scheduleOf(sc.ID, body)
	w.WriteHeader(http.StatusNoContent)
}

func scheduleOf(id string, body pulseone.ScheduleCreate) pulseone.Schedule {
	return pulseone.Schedule{
		ID: id, Enabled: true, ApplianceID: body.ApplianceID, ClusterID: body.ClusterID, GroupID: body.GroupID,
		Once: body.Once, Task: body.Task, Comments: body.Comments,
	}
}

// schedulable refuses a schedule without exactly one target that exists, without a time, or of another type than the
// two. The lock is held.
func (s *Server) schedulable(w http.ResponseWriter, body pulseone.ScheduleCreate) bool {
	targets := 0
	for _, id := range []string{body.ApplianceID, body.ClusterID, body.GroupID} {
		if id != "" {
			targets++
		}
	}
	cluster := slices.ContainsFunc(s.clusters, func(c pulseone.Cluster) bool { return sameID(c.ID, body.ClusterID) })
	switch {
	case targets != 1:
		refuse(w, http.StatusBadRequest, "40000", "name one target")
	case body.Once.Time.IsZero():
		refuse(w, http.StatusBadRequest, "40000", "once is no time")
	case body.Task.Type != pulseone.TaskTypeFirmwareStage && body.Task.Type != pulseone.TaskTypeFirmwareInstall:
		refuse(w, http.StatusBadRequest, "40000", "such tasks cannot be scheduled")
	case body.ApplianceID != "" && s.appliance(body.ApplianceID) == nil, body.GroupID != "" && s.group(body.GroupID) == nil, body.ClusterID != "" && !cluster:
		notFound(w, "target")
	default:
		return true
	}
	return false
}
