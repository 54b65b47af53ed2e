package pulseonetest

import (
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// How long tasks last, as the examples of the document have it.
const (
	taskLife    = 2 * time.Hour
	taskRequeue = 30 * time.Minute
)

// busy refuses a task where the appliance has an open one of the type, of any type for "". The lock is held.
func (s *Server) busy(w http.ResponseWriter, a *appliance, t pulseone.TaskType) bool {
	for _, open := range s.openTasks(a) {
		if t == "" || open.Type == t {
			refuse(w, http.StatusConflict, "40900", "a task is already pending or under way on the appliance")
			return true
		}
	}
	return false
}

func (s *Server) createBackup(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	var body struct {
		Params pulseone.BackupTaskCreate `json:"params"`
	}
	if !decode(w, r, &body) || s.busy(w, a, pulseone.TaskTypeConfigBackup) {
		return
	}
	b := s.addBackup(a)
	b.Name, b.Description = body.Params.Name, body.Params.Description
	fake.JSON(w, http.StatusOK, s.viewTask(s.addConsoleTask(pulseone.Task{
		ApplianceID: a.ID, Type: pulseone.TaskTypeConfigBackup, Params: pulseone.TaskParams{BackupID: b.ID},
	})))
}

func (s *Server) createRestore(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	var body struct {
		Params pulseone.RestoreTaskCreate `json:"params"`
	}
	if !decode(w, r, &body) || s.busy(w, a, pulseone.TaskTypeConfigRestore) {
		return
	}
	if b := s.backup(body.Params.BackupID); b == nil || b.file == "" {
		notFound(w, "backup with content")
		return
	}
	fake.JSON(w, http.StatusOK, s.viewTask(s.addConsoleTask(pulseone.Task{
		ApplianceID: a.ID, Type: pulseone.TaskTypeConfigRestore, Params: pulseone.TaskParams{BackupID: body.Params.BackupID},
	})))
}

// readESAP reads the body of an ESAP task and returns the task. The lock is held.
func (s *Server) readESAP(w http.ResponseWriter, r *http.Request) (t pulseone.Task, ok bool) {
	var body struct {
		Params pulseone.ESAPTaskCreate `json:"params"`
	}
	if !decode(w, r, &body) {
		return t, false
	}
	if s.firmware(body.Params.FirmwareID) == nil {
		notFound(w, "ESAP package")
		return t, false
	}
	now := s.Clock().Now().UTC().Truncate(time.Second)
	return pulseone.Task{
		Type:    pulseone.TaskTypeConfigXMLImport,
		Expires: secureaccess.At(now.Add(taskLife)), Requeue: secureaccess.At(now.Add(taskRequeue)),
		Params: pulseone.TaskParams{
			FirmwareID: body.Params.FirmwareID, Activate: &body.Params.Activate, ConfigType: "add_esap_package_to_managed_appliance",
		},
		CompletionDALMethod: "sa.xml_imports.handle_task_completion", ContentDALMethod: "sa.xml_imports.get_content_for_task",
	}, true
}

func (s *Server) createESAP(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	t, ok := s.readESAP(w, r)
	if !ok || s.busy(w, a, "") {
		return
	}
	t.ApplianceID = a.ID
	fake.JSON(w, http.StatusOK, s.viewTask(s.addConsoleTask(t)))
}

// createGroupESAP responds with the group's own task, as the document's example does.
func (s *Server) createGroupESAP(w http.ResponseWriter, r *http.Request, g *group, _ fake.Params) {
	t, ok := s.readESAP(w, r)
	if !ok {
		return
	}
	parent := t
	parent.GroupID = g.ID
	added := s.addConsoleTask(parent)
	s.addGroupTasks(g, added, t)
	fake.JSON(w, http.StatusOK, s.viewTask(added))
}

// readUpgrade reads the body of an upgrade and returns the task. The lock is held.
func (s *Server) readUpgrade(w http.ResponseWriter, r *http.Request) (t pulseone.Task, ok bool) {
	var body struct {
		Params pulseone.UpgradeTaskCreate `json:"params"`
	}
	if !decode(w, r, &body) {
		return t, false
	}
	if s.firmware(body.Params.FirmwareID) == nil {
		notFound(w, "firmware")
		return t, false
	}
	return pulseone.Task{
		Type: pulseone.TaskTypeFirmwareUpgrade, Params: pulseone.TaskParams{FirmwareID: body.Params.FirmwareID},
	}, true
}

func (s *Server) createUpgrade(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	t, ok := s.readUpgrade(w, r)
	if !ok || s.busy(w, a, "") {
		return
	}
	t.ApplianceID = a.ID
	fake.JSON(w, http.StatusOK, s.viewTask(s.addConsoleTask(t)))
}

// createGroupUpgrade responds with the tasks of the appliances, as the document's example does.
func (s *Server) createGroupUpgrade(w http.ResponseWriter, r *http.Request, g *group, _ fake.Params) {
	t, ok := s.readUpgrade(w, r)
	if !ok {
		return
	}
	list := page[pulseone.Task]{Items: []pulseone.Task{}}
	for _, added := range s.addGroupTasks(g, nil, t) {
		list.Items = append(list.Items, s.viewTask(added))
	}
	list.Total = len(list.Items)
	fake.JSON(w, http.StatusOK, list)
}
